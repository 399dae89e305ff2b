"""Bringing somebody else's document into the register."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.conftest import anyone_may_act

from cellwarden import collect
from cellwarden.entry import exits
from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError, SourceError
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.fleet.intake import bring_in, preview_file, require_rows
from cellwarden.workflows.workspace import Workspace, open_workspace

FLAT = [
    ["Asset", "Site", "Vendor", "Model", "Serial", "Firmware"],
    ["NG1-UPS-01", "NG1", "APC", "AP7902B", "AS01", "v6.7.2"],
]
STRANGE = [["Dinge"], ["Kürzel", "Wer hat's gebaut", "SW-Ausgabe"], ["D1", "APC", "v1"]]


def saved(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    path.write_bytes(data.getvalue())
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    init_workspace(tmp_path / "fleet", operator="Northgate")
    anyone_may_act(tmp_path / "fleet")
    return open_workspace(tmp_path / "fleet")


def test_a_flat_inventory_is_shown_as_assets_and_components(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path / "inventory.xlsx", FLAT)

    code = run(["register", "import", str(file), "--dry-run"])

    shown = capsys.readouterr().out
    assert code == exits.COMPLETE
    assert "1 component, 1 asset" in shown
    assert "of the same rows, columns of component" in shown
    assert "-> firmware" in shown
    assert list(tmp_path.iterdir()) == [file]


def test_headings_that_nobody_knows_end_with_3_and_leave_a_mapping_to_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path / "dinge.xlsx", STRANGE)

    code = run(["register", "import", str(file), "--dry-run"])

    told = capsys.readouterr().err
    skeleton = tmp_path / "dinge.xlsx.mapping.toml"
    assert code == exits.SOURCE_OR_STORE
    assert str(skeleton) in told
    assert f"--mapping {skeleton}" in told
    assert '"Wer hat\'s gebaut"' in skeleton.read_text("utf-8")


def test_a_mapping_that_somebody_began_is_not_overwritten(tmp_path: Path) -> None:
    file = saved(tmp_path / "dinge.xlsx", STRANGE)
    skeleton = tmp_path / "dinge.xlsx.mapping.toml"
    skeleton.write_text("# mine\n")

    with pytest.raises(SourceError, match="not changed"):
        preview_file(file)

    assert skeleton.read_text() == "# mine\n"


def test_a_completed_mapping_is_copied_as_it_is_and_read(
    tmp_path: Path, workspace: Workspace
) -> None:
    file = saved(tmp_path / "dinge.xlsx", STRANGE)
    with pytest.raises(SourceError):
        preview_file(file)
    mapping = tmp_path / "dinge.xlsx.mapping.toml"
    completed = mapping.read_text("utf-8").replace('# "Kürzel" = ""', '"Kürzel" = "component_id"')
    mapping.write_text(completed, "utf-8")

    target, beside = sorted(bring_in(workspace, file, mapping=mapping), key=lambda path: path.name)

    assert beside.read_text("utf-8") == completed
    reading = collect.read(
        target.name, target.read_bytes(), mapping=collect.load_mapping(completed)
    )
    assert len(reading.tables["component"]) == 1


def test_an_error_of_a_mapping_names_its_file_and_line(tmp_path: Path) -> None:
    file = saved(tmp_path / "inventory.xlsx", FLAT)
    mapping = tmp_path / "m.toml"
    mapping.write_text("kind = 'asset'\n[columns]\nAsset = 'asset_id'\nModel = 'modell'\n")

    with pytest.raises(InputError, match=r"m\.toml, line 4: .*'modell'"):
        preview_file(file, mapping=mapping)


def test_a_mapping_whose_headings_are_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    file = saved(tmp_path / "inventory.xlsx", FLAT)
    mapping = tmp_path / "m.toml"
    mapping.write_text("kind = 'asset'\n[columns]\nAnlage = 'asset_id'\n")

    with pytest.raises(SourceError, match=r"asset_id not found.*m\.toml"):
        preview_file(file, mapping=mapping)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("asset_id,model\n", "holds no rows"),
        ("asset_id,model\n,x\n,y\n", "not one of its rows could be read"),
    ],
)
def test_a_document_without_a_single_row_is_refused(
    text: str, cause: str, tmp_path: Path, workspace: Workspace
) -> None:
    file = tmp_path / "assets-new.csv"
    file.write_text(text)

    with pytest.raises(SourceError, match=cause):
        require_rows(preview_file(file))
    with pytest.raises(SourceError, match=cause):
        bring_in(workspace, file)

    assert not (workspace.folder / "register" / "assets-new.csv").exists()


def test_the_kind_can_be_told_where_nothing_else_does(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("ID,Name\nNG1,Harrow\n")

    assert preview_file(file, kind="site").counts == {"site": 1}
    with pytest.raises(InputError, match="none of"):
        preview_file(file, kind="spaceship")


def test_what_holds_secrets_is_its_owners_alone_and_stays_out_of_git(
    tmp_path: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("core-1.cfg", "#card [1] *.ini")
    for name in names:
        (tmp_path / name).write_text("hostname core-1\nsnmp-server community S3cretWord ro\n")
    (tmp_path / "plain.cfg").write_text("hostname core-2\nntp server 10.0.0.1\n")
    register = workspace.folder / "register"

    for name in (*names, *names, "plain.cfg"):
        words = ["register", "import", str(tmp_path / name), "-w", str(workspace.folder)]
        assert run(words) == exits.COMPLETE
    told = capsys.readouterr().err
    subprocess.run(["git", "init", "-q", str(workspace.folder)], check=True)
    subprocess.run(["git", "-C", str(workspace.folder), "add", "-A"], check=True)
    listed = subprocess.run(
        ["git", "-C", str(workspace.folder), "ls-files", "-z"], check=True, capture_output=True
    )

    kept = set(listed.stdout.decode().split("\0"))
    assert {"register/plain.cfg", "register/.gitignore"} <= kept
    assert not {f"register/{name}" for name in names} & kept
    assert {(register / name).stat().st_mode & 0o777 for name in names} == {0o600}
    assert len((register / ".gitignore").read_text().splitlines()) == 1 + len(names)
    assert told.count("secrets too") == 4
    assert "S3cretWord" not in told

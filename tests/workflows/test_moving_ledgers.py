from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.workflows.desk import empty

from cellwarden.entry.cli import run
from cellwarden.model.errors import CellwardenError, InputError, IntegrityError, StoreError
from cellwarden.store.state import State
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.ledger.move import export_whole, import_whole
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def signed(
    northgate: Workspace, scanned: ScanOutcome, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The example with a signed checkpoint, in a copy of its own."""
    assert scanned.report.findings
    folder = tmp_path_factory.mktemp("moved") / "signed"
    shutil.copytree(northgate.folder, folder)
    words = ["-w", str(folder)]
    assert run(["ledger", "init", "--origin", "test.example/ledger", "--actor", "t", *words]) == 0
    assert run(["ledger", "checkpoint", *words]) == 0
    return open_workspace(folder)


@pytest.fixture(scope="module")
def archive(signed: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole ledger of the example in one file."""
    target = tmp_path_factory.mktemp("archive") / "ledger.zip"
    export_whole(signed, target, with_private=True)
    return target


def leaves(workspace: Workspace) -> list[bytes]:
    with workspace.open_state() as state:
        return [one.data for one in state.log.read()]


def test_a_moved_ledger_is_the_same_to_the_byte_and_its_checkpoints_hold(
    signed: Workspace, archive: Path, tmp_path: Path
) -> None:
    target = empty(tmp_path / "new")

    made = import_whole(target, archive)

    assert leaves(target) == leaves(signed)
    found, before = verify_ledger(target), verify_ledger(signed)
    assert (found.root, found.rows, found.checkpoints) == (
        before.root,
        before.rows,
        before.checkpoints,
    )
    assert found.checkpoints == 1
    assert made.root == before.root


def test_a_ledger_moves_to_postgresql_and_back(
    signed: Workspace, archive: Path, tmp_path: Path, postgres_url: str
) -> None:
    setting = f'\n[store]\nledger = "{postgres_url}"\nschema = "moved_there"\n'
    there = empty(tmp_path / "there", setting)

    import_whole(there, archive)
    export_whole(there, tmp_path / "back.zip", with_private=True)
    back = empty(tmp_path / "back")
    import_whole(back, tmp_path / "back.zip")

    assert leaves(there) == leaves(back) == leaves(signed)
    assert not (there.state_folder / "ledger.sqlite").exists()
    assert verify_ledger(there).root == verify_ledger(signed).root
    assert (tmp_path / "back.zip").read_bytes() == archive.read_bytes()


def test_personal_values_and_keys_stay_at_home_where_that_is_asked(
    signed: Workspace, tmp_path: Path
) -> None:
    target = tmp_path / "public.zip"

    export_whole(signed, target, with_private=False)

    data = target.read_bytes()
    with zipfile.ZipFile(target) as made:
        assert not [n for n in made.namelist() if n.startswith(("keys/", "personal/"))]
    assert b"Priya Raman" not in data
    assert b"ledger.key" not in data


def test_an_import_never_writes_over_a_ledger(signed: Workspace, archive: Path) -> None:
    before = leaves(signed)

    with pytest.raises(InputError, match="already"):
        import_whole(signed, archive)

    assert leaves(signed) == before


def test_an_export_never_writes_over_a_file(signed: Workspace, archive: Path) -> None:
    before = archive.read_bytes()

    with pytest.raises(InputError, match="there already"):
        export_whole(signed, archive, with_private=True)

    assert archive.read_bytes() == before


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_refused_and_imports_nothing(
    archive: Path, tmp_path: Path, place: float, bit: int
) -> None:
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as made:
        content = max(made.infolist(), key=lambda one: one.header_offset)
        end = content.header_offset + content.file_size  # what follows only lists what came before
    data[int(place * end)] ^= 1 << bit
    changed = tmp_path / "changed.zip"
    changed.write_bytes(data)
    with State(tmp_path / hashlib.sha256(bytes(data)).hexdigest()[:12]) as state:
        from cellwarden.store.transfer import import_ledger

        try:
            made_anyway = import_ledger(state, changed)
        except CellwardenError:
            assert state.log.size() == 0
            assert not list((state.folder / "facts").rglob("*.parquet"))
        else:  # a bit of a ZIP header that no reader looks at
            assert made_anyway.root == state.root()
            assert list(state.problems()) == []


def rewritten(archive: Path, target: Path, **changes: bytes | None) -> Path:
    """The archive with members replaced, added or (by nothing) left out."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = changes.pop(name, old.read(name)) if name in changes else old.read(name)
            if data is not None:
                new.writestr(name, data)
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return target


def manifest(archive: Path) -> dict[str, object]:
    with zipfile.ZipFile(archive) as opened:
        found: dict[str, object] = json.loads(opened.read("manifest.json"))
        return found


def test_archives_with_more_less_or_odd_files_are_refused(archive: Path, tmp_path: Path) -> None:
    listed = manifest(archive)
    members = listed["members"]
    assert isinstance(members, list)
    fact = next(one["name"] for one in members if one["name"].startswith("facts/"))
    outside = {"name": "../outside", "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    with_path = json.dumps({**listed, "members": [*members, outside]}).encode()
    other_root = json.dumps({**listed, "root": "00" * 32}).encode()
    cases = {
        "extra": (rewritten(archive, tmp_path / "a.zip", extra=b"x"), "extra"),
        "missing": (rewritten(archive, tmp_path / "b.zip", **{fact: None}), "other files"),
        "path": (
            rewritten(
                archive, tmp_path / "c.zip", **{"manifest.json": with_path, "../outside": b"x"}
            ),
            "no name of a ledger",
        ),
        "root": (
            rewritten(archive, tmp_path / "d.zip", **{"manifest.json": other_root}),
            "not those of the root",
        ),
        "format": (
            rewritten(
                archive,
                tmp_path / "e.zip",
                **{"manifest.json": json.dumps({**listed, "format": "other"}).encode()},
            ),
            "has the format",
        ),
    }
    for name, (path, says) in cases.items():
        target = empty(tmp_path / name)
        with pytest.raises(CellwardenError, match=says):
            import_whole(target, path)
        assert leaves(target) == []
        assert not (tmp_path / "outside").exists()


def test_a_file_that_is_no_archive_or_was_cut_is_refused(archive: Path, tmp_path: Path) -> None:
    target = empty(tmp_path / "new")
    cut, other = tmp_path / "cut.zip", tmp_path / "other.zip"
    cut.write_bytes(archive.read_bytes()[:-5_000])
    other.write_bytes(b"not a zip at all")

    for path in (cut, other):
        with pytest.raises(InputError, match="no ledger archive, or it was cut"):
            import_whole(target, path)

    assert leaves(target) == []


@pytest.mark.parametrize(
    ("stop", "entries"), [("append_many", 0), ("after", "all")], ids=["before", "after the commit"]
)
def test_an_import_that_is_killed_is_whole_or_not_there(
    archive: Path, tmp_path: Path, stop: str, entries: object
) -> None:
    target = empty(tmp_path / "killed")
    where = (
        "SqliteLog.append_many = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
        if stop == "append_many"
        else "transfer.settle_staged = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
    )
    script = f"""
        import os, signal
        from pathlib import Path
        from cellwarden.store import transfer
        from cellwarden.store.sqlite_log import SqliteLog
        from cellwarden.workflows.ledger.move import import_whole
        from cellwarden.workflows.workspace import open_workspace
        {where}
        import_whole(open_workspace(Path({str(target.folder)!r})), Path({str(archive)!r}))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)

    found = leaves(target)
    assert done.returncode == -signal.SIGKILL
    assert len(found) == (0 if entries == 0 else manifest(archive)["entries"])
    assert not (target.state_folder / ".import").exists()
    verify_ledger(target)
    if not found:
        import_whole(target, archive)
        verify_ledger(target)


def test_a_full_disk_imports_nothing(archive: Path, tmp_path: Path) -> None:
    target = empty(tmp_path / "full")
    script = f"""
        import resource
        from pathlib import Path
        from cellwarden.model.errors import StoreError
        from cellwarden.workflows.ledger.move import import_whole
        from cellwarden.workflows.workspace import open_workspace
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        try:
            import_whole(open_workspace(Path({str(target.folder)!r})), Path({str(archive)!r}))
        except StoreError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=True,
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )

    assert "cannot write" in done.stdout
    assert leaves(target) == []


def test_an_unreachable_engine_is_an_error_of_the_store(tmp_path: Path) -> None:
    target = empty(tmp_path / "new", '\n[store]\nledger_env = "CELLWARDEN_TEST_URL"\n')

    with pytest.raises(InputError, match="CELLWARDEN_TEST_URL"):
        target.open_state()

    gone = empty(tmp_path / "gone", '\n[store]\nledger = "postgresql:///x?host=/nowhere-at-all"\n')
    with pytest.raises(StoreError):
        gone.open_state()
    assert not issubclass(StoreError, IntegrityError)


@pytest.mark.parametrize("url", ["//u:hunter2@h/d", "//u@h/d?password=hunter2"])
def test_a_password_in_the_settings_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    (tmp_path / "cellwarden.toml").write_text(
        f'[workspace]\noperator = "T"\n[store]\nledger = "postgresql:{url}"\n', "utf-8"
    )

    with pytest.raises(InputError, match="holds a password") as refused:
        open_workspace(tmp_path).open_state()

    assert "hunter2" not in str(refused.value) + refused.value.advice


def consistent(archive: Path, target: Path, name: str, data: bytes) -> Path:
    """The archive with one member replaced and a manifest that agrees with it."""
    listed = manifest(archive)
    members = listed["members"]
    assert isinstance(members, list)
    for one in members:
        if one["name"] == name:
            one["size"], one["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    return rewritten(archive, target, **{name: data, "manifest.json": json.dumps(listed).encode()})


@pytest.mark.parametrize(
    ("part", "on_postgres"),
    [
        ("facts/component/", False),
        ("objects/", False),
        ("personal/", False),
        ("checkpoints/", False),
        ("facts/component/", True),
    ],
)
def test_an_archive_forged_with_its_manifest_is_refused_before_anything_is_imported(
    archive: Path, tmp_path: Path, part: str, request: pytest.FixtureRequest, *, on_postgres: bool
) -> None:
    settings_text = ""
    if on_postgres:
        url = request.getfixturevalue("postgres_url")
        settings_text = f'\n[store]\nledger = "{url}"\nschema = "forged"\n'
    with zipfile.ZipFile(archive) as opened:
        same = [name for name in opened.namelist() if name.startswith(part)]
        first = opened.read(same[0])
        data = opened.read(same[1]) if len(same) > 1 else first.replace(b"test.ex", b"fest.ex")
    assert data != first
    target = empty(tmp_path / "forged", settings_text)

    with pytest.raises(IntegrityError, match=r"forged\.zip: ") as refused:
        import_whole(target, consistent(archive, tmp_path / "forged.zip", same[0], data))

    assert "nothing was imported" in refused.value.advice
    assert leaves(target) == []
    assert not list((target.state_folder / "facts").glob("*/*.parquet"))

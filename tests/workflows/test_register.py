from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import anyone_may_act

from cellwarden import collect
from cellwarden.collect.values import register_kinds
from cellwarden.model.errors import InputError, SourceError
from cellwarden.store.state import State
from cellwarden.workflows.fleet.init import init_workspace, write_templates
from cellwarden.workflows.fleet.register import RegisterOutcome, record_register
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = "2026-11-16T08:00:00.000000Z"
FOREVER = "9999"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "fleet"
    init_workspace(folder, operator='The "quoted" \\ operator')
    anyone_may_act(folder)
    return open_workspace(folder)


def record(workspace: Workspace, state: State) -> RegisterOutcome:
    return record_register(workspace, state, clock_at=NOW, actor="tester", progress=lambda *_: None)


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str | None, ...]]:
    return connection.execute(query).fetchall()


def write_assets(workspace: Workspace, *lines: str) -> Path:
    path = workspace.folder / "register" / "assets.csv"
    path.write_text("asset_id,site_id,serial\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def test_a_new_workspace_keeps_the_operators_name_verbatim(workspace: Workspace) -> None:
    assert workspace.settings.workspace.operator == 'The "quoted" \\ operator'


def test_empty_templates_record_no_fact(workspace: Workspace) -> None:
    with workspace.open_state() as state:
        outcome = record(workspace, state)

    assert outcome.recorded == ()
    assert outcome.unreadable_rows == 0


def test_only_what_changed_is_recorded(workspace: Workspace) -> None:
    write_assets(workspace, "A,NG1,1", "B,NG1,2", "C,NG1,3")
    with workspace.open_state() as state:
        record(workspace, state)
        write_assets(workspace, "A,NG1,1", "B,NG1,22", "D,NG1,4")

        outcome = record(workspace, state)
        again = record(workspace, state)
        history = rows(
            state.connect(as_of=FOREVER),
            f"select subject, op from asset_history where entry = {outcome.recorded[0]} order by 1",
        )
        now = rows(state.connect(as_of=FOREVER), "select subject, serial from asset order by 1")

    assert history == [("B", "assert"), ("C", "end"), ("D", "assert")]
    assert now == [("A", "1"), ("B", "22"), ("D", "4")]
    assert again.recorded == ()


def test_a_file_that_is_gone_ends_what_it_said_and_its_return_says_it_again(
    workspace: Workspace,
) -> None:
    path = write_assets(workspace, "A,NG1,1")
    with workspace.open_state() as state:
        record(workspace, state)
        shutil.move(path, workspace.folder / "aside.csv")
        record(workspace, state)
        gone = rows(state.connect(as_of=FOREVER), "select subject from asset")
        shutil.move(workspace.folder / "aside.csv", path)

        record(workspace, state)
        back = rows(state.connect(as_of=FOREVER), "select subject from asset")

    assert gone == []
    assert back == [("A",)]


def test_a_bad_cell_becomes_an_unreadable_fact_with_its_place_and_the_rest_goes_on(
    workspace: Workspace,
) -> None:
    path = workspace.folder / "register" / "assets.csv"
    path.write_text("asset_id,installed_on\nA,2026-10-01\nB,someday\nC,2026-10-03\n", "utf-8")
    with workspace.open_state() as state:
        record(workspace, state)
        good = rows(state.connect(as_of=FOREVER), "select subject from asset order by 1")
        bad = rows(state.connect(as_of=FOREVER), 'select file, line, "column" from unreadable')

    assert good == [("A",), ("B",), ("C",)]
    assert bad == [("register/assets.csv", "3", "installed_on")]


def test_a_file_that_nobody_can_read_is_a_problem_and_the_others_are_read(
    workspace: Workspace,
) -> None:
    write_assets(workspace, "A,NG1,1")
    (workspace.folder / "register" / "fleet.xlsx").write_bytes(b"PK\x03\x04 cut off")
    with workspace.open_state() as state:
        outcome = record(workspace, state)
        found = rows(state.connect(as_of=FOREVER), "select subject from asset")

    assert found == [("A",)]
    assert len(outcome.problems) == 1
    assert "fleet.xlsx" in str(outcome.problems[0])


def test_what_cannot_be_opened_is_a_problem_and_ends_nothing(workspace: Workspace) -> None:
    register = workspace.folder / "register"
    write_assets(workspace, "A,NG1,1")
    plant = workspace.folder / "plant"
    (register / "hall").mkdir()
    plant.mkdir()
    (register / "hall" / "assets-hall.csv").write_text("asset_id,site_id\nB,NG1\n", "utf-8")
    (plant / "assets-plant.csv").write_text("asset_id,site_id\nC,NG1\n", "utf-8")
    (register / "assets-plant.csv").symlink_to(plant / "assets-plant.csv")
    with workspace.open_state() as state:
        record(workspace, state)
        (plant / "assets-plant.csv").rename(workspace.folder / "elsewhere.csv")
        (register / "hall").rename(plant / "hall")
        (register / "hall").symlink_to(plant / "hall")
        os.mkfifo(register / "pipe.csv")
        outcome = record(workspace, state)
        found = rows(state.connect(as_of=FOREVER), "select subject from asset order by 1")

    assert found == [("A",), ("B",), ("C",)]
    assert [str(problem) for problem in outcome.problems] == [
        "register/assets-plant.csv is a link to a file that is not there",
        "register/hall cannot be looked into: it is a link to a folder, which is not followed",
        "register/pipe.csv is no file but a pipe, a socket or a device",
    ]


def test_a_folder_of_the_register_that_is_not_mounted_ends_nothing(workspace: Workspace) -> None:
    write_assets(workspace, "A,NG1,1")
    settings = (workspace.folder / "cellwarden.toml").read_text("utf-8")
    (workspace.folder / "cellwarden.toml").write_text(
        settings.replace('paths = ["register"]', 'paths = ["register", "share"]'), "utf-8"
    )
    share = workspace.folder / "share"
    share.mkdir()
    (share / "assets-b.csv").write_text("asset_id,site_id\nB,NG1\n", "utf-8")
    workspace = open_workspace(workspace.folder)
    with workspace.open_state() as state:
        record(workspace, state)
        shutil.rmtree(share)
        outcome = record(workspace, state)
        found = rows(state.connect(as_of=FOREVER), "select subject from asset order by 1")

    assert found == [("A",), ("B",)]
    assert "share cannot be looked into: No such file or directory" in str(outcome.problems[0])


def test_a_link_that_leads_back_into_the_register_is_passed_over(workspace: Workspace) -> None:
    write_assets(workspace, "A,NG1,1")
    (workspace.folder / "register" / "loop").symlink_to(".")
    (workspace.folder / "register" / "up").symlink_to("..")
    with workspace.open_state() as state:
        outcome = record(workspace, state)

    assert outcome.problems == ()
    assert len(outcome.recorded) == 1


def test_a_file_that_the_system_does_not_open_is_a_problem(workspace: Workspace) -> None:
    write_assets(workspace, "A,NG1,1")
    (workspace.folder / "register" / "secret.csv").symlink_to("x" * 300)
    with workspace.open_state() as state:
        outcome = record(workspace, state)

    assert len(outcome.recorded) == 1
    assert "secret.csv cannot be opened: File name too long" in str(outcome.problems[0])


def test_a_corrected_mapping_is_read_by_the_next_scan_although_the_file_is_the_same(
    workspace: Workspace,
) -> None:
    path = workspace.folder / "register" / "liste.csv"
    path.write_text("Asset,Stand\nA,v1\n", "utf-8")
    beside = path.with_name("liste.csv.mapping.toml")
    asset = "kind = 'asset'\n[columns]\nAsset = 'asset_id'\n"
    beside.write_text(asset)
    with workspace.open_state() as state:
        record(workspace, state)
        beside.write_text(
            asset + "[[also]]\nkind = 'component'\n[also.columns]\n"
            "Asset = 'asset_id'\nStand = 'firmware'\n"
        )

        corrected = record(workspace, state)
        again = record(workspace, state)
        found = rows(state.connect(as_of=FOREVER), "select subject, firmware from component")

    assert found == [("A", "v1")]
    assert len(corrected.recorded) == 1
    assert again.recorded == ()


def test_an_error_of_a_mapping_in_the_register_names_its_file_and_line(
    workspace: Workspace,
) -> None:
    path = write_assets(workspace, "A,NG1,1")
    path.with_name("assets.csv.mapping.toml").write_text("kind = 'asset'\n[columns]\nx = 'y'\n")

    with (
        workspace.open_state() as state,
        pytest.raises(InputError, match=r"assets\.csv\.mapping\.toml, line 3"),
    ):
        record(workspace, state)


def test_an_empty_register_is_an_error_of_the_source(workspace: Workspace) -> None:
    shutil.rmtree(workspace.folder / "register")

    with workspace.open_state() as state, pytest.raises(SourceError, match="register is empty"):
        record(workspace, state)


def test_a_secret_in_a_configuration_is_kept_as_a_digest_that_shows_change(
    workspace: Workspace,
) -> None:
    path = workspace.folder / "register" / "configuration" / "UPS-1" / "nmc@2026-10-01.cfg"
    path.parent.mkdir(parents=True)
    path.write_text("[snmp]\ncommunity=hunter2-public\nport=161\n")
    with workspace.open_state() as state:
        record(workspace, state)
        first = rows(state.connect(as_of=FOREVER), "select path, value, is_secret from setting")
        path.write_text("[snmp]\ncommunity=hunter3-public\nport=161\n")
        record(workspace, state)
        second = rows(state.connect(as_of=FOREVER), "select path, value, is_secret from setting")

    secret, changed = ({row[0]: row for row in table} for table in (first, second))
    name = next(key for key in secret if key and "community" in key)
    assert secret[name][1] != changed[name][1]
    assert secret[name][2] == "yes"
    for file in (workspace.folder / ".state" / "facts").rglob("*.parquet"):
        assert b"hunter2" not in file.read_bytes()
    objects = (workspace.folder / ".state" / "objects").rglob("*")
    assert not any(b"hunter2" in file.read_bytes() for file in objects if file.is_file())


def test_every_kind_that_people_write_has_a_template_that_records_nothing(
    workspace: Workspace,
) -> None:
    there = {path.name for path in (workspace.folder / "register").iterdir()}
    wanted = [kind for kind in register_kinds() if collect.file_name(kind) not in there]

    made = write_templates(workspace, wanted)

    assert {"documents.csv", "contracts.csv", "retirements.csv"} <= {path.name for path in made}
    for path in made:
        headings, remarks = path.read_text("utf-8-sig").splitlines()[:2]
        assert headings
        assert remarks.startswith(("# ", '"# '))
    with workspace.open_state() as state:
        outcome = record(workspace, state)
    assert outcome.recorded == ()
    assert outcome.unreadable_rows == 0


def test_a_template_may_be_named_as_its_file_and_never_overwrites(workspace: Workspace) -> None:
    (made,) = write_templates(workspace, ["Documents"])
    made.write_text(made.read_text("utf-8-sig") + "DOC-1\n", "utf-8")

    with pytest.raises(InputError, match="there already"):
        write_templates(workspace, ["contract", "document"])
    with pytest.raises(InputError, match="no kind 'dokument'") as refused:
        write_templates(workspace, ["dokument"])

    assert made.read_text("utf-8").endswith("DOC-1\n")
    assert not (workspace.folder / "register" / "contracts.csv").exists()
    assert "document" in refused.value.advice


def write_bom(workspace: Workspace, day: str, **revisions: str) -> Path:
    """A bill of materials of one cabinet on a day: its cards and their hardware revisions."""
    cards = [
        {"type": "device", "bom-ref": name, "name": "PXGMS", "version": revision}
        for name, revision in revisions.items()
    ]
    cabinet = {"type": "device", "bom-ref": "CAB", "name": "93PM", "components": cards}
    value = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": f"{day}T00:00:00Z"},
        "components": [cabinet],
    }
    path = workspace.folder / "register" / "cabinet.cdx.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


def revisions_at(state: State, as_of: str, known_at: int | None = None) -> dict[str, str]:
    connection = state.connect(as_of=as_of, known_at=known_at, only={"component"})
    found = connection.execute("select component_id, hardware from component").fetchall()
    return {name.rpartition("/")[2]: revision for name, revision in found}


def test_last_months_export_that_comes_after_this_months_is_history_and_not_news(
    workspace: Workspace,
) -> None:
    with workspace.open_state() as state:
        write_bom(workspace, "2026-09-01", a="rev 1", b="rev 1", c="rev 1")
        record(workspace, state)
        write_bom(workspace, "2026-11-01", a="rev 1", b="rev 2", d="rev 1")
        record(workspace, state)
        known_before = state.log.size()
        write_bom(workspace, "2026-10-01", a="rev 9", b="rev 1", c="rev 1", e="rev 1")

        outcome = record(workspace, state)
        now = revisions_at(state, FOREVER)
        in_october = revisions_at(state, "2026-10-15T00:00:00Z")
        in_september = revisions_at(state, "2026-09-15T00:00:00Z")
        in_october_as_known_then = revisions_at(state, "2026-10-15T00:00:00Z", known_before)
        again = record(workspace, state)

    assert now == {"a": "rev 1", "b": "rev 2", "d": "rev 1"}
    assert in_october == {"a": "rev 9", "b": "rev 1", "c": "rev 1", "e": "rev 1"}
    assert in_september == in_october_as_known_then == {"a": "rev 1", "b": "rev 1", "c": "rev 1"}
    assert len(outcome.recorded) == 2
    assert again.recorded == ()


def test_a_dated_file_that_is_gone_ends_what_it_said(workspace: Workspace) -> None:
    with workspace.open_state() as state:
        path = write_bom(workspace, "2026-11-01", a="rev 1")
        record(workspace, state)
        assert revisions_at(state, FOREVER) == {"a": "rev 1"}
        path.unlink()

        record(workspace, state)

        assert revisions_at(state, FOREVER) == {}


@settings(max_examples=15, deadline=None)
@given(
    months=st.permutations(range(1, 5)),
    seen=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(["rev 1", "rev 2"]), min_size=1),
        min_size=4,
        max_size=4,
    ),
)
def test_snapshots_in_any_order_lead_to_the_same_history(
    tmp_path_factory: pytest.TempPathFactory, months: list[int], seen: list[dict[str, str]]
) -> None:
    """A snapshot that found nothing new leaves no trace, so each has a mark of its own."""
    folder = tmp_path_factory.mktemp("order") / "fleet"
    init_workspace(folder, operator="T")
    anyone_may_act(folder)
    workspace = open_workspace(folder)
    with workspace.open_state() as state:
        for month in months:
            marked = seen[month - 1] | {"mark": f"rev {month}"}
            write_bom(workspace, f"2026-{month:02d}-01", **marked)
            record(workspace, state)

        for month in range(1, 5):
            expected = seen[month - 1] | {"mark": f"rev {month}"}
            assert revisions_at(state, f"2026-{month:02d}-15T00:00:00Z") == expected

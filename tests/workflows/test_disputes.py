"""Where two sources of the register differ, and which one was taken."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.conftest import anyone_may_act

from cellwarden.model.report import Report
from cellwarden.reports import terminal
from cellwarden.reports.formats import render
from cellwarden.store.state import State
from cellwarden.workflows.disputes import disputes
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.workspace import open_workspace

AT = "2026-11-16T06:00:00.000000Z"


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def told(tmp_path: Path, files: dict[str, str], subjects: list[str]) -> dict[str, tuple[str, ...]]:
    folder = tmp_path / "fleet"
    init_workspace(folder, operator="Northgate")
    anyone_may_act(folder)
    for name, text in files.items():
        (folder / "register" / name).write_text(text)
    workspace = open_workspace(folder)
    with workspace.open_state() as state:
        record_register(workspace, state, clock_at=AT, actor="tester", progress=quiet)
        return _asked(state, subjects)


def _asked(state: State, subjects: list[str]) -> dict[str, tuple[str, ...]]:
    connection = state.connect(as_of="2026-11-16T23:59:59.000000Z")
    try:
        found = disputes(connection, subjects)
        in_force = connection.sql("select component_id, firmware from component").fetchall()
    finally:
        connection.close()
    for component, firmware in in_force:
        for sentence in found.get(component, ()):
            assert not sentence.startswith("firmware") or f"{firmware!r} is taken" in sentence
    return found


HEAD = "component_id,model,firmware,serial,read_at\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("components-a.csv", "components-b.csv"), ("components-b.csv", "components-a.csv")],
)
def test_the_value_in_force_is_named_with_its_source_and_what_the_other_says(
    tmp_path: Path, old: str, new: str
) -> None:
    files = {
        old: f"{HEAD}C1,NMC2,6.3.0,S1,2026-09-01\n",
        new: f"{HEAD}C1,NMC2,6.4.0,,2026-10-01\n",
    }

    found = told(tmp_path, files, ["C1"])

    [said] = found["C1"]
    assert said == (
        f"firmware: '6.4.0' is taken from register/{new} of 2026-10-01; register/{old} says '6.3.0'"
    )


def test_three_sources_are_all_told_and_those_that_agree_are_not(tmp_path: Path) -> None:
    files = {
        "components-a.csv": f"{HEAD}C1,NMC2,6.3.0,,2026-09-01\n",
        "components-b.csv": f"{HEAD}C1,NMC2,6.4.0,,2026-10-01\n",
        "components-c.csv": f"{HEAD}C1,NMC3,6.4.0,,2026-08-01\n",
    }

    [firmware, model] = told(tmp_path, files, ["C1"])["C1"]

    assert firmware.endswith(
        "components-b.csv of 2026-10-01; register/components-a.csv says '6.3.0'"
    )
    assert "model: 'NMC2' is taken from register/components-b.csv" in model
    assert "components-c.csv says 'NMC3'" in model


def test_sources_that_agree_or_speak_of_different_columns_dispute_nothing(tmp_path: Path) -> None:
    files = {
        "components-a.csv": f"{HEAD}C1,NMC2,6.3.0,,2026-09-01\n",
        "components-b.csv": f"{HEAD}C1,NMC2,,S1,2026-10-01\n",
    }

    assert told(tmp_path, files, ["C1"]) == {}


def test_disputed_assets_are_told_and_others_are_not_asked_about(tmp_path: Path) -> None:
    files = {
        "assets-a.csv": "asset_id,serial\nA1,S1\nA2,S2\n",
        "assets-b.csv": "asset_id,serial\nA1,S9\nA2,S8\n",
    }

    found = told(tmp_path, files, ["A1"])

    assert list(found) == ["A1"]
    assert "'S9'" in found["A1"][0]
    assert "'S1'" in found["A1"][0]


@pytest.fixture
def disputed(scanned: ScanOutcome) -> Report:
    """The example's report, with a finding about a part whose sources differ."""
    return scanned.report


def test_the_dispute_of_the_example_is_explained_and_stands_beside_its_part(
    disputed: Report,
) -> None:
    [finding] = [one for one in disputed.findings if one.check == "sources-disagree"]
    [said] = disputed.places[finding.subject].disputes

    explained = " ".join(terminal.plain(terminal.finding(disputed, finding)).split())
    page = render("html", disputed)

    assert said in explained
    assert "Sources differ on firmware: &#39;UPS 06.5 / ID=18&#39; is taken from" in page
    assert msgspec.json.decode(render("json", disputed), type=Report) == disputed

"""Screening the register: what is held against the lists, recorded, decided and remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError
from cellwarden.model.moments import Moment
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.vendor.decide_hit import decide_hit
from cellwarden.workflows.vendor.screen_register import (
    Screened,
    hits,
    screen_if_changed,
    screen_register,
)
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
CLOCK = "2026-11-16T09:00:00.000000Z"
ALWAYS = Moment(as_of="9999")
LIST = "list,id,name,country\nDenied,D-1,Tarnbridge Holdings Limited,CY\nDenied,D-2,Okavara,ZM\n"
PARTIES = "party_id,name,country\nTARN,Tarnbridge Holdings Ltd,CY\nDUN,Dunmere Storage,GB\nX,,\n"
OWNERS = "party_id,owner_id,kind,percent_low\n"


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "register").mkdir()
    (tmp_path / "lists").mkdir()
    (tmp_path / "cellwarden.toml").write_text(
        '[workspace]\noperator = "Tester"\n[vendors]\nlists = ["lists"]\n'
    )
    (tmp_path / "lists" / "denied-2026-11-01.csv").write_text(LIST)
    (tmp_path / "register" / "party.csv").write_text(PARTIES)
    (tmp_path / "register" / "ownership.csv").write_text(OWNERS + "DUN,TARN,direct,55\n")
    read_register(open_workspace(tmp_path))
    return open_workspace(tmp_path)


def read_register(workspace: Workspace) -> None:
    with workspace.open_state() as state:
        record_register(workspace, state, clock_at=CLOCK, actor="tester", progress=quiet)


def screened(workspace: Workspace) -> Screened:
    return screen_register(workspace, (), on=NOW.date(), clock_at=CLOCK, actor="tester")


def states(workspace: Workspace) -> dict[str, str | None]:
    return {row["party_id"] or "": row["state"] for row in hits(workspace, ALWAYS, decided=True)}


def test_a_listed_party_and_what_it_owns_are_hits_with_their_reasons(workspace: Workspace) -> None:
    done = screened(workspace)

    found = {row["party_id"]: row for row in hits(workspace, ALWAYS)}
    assert (done.matches, done.unnamed) == (2, ("X",))
    assert found["TARN"]["list_id"] == "D-1"
    assert found["DUN"]["list"] == "ownership"
    assert "at least 55 %" in (found["DUN"]["features"] or "")


def test_an_unknown_share_is_a_review_with_its_bounds(workspace: Workspace) -> None:
    (workspace.folder / "register" / "ownership.csv").write_text(
        OWNERS + "DUN,TARN,direct,30\nDUN,Clean Trust,direct,30\n"
    )
    read_register(workspace)

    screened(workspace)

    found = {row["party_id"]: row for row in hits(workspace, ALWAYS)}["DUN"]
    assert found["decision"] == "review"
    assert "between 30 and 70 %" in (found["features"] or "")


def test_a_small_stake_beside_a_known_rest_is_no_hit(workspace: Workspace) -> None:
    (workspace.folder / "register" / "ownership.csv").write_text(
        OWNERS + "DUN,TARN,direct,10\nDUN,Clean Trust,direct,90\n"
    )
    read_register(workspace)

    screened(workspace)

    assert "DUN" not in states(workspace)


def test_a_decision_holds_until_either_side_changes(workspace: Workspace) -> None:
    screened(workspace)
    decide_hit(
        workspace,
        "TARN",
        "D-1",
        is_same=False,
        reason="another register number",
        on=NOW.date(),
        clock_at=CLOCK,
        actor="tester",
    )
    screened(workspace)
    after = states(workspace)
    (workspace.folder / "lists" / "denied-2026-11-01.csv").write_text(
        LIST.replace("Limited,CY", "Limited,PA")
    )

    screened(workspace)

    assert after == {"TARN": "cleared"}, "what a cleared name owns is no hit either"
    assert states(workspace)["TARN"] == "open"


def test_screening_the_same_again_records_nothing(workspace: Workspace) -> None:
    first, second = screened(workspace), screened(workspace)

    assert first.entry is not None
    assert second.entry is None


def test_a_scan_screens_only_what_has_changed_or_grown_old(workspace: Workspace) -> None:
    screened(workspace)
    sizes = []
    for day in (NOW.date(), NOW.date().replace(month=12, day=31)):
        with workspace.open_state() as state:
            screen_if_changed(
                workspace, state, on=day, clock_at=CLOCK, actor="tester", progress=quiet
            )
            sizes.append(state.log.size())

    assert sizes[1] == sizes[0] + 1


def test_a_damaged_list_is_told_and_records_nothing(workspace: Workspace) -> None:
    (workspace.folder / "lists" / "denied-2026-11-01.csv").write_bytes(b"\0\1\2")

    with workspace.open_state() as state:
        before = state.log.size()
        problems = screen_if_changed(
            workspace, state, on=NOW.date(), clock_at=CLOCK, actor="tester", progress=quiet
        )
        after = state.log.size()

    assert "denied-2026-11-01.csv" in str(problems[0])
    assert before == after


def test_a_decision_needs_a_hit_and_a_reason(workspace: Workspace) -> None:
    screened(workspace)

    for name, reason, says in (
        ("DUN", "compared the registers", "no hit"),
        ("TARN", "no", "little"),
    ):
        with pytest.raises(InputError, match=says):
            decide_hit(
                workspace,
                name,
                "D-1",
                is_same=True,
                reason=reason,
                on=NOW.date(),
                clock_at=CLOCK,
                actor="tester",
            )


def test_hits_on_the_terminal_fit_and_carry_no_escape(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workspace.folder / "lists" / "denied-2026-11-01.csv"
    path.write_text(LIST.replace("Denied,D-1", "Denied \x1b[31m,D-1"))

    screen_code = run(["vendor", "screen", "-w", str(workspace.folder)])
    code = run(["vendor", "hits", "-w", str(workspace.folder)])

    out = capsys.readouterr().out
    assert (screen_code, code) == (0, 0)
    assert "\x1b" not in out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "D-1" in out


def test_an_alias_of_the_register_is_screened_as_its_partys_name(workspace: Workspace) -> None:
    (workspace.folder / "register" / "party.csv").write_text(
        "party_id,name,country,aliases\nDUN,Dunmere Storage,ZM,Okavara; Dunmere\n"
    )
    read_register(workspace)

    screened(workspace)

    (hit,) = (row for row in hits(workspace, ALWAYS) if row["list_id"] == "D-2")
    assert (hit["party_id"], hit["name"]) == ("DUN", "Okavara")
    assert "by the name 'Okavara', which the register gives it" in (hit["features"] or "")

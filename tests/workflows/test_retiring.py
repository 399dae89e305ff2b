"""Retire, accept, tell: what does not hold is refused, what holds is evidence."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.moments import Moment
from cellwarden.model.retirements import StepState
from cellwarden.reports import registers
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.life import acceptances, incidents, retire
from cellwarden.workflows.statements import subjects_at
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = Moment(as_of="2026-11-16T12:00:00.000000Z")
AT = NOW.as_of
ASSET = "NG1-CAB-B4"


@pytest.fixture
def fleet(scanned: ScanOutcome, northgate: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the scanned example to write to."""
    assert scanned.report.findings
    shutil.copytree(northgate.folder, tmp_path / "fleet")
    return open_workspace(tmp_path / "fleet")


def put(fleet: Workspace, step: str, **cells: str) -> str:
    return retire.put(fleet, step, ASSET, cells, actor="Owen Tate", clock_at=AT)[1]


def begin(fleet: Workspace) -> str:
    cells = {
        "reason": "end of life", "destination": "recycling", "holds_memory": "yes",
        "has_cloud_data": "no", "is_damaged": "no", "weight_kg": "300",
        "retired_at": "2026-11-16T08:00:00Z",
    }  # fmt: skip
    return retire.start(fleet, ASSET, cells, actor="Owen Tate", moment=NOW)[1]


def wipe_all(fleet: Workspace) -> None:
    with subjects_at(fleet, NOW) as connection:
        parts = connection.execute(
            "select component_id from component where asset_id = ? and has_firmware = 'yes'"
            " and role in ('controller', 'gateway', 'network_card', 'console')",
            [ASSET],
        ).fetchall()
    for (part,) in parts:
        put(
            fleet, "wipe", component_id=part, media="flash", method="purge",
            technique="Cryptographic erase", operator="Owen Tate", verifier="Ines Moreau",
            done_on="2026-11-16", verified_on="2026-11-16", result="passed", grade="tested",
        )  # fmt: skip


def ship(fleet: Workspace) -> None:
    put(fleet, "transport", un_number="UN3480", un38_3_document_id="DOC-LIFE-09",
        shipped_at="2026-11-16T10:00:00Z")  # fmt: skip
    for giver, taker, hour in (("Harrow facilities", "PYE", "10"), ("PYE", "TOLLGATE", "11")):
        put(
            fleet, "handover", from_holder=giver, to_holder=taker, from_signed="yes",
            to_signed="yes", handed_at=f"2026-11-16T{hour}:00:00Z",
            received_at=f"2026-11-16T{hour}:05:00Z",
        )  # fmt: skip
    put(fleet, "disposal", party_id="TOLLGATE", certificate_number="TM-1", weight_kg="299",
        permit_document_id="DOC-LIFE-11", done_on="2026-11-16")  # fmt: skip


def test_a_retirement_goes_from_start_to_a_closed_file(fleet: Workspace) -> None:
    file = begin(fleet)
    put(fleet, "approval", requester="Owen Tate", approver="Priya Raman", answer="approved")
    wipe_all(fleet)
    ship(fleet)

    entry, standing = retire.close(fleet, ASSET, actor="Ines Moreau", moment=NOW)
    (after,) = retire.status(fleet, ASSET, NOW)

    assert standing.holes == ()
    assert after.retirement_id == file
    assert after.is_closed
    with fleet.open_state() as state:
        assert dict(state.entries())[entry].actor == "Ines Moreau"


def test_a_file_with_holes_is_not_closed_and_every_hole_is_named(fleet: Workspace) -> None:
    begin(fleet)

    with pytest.raises(PermissionRefused) as refused:
        retire.close(fleet, ASSET, actor="Ines Moreau", moment=NOW)

    (standing,) = retire.status(fleet, ASSET, NOW)
    assert len(standing.holes) >= 5
    for step in standing.holes:
        assert step.title in str(refused.value)


def test_an_exception_covers_a_hole_and_the_step_is_accepted_not_done(fleet: Workspace) -> None:
    begin(fleet)
    acceptances.add_exception(
        fleet,
        {
            "check": "weight-differs", "accepts": ASSET, "reason": "the scale is broken",
            "requester": "Owen Tate", "approver": "Miriam Osei", "measure": "counted by hand",
            "expires_on": "2026-12-31",
        },
        actor="Owen Tate",
        clock_at=AT,
    )  # fmt: skip

    (standing,) = retire.status(fleet, ASSET, NOW)
    (later,) = retire.status(fleet, ASSET, Moment(as_of="2027-01-02T00:00:00.000000Z"))

    state = {step.name: step.state for step in standing.steps}
    assert state["weight"] is StepState.ACCEPTED
    assert {step.name: step.state for step in later.steps}["weight"] is StepState.UNKNOWN


def test_nobody_closes_what_they_began(fleet: Workspace) -> None:
    begin(fleet)
    put(fleet, "approval", requester="Owen Tate", approver="Priya Raman", answer="approved")
    wipe_all(fleet)
    ship(fleet)

    with pytest.raises(PermissionRefused, match="began"):
        retire.close(fleet, ASSET, actor="owen.tate", moment=NOW)


@pytest.mark.parametrize(
    ("step", "cells"),
    [
        ("wipe", {"operator": "Owen Tate", "verifier": "TATE, Owen"}),
        ("access", {"removed_by": "Lena Brandt", "verified_by": "lena brandt"}),
        ("approval", {"requester": "A B", "approver": "a.b"}),
    ],
)
def test_nobody_verifies_their_own_work(fleet: Workspace, step: str, cells: dict[str, str]) -> None:
    begin(fleet)

    with pytest.raises(PermissionRefused):
        put(fleet, step, **cells)


@pytest.mark.parametrize(
    ("step", "cells", "said"),
    [
        ("wipe", {"method": "purge"}, "needs"),
        ("wipe", {"colour": "red"}, "needs"),
        ("file", {"colour": "red"}, "no column"),
        ("file", {"weight_kg": "heavy"}, "weight_kg"),
        ("burn", {}, "no step"),
        ("transport", {}, "nothing is said of transport"),
        (
            "handover",
            {"handed_at": "2026-11-16T10:00:00Z", "received_at": "2026-11-15T10:00:00Z"},
            "before it is given",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_before_it_is_recorded(
    fleet: Workspace, step: str, cells: dict[str, str], said: str
) -> None:
    begin(fleet)
    with fleet.open_state() as state:
        size = state.log.size()

    with pytest.raises(InputError, match=said):
        put(fleet, step, **cells)

    with fleet.open_state() as state:
        assert state.log.size() == size


def test_a_retirement_is_begun_once(fleet: Workspace) -> None:
    begin(fleet)

    with pytest.raises(InputError, match="already"):
        begin(fleet)


def test_what_was_said_before_stays_where_a_later_word_is_silent(fleet: Workspace) -> None:
    begin(fleet)
    put(fleet, "file", weight_kg="301")

    (standing,) = retire.status(fleet, ASSET, NOW)
    service = next(step for step in standing.steps if step.name == "service_end")

    assert service.state is StepState.DONE


def test_the_example_tells_its_three_retirements(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert scanned.report.findings
    found = {one.asset_id: one for one in retire.status(northgate, None, NOW)}

    assert found["NG1-OLD-3"].holes == ()
    custody = next(step for step in found["NG1-OLD-1"].steps if step.name == "custody")
    assert "9 days" in custody.because
    telemetry = next(step for step in found["NG1-OLD-2"].steps if step.name == "telemetry")
    assert "still speaks" in telemetry.because


EXCEPTION = {
    "check": "weight-differs", "accepts": "NG1-OLD-1", "reason": "r", "requester": "Owen Tate",
    "approver": "Miriam Osei", "measure": "m", "expires_on": "2026-12-31",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"approver": "owen tate"}, PermissionRefused),
        ({"reason": " "}, InputError),
        ({"measure": ""}, InputError),
        ({"expires_on": "2026-11-15"}, InputError),
        ({"expires_on": "2028-01-01"}, InputError),
        ({"expires_on": "soon"}, InputError),
        ({"check": "weight-difers"}, InputError),
        ({"check": "*"}, InputError),
    ],
)
def test_an_exception_that_would_not_hold_is_refused(
    fleet: Workspace, cells: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        acceptances.add_exception(fleet, EXCEPTION | cells, actor="x", clock_at=AT)


def test_a_review_is_recorded_and_never_by_who_asked(fleet: Workspace) -> None:
    _, name = acceptances.add_exception(fleet, EXCEPTION, actor="x", clock_at=AT)

    with pytest.raises(PermissionRefused):
        acceptances.review_exception(fleet, name, reviewer="Owen Tate", clock_at=AT)
    entry = acceptances.review_exception(fleet, name, reviewer="Lena Brandt", clock_at=AT)

    listed = {one.exception_id: one for one in acceptances.list_exceptions(fleet, NOW)}
    assert entry
    assert listed[name].state == "in_force"


def test_a_risk_needs_somebody_who_carries_it_and_shows_its_controls(fleet: Workspace) -> None:
    cells = {"title": "t", "treatment": "mitigate", "review_on": "2027-01-31"}
    with pytest.raises(InputError, match="owner"):
        acceptances.put_risk(fleet, cells, actor="x", clock_at=AT)

    _, name = acceptances.put_risk(
        fleet,
        cells | {"owner": "OT security", "requirement_ids": "R59", "finding_ids": "custody-gap"},
        actor="x",
        clock_at=AT,
    )
    shown = acceptances.show_risk(fleet, name, NOW)

    assert shown.cells["status"] == "open"
    assert any("AU-10(3)" in control or "MP-" in control for control in shown.controls)


def test_the_deadlines_of_an_incident_run_from_when_it_was_noticed(fleet: Workspace) -> None:
    cells = {
        "title": "Gas alarm", "site_id": "NG1", "regimes": "nis2; dora", "party_ids": "CORVANE",
        "noticed_at": "2026-11-16T06:00:00Z",
    }  # fmt: skip
    _, name = incidents.open_incident(fleet, cells, actor="duty", clock_at=AT)

    shown = incidents.show_incident(fleet, name, NOW)
    due = {(duty.rule.split(",")[0], duty.stage, duty.audience): duty for duty in shown.duties}

    facilities = due["House rule", "first_word", "facilities"]
    assert facilities.state == "overdue"
    assert (facilities.due_at or "")[:16] == "2026-11-16T10:00"
    assert due["NIS2", "early_warning", "authority"].state == "running"
    assert due["NIS2", "final_report", "authority"].due_at is None
    assert not due["DORA", "interim", "authority"].is_verified


def test_an_incident_whose_time_still_runs_is_never_listed_as_told(fleet: Workspace) -> None:
    cells = {"title": "t", "site_id": "NG1", "regimes": "nis2", "noticed_at": AT}
    _, name = incidents.open_incident(fleet, cells, actor="duty", clock_at=AT)

    found = {row["incident_id"]: row for row in incidents.list_incidents(fleet, NOW)}[name]
    paper = io.StringIO()
    Console(file=paper, width=80).print(registers.incidents([found]))
    told = " ".join(paper.getvalue().split())

    assert (found["overdue"], found["running"]) == (0, 5)
    assert "5 notices to give in time" in told
    assert "all told" not in told


def test_an_incident_is_not_closed_while_somebody_waits_to_be_told(fleet: Workspace) -> None:
    cells = {"title": "t", "site_id": "NG1", "noticed_at": "2026-11-16T06:00:00Z"}
    _, name = incidents.open_incident(fleet, cells, actor="duty", clock_at=AT)
    contained = {"contained_at": "2026-11-16T07:00:00Z"}

    with pytest.raises(PermissionRefused, match="facilities"):
        incidents.close_incident(fleet, name, contained, actor="duty", moment=NOW)
    for audience in ("facilities", "security"):
        incidents.give_notice(fleet, name, {"audience": audience}, actor="duty", clock_at=AT)
    incidents.close_incident(fleet, name, contained, actor="duty", moment=NOW)

    assert incidents.show_incident(fleet, name, NOW).cells["closed_at"][:19] == AT[:19]


@pytest.mark.parametrize(
    "cells", [{"title": "t"}, {"title": "t", "site_id": "X", "regimes": "nis3"}]
)
def test_an_incident_without_place_or_with_an_unknown_rule_is_refused(
    fleet: Workspace, cells: dict[str, str]
) -> None:
    with pytest.raises(InputError):
        incidents.open_incident(fleet, cells, actor="duty", clock_at=AT)


def test_the_view_and_the_command_count_the_same_deadlines(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert scanned.report.findings
    with subjects_at(northgate, NOW) as connection:
        by_view = {
            (incident, stage, audience, str(due) if due else None, str(told) if told else None)
            for incident, stage, audience, due, told in connection.execute(
                "select incident_id, stage, audience, due_on, told_on from subject_duty"
                " where audience <> 'vendor' or concerns_a_vendor"
            ).fetchall()
        }
        names = [
            row[0] for row in connection.execute("select incident_id from incident").fetchall()
        ]

    by_command = {
        (
            name, duty.stage.replace("_", " "), duty.audience,
            duty.due_at[:10] if duty.due_at else None, duty.told_at[:10] if duty.told_at else None,
        )
        for name in names
        for duty in incidents.show_incident(northgate, name, NOW).duties
    }  # fmt: skip
    assert by_view == by_command

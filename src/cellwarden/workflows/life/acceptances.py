"""Exceptions and risks: what people accept, who carries it, and when somebody looks again."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from cellwarden import checks, frameworks
from cellwarden.checks.exceptions import is_same_person
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.moments import Moment
from cellwarden.model.report import AcceptedException
from cellwarden.workflows.assemble import EXCEPTIONS
from cellwarden.workflows.fleet.catalogue import all_checks
from cellwarden.workflows.fleet.runs import last_run_before
from cellwarden.workflows.statements import Statement, record, rows, short_id, subjects_at
from cellwarden.workflows.workspace import Workspace

LONGEST_DAYS: Final = 366
"""An exception that is asked for here ends within a year: a longer one is a rule unchanged."""

_WEAKNESS: Final = re.compile(r"[A-Z]{2,}[-A-Z0-9]*-\d{2,}.*")


class ShownRisk(msgspec.Struct, frozen=True, kw_only=True):
    """One risk with what hangs on it: the findings of the last run, and the controls."""

    cells: dict[str, str]
    findings: tuple[str, ...]
    controls: tuple[str, ...]
    review_days_left: int | None


def add_exception(
    workspace: Workspace, cells: dict[str, str], *, actor: str, clock_at: str
) -> tuple[int, str]:
    """Record an exception that would hold; returns the entry and its id.

    Raises:
        InputError: something that every exception needs is missing or wrong.
        PermissionRefused: it is approved by who asked for it.
    """
    _refuse_unfit(workspace, cells, clock_at[:10])
    made = {"approved_on": clock_at[:10]} | cells
    made["exception_id"] = cells.get("exception_id") or short_id("EX", made, clock_at)
    return _put(workspace, "exception", made, actor=actor, clock_at=clock_at)


def _refuse_unfit(workspace: Workspace, cells: dict[str, str], today: str) -> None:
    for name in ("check", "accepts", "reason", "requester", "approver", "measure", "expires_on"):
        if not cells.get(name, "").strip():
            raise InputError(
                f"an exception needs {name.replace('_', ' ')}",
                advice="without it nothing would be accepted; `cellwarden exception add --help`",
            )
    if is_same_person(cells["requester"], cells["approver"]):
        raise PermissionRefused(
            f"{cells['approver']} asked for it and cannot approve it",
            advice="let somebody who carries the risk approve it",
        )
    known = {str(check.id) for check in all_checks(workspace.folder)}
    if cells["check"] not in known and not _WEAKNESS.fullmatch(cells["check"]):
        close = [name for name in sorted(known) if cells["check"] in name][:3]
        raise InputError(
            f"there is no check {cells['check']!r}, and it is no id of a weakness",
            advice=f"did you mean {', '.join(close)}?" if close else "see `cellwarden checks list`",
        )
    try:
        last, first = date.fromisoformat(cells["expires_on"]), date.fromisoformat(today)
    except ValueError as error:
        raise InputError(
            f"expires on {cells['expires_on']!r}: no date", advice="write it as 2027-03-31"
        ) from error
    if not first <= last <= first + timedelta(days=LONGEST_DAYS):
        raise InputError(
            f"its last day {last} is not within a year from today ({today})",
            advice="choose an earlier day and review it then; what never ends is no exception",
        )


def list_exceptions(workspace: Workspace, moment: Moment) -> tuple[AcceptedException, ...]:
    """Every exception with its state on that day, those in force with what they cover."""
    with subjects_at(workspace, moment) as connection:
        found = rows(connection, EXCEPTIONS)
    run = last_run_before(workspace, as_of=moment.as_of, ledger_size=moment.known_at or 1 << 62)
    findings = run.findings if run else ()
    bare = tuple(msgspec.structs.replace(one, exception_id=None) for one in findings)
    _, judged = checks.accept(bare, found, as_of=moment.as_of)
    return judged


def review_exception(
    workspace: Workspace, exception_id: str, *, reviewer: str, clock_at: str
) -> int:
    """Record that somebody looked at an exception and it still holds; returns the entry.

    Raises:
        InputError: there is no such exception.
        PermissionRefused: the reviewer is who asked for it.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of="9999")
        found = connection.execute(
            'select requester from "exception" where exception_id = ?', [exception_id]
        ).fetchall()
        connection.close()
        if not found:
            raise InputError(
                f"there is no exception {exception_id!r}",
                advice="`cellwarden exception list` shows them",
            )
        if found[0][0] and is_same_person(str(found[0][0]), reviewer):
            raise PermissionRefused(
                f"{reviewer} asked for {exception_id} and cannot review it",
                advice="let somebody else look whether its reason still holds",
            )
        cells = {
            "exception_id": exception_id,
            "reviewed_on": clock_at[:10],
            "reviewer": reviewer,
        }
        statement = Statement(kind="exception", cells=cells, actor=reviewer, act="exception")
        return record(state, statement, clock_at=clock_at)[0]


def put_risk(
    workspace: Workspace, cells: dict[str, str], *, actor: str, clock_at: str
) -> tuple[int, str]:
    """Record a new risk, or further words about one; returns the entry and its id.

    Raises:
        InputError: a new risk without title, owner, treatment or review; or a cell does not fit.
    """
    made = dict(cells)
    if not made.get("risk_id"):
        for name in ("title", "owner", "treatment", "review_on"):
            if not made.get(name, "").strip():
                raise InputError(
                    f"a risk needs {name.replace('_', ' ')}",
                    advice="a risk that nobody carries or looks at again is only a note",
                )
        made = {"opened_on": clock_at[:10], "status": "open"} | made
        made["risk_id"] = short_id("RSK", made, clock_at)
    return _put(workspace, "risk", made, actor=actor, clock_at=clock_at)


def list_risks(workspace: Workspace, moment: Moment) -> list[dict[str, Any]]:
    """The risks that are not closed, worst first."""
    with subjects_at(workspace, moment) as connection:
        return rows(
            connection,
            """
            select * from subject_risk
            order by (case impact when 'high' then 3 when 'medium' then 2 when 'low' then 1
              else 4 end) * (case likelihood when 'high' then 3 when 'medium' then 2
              when 'low' then 1 else 4 end) desc, risk_id
            """,
        )


def show_risk(workspace: Workspace, risk_id: str, moment: Moment) -> ShownRisk:
    """One risk with the findings of the last run that feed it, and its controls.

    Raises:
        InputError: there is no such risk.
    """
    with subjects_at(workspace, moment) as connection:
        found = rows(connection, "select * from risk where risk_id = ?", [risk_id])
        left = rows(
            connection, "select review_days_left from subject_risk where risk_id = ?", [risk_id]
        )
    if not found:
        raise InputError(
            f"there is no risk {risk_id!r}", advice="`cellwarden risk list` shows them"
        )
    row = found[0]
    run = last_run_before(workspace, as_of=moment.as_of, ledger_size=moment.known_at or 1 << 62)
    named = set(_parts(row["finding_ids"]))
    accepted = set(_parts(row["exception_ids"]))
    findings = tuple(
        f"{one.id} {one.severity.value}: {one.because}"
        for one in (run.findings if run else ())
        if one.verdict.value == "fail"
        and ({str(one.id), str(one.check)} & named or one.exception_id in accepted)
    )
    return ShownRisk(
        cells={
            name: str(cell)
            for name, cell in row.items()
            if cell is not None
            and name not in {"row", "entry", "subject", "valid_from", "valid_to"}
        },
        findings=findings,
        controls=frameworks.controls_for(tuple(_parts(row["requirement_ids"]))),
        review_days_left=left[0]["review_days_left"] if left else None,
    )


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def _put(
    workspace: Workspace, kind: str, cells: dict[str, str], *, actor: str, clock_at: str
) -> tuple[int, str]:
    with workspace.open_state() as state, state.alone():
        statement = Statement(kind=kind, cells=cells, actor=actor, act=kind)
        return record(state, statement, clock_at=clock_at)

"""Incidents: open one, record who was told, see which deadlines run, close it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from cellwarden.lifecycle.custody import moment as time_of
from cellwarden.lifecycle.ruling import HOUSE, due_at, notice_rules
from cellwarden.model.duties import Duty
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.moments import Moment
from cellwarden.model.times import format_time, parse_time
from cellwarden.workflows.statements import Statement, record, rows, short_id, subjects_at
from cellwarden.workflows.workspace import Workspace


class ShownIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with its notices and the duties that run on it."""

    cells: dict[str, str]
    notices: tuple[dict[str, str], ...]
    duties: tuple[Duty, ...]


def open_incident(
    workspace: Workspace, cells: dict[str, str], *, actor: str, clock_at: str
) -> tuple[int, str]:
    """Record an incident; its deadlines run from ``noticed_at``; returns the entry and its id.

    Raises:
        InputError: it has no title or site, or names a rule that we do not have.
    """
    for name in ("title", "site_id"):
        if not cells.get(name, "").strip():
            raise InputError(
                f"an incident needs {name}",
                advice="one line is enough to begin",
            )
    for regime in _parts(cells.get("regimes")):
        if regime not in notice_rules():
            raise InputError(
                f"there is no rule {regime!r}", advice=f"use {', '.join(notice_rules())}"
            )
    made = {"noticed_at": clock_at} | cells
    made["incident_id"] = cells.get("incident_id") or short_id("INC", made, clock_at)
    with workspace.open_state() as state, state.alone():
        statement = Statement(kind="incident", cells=made, actor=actor, act="incident")
        return record(state, statement, clock_at=clock_at)


def give_notice(
    workspace: Workspace, incident_id: str, cells: dict[str, str], *, actor: str, clock_at: str
) -> tuple[int, str]:
    """Record that somebody was told; returns the entry and the notice's id.

    Raises:
        InputError: there is no such incident, or audience and stage are not given.
    """
    _must_exist(workspace, incident_id)
    made = {"told_at": clock_at, "told_by": actor, "stage": "first_word"} | cells
    made["incident_id"] = incident_id
    if not made.get("audience"):
        raise InputError(
            "a notice needs its audience",
            advice="facilities, security, vendor, authority, customers",
        )
    made["notice_id"] = cells.get("notice_id") or short_id("NOT", made, clock_at)
    with workspace.open_state() as state, state.alone():
        statement = Statement(kind="incident_notice", cells=made, actor=actor, act="incident")
        return record(state, statement, clock_at=clock_at)


def close_incident(
    workspace: Workspace, incident_id: str, cells: dict[str, str], *, actor: str, moment: Moment
) -> int:
    """Close an incident; returns the entry.

    Raises:
        InputError: there is no such incident, or it is closed.
        PermissionRefused: it is not contained, or somebody was not told whose time has passed.
    """
    shown = show_incident(workspace, incident_id, moment)
    if shown.cells.get("closed_at"):
        raise InputError(f"{incident_id} is closed already", advice="open a new one if it returned")
    missing = [
        f"  {one.audience}: {one.stage} ({one.rule})"
        for one in shown.duties
        if one.state == "overdue"
    ]
    if not (shown.cells.get("contained_at") or cells.get("contained_at")):
        missing.insert(0, "  when it was contained")
    if missing:
        raise PermissionRefused(
            f"{incident_id} cannot be closed; not on record:\n" + "\n".join(missing),
            advice="give contained_at=..., and record each with `cellwarden incident notice`",
        )
    made = {"closed_at": moment.as_of} | cells | {"incident_id": incident_id}
    with workspace.open_state() as state, state.alone():
        statement = Statement(kind="incident", cells=made, actor=actor, act="incident")
        return record(state, statement, clock_at=moment.as_of)[0]


def list_incidents(workspace: Workspace, moment: Moment) -> list[dict[str, Any]]:
    """Every incident, open ones first, with how many notices are overdue, and how many not yet."""
    with subjects_at(workspace, moment) as connection:
        return rows(
            connection,
            """
            select i.*, (
              select count(*) from subject_duty as d
              where d.incident_id = i.incident_id and d.is_due and d.told_on is null
                and (d.audience <> 'vendor' or d.concerns_a_vendor)
            ) as overdue, (
              select count(*) from subject_duty as d
              where d.incident_id = i.incident_id and d.is_due is not true and d.told_on is null
                and (d.audience <> 'vendor' or d.concerns_a_vendor)
            ) as running
            from subject_incident as i
            order by i.is_closed, i.noticed_on desc, i.incident_id
            """,
        )


def show_incident(workspace: Workspace, incident_id: str, moment: Moment) -> ShownIncident:
    """One incident with who was told when, against every deadline that applies.

    Raises:
        InputError: there is no such incident.
    """
    with subjects_at(workspace, moment) as connection:
        found = rows(connection, "select * from incident where incident_id = ?", [incident_id])
        told = rows(
            connection,
            "select * from incident_notice where incident_id = ? order by told_at, notice_id",
            [incident_id],
        )
    if not found:
        raise InputError(
            f"there is no incident {incident_id!r}", advice="`cellwarden incident list` shows them"
        )
    return ShownIncident(
        cells=_cells(found[0]),
        notices=tuple(_cells(row) for row in told),
        duties=duties(found[0], told, as_of=parse_time(moment.as_of)),
    )


def duties(
    incident: dict[str, Any], told: list[dict[str, Any]], *, as_of: datetime
) -> tuple[Duty, ...]:
    """Every notice that is owed for an incident, in the order of the rules."""
    aware = time_of(incident["noticed_at"])
    named = {HOUSE, *_parts(incident["regimes"])}
    made = []
    for rule in notice_rules().values():
        if rule.regime not in named:
            continue
        for stage in rule.stages:
            if stage.audience == "vendor" and not incident["party_ids"]:
                continue
            given = _first(told, rule.regime, stage.stage, stage.audience)
            start = _first(told, rule.regime, stage.after, stage.audience) if stage.after else aware
            due = due_at(stage, start) if start else None
            made.append(
                Duty(
                    audience=stage.audience,
                    stage=stage.stage,
                    rule=rule.name,
                    source=rule.source,
                    is_verified=rule.verified,
                    due_at=format_time(due) if due else None,
                    told_at=format_time(given) if given else None,
                    state=_state(due, given, as_of),
                )
            )
    return tuple(made)


def _state(due: datetime | None, given: datetime | None, as_of: datetime) -> str:
    if given is not None:
        return "late" if due is not None and given > due else "told"
    return "overdue" if due is not None and due < as_of else "running"


def _first(told: list[dict[str, Any]], regime: str, stage: str, audience: str) -> datetime | None:
    """When an audience first had the notice of a stage; by the house rule any stage will do."""
    times = [
        at
        for row in told
        if (row["regime"] or HOUSE).lower() == regime
        and row["audience"] == audience
        and (regime == HOUSE or row["stage"] == stage)
        and (at := time_of(row["told_at"])) is not None
    ]
    return min(times, default=None)


def _must_exist(workspace: Workspace, incident_id: str) -> None:
    with workspace.open_state() as state:
        connection = state.connect(as_of="9999")
        found = connection.execute(
            "select 1 from incident where incident_id = ?", [incident_id]
        ).fetchall()
        connection.close()
    if not found:
        raise InputError(
            f"there is no incident {incident_id!r}", advice="`cellwarden incident list` shows them"
        )


def _cells(row: dict[str, Any]) -> dict[str, str]:
    hidden = {"row", "entry", "subject", "valid_from", "valid_to"}
    return {
        name: str(cell) for name, cell in row.items() if cell is not None and name not in hidden
    }


def _parts(text: str | None) -> list[str]:
    return [part.strip().lower() for part in (text or "").split(";") if part.strip()]

"""Legal holds: set and lifted by two people, as entries; what they cover is never erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from cellwarden.checks.exceptions import is_same_person
from cellwarden.lifecycle.retention import Hold, covering
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.store.facts import read_committed
from cellwarden.store.state import State
from cellwarden.workflows.evidence.paper_tables import holds_at
from cellwarden.workflows.evidence.papers import KIND, papers_on_record
from cellwarden.workflows.statements import Statement, record, rows, short_id
from cellwarden.workflows.workspace import Workspace

HOLD: Final = "hold"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One personal cell: kind, entry, row, column."""

    kind: str
    entry: int
    row: int
    column: str


def holds_over(state: State, targets: Iterable[Target], papers: Sequence[str]) -> tuple[Hold, ...]:
    """The holds that last and cover cells or papers; ``papers`` are digests of sealed objects.

    A copy of a register file is covered by a hold on any kind that it tells of: which of its rows
    are held cannot be told apart in it.
    """
    connection = state.connect(as_of="9999")
    try:
        holds = holds_at(connection, as_of="")
    finally:
        connection.close()
    if not holds:
        return ()
    found = {
        one
        for target in targets
        for one in covering(holds, kind=target.kind, subject=subject_of(state, target))
    }
    names = papers_on_record(state)
    for digest in papers:
        if digest in names:
            found |= set(covering(holds, kind=KIND, subject=names[digest]))
    told = {
        table.kind
        for _, entry in state.entries()
        if entry.document_sha256 in papers
        for table in entry.tables
    }
    if told:
        found |= {h for h in holds if h.scope == "everything" or h.scope.split("/")[0] in told}
    return tuple(sorted(found, key=lambda one: one.hold_id))


def subject_of(state: State, target: Target) -> str:
    """The subject of the fact that a cell belongs to."""
    shape = kinds()[target.kind]
    path = state.partitions.path(target.kind, target.entry)
    return shape.subject_of(read_committed(path, shape.column_names)[target.row][3:])


def set_hold(
    workspace: Workspace, scope: str, *, reason: str, approver: str, actor: str, clock_at: str
) -> tuple[int, str]:
    """Record that nothing in a scope is erased from now on; returns the entry and the hold's id.

    Raises:
        InputError: no such scope, or no reason.
        PermissionRefused: it is approved by who sets it.
    """
    kind, _, subject = scope.partition("/")
    if scope != "everything" and (kind not in kinds() or scope.endswith("/")):
        raise InputError(
            f"{scope!r} is no scope",
            advice="write everything, a kind such as ticket, or KIND/ID such as document/DOC-1",
        )
    _must_be_two(reason, approver, actor)
    with workspace.open_state() as state, state.alone():
        if subject and not _is_known(state, kind, subject):
            raise InputError(
                f"there is no {kind} {subject!r}",
                advice="check the id: a hold on what is not there would hold nothing",
            )
        cells = {"scope": scope, "reason": reason, "approver": approver, "set_by": actor}
        cells["set_on"] = clock_at[:10]
        cells["hold_id"] = short_id("HOLD", cells, clock_at)
        statement = Statement(kind=HOLD, cells=cells, actor=actor, act=HOLD)
        return record(state, statement, clock_at=clock_at)


def lift_hold(
    workspace: Workspace, hold_id: str, *, reason: str, approver: str, actor: str, clock_at: str
) -> int:
    """Record that a hold ended; returns the entry. Nothing is erased by this alone.

    Raises:
        InputError: there is no such hold, it was lifted before, or there is no reason.
        PermissionRefused: it is approved by who lifts it.
    """
    _must_be_two(reason, approver, actor)
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of="9999")
        try:
            found = rows(connection, "select * from hold where hold_id = $1", [hold_id])
        finally:
            connection.close()
        if not found or found[0]["lifted_on"]:
            said = f"was lifted on {found[0]['lifted_on']}" if found else "is not on record"
            raise InputError(
                f"the hold {hold_id!r} {said}", advice="`cellwarden retention holds` lists them"
            )
        cells = {
            "hold_id": hold_id,
            "lifted_on": clock_at[:10],
            "lifted_by": actor,
            "lift_reason": reason,
            "lift_approver": approver,
        }
        statement = Statement(kind=HOLD, cells=cells, actor=actor, act=HOLD)
        return record(state, statement, clock_at=clock_at)[0]


def list_holds(workspace: Workspace, moment: Moment) -> list[dict[str, Any]]:
    """Every legal hold, those that last first."""
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        try:
            return rows(
                connection,
                "select * from hold order by lifted_on is not null, set_on desc, hold_id",
            )
        finally:
            connection.close()


def _must_be_two(reason: str, approver: str, actor: str) -> None:
    if not reason.strip() or not approver.strip():
        raise InputError(
            "a hold needs a reason and somebody who approved", advice="give --reason and --approver"
        )
    if is_same_person(approver, actor):
        raise PermissionRefused(
            f"{approver} asks for this and cannot approve it",
            advice="name somebody else in --approver who has agreed",
        )


def _is_known(state: State, kind: str, subject: str) -> bool:
    connection = state.connect(as_of="9999")
    try:
        found = connection.execute(
            f'select 1 from "{kind}_history" where subject = ? limit 1', [subject]
        ).fetchall()
    finally:
        connection.close()
    return bool(found)

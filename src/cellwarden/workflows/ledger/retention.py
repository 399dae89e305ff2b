"""Retention at work: what was kept for long enough is erased, or waits for a person's word.

Rules: the policy stands in the workspace's settings, and a document or kind without a rule is
never erased; an event whose day is not known never makes anything due; a hold wins over the
policy; what a file of the register still says waits for a person, as a scan would bring it back;
what is erased goes by the same redaction as anything else, as one entry with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from cellwarden.checks.exceptions import is_same_person
from cellwarden.lifecycle.retention import Hold, RetentionRule, Standing, covering, standing
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.moments import Moment
from cellwarden.store.state import State
from cellwarden.workflows.assemble import fetch
from cellwarden.workflows.evidence.paper_tables import event_of, holding_of, holds_at
from cellwarden.workflows.evidence.papers import paper_files, papers_on_record
from cellwarden.workflows.ledger.holds import Target, holds_over
from cellwarden.workflows.ledger.redact import (
    Erasure,
    erase,
    remove_derived,
    still_said,
    superseded_copies,
    values_of,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_DOCUMENT: Final = "document"

ItemState = Literal["due", "review", "held", "waiting", "unknown", "no_rule", "still_said"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing under the policy: a document's files, or the personal cells of one subject.

    ``state`` is that of its standing, or ``still_said`` where files of people still hold it.
    """

    kind: str
    subject: str
    rule: str
    state: ItemState
    because: str
    due_on: date | None
    cells: tuple[Target, ...] = ()
    papers: tuple[str, ...] = ()


class RetentionRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found and did; ``entry`` is nothing where nothing was erased."""

    items: tuple[Item, ...]
    entry: int | None = None
    cells: int = 0
    papers: int = 0
    removed: tuple[Path, ...] = ()


def plan(workspace: Workspace, moment: Moment) -> tuple[Item, ...]:
    """Everything under the policy with how it stands on a day, what may go first."""
    with workspace.open_state() as state:
        return _plan(workspace, state, moment)


def run(workspace: Workspace, *, approver: str, actor: str, clock_at: str) -> RetentionRun:
    """Erase what is due now, as one redaction; what needs a person is in the outcome.

    Raises:
        PermissionRefused: the approver is who runs it.
        StoreError: the disk refused; `ledger redact --resume` finishes what was recorded.
    """
    if not approver.strip():
        raise InputError("nobody approved this", advice="name who did in --approver")
    if is_same_person(approver, actor):
        raise PermissionRefused(
            f"{approver} runs this and cannot approve it",
            advice="let somebody else look at --dry-run and approve",
        )
    with workspace.open_state() as state, state.alone():
        state.finish_redactions()
        items = _plan(workspace, state, Moment(as_of=clock_at))
        due = [one for one in items if one.state == "due"]
        if not due:
            return RetentionRun(items=items)
        targets = [cell for one in due for cell in one.cells]
        values = values_of(state, targets)
        papers = {paper for one in due for paper in one.papers}
        papers |= set(superseded_copies(state, targets, values))
        removed = remove_derived(workspace, values)
        erasure = Erasure(
            reason="retention: " + "; ".join(sorted({_reason(workspace, one) for one in due})),
            requester=actor,
            approver=approver,
            targets=tuple(targets),
            papers=tuple(sorted(papers)),
        )
        entry = erase(state, erasure, clock_at=clock_at)
    return RetentionRun(
        items=items, entry=entry, cells=len(targets), papers=len(papers), removed=removed
    )


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made from."""

    workspace: Workspace
    state: State
    connection: duckdb.DuckDBPyConnection
    holds: tuple[Hold, ...]
    today: date


def _plan(workspace: Workspace, state: State, moment: Moment) -> tuple[Item, ...]:
    connection = state.connect_at(moment)
    try:
        asked = _Asked(
            workspace=workspace,
            state=state,
            connection=connection,
            holds=holds_at(connection, as_of=moment.as_of),
            today=date.fromisoformat(moment.as_of[:10]),
        )
        items = [*_documents(asked)]
        for kind, rule in sorted(workspace.settings.retention.kinds.items()):
            items += _subjects(asked, kind, rule)
    finally:
        connection.close()
    order = ("due", "still_said", "review", "held", "unknown", "no_rule", "waiting")
    return tuple(
        sorted(items, key=lambda one: (order.index(one.state), str(one.due_on), one.subject))
    )


def _documents(asked: _Asked) -> Iterator[Item]:
    """The documents that are kept here and belong to a class; every issue of their files."""
    state, workspace = asked.state, asked.workspace
    issues: dict[str, list[str]] = {}
    for digest, name in sorted(papers_on_record(state).items()):
        if state.sealed.key_file(digest) is not None:
            issues.setdefault(name, []).append(digest)
    files = [(path, path.read_bytes()) for path in paper_files(workspace)]
    for cells in fetch(asked.connection, "select * from document order by document_id"):
        name, class_ = cells["document_id"] or "", (cells["retention"] or "").strip()
        if not class_ or name not in issues or holding_of(state, cells) == "elsewhere":
            continue
        rule = workspace.settings.retention.classes.get(class_)
        found = standing(
            rule,
            event_of(rule, cells) if rule else None,
            holds=covering(asked.holds, kind=_DOCUMENT, subject=name),
            today=asked.today,
        )
        item = _item(_DOCUMENT, name, class_, found)
        if item.state == "due":
            lying = [
                path.relative_to(workspace.folder).as_posix()
                for path, data in files
                if any(state.sealed.holds(digest, data) for digest in issues[name])
            ]
            item = _still_said(item, lying)
        yield msgspec.structs.replace(item, papers=tuple(issues[name]))


def _subjects(asked: _Asked, kind: str, rule: RetentionRule) -> Iterator[Item]:
    """The subjects of a kind with personal cells that are still there, in any of their facts."""
    there: dict[tuple[int, int], list[Target]] = {}
    for shape, entry, held in asked.state.personal.everywhere():
        if shape.name == kind:
            for row, columns in held.items():
                there[entry, row] = [
                    Target(kind=kind, entry=entry, row=row, column=column) for column in columns
                ]
    if not there:
        return
    history = asked.connection.execute(
        f'select entry, "row", subject, "{rule.after}" from "{kind}_history" order by entry, "row"'
    ).fetchall()
    cells: dict[str, list[Target]] = {}
    events: dict[str, str | None] = {}
    for entry, row, subject, event in history:
        cells.setdefault(subject, []).extend(there.get((entry, row), ()))
        events[subject] = event or events.get(subject)
    for subject, targets in sorted(cells.items()):
        if not targets:
            continue
        found = standing(
            rule,
            event_of(rule, {rule.after: events[subject]}),
            holds=covering(asked.holds, kind=kind, subject=subject),
            today=asked.today,
        )
        item = _item(kind, subject, kind, found)
        yield _free_to_go(asked, item, targets) if item.state == "due" else item


def _free_to_go(asked: _Asked, item: Item, targets: list[Target]) -> Item:
    """A due item with its cells, or why it cannot go: still said, or in a copy that is held."""
    item = msgspec.structs.replace(item, cells=tuple(targets))
    said = still_said(asked.workspace, asked.state, targets)
    if said:
        return _still_said(item, sorted(set(said.values())))
    if not asked.holds:
        return item
    copies = superseded_copies(asked.state, targets, values_of(asked.state, targets))
    held = holds_over(asked.state, targets, copies)
    if held:
        names = ", ".join(one.hold_id for one in held)
        because = f"an older copy of the file that named it is held by {names}"
        return msgspec.structs.replace(item, state="held", because=because)
    return item


def _item(kind: str, subject: str, rule: str, found: Standing) -> Item:
    return Item(
        kind=kind,
        subject=subject,
        rule=rule,
        state=found.state,
        because=found.because,
        due_on=found.due_on,
    )


def _still_said(item: Item, places: list[str]) -> Item:
    if not places:
        return item
    because = f"{', '.join(places)} still holds it; empty or remove that, scan, run again"
    return msgspec.structs.replace(item, state="still_said", because=because)


def _reason(workspace: Workspace, item: Item) -> str:
    policy = workspace.settings.retention
    rules = policy.classes if item.kind == _DOCUMENT else policy.kinds
    return f"{item.kind} {item.rule} ({rules[item.rule].basis})"

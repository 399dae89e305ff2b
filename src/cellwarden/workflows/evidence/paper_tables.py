"""Wiring of the checks on documents: what is kept of each, what holds it, what the policy says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from cellwarden.lifecycle.retention import Hold, RetentionRule, covering, due_on
from cellwarden.store.closed import closed_in
from cellwarden.store.state import State
from cellwarden.workflows.assemble import fetch
from cellwarden.workflows.derived import fill
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb


def register_papers(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, state: State, *, as_of: str
) -> None:
    """Fill ``paper_row`` and ``log_policy``.

    What is kept is what lies on disk now, whatever time is asked about.
    """
    fill(connection, "log_policy", [msgspec.structs.asdict(workspace.settings.logs)])
    holds = holds_at(connection, as_of=as_of)
    rules = workspace.settings.retention.classes
    fill(
        connection,
        "paper_row",
        [_row(state, one, holds, rules) for one in fetch(connection, "select * from document")],
    )


def holds_at(connection: duckdb.DuckDBPyConnection, *, as_of: str) -> tuple[Hold, ...]:
    """The legal holds that last at a time."""
    rows = fetch(connection, "select * from hold order by hold_id")
    return tuple(
        Hold(
            hold_id=row["hold_id"] or "",
            scope=row["scope"] or "everything",
            reason=row["reason"] or "",
        )
        for row in rows
        if row["lifted_on"] is None or row["lifted_on"][:10] > as_of[:10]
    )


def holding_of(state: State, cells: dict[str, str | None]) -> str:
    """What is kept of a document: ``kept``, ``erased``, ``closed``, ``missing`` or ``elsewhere``.

    Told by what lies on disk; ``ledger verify`` reads the bytes. A closed one is here and sealed,
    and its key never came along.
    """
    digest = cells["object_sha256"]
    if not digest:
        return "elsewhere"
    if not state.objects.path(digest).exists():
        return "missing"
    if state.sealed.key_file(digest) is not None:
        return "kept"
    came_closed = closed_in(state.folder).entries and digest not in state.redacted_objects()
    return "closed" if came_closed else "erased"


def event_of(rule: RetentionRule, cells: dict[str, str | None]) -> date | None:
    """The day that a rule counts from; nothing where it is not known or no day."""
    try:
        return date.fromisoformat((cells[rule.after] or "")[:10])
    except ValueError:
        return None


def _row(
    state: State,
    cells: dict[str, str | None],
    holds: Iterable[Hold],
    rules: dict[str, RetentionRule],
) -> dict[str, Any]:
    name = cells["document_id"] or ""
    covered = covering(holds, kind="document", subject=name)
    rule = rules.get((cells["retention"] or "").strip())
    return {
        "document_id": name,
        "holding": holding_of(state, cells),
        "is_held": bool(covered),
        "holds": ", ".join(one.hold_id for one in covered) or None,
        "rule_is_known": rule is not None,
        "keep_days": None if rule is None else _days(rule),
        "due_on": due_on(rule, event_of(rule, cells)) if rule else None,
    }


def _days(rule: RetentionRule) -> int:
    return 365 * (rule.keep_years or 0) if rule.keep_days is None else rule.keep_days

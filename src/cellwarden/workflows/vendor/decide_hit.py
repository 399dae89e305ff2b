"""Decide about a hit of screening: a person says whether two names are one, and why."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.workflows.statements import Statement, record
from cellwarden.workflows.vendor.screen_register import hit_named
from cellwarden.workflows.workspace import Workspace

SHORTEST_REASON: Final = 10
"""Characters of a reason; below that it is a tick in a box."""


def decide_hit(
    workspace: Workspace,
    name: str,
    list_id: str,
    *,
    is_same: bool,
    reason: str,
    on: date,
    clock_at: str,
    actor: str,
) -> int:
    """Record a decision about one hit, bound to both sides as they are now; returns the entry.

    Raises:
        InputError: there is no such hit, or the reason says nothing.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InputError(
            f"--reason {reason!r} says too little",
            advice="say what you compared: register number, address, date of birth, document",
        )
    with workspace.open_state() as state, state.alone():
        with closing(state.connect(as_of="9999")) as connection:
            hit = hit_named(connection, name, list_id)
        cells = {
            "party_id": hit["party_id"] or "",
            "list": hit["list"] or "",
            "list_id": hit["list_id"] or "",
            "is_same": "yes" if is_same else "no",
            "decided_by": actor,
            "decided_on": str(on),
            "reason": reason.strip(),
            "name_digest": hit["name_digest"] or "",
            "entry_digest": hit["entry_digest"] or "",
        }
        statement = Statement(
            kind="screening_decision", cells=cells, actor=actor, act="decide a hit"
        )
        return record(state, statement, clock_at=clock_at)[0]

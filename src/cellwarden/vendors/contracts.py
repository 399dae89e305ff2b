"""Promises in contracts: where each stands on a day, and what a contract lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec


class ClauseState(StrEnum):
    """Where a promise stands: given, to be done, done or broken."""

    PROMISED = "promised"
    DUE = "due"
    DONE = "done"
    BREACHED = "breached"


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One promise: its type, words and number, and its days."""

    id: str
    contract: str
    type: str
    text: str
    amount: str | None = None
    unit: str | None = None
    promised_on: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    breached_on: date | None = None
    document_id: str | None = None


WANTED: Final = (
    "incident_notice",
    "audit_right",
    "sla",
    "second_contact",
    "exit",
    "sourcing_change",
    "substitution",
    "factory_move",
    "ownership_change",
    "spare_stock",
)
"""What every contract with a battery vendor should promise, most wanted first."""


def state_of(clause: Clause, as_of: date) -> ClauseState:
    """Where a promise stands: a breach stays one until it is made good, then it is done.

    What is done before it is due again counts as done; past its day, it is due.
    """
    done = clause.done_on if clause.done_on and clause.done_on <= as_of else None
    broken = clause.breached_on if clause.breached_on and clause.breached_on <= as_of else None
    if broken and (done is None or done < broken):
        return ClauseState.BREACHED
    if done:
        return ClauseState.DONE
    if clause.due_on and clause.due_on < as_of:
        return ClauseState.DUE
    return ClauseState.PROMISED


def missing(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """The wanted promises that a contract does not hold, most wanted first."""
    held = {clause.type for clause in clauses}
    return tuple(name for name in WANTED if name not in held)

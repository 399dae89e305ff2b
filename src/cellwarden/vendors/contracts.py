"""Promises in contracts: where each stands on a day, and what a contract lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
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


_HOUR: Final = timedelta(hours=1)
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


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one incident about which a vendor had promised to tell us.

    Times are aware UTC; None where nobody knows. ``is_settled``: the incident is closed or its site
    lists all it has, so that a notice which is not on record was not given.
    """

    hours: int
    began_at: datetime | None
    knew_at: datetime | None
    told_at: datetime | None
    is_settled: bool


def took_hours(notice: Notice) -> int | None:
    """Whole hours, rounded up, from when the vendor knew to when it told us; None if not known."""
    if notice.told_at is None or notice.knew_at is None:
        return None
    return max(0, -((notice.knew_at - notice.told_at) // _HOUR))


def is_late(notice: Notice, now: datetime) -> bool | None:
    """Whether notice came later than promised, or has not come in time.

    A vendor that told us within the hours since the incident began kept its word, whenever it
    knew. Where nobody knows when it knew, a later notice proves nothing.
    """
    limit = timedelta(hours=notice.hours)
    if notice.told_at is not None:
        if notice.knew_at is not None:
            return notice.told_at - notice.knew_at > limit
        soon = notice.began_at is not None and notice.told_at - notice.began_at <= limit
        return False if soon else None
    if notice.knew_at is not None and notice.is_settled and now - notice.knew_at > limit:
        return True
    return None


def notice_says(notice: Notice, now: datetime) -> str:
    """How it stands, in a few words."""
    took, late = took_hours(notice), is_late(notice, now)
    if notice.told_at is None:
        return "no notice, and its time has passed" if late else "no notice on record"
    if took is not None:
        return f"told after {took} hours" + (", too late" if late else ", in time")
    return "told in time" if late is False else "told; when the vendor knew is not known"


def missing(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """The wanted promises that a contract does not hold, most wanted first."""
    held = {clause.type for clause in clauses}
    return tuple(name for name in WANTED if name not in held)

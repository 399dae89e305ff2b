"""Deadlines: until when a weakness should be gone from a part, and every step that led there.

The patch clock starts when the weakness was published, as early as any document says so; where
none says, when the advisory reached us, and then the deadline is assumed. Not when we imported
it: who imports late would gain time. A listing as exploited starts the shorter timeline on the
day of the listing, and the deadline is the earlier of that one and the one that held without it:
a listing never gains time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from cellwarden.advisories.triage.cases import OPEN, Case
from cellwarden.advisories.triage.clock import first_window_for, next_window
from cellwarden.advisories.triage.days import start_of
from cellwarden.advisories.triage.facts import TriageFacts
from cellwarden.advisories.triage.fixes import Fix
from cellwarden.advisories.triage.places import Place
from cellwarden.advisories.triage.ssvc import BINDING, Timeline, bod_26_04
from cellwarden.advisories.triage.weakness import Weakness
from cellwarden.model.matching import MatchState


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """Until when, by which timeline, how sure, and the steps in words; empty where none applies."""

    on: date | None = None
    timeline: str = ""
    is_assumed: bool = False
    says: tuple[str, ...] = ()


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """When the patch clock starts, in words, and whether that is assumed."""

    at: datetime | None
    says: str
    is_assumed: bool


def patch_start(case: Case, facts: TriageFacts, published_at: datetime | None) -> Start:
    """When the patch clock of one case starts; see the head of this file."""
    if published_at is not None:
        says = f"the patch clock starts with publication on {published_at.date()}"
        return Start(at=published_at, says=says, is_assumed=False)
    imported = [start_of(facts.imported_at.get(match.advisory_id)) for match in case.matches]
    known_at = min(filter(None, imported), default=None)
    if known_at is not None:
        says = f"no document dates it: the clock starts when it reached us on {known_at.date()}"
        return Start(at=known_at, says=says, is_assumed=True)
    says = "no document dates it and nobody knows when it reached us"
    return Start(at=None, says=says, is_assumed=True)


def deadline_for(
    state: MatchState, place: Place, found: Weakness, fix: Fix, *, start: Start, as_of: datetime
) -> Deadline:
    """The strictest possible deadline of an open part; none for a part that is not open."""
    if state not in OPEN:
        return Deadline()
    timeline = _timeline(found, place, in_kev=found.in_kev)
    says = [_timeline_says(timeline), BINDING, start.says]
    if found.in_kev:
        before = _timeline(found, place, in_kev=False)
        listed_at = max(filter(None, (found.listed_at, start.at)), default=None)
        both = (
            _due(timeline, listed_at, place, fix, as_of),
            _due(before, start.at, place, fix, as_of) if start.at else None,
        )
        on = min(filter(None, both), default=None)
        if listed_at:
            begins = f"with the listing on {listed_at.date()}"
            if found.listed_at is not None and start.at == listed_at > found.listed_at:
                begins = (
                    f"on {listed_at.date()} as well, since the listing of "
                    f"{found.listed_at.date()} is older"
                )
            says.append(
                f"the shorter timeline starts {begins}; "
                f"without it: {before.says}; the earlier deadline holds"
            )
    else:
        on = _due(timeline, start.at, place, fix, as_of)
    says.append(_deadline_says(on, fix, as_of))
    is_undetermined = state is MatchState.UNDETERMINED
    if is_undetermined:
        says.append("whether it is affected is not known: the deadline is assumed")
    return Deadline(
        on=on,
        timeline=timeline.strictest,
        is_assumed=timeline.is_assumed or is_undetermined or start.is_assumed,
        says=tuple(says),
    )


def _timeline(found: Weakness, place: Place, *, in_kev: bool | None) -> Timeline:
    return bod_26_04(
        in_kev=None if in_kev is None else "yes" if in_kev else "no",
        exposed=place.around.publicly_exposed,
        automatable=found.automatable,
        technical_impact=found.technical_impact,
    )


def _timeline_says(timeline: Timeline) -> str:
    if not timeline.is_assumed:
        return f"BOD 26-04: {timeline.says}"
    return (
        f"BOD 26-04: {timeline.says}, the strictest of {timeline.rows} possible rows (assumed; "
        f"possible: {'; '.join(timeline.possible)})"
    )


def _due(
    timeline: Timeline, start: datetime | None, place: Place, fix: Fix, as_of: datetime
) -> date | None:
    """The day on which a timeline ends; "on system upgrade" ends with the part's own window.

    That is the first window that could have taken the fix, be it past; without a fix, the next.
    """
    if timeline.days is not None:
        return start.date() + timedelta(days=timeline.days) if start else None
    if fix.available_at is not None:
        since = max(filter(None, (fix.available_at, start)))
        window = first_window_for(place.windows, since)
    else:
        window = next_window(place.windows, as_of=as_of)
    return window.closes_at.date() if window else None


def _deadline_says(on: date | None, fix: Fix, as_of: datetime) -> str:
    if on is None:
        return "no deadline can be given: no approved window that takes firmware is planned"
    late = (as_of.date() - on).days
    state = f", {late} day{'' if late == 1 else 's'} ago" if late > 0 else ""
    has_fix = fix.available_at is not None and fix.available_at <= as_of
    what = "" if has_fix else "; without a fix that is the day for a compensating measure"
    return f"deadline {on.isoformat()}{state}{what}"

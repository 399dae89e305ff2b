"""When a vendor has to be assessed again: by the calendar, and at once when something happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

import msgspec

YEAR: Final = 365
"""Days after which every assessment is due, whatever the criticality."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a vendor: what kind, on which day, in words, and its facts."""

    kind: str
    on: date
    says: str
    facts: tuple[str, ...] = ()


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a vendor has to be assessed again, when, and why.

    ``last_on`` is nothing where no answers ever came, and then it is due.
    """

    last_on: date | None
    due_on: date | None
    is_due: bool
    because: tuple[str, ...]
    events: tuple[Event, ...]


def due(
    last_on: date | None,
    *,
    criticality: str | None,
    periods: Mapping[str, int],
    events: Iterable[Event],
    as_of: date,
) -> Due:
    """Judge one vendor on a day.

    The period is that of the most critical site served; where none is known, the shortest one,
    since unknown is not low. What happened on the day of the assessment counts as seen by it.
    """
    if last_on is None:
        return Due(
            last_on=None,
            due_on=None,
            is_due=True,
            because=("never assessed: nothing is proven",),
            events=(),
        )
    days = periods.get(criticality or "", min(periods.values(), default=YEAR))
    due_on = last_on + timedelta(days=min(days, YEAR))
    because = []
    if due_on < as_of:
        level = f"criticality {criticality}" if criticality else "criticality unknown"
        because.append(f"the assessment of {last_on} was good for {min(days, YEAR)} days ({level})")
    since = tuple(
        sorted(
            (event for event in events if last_on < event.on <= as_of),
            key=lambda event: (event.on, event.kind, event.says),
        )
    )
    because.extend(f"{event.on} {event.says}" for event in since)
    return Due(
        last_on=last_on, due_on=due_on, is_due=bool(because), because=tuple(because), events=since
    )

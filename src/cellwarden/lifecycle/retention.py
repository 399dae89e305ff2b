"""Retention: when something has been kept for long enough, and whether it may go then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

State = Literal["due", "review", "held", "waiting", "unknown", "no_rule"]

_LEAP_DAY: Final = (2, 29)
_LONGEST_YEARS: Final = 100


class RetentionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something is kept: ``keep_days`` or ``keep_years`` after the date in ``after``.

    ``basis`` is the law or the reason; ``action`` says whether it is erased then or looked at by a
    person.
    """

    after: str
    basis: str
    keep_days: int | None = None
    keep_years: int | None = None
    action: Literal["erase", "review"] = "review"

    def __post_init__(self) -> None:
        """Refuse a rule without one period, or without its basis."""
        if (self.keep_days is None) == (self.keep_years is None):
            raise ValueError("give keep_days or keep_years, one of them")
        if not 0 <= (self.keep_days or 0) <= _LONGEST_YEARS * 366:
            raise ValueError(f"keep_days {self.keep_days}: 0 to {_LONGEST_YEARS * 366}")
        if not 0 <= (self.keep_years or 0) <= _LONGEST_YEARS:
            raise ValueError(f"keep_years {self.keep_years}: 0 to {_LONGEST_YEARS}")
        if not self.basis.strip():
            raise ValueError("basis: say which law or reason asks for it")


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold that lasts: its scope is everything, a kind, or ``kind/subject``."""

    hold_id: str
    scope: str
    reason: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one thing stands under the policy on a day, and why in words."""

    state: State
    because: str
    due_on: date | None = None
    holds: tuple[str, ...] = ()


def due_on(rule: RetentionRule, event: date | None) -> date | None:
    """The first day on which a thing may go: the day after it has been kept in full.

    An unknown event gives none, however long ago it may have been. Years end on the same day of
    the year; after 29 February, in years without one, on 1 March.
    """
    if event is None:
        return None
    try:
        if rule.keep_years is None:
            last = event + timedelta(days=rule.keep_days or 0)
        else:
            last = _years_later(event, rule.keep_years)
        return last + timedelta(days=1)
    except (OverflowError, ValueError):
        return None  # beyond the calendar: never


def standing(
    rule: RetentionRule | None, event: date | None, *, holds: Iterable[Hold], today: date
) -> Standing:
    """How a thing stands: a hold wins over the policy, and what is not known is never due."""
    held = tuple(sorted(one.hold_id for one in holds))
    if rule is None:
        return Standing(state="no_rule", because="the policy has no rule for it", holds=held)
    due = due_on(rule, event)
    if due is None:
        return Standing(
            state="unknown", because=f"{rule.after} is not known, so it is never due", holds=held
        )
    period = f"{rule.keep_years} years" if rule.keep_days is None else f"{rule.keep_days} days"
    kept = f"{period} after {rule.after} {event} ({rule.basis})"
    if today < due:
        return Standing(state="waiting", because=f"kept {kept}", due_on=due, holds=held)
    if held:
        return Standing(state="held", because=f"held by {', '.join(held)}", due_on=due, holds=held)
    state: State = "due" if rule.action == "erase" else "review"
    return Standing(state=state, because=f"was kept {kept}", due_on=due)


def covering(holds: Iterable[Hold], *, kind: str, subject: str) -> tuple[Hold, ...]:
    """The holds that cover one subject of a kind."""
    scopes = {"everything", kind, f"{kind}/{subject}"}
    return tuple(one for one in holds if one.scope in scopes)


def _years_later(day: date, years: int) -> date:
    if (day.month, day.day) == _LEAP_DAY:
        try:
            return day.replace(year=day.year + years)
        except ValueError:
            return date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)

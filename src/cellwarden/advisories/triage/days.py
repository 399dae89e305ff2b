"""Dates as documents and people write them; what cannot be read is unknown, never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from cellwarden.model.errors import InputError
from cellwarden.model.times import parse_time


def start_of(text: str | None) -> datetime | None:
    """The first moment that a date or time can mean: a bare date starts at midnight, UTC."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(0), tzinfo=UTC)
    except ValueError:
        return end_of(text)


def end_of(text: str | None) -> datetime | None:
    """The last moment that a date or time can mean: a bare date ends with its last second, UTC."""
    if not text:
        return None
    try:
        return parse_time(text)
    except (InputError, OverflowError):
        return None


def day_of(text: str | None) -> date | None:
    """The day of a date or time, in UTC."""
    moment = start_of(text)
    return moment.date() if moment else None


def iso(day: date | None) -> str | None:
    """A day as the reports write it."""
    return day.isoformat() if day else None

"""Times: aware, in UTC, and always passed in; nobody below the workflows asks for the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from cellwarden.model.errors import InputError


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 date or time as an aware UTC time; a bare date means its last second.

    A person who says "as of 16 November" means the whole day. A time without an offset is UTC.

    Raises:
        InputError: the text is no ISO 8601 date or time.
    """
    cleaned = text.strip()
    try:
        day = date.fromisoformat(cleaned)
    except ValueError:
        pass
    else:
        return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(cleaned)
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a date or time",
            advice="write it as 2026-11-16 or 2026-11-16T08:30:00Z",
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def format_time(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the microsecond, ending in ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

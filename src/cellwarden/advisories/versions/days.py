"""Days and months that look like versions: 03.04.2019, 04.2019, 20190403."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

_POINTED: Final = re.compile(
    r"(?:(?P<one>\d\d?)\.(?P<other>\d\d?)|(?P<month>0[1-9]|1[0-2]))\.(?P<year>\d{4})"
)
_AT_START: Final = re.compile(r"(\d\d?\.\d\d?\.\d{4}|\d{8})(?![\d.])")
YEARS_OF_DEVICES: Final = range(1990, 2050)
"""Years in which firmware was made; a last number outside them counts something else."""


def pointed_days(text: str) -> tuple[int, int] | None:
    """First and last day that a text with points may mean, counted from year 1; else nothing.

    ``03.04.2019`` is the third of April to most of the world and the fourth of March to some, so
    both count; a month means all of its days.
    """
    found = _POINTED.fullmatch(text)
    if not found or int(found["year"]) not in YEARS_OF_DEVICES:
        return None
    year = int(found["year"])
    if found["month"]:
        month = int(found["month"])
        ends = [(month, 1), (month, monthrange(year, month)[1])]
    else:
        one, other = int(found["one"]), int(found["other"])
        ends = [(other, one), (one, other)]
    days = [day for end in ends if (day := _ordinal(year, *end)) is not None]
    return (min(days), max(days)) if days else None


def day_of(digits: str) -> tuple[int, str] | None:
    """The day that eight digits write, counted from year 1, and in which order they write it."""
    spellings = (
        ("day", digits[4:], digits[:2], digits[2:4]),
        ("day", digits[:4], digits[4:6], digits[6:]),
        ("dmy", digits[4:], digits[2:4], digits[:2]),
    )
    for order, year, month, day in spellings:
        if "1990" <= year <= "2099":
            try:
                return date(int(year), int(month), int(day)).toordinal(), order
            except ValueError:
                continue
    return None


def begins_with_day(text: str) -> bool:
    """Whether a day stands before anything else: ``03.04.2019 10:22``, ``20190403-1``."""
    found = _AT_START.match(text)
    if not found:
        return False
    return bool(pointed_days(found[1]) if "." in found[1] else day_of(found[1]))


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None

"""Days and months that look like versions: 03.04.2019, 04.2019, 20190403."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache, partial
from typing import Final, NamedTuple

_POINTED: Final = re.compile(
    r"(?:(?P<one>\d\d?)\.(?P<other>\d\d?)|(?P<month>0[1-9]|1[0-2]))\.(?P<year>\d{4})"
)
_AT_START: Final = re.compile(r"(\d\d?\.\d\d?\.\d{4}|\d{8})(?![\d.])")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d\d)(\d\d)((?:19|20)\d\d)(?!\d)")
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


class Turned(NamedTuple):
    """A text whose days are written year first, by either order of day and month; how many."""

    month_first: str
    day_first: str
    days: int


@lru_cache(maxsize=65536)
def turned(text: str) -> Turned:
    """A text with its days of eight digits written year first: ``05032019`` as ``20190503``.

    ``05032019`` may be the third of May or the fifth of March; ``05132019`` is the one day that it
    can be in both texts.
    """
    count = 0

    def turn(found: re.Match[str], *, day_first: bool) -> str:
        one, other, year = int(found[1]), int(found[2]), int(found[3])
        orders = ((other, one), (one, other)) if day_first else ((one, other), (other, one))
        days = [(m, d) for m, d in orders if _ordinal(year, m, d)]
        if year not in YEARS_OF_DEVICES or not days:
            return found[0]
        nonlocal count
        count += 1
        return f"{year}{days[0][0]:02}{days[0][1]:02}"

    months = _YEAR_LAST.sub(partial(turn, day_first=False), text)
    days = _YEAR_LAST.sub(partial(turn, day_first=True), text)
    return Turned(months, days, count)


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

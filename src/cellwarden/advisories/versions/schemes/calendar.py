"""Dates that stand where a version should: a day, or a month."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from cellwarden.advisories.versions.days import pointed_days
from cellwarden.advisories.versions.numerals import sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "calendar"
rank = 10
is_apart = true
says = "a date: 2019-09-21, January 31 2014, April/9/2021, 20230518, May 2018, 03.04.2019"
source = "CISA CSAF corpus; ICSA-17-026-01 gives Eaton ePDU firmware by date"
pattern = '''
  (?: (?P<y>(?:19|20)\d\d)[-/](?P<m>\d\d?)[-/](?P<d>\d\d?)
    | (?P<ym>(?:19|20)\d\d)-(?P<mo>0\d|1[0-2])
    | (?P<yy>(?:19|20)\d\d)(?P<mm>[01]\d)(?P<dd>[0-3]\d)
    | (?P<name>[a-z]{3,9})[\s./_-]+(?:(?P<nd>\d\d?)(?:st|nd|rd|th)?[\s,./_-]+)?(?P<ny>(?:19|20)\d\d)
    | (?P<bd>\d\d?)[\s.-](?P<bname>[a-z]{3,9})[\s,.-]+(?P<by>(?:19|20)\d\d)
    | (?P<um>\d\d?)/(?P<ud>\d\d?)/(?P<uy>(?:19|20)\d\d)
  )
'''
ascending = [
  ["january 31 2014", "2014-06-30", "april/9/2021", "8/30/2024"],
  ["may 2018", "june 1, 2018"],
  ["03.04.2018", "21.06.2019", "8/30/2024"],
  ["07.2019", "8/30/2024"],
]
equal = [
  ["2019-09", "september 2019"],
  ["2019-09-21", "20190921", "september 21, 2019", "9/21/2019"],
]
not_comparable = [
  ["may 2018", "2018-05-04"],
  ["03.04.2019", "15.03.2019"],
  ["03.04.2019", "04.03.2019"],
  ["21.04.2019", "15.05.2019"],
]
foreign = ["1.0", "august 28", "2019-13-01", "2019", "3.30.3122", "1.2.2060", "0.1.2019", "4.2019"]
"""

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
            *("july jul", "august aug", "september sep sept", "october oct", "november nov"),
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}


class Calendar:
    """Days and months; what lies inside a month has no order to the month."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read a date into its first and last day, counted from year 1."""
        match = self._pattern.fullmatch(text)
        if not match:
            days = pointed_days(text)
            return Parsed(text, tuple(text.split(".")), days) if days else None
        part = match.groupdict()
        year = part["y"] or part["ym"] or part["yy"] or part["ny"] or part["by"] or part["uy"]
        day = part["d"] or part["dd"] or part["nd"] or part["bd"] or part["ud"]
        word = part["name"] or part["bname"]
        month = (
            _MONTHS.get(word, 0)
            if word
            else int(part["m"] or part["mo"] or part["mm"] or part["um"])
        )
        return _span(text, int(year), month, int(day) if day else None)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By day; nothing where one lies inside the other.

        What is written with points may be numbers all the same, so two such need that order too.
        """
        order = _order(a.numbers, b.numbers)
        if not (a.segments and b.segments):
            return order
        by_number = sign([*map(int, a.segments)], [*map(int, b.segments)])
        return order if order == by_number else None

    def key(self, parsed: Parsed) -> bytes:
        """First and last day, four bytes each."""
        return b"".join(day.to_bytes(4, "big") for day in parsed.numbers)


def _order(a: tuple[int, ...], b: tuple[int, ...]) -> int | None:
    if a == b:
        return 0
    if a[1] < b[0]:
        return -1
    return 1 if a[0] > b[1] else None


def _span(text: str, year: int, month: int, day: int | None) -> Parsed | None:
    try:
        first = date(year, month, day or 1)
        last = first if day else date(year, month, monthrange(year, month)[1])
    except (ValueError, IndexError):
        return None
    assert sign(first, last) <= 0  # noqa: S101 - a month ends after it begins
    return Parsed(text, (), (first.toordinal(), last.toordinal()))


SCHEME: Final = Calendar()

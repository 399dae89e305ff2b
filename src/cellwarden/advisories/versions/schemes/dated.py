"""Numbers whose last segment is a date: 1.42.06162022."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.days import day_of
from cellwarden.advisories.versions.numerals import order_unless_extended, parsed_numbers, sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "dated"
rank = 45
says = "numbers, then a day as MMDDYYYY, YYYYMMDD or DDMMYYYY behind a point, dash or underscore"
source = "Dataprobe iBoot-PDU, ICSA-22-263-03; CISA CSAF corpus"
pattern = '''(?P<numbers>\d+(?:\.\d+)*?)(?:[._-](?P<date>\d{8}))?'''
ascending = [
  ["1.42.06162022", "1.42.12012022", "1.42.01052023", "1.43.01012021"],
  ["8.2_20170817", "8.2_20180101"],
]
equal = [["1.42.06162022", "1.42-20220616"]]
not_comparable = [
  ["1.42", "1.42.06162022"],
  ["1.42.3", "1.42.06162022"],
  ["1.42.25122022", "1.42.06162022"],
]
foreign = ["20220616", "1.42.99999999", "1.42.beta"]
"""

_DATE: Final = 9
"""Rank of the date in a tail."""


class Dated:
    """Numbers first, then the day; a version without one is neither before nor after."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)

    def read(self, text: str) -> Parsed | None:
        """Read numbers and, where the last segment is one, a day."""
        match = self._pattern.fullmatch(text)
        if not match or (digits := match["date"]) is None:
            return parsed_numbers(text) if match and "." in text and not _ends_long(text) else None
        numbers = parsed_numbers(match["numbers"])
        day = day_of(digits)
        if numbers is None or day is None:
            return None
        ordinal, order = day
        return Parsed(text, numbers.segments, numbers.numbers, ((_DATE, order, (ordinal,), ""),))

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, then by day where both have one that is written alike."""
        if (order := order_unless_extended(a, b)) != 0:
            return order
        if a.tail == b.tail:
            return 0
        if not a.tail or not b.tail or "dmy" in {a.tail[0][1], b.tail[0][1]}:
            return None
        return sign(a.tail[0][2], b.tail[0][2])

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, then the day."""
        day = parsed.tail[0][2] if parsed.tail else ()
        return number_key(parsed.numbers) + number_key(day)


def _ends_long(text: str) -> bool:
    return len(text.rpartition(".")[2]) == 8  # noqa: PLR2004 - eight digits that are no date


SCHEME: Final = Dated()

"""Plain numbers with points."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.days import day_of, pointed_days
from cellwarden.advisories.versions.numerals import parsed_numbers, sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "dotted"
rank = 30
says = "numbers with points; zeros before a number and behind the last count nothing"
source = "most of the CISA CSAF corpus; Semantic Versioning 2.0.0 clause 11 for the numbers"
pattern = '''\d{1,40}(?:\.\d{1,40})*'''
is_total = true
ascending = [["1.4", "1.4.2", "1.9", "1.10", "2"], ["6.4.0", "6.9.6"], ["3.5.15.0", "3.5.15.20"]]
equal = [["1.0", "1.0.0", "01.00", "1"]]
foreign = ["1.07", "1.42.06162022", "20230518", "03.04.2019", "1.0a", "1..0", ""]
"""

_PADDED_FRACTION: Final = re.compile(r"\d+\.0\d*[1-9]\d*")


class Dotted:
    """Numbers in order; the one scheme in which any two versions have one.

    Two numbers of which the second is padded (1.07) are not read: the point may be a decimal one.
    """

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)

    def read(self, text: str) -> Parsed | None:
        """Read digits and points, unless they are a date or may be a decimal fraction."""
        if not self._pattern.fullmatch(text) or _PADDED_FRACTION.fullmatch(text):
            return None
        last = text.rpartition(".")[2]
        if len(last) == 8 and day_of(last):  # noqa: PLR2004 - the digits of a day
            return None
        return None if pointed_days(text) else parsed_numbers(text)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers."""
        return sign(a.numbers, b.numbers)

    def key(self, parsed: Parsed) -> bytes:
        """The numbers."""
        return number_key(parsed.numbers)


SCHEME: Final = Dotted()

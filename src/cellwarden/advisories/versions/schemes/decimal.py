"""Numbers with points where a point may be a decimal point."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.days import day_of
from cellwarden.advisories.versions.numerals import order_numbers, parsed_numbers
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "decimal"
rank = 40
says = "numbers with points, one of the two a padded fraction: 1.07, 5.008"
source = "Mitsubishi Electric, Rockwell Automation and Eaton in the CISA CSAF corpus"
pattern = '''\d{1,40}(?:\.\d{1,40})*'''
ascending = [["1.05", "1.07", "1.42", "2.1"], ["5.008", "5.028"], ["1.07", "1.9.1"]]
equal = [["1.07", "01.07"]]
not_comparable = [["1.07", "1.1"], ["4.4", "4.05"], ["1.01", "1.1"]]
foreign = ["1.07a", "1.42.06162022", "20230518"]
"""


class Decimal:
    """Numbers in order, except where counting and decimal fractions disagree."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)

    def read(self, text: str) -> Parsed | None:
        """Read digits and points that are no date."""
        if not self._pattern.fullmatch(text):
            return None
        last = text.rpartition(".")[2]
        if len(last) == 8 and day_of(last):  # noqa: PLR2004 - the digits of a day
            return None
        return parsed_numbers(text)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, where both readings of the point agree."""
        return order_numbers(a, b)

    def key(self, parsed: Parsed) -> bytes:
        """The numbers."""
        return number_key(parsed.numbers)


SCHEME: Final = Decimal()

"""Numbers with a rest that nobody can order: 6.9.6-foo, 2.45.DP520.WEST."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import order_unless_extended, parsed_numbers
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "suffixed"
rank = 130
says = "two or more numbers with points, then anything; only different numbers have an order"
source = "device dumps: Eaton, Voltronic, Siebert; the CISA CSAF corpus"
pattern = '''(?P<numbers>\d+(?:\.\d+)+)(?P<rest>(?:[^\d.].*|\.[^\d].*)?)'''
ascending = [["6.9.5-foo", "6.9.6-foo", "7.0"], ["2.45.dp520.west", "2.48.dp520.west"]]
equal = [["6.00 ji", "6.0 ji"]]
not_comparable = [["6.9.6-foo", "6.9.6"], ["6.9-foo", "6.9.6"], ["1.07 x", "1.1 x"]]
foreign = ["9sx5ki", "4kx", "098-01.28"]
"""


class Suffixed:
    """Numbers in order; the rest only tells equal from not comparable."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)

    def read(self, text: str) -> Parsed | None:
        """Read the numbers at the beginning and keep the rest as it is."""
        match = self._pattern.fullmatch(text)
        numbers = parsed_numbers(match["numbers"]) if match else None
        if match is None or numbers is None:
            return None
        rest = match["rest"].strip()
        tail = ((1, rest, (), ""),) if rest else ()
        return Parsed(text, numbers.segments, numbers.numbers, tail)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, where one does not just go on behind the other."""
        order = order_unless_extended(a, b)
        return order if order or a.tail == b.tail else None

    def key(self, parsed: Parsed) -> bytes:
        """The numbers."""
        return number_key(parsed.numbers)


SCHEME: Final = Suffixed()

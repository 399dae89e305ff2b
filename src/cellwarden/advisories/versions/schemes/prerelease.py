"""Versions before the release: 1.0.0-rc1, 7.2.1-Beta."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import order_numbers, parsed_numbers, sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "prerelease"
rank = 70
says = "numbers, then alpha, beta or rc, which lie before the numbers alone"
source = "Semantic Versioning 2.0.0 clause 9; PEP 440 for the words"
pattern = '''
  (?P<numbers>\d+(?:\.\d+)*)
  (?:[\s._-]*(?P<word>alpha|beta|preview|pre|rc)[\s._-]*(?P<count>\d{0,9}))?
'''
ascending = [
  ["1.0.0-alpha", "1.0.0-beta", "1.0.0-beta4", "1.0.0-rc1", "1.0.0", "1.0.1-rc1"],
  ["1.9", "2.0-rc1", "2.0"],
]
equal = [["2.3.7-rc1", "2.3.7 rc 1"]]
not_comparable = [["1.07-rc1", "1.1"]]
foreign = ["1.0-foo", "rc1"]
"""

_STAGES: Final = {"alpha": 0, "beta": 1, "preview": 2, "pre": 2, "rc": 3}
_RELEASED: Final = 4


class Prerelease:
    """Numbers first; of equal ones what has a word lies before what has none."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read numbers and the word behind them."""
        match = self._pattern.fullmatch(text)
        numbers = parsed_numbers(match["numbers"]) if match else None
        if match is None or numbers is None:
            return None
        stage = _STAGES[match["word"]] if match["word"] else _RELEASED
        tail = ((1, "", (stage, int(match["count"] or 0)), ""),)
        return Parsed(text, numbers.segments, numbers.numbers, tail)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, then stage, then count."""
        order = order_numbers(a, b)
        return order if order != 0 else sign(a.tail, b.tail)

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, stage, count."""
        stage, count = parsed.tail[0][2]
        return number_key(parsed.numbers) + bytes([stage]) + number_key((count + 1,))


SCHEME: Final = Prerelease()

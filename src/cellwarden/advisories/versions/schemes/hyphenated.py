"""Numbers with dashes or underscores only: 1-02-08, 5_7_04_6469."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import LONGEST_NUMBER, numbers_of, sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "hyphenated"
rank = 85
says = "numbers with one kind of joint, a dash or an underscore"
source = "Riello and RPS in device dumps; Philips and ABB in the CISA CSAF corpus"
pattern = '''\d+(?:(?P<joint>[-_])\d+)(?:(?P=joint)\d+)*'''
ascending = [["1-02-08", "1-02-09", "1-10-01"], ["2018-1", "2021-1"], ["035-01-07", "036-01-02"]]
equal = [["1-2-8", "01-02-08"]]
not_comparable = [["2018-1", "2018_1"]]
foreign = ["1.2-3", "1-2_3", "1"]
"""


class Hyphenated:
    """Numbers in order, within one kind of joint."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)

    def read(self, text: str) -> Parsed | None:
        """Read numbers and their joints."""
        match = self._pattern.fullmatch(text)
        if not match:
            return None
        segments = tuple(text.split(match["joint"]))
        if any(len(segment) > LONGEST_NUMBER for segment in segments):
            return None
        return Parsed(text, segments, numbers_of(segments), family=match["joint"])

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers."""
        return sign(a.numbers, b.numbers) if a.family == b.family else None

    def key(self, parsed: Parsed) -> bytes:
        """The numbers."""
        return number_key(parsed.numbers)


SCHEME: Final = Hyphenated()

"""Versions in a maker's own shape, compared only with their like: 22D24, SWM035-01-07."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.days import day_of
from cellwarden.advisories.versions.numerals import sign
from cellwarden.advisories.versions.scheme import Atom, Parsed, read_table

TABLE: Final = r"""
name = "shape"
rank = 120
says = "numbers in order, between two texts that are otherwise letter for letter the same"
source = "Honeywell, Baxter, Dataprobe and others in the CISA CSAF corpus; device dumps"
pattern = '''[a-z0-9][a-z0-9._/+() -]{0,63}'''
ascending = [
  ["1.000.hw00.21.20190812", "1.000.hw01.3.20190820"],
  ["16d38", "17d19", "22d24"],
  ["06b12", "07a06"],
  ["70044_update_05032018-482", "70044_update_01032019-482"],
]
equal = [["07a06", "7a6"]]
not_comparable = [["22d24", "22e24"], ["1.000.hw00.21", "1.000.hw00.21.5"]]
foreign = ["1.07", "abc", "a b c d e f 1", "a3b04b7bc4872a5a39e5de3fdc5fbde5"]
"""

_MOST_NUMBERS: Final = 8
_MOST_WORDS: Final = 5


class Shape:
    """Texts of one skeleton, by their numbers from left to right."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)
    _digits = re.compile(r"\d+")
    _plate = re.compile(r"\d{1,2}([a-z])\d{1,2}")
    _plain = re.compile(r"[\d.]*")

    def read(self, text: str) -> Parsed | None:
        """Read the numbers; the rest of the text is the family."""
        if not self._pattern.fullmatch(text) or self._plain.fullmatch(text):
            return None
        found = tuple(self._digits.findall(text))
        if text.count(" ") >= _MOST_WORDS or not 0 < len(found) <= _MOST_NUMBERS:
            return None
        if plate := self._plate.fullmatch(text):
            return Parsed(text, found, tuple(map(int, found)), _letter(plate[1]), "plate")
        numbers = tuple(map(_value, found))
        return Parsed(text, found, numbers, family=self._digits.sub("0", text))

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, where everything else is the same, or the first number differs."""
        if a.tail != b.tail:
            return sign(a.segments[0].zfill(2), b.segments[0].zfill(2)) or None
        return sign(a.numbers, b.numbers) if a.family == b.family else None

    def key(self, parsed: Parsed) -> bytes:
        """The numbers."""
        return number_key(parsed.numbers)


def _letter(letter: str) -> tuple[Atom, ...]:
    return ((1, "plate", (), letter),)


def _value(digits: str) -> int:
    """A number; eight digits that are a day count as that day."""
    day = day_of(digits) if len(digits) == 8 else None  # noqa: PLR2004 - the digits of a day
    return day[0] if day else int(digits)


SCHEME: Final = Shape()

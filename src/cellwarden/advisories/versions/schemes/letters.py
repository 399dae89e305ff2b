"""Letters that count: 1.170c, A17, B.12, FB; A before B, Z before AA."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import (
    order_numbers,
    order_unless_extended,
    parsed_numbers,
    sign,
)
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "letters"
rank = 100
says = "a letter or two behind the numbers, before them, or alone"
source = "Mitsubishi Electric, Carlo Gavazzi (ICSA-17-012-03), Rittal in the CISA CSAF corpus"
pattern = '''
  (?P<numbers>\d+(?:\.\d+)*)
  (?: (?P<trail>(?!sp|ul|na|ga|us|up|eu|st|rc|hw|sw|fw)[a-z]{1,2}) | \s(?P<apart>[a-z]) )?
  | (?P<single>\d{1,3})\.(?P<point_letter>[a-z])
  | (?P<lead>[a-z])(?P<point>\.?)(?P<behind>\d+(?:\.\d+)*)(?P<behind_trail>[a-z]?)
    (?:\s?u(?P<step>\d{1,4}))?
  | (?P<alone>[a-z]{1,2})
'''
ascending = [
  ["1.170", "1.170c", "1.215z", "1.215aa"],
  ["a11", "a11 u04", "a11 u05", "a16", "a17"],
  ["a.09", "b.02", "b.12"],
  ["a1.5.3", "a1.6", "b1.2.4"],
  ["w", "y", "ad", "fb"],
]
equal = [["1.05 f", "1.05f"], ["b.02", "b.2"]]
not_comparable = [
  ["1.170.2", "1.170c"],
  ["fb", "1.0"],
  ["a17", "17"],
  ["b.12", "b12"],
  ["1.05f", "1.1f"],
]
foreign = ["4.6.3sp", "6.00 ji", "1.0 foo", "4kx", "hen04103l"]
"""


class Letters:
    """One of three forms (letters behind, before, alone); two forms have no order."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read letters and numbers of one form."""
        match = self._pattern.fullmatch(text)
        if not match:
            return None
        if match["alone"]:
            return Parsed(text, (), (), ((1, "alone", (), match["alone"]),))
        numbers = parsed_numbers(match["numbers"] or match["behind"] or match["single"])
        if numbers is None or (len(match["trail"] or "") > 1 and len(numbers.segments) == 1):
            return None
        if match["lead"]:
            form = f"lead{match['point']}"
            step = ((3, form, (int(match["step"]),), ""),) if match["step"] else ()
            tail = ((1, form, (), match["lead"]), (2, form, (), match["behind_trail"]), *step)
            return Parsed(text, numbers.segments, numbers.numbers, tail)
        trail = match["trail"] or match["apart"] or match["point_letter"]
        tail = ((2, "trail", (), trail),) if trail else ()
        return Parsed(text, numbers.segments, numbers.numbers, tail)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By leading letter, numbers, then the letters behind: none, A to Z, AA."""
        if _form(a) != _form(b):
            return None
        lead = sign(_letters(a, 1), _letters(b, 1))
        if lead:
            return lead
        behind, other = (_letters(a, 2), _step(a)), (_letters(b, 2), _step(b))
        if behind == other == ((0, ""), ()):
            return order_numbers(a, b)
        order = order_unless_extended(a, b)
        return sign(behind, other) if order == 0 else order

    def key(self, parsed: Parsed) -> bytes:
        """Leading letter, numbers, letters behind, each with its length first."""
        before, behind = _letters(parsed, 1), _letters(parsed, 2)
        return (
            bytes([before[0]])
            + before[1].encode()
            + number_key(parsed.numbers)
            + bytes([behind[0]])
            + behind[1].encode()
            + b"\0"
            + number_key(_step(parsed))
        )


def _form(parsed: Parsed) -> str:
    return parsed.tail[0][1] if parsed.tail else "trail"


def _step(parsed: Parsed) -> tuple[int, ...]:
    """The update behind a letter and its numbers (``A11_U05``), empty where there is none."""
    return next((tuple(n + 1 for n in atom[2]) for atom in parsed.tail if atom[0] == 3), ())  # noqa: PLR2004 - the rank of the step


def _letters(parsed: Parsed, rank: int) -> tuple[int, str]:
    for atom in parsed.tail:
        if atom[0] == rank:
            return len(atom[3]), atom[3]
    return 0, ""


SCHEME: Final = Letters()

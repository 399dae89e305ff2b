"""Cisco IOS releases, which switches of other makers carry: 15.2(7)E3."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "ios"
rank = 60
says = "major, minor, maintenance in brackets, train, rebuild"
source = "Rockwell Automation Stratix in the CISA CSAF corpus; Cisco's IOS release naming"
pattern = '''
  (?P<major>\d{1,3})\.(?P<minor>\d{1,3})[({](?P<maintenance>\d{1,3})(?P<letter>[a-z]?)[)}]\s?
  (?P<train>[a-z]{1,3})(?P<rebuild>\d{0,3})(?P<rebuild_letter>[a-z]?)(?:\.(?P<fix>[a-z]{1,3}\d{1,3}))?
'''
ascending = [
  ["15.2(4)e", "15.2(6)e", "15.2(6)e2a", "15.2(7)e3"],
  ["15.2(4a)ea5", "15.2(5)ea.fc4"],
]
equal = [["15.2(7)e2", "15.2{7}e2"]]
not_comparable = [["15.2(7)e3", "15.3(3)jc1"], ["15.2(5)ea", "15.2(5)ea.fc4"]]
foreign = ["02.07.07(10)", "3.5 (12)", "15.2"]
"""


class Ios:
    """Numbers within one train; two trains have no order."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read a release with its train."""
        match = self._pattern.fullmatch(text)
        if not match:
            return None
        numbers = tuple(int(match[name]) for name in ("major", "minor", "maintenance"))
        step = (1, match["letter"], (int(match["rebuild"] or 0),), match["rebuild_letter"])
        fix = (2, match["fix"] or "", (), "")
        train = (3, match["train"], (), "")
        return Parsed(text, (match["major"], match["minor"]), numbers, (step, fix, train))

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, letters and rebuilds of one train."""
        if a.tail[2] != b.tail[2]:
            return None
        one, other = (a.numbers, a.tail[0][1:]), (b.numbers, b.tail[0][1:])
        if one != other:
            return sign(one, other)
        return 0 if a.tail[1] == b.tail[1] else None

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, letter, rebuild, its letter."""
        _, letter, rebuild, rebuild_letter = parsed.tail[0]
        numbers = number_key(tuple(number + 1 for number in parsed.numbers))
        return numbers + letter.encode() + b"\0" + number_key(rebuild) + rebuild_letter.encode()


SCHEME: Final = Ios()

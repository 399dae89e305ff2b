"""Builds and releases behind the numbers: 1.03.07 (build 317), 3.40 R5 build 571848, 4.5.4-r29."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import stripped
from cellwarden.advisories.versions.levels import BUILD, level_key, order_levels
from cellwarden.advisories.versions.scheme import Parsed, read_table
from cellwarden.advisories.versions.schemes.service_pack import read_levels

TABLE: Final = r"""
name = "build"
rank = 90
says = "numbers, steps, then a build; where a build is left out it is unknown, not nought"
source = "Eaton IPM (ICSA-22-130-02), Raritan, MOXA and Hikvision in the CISA CSAF corpus"
pattern = '''
  (?: [\s._-]*\(?(?P<word>build|bn|release|rev|plus|kit|eng|rel|ga|r)[\s._:\#-]*
      (?P<count>\d{1,18}(?:[.-]\d{1,9}){0,3})(?P<letter>[a-z]?)\)?
    | \s?\((?P<bracket>\d{1,18}(?:\.\d{1,9})?)\)
    | [-+](?P<dash>\d{1,18})(?P<dash_letter>[a-z]?)
    | [_](?P<line>\d{1,18}(?:\.\d{1,9})?)
    | \s(?P<space>\d{1,18}(?:\.\d{1,9})?)
  )
'''
ascending = [
  ["3.40 r5 build 571848", "3.40 r5 build 571900", "3.40 r6 build 1"],
  ["1.69 release 150", "1.69 release 166", "1.70 release 1"],
  ["4.5.4-r29", "4.5.4-r30"],
  ["0.32-07d", "0.32-07e", "0.32-08"],
  ["12 sp0 1204.77", "12 sp0 1204.78", "12 sp1 1204.1"],
  ["02.07.07(8)", "02.07.07(10)"],
  ["4.2.0.5-50274", "4.2.0.5-50400", "4.2.10.5-50400"],
]
equal = [
  ["1.03.07 (build 317)", "1.03.07 build 317"],
  ["12 sp0_1204.77", "12 sp0 1204.77"],
  ["2.9 17030709", "2.9 build 17030709"],
]
not_comparable = [["4.5.4", "4.5.4-r29"], ["4.5.4-29", "4.5.4-r29"], ["1.4.18", "1.4.18-5"]]
foreign = ["1.0a", "1.0 foo", "build"]
"""

_SAME: Final = {"bn": "build", "rel": "release", "rev": "r", "ga": "ga"}


_BARE: Final = frozenset({"line", "space"})
_LONG: Final = 6
"""Digits from which a number behind the version is a build without the word."""


class Build:
    """Numbers and steps, then a build of one way of counting."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read numbers, steps and a build, if there is one."""
        found = read_levels(text)
        if found is None:
            return None
        head, rest = found
        if not head.segments:
            return None
        if not rest:
            return head
        build = self._pattern.fullmatch(rest)
        if not build:
            return None
        way = next(name for name in ("count", "bracket", "dash", "line", "space") if build[name])
        if way in _BARE and "." in build[way] and not head.tail:
            return None  # 5.21_1.18 is two versions; behind a pack it is a build
        word = _word(build, way)
        counts = stripped(tuple(map(int, re.split(r"[.-]", build[way]))))
        atom = (BUILD, word, counts, build["letter"] or build["dash_letter"] or "")
        return Parsed(text, head.segments, head.numbers, (*head.tail, atom))

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, steps, then build."""
        return order_levels(a, b)

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, steps, build."""
        return level_key(parsed)


def _word(build: re.Match[str], way: str) -> str:
    """The way of counting: the build's word, or the sign that joins it."""
    if way == "count":
        return _SAME.get(build["word"], build["word"])
    if way in _BARE:
        return "build" if len(build[way]) >= _LONG and build[way].isdigit() else "space"
    return way


SCHEME: Final = Build()

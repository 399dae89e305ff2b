"""Builds and releases behind the numbers: 1.03.07 (build 317), 3.40 R5 build 571848, 4.5.4-r29."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.versions.levels import BUILD, level_key, order_levels
from cellwarden.advisories.versions.numerals import stripped
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
    | [-+](?P<dash>\d{1,18})
    | [_](?P<line>\d{1,18})
    | \s(?P<space>\d{1,18})
  )
'''
ascending = [
  ["3.40 r5 build 571848", "3.40 r5 build 571900", "3.40 r6 build 1"],
  ["1.69 release 150", "1.69 release 166", "1.70 release 1"],
  ["4.5.4-r29", "4.5.4-r30"],
  ["02.07.07(8)", "02.07.07(10)"],
  ["4.2.0.5-50274", "4.2.0.5-50400", "4.2.10.5-50400"],
]
equal = [["1.03.07 (build 317)", "1.03.07 build 317"]]
not_comparable = [["4.5.4", "4.5.4-r29"], ["4.5.4-29", "4.5.4-r29"], ["1.4.18", "1.4.18-5"]]
foreign = ["1.0a", "1.0 foo", "build"]
"""

_SAME: Final = {"bn": "build", "rel": "release", "rev": "r", "ga": "ga"}


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
        word = _SAME.get(build["word"], build["word"]) if way == "count" else way
        counts = stripped(tuple(map(int, re.split(r"[.-]", build[way]))))
        atom = (BUILD, word, counts, build["letter"] or "")
        return Parsed(text, head.segments, head.numbers, (*head.tail, atom))

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, steps, then build."""
        return order_levels(a, b)

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, steps, build."""
        return level_key(parsed)


SCHEME: Final = Build()

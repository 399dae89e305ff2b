"""Huawei's releases: V100R001C10B003SP00."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import number_key, stripped
from cellwarden.advisories.versions.numerals import sign
from cellwarden.advisories.versions.scheme import Parsed, read_table

TABLE: Final = r"""
name = "huawei"
rank = 50
says = "version, release, customisation, then build and service pack or service pack alone"
source = "Huawei product version rule (VxxxRxxxCxxBxxx, SPC, SPH) as device dumps show it"
pattern = '''
  v?(?P<v>\d{1,4})r(?P<r>\d{1,4})c(?P<c>\d{1,4})
  (?:_?b(?P<b>\d{1,4}))?(?:sp(?P<kind>[ch]?)(?P<sp>\d{1,4}))?
'''
ascending = [
  ["100r001c10b003sp00", "100r001c10b004sp00", "100r002c01b104sp04", "500r003c00spc036"],
  ["500r001c10", "500r001c10spc100"],
]
equal = [["2r1c1spc40", "v002r001c01spc040"]]
not_comparable = [["100r001c10b003sp00", "100r001c10spc100"]]
foreign = ["100r001", "22r2", "1.0"]
"""


class Huawei:
    """V, R and C in order; then build and pack where both count in the same way."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read V, R and C, and what follows."""
        match = self._pattern.fullmatch(text)
        if not match:
            return None
        head = (match["v"], match["r"], match["c"])
        way = f"b{match['kind'] or ''}" if match["b"] else f"sp{match['kind'] or ''}"
        counts = (int(match["b"] or 0), int(match["sp"] or 0))
        tail = ((1, way, counts, ""),) if match["b"] or match["sp"] else ()
        return Parsed(text, head, stripped(tuple(map(int, head))), tail)

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By V, R, C; then none below any; two ways of counting have no order."""
        if a.numbers != b.numbers:
            return sign(a.numbers, b.numbers)
        if a.tail == b.tail:
            return 0
        if not a.tail or not b.tail:
            return sign(bool(a.tail), bool(b.tail))
        return sign(a.tail[0][2], b.tail[0][2]) if a.tail[0][1] == b.tail[0][1] else None

    def key(self, parsed: Parsed) -> bytes:
        """V, R, C, then whether more follows, and it."""
        rest = b"\1" + b"".join(map(_part, parsed.tail[0][2])) if parsed.tail else b"\0"
        return number_key(parsed.numbers) + rest


def _part(number: int) -> bytes:
    return number.to_bytes(2, "big")


SCHEME: Final = Huawei()

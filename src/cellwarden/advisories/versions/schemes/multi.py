"""Versions of several parts in one text: 14.00.15.00_51.25.00.01, 5.21a-1.18b."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.versions.numerals import sign
from cellwarden.advisories.versions.scheme import Parsed, read_table
from cellwarden.advisories.versions.schemes.letters import SCHEME as LETTERS

TABLE: Final = r"""
name = "multi"
rank = 110
is_apart = true
says = "two or more versions joined; one text is before another where no part of it is after"
source = "SATEL Iberia (ICSA-17-131-02), Siemens SIMATIC RTLS in the CISA CSAF corpus"
pattern = '''\d+(?:\.\d+)+[a-z]?(?:\s?[_/-]\s?\d+(?:\.\d+)+[a-z]?){1,4}'''
ascending = [
  ["5.03-1.10", "5.21-1.18", "5.21a-1.18b", "5.37c-1.43c"],
  ["14.00.15.00_51.24.00.01", "14.00.15.00_51.25.00.01", "15.0_52.0"],
]
equal = [["2.0.11 / 3.0.11", "2.0.11/3.0.11"]]
not_comparable = [["5.21-1.18", "5.03-1.56"], ["1.0_2.0", "1.0_2.0_3.0"]]
foreign = ["1.0", "1.0-5"]
"""


class Multi:
    """Every part has its own order; only where none contradicts has the whole."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern)
    _joint = re.compile(r"\s?[_/-]\s?")

    def read(self, text: str) -> Parsed | None:
        """Read each part as numbers with a letter."""
        if not self._pattern.fullmatch(text):
            return None
        return Parsed(text, tuple(self._joint.split(text)), ())

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """-1 where no part is after and one is before; nothing where parts contradict."""
        if len(a.segments) != len(b.segments):
            return None
        orders = [_order(one, other) for one, other in zip(a.segments, b.segments, strict=True)]
        known = {order for order in orders if order is not None}
        if len(known) < len(set(orders)) or {-1, 1} <= known:
            return None
        return sum(known)

    def key(self, parsed: Parsed) -> bytes:
        """The keys of the parts, one after the other."""
        parts = [LETTERS.read(segment) for segment in parsed.segments]
        return b"".join(LETTERS.key(part) for part in parts if part)


def _order(one: str, other: str) -> int | None:
    a, b = LETTERS.read(one), LETTERS.read(other)
    order = LETTERS.compare(a, b) if a and b else None
    return order if order is None else sign(order, 0)


SCHEME: Final = Multi()

"""Releases, service packs, updates and fixes behind the numbers: V5.1 SP1 HF4, 2020 R2 SP1 P01."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.advisories.plain import stripped
from cellwarden.advisories.versions.levels import WORDS, level_key, order_levels
from cellwarden.advisories.versions.numerals import LONGEST_NUMBER, numbers_of
from cellwarden.advisories.versions.scheme import Atom, Parsed, read_table

TABLE: Final = r"""
name = "service_pack"
rank = 80
says = "numbers, then steps: release above pack above update above fix, none below any"
source = "Siemens, AVEVA, Hitachi Energy and Schweitzer Engineering in the CISA CSAF corpus"
pattern = '''
  [\s._/-]*(?P<word>service\spack|feature\spack|security\spatch|hotfixrev|hot\sfix|hotfix
    |update|patch|upd|tcu|sp|fp|mp|ip|sr|ru|qu|cu|uc|tc|hf|ir|ma|r|q|u|l|v|m|p|s)
  [\s._:-]*(?P<count>\d{1,9}(?:\.\d{1,9})*)(?P<letter>(?:[a-z](?![a-z0-9]))?)
'''
ascending = [
  ["5.1", "5.1 sp1", "5.1 sp1 hf4", "5.1 sp2", "5.2"],
  ["2.0", "2.0 update 3", "2.0 sp1", "2.0 sp1 update 1"],
  ["2020", "2020 r2", "2020 r2 sp1", "2020 r2 sp1 p01", "2023"],
  ["15 update 7", "15.1 update 6"],
  ["302-v0", "302-v1", "303-v0"],
  ["16 update 3", "16 update 3a", "16 update 4"],
  ["sp1", "sp1 p01", "sp3"],
]
equal = [
  ["5.1sp1hf3", "5.1 sp1 hf3"],
  ["17 update 5", "17 upd 5", "17 u5", "17.0 upd05"],
  ["23.1 hotfixrev1", "23.1 hf1"],
]
not_comparable = [["5.1.2", "5.1 sp1"], ["9.4 fp1", "9.4 sp1"], ["sp1", "5.0 sp1"]]
foreign = ["5.1 foo", "1.170c", "3.40 r5 build 571848"]
"""

_BASE: Final = re.compile(r"\d+(?:\.\d+)*(?!\d)")
_MOST_STEPS: Final = 4


class ServicePack:
    """Numbers, then steps in their rank."""

    table = read_table(TABLE)
    _pattern = re.compile(table.pattern, re.VERBOSE)

    def read(self, text: str) -> Parsed | None:
        """Read numbers and steps; each rank at most once."""
        head = read_levels(text)
        return head[0] if head and not head[1] else None

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """By numbers, then steps."""
        return order_levels(a, b)

    def key(self, parsed: Parsed) -> bytes:
        """Numbers, then every step, written or not."""
        return level_key(parsed)


def read_levels(text: str) -> tuple[Parsed, str] | None:
    """Numbers and steps at the beginning of a text, and what is left of it."""
    base = _BASE.match(text)
    digits = base.group() if base else ""
    segments = tuple(digits.split(".")) if digits else ()
    if any(len(segment) > LONGEST_NUMBER for segment in segments):
        return None
    rest = text[len(digits) :]
    atoms: list[Atom] = []
    while rest and len(atoms) < _MOST_STEPS and (step := ServicePack._pattern.match(rest)):  # noqa: SLF001 - this module's own class
        if step["word"] == "r" and rest[0] in ".-" and len(segments) > 1:
            break  # 4.5.4-r29 counts builds
        rank, word = WORDS[" ".join(step["word"].split())]
        if any(atom[0] == rank for atom in atoms):
            break
        counts = stripped(tuple(map(int, step["count"].split("."))))
        atoms.append((rank, word, counts, step["letter"]))
        rest = rest[step.end() :]
    if not segments and not atoms:
        return None
    return Parsed(text, segments, numbers_of(segments), tuple(sorted(atoms))), rest


SCHEME: Final = ServicePack()

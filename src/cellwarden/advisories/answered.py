"""Answers of matching kept as files: for names that advisories use, and for what was met before.

Who writes a maker and a product as an advisory does, and a version that is plain, gets the rows
that matching found for that name beforehand; a name and a firmware text that an earlier run met
get the rows of that run. Reading needs nothing of the rooms that found the answers, so that it
can begin at once.
"""

from __future__ import annotations

import hashlib
import os
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden import __version__
from cellwarden.advisories.books import Book
from cellwarden.advisories.plain import read_plain
from cellwarden.model.matching import Component

ALL: Final = 0
"""All plain versions that have a key, however many numbers they have."""
CONSTANT: Final = -1
"""All plain versions, those without a key as well."""
ID, VERSION, INSIDE = b"\0", b"\1", b"\2"
"""Places in a row that each component fills; no JSON holds these bytes as they are."""
ANSWERED, MET = ".answered", ".met"
BOOKS: Final = frozenset({ANSWERED, MET})
"""Endings of the two kinds of book: answers found beforehand, rows that an earlier run met."""
UNKNOWN: Final = 2**32 - 1
"""The number of a text that was not found beforehand."""
_SEPARATOR: Final = "\x1f"
_RULES: Final = (".py", ".toml")
_text: Final = msgspec.json.Encoder().encode


class Spans(msgspec.Struct, frozen=True, array_like=True):
    """What all advisories say of one name, for versions of one kind; ``cuts`` part the spans.

    ``texts`` holds for each span, one more than there are cuts, the numbers of its texts, one
    for each advisory that speaks of the name, as this machine keeps such numbers.
    """

    cuts: tuple[bytes, ...]
    texts: bytes


Answers = dict[int, Spans]
"""What is known of one name, by kind of version: CONSTANT, ALL, or a tame count."""
Seen = dict[str, bytes]
"""The rows of one name, as numbers of texts, by the firmware texts that a run met."""


class Answered:
    """The answers that are known without a matcher: for plain versions, and for what was met."""

    def __init__(self, plain: Book[Answers] | None = None, met: Book[Seen] | None = None) -> None:
        self._plain = plain
        self._met = met
        self.has_answers = plain is not None
        self.times = next((book.times for book in (plain, met) if book is not None), None)

    def knows_all(self, components: Iterable[Component]) -> bool:
        """True where something is known of the name of every component."""
        names = set(map(name_of, components))
        for book in (self._plain, self._met):
            if book is not None:
                names -= book.names.keys()
        return not names

    def lines(self, component: Component) -> bytes | None:
        """The rows of a component as JSON lines; nothing where they are not known beforehand."""
        name, version = name_of(component), component.firmware
        rows = None if self._plain is None else _of_plain(self._plain, name, version)
        if rows is None and self._met is not None:
            numbers = (self._met.page(name) or {}).get(version)
            rows = None if numbers is None else self._met.joined(unpacked_numbers(numbers))
        return None if rows is None else filled(rows, component.component_id, version, version)

    def met(self) -> tuple[dict[str, Seen], list[bytes]]:
        """All that earlier runs met, by name, and the texts that it numbers."""
        return (None if self._met is None else self._met.everything()) or ({}, [])


def _of_plain(book: Book[Answers], name: str, version: str) -> bytes | None:
    plain = read_plain(version)
    answers = None if plain is None else book.page(name)
    if plain is None or answers is None:
        return None
    spans = answers.get(CONSTANT)
    if spans is None and plain.key is not None:
        spans = answers.get(ALL) or answers.get(plain.tame)
    if spans is None:
        return None
    at = bisect_right(spans.cuts, plain.key) if plain.key is not None else 0
    return book.joined(_numbers_at(spans, at))


def packed_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers of texts as :class:`Spans` holds them."""
    return array("I", numbers).tobytes()


def unpacked_numbers(numbers: bytes) -> Sequence[int]:
    """What :func:`packed_numbers` packed."""
    return array("I", numbers)


def _numbers_at(spans: Spans, at: int) -> Sequence[int]:
    size = len(spans.texts) // (len(spans.cuts) + 1)
    return unpacked_numbers(spans.texts[at * size : (at + 1) * size])


def name_of(component: Component) -> str:
    """Everything that says which product a component is, but for its firmware."""
    return _SEPARATOR.join(
        (
            component.manufacturer,
            component.model,
            component.part,
            component.part_number,
            component.hardware,
            component.role,
        )
    )


def filled(rows: bytes, component_id: str, firmware: str, version: str | None) -> bytes:
    """Rows with the places filled that each component fills.

    ``version`` is what words say for it; nothing where they say no single one.
    """
    rows = rows.replace(ID, _text(component_id))
    if version is None:
        return rows
    said = _text(firmware)
    inside = said if version == firmware else _text(version)
    return rows.replace(VERSION, said).replace(INSIDE, inside[1:-1])


def rules_digest() -> str:
    """A digest of the rules by which answers are found: what was kept is theirs alone.

    It looks at the names, sizes and times of our own files, which costs a millisecond.
    """
    found = hashlib.sha256(f"{__version__} {sys.version} {msgspec.__version__}".encode())
    house = Path(__file__).resolve().parent.parent
    found.update(_seen(house / "model" / "matching.py"))
    for folder, below, names in os.walk(house / "advisories"):
        below.sort()
        for name in sorted(names):
            if name.endswith(_RULES):
                found.update(_seen(os.path.join(folder, name)))  # noqa: PTH118 - a Path for each takes longer than all the rest
    return found.hexdigest()


def _seen(path: str | Path) -> bytes:
    seen = os.stat(path)  # noqa: PTH116 - as above
    return f"{path} {seen.st_size} {seen.st_mtime_ns}\n".encode()

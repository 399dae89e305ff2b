"""What a version scheme is: a table of facts about it, a reader, an exact order, a key."""

from __future__ import annotations

import tomllib
from typing import Protocol

import msgspec

Atom = tuple[int, str, tuple[int, ...], str]
"""One thing behind the numbers: rank (lower decides first), word, its numbers, its letters."""


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """A version as one scheme reads it.

    ``segments`` are the digits as written, ``numbers`` their values without trailing zeros.
    Only versions of one ``family`` are compared (for most schemes there is one).
    """

    text: str
    segments: tuple[str, ...]
    numbers: tuple[int, ...]
    tail: tuple[Atom, ...] = ()
    family: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The facts of a scheme, from the TOML text in its file.

    ``rank`` orders the schemes: of those that read both versions the lowest compares.
    ``is_total`` says that the scheme orders any two versions that it reads, so that its keys
    decide; ``is_apart`` that what it reads has no order to what it does not read. ``ascending``,
    ``equal``, ``not_comparable`` and ``foreign`` are examples, all tested.
    """

    name: str
    rank: int
    says: str
    source: str
    pattern: str
    is_total: bool = False
    is_apart: bool = False
    ascending: tuple[tuple[str, ...], ...] = ()
    equal: tuple[tuple[str, ...], ...] = ()
    not_comparable: tuple[tuple[str, str], ...] = ()
    foreign: tuple[str, ...] = ()


class Scheme(Protocol):
    """One way in which makers number versions."""

    table: Table

    def read(self, text: str) -> Parsed | None:
        """Read a text that :func:`spelling.spell` made; nothing where it is another scheme's."""

    def compare(self, a: Parsed, b: Parsed) -> int | None:
        """-1, 0 or 1 as a is before, at or after b; nothing where the two have no order."""

    def key(self, parsed: Parsed) -> bytes:
        """Bytes that sort as :meth:`compare` does wherever it answers."""


def read_table(text: str) -> Table:
    """Read a scheme's TOML.

    Raises:
        msgspec.ValidationError: a fact is missing, or one that nobody knows is there.
    """
    return msgspec.convert(tomllib.loads(text), Table)

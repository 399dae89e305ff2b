"""What any engine that keeps the ledger must offer, and how a log is checked from its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.entries import Entry, decode


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is stored: its place from 0, its bytes, and the leaf hash kept beside it."""

    index: int
    data: bytes
    leaf: bytes


class Log(Protocol):
    """An append-only sequence of entries."""

    def append(self, data: bytes) -> int:
        """Store bytes as the next entry; return its index once it is durable."""

    def size(self) -> int:
        """How many entries there are."""

    def read(self, first: int = 0, last: int | None = None) -> Iterator[Stored]:
        """Entries from ``first`` up to, not including, ``last``."""


def problems(stored: Iterator[Stored]) -> Iterator[str]:
    """Everything that is wrong with a log by its own bytes, one sentence each.

    Checks that indexes have no gap, that each leaf hash is that of the bytes, that the bytes are
    an entry, and that the recorded times never decrease.
    """
    before: Entry | None = None
    for expected, item in enumerate(stored):
        if item.index != expected:
            yield f"entry {expected} is missing: the next one stored is {item.index}"
            return
        if merkle.leaf_hash(item.data) != item.leaf:
            yield f"entry {item.index} was edited: its bytes don't have the recorded leaf hash"
        try:
            entry = decode(item.data)
        except msgspec.MsgspecError as error:
            yield f"entry {item.index} cannot be read: {error}"
            continue
        if before is not None and entry.recorded_at < before.recorded_at:
            yield f"entry {item.index} was recorded before entry {item.index - 1}"
        before = entry

"""Where a ledger's entries are kept: SQLite beside the facts, or PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from cellwarden.ledger.log import Stored
from cellwarden.model.errors import InputError
from cellwarden.store.objects import disk_refused


class Engine(Protocol):
    """A :class:`cellwarden.ledger.log.Log` that several processes may open.

    ``writing`` holds the only right to write and yields the next index: what is appended inside
    becomes durable at its end, or not at all. ``alone`` keeps whole scans and imports apart.
    """

    def append(self, data: bytes) -> int:
        """Store bytes as the next entry; return its index once it is durable."""

    def append_many(self, entries: Iterable[bytes]) -> int:
        """Store several entries in order; return the index of the first."""

    def size(self) -> int:
        """How many entries there are."""

    def read(self, first: int = 0, last: int | None = None) -> Iterator[Stored]:
        """Entries from ``first`` up to, not including, ``last``."""

    def writing(self) -> AbstractContextManager[int]:
        """Hold the only right to write."""

    def alone(self, *, wait_s: float) -> AbstractContextManager[None]:
        """Be the only process that compares and records."""

    def close(self) -> None:
        """Let go of files and connections."""


def open_engine(folder: Path, *, url: str = "", schema: str = "cellwarden") -> Engine:
    """The engine that a workspace's settings name; without a URL, SQLite in its state folder.

    Raises:
        InputError: the URL is of no engine that we know.
        StoreError: the engine cannot be reached, or the disk refused.
    """
    if not url:
        from cellwarden.store.sqlite_log import SqliteLog

        return SqliteLog(folder / "ledger.sqlite")
    if url.startswith(("postgresql://", "postgres://")):
        from cellwarden.store.postgres_log import PostgresLog

        try:
            folder.mkdir(parents=True, exist_ok=True)  # rows and objects lie there all the same
        except OSError as error:
            raise disk_refused(folder, error) from error
        return PostgresLog(url, schema=schema)
    raise InputError(
        f"[store] ledger: {url.partition(':')[0]!r} is no engine that we know",
        advice="leave it out for SQLite, or write postgresql://user@host/database",
    )

"""The ledger on SQLite: one table, append-only by trigger, durable at every commit."""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cellwarden.ledger import merkle
from cellwarden.ledger.log import Stored
from cellwarden.model.errors import IntegrityError, StoreError
from cellwarden.store.objects import disk_refused, make_durably

_SCHEMA: Final = """
create table if not exists entry (
  seq integer primary key,      -- counted from 0 without a gap
  leaf blob not null,           -- SHA-256 of 0x00 and the bytes
  data blob not null            -- the bytes that are hashed, never written again
) strict;
create trigger if not exists entry_is_never_changed before update on entry
begin select raise(abort, 'entries are never changed'); end;
create trigger if not exists entry_is_never_removed before delete on entry
begin select raise(abort, 'entries are never removed'); end;
"""


class SqliteLog:
    """A :class:`cellwarden.ledger.log.Log` in one SQLite file (WAL, synchronous=FULL)."""

    def __init__(self, path: Path, *, lock_timeout_s: float = 10.0) -> None:
        self._path = path
        try:
            make_durably(path.parent)
            self._db = sqlite3.connect(path, timeout=lock_timeout_s, isolation_level=None)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        except OSError as error:
            raise disk_refused(path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[int]:
        """Hold the only right to write; yields the index that the next entry will have.

        Everything appended inside becomes durable at the end, or not at all.

        Raises:
            StoreError: another process writes, or the disk refused.
        """
        try:
            self._db.execute("begin immediate")
        except sqlite3.Error as error:
            raise self._failed(error) from error
        try:
            yield self.size()
            self._db.execute("commit")
        except sqlite3.Error as error:
            self._roll_back()
            raise self._failed(error) from error
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def alone(self, *, wait_s: float) -> Iterator[None]:
        """Be the only process that compares and records: two at once would record twice.

        The lock is the operating system's and ends with the process, however it ends.

        Raises:
            StoreError: another process is at it, and still is after ``wait_s`` seconds.
        """
        with self._path.with_name("lock").open("a") as file:
            deadline = time.monotonic() + wait_s
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StoreError(
                            f"another process is writing to {self._path.parent}",
                            advice="wait until the other scan or import has ended, then run this"
                            " again",
                        ) from None
                    time.sleep(0.05)
            yield

    def append_many(self, entries: Iterable[bytes]) -> int:
        """Store several entries in order and return the index of the first of them."""
        if not self._db.in_transaction:
            with self.writing():
                return self.append_many(entries)
        first = self.size()
        rows = (
            (seq, merkle.leaf_hash(data), data) for seq, data in enumerate(entries, start=first)
        )
        try:
            self._db.executemany("insert into entry values (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return first

    def append(self, data: bytes) -> int:
        """Store bytes as the next entry and return its index; durable outside ``writing``."""
        try:
            cursor = self._db.execute(
                "insert into entry select coalesce(max(seq) + 1, 0), ?, ? from entry returning seq",
                (merkle.leaf_hash(data), data),
            )
            index: int = cursor.fetchone()[0]
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return index

    def size(self) -> int:
        """How many entries there are."""
        row = self._db.execute("select coalesce(max(seq) + 1, 0) from entry").fetchone()
        count: int = row[0]
        return count

    def read(self, first: int = 0, last: int | None = None) -> Iterator[Stored]:
        """Entries from ``first`` up to, not including, ``last``, in order."""
        until = self.size() if last is None else last
        query = "select seq, data, leaf from entry where seq >= ? and seq < ? order by seq"
        try:
            for index, data, leaf in self._db.execute(query, (first, until)):
                yield Stored(index=index, data=data, leaf=leaf)
        except sqlite3.DatabaseError as error:
            raise self._failed(error) from error

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")

    def _failed(self, error: Exception) -> StoreError | IntegrityError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return StoreError(
                f"another process is writing to {self._path}",
                advice="wait until the other scan or import has ended, then run this again",
            )
        if "malformed" in text or "not a database" in text:
            return IntegrityError(
                f"{self._path} is damaged: {text}",
                advice="restore the workspace's state from a backup; don't write to this one",
            )
        return StoreError(
            f"{self._path}: {text}",
            advice="check free space and permissions, then run the same command again",
        )

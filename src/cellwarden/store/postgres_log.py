"""The ledger on PostgreSQL: one table in a schema of its own, append-only by trigger, durable."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cellwarden.ledger import merkle
from cellwarden.ledger.log import Stored
from cellwarden.model.errors import InputError, IntegrityError, StoreError

if TYPE_CHECKING:
    import psycopg

_SCHEMA: Final = """
select pg_advisory_xact_lock(hashtextextended('cellwarden makes {schema}', 0));
create schema if not exists {schema};
create table if not exists {schema}.entry (
  seq bigint primary key,       -- counted from 0 without a gap
  leaf bytea not null,          -- SHA-256 of 0x00 and the bytes
  data bytea not null           -- the bytes that are hashed, never written again
);
create or replace function {schema}.never() returns trigger language plpgsql as $$
begin raise exception 'entries are never changed and never removed'; end $$;
create or replace trigger entry_is_never_changed
  before update or delete or truncate on {schema}.entry
  for each statement execute function {schema}.never();
"""
_PAGE: Final = 2_000
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class PostgresLog:
    """A :class:`cellwarden.store.engines.Engine` in one schema of a PostgreSQL database.

    Writers wait for each other by a lock of the transaction, whichever machine they run on; a
    lock of the session keeps scans apart. Neither needs more than the right to read and insert, so
    a role without ownership cannot change what is there. Every commit is flushed
    (``synchronous_commit = on``); a server that runs without ``fsync`` is refused.
    """

    def __init__(
        self, url: str, *, schema: str = "cellwarden", lock_timeout_s: float = 10.0
    ) -> None:
        if not schema or not set(schema) <= _PLAIN or schema[0].isdigit():
            raise InputError(
                f"[store] schema = {schema!r}: a name is of a-z, 0-9 and _",
                advice="choose a plain name, one for each ledger in the database",
            )
        self._schema = schema
        self._lock_timeout_s = lock_timeout_s
        self._writes = False
        self._first_leaf: bytes | None = None
        self._url = url
        psycopg = _driver()
        try:
            self._db: Any = psycopg.connect(url, autocommit=True)
            self._place = f"PostgreSQL database {self._db.info.dbname} at {_host(self._db)}"
            self._db.execute("set synchronous_commit = on")
            self._db.execute("set timezone = 'UTC'")
            self._db.execute("set client_min_messages = warning")
            if not self._is_there():
                self._db.execute(_SCHEMA.format(schema=schema))
            self._refuse_forgetting()
        except psycopg.Error as error:
            place = getattr(self, "_place", "the PostgreSQL server of [store] ledger")
            raise self._failed(error, place) from error

    def _refuse_forgetting(self) -> None:
        """A server that answers before its disk has the entry would lose what we acknowledged."""
        if self._db.execute("show fsync").fetchone()[0] != "on":
            self.close()
            raise StoreError(
                f"{self._place} runs with fsync = off: a power cut would lose recorded entries",
                advice="set fsync = on in postgresql.conf and reload the server, then try again",
            )

    def close(self) -> None:
        """Let go of the connection."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[int]:
        """Hold the only right to write; yields the index that the next entry will have.

        Everything appended inside becomes durable at the end, or not at all.

        Raises:
            StoreError: another process writes, or the server refused or went away.
        """
        psycopg = _driver()
        try:
            self._db.execute("begin")
            self._db.execute(f"set local lock_timeout = {int(self._lock_timeout_s * 1000)}")
            self._take_turn(self._db)
            size = self.size()
        except psycopg.Error as error:
            self._roll_back()
            raise self._failed(error) from error
        self._writes, self._first_leaf = True, None
        try:
            yield size
            self._commit(size)
        except psycopg.Error as error:
            self._roll_back()
            raise self._failed(error) from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._writes = False

    def _take_turn(self, database: Any) -> None:
        """Wait for the transaction of any other writer to end; ours holds its place from here."""
        name = f"cellwarden writes {self._schema}"
        database.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

    def _commit(self, index: int) -> None:
        """Commit; where the connection breaks meanwhile, say what became of it.

        Raises:
            StoreError: the connection broke; tells whether the entry is there, if anybody knows.
        """
        psycopg = _driver()
        try:
            self._db.execute("commit")
        except psycopg.Error as error:
            if not self._db.closed or self._first_leaf is None:
                raise
            raise self._broken(index, self._first_leaf) from error

    def _broken(self, index: int, leaf: bytes) -> StoreError:
        """What became of a commit whose answer never came, asked on a new connection."""
        psycopg = _driver()
        what = f"the connection to {self._place} broke while entry {index} was being recorded"
        try:
            with psycopg.connect(self._url) as database:
                database.execute(f"set local lock_timeout = {int(self._lock_timeout_s * 1000)}")
                self._take_turn(database)  # the broken transaction has ended, one way or the other
                row = database.execute(
                    f"select leaf from {self._schema}.entry where seq = %s", [index]
                ).fetchone()
        except psycopg.Error:
            return StoreError(
                f"{what}, and the server does not answer: nobody knows yet whether it is there",
                advice=f"when the server answers, `cellwarden ledger list` shows whether entry"
                f" {index} is there; run the same command again if it is not",
            )
        if row and bytes(row[0]) == leaf:
            return StoreError(
                f"{what}; it is there and durable",
                advice="run the same command again for what comes after it; what is recorded"
                " already is compared with, not recorded twice",
            )
        return StoreError(f"{what}; it is not there", advice="run the same command again")

    @contextmanager
    def alone(self, *, wait_s: float) -> Iterator[None]:
        """Be the only process of this ledger that compares and records, on any machine.

        The lock is the server's and ends with the connection, however that ends.

        Raises:
            StoreError: another process is at it, and still is after ``wait_s`` seconds.
        """
        psycopg = _driver()
        name = f"cellwarden {self._schema}"
        ask = "select pg_try_advisory_lock(hashtextextended(%s, 0))"
        deadline = time.monotonic() + wait_s
        try:
            while not self._db.execute(ask, [name]).fetchone()[0]:
                if time.monotonic() > deadline:
                    raise StoreError(
                        f"another process is writing to {self._place}",
                        advice="wait until the other scan or import has ended, then run this again",
                    )
                time.sleep(0.05)
        except psycopg.Error as error:
            raise self._failed(error) from error
        try:
            yield
        finally:
            with contextlib.suppress(psycopg.Error):  # with its connection the lock is gone too
                self._db.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])

    def append(self, data: bytes) -> int:
        """Store bytes as the next entry and return its index; durable outside ``writing``."""
        return self.append_many([data])

    def append_many(self, entries: Iterable[bytes]) -> int:
        """Store several entries in order and return the index of the first of them."""
        if not self._writes:
            with self.writing():
                return self.append_many(entries)
        psycopg = _driver()
        try:
            first = self.size()
            into = f"copy {self._schema}.entry (seq, leaf, data) from stdin (format binary)"
            with self._db.cursor() as cursor, cursor.copy(into) as copy:
                copy.set_types(["int8", "bytea", "bytea"])
                for seq, data in enumerate(entries, start=first):
                    leaf = merkle.leaf_hash(data)
                    self._first_leaf = self._first_leaf or leaf
                    copy.write_row((seq, leaf, data))
        except psycopg.Error as error:
            raise self._failed(error) from error
        return first

    def size(self) -> int:
        """How many entries there are."""
        psycopg = _driver()
        try:
            row = self._db.execute(
                f"select coalesce(max(seq) + 1, 0) from {self._schema}.entry"
            ).fetchone()
        except psycopg.Error as error:
            raise self._failed(error) from error
        count: int = row[0] if row else 0
        return count

    def read(self, first: int = 0, last: int | None = None) -> Iterator[Stored]:
        """Entries from ``first`` up to, not including, ``last``, in order."""
        psycopg = _driver()
        until = self.size() if last is None else last
        query = (
            f"select seq, data, leaf from {self._schema}.entry"
            " where seq >= %s and seq < %s order by seq limit %s"
        )
        while first < until:
            try:
                page = self._db.execute(query, [first, until, _PAGE], binary=True).fetchall()
            except psycopg.Error as error:
                raise self._failed(error) from error
            if not page:
                return
            for index, data, leaf in page:
                yield Stored(index=index, data=bytes(data), leaf=bytes(leaf))
            first = page[-1][0] + 1

    def _is_there(self) -> bool:
        """Whether the table stands, so that a role without the right to create can go on."""
        row = self._db.execute("select to_regclass(%s)", [f"{self._schema}.entry"]).fetchone()
        return bool(row and row[0])

    def _roll_back(self) -> None:
        psycopg = _driver()
        try:
            if not self._db.closed:
                self._db.execute("rollback")
        except psycopg.Error:
            self._db.close()

    def _failed(self, error: Exception, place: str | None = None) -> StoreError | IntegrityError:
        psycopg = _driver()
        where = place or self._place
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return StoreError(
                f"another process is writing to {where}",
                advice="wait until the other scan or import has ended, then run this again",
            )
        if isinstance(error, psycopg.errors.DataCorrupted | psycopg.errors.IndexCorrupted):
            return IntegrityError(
                f"{where} is damaged: {said}",
                advice="restore the database from a backup; don't write to this one",
            )
        return StoreError(
            f"{where}: {said}",
            advice="check that the server runs and lets you in (PGPASSWORD or ~/.pgpass hold the"
            " password), then run the same command again; what was recorded before is safe",
        )


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise StoreError(
            "[store] ledger names PostgreSQL, and its driver is not installed",
            advice="install it with `pip install 'cellwarden[postgres]'`",
        ) from error
    return psycopg


def _host(connection: psycopg.Connection[Any]) -> str:
    return connection.info.host or "a local socket"

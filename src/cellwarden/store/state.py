"""A workspace's state folder: the ledger, the objects and the facts, kept in step."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.entries import Entry, TableCommitment, decode, encode
from cellwarden.model.errors import InputError, IntegrityError, StoreError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.store.bulk import write_bulk
from cellwarden.store.engines import Engine, open_engine
from cellwarden.store.facts import Fact, Partitions, table_problem
from cellwarden.store.found_whole import FoundWhole
from cellwarden.store.objects import Objects, durable_together
from cellwarden.store.personal import Committed, PersonalCells
from cellwarden.store.sealed import SealedObjects
from cellwarden.store.staging import STAGED, settle_staged

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from cellwarden.store import wholeness
    from cellwarden.store.kind_tables import KindTables


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a workflow wants recorded; the ledger adds its place and its time.

    ``clock_at`` is what the clock says now (RFC 3339 in UTC).
    """

    act: str
    actor: str
    source: str
    clock_at: str
    document_sha256: str | None = None
    document_commitment: str | None = None
    taken_at: str | None = None
    note: str | None = None


class State:
    """Everything that a workspace keeps, in one folder.

    Rules: rows reach the disk before the entry that commits to them, under a name that no view
    reads; the entry's commit is the moment of truth; then the rows get their name. A process that
    dies in between leaves rows that the next one settles, or throws away where no entry names them.
    """

    def __init__(
        self, folder: Path, log: Engine | None = None, *, actors: Collection[str] = ()
    ) -> None:
        """Open a state folder; where ``actors`` are given, entries name nobody else."""
        self.folder = folder
        self.actors = frozenset(actors)
        self.log = log or open_engine(folder)
        self.objects = Objects(folder / "objects")
        self.partitions = Partitions(folder / "facts")
        self.sealed = SealedObjects(self.objects, folder / "keys")
        self.personal = PersonalCells(folder / "personal")
        self._whole = FoundWhole(folder)
        self._unsettled: list[tuple[str, int]] | None = None
        self.recover()

    def __enter__(self) -> Self:
        """Use as a context; leaving it lets go of the files."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the files, after a note of what was found whole."""
        self._whole.write()
        self.log.close()

    @contextlib.contextmanager
    def alone(self, *, wait_s: float = 10.0) -> Iterator[None]:
        """Be the only process that compares and records: two at once would record twice.

        Raises:
            StoreError: another process is at it, and still is after ``wait_s`` seconds.
        """
        with self.log.alone(wait_s=wait_s):
            yield

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Record several entries that become durable at the end of the block, or none of them.

        One wait for the disk instead of several for each entry. Views show them after the block.

        Raises:
            StoreError: another process writes, or the disk refused. Nothing was recorded then.
        """
        self._unsettled = []
        try:
            with self.log.writing(), durable_together():
                yield
            recorded = self._unsettled
        finally:
            self._unsettled = None
        self._settle(recorded)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[int]:
        """The right to write one entry, and its index."""
        if self._unsettled is not None:
            yield self.log.size()
            return
        with self.log.writing() as index:
            yield index

    def _settle(self, recorded: Sequence[tuple[str, int]]) -> None:
        """Give the rows of entries that are durable now their name, by kind and entry."""
        for kind, index in recorded:
            self.partitions.settle(kind, index)
        self._whole.remember(self.partitions.path(kind, index) for kind, index in recorded)

    def record(self, draft: Draft, tables: Mapping[str, Sequence[Fact]]) -> int:
        """Record one entry with its rows and return its index; durable when this returns.

        Within :meth:`together` it is durable when that ends.

        Raises:
            InputError: the actor may not stand in this ledger.
            StoreError: another process writes, or the disk refused. Nothing was recorded then.
        """
        self._refuse_name(draft.actor)
        filled = {kind: facts for kind, facts in tables.items() if facts}
        with self._writing() as index:
            for kind, facts in filled.items():
                filled[kind] = self._with_commitments(kind, index, facts)
            committed = self.partitions.write_tables(index, draft.source, filled)
            self.log.append(encode(self._entry(draft, index, committed)))
        recorded = [(kind, index) for kind in filled]
        if self._unsettled is None:
            self._settle(recorded)
        else:
            self._unsettled += recorded
        return index

    def _with_commitments(self, kind: str, index: int, facts: Sequence[Fact]) -> Sequence[Fact]:
        """The same facts, their personal cells beside and commitments to those in their place."""
        shape = kinds()[kind]
        if not shape.personal:
            return facts
        made = Committed(shape, [fact.cells for fact in facts])
        if made.cells:
            self.personal.write(shape, index, made.cells)
        return [
            msgspec.structs.replace(fact, cells=row)
            for fact, row in zip(facts, made.rows, strict=True)
        ]

    def record_bulk(self, draft: Draft, kind: str, tables: Iterable[pa.Table]) -> int:
        """Record one entry whose rows come as Arrow tables, all asserted; durable at the return.

        For inventories and discovery runs of millions; what :meth:`record` would commit to.

        Raises:
            InputError: a table doesn't fit the kind, or the actor may not stand in this ledger.
            StoreError: another process writes, or the disk refused. Nothing was recorded then.
        """
        self._refuse_name(draft.actor)
        shape = kinds()[kind]
        if shape.personal:
            raise InputError(
                f"{kind} has personal columns ({', '.join(shape.personal)}), which are committed"
                " to one by one",
                advice="record its rows one by one; only kinds without them come by the million",
            )
        with self.log.writing() as index:
            committed = write_bulk(
                self.partitions.pending_path(kind, index),
                shape,
                tables,
                entry=index,
                source=draft.source,
                valid_from=draft.taken_at,
            )
            self.log.append(encode(self._entry(draft, index, (committed,))))
        self.partitions.settle(kind, index)
        self._whole.remember([self.partitions.path(kind, index)])
        return index

    def _entry(self, draft: Draft, index: int, tables: tuple[TableCommitment, ...]) -> Entry:
        return Entry(
            act=draft.act,
            actor=draft.actor,
            source=draft.source,
            recorded_at=max(draft.clock_at, self._last_recorded_at(index)),
            clock_at=draft.clock_at,
            document_sha256=draft.document_sha256,
            document_commitment=draft.document_commitment,
            taken_at=draft.taken_at,
            note=draft.note,
            tables=tables,
        )

    def _refuse_name(self, actor: str) -> None:
        """Stop before anything is written where an entry may name pseudonyms alone."""
        if self.actors and actor not in self.actors:
            raise InputError(
                f"{actor!r} is none of the pseudonyms that may stand in this ledger",
                advice=f"give --actor, one of {', '.join(sorted(self.actors))}; [ledger] actors in"
                " cellwarden.toml lists them",
            )

    def recover(self) -> None:
        """Settle what a stopped process left: rows with an entry get their name, others go."""
        if (self.folder / STAGED).exists():
            # An import that still runs holds this; then there is nothing to settle yet.
            with contextlib.suppress(StoreError), self.log.alone(wait_s=0):
                settle_staged(self.folder, entries=self.log.size())
        if not any(self.partitions.pending()) and not self.personal.unsettled(self.log.size()):
            return
        with self.log.writing() as size:
            self.personal.settle(size)
            for kind, index, path in list(self.partitions.pending()):
                if index < size and self._commits_to(index, kind):
                    self.partitions.settle(kind, index)
                else:
                    with contextlib.suppress(FileNotFoundError):
                        path.unlink()

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Every entry with its index, in order."""
        for stored in self.log.read():
            yield stored.index, decode(stored.data)

    def root(self, size: int | None = None) -> str:
        """The RFC 6962 root over all entries, or over the first ``size``, in hex."""
        return merkle.root([stored.leaf for stored in self.log.read(0, size)]).hex()

    def size_at(self, recorded_by: str) -> int:
        """How many entries were recorded by a time (RFC 3339, UTC), that time included."""
        return sum(entry.recorded_at <= recorded_by for _, entry in self.entries())

    def connect_at(self, moment: Moment) -> duckdb.DuckDBPyConnection:
        """As :meth:`connect`, for a moment that somebody asked about."""
        return self.connect(as_of=moment.as_of, known_at=moment.known_at)

    def connect_to_judge(
        self, moment: Moment, *, only: Collection[str] | None = None
    ) -> duckdb.DuckDBPyConnection:
        """As :meth:`connect_at`, with small kinds in memory: for hundreds of questions."""
        tables = self.tables_to_judge(moment, only=only)
        tables.bring_to(self.size_of(moment))
        return tables.connection

    def tables_to_judge(self, moment: Moment, *, only: Collection[str] | None = None) -> KindTables:
        """The database of :meth:`connect_to_judge` before anything is in it."""
        from cellwarden.store.kind_tables import MOST_IN_MEMORY, KindTables

        return KindTables(
            self.partitions, self.personal, as_of=moment.as_of, only=only, kept=MOST_IN_MEMORY
        )

    def size_of(self, moment: Moment) -> int:
        """The ledger size that a moment knows of."""
        return self.log.size() if moment.known_at is None else moment.known_at

    def connect(
        self, *, as_of: str, known_at: int | None = None, only: Collection[str] | None = None
    ) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with the views of every kind, as of a time and a ledger size.

        ``only`` names the kinds that are wanted, as making views of all of them takes its time.
        """
        from cellwarden.store.kind_tables import KindTables

        tables = KindTables(self.partitions, self.personal, as_of=as_of, only=only)
        tables.bring_to(self.log.size() if known_at is None else known_at)
        return tables.connection

    def refuse_damage(self) -> None:
        """Stop where an entry was edited, or rows are missing or changed since found whole.

        Cheap enough for every command: a partition whose size and time of change are as they were
        is not read again. ``problems`` reads everything.

        Raises:
            IntegrityError: names the first places.
        """
        found = list(self._changed_rows())
        if found:
            shown = "\n  ".join(found[:5])
            raise IntegrityError(
                f"what is stored in {self.folder} is not what was recorded:\n  {shown}",
                advice="keep this folder as it is, restore a backup elsewhere; `cellwarden ledger"
                " verify` lists everything that differs",
            )

    def _changed_rows(self) -> Iterator[str]:
        size = self.log.size()
        for path in self.partitions.orphans(size):
            yield f"{path} holds rows of an entry that the ledger of {size} entries does not have"
        noted = self._whole.noted()
        for stored in self.log.read():
            index = stored.index
            if merkle.leaf_hash(stored.data) != stored.leaf:
                yield f"entry {index} was edited: its bytes don't have the recorded leaf hash"
                continue
            for table in decode(stored.data).tables:
                path = self.partitions.path(table.kind, index)
                if not self._whole.is_as_noted(path, noted):
                    wrong = list(table_problem(path, index, table))
                    yield from wrong
                    if not wrong:
                        self._whole.remember([path])

    def problems(self) -> Iterator[str]:
        """Everything that is wrong with the ledger, its rows and its documents, a sentence each."""
        from cellwarden.store import wholeness

        return wholeness.problems(self._holdings())

    def unreadable(self) -> wholeness.Unreadable:
        """What of a whole ledger cannot be opened here, though nothing is wrong with it."""
        from cellwarden.store import wholeness

        return wholeness.unreadable(self._holdings())

    def redacted_objects(self) -> set[str]:
        """The sealed objects whose keys were destroyed by a redaction."""
        from cellwarden.store import wholeness

        return wholeness.redacted_objects(self._holdings())

    def redacted_cells(self) -> dict[tuple[int, str], set[str]]:
        """The personal cells that were redacted, as ``row column``, by entry and kind."""
        from cellwarden.store import wholeness

        return wholeness.redacted_cells(self._holdings())

    def _holdings(self) -> wholeness.Holdings:
        from cellwarden.store import wholeness

        return wholeness.Holdings(
            folder=self.folder,
            log=self.log,
            objects=self.objects,
            partitions=self.partitions,
            sealed=self.sealed,
            personal=self.personal,
        )

    def finish_redactions(self) -> int:
        """Erase what redaction entries name and is still there; returns how much that was."""
        gone = sum(self.sealed.erase(digest) for digest in self.redacted_objects())
        for (entry, kind), places in self.redacted_cells().items():
            cells = [(int(row), column) for row, _, column in (p.partition(" ") for p in places)]
            gone += self.personal.erase(kinds()[kind], entry, cells)
        return gone

    def sweep_keys(self) -> int:
        """Destroy keys of objects that nothing on record names; returns how many there were.

        A process that died between sealing and recording leaves such an object. Nobody could ever
        ask for it, and nobody could have it erased. Others must be kept out meanwhile.
        """
        from cellwarden.store import wholeness

        named = {entry.document_sha256 for _, entry in self.entries()}
        named |= {digest for _, digest, _ in wholeness.kept_papers(self._holdings())}
        return sum(self.sealed.erase(digest) for digest in self.sealed.keys() - named)

    def _commits_to(self, index: int, kind: str) -> bool:
        stored = next(self.log.read(index, index + 1))
        return any(table.kind == kind for table in decode(stored.data).tables)

    def _last_recorded_at(self, size: int) -> str:
        if not size:
            return ""
        return decode(next(self.log.read(size - 1, size)).data).recorded_at

"""Facts on disk: one Parquet partition a kind and entry."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import copy_context
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger.commitments import commitment_to, is_commitment
from cellwarden.ledger.entries import Entry, TableCommitment
from cellwarden.ledger.rows import rows_root
from cellwarden.model.facts import ASSERT, Kind, Row, kinds
from cellwarden.store.objects import disk_refused, is_put_off, make_durably, sync_folder
from cellwarden.store.personal import PersonalCells

FEWEST_TO_SHARE: Final = 1_000
"""Rows of one entry from which two threads are quicker than one."""

_NAME: Final = re.compile(r"(\d{12})\.parquet")
_PENDING: Final = re.compile(r"\.(\d{12})\.pending")

EACH_ONCE: Final = b"each once"
"""What the foot of a partition says of its subjects where no two rows are about the same."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One row on its way into an entry: what is done with it, since when it holds, its cells."""

    cells: Row
    op: str = ASSERT
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def committed(self) -> tuple[str | None, ...]:
        """The cells that the entry commits to, in their order."""
        return (self.op, self.valid_from, self.valid_to, *self.cells)


def commitment(kind: str, facts: Sequence[Fact]) -> TableCommitment:
    """What an entry says of the rows of one kind."""
    return TableCommitment(
        kind=kind,
        columns=kinds()[kind].column_names,
        rows=len(facts),
        root=rows_root(fact.committed for fact in facts).hex(),
    )


def _commitments(tables: Mapping[str, Sequence[Fact]]) -> tuple[TableCommitment, ...]:
    return tuple(commitment(kind, facts) for kind, facts in sorted(tables.items()))


class Partitions:
    """The folder of fact partitions: ``<kind>/<entry>.parquet``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, kind: str, entry: int) -> Path:
        """Where the rows of one kind of one entry lie."""
        return self._folder / kind / f"{entry:012d}.parquet"

    def pending_path(self, kind: str, entry: int) -> Path:
        """Where rows lie until their entry is committed."""
        return self.path(kind, entry).with_name(f".{entry:012d}.pending")

    def write_pending(self, kind: str, entry: int, source: str, facts: Sequence[Fact]) -> Path:
        """Write rows durably under a name that no view reads yet.

        The name is durable too before the entry is committed: what comes after is a rename, and
        of that one of both names outlives a power cut.

        Raises:
            StoreError: the disk refused.
        """
        import pyarrow.parquet as pq

        target = self.path(kind, entry)
        pending = self.pending_path(kind, entry)
        try:
            make_durably(target.parent)
            is_later = is_put_off(pending)
            with pending.open("wb") as file:
                pq.write_table(_table(kind, entry, source, facts), file, compression="zstd")
                file.flush()
                if not is_later:
                    os.fsync(file.fileno())
            sync_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                pending.unlink()
            raise disk_refused(target, error) from error
        return pending

    def write_tables(
        self, entry: int, source: str, tables: Mapping[str, Sequence[Fact]]
    ) -> tuple[TableCommitment, ...]:
        """Write the rows of an entry as :meth:`write_pending` does; what the entry says of them.

        Where there are many they are hashed meanwhile: writing leaves a core free.

        Raises:
            StoreError: the disk refused.
        """
        if sum(map(len, tables.values())) < FEWEST_TO_SHARE:
            for kind, facts in tables.items():
                self.write_pending(kind, entry, source, facts)
            return _commitments(tables)
        from concurrent.futures import ThreadPoolExecutor

        put_off = copy_context()  # what is put off here is put off there
        with ThreadPoolExecutor(1) as hand:
            written = [
                hand.submit(put_off.run, self.write_pending, kind, entry, source, facts)
                for kind, facts in tables.items()
            ]
            committed = _commitments(tables)
            for one in written:
                one.result()
        return committed

    def settle(self, kind: str, entry: int) -> None:
        """Give pending rows the name that views read; done already is fine."""
        target = self.path(kind, entry)
        with contextlib.suppress(FileNotFoundError):
            self.pending_path(kind, entry).replace(target)

    def pending(self) -> Iterator[tuple[str, int, Path]]:
        """Rows that a stopped process left behind: kind, entry, file."""
        for path in sorted(self._folder.glob("*/.*.pending")):
            if found := _PENDING.fullmatch(path.name):
                yield path.parent.name, int(found[1]), path

    def entries_of(self, kind: str, known_at: int) -> list[Path]:
        """The partitions of a kind that were known at a ledger size, in order."""
        found = []
        for path in sorted((self._folder / kind).glob("*.parquet")):
            name = _NAME.fullmatch(path.name)
            if name and int(name[1]) < known_at:
                found.append(path)
        return found

    def orphans(self, size: int) -> Iterator[Path]:
        """Partitions of entries that a ledger of this size does not have."""
        for path in sorted(self._folder.glob("*/*.parquet")):
            name = _NAME.fullmatch(path.name)
            if name and int(name[1]) >= size:
                yield path


def read_committed(path: Path, columns: Sequence[str]) -> list[tuple[str | None, ...]]:
    """The rows of a partition as an entry commits to them.

    A column that the partition lacks, as it was added to the kind later, is unknown in every row.
    """
    import pyarrow.parquet as pq

    names = ("op", "valid_from", "valid_to", *columns)
    with pq.ParquetFile(path) as file:
        table = file.read(columns=[name for name in names if name in file.schema_arrow.names])
    nothing = [None] * table.num_rows
    there = set(table.column_names)
    cells = [table.column(name).to_pylist() if name in there else nothing for name in names]
    return list(zip(*cells, strict=True))


def rows_problem(partitions: Partitions, index: int, entry: Entry) -> Iterator[str]:
    """What is wrong with the rows of one entry, one sentence each."""
    for table in entry.tables:
        yield from table_problem(partitions.path(table.kind, index), index, table)


def personal_problem(
    partitions: Partitions,
    personal: PersonalCells,
    index: int,
    kind: Kind,
    erased: set[str],
    *,
    is_closed: bool = False,
) -> Iterator[str]:
    """What is wrong with the personal cells of one kind of one entry.

    ``erased`` names the cells that were redacted, as ``row column``. Every other commitment must
    have its value beside it, unless the entry ``is_closed`` and came without them; each value must
    fit.
    """
    path = partitions.path(kind.name, index)
    if not kind.personal or not path.exists():
        return
    known = [name for name in kind.personal if name in kind.column_names]
    held = personal.read(kind, index)
    for number, row in enumerate(read_committed(path, known)):
        for name, committed in zip(known, row[3:], strict=True):
            if not is_commitment(committed):
                continue
            place = f"the {name} of {kind.name} {index}.{number}"
            cell = held.get(number, {}).get(name)
            if cell is None:
                if not is_closed and f"{number} {name}" not in erased:
                    yield f"{place} is gone, and no redaction says why"
            elif f"{number} {name}" in erased:
                yield f"{place} was redacted and is still here; `ledger redact --resume` ends it"
            elif commitment_to(cell[0].encode("utf-8"), cell[1]) != committed:
                yield f"{place} is not what the entry commits to"


def table_problem(path: Path, index: int, table: TableCommitment) -> Iterator[str]:
    """What is wrong with the rows of one kind of one entry."""
    if not path.exists():
        yield f"the {table.kind} rows of entry {index} are missing: {path}"
        return
    try:
        rows = read_committed(path, table.columns)
    except (OSError, ValueError, KeyError) as error:
        yield f"the {table.kind} rows of entry {index} cannot be read: {path}: {error}"
        return
    if len(rows) != table.rows or rows_root(rows).hex() != table.root:
        yield f"the {table.kind} rows of entry {index} are not those that it commits to: {path}"


def _table(kind: str, entry: int, source: str, facts: Sequence[Fact]) -> object:
    import pyarrow as pa

    shape = kinds()[kind]
    text, whole = pa.string(), pa.int64()
    count = len(facts)
    cells = list(zip(*(fact.cells for fact in facts), strict=True)) or [()] * len(shape.columns)
    positions = [shape.column_names.index(part) for part in shape.key]
    subjects = ["/".join(fact.cells[at] or "" for at in positions) for fact in facts]
    arrays = [
        pa.array([entry] * count, whole),
        pa.array(range(count), whole),
        pa.array([source] * count, text),
        pa.array(subjects, text),
        pa.array([fact.op for fact in facts], text),
        pa.array([fact.valid_from for fact in facts], text),
        pa.array([fact.valid_to for fact in facts], text),
        *(pa.array(column, text) for column in cells),
    ]
    names = ["entry", "row", "source", "subject", "op", "valid_from", "valid_to"]
    table = pa.Table.from_arrays(arrays, names=[*names, *shape.column_names])
    told = {"source": source}
    if len(set(subjects)) == count:
        told["subjects"] = EACH_ONCE.decode()
    return table.replace_schema_metadata(told)

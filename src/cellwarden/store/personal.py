"""Personal cells: values and salts beside the facts that commit to them, erasable one by one.

A partition of a kind with personal columns holds commitments in them. What they commit to lies in
``personal/<kind>/<entry>.parquet``: one row for each row with such a cell, and for each personal
column the value and its salt. Erasing writes that file anew without them; the file before is
overwritten with zeros before it goes, so that no free block of this disk keeps it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cellwarden.ledger.commitments import commitment_to, new_salt
from cellwarden.model.facts import Kind, Row, kinds
from cellwarden.store.objects import disk_refused, is_put_off, make_durably, shred, sync_folder

if TYPE_CHECKING:
    import pyarrow as pa

SALT_SUFFIX: Final = "__salt"

PersonalCell = tuple[str, bytes]
"""A value and its salt."""

Cells = Mapping[int, Mapping[str, PersonalCell]]
"""Personal cells by row and column."""


class Committed:
    """The rows of one kind with commitments in their personal cells, and what those stand for."""

    def __init__(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Commit to each personal cell of ``rows`` under a salt of its own."""
        self.kind = kind
        self.cells: dict[int, dict[str, PersonalCell]] = {}
        places = [(kind.column_names.index(name), name) for name in kind.personal]
        self.rows = [self._row(number, row, places) for number, row in enumerate(rows)]

    def _row(self, number: int, row: Row, places: Sequence[tuple[int, str]]) -> Row:
        changed: list[str | None] | None = None
        for at, name in places:
            value = row[at]
            if value is None:
                continue
            salt = new_salt()
            changed = changed or list(row)
            changed[at] = commitment_to(value.encode("utf-8"), salt)
            self.cells.setdefault(number, {})[name] = (value, salt)
        return row if changed is None else tuple(changed)


class PersonalCells:
    """The folder of personal cells: ``<kind>/<entry>.parquet``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, entry: int) -> Path:
        """Where the personal cells of one kind of one entry lie."""
        return self.folder / kind / f"{entry:012d}.parquet"

    def write(
        self, kind: Kind, entry: int, cells: Mapping[int, Mapping[str, PersonalCell]]
    ) -> None:
        """Keep cells durably; where an entry never came to be, the next one writes over them.

        Raises:
            StoreError: the disk refused.
        """
        _replace(self.path(kind.name, entry), _table(kind, entry, cells))

    def read(self, kind: Kind, entry: int) -> dict[int, dict[str, PersonalCell]]:
        """The cells that are still there, by row and column."""
        import pyarrow.parquet as pq

        path = self.path(kind.name, entry)
        if not path.exists():
            return {}
        found: dict[int, dict[str, PersonalCell]] = {}
        for row in pq.read_table(path).to_pylist():
            cells = {
                name: (row[name], row[name + SALT_SUFFIX])
                for name in kind.personal
                if row.get(name) is not None and row.get(name + SALT_SUFFIX) is not None
            }
            if cells:
                found[row["row"]] = cells
        return found

    def files(self, kind: str, known_at: int) -> list[Path]:
        """The files of a kind for entries below a ledger size, in order."""
        paths = sorted((self.folder / kind).glob("*.parquet"))
        return [path for path in paths if path.stem.isdigit() and int(path.stem) < known_at]

    def everywhere(self) -> Iterator[tuple[Kind, int, dict[int, dict[str, PersonalCell]]]]:
        """All cells that are still there: kind, entry, cells by row and column."""
        for kind in kinds().values():
            for path in sorted((self.folder / kind.name).glob("*.parquet")):
                if path.stem.isdigit():
                    yield kind, int(path.stem), self.read(kind, int(path.stem))

    def erase(self, kind: Kind, entry: int, wanted: Iterable[tuple[int, str]]) -> int:
        """Erase cells for good, named by row and column; returns how many were there.

        Raises:
            StoreError: the disk refused; nothing was erased then, or all of it.
        """
        cells = self.read(kind, entry)
        gone = 0
        for row, column in wanted:
            gone += cells.get(row, {}).pop(column, None) is not None
        if gone:
            left = {row: columns for row, columns in cells.items() if columns}
            _replace(self.path(kind.name, entry), _table(kind, entry, left))
        return gone

    def unsettled(self, size: int) -> bool:
        """Whether an interrupted writer left anything."""
        paths = self.folder.glob("*/*")
        return any(not path.stem.isdigit() or int(path.stem) >= size for path in paths)

    def settle(self, size: int) -> None:
        """Throw away what an interrupted writer left: half files, and cells of no entry."""
        for path in self.folder.glob("*/*"):
            number = path.stem
            if not number.isdigit() or int(number) >= size:
                shred(path)


def _table(kind: Kind, entry: int, cells: Cells) -> pa.Table:
    import pyarrow as pa

    rows = sorted(cells)
    columns: dict[str, pa.Array] = {
        "entry": pa.array([entry] * len(rows), pa.int64()),
        "row": pa.array(rows, pa.int64()),
    }
    for name in kind.personal:
        held = [cells[row].get(name) for row in rows]
        columns[name] = pa.array([cell and cell[0] for cell in held], pa.string())
        columns[name + SALT_SUFFIX] = pa.array([cell and cell[1] for cell in held], pa.binary())
    return pa.table(columns)


def _replace(target: Path, table: pa.Table) -> None:
    """Write a file durably in the place of another one, whose bytes are overwritten first."""
    import pyarrow.parquet as pq

    pending = target.with_name(f".{target.stem}.{os.getpid()}")
    try:
        make_durably(target.parent)
        with pending.open("wb") as file:
            pending.chmod(0o600)
            pq.write_table(table, file, compression="none", use_dictionary=False)
            file.flush()
            if not is_put_off(target):
                os.fsync(file.fileno())
        before = target.with_name(f".{target.stem}.before.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            os.link(target, before)
        pending.replace(target)
        sync_folder(target.parent)
        if before.exists():
            shred(before)
    except OSError as error:
        with contextlib.suppress(OSError):
            pending.unlink()
        raise disk_refused(target, error) from error

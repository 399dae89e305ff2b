"""Papers of the register: files that a list of documents names are sealed and kept at a scan.

Rules: a file lies in the workspace's folder of papers and nowhere else; when a document came to us
is what was recorded first, whatever a list says later; a paper that was erased stays erased until
its file is gone too; a paper that is kept stays kept when its file goes.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.collect.bounds import DOCUMENT_BYTES
from cellwarden.collect.media import media_type
from cellwarden.model.errors import InputError
from cellwarden.model.facts import Reading, Row, kinds
from cellwarden.store.state import State
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

KIND: Final = "document"
_OURS: Final = ("object_sha256", "plain_commitment", "media_type")
"""Columns that say what is kept: written here, never believed from a list."""


def read_paper(path: Path) -> bytes:
    """The bytes of a file that is to be kept as a document.

    Raises:
        InputError: there is no such regular file, it is empty, or larger than is kept.
    """
    advice = f"give a regular file of 1 byte to {DOCUMENT_BYTES >> 20} MiB"
    try:
        # Without blocking: a pipe or a device that somebody put there must not stop a scan.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise InputError(f"{path} is no file", advice=advice)
            if not 0 < found.st_size <= DOCUMENT_BYTES:
                raise InputError(f"{path} holds {found.st_size} bytes", advice=advice)
            data = file.read(DOCUMENT_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", advice="check the path and that you may read it"
        ) from error
    if len(data) > DOCUMENT_BYTES:
        raise InputError(f"{path} grows while it is read", advice=advice)
    return data


def paper_files(workspace: Workspace) -> list[Path]:
    """The files in the workspace's folder of papers, in order; hidden files are not among them."""
    folder = workspace.papers_folder
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]


def papers_on_record(state: State) -> dict[str, str]:
    """The documents that are kept as objects: their ids by digest."""
    connection = state.connect(as_of="9999")
    try:
        rows = connection.sql(
            "select distinct object_sha256, document_id from document_history"
            " where object_sha256 is not null"
        ).fetchall()
    finally:
        connection.close()
    return dict(rows)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one document before a reading: when it came first, what is kept of it."""

    received_at: str | None = None
    kept: dict[str, str | None] = {}


def take_in_papers(
    workspace: Workspace,
    state: State,
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    *,
    clock_at: str,
) -> Reading:
    """A reading whose documents are kept: files sealed, digests ours, the first receipt upheld.

    What cannot be kept becomes a row of the kind ``unreadable``; the document stays in the list.

    Raises:
        StoreError: the disk refused.
    """
    rows = reading.tables.get(KIND)
    if not rows:
        return reading
    intake = _Papers(workspace, state, _held(connection, reading.source), clock_at)
    taken = [intake.row(row) for row in rows]
    tables = reading.tables | {KIND: taken}
    if intake.faults:
        tables["unreadable"] = [
            *tables.get("unreadable", ()),
            *(_fault(reading.source, one) for one in intake.faults),
        ]
    return msgspec.structs.replace(reading, tables=tables)


def names_files(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The sources whose documents name files: these are looked at again at every scan."""
    found = connection.execute(
        f"select distinct source from {KIND}_all where file is not null"
    ).fetchall()
    return frozenset(str(source) for (source,) in found)


class _Papers:
    """Takes in the documents of one reading, and remembers what it could not keep."""

    def __init__(
        self, workspace: Workspace, state: State, held: dict[str, Held], clock_at: str
    ) -> None:
        self.faults: list[tuple[str, str, str, str | None]] = []
        self._folder = workspace.papers_folder
        self._state = state
        self._held = held
        self._clock_at = clock_at
        self._erased = state.redacted_objects()
        self._shape = kinds()[KIND]

    def row(self, row: Row) -> Row:
        """One document as it is recorded."""
        cells = dict(zip(self._shape.column_names, row, strict=True))
        name = cells["document_id"] or ""
        held = self._held.get(name, Held())
        came, first = cells["received_at"], held.received_at
        if first is not None:
            if came is not None and came != first:
                reason = f"it came on {first} by the ledger; when it came is never changed"
                self.faults.append((name, "received_at", reason, came))
            cells["received_at"] = first
        cells["plain_commitment"] = None
        if cells["file"] is not None:
            for column in _OURS:
                cells[column] = held.kept.get(column)
            self._keep(name, cells)
        return self._shape.row(cells)

    def _keep(self, name: str, cells: dict[str, str | None]) -> None:
        digest = cells["object_sha256"]
        try:
            data = self._fetch(cells["file"] or "", digest)
        except InputError as error:
            self.faults.append((name, "file", str(error), cells["file"]))
            return
        if data is None or (digest is not None and self._state.sealed.holds(digest, data)):
            return
        kept = self._state.sealed.put(data)
        cells["object_sha256"], cells["plain_commitment"] = kept.sha256, kept.commitment
        cells["media_type"] = media_type(data)
        cells["received_at"] = cells["received_at"] or self._clock_at

    def _fetch(self, file: str, digest: str | None) -> bytes | None:
        """The bytes of a listed file; nothing where it is gone and what it held is kept."""
        path = _inside(self._folder, file)
        if path is None and digest is not None:
            return None
        if path is None:
            raise InputError(f"no file {file} in {self._folder.name}/", advice="put it there")
        if digest in self._erased:
            raise InputError(
                f"the paper was erased, and its file {file} is still in {self._folder.name}/",
                advice="remove the file",
            )
        return read_paper(path)


def _inside(folder: Path, name: str) -> Path | None:
    """A file of a folder by its relative name; nothing where there is none.

    Raises:
        InputError: the name leads out of the folder.
    """
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError) as error:
        raise InputError(f"{name!r} names no file: {error}", advice="correct the name") from error
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{name} leads out of {folder.name}/", advice="put the file there")
    return path if path.exists() else None


def _held(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, Held]:
    """What is known of each document: its first receipt from any source, its object from one."""
    first = connection.execute(
        f"select subject, arg_min(received_at, (entry, row)) from {KIND}_history"
        " where received_at is not null group by subject"
    ).fetchall()
    kept = connection.execute(
        f"select subject, {', '.join(_OURS)} from {KIND}_all where source = ? and file is not null",
        [source],
    ).fetchall()
    found = {str(name): Held(received_at=at) for name, at in first}
    for name, *cells in kept:
        before = found.get(name, Held())
        found[name] = Held(
            received_at=before.received_at, kept=dict(zip(_OURS, cells, strict=True))
        )
    return found


def _fault(source: str, fault: tuple[str, str, str, str | None]) -> Row:
    name, column, reason, text = fault
    return kinds()["unreadable"].row(
        {
            "file": source,
            "line": None,
            "column": f"{column} of {name}",
            "kind": KIND,
            "reason": reason,
            "text": text,
        }
    )

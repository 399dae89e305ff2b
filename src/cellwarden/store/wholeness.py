"""Whether everything that a state folder keeps is what was recorded; and what it cannot open.

Missing and changed is damage. What was redacted is gone by somebody's word, and what came without
its keys is not readable here: both still have to fit what their entries commit to.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.commitments import is_commitment
from cellwarden.ledger.entries import Entry, decode
from cellwarden.ledger.log import problems as log_problems
from cellwarden.model.errors import CellwardenError
from cellwarden.model.facts import Kind, kinds
from cellwarden.store.closed import closed_in
from cellwarden.store.engines import Engine
from cellwarden.store.facts import Partitions, personal_problem, read_committed, rows_problem
from cellwarden.store.objects import Objects
from cellwarden.store.personal import PersonalCells
from cellwarden.store.sealed import SealedObjects

UNFINISHED: Final = "`ledger redact --resume` ends it"
"""How a sentence ends that tells of an erasure which is on record and was interrupted."""

_NO_KIND: Final = Kind(name="", one_row_is="", key=(), columns=())


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """What is committed to and cannot be opened here, as it came without its keys."""

    entries: int
    cells: int
    objects: int


class Holdings(NamedTuple):
    """What a state folder keeps, each part where it lies."""

    folder: Path
    log: Engine
    objects: Objects
    partitions: Partitions
    sealed: SealedObjects
    personal: PersonalCells

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Every entry with its index, in order."""
        for stored in self.log.read():
            yield stored.index, decode(stored.data)


def _redactions(held: Holdings) -> Iterator[dict[str, str | None]]:
    shape = kinds()["redaction"]
    for path in held.partitions.entries_of(shape.name, held.log.size()):
        for row in read_committed(path, shape.column_names):
            yield dict(zip(shape.column_names, row[3:], strict=True))


def redacted_objects(held: Holdings) -> set[str]:
    """The sealed objects whose keys were destroyed by a redaction."""
    return {cells["object_sha256"] for cells in _redactions(held) if cells["object_sha256"]}


def redacted_cells(held: Holdings) -> dict[tuple[int, str], set[str]]:
    """The personal cells that were redacted, as ``row column``, by entry and kind."""
    found: dict[tuple[int, str], set[str]] = {}
    for cells in _redactions(held):
        entry, _, number = (cells["fact"] or "").partition(".")
        if cells["fact"]:
            key = (int(entry), cells["kind"] or "")
            found.setdefault(key, set()).add(f"{number} {cells['column']}")
    return found


def problems(held: Holdings) -> Iterator[str]:
    """Everything that is wrong with the ledger, its rows and its documents, a sentence each."""
    found = list(log_problems(held.log.read()))
    yield from found
    if found:
        return
    closed = closed_in(held.folder)
    if closed.entries > held.log.size() or (
        closed.entries and _root(held, closed.entries) != closed.root
    ):
        yield "closed.json says what another ledger came without, not this one"
        return
    erased, papers = redacted_cells(held), redacted_objects(held)
    for index, entry in held.entries():
        yield from rows_problem(held.partitions, index, entry)
        for table in entry.tables:
            yield from personal_problem(
                held.partitions,
                held.personal,
                index,
                kinds().get(table.kind, _NO_KIND),
                erased.get((index, table.kind), set()),
                is_closed=index < closed.entries,
            )
        if entry.document_sha256:
            is_closed = index < closed.entries
            yield from _document_problem(
                held, index, entry.document_sha256, papers, is_closed=is_closed
            )
    yield from _paper_problems(held, papers, closed.entries)
    for path in held.partitions.orphans(held.log.size()):
        yield f"{path} holds rows of an entry that the ledger does not have"


def unreadable(held: Holdings) -> Unreadable:
    """What of a whole ledger cannot be opened here, though nothing is wrong with it."""
    closed = closed_in(held.folder).entries
    erased, papers = redacted_cells(held), redacted_objects(held)
    cells, objects = 0, set()
    for index, entry in held.entries():
        if index >= closed:
            break
        for table in entry.tables:
            kind = kinds().get(table.kind, _NO_KIND)
            cells += _closed_cells(held, index, kind, erased.get((index, table.kind), set()))
        if entry.document_sha256:
            objects.add(entry.document_sha256)
    objects |= {digest for index, digest, _ in kept_papers(held) if index < closed}
    return Unreadable(
        entries=closed,
        cells=cells,
        objects=sum(held.sealed.is_erased(digest) for digest in objects - papers),
    )


def kept_papers(held: Holdings) -> Iterator[tuple[int, str, str]]:
    """The objects that documents name: entry, digest, commitment to what the object holds."""
    columns = ("object_sha256", "plain_commitment")
    for path in held.partitions.entries_of("document", held.log.size()):
        for row in read_committed(path, columns):
            if row[3] and row[4]:
                yield int(path.stem), row[3], row[4]


def _root(held: Holdings, size: int) -> str:
    return merkle.root([stored.leaf for stored in held.log.read(0, size)]).hex()


def _closed_cells(held: Holdings, index: int, kind: Kind, erased: set[str]) -> int:
    """How many cells of one kind of one entry are commitments to what is not here."""
    path = held.partitions.path(kind.name, index)
    known = [name for name in kind.personal if name in kind.column_names]
    if not known or not path.exists():
        return 0
    opened = held.personal.read(kind, index)
    return sum(
        is_commitment(cell)
        and name not in opened.get(number, {})
        and f"{number} {name}" not in erased
        for number, row in enumerate(read_committed(path, known))
        for name, cell in zip(known, row[3:], strict=True)
    )


def _document_problem(
    held: Holdings, index: int, digest: str, erased: set[str], *, is_closed: bool
) -> Iterator[str]:
    try:
        if digest in erased:
            held.objects.get(digest)  # what cannot be opened any more still has its bytes
            if not held.sealed.is_erased(digest):
                yield (
                    f"the document of entry {index} was redacted and its key is still here;"
                    f" {UNFINISHED}"
                )
        elif not (is_closed and held.sealed.is_erased(digest)):
            held.sealed.get(digest)
    except CellwardenError as error:
        yield f"the document of entry {index}: {error}"


def _paper_problems(held: Holdings, erased: set[str], closed: int) -> Iterator[str]:
    """What is wrong with the files of documents, a sentence each."""
    first: dict[tuple[str, str], int] = {}
    for index, digest, committed in kept_papers(held):
        first.setdefault((digest, committed), index)
    for (digest, committed), index in sorted(first.items()):
        try:
            if digest in erased:
                held.objects.get(digest)
                if not held.sealed.is_erased(digest):
                    yield (
                        f"the document {digest} was redacted and its key is still here;"
                        f" {UNFINISHED}"
                    )
            elif index < closed and held.sealed.is_erased(digest):
                continue  # its sealed bytes were read, and have the digest that its row names
            elif not held.sealed.holds(digest, held.sealed.get(digest)):
                yield f"the document {digest} is not what was kept"
            elif held.sealed.commitment_of(digest) != committed:
                yield f"the document {digest} is not what its row commits to"
        except CellwardenError as error:
            yield f"the document {digest}: {error}"

"""Whether everything that a state folder keeps is what was recorded; and what it cannot open.

Missing and changed is damage. What was redacted is gone by somebody's word, and what came without
its keys is not readable here: both still have to fit what their entries commit to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.ledger.commitments import is_commitment
from cellwarden.ledger.log import problems as log_problems
from cellwarden.model.errors import CellwardenError
from cellwarden.model.facts import Kind, kinds
from cellwarden.store.closed import closed_in
from cellwarden.store.facts import personal_problem, read_committed, rows_problem

if TYPE_CHECKING:
    from cellwarden.store.state import State

UNFINISHED: Final = "`ledger redact --resume` ends it"
"""How a sentence ends that tells of an erasure which is on record and was interrupted."""

_NO_KIND: Final = Kind(name="", one_row_is="", key=(), columns=())


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """What is committed to and cannot be opened here, as it came without its keys."""

    entries: int
    cells: int
    objects: int


def problems(state: State) -> Iterator[str]:
    """Everything that is wrong with the ledger, its rows and its documents, a sentence each."""
    found = list(log_problems(state.log.read()))
    yield from found
    if found:
        return
    closed = closed_in(state.folder)
    if closed.entries > state.log.size() or (
        closed.entries and state.root(closed.entries) != closed.root
    ):
        yield "closed.json says what another ledger came without, not this one"
        return
    erased, papers = state.redacted_cells(), state.redacted_objects()
    for index, entry in state.entries():
        yield from rows_problem(state.partitions, index, entry)
        for table in entry.tables:
            yield from personal_problem(
                state.partitions,
                state.personal,
                index,
                kinds().get(table.kind, _NO_KIND),
                erased.get((index, table.kind), set()),
                is_closed=index < closed.entries,
            )
        if entry.document_sha256:
            is_closed = index < closed.entries
            yield from _document_problem(
                state, index, entry.document_sha256, papers, is_closed=is_closed
            )
    yield from _paper_problems(state, papers, closed.entries)
    for path in state.partitions.orphans(state.log.size()):
        yield f"{path} holds rows of an entry that the ledger does not have"


def unreadable(state: State) -> Unreadable:
    """What of a whole ledger cannot be opened here, though nothing is wrong with it."""
    closed = closed_in(state.folder).entries
    erased, papers = state.redacted_cells(), state.redacted_objects()
    cells, objects = 0, set()
    for index, entry in state.entries():
        if index >= closed:
            break
        for table in entry.tables:
            kind = kinds().get(table.kind, _NO_KIND)
            cells += _closed_cells(state, index, kind, erased.get((index, table.kind), set()))
        if entry.document_sha256:
            objects.add(entry.document_sha256)
    objects |= {digest for index, digest, _ in kept_papers(state) if index < closed}
    return Unreadable(
        entries=closed,
        cells=cells,
        objects=sum(state.sealed.is_erased(digest) for digest in objects - papers),
    )


def kept_papers(state: State) -> Iterator[tuple[int, str, str]]:
    """The objects that documents name: entry, digest, commitment to what the object holds."""
    columns = ("object_sha256", "plain_commitment")
    for path in state.partitions.entries_of("document", state.log.size()):
        for row in read_committed(path, columns):
            if row[3] and row[4]:
                yield int(path.stem), row[3], row[4]


def _closed_cells(state: State, index: int, kind: Kind, erased: set[str]) -> int:
    """How many cells of one kind of one entry are commitments to what is not here."""
    path = state.partitions.path(kind.name, index)
    known = [name for name in kind.personal if name in kind.column_names]
    if not known or not path.exists():
        return 0
    held = state.personal.read(kind, index)
    return sum(
        is_commitment(cell)
        and name not in held.get(number, {})
        and f"{number} {name}" not in erased
        for number, row in enumerate(read_committed(path, known))
        for name, cell in zip(known, row[3:], strict=True)
    )


def _document_problem(
    state: State, index: int, digest: str, erased: set[str], *, is_closed: bool
) -> Iterator[str]:
    try:
        if digest in erased:
            state.objects.get(digest)  # what cannot be opened any more still has its bytes
            if not state.sealed.is_erased(digest):
                yield (
                    f"the document of entry {index} was redacted and its key is still here;"
                    f" {UNFINISHED}"
                )
        elif not (is_closed and state.sealed.is_erased(digest)):
            state.sealed.get(digest)
    except CellwardenError as error:
        yield f"the document of entry {index}: {error}"


def _paper_problems(state: State, erased: set[str], closed: int) -> Iterator[str]:
    """What is wrong with the files of documents, a sentence each."""
    first: dict[tuple[str, str], int] = {}
    for index, digest, committed in kept_papers(state):
        first.setdefault((digest, committed), index)
    for (digest, committed), index in sorted(first.items()):
        try:
            if digest in erased:
                state.objects.get(digest)
                if not state.sealed.is_erased(digest):
                    yield (
                        f"the document {digest} was redacted and its key is still here;"
                        f" {UNFINISHED}"
                    )
            elif index < closed and state.sealed.is_erased(digest):
                continue  # its sealed bytes were read, and have the digest that its row names
            elif not state.sealed.holds(digest, state.sealed.get(digest)):
                yield f"the document {digest} is not what was kept"
            elif state.sealed.commitment_of(digest) != committed:
                yield f"the document {digest} is not what its row commits to"
        except CellwardenError as error:
            yield f"the document {digest}: {error}"

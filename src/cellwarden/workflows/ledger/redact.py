"""Redaction: personal cells and papers are erased for good, and every proof goes on holding.

Rules: who approves is not who asks; nothing under a legal hold is erased; a value that files of
the register still hold would come back with the next scan, so those come first; the entry that
names what is erased (by commitment, never by value) is recorded before the first byte goes, so
that a process that dies in the middle is finished by the next one. Kept runs and reports that
hold the value are derived: they go first, while it is still known what to look for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.advisories.answered import BOOKS
from cellwarden.collect.text_within import search
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact, read_committed
from cellwarden.store.objects import shred
from cellwarden.store.state import Draft, State
from cellwarden.workflows.evidence.papers import paper_files, papers_on_record
from cellwarden.workflows.ledger.edited_files import clean_edited_files, holds_text
from cellwarden.workflows.ledger.holds import Target, holds_over
from cellwarden.workflows.workspace import Workspace

_ACT: Final = "redaction"
_DERIVED: Final = ("runs", "derived")
_SHOWN: Final = 8


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants erased: a value wherever it stands, one cell, or one paper."""

    value: str | None = None
    fact: str | None = None
    column: str | None = None
    document: str | None = None
    reason: str
    requester: str
    approver: str


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """What is erased in one act, why, and by whose word; ``papers`` are digests of objects."""

    reason: str
    requester: str
    approver: str
    targets: tuple[Target, ...]
    papers: tuple[str, ...]


class Redacted(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: the entry, how many cells and papers went, which derived files went.

    ``unread`` names what may still hold the value, and why nobody could look: a sentence each.
    """

    entry: int
    cells: int
    papers: int
    removed: tuple[Path, ...]
    register: tuple[Path, ...]
    unread: tuple[str, ...] = ()


def redact(workspace: Workspace, asked: Asked, *, clock_at: str, in_register: bool) -> Redacted:
    """Erase what is asked for, and record that it was.

    ``in_register`` lets cells of CSV files in the register that are exactly the value be emptied;
    without it, and for other files, their places are named and nothing is erased.

    Raises:
        PermissionRefused: the approver is the requester, or a legal hold covers it.
        InputError: nothing such is held, there is no reason, or the register still holds it.
    """
    _must_be_allowed(asked)
    with workspace.open_state() as state, state.alone():
        state.finish_redactions()
        targets = list(_targets(state, asked))
        values = {asked.value} if asked.value else values_of(state, targets)
        papers, unread = _papers(state, asked, targets, values)
        if not targets and not papers:
            raise InputError(
                "the ledger holds no such personal cell or paper",
                advice="`cellwarden ledger show FACT` shows which cells a fact has; only columns"
                " that a kind names as personal can be erased",
            )
        _must_not_be_held(state, targets, papers)
        cleaned: tuple[Path, ...] = ()
        if asked.value is not None:
            _must_not_stand_elsewhere(state, asked.value)
            cleaned = clean_edited_files(workspace, asked.value, in_register=in_register)
        elif asked.document is not None:
            cleaned = _clean_papers(workspace, state, papers, in_register=in_register)
        else:
            _must_not_come_back(workspace, state, targets)
        removed = remove_derived(workspace, values)
        erasure = Erasure(
            reason=asked.reason,
            requester=asked.requester,
            approver=asked.approver,
            targets=tuple(targets),
            papers=tuple(papers),
        )
        entry = erase(state, erasure, clock_at=clock_at)
    return Redacted(
        entry=entry,
        cells=len(targets),
        papers=len(papers),
        removed=removed,
        register=cleaned,
        unread=unread,
    )


def erase(state: State, erasure: Erasure, *, clock_at: str) -> int:
    """Record what is erased, then erase it; returns the entry. Others must be kept out meanwhile.

    Raises:
        StoreError: the disk refused; ``resume`` finishes what was recorded.
    """
    entry = _record(state, erasure, clock_at=clock_at)
    state.finish_redactions()
    state.sweep_keys()
    return entry


def resume(workspace: Workspace) -> int:
    """Finish redactions that were recorded and not carried out; returns how much was left."""
    with workspace.open_state() as state, state.alone():
        return state.finish_redactions()


def _must_be_allowed(asked: Asked) -> None:
    if not asked.reason.strip():
        raise InputError("a redaction needs a reason", advice="say why in --reason, not what")
    if asked.value and asked.value.casefold() in asked.reason.casefold():
        raise InputError(
            "the reason holds the value that is to be erased", advice="say why, without the value"
        )
    if asked.requester.strip().casefold() == asked.approver.strip().casefold():
        raise PermissionRefused(
            f"{asked.approver} asked for this and cannot approve it",
            advice="name somebody else in --approver who has agreed",
        )
    if sum(bool(one) for one in (asked.value, asked.fact, asked.document)) != 1:
        raise InputError(
            "say what is to be erased: a value, a fact's column, or a document",
            advice="give one of --value TEXT, --fact ENTRY.ROW --column NAME, --document ID",
        )


def _targets(state: State, asked: Asked) -> Iterator[Target]:
    if asked.value is not None:
        for kind, entry, cells in state.personal.everywhere():
            for row, columns in cells.items():
                for column, (value, _) in columns.items():
                    if asked.value in value:
                        yield Target(kind=kind.name, entry=entry, row=row, column=column)
    elif asked.fact is not None:
        index, dot, number = asked.fact.partition(".")
        if not (dot and index.isdigit() and number.isdigit() and asked.column):
            raise InputError(
                f"{asked.fact!r} with column {asked.column!r} names no cell",
                advice="write --fact ENTRY.ROW --column NAME, as `cellwarden ledger show` does",
            )
        for kind in kinds().values():
            found = state.personal.read(kind, int(index)) if kind.personal else {}
            if asked.column in found.get(int(number), {}):
                yield Target(kind=kind.name, entry=int(index), row=int(number), column=asked.column)


def values_of(state: State, targets: Iterable[Target]) -> set[str]:
    """The values that cells hold, to find their copies in what is derived."""
    found = set()
    for target in targets:
        cells = state.personal.read(kinds()[target.kind], target.entry)
        found.add(cells[target.row][target.column][0])
    return found


def _papers(
    state: State, asked: Asked, targets: Sequence[Target], values: Iterable[str]
) -> tuple[list[str], tuple[str, ...]]:
    """The sealed objects to be erased: those of the document that is named, or with the value.

    With them what could not be looked into, a sentence each.
    """
    if asked.document is not None:
        return _objects_of(state, asked.document), ()
    if asked.value is None:
        return superseded_copies(state, targets, values), ()
    names = {
        entry.document_sha256: f"the file of entry {index}, {entry.source}"
        for index, entry in state.entries()
        if entry.document_sha256
    }
    names |= {digest: f"document {name}" for digest, name in papers_on_record(state).items()}
    found, unread = [], []
    for digest in sorted(names):
        if state.sealed.key_file(digest) is None:
            continue
        looked = search(state.sealed.get(digest), asked.value)
        if looked.holds:
            found.append(digest)
        unread += [f"{names[digest]}: {why}" for why in looked.unread]
    return found, tuple(unread)


def superseded_copies(state: State, targets: Iterable[Target], values: Iterable[str]) -> list[str]:
    """Sealed copies of register files that hold the values of cells and are the newest no more.

    The newest copy of a file is left: what it holds still stands in the register.
    """
    entries = dict(state.entries())
    sources = {entries[target.entry].source for target in targets}
    copies: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.source in sources and entry.document_sha256:
            copies.setdefault(entry.source, []).append(entry.document_sha256)
    wanted = list(values)
    return sorted(
        digest
        for digest in {one for those in copies.values() for one in those[:-1]}
        if state.sealed.key_file(digest) is not None
        and any(search(state.sealed.get(digest), value).holds for value in wanted)
    )


def _objects_of(state: State, document: str) -> list[str]:
    """Every object that was ever kept for a document, as far as it can still be opened."""
    found = sorted(
        digest
        for digest, name in papers_on_record(state).items()
        if name == document and state.sealed.key_file(digest) is not None
    )
    if not found:
        raise InputError(
            f"no document {document!r} is kept here, or it was erased before",
            advice="`cellwarden document list` shows what is kept",
        )
    return found


def _must_not_be_held(state: State, targets: list[Target], papers: Sequence[str]) -> None:
    """Stop where a legal hold covers what is to go, or a copy of a file that tells of it."""
    found = holds_over(state, targets, papers)
    if found:
        one = found[0]
        raise PermissionRefused(
            f"the legal hold {one.hold_id} covers {one.scope}: {one.reason}",
            advice="have the hold lifted first: `cellwarden retention lift`",
        )


def _must_not_come_back(workspace: Workspace, state: State, targets: Sequence[Target]) -> None:
    """Stop where a file of the register still says what a cell says: a scan would record it."""
    found = sorted(set(still_said(workspace, state, targets).values()))
    if found:
        raise InputError(
            f"a file of the register still says it: {', '.join(found)}",
            advice="empty that cell, scan, then run this again",
        )


def still_said(workspace: Workspace, state: State, targets: Iterable[Target]) -> dict[Target, str]:
    """The cells that a file still says by the last scan, with the file's path."""
    connection = state.connect(as_of="9999")
    found: dict[Target, str] = {}
    said: dict[tuple[str, str], set[tuple[str, str]]] = {}
    try:
        for target in targets:
            key = (target.kind, target.column)
            if key not in said:
                rows = connection.execute(
                    f'select subject, source from "{target.kind}_all"'
                    f' where "{target.column}" is not null'
                ).fetchall()
                said[key] = {(str(subject), str(source)) for subject, source in rows}
            subject, source = connection.execute(
                f'select subject, source from "{target.kind}_history"'
                ' where entry = ? and "row" = ?',
                [target.entry, target.row],
            ).fetchall()[0]
            if (subject, source) in said[key] and (workspace.folder / source).is_file():
                found[target] = str(source)
    finally:
        connection.close()
    return found


def _clean_papers(
    workspace: Workspace, state: State, papers: Sequence[str], *, in_register: bool
) -> tuple[Path, ...]:
    """Remove files of papers that are to be erased, or say where they lie."""
    places = []
    for path in paper_files(workspace):
        data = path.read_bytes()
        if any(state.sealed.holds(digest, data) for digest in papers):
            places.append(path)
    if places and not in_register:
        shown = "\n  ".join(str(path) for path in places[:_SHOWN])
        raise InputError(
            f"the paper still lies where people put it:\n  {shown}",
            advice="remove it, then run this again; --in-register removes it for you",
        )
    for path in places:
        shred(path)
    return tuple(places)


def _must_not_stand_elsewhere(state: State, value: str) -> None:
    """Stop where the value stands in what the ledger commits to in the clear: it cannot go."""
    found = []
    needle = value.encode("utf-8")
    found += [f"entry {one.index}" for one in state.log.read() if needle in one.data]
    for kind in kinds().values():
        open_columns = [name for name in kind.column_names if name not in kind.personal]
        for path in state.partitions.entries_of(kind.name, state.log.size()):
            for number, row in enumerate(read_committed(path, open_columns)):
                for name, cell in zip(open_columns, row[3:], strict=True):
                    if cell and value in cell:
                        found.append(f"{kind.name} {int(path.stem)}.{number}, column {name}")
    if found:
        shown = "\n  ".join(found[:_SHOWN])
        raise InputError(
            f"the value also stands where the ledger commits to it in the clear:\n  {shown}",
            advice="such cells can't be erased without breaking proofs; erase the personal cells"
            " one by one with --fact and --column, and keep names out of free text",
        )


def _record(state: State, erasure: Erasure, *, clock_at: str) -> int:
    shape = kinds()["redaction"]
    name = f"RED-{state.log.size()}"
    common = {
        "redaction_id": name,
        "reason": erasure.reason,
        "requester": erasure.requester,
        "approver": erasure.approver,
        "redacted_at": clock_at,
    }
    rows = [
        shape.row(
            {
                **common,
                "kind": one.kind,
                "fact": f"{one.entry}.{one.row}",
                "column": one.column,
                "commitment": _commitment(state, one),
            }
        )
        for one in erasure.targets
    ]
    rows += [shape.row({**common, "object_sha256": digest}) for digest in erasure.papers]
    draft = Draft(act=_ACT, actor=erasure.requester, source="redactions", clock_at=clock_at)
    return state.record(draft, {"redaction": [Fact(cells=row) for row in rows]})


def _commitment(state: State, target: Target) -> str | None:
    path = state.partitions.path(target.kind, target.entry)
    return read_committed(path, [target.column])[target.row][3]


def remove_derived(workspace: Workspace, values: Iterable[str]) -> tuple[Path, ...]:
    """Remove kept runs, reports and caches that may hold a value; they can be made anew.

    Books of answers are packed and cannot be searched as they are: they all go.
    """
    needles = {
        needle
        for value in values
        for needle in (value.encode("utf-8"), value.encode("unicode_escape"), _as_html(value))
    }
    removed = []
    folders = [workspace.state_folder / name for name in _DERIVED]
    for folder in (*folders, workspace.reports_folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                is_book = path.suffix in BOOKS
                data = b"" if is_book else path.read_bytes()
                if is_book or any(holds_text(data, needle) for needle in needles):
                    shred(path)
                    removed.append(path)
    return tuple(removed)


def _as_html(value: str) -> bytes:
    from html import escape

    return escape(value).encode("utf-8")

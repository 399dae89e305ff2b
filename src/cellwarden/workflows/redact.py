"""Redaction: personal cells and papers are erased for good, and every proof goes on holding.

Rules: who approves is not who asks; nothing under a legal hold is erased; a value that files of
the register still hold would come back with the next scan, so those come first; the entry that
names what is erased (by commitment, never by value) is recorded before the first byte goes, so
that a process that dies in the middle is finished by the next one. Kept runs and reports that
hold the value are derived: they go.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import Row, kinds
from cellwarden.store.facts import Fact, read_committed
from cellwarden.store.objects import shred, write_durably
from cellwarden.store.state import Draft, State
from cellwarden.workflows.register import register_files
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


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One personal cell: kind, entry, row, column."""

    kind: str
    entry: int
    row: int
    column: str


class Redacted(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: the entry, how many cells and papers went, which derived files went."""

    entry: int
    cells: int
    papers: int
    removed: tuple[Path, ...]
    register: tuple[Path, ...]


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
        value = asked.value or _value_of(state, targets)
        papers = _papers(state, asked, value)
        if not targets and not papers:
            raise InputError(
                "the ledger holds no such personal cell or paper",
                advice="`cellwarden ledger show FACT` shows which cells a fact has; only columns"
                " that a kind names as personal can be erased",
            )
        _must_not_be_held(state, targets, asked.document)
        _must_not_stand_elsewhere(state, value)
        cleaned = _clean_register(workspace, value, in_register=in_register)
        entry = _record(state, asked, targets, papers, clock_at=clock_at)
        state.finish_redactions()
        removed = _remove_derived(workspace, value)
    return Redacted(
        entry=entry, cells=len(targets), papers=len(papers), removed=removed, register=cleaned
    )


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


def _value_of(state: State, targets: list[Target]) -> str | None:
    """The value that one named cell holds, to find its copies in what is derived."""
    for target in targets:
        cells = state.personal.read(kinds()[target.kind], target.entry)
        return cells[target.row][target.column][0]
    return None


def _papers(state: State, asked: Asked, value: str | None) -> list[str]:
    """The sealed objects to be erased: the paper that is named, and those that hold the value."""
    if asked.document is not None:
        return [_object_of(state, asked.document)]
    if value is None:
        return []
    needle = value.encode("utf-8")
    held = {entry.document_sha256 for _, entry in state.entries() if entry.document_sha256}
    return sorted(
        digest
        for digest in held | _papers_on_record(state).keys()
        if state.sealed.key_file(digest) is not None and _holds(state.sealed.get(digest), needle)
    )


def _holds(data: bytes, needle: bytes) -> bool:
    """Whether a document holds a text; a workbook is opened, as its text lies compressed."""
    if needle in data or needle in data.decode("cp1252", "ignore").encode("utf-8"):
        return True
    if not data.startswith(b"PK"):
        return False
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(needle in archive.read(name) for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _papers_on_record(state: State) -> dict[str, str]:
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


def _object_of(state: State, document: str) -> str:
    for digest, name in _papers_on_record(state).items():
        if name == document and state.sealed.key_file(digest) is not None:
            return digest
    raise InputError(
        f"no document {document!r} is kept here, or it was erased before",
        advice="`cellwarden document list` shows what is kept",
    )


def _must_not_be_held(state: State, targets: list[Target], document: str | None) -> None:
    connection = state.connect(as_of="9999")
    try:
        holds = connection.sql(
            "select hold_id, scope, reason from hold where lifted_on is null order by hold_id"
        ).fetchall()
    finally:
        connection.close()
    held = {"everything", *(target.kind for target in targets)}
    if document:
        held |= {"document", f"document/{document}"}
    for target in targets:
        held.add(f"{target.kind}/{_subject_of(state, target)}")
    for name, scope, reason in holds:
        if scope in held:
            raise PermissionRefused(
                f"the legal hold {name} covers {scope}: {reason}",
                advice="have the hold lifted first: `cellwarden retention lift`",
            )


def _subject_of(state: State, target: Target) -> str:
    shape = kinds()[target.kind]
    path = state.partitions.path(target.kind, target.entry)
    row: Row = read_committed(path, shape.column_names)[target.row][3:]
    return shape.subject_of(row)


def _must_not_stand_elsewhere(state: State, value: str | None) -> None:
    """Stop where the value stands in what the ledger commits to in the clear: it cannot go."""
    if value is None:
        return
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


def _clean_register(
    workspace: Workspace, value: str | None, *, in_register: bool
) -> tuple[Path, ...]:
    """Empty the cells of the register that hold the value, or say where they are."""
    if not value:
        return ()
    needle = value.encode("utf-8")
    places = [path for path in register_files(workspace) if _holds(path.read_bytes(), needle)]
    stubborn = [path for path in places if path.suffix != ".csv" or not in_register]
    if stubborn:
        shown = "\n  ".join(_line_of(path, value) for path in stubborn[:_SHOWN])
        raise InputError(
            f"files of the register still hold the value:\n  {shown}",
            advice="empty those cells, then run this again; --in-register empties the cells of"
            " CSV files that are exactly the value",
        )
    emptied = [(path, _without(path.read_bytes(), value)) for path in places]
    for path, (data, is_clean) in zip(places, (pair[1] for pair in emptied), strict=True):
        if not is_clean:
            raise InputError(
                f"a cell holds the value and more: {_line_of(path, value)}",
                advice="correct that cell by hand, then run this again",
            )
        write_durably(path, data)
    return tuple(places)


def _line_of(path: Path, value: str) -> str:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if value.encode("utf-8") in line:
            return f"{path}, line {number}"
    return str(path)


def _without(data: bytes, value: str) -> tuple[bytes, bool]:
    """A CSV without the cells that are exactly the value, and whether it is free of it then."""
    text = data.decode("utf-8")
    dialect = csv.excel if ";" not in text.splitlines()[0] else _Semicolons
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect, lineterminator="\r\n" if "\r\n" in text else "\n")
    for row in csv.reader(io.StringIO(text, newline=""), dialect):
        writer.writerow(["" if cell.strip() == value else cell for cell in row])
    cleaned = out.getvalue()
    return cleaned.encode("utf-8"), value not in cleaned


class _Semicolons(csv.excel):
    delimiter = ";"


def _record(
    state: State, asked: Asked, targets: list[Target], papers: list[str], *, clock_at: str
) -> int:
    shape = kinds()["redaction"]
    name = f"RED-{state.log.size()}"
    common = {
        "redaction_id": name,
        "reason": asked.reason,
        "requester": asked.requester,
        "approver": asked.approver,
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
        for one in targets
    ]
    rows += [shape.row({**common, "object_sha256": digest}) for digest in papers]
    draft = Draft(act=_ACT, actor=asked.requester, source="redactions", clock_at=clock_at)
    return state.record(draft, {"redaction": [Fact(cells=row) for row in rows]})


def _commitment(state: State, target: Target) -> str | None:
    path = state.partitions.path(target.kind, target.entry)
    return read_committed(path, [target.column])[target.row][3]


def _remove_derived(workspace: Workspace, value: str | None) -> tuple[Path, ...]:
    """Remove kept runs, reports and caches that hold the value; they can be made anew."""
    if not value:
        return ()
    needles = {value.encode("utf-8"), value.encode("unicode_escape"), _as_html(value)}
    removed = []
    folders = [workspace.state_folder / name for name in _DERIVED]
    for folder in (*folders, workspace.reports_folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                if any(_holds(data, needle) for needle in needles):
                    shred(path)
                    removed.append(path)
    return tuple(removed)


def _as_html(value: str) -> bytes:
    from html import escape

    return escape(value).encode("utf-8")

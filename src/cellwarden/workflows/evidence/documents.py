"""Documents as evidence: kept sealed, found again with their proof, replaced by newer ones.

Rules: a document's id is given once; when it came to us is never changed; a newer issue is a
document of its own that names the one it replaces, and both stay. What a file is, its bytes say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.checks import tables
from cellwarden.checks.subject import create_subjects
from cellwarden.collect.media import media_type
from cellwarden.ledger.entries import decode
from cellwarden.ledger.rows import row_digest
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import kinds
from cellwarden.model.lives import RowProof
from cellwarden.model.moments import Moment
from cellwarden.store.facts import read_committed
from cellwarden.store.state import State
from cellwarden.workflows.derived import register_rules
from cellwarden.workflows.evidence.paper_tables import register_papers
from cellwarden.workflows.evidence.papers import KIND, read_paper
from cellwarden.workflows.ledger.checkpoints import newest_kept
from cellwarden.workflows.statements import Statement, fitted, record, rows, short_id
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

TYPES: Final = (
    "approval",
    "security_review",
    "contract",
    "certificate",
    "report",
    "policy",
    "procedure",
    "record",
    "delivery_note",
    "recording",
    "photo",
    "transport_paper",
    "sbom",
    "questionnaire",
    "other",
)
"""What a document can be; the kind's own words."""

ABOUT: Final = ("party", "product", "asset", "component", "site", "incident", "assessment")
"""What a document can speak of."""

_GIVEN: Final = frozenset(kinds()[KIND].column_names) - {
    "object_sha256",
    "plain_commitment",
    "media_type",
    "file",
    "replaces",
}
_INHERITED: Final = ("title", "type", "about_kind", "about_id", "party_id", "classification")
_ALSO_INHERITED: Final = ("retention", "scope", "reference")
_ID: Final = re.compile(r"[\w][\w.:/()+-]{0,79}")
_ISSUE: Final = re.compile(r"(.+)-r(\d{1,4})")


class KeptDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was just kept. ``also`` are others that hold the same bytes."""

    entry: int
    document_id: str
    sha256: str
    media_type: str
    bytes: int
    also: tuple[str, ...]


class ShownDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document with how it stands, its chain of versions, who cites it, and its proof."""

    cells: dict[str, str]
    standing: dict[str, Any]
    versions: tuple[str, ...]
    citations: tuple[dict[str, Any], ...]
    proof: RowProof


def add_document(
    workspace: Workspace, file: Path, cells: dict[str, str], *, actor: str, clock_at: str
) -> KeptDocument:
    """Keep a file as a document; one that is listed already without its file gets it now.

    Raises:
        InputError: the file cannot be kept, a cell does not fit, or the id holds a file already.
        PermissionRefused: the document is listed with another time of receipt.
        StoreError: the disk refused.
    """
    data = read_paper(file)
    made = {name: text for name, text in cells.items() if text}
    _refuse_unfit(made, clock_at)
    name = made.setdefault("document_id", short_id("DOC", made | {"f": file.name}, clock_at))
    with workspace.open_state() as state, state.alone():
        before = _known(state, name)
        if before.get("plain_commitment"):
            raise InputError(
                f"{name} is kept already, with digest {before['object_sha256']}",
                advice=f"`cellwarden document replace {name} FILE` keeps a newer issue beside it",
            )
        came = before.get("received_at")
        if came and made.get("received_at", came) != came:
            raise PermissionRefused(
                f"{name} came on {came} by the ledger; that is never changed",
                advice="leave --received-at out, or give the document an id of its own",
            )
        made["received_at"] = came or made.get("received_at", clock_at)
        made.setdefault("title", before.get("title") or _title(file))
        return _keep(state, data, made, actor=actor, clock_at=clock_at)


def replace_document(
    workspace: Workspace,
    replaced: str,
    file: Path,
    cells: dict[str, str],
    *,
    actor: str,
    clock_at: str,
) -> KeptDocument:
    """Keep a newer issue of a document. What it is about goes over; what it can prove does not.

    Raises:
        InputError: as :func:`add_document`; or there is no such document, or it is replaced.
    """
    data = read_paper(file)
    given = {name: text for name, text in cells.items() if text}
    _refuse_unfit(given, clock_at)
    with workspace.open_state() as state, state.alone():
        before = _known(state, replaced)
        if not before:
            raise _no_such(replaced)
        newer = _replacing(state, replaced)
        if newer:
            raise InputError(
                f"{replaced} was replaced already, by {', '.join(newer)}",
                advice=f"replace {newer[-1]} instead, so that there is one chain",
            )
        over = {
            name: before[name] or "" for name in (*_INHERITED, *_ALSO_INHERITED) if before[name]
        }
        made = over | given
        made["document_id"] = given.get("document_id") or _next_issue(replaced)
        if _known(state, made["document_id"]):
            raise InputError(
                f"{made['document_id']} is there already", advice="give another one by --id"
            )
        made["replaces"] = replaced
        made.setdefault("received_at", clock_at)
        return _keep(state, data, made, actor=actor, clock_at=clock_at)


def list_documents(
    workspace: Workspace, moment: Moment, *, about: str | None = None, of_type: str | None = None
) -> list[dict[str, Any]]:
    """Every document with how it stands, by id; ``about`` is what it speaks of, or whose it is."""
    with _documents_at(workspace, moment) as (_, connection):
        return rows(
            connection,
            f"{_STANDING} where ($1 is null or d.about_id = $1 or d.party_id = $1)"
            " and ($2 is null or d.type = $2) order by s.document_id",
            [about, of_type],
        )


def show_document(workspace: Workspace, document_id: str, moment: Moment) -> ShownDocument:
    """One document with its chain of versions, what rests on it, and its proof.

    Raises:
        InputError: there is no such document at that moment.
    """
    with _documents_at(workspace, moment) as (state, connection):
        found = rows(connection, f"{_STANDING} where d.document_id = $1", [document_id])
        if not found:
            raise _no_such(document_id)
        cells = rows(connection, "select * from document where document_id = $1", [document_id])[0]
        rests = rows(
            connection,
            "select kind, subject, last_on, fact from part_citation where document_id = $1"
            " order by last_on, kind, subject",
            [document_id],
        )
        return ShownDocument(
            cells={name: str(cells[name]) for name in kinds()[KIND].column_names if cells[name]},
            standing=found[0],
            versions=_chain(connection, document_id),
            citations=tuple(rests),
            proof=_proof(state, cells["entry"], cells["row"]),
        )


def get_document(workspace: Workspace, document_id: str, moment: Moment) -> bytes:
    """What a document holds, checked against what the ledger commits to.

    Raises:
        InputError: there is no such document, or its file is not kept here.
        StoreError: it was erased.
        IntegrityError: the bytes are not those that were kept.
    """
    with workspace.open_state() as state:
        cells = _known(state, document_id, moment)
        if not cells:
            raise _no_such(document_id)
        digest = cells.get("object_sha256")
        if not digest or not cells.get("plain_commitment"):
            raise InputError(
                f"the file of {document_id} is not kept here",
                advice=f"`cellwarden document add FILE --id {document_id}` keeps it",
            )
        return state.sealed.get(digest)


_STANDING: Final = (
    "select d.title, d.type, d.about_kind, d.about_id, d.party_id, d.received_at, d.version,"
    " d.media_type, d.replaces, s.* exclude (title, type, about_id)"
    " from subject_document as s join document as d on d.subject = s.subject"
)


@contextmanager
def _documents_at(
    workspace: Workspace, moment: Moment
) -> Iterator[tuple[State, duckdb.DuckDBPyConnection]]:
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        try:
            register_rules(connection, as_of=moment.as_of)
            register_papers(connection, workspace, state, as_of=moment.as_of)
            tables.create_missing(connection)
            create_subjects(connection)
            yield state, connection
        finally:
            connection.close()


def _keep(
    state: State, data: bytes, cells: dict[str, str], *, actor: str, clock_at: str
) -> KeptDocument:
    """Seal, then record: what is sealed and not recorded is never found, and swept away."""
    fitted(KIND, cells)  # before anything is written
    also = _others_with(state, data)
    kept = state.sealed.put(data)
    found = media_type(data)
    made = cells | {
        "object_sha256": kept.sha256,
        "plain_commitment": kept.commitment,
        "media_type": found,
    }
    statement = Statement(kind=KIND, cells=made, actor=actor, act=KIND)
    entry, name = record(state, statement, clock_at=clock_at)
    return KeptDocument(
        entry=entry,
        document_id=name,
        sha256=kept.sha256,
        media_type=found,
        bytes=len(data),
        also=also,
    )


def _refuse_unfit(cells: dict[str, str], clock_at: str) -> None:
    strange = cells.keys() - _GIVEN
    if strange:
        raise InputError(
            f"{', '.join(sorted(strange))}: written by the ledger itself",
            advice="leave it out; what a file is and which digest it has is found out here",
        )
    name = cells.get("document_id")
    if name is not None and not _ID.fullmatch(name):
        raise InputError(
            f"{name!r} is no id for a document",
            advice="use up to 80 letters, digits and . _ : / ( ) + -, such as DOC-ALD-014",
        )
    for column, known in (("type", TYPES), ("about_kind", ABOUT)):
        if column in cells and cells[column] not in known:
            raise InputError(
                f"{column} {cells[column]!r} is none that is known",
                advice=f"use one of {', '.join(known)}",
            )
    fit_cells = fitted(KIND, cells)
    came = fit_cells.get("received_at")
    if came and came[:10] > clock_at[:10]:
        raise InputError(
            f"received at {came}: that day is still to come",
            advice="say when it came, or leave it out for now",
        )
    first, last = fit_cells.get("effective_from"), fit_cells.get("effective_to")
    if first and last and last < first:
        raise InputError(
            f"it would end on {last}, before it begins on {first}",
            advice="correct --effective-from or --effective-to",
        )


def _known(state: State, document_id: str, moment: Moment | None = None) -> dict[str, str | None]:
    """The cells of a document; empty where there is none."""
    connection = state.connect_at(moment) if moment else state.connect(as_of="9999")
    try:
        found = rows(connection, f"select * from {KIND} where document_id = $1", [document_id])
    finally:
        connection.close()
    names = kinds()[KIND].column_names
    return {name: found[0][name] for name in names} if found else {}


def _others_with(state: State, data: bytes) -> tuple[str, ...]:
    """The documents that hold the same bytes, told by their commitments."""
    connection = state.connect(as_of="9999")
    try:
        known = rows(
            connection,
            f"select document_id, object_sha256 from {KIND} where plain_commitment is not null"
            " order by document_id",
        )
    finally:
        connection.close()
    return tuple(
        str(one["document_id"]) for one in known if state.sealed.holds(one["object_sha256"], data)
    )


def _replacing(state: State, document_id: str) -> list[str]:
    connection = state.connect(as_of="9999")
    try:
        found = rows(
            connection,
            f"select document_id from {KIND} where replaces = $1 order by document_id",
            [document_id],
        )
    finally:
        connection.close()
    return [str(one["document_id"]) for one in found]


def _chain(connection: duckdb.DuckDBPyConnection, document_id: str) -> tuple[str, ...]:
    """All issues that hang together by ``replaces``, the oldest first; a circle ends the walk."""
    links = rows(connection, f"select document_id, replaces from {KIND} where replaces is not null")
    older = {str(one["document_id"]): str(one["replaces"]) for one in links}
    first, seen = document_id, {document_id}
    while first in older and older[first] not in seen:
        first = older[first]
        seen.add(first)
    newer: dict[str, list[str]] = {}
    for name, replaced in sorted(older.items()):
        newer.setdefault(replaced, []).append(name)
    chain, pending = [], [first]
    while pending:
        name = pending.pop(0)
        if name not in chain:
            chain.append(name)
            pending += newer.get(name, [])
    return tuple(chain)


def _proof(state: State, entry: int, row: int) -> RowProof:
    stored = next(state.log.read(entry, entry + 1))
    decoded = decode(stored.data)
    table = next(one for one in decoded.tables if one.kind == KIND)
    cells = read_committed(state.partitions.path(KIND, entry), table.columns)[row]
    newest = newest_kept(state)
    signed = newest.checkpoint.size if newest else None
    return RowProof(
        entry=entry,
        row=row,
        kind=KIND,
        recorded_at=decoded.recorded_at,
        row_sha256=row_digest(cells).hex(),
        rows_root=table.root,
        leaf_sha256=stored.leaf.hex(),
        checkpoint_size=signed if signed is not None and signed > entry else None,
    )


def _title(file: Path) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in file.name)


def _next_issue(name: str) -> str:
    issue = _ISSUE.fullmatch(name)
    return f"{issue[1]}-r{int(issue[2]) + 1}" if issue else f"{name}-r2"


def _no_such(name: str) -> InputError:
    return InputError(
        f"there is no document {name!r}", advice="`cellwarden document list` shows them"
    )

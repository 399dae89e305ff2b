"""Import of advisory data: raw documents become one entry and one pack object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.advisories import feeds
from cellwarden.model.advisories import Checked, Document, Understood
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import END, Row, kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.workflows.advisory import newest
from cellwarden.workflows.advisory.feed_checks import (
    Beside,
    Contradicted,
    Settled,
    check_rows,
    checks_in_words,
    contradicted_by,
    feed_of,
    key_ring,
)
from cellwarden.workflows.advisory.recorded import PER_ADVISORY, Recorded
from cellwarden.workflows.workspace import Progress

SOURCE: Final = "feeds"
"""All imports speak as one source, so that a newer import of an advisory replaces the older."""

_DATED: Final = {"exploited": "added_on", "likelihood": "scored_on"}
_WHOLE_LISTS: Final = ("exploited",)
_LISTS: Final = ("exploited", "likelihood", "unreadable")


class ImportOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one import brought; ``entry`` is nothing where all of it was known already.

    ``unreadable`` says file by file what could not be read, and why; ``contradicted`` those of
    them that are not what stands beside them. ``digests`` and ``signatures`` count the documents
    that a digest file or a key confirmed now, ``unchecked`` says why other signatures were not
    checked. ``rechecked`` counts the documents that were known, with something new beside them.
    """

    entry: int | None
    documents: int
    known: int
    older: int
    unreadable: tuple[str, ...]
    rows: dict[str, int]
    contradicted: tuple[Contradicted, ...] = ()
    digests: int = 0
    signatures: int = 0
    unchecked: tuple[str, ...] = ()
    rechecked: int = 0

    @property
    def checks(self) -> tuple[str, ...]:
        """What digest files and signatures said, in words; nothing where there were none."""
        return tuple(checks_in_words(self.digests, self.signatures, self.unchecked, self.rechecked))


def import_feeds(
    state: State,
    paths: Sequence[Path],
    *,
    clock_at: str,
    actor: str,
    progress: Progress,
    keys: Sequence[Path] = (),
    note: str = "",
) -> ImportOutcome:
    """Import advisory documents from files, folders and archives as one entry.

    Documents whose bytes are known are passed over, and so is an older revision of an advisory.
    Digest files and signatures are looked at, beside known documents too: what is new in what
    they say is recorded. ``keys`` are files of OpenPGP public keys whose signatures count.
    ``note`` says in the ledger where they came from; the names of the paths, if not given.

    Raises:
        SourceError: there is no document at all under these paths.
        StoreError: the ledger could not be written; nothing of this import was recorded then.
    """
    with key_ring(keys) as ring:
        new = None if ring is None else Settled(ring, _recorded_checks(state))
        return record_documents(
            state,
            feeds.documents(paths, keys=new),
            clock_at=clock_at,
            actor=actor,
            note=note or ", ".join(path.name for path in paths),
            progress=progress,
        )


def _recorded_checks(state: State) -> dict[str, Checked]:
    with Recorded(state, only=("feed_check",)) as recorded:
        return recorded.checks()


def archives_without_manifest(paths: Sequence[Path], *, are_refused: bool) -> tuple[str, ...]:
    """The ZIP archives, or everything, that no manifest says the contents of.

    Args:
        paths: what is about to be imported.
        are_refused: whether only bundles with their manifest may be imported.

    Raises:
        InputError: one is none, and that is refused.
        IntegrityError: a bundle has lost its manifest, or holds something else than it lists.
    """
    bare = [path for path in paths if path.exists() and not feeds.is_bundle(path)]
    if are_refused and bare:
        raise InputError(
            f"{bare[0]} is no bundle with a manifest",
            advice="make one with `cellwarden feeds export`, or import it without"
            " --require-manifest if you know where it comes from",
        )
    return tuple(path.name for path in bare if path.suffix.casefold() == ".zip")


def record_documents(
    state: State,
    documents: Iterable[Document],
    *,
    clock_at: str,
    actor: str,
    note: str,
    progress: Progress,
    may_be_empty: bool = False,
) -> ImportOutcome:
    """Record raw documents from anywhere: the pack object first, then one entry with all rows.

    Raises:
        SourceError: not one document was understood, and none was known before; unless that
            may be, as for what was new today.
        IntegrityError: all that came is contradicted by what stands beside it.
        StoreError: as for ``import_feeds``.
    """
    with Recorded(state) as recorded:
        came = _fresh(recorded.digests(), documents)
        known = came.known
        read = _read(recorded.revisions(), came.fresh, progress)
        if not known and not may_be_empty and not read.kept and not read.older:
            raise next((one.error for one in read.contradicted), _nothing_understood(read, note))
        pack = feeds.pack(read.kept) if read.kept else None
        pack_sha256 = state.objects.put(pack) if pack else None
        for digest, row in read.documents.items():
            row["pack_sha256"] = pack_sha256
            read.rows.setdefault("feed_document", {})[digest] = kinds()["feed_document"].row(row)
        rows, checks = check_rows(
            recorded.checks(),
            [one for one in came.beside if one.sha256 in read.documents or one.is_known],
        )
        read.rows["feed_check"] = rows
        tables = {kind: facts for kind, facts in _facts(recorded, read.rows).items() if facts}
        if mended := _mended(recorded, came, read):
            tables.setdefault("unreadable", []).extend(mended)
    draft = Draft(
        act="feeds",
        actor=actor,
        source=SOURCE,
        clock_at=clock_at,
        document_sha256=pack_sha256,
        note=note,
    )
    return ImportOutcome(
        entry=state.record(draft, tables) if tables else None,
        documents=len(read.kept),
        known=known,
        older=read.older,
        unreadable=_reasons(read),
        rows={kind: len(facts) for kind, facts in tables.items()},
        contradicted=tuple(read.contradicted),
        digests=sum(bool(one.digests) and not one.contradiction for one in checks.values()),
        signatures=sum(one.signature.state == "checked" for one in checks.values()),
        unchecked=tuple(
            one.signature.why for one in checks.values() if one.signature.state == "not checked"
        ),
        rechecked=len(checks.keys() - read.documents.keys()),
    )


def _nothing_understood(read: _Read, note: str) -> SourceError:
    reasons = _reasons(read)
    shown = "".join(f"\n  {reason}" for reason in reasons[:5])
    return SourceError(
        f"nothing in {note} could be read as an advisory{shown}",
        advice="CSAF, CVE, NVD, KEV, EPSS, OpenVEX and CycloneDX with vulnerabilities are read, as"
        " UTF-8 JSON or CSV, in folders, .zip and .tar.gz",
    )


def _reasons(read: _Read) -> tuple[str, ...]:
    """Why documents or parts of them could not be read: file, place and reason."""
    shape = kinds()["unreadable"].column_names
    told = []
    for row in read.rows.get("unreadable", {}).values():
        cells = dict(zip(shape, row, strict=True))
        line = f", line {cells['line']}" if cells["line"] else ""
        column = f", {cells['column']}" if cells["column"] else ""
        told.append(f"{cells['file']}{line}{column}: {cells['reason']}")
    return tuple(told)


class _Read(msgspec.Struct, kw_only=True):
    """What reading brought so far: rows by kind and subject, and the documents to keep."""

    rows: dict[str, dict[str, Row]] = {}
    documents: dict[str, dict[str, str | None]] = {}
    kept: list[Document] = []
    understood: list[Understood] = []
    contradicted: list[Contradicted] = []
    older: int = 0


class _Came(msgspec.Struct, kw_only=True):
    """What came: documents that are not known yet, how many are, what lay beside any of them.

    A document that is not known goes with its digest. ``whole`` are the names of all that were
    not refused.
    """

    fresh: list[tuple[str, Document]] = []
    known: int = 0
    beside: list[Beside] = []
    whole: set[str] = set()


def _fresh(recorded: set[str], documents: Iterable[Document]) -> _Came:
    """Part what is new from what is known. A refused place is always looked at, without a digest.

    One that is refused for what stands beside it has bytes, and those may be known.
    """
    seen = recorded.copy()
    came = _Came()
    for document in documents:
        if document.checked is not None:
            beside = Beside(
                sha256=document.sha256,
                name=document.name,
                checked=document.checked,
                is_known=document.sha256 in recorded,
            )
            came.beside.append(beside)
        if not isinstance(document, feeds.Refused):
            came.whole.add(document.name)
        if isinstance(document, feeds.Refused):
            came.fresh.append(("", document))
            came.known += bool(document.data) and document.sha256 in recorded
        elif document.sha256 in seen:
            came.known += 1
        else:
            seen.add(document.sha256)
            came.fresh.append((document.sha256, document))
    return came


def _read(
    revisions: dict[str, newest.Revision], fresh: list[tuple[str, Document]], progress: Progress
) -> _Read:
    read = _Read()
    for done, (_, document) in enumerate(fresh):
        progress("reading advisories", done, len(fresh))
        read.understood.append(feeds.understand(document))
        if isinstance(document, feeds.Tampered):
            read.contradicted.append(contradicted_by(document))
    outdated = newest.outdated(revisions, read.understood)
    for (digest, document), understood, old in zip(fresh, read.understood, outdated, strict=True):
        if old and len(old) == len(understood.tables["advisory"]):
            read.older += 1
            continue
        if digest and understood.format != feeds.UNKNOWN_FORMAT:
            read.kept.append(document)
            read.documents[digest] = _document_cells(digest, document, understood)
        for kind, rows in understood.tables.items():
            shape = kinds()[kind]
            counted = newest.without(kind, rows, old) if kind in PER_ADVISORY else rows
            read.rows.setdefault(kind, {}).update((shape.subject_of(row), row) for row in counted)
    progress("reading advisories", len(fresh), len(fresh))
    return read


def _document_cells(
    digest: str, document: Document, understood: Understood
) -> dict[str, str | None]:
    shape = kinds()["advisory"].column_names
    ids = [row[shape.index("advisory_id")] or "" for row in understood.tables.get("advisory", ())]
    return {
        "sha256": digest,
        "name": document.name,
        "feed": feed_of(understood),
        "format": understood.format,
        "newest_at": understood.newest_at,
        "advisory_ids": " ".join(ids),
    }


def _facts(recorded: Recorded, held: dict[str, dict[str, Row]]) -> dict[str, list[Fact]]:
    """Facts for what came, and ends for what an advisory or a whole list no longer says.

    What an advisory says holds from its first publication, a listing from its day: a scan as of
    an earlier time must not know it.
    """
    tables = {}
    released = _column(held.get("advisory", {}).values(), "advisory", "released_at")
    for kind, now in held.items():
        before: dict[str, Row] = {}
        if kind in PER_ADVISORY and released:
            before = recorded.rows_of(kind, released)
        elif kind in _LISTS:
            before = recorded.rows(kind)
        names = kinds()[kind].column_names
        facts = [
            Fact(cells=row, valid_from=_holds_from(kind, names, row, released))
            for subject, row in now.items()
            if before.get(subject) != row
        ]
        if kind in PER_ADVISORY or kind in _WHOLE_LISTS:
            facts += [
                Fact(cells=row, op=END) for subject, row in before.items() if subject not in now
            ]
        tables[kind] = facts
    return tables


def _mended(recorded: Recorded, came: _Came, read: _Read) -> list[Fact]:
    """Ends for what could not be read of documents that are mended now.

    A document that is refused no longer is whole; one that was read anew has only the faults that
    it has now. What was unreadable inside a document that is known stays.
    """
    names = kinds()["unreadable"].column_names
    file, line, column = (names.index(name) for name in ("file", "line", "column"))
    anew = {document.name for document in read.kept}
    now = read.rows.get("unreadable", {})
    return [
        Fact(cells=row, op=END)
        for subject, row in recorded.rows("unreadable").items()
        if subject not in now
        and (row[file] in anew or (row[file] in came.whole and not (row[line] or row[column])))
    ]


def _column(rows: Iterable[Row], kind: str, column: str) -> dict[str, str | None]:
    """One column of rows by their first key."""
    shape = kinds()[kind]
    at, key = shape.column_names.index(column), shape.column_names.index(shape.key[0])
    return {row[key] or "": row[at] for row in rows}


def _holds_from(
    kind: str, names: tuple[str, ...], row: Row, released: dict[str, str | None]
) -> str | None:
    if kind in PER_ADVISORY:
        return released.get(row[names.index("advisory_id")] or "")
    dated = _DATED.get(kind)
    return row[names.index(dated)] if dated else None

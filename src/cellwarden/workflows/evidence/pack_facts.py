"""What proves a pack's facts: entries and rows with their proofs, disclosed cells, documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from cellwarden.ledger import partial
from cellwarden.ledger.entries import Entry
from cellwarden.model.errors import StoreError
from cellwarden.model.facts import kinds
from cellwarden.reports.pack_page import ProvenEntry
from cellwarden.store.row_proofs import ProvenRows, prove_rows
from cellwarden.store.state import State

_PERSONAL: Final = "personal"
_NAMED: Final = 3

Files = dict[str, bytes]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of a ledger below one size, and which rows of them a pack wants.

    ``rows`` leads from (entry, kind) to row numbers.
    """

    size: int
    entries: dict[int, Entry]
    leaves: tuple[bytes, ...]
    wanted: frozenset[int]
    rows: dict[tuple[int, str], frozenset[int]]


def gather(state: State, size: int, evidence: Iterable[str], wanted: Iterable[int] | None) -> Facts:
    """What a pack holds: the wanted entries (nothing means all) and those behind the evidence.

    A fact id names a row of every table of its entry that is long enough.
    """
    entries = {index: entry for index, entry in state.entries() if index < size}
    leaves = tuple(stored.leaf for stored in state.log.read(0, size))
    rows: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for fact in evidence:
        index, dot, row = fact.partition(".")
        if not dot:
            continue  # the ledger as a whole is what shows that something never came
        for table in entries[int(index)].tables:
            if int(row) < table.rows:
                rows[int(index), table.kind].add(int(row))
    own = entries.keys() if wanted is None else {index for index in wanted if index < size}
    return Facts(
        size=size,
        entries=entries,
        leaves=leaves,
        wanted=frozenset(own | {index for index, _ in rows}),
        rows={key: frozenset(those) for key, those in rows.items()},
    )


def told_entries(facts: Facts) -> tuple[ProvenEntry, ...]:
    """The wanted entries as a page tells them: when, by whom, from where, which rows of them."""
    by_entry: defaultdict[int, list[str]] = defaultdict(list)
    for (index, kind), rows in sorted(facts.rows.items()):
        by_entry[index].append(f"{len(rows)} {kind.replace('_', ' ')}")
    return tuple(
        ProvenEntry(
            index=index,
            recorded_at=facts.entries[index].recorded_at,
            actor=facts.entries[index].actor,
            act=facts.entries[index].act,
            source=facts.entries[index].source,
            rows=", ".join(by_entry[index]),
        )
        for index in sorted(facts.wanted)
    )


def entry_files(state: State, facts: Facts) -> Files:
    """The stored bytes of the wanted entries, a line each, and what leads to the root."""
    runs = partial.runs_of(facts.wanted)
    lines = b"".join(
        stored.data + b"\n" for first, last in runs for stored in state.log.read(first, last + 1)
    )
    proof = {
        "entries": runs,
        "beside": [one.hex() for one in partial.beside(facts.leaves, runs)],
    }
    return {"entries.jsonl": lines, "entries.proof.json": msgspec.json.encode(proof) + b"\n"}


def row_files(state: State, facts: Facts) -> tuple[Files, dict[tuple[int, str], ProvenRows]]:
    """The committed bytes of the wanted rows, a file for each kind, with their proofs.

    Raises:
        IntegrityError: rows are not what their entry commits to.
    """
    files: defaultdict[str, list[bytes]] = defaultdict(list)
    proven: dict[tuple[int, str], ProvenRows] = {}
    for (index, kind), wanted in sorted(facts.rows.items()):
        table = next(one for one in facts.entries[index].tables if one.kind == kind)
        found = prove_rows(state.partitions.path(kind, index), table, wanted)
        proven[index, kind] = found
        files[f"rows/{kind}.jsonl"] += found.rows.values()
        proof = {
            "entry": index,
            "rows": found.runs,
            "digests": [one.hex() for one in found.digests],
            "beside": [one.hex() for one in found.beside],
        }
        files[f"rows/{kind}.proof.jsonl"].append(msgspec.json.encode(proof))
    return {name: _lines(lines) for name, lines in files.items()}, proven


def opened_file(state: State, facts: Facts) -> Files:
    """Value and salt of each personal cell in the pack that was not erased."""
    lines = []
    for (index, kind), rows in sorted(facts.rows.items()):
        if not kinds()[kind].personal:
            continue
        held = state.personal.read(kinds()[kind], index)
        for row in sorted(rows & held.keys()):
            for column, (value, salt) in sorted(held[row].items()):
                cell = {"entry": index, "kind": kind, "row": row, "column": column}
                lines.append(msgspec.json.encode(cell | {"value": value, "salt": salt.hex()}))
    return {"opened.jsonl": _lines(lines)} if lines else {}


def paper_files(
    state: State, papers: Sequence[Mapping[str, str | None]], left_out: list[str]
) -> Files:
    """The papers that proven rows name, as they came; what cannot go along is said."""
    files: Files = {}
    lines = []
    elsewhere = [paper["document_id"] or "" for paper in papers if not paper["object_sha256"]]
    if elsewhere:
        named = ", ".join(elsewhere[:_NAMED]) + (" ..." if len(elsewhere) > _NAMED else "")
        count = f"{len(elsewhere)} of {len(papers)} documents"
        left_out.append(f"{count} are kept elsewhere, their rows are here: {named}")
    for paper in papers:
        name, digest = paper["document_id"] or "", paper["object_sha256"]
        if not digest:
            continue
        if paper["classification"] == _PERSONAL:
            left_out.append(f"document {name}: classified as personal, shown on request only")
        else:
            commitment = paper["plain_commitment"]
            found = _document(state, digest, commitment, what=name, left_out=left_out)
            if found:
                files[f"documents/{digest}"], line = found
                lines.append(line | {"title": paper["title"]})
    return files | _listed(lines)


def source_files(
    state: State, facts: Facts, papers: frozenset[str], left_out: list[str]
) -> tuple[Files, list[Any]]:
    """The documents that the wanted entries were read from, and a line about each.

    ``papers`` are digests of documents that are held as evidence: whether those go along is
    decided by their classification, never by the way that they came.
    """
    files: Files = {}
    lines = []
    for index in sorted(facts.wanted):
        entry = facts.entries[index]
        digest = entry.document_sha256
        if digest is None or digest in papers or f"documents/{digest}" in files:
            continue
        found = _document(
            state, digest, entry.document_commitment, what=f"entry {index}", left_out=left_out
        )
        if found:
            files[f"documents/{digest}"], line = found
            lines.append(line | {"title": entry.source})
    return files, lines


def with_sources(files: Files, sources: Files, lines: Sequence[Any]) -> Files:
    """Papers and sources together, each document once."""
    fresh = [line for line in lines if line["file"] not in files]
    listed = files.get("documents.jsonl", b"") + _lines(msgspec.json.encode(one) for one in fresh)
    return sources | files | {"documents.jsonl": listed}


def _document(
    state: State, digest: str, commitment: str | None, *, what: str, left_out: list[str]
) -> tuple[bytes, dict[str, Any]] | None:
    """A document's bytes and its line; a sealed one is opened, and its salt disclosed."""
    try:
        data = state.sealed.get(digest)
        disclosed = state.sealed.disclosed(digest)
    except StoreError:
        left_out.append(f"the document of {what}: erased or not here")
        return None
    line: dict[str, Any] = {"file": f"documents/{digest}", "sha256": digest}
    line["commitment"] = commitment
    line["salt"] = disclosed[1].hex() if disclosed else None
    return data, line


def _listed(lines: Sequence[Any]) -> Files:
    encoded = (msgspec.json.encode(line) for line in lines)
    return {"documents.jsonl": _lines(encoded)} if lines else {}


def _lines(encoded: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in encoded)

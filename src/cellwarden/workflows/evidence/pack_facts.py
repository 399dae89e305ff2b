"""What proves a pack's facts: entries and rows with their proofs, disclosed cells, documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from cellwarden.ledger import partial
from cellwarden.ledger.commitments import commitment_to
from cellwarden.ledger.entries import Entry
from cellwarden.model.errors import StoreError
from cellwarden.model.facts import kinds
from cellwarden.reports.pack_page import ProvenEntry
from cellwarden.store.row_proofs import prove_rows
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


def entry_file(state: State, facts: Facts) -> Files:
    """The stored bytes of the wanted entries, a line each after their place; hashes of the others.

    A line is ``place TAB bytes``, or ``first-last TAB hash`` for what is left out.
    """
    lines = []
    for first, last, head in partial.pieces(facts.leaves, facts.wanted):
        if first in facts.wanted:
            stored = next(state.log.read(first, first + 1))
            lines.append(b"%d\t%s" % (first, stored.data))
        else:
            lines.append(b"%d-%d\t%s" % (first, last, head.hex().encode()))
    return {"entries.txt": _lines(lines)}


def row_file(state: State, facts: Facts) -> tuple[Files, int]:
    """The committed bytes of the wanted rows, a line each after their id and kind; and how many.

    A line is ``entry.row TAB kind TAB bytes``, or ``entry.first-last TAB kind TAB hash``.

    Raises:
        IntegrityError: rows are not what their entry commits to.
    """
    lines: list[bytes] = []
    count = 0
    for (index, kind), wanted in sorted(facts.rows.items()):
        table = next(one for one in facts.entries[index].tables if one.kind == kind)
        found = prove_rows(state.partitions.path(kind, index), table, wanted)
        count += len(found.rows)
        said = [(row, b"%d" % row, data) for row, data in found.rows.items()]
        said += [
            (first, b"%d-%d" % (first, last), h.hex().encode()) for first, last, h in found.others
        ]
        lines += [
            b"%d.%s\t%s\t%s" % (index, place, kind.encode(), data)
            for _, place, data in sorted(said)
        ]
    return {"rows.txt": _lines(lines)}, count


def opened_cells(state: State, facts: Facts) -> list[bytes]:
    """Value and salt of each personal cell in the pack that was not erased, a line each."""
    lines = []
    for (index, kind), rows in sorted(facts.rows.items()):
        if not kinds()[kind].personal:
            continue
        held = state.personal.read(kinds()[kind], index)
        for row in sorted(rows & held.keys()):
            for _, (value, salt) in sorted(held[row].items()):
                committed = commitment_to(value.encode(), salt)
                cell = {"commitment": committed, "salt": salt.hex(), "value": value}
                lines.append(msgspec.json.encode(cell))
    return lines


def opened_file(cells: Sequence[bytes], sealed: Sequence[bytes]) -> Files:
    """What is disclosed, a line each: personal cells, and documents that are kept sealed."""
    return {"opened.jsonl": _lines([*cells, *sealed])}


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """Documents by their name in a pack, and a line for each that is kept sealed: what opens it."""

    files: Files
    sealed: dict[str, bytes]

    def and_those(self, others: Papers) -> Papers:
        """Both together, each document once."""
        return Papers(files=others.files | self.files, sealed=others.sealed | self.sealed)


def paper_files(
    state: State, papers: Sequence[Mapping[str, str | None]], left_out: list[str]
) -> Papers:
    """The papers that proven rows name, as they came; what cannot go along is said."""
    elsewhere = [paper["document_id"] or "" for paper in papers if not paper["object_sha256"]]
    if elsewhere:
        named = ", ".join(elsewhere[:_NAMED]) + (" ..." if len(elsewhere) > _NAMED else "")
        count = f"{len(elsewhere)} of {len(papers)} documents"
        left_out.append(f"{count} are kept elsewhere, their rows are here: {named}")
    found = Papers(files={}, sealed={})
    for paper in papers:
        name, digest = paper["document_id"] or "", paper["object_sha256"]
        if not digest:
            continue
        if paper["classification"] == _PERSONAL:
            left_out.append(f"document {name}: classified as personal, shown on request only")
        else:
            found = found.and_those(
                _document(state, digest, paper["title"] or name, name, left_out)
            )
    return found


def source_files(state: State, facts: Facts, papers: frozenset[str], left_out: list[str]) -> Papers:
    """The documents that the wanted entries were read from.

    ``papers`` are digests of documents that are held as evidence: whether those go along is
    decided by their classification, never by the way that they came.
    """
    found = Papers(files={}, sealed={})
    for index in sorted(facts.wanted):
        entry = facts.entries[index]
        digest = entry.document_sha256
        if digest is not None and digest not in papers and f"documents/{digest}" not in found.files:
            more = _document(state, digest, entry.source, f"entry {index}", left_out)
            found = found.and_those(more)
    return found


def _document(state: State, digest: str, title: str, what: str, left_out: list[str]) -> Papers:
    """A document, opened where it is sealed, and then its salt is disclosed."""
    name = f"documents/{digest}"
    try:
        files = {name: state.sealed.get(digest)}
        disclosed = state.sealed.disclosed(digest)
    except StoreError:
        left_out.append(f"the document of {what}: erased or not here")
        return Papers(files={}, sealed={})
    if not disclosed:
        return Papers(files=files, sealed={})
    committed, salt = state.sealed.commitment_of(digest), disclosed[1].hex()
    line = {"commitment": committed, "salt": salt, "file": name, "title": title}
    return Papers(files=files, sealed={name: msgspec.json.encode(line)})


def _lines(encoded: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in encoded)

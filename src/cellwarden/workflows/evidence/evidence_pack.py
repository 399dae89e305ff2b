"""Evidence packs: everything that an auditor needs to follow a judgement down to signed entries."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden import checks, frameworks
from cellwarden.ledger.keys import SignerKey, VerifierKey, encode_verifier
from cellwarden.ledger.notes import Note, encode_note, sign_note
from cellwarden.model.coverage import FrameworkCoverage
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.model.ids import FactId
from cellwarden.model.moments import Moment
from cellwarden.model.report import Report
from cellwarden.model.times import format_time, parse_time
from cellwarden.reports.coverage_text import json_text, table_csv
from cellwarden.reports.evidence.packing import manifest, zipped
from cellwarden.reports.formats import render
from cellwarden.reports.pack_page import PackWords, pack_page, read_me
from cellwarden.store.facts import Fact
from cellwarden.store.objects import name_durably, write_durably
from cellwarden.store.state import Draft, State
from cellwarden.workflows import assemble
from cellwarden.workflows.evidence import pack_facts
from cellwarden.workflows.evidence.comply import (
    narrowed,
    refuse_unknown_site,
    speaking,
    standings_of,
)
from cellwarden.workflows.fleet.scan import JudgedFleet, judged_fleet
from cellwarden.workflows.ledger.checkpoints import Kept, make_checkpoint, newest_checkpoint
from cellwarden.workflows.ledger.ledger_keys import held_keys, key_history, signing_keys
from cellwarden.workflows.ledger.timestamps import token_files
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cellwarden.checks.check import Check

_ALWAYS: Final = frozenset({"key", "redaction"})
"""Acts whose entries go along with every pack: who signs, and what was erased."""

_ID_DIGITS: Final = 12


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack is about; what is not given is everything. ``period`` are two ISO dates."""

    framework: str | None = None
    site_id: str | None = None
    period: tuple[str, str] | None = None
    with_sources: bool = False
    handed_to: str | None = None

    @property
    def words(self) -> str:
        """The scope in words."""
        parts = [
            self.framework or "every framework",
            f"site {self.site_id}" if self.site_id else "every site",
            f"{self.period[0]} to {self.period[1]}" if self.period else "the whole time",
        ]
        return ", ".join(parts)


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was written: its size, what it proves, and the entry that tells of it.

    ``keys`` are those that its signatures can be verified with.
    """

    path: Path
    bytes: int
    files: int
    entries: int
    rows: int
    documents: int
    checkpoint_size: int
    manifest_sha256: str
    is_signed: bool
    keys: tuple[VerifierKey, ...]
    entry: int
    left_out: tuple[str, ...]


def export_pack(
    workspace: Workspace,
    target: Path,
    wanted: Wanted,
    *,
    as_of: str,
    now: datetime,
    actor: str,
    progress: Progress,
) -> Exported:
    """Write an evidence pack, and record that it was written.

    The ledger is signed first where its key is here; else the newest checkpoint is carried and
    the manifest goes unsigned. The judgement uses what that checkpoint covers, and nothing later.

    Raises:
        InputError: no key and no checkpoint, or no such framework, site or period.
        IntegrityError: the ledger is not what was recorded or signed.
        StoreError: the disk refused.
    """
    chosen = frameworks.catalogue_named(wanted.framework) if wanted.framework else None
    kept = _checkpoint(workspace)
    moment = Moment(as_of=as_of, known_at=kept.checkpoint.size)
    clock_at = format_time(now)
    with workspace.open_state() as state:
        with judged_fleet(
            workspace, state, moment=moment, started_at=as_of, progress=progress
        ) as judged:
            refuse_unknown_site(judged, wanted.site_id)
            progress("packing", 0, 1)
            pack = _Packed(state, judged, kept, wanted, chosen)
        progress("packing", 1, 1)
        data = zipped(pack.files)
        # No pack gets its name before the ledger tells of it: a process that dies in between
        # leaves one that is recorded and has no name, never one that nobody knows of.
        pending = target.with_name(f".{target.name}.pending")
        write_durably(pending, data)
        try:
            with state.alone():
                entry = _record(state, pack, wanted, as_of=as_of, clock_at=clock_at, actor=actor)
            name_durably(pending, target)
        finally:
            pending.unlink(missing_ok=True)
    return Exported(
        path=target,
        bytes=len(data),
        files=len(pack.files),
        entries=len(pack.facts.wanted),
        rows=pack.row_count,
        documents=sum(name.startswith("documents/") for name in pack.files),
        checkpoint_size=kept.checkpoint.size,
        manifest_sha256=pack.digest,
        is_signed=pack.is_signed,
        keys=pack.keys,
        entry=entry,
        left_out=tuple(pack.left_out),
    )


class _Packed:
    """A pack being put together: its files by name, and what is said of it."""

    def __init__(
        self,
        state: State,
        judged: JudgedFleet,
        kept: Kept,
        wanted: Wanted,
        chosen: frameworks.Catalogue | None,
    ) -> None:
        self.left_out: list[str] = []
        size = kept.checkpoint.size
        self.keys = key_history(state).keys_at(size)
        asked = speaking(judged.compiled.checks, chosen)
        report = narrowed(judged.report, asked, wanted.site_id)
        papers = _papers(judged, wanted)
        evidence = _evidence(judged, asked, report, papers, wanted)
        chosen_entries = _entries(state, wanted, size)
        self.facts = pack_facts.gather(state, size, evidence, chosen_entries)
        coverages = _coverages(judged, state, wanted, chosen)
        self.files = pack_facts.entry_file(state, self.facts)
        rows, self.row_count = pack_facts.row_file(state, self.facts)
        documents = pack_facts.paper_files(state, papers, self.left_out)
        if wanted.with_sources:
            sources = pack_facts.source_files(
                state, self.facts, _every_paper(judged), self.left_out
            )
            documents = documents.and_those(sources)
        else:
            self.left_out.append(
                "the files that entries were read from: each entry names its file's digest;"
                " `--with-sources` takes them along"
            )
        cells = pack_facts.opened_cells(state, self.facts)
        self.files |= rows | documents.files
        self.files |= pack_facts.opened_file(cells, list(documents.sealed.values()))
        self.files |= {
            f"coverage/{one.framework}.json": json_text(one).encode() for one in coverages
        }
        self.files |= {
            f"coverage/{one.framework}.csv": table_csv(one).encode() for one in coverages
        }
        self.files["findings.json"] = msgspec.json.encode(report.findings) + b"\n"
        self.files["findings.csv"] = render("csv", report).encode()
        self.files["histories.json"] = msgspec.json.encode(report.lives) + b"\n"
        self.files |= _timestamps(state, kept)
        self.files["checkpoint.note"] = encode_note(kept.note)
        self.files["keys.txt"] = "".join(f"{encode_verifier(k)}\n" for k in self.keys).encode()
        self.files["verify.py"] = (
            resources.files("cellwarden.reports").joinpath("evidence", "verify.py").read_bytes()
        )
        words = PackWords(
            scope=wanted.words,
            origin=kept.checkpoint.origin,
            size=size,
            root=kept.checkpoint.root.hex(),
            note=self.files["checkpoint.note"].decode(),
            fingerprints=tuple(key.fingerprint for key in self.keys),
            entries=len(self.facts.wanted),
            rows=self.row_count,
            documents=len(documents.files),
            left_out=tuple(self.left_out),
            proven=pack_facts.told_entries(self.facts),
        )
        self.files["index.html"] = pack_page(report, coverages, words).encode()
        self.files["README.txt"] = read_me(report, words).encode()
        self.files["pack.json"] = _about(report, wanted, kept, words)
        about = f"{report.run.operator}: {wanted.words}, as of {report.run.as_of[:10]}"
        text = manifest(kept.checkpoint.origin, about, self.files)
        self.manifest = text.encode()
        self.digest = hashlib.sha256(self.manifest).hexdigest()
        signers = _signers(state)
        self.is_signed = bool(signers)
        note = sign_note(Note(text=text, signatures=()), *signers, at_s=0)
        self.files["manifest.note"] = encode_note(note)


def _checkpoint(workspace: Workspace) -> Kept:
    """The ledger signed as it is now; the newest checkpoint where the key is not here."""
    try:
        return make_checkpoint(workspace)
    except InputError:
        newest = newest_checkpoint(workspace)
        if newest is None:
            raise
        return newest


def _timestamps(state: State, kept: Kept) -> pack_facts.Files:
    """The RFC 3161 tokens over this checkpoint, with the text that they are over."""
    tokens = [
        path
        for path in token_files(state.folder)
        if path.name.partition(".")[0] == kept.path.name.partition(".")[0]
    ]
    files = {f"timestamps/{path.name}": path.read_bytes() for path in tokens}
    return files | ({"checkpoint.txt": kept.note.text.encode()} if files else {})


def _signers(state: State) -> tuple[SignerKey, ...]:
    """The keys at hand that sign for the ledger; none where it is kept elsewhere."""
    current = key_history(state).current
    try:
        return signing_keys(held_keys(state), current) if current else ()
    except InputError:
        return ()


def _papers(judged: JudgedFleet, wanted: Wanted) -> list[dict[str, str | None]]:
    """The documents in scope, as the register tells them: all, or those about the site."""
    rows = assemble.fetch(
        judged.connection,
        "select *, cast(entry as varchar) || '.' || cast(row as varchar) as fact_id"
        " from document order by document_id",
    )
    if wanted.site_id is None:
        return rows
    about = {wanted.site_id} | {
        asset
        for (asset,) in judged.connection.execute(
            "select asset_id from asset where site_id = $site", {"site": wanted.site_id}
        ).fetchall()
    }
    return [row for row in rows if row["about_id"] in about]


def _every_paper(judged: JudgedFleet) -> frozenset[str]:
    """The digests of all documents that were ever held as evidence."""
    rows = judged.connection.execute(
        "select distinct object_sha256 from document_history where object_sha256 is not null"
    ).fetchall()
    return frozenset(digest for (digest,) in rows)


def _evidence(
    judged: JudgedFleet,
    asked: Sequence[Check],
    report: Report,
    papers: Iterable[dict[str, str | None]],
    wanted: Wanted,
) -> set[str]:
    found = set(checks.evidence_of(judged.connection, asked, site_id=wanted.site_id))
    found |= {fact for finding in report.findings for fact in finding.evidence}
    found |= {FactId(event.fact) for life in report.lives for event in life.events}
    return found | {paper["fact_id"] or "" for paper in papers}


def _entries(state: State, wanted: Wanted, size: int) -> set[int]:
    """The entries that go along whatever rests on them: all, or those of the period."""
    narrow = wanted.framework is not None or wanted.site_id is not None
    first, last = wanted.period or ("", "9999")
    return {
        index
        for index, entry in state.entries()
        if index < size
        and (entry.act in _ALWAYS or (not narrow and first <= entry.recorded_at[:10] <= last))
    }


def _coverages(
    judged: JudgedFleet,
    state: State,
    wanted: Wanted,
    chosen: frameworks.Catalogue | None,
) -> tuple[FrameworkCoverage, ...]:
    found = standings_of(judged, state, wanted.site_id)
    return tuple(
        frameworks.coverage(one, found, as_of=judged.report.run.as_of, site_id=wanted.site_id)
        for one in ([chosen] if chosen else frameworks.catalogues().values())
        if chosen or frameworks.requirements_of(one.label)
    )


def _about(report: Report, wanted: Wanted, kept: Kept, words: PackWords) -> bytes:
    value = {
        "operator": report.run.operator,
        "scope": wanted.words,
        "framework": wanted.framework,
        "site": wanted.site_id,
        "period": wanted.period,
        "as_of": report.run.as_of,
        "origin": kept.checkpoint.origin,
        "size": kept.checkpoint.size,
        "root": kept.checkpoint.root.hex(),
        "catalogue_sha256": report.run.catalogue_sha256,
        "cellwarden": report.run.version,
        "left_out": words.left_out,
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _record(
    state: State, pack: _Packed, wanted: Wanted, *, as_of: str, clock_at: str, actor: str
) -> int:
    kind = kinds()["evidence_pack"]
    first, last = wanted.period or (None, None)
    row = kind.row(
        {
            "pack_id": pack.digest[:_ID_DIGITS],
            "framework": wanted.framework,
            "site_id": wanted.site_id,
            "period_from": first,
            "period_to": last,
            "as_of": as_of,
            "manifest_sha256": pack.digest,
            "checkpoint_size": str(pack.facts.size),
            "entries": str(len(pack.facts.wanted)),
            "rows": str(pack.row_count),
            "handed_to": wanted.handed_to,
            "exported_at": clock_at,
        }
    )
    draft = Draft(
        act="export",
        actor=actor,
        source="evidence packs",
        clock_at=clock_at,
        document_sha256=state.objects.put(pack.manifest),
        note=f"evidence pack: {wanted.words}; manifest {pack.digest[:_ID_DIGITS]}",
    )
    return state.record(draft, {kind.name: [Fact(cells=row, valid_from=clock_at)]})


def period_of(words: tuple[str, str] | None) -> tuple[str, str] | None:
    """A period from two words as ISO dates.

    Raises:
        InputError: a word is no date, or the end lies before the beginning.
    """
    if words is None:
        return None
    first, last = (format_time(parse_time(word))[:10] for word in words)
    if last < first:
        raise InputError(
            f"the period ends on {last}, before it begins on {first}",
            advice="give the first day, then the last: --period 2026-01-01 2026-06-30",
        )
    return first, last

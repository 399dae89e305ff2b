"""Advisory data to and from others: its status, bundles for air-gapped sites, corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from cellwarden import __version__
from cellwarden.advisories import feeds
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.model.report import Coverage, FeedAge, FeedChecks
from cellwarden.store.facts import Fact
from cellwarden.store.objects import write_durably
from cellwarden.store.state import Draft, State
from cellwarden.workflows import assemble
from cellwarden.workflows.advisory.feed_ages import feed_ages, feed_checks
from cellwarden.workflows.advisory.match import matches_of
from cellwarden.workflows.fleet import summarise
from cellwarden.workflows.workspace import Progress, Workspace, nobody_watches

CORRECTABLE = ("vendor", "product", "version_text", "status")
"""What a local correction may change in a statement."""


class FeedStatus(NamedTuple):
    """The age of every expected feed, what stands beside documents, and what they speak of."""

    ages: tuple[FeedAge, ...]
    checks: FeedChecks
    coverage: Coverage


def feed_status(
    workspace: Workspace, *, moment: Moment, progress: Progress = nobody_watches
) -> FeedStatus:
    """How old and how well attested the data is, and how much of the fleet it speaks of."""
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        ages = feed_ages(connection, workspace, state, moment.as_of)
        beside = feed_checks(connection)
        components = assemble.fleet(connection)
        matches = matches_of(connection, components, progress=progress)
        coverage = summarise.coverage(
            connection,
            matches=matches,
            advisories_of=assemble.advisories_by_maker(connection),
            checks=0,
            verdicts={},
            understood=assemble.understood(components),
        )
        connection.close()
    return FeedStatus(ages=ages, checks=beside, coverage=coverage)


def export_feeds(workspace: Workspace, bundle: Path, *, moment: Moment, made_at: str) -> int:
    """Write every document in force to one digest-listed bundle and return how many there are.

    Raises:
        InputError: nothing was imported yet.
        IntegrityError: a kept document is not what was imported.
        StoreError: the disk refused.
    """
    if bundle.suffix != ".zip":
        raise InputError(
            f"{bundle}: a bundle is a .zip file", advice="give it a name that ends in .zip"
        )
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        ages = feed_ages(connection, workspace, state, moment.as_of)
        wanted = dict(connection.sql("select sha256, pack_sha256 from feed_document").fetchall())
        connection.close()
        documents = list(_kept(state, wanted))
    if not documents:
        raise InputError(
            "no advisory data was imported yet, so there is nothing to export",
            advice="run `cellwarden feeds import PATH` or `cellwarden feeds sync` first",
        )
    meta = feeds.BundleMeta(exported_at=made_at, made_by=f"cellwarden {__version__}", feeds=ages)
    write_durably(bundle, feeds.export_bundle(documents, meta))
    return len(documents)


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What an advisory should say, in somebody's word. ``leaf_id`` may be ``*`` for all leaves."""

    advisory_id: str
    leaf_id: str
    field: str
    value: str
    reason: str
    author: str


def record_correction(workspace: Workspace, correction: Correction, *, clock_at: str) -> int:
    """Record a local correction as an entry with its author; every later match names it.

    Raises:
        InputError: no such advisory, leaf or field, or there is no reason.
    """
    if correction.field not in CORRECTABLE:
        raise InputError(
            f"{correction.field!r} cannot be corrected",
            advice=f"choose one of {', '.join(CORRECTABLE)}",
        )
    if not correction.reason.strip():
        raise InputError(
            "a correction needs a reason", advice="say in --reason how you know, and from where"
        )
    with workspace.open_state() as state:
        connection = state.connect(as_of=clock_at)
        leaves = connection.execute(
            "select distinct leaf_id from statement where advisory_id = ?",
            [correction.advisory_id],
        ).fetchall()
        connection.close()
        known = sorted(leaf for (leaf,) in leaves)
        if not known or correction.leaf_id not in {"*", *known}:
            raise InputError(
                f"advisory {correction.advisory_id!r} has no leaf {correction.leaf_id!r}",
                advice="its leaves are " + ", ".join(known[:8])
                if known
                else "check the id, or import it with `cellwarden feeds import`",
            )
        row = kinds()["correction"].row(msgspec.structs.asdict(correction))
        draft = Draft(
            act="correction", actor=correction.author, source="decisions", clock_at=clock_at
        )
        return state.record(draft, {"correction": [Fact(cells=row)]})


def _kept(state: State, wanted: dict[str, str | None]) -> Iterator[Document]:
    """The raw documents in force, pack by pack, each checked against its digest."""
    for pack in sorted({pack for pack in wanted.values() if pack}):
        for document in feeds.unpack(state.objects.get(pack)):
            if wanted.get(hashlib.sha256(document.data).hexdigest()) == pack:
                yield document

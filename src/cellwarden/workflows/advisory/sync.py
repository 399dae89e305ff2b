"""Fetch what is new from the HTTPS sources of a workspace, and record it source by source."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from typing import Final

import msgspec

from cellwarden.advisories.feeds import Verifier
from cellwarden.advisories.feeds import sync as transport
from cellwarden.model.advisories import Document
from cellwarden.model.errors import CellwardenError, InputError, SourceError
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feed_checks import key_ring
from cellwarden.workflows.advisory.feeds import (
    ImportOutcome,
    record_documents,
)
from cellwarden.workflows.workspace import Progress, SyncSource, Workspace

_AT_ONCE: Final = 500
"""Documents an entry: after each the state is saved, so that a run that breaks off resumes."""


class SyncOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How the sources went: one line each for people, and errors for those that didn't answer."""

    lines: tuple[str, ...]
    problems: tuple[CellwardenError, ...]


def sync_feeds(
    workspace: Workspace, *, clock_at: str, actor: str, progress: Progress
) -> SyncOutcome:
    """Ask every source of the settings for what is new, and record it.

    What was fetched is recorded in entries of at most 500 documents, and what is recorded is never
    asked for again. A source that doesn't answer stops neither the others nor what it gave before.

    Raises:
        InputError: the settings name no source, or a wrong one.
        StoreError: the ledger could not be written.
    """
    sources = workspace.settings.feeds.sync
    if not sources:
        raise InputError(
            "the settings name no source to fetch from",
            advice="add one under [[feeds.sync]] in cellwarden.toml; docs/workspace.md shows how",
        )
    lines: list[str] = []
    problems: list[CellwardenError] = []
    required = workspace.settings.feeds.required
    with (
        workspace.open_state() as state,
        state.alone(),
        key_ring(workspace.signing_keys) as keys,
    ):
        for source in sources:
            options = _options(workspace, source, keys)
            status, outcomes = _sync_one(
                workspace, state, source, options, clock_at=clock_at, actor=actor, progress=progress
            )
            lines.append(_line(source, status))
            lines += [f"  {words}" for one in outcomes for words in one.checks]
            contradicted = [one for outcome in outcomes for one in outcome.contradicted]
            problems += [one.error for one in contradicted if one.feed in required]
            if not status.is_complete:
                why = status.why_incomplete or "; ".join(
                    f"{url}: {reason}" for url, reason in status.refused[:3]
                )
                problems.append(
                    SourceError(
                        f"{source.name} was not read to its end: {why}",
                        advice="what came is recorded; run `cellwarden feeds sync` again to go on",
                    )
                )
    return SyncOutcome(lines=tuple(lines), problems=tuple(problems))


def _sync_one(
    workspace: Workspace,
    state: State,
    source: SyncSource,
    options: transport.Options,
    *,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> tuple[transport.Status, list[ImportOutcome]]:
    path = workspace.state_folder / "sync.json"
    remembered = transport.load_state(path)
    run = transport.sync(
        transport.Source(
            name=source.name,
            kind=source.kind,
            url=source.url,
            params=tuple(sorted(source.params.items())),
        ),
        state=remembered,
        as_of=clock_at,
        options=options,
        sleep=time.sleep,
    )
    outcomes: list[ImportOutcome] = []
    for documents in _chunks(iter(run)):
        progress(f"fetching {source.name}", run.status.fetched, 0)
        outcome = record_documents(
            state,
            documents,
            clock_at=clock_at,
            actor=actor,
            note=f"from {source.url}",
            progress=lambda *_: None,
            may_be_empty=True,
        )
        outcomes.append(outcome)
        transport.save_state(path, remembered)
    transport.save_state(path, remembered)
    return run.status, outcomes


def _chunks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while chunk := list(itertools.islice(documents, _AT_ONCE)):
        yield chunk


def _options(workspace: Workspace, source: SyncSource, keys: Verifier | None) -> transport.Options:
    key = os.environ.get(source.api_key_env) if source.api_key_env else None
    authorities = str(workspace.folder / source.ca_file) if source.ca_file else None
    return transport.Options(ca_file=authorities, api_key=key, keys=keys)


def _line(source: SyncSource, status: transport.Status) -> str:
    state = "complete" if status.is_complete else "INCOMPLETE"
    return (
        f"{source.name}: {state}, {status.fetched} new or changed, "
        f"{status.unchanged} unchanged, {len(status.refused)} refused"
    )

"""Fetch what is new from the HTTPS sources of a workspace, and record it source by source."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from typing import Final

import msgspec

from cellwarden.advisories.feeds import sync as transport
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError, SourceError
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feeds import record_documents
from cellwarden.workflows.workspace import Progress, SyncSource, Workspace

_AT_ONCE: Final = 500
"""Documents an entry: after each the state is saved, so that a run that breaks off resumes."""


class SyncOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How the sources went: one line each for people, and errors for those that didn't answer."""

    lines: tuple[str, ...]
    problems: tuple[SourceError, ...]


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
    problems: list[SourceError] = []
    with workspace.open_state() as state, state.alone():
        for source in sources:
            status = _sync_one(
                workspace, state, source, clock_at=clock_at, actor=actor, progress=progress
            )
            lines.append(_line(source, status))
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
    *,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> transport.Status:
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
        options=_options(workspace, source),
        sleep=time.sleep,
    )
    for documents in _chunks(iter(run)):
        progress(f"fetching {source.name}", run.status.fetched, 0)
        record_documents(
            state,
            documents,
            clock_at=clock_at,
            actor=actor,
            note=f"from {source.url}",
            progress=lambda *_: None,
            may_be_empty=True,
        )
        transport.save_state(path, remembered)
    transport.save_state(path, remembered)
    return run.status


def _chunks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while chunk := list(itertools.islice(documents, _AT_ONCE)):
        yield chunk


def _options(workspace: Workspace, source: SyncSource) -> transport.Options:
    key = os.environ.get(source.api_key_env) if source.api_key_env else None
    authorities = str(workspace.folder / source.ca_file) if source.ca_file else None
    return transport.Options(ca_file=authorities, api_key=key)


def _line(source: SyncSource, status: transport.Status) -> str:
    state = "complete" if status.is_complete else "INCOMPLETE"
    return (
        f"{source.name}: {state}, {status.fetched} new or changed, "
        f"{status.unchanged} unchanged, {len(status.refused)} refused"
    )

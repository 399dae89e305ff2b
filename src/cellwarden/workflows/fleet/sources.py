"""The configured feeds: what is absent, empty, unreadable or older than policy ends with 3."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from cellwarden.advisories import feeds
from cellwarden.model.errors import CellwardenError, SourceError
from cellwarden.model.report import Coverage, FeedAge
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feeds import ImportOutcome, import_feeds
from cellwarden.workflows.workspace import Progress, Workspace

_UPDATE: Final = "bring it up to date with `cellwarden feeds import` or `feeds sync`"


def import_configured(
    workspace: Workspace, state: State, *, clock_at: str, actor: str, progress: Progress
) -> tuple[CellwardenError, ...]:
    """Import what lies under ``feeds.paths`` and say what is wrong with each of them.

    A folder that holds nothing is wrong only where it gave documents before, or where no advisory
    was ever imported in any other way: ``feeds import`` and ``feeds sync`` need no folder.

    Returns:
        What ends the scan with 3 although it could be done with what is known, or with 4 where a
        document of a required feed is not what its digest or signature says. Where no advisory is
        known at all and no path says why, there is a ``NothingKnownError`` among them.
    """
    problems: list[SourceError] = []
    contradicted: list[CellwardenError] = []
    required = workspace.settings.feeds.required
    for name in workspace.settings.feeds.paths:
        try:
            found = _import_path(
                workspace, state, name, clock_at=clock_at, actor=actor, progress=progress
            )
            contradicted += [one.error for one in found.contradicted if one.feed in required]
        except SourceError as error:
            problems.append(error)
    told = [error for error in problems if not isinstance(error, _NeverFilledError)]
    if not told and not _has_advisories(state):
        told.append(_nothing_known(workspace))
    return (*told, *contradicted)


class NothingKnownError(SourceError):
    """No advisory was ever imported: nothing can be matched, and no part may look fine."""


class _NeverFilledError(SourceError):
    """A configured folder that has been empty from the start."""


def _import_path(
    workspace: Workspace,
    state: State,
    name: str,
    *,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> ImportOutcome:
    path = workspace.folder / name
    if not path.exists():
        raise SourceError(
            f"{path} is configured under feeds.paths and does not exist",
            advice="mount or make it, or take it out of feeds.paths in cellwarden.toml",
        )
    if _is_empty(path):
        if _gave_before(state, name):
            raise SourceError(
                f"{path} gave advisories before and is empty now",
                advice="look whether the drive is mounted and the download still runs; if it is "
                "meant to be empty, take it out of feeds.paths in cellwarden.toml",
            )
        raise _NeverFilledError(
            f"{path} holds no advisory documents", advice=f"put documents there, or {_UPDATE}"
        )
    return import_feeds(
        state,
        [path],
        clock_at=clock_at,
        actor=actor,
        progress=progress,
        keys=workspace.signing_keys,
        note=_note(name),
    )


def _is_empty(path: Path) -> bool:
    try:
        next(iter(feeds.documents([path])))
    except SourceError:
        return True
    return False


def _note(name: str) -> str:
    """What an entry says of documents that lay in a configured folder.

    Their names alone do not tell: a folder that somebody imports by hand may be called the same.
    """
    return f"{name} (feeds.paths)"


def _gave_before(state: State, name: str) -> bool:
    return any(
        entry.act == "feeds" and entry.note == _note(name) and bool(entry.document_sha256)
        for _, entry in state.entries()
    )


def _has_advisories(state: State) -> bool:
    return any(entry.act == "feeds" for _, entry in state.entries())


def _nothing_known(workspace: Workspace) -> NothingKnownError:
    paths = [str(workspace.folder / name) for name in workspace.settings.feeds.paths]
    return NothingKnownError(
        "no advisory has ever been imported, so nothing could be matched",
        advice=f"put CSAF, CVE or KEV files into {' or '.join(paths)}, or run "
        "`cellwarden feeds import PATH`",
    )


def outdated(required: Collection[str], ages: Sequence[FeedAge]) -> tuple[SourceError, ...]:
    """The required feeds that never came or are older than ``feeds.max_age_days`` allows.

    A feed that is not required is told as stale in every report, and ends nothing.
    """
    return tuple(
        SourceError(
            f"{why}, and feeds.required asks for it",
            advice=f"{_UPDATE}, or change feeds.max_age_days or feeds.required in cellwarden.toml",
        )
        for age in ages
        if age.feed in required and (why := what_is_wrong(age))
    )


def nothing_registered(coverage: Coverage) -> SourceError | None:
    """Why a scan found nothing where the register names nothing that could be matched."""
    if coverage.components:
        return None
    if coverage.assets:
        return SourceError(
            f"the register names {coverage.assets} assets and not one component of them, so no"
            " firmware could be matched",
            advice="list their parts with firmware: `cellwarden register template component`",
        )
    return SourceError(
        "the register names no asset and no component, so nothing could be judged",
        advice="fill the files in register/, or `cellwarden register import FILE`",
    )


def what_is_wrong(age: FeedAge) -> str | None:
    """Why nothing can be concluded from what a feed does not say; nothing where it is fresh."""
    if not age.documents:
        return f"{age.feed} data was never imported"
    if not age.is_stale:
        return None
    if age.age_days is None:
        return f"{age.feed} data is of unknown age"
    return f"{age.feed} data is {age.age_days} days old, older than the settings allow"

"""Advisories prepared for matching, kept as derived files and made again where they do not fit."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cellwarden.advisories.matching import Matcher, Prepared, Times, dump, load, rules_digest
from cellwarden.model.moments import Moment
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

FEWEST_TO_KEEP: Final = 2_000
"""For fewer components it is quicker to prepare what they need, and to keep nothing."""
_MOST_KEPT: Final = 4
_SAID: Final = ("statement", "remediation", "correction")
_DECIDED: Final = "match_decision"
_ENDING: Final = ".prepared"


def matcher_of_workspace(
    workspace: Workspace, *, moment: Moment, count: int, progress: Progress
) -> Matcher:
    """A matcher over what a workspace has imported, and what its people decided.

    ``count`` is how many components are to be matched. Facts are only ever added, so the names of
    their partitions say whether what was kept still fits.
    """
    with workspace.open_state() as state:
        size = state.log.size() if moment.known_at is None else moment.known_at
        parts = {kind: state.partitions.entries_of(kind, size) for kind in (*_SAID, _DECIDED)}
        names = [f"{kind}/{path.name}" for kind in _SAID for path in parts[kind]]
        file = workspace.state_folder / "derived" / _name(names)
        prepared = _kept(file, moment.as_of)
        if prepared is not None and not parts[_DECIDED]:
            return Matcher(prepared)
        connection = state.connect_at(moment)
        try:
            if prepared is None:
                progress("preparing the advisories", 0, 0)
                prepared = _prepared(connection)
                if count >= FEWEST_TO_KEEP:
                    _keep(file, dump(prepared, _times(connection, moment.as_of)))
            return Matcher(prepared, decisions=_decisions(connection))
        finally:
            connection.close()


def matcher_of_paths(paths: Sequence[Path], *, count: int, progress: Progress) -> Matcher:
    """A matcher over advisory files, folders and archives; ``count`` as above.

    What was prepared before is found by a digest of all documents.

    Raises:
        SourceError: there is no advisory under these paths.
    """
    folder = _cache()
    is_worth_it = folder is not None and (
        count >= FEWEST_TO_KEEP or any(folder.glob(f"*{_ENDING}"))
    )
    file = folder / _name(_digests(paths)) if folder is not None and is_worth_it else None
    prepared = _kept(file, "") if file is not None else None
    if prepared is None:
        prepared = _read(paths, progress)
        if file is not None and count >= FEWEST_TO_KEEP:
            _keep(file, dump(prepared))
    return Matcher(prepared)


def _prepared(connection: duckdb.DuckDBPyConnection) -> Prepared:
    from cellwarden.advisories.matching import corrections_of, prepare
    from cellwarden.workflows import assemble

    return prepare(
        assemble.statements(connection),
        assemble.remedies(connection),
        corrections_of(assemble.fetch(connection, "select * from correction")),
    )


def _decisions(connection: duckdb.DuckDBPyConnection) -> Iterable[dict[str, str | None]]:
    from cellwarden.workflows import assemble

    return assemble.decisions_in_force(connection)


def _read(paths: Sequence[Path], progress: Progress) -> Prepared:
    from cellwarden.advisories.matching import prepare
    from cellwarden.workflows.advisory.match import read_advisories

    return prepare(*read_advisories(paths, progress=progress))


def _digests(paths: Sequence[Path]) -> Iterable[str]:
    from cellwarden.advisories import feeds

    for document in feeds.documents(paths):
        yield f"{document.name} {hashlib.sha256(document.data).hexdigest()}"


def _times(connection: duckdb.DuckDBPyConnection, as_of: str) -> Times:
    """Since and until when the facts about advisories are what they are at a time."""
    every = " union ".join(
        f"select unnest([valid_from, valid_to]) as moment from {kind}_history" for kind in _SAID
    )
    found = connection.execute(
        "select max(moment) filter (where moment <= $as_of),"
        f" min(moment) filter (where moment > $as_of) from ({every})",
        {"as_of": as_of},
    ).fetchall()
    since, until = found[0]
    return Times(since=since or "", until=until)


# ---- files ----------------------------------------------------------------------------------


def _name(parts: Iterable[str]) -> str:
    digest = hashlib.sha256(rules_digest().encode())
    for part in parts:
        digest.update(f"\n{part}".encode())
    return f"{digest.hexdigest()[:40]}{_ENDING}"


def _cache() -> Path | None:
    """Where a user's derived files may lie (XDG Base Directory Specification)."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    if said and Path(said).is_absolute():
        return Path(said) / "cellwarden"
    try:
        return Path.home() / ".cache" / "cellwarden"
    except RuntimeError:
        return None


def _kept(file: Path, as_of: str) -> Prepared | None:
    try:
        return load(file.read_bytes(), as_of=as_of)
    except OSError:
        return None


def _keep(file: Path, data: bytes) -> None:
    """Write a derived file, whole or not at all, and forget the oldest; failing costs time."""
    pending = file.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            pending.write_bytes(data)
            pending.replace(file)
        finally:
            pending.unlink(missing_ok=True)
        kept = sorted(file.parent.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-_MOST_KEPT]:
            path.unlink(missing_ok=True)

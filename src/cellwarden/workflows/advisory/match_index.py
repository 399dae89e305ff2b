"""Advisories prepared for matching, kept as derived files and made again where they do not fit."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories.answered import (
    ALWAYS,
    Answered,
    Groups,
    Seen,
    Times,
    as_met,
    name_of,
    open_book,
    packed,
    rules_digest,
)
from cellwarden.model.matching import Component, Match
from cellwarden.model.moments import Moment
from cellwarden.reports.lines import match_line
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

    from cellwarden.advisories.matching import Lines, Matcher, Prepared

FEWEST_TO_KEEP: Final = 2_000
"""For fewer components it is quicker to prepare what they need, and to keep nothing."""
MOST_NAMES: Final = 40_000
"""With more products, answering for all of them takes longer than anybody waits."""
_MOST_KEPT: Final = 4
_SAID: Final = ("statement", "remediation", "correction")
_DECIDED: Final = "match_decision"
MOST_MET: Final = 50_000
"""Firmware texts, over all names, whose rows are kept beyond the plain versions."""
_PREPARED, _ANSWERED, _MET = ".prepared", ".answered", ".met"


class Index:
    """What an inventory is matched against: answers found beforehand, and a matcher if needed.

    ``decided`` are the components, or kinds of component, on which people decided.
    """

    def __init__(
        self,
        make: Callable[[], Matcher],
        answered: Answered,
        *,
        decided: frozenset[str] = frozenset(),
        file: Path | None = None,
    ) -> None:
        self._make = make
        self._answered = answered
        self._decided = decided
        self._file = file
        self._made: Lines | None = None
        self.met: dict[str, Seen] = {}

    def lines(self, component: Component) -> bytes:
        """What is said of a component, as lines of JSON; empty where nothing is."""
        is_decided = self._decided and self._is_decided(component)
        found = None if is_decided else self._answered.lines(component)
        if found is None:
            found = self._long_way().of(component)
            if self._file is not None and not is_decided:
                page = self.met.setdefault(name_of(component), {})
                page[component.firmware] = as_met(found, component.component_id)
        return found

    def learn(self, met: Mapping[str, Seen]) -> None:
        """Take over what another process met."""
        for name, page in met.items():
            self.met.setdefault(name, {}).update(page)

    def remember(self) -> None:
        """Keep what took the long way for the next run; failing costs time alone."""
        if not self.met or self._file is None:
            return
        pages = self._answered.with_met(self.met)
        if sum(map(len, pages.values())) <= MOST_MET:
            data = packed(pages.items(), self._answered.times)
            _keep(self._file.with_suffix(_MET), data)

    def settle(self, components: Iterable[Component]) -> None:
        """Make the matcher now where a component's name was not answered beforehand."""
        if not all(map(self._answered.knows, components)):
            self._long_way()

    def _long_way(self) -> Lines:
        """The matcher's lines; it is made when somebody first asks for it."""
        if self._made is None:
            from cellwarden.advisories.matching import Lines

            self._made = Lines(self._make(), encoded)
        return self._made

    def _is_decided(self, component: Component) -> bool:
        kind = f"{component.manufacturer}|{component.model}"
        return component.component_id in self._decided or kind in self._decided


def index_of_workspace(
    workspace: Workspace, *, moment: Moment, count: int, progress: Progress
) -> Index:
    """An index over what a workspace has imported, and what its people decided.

    ``count`` is how many components are to be matched. Facts are only ever added, so the names of
    their partitions say whether what was kept still fits.
    """
    with workspace.open_state() as state:
        size = state.log.size() if moment.known_at is None else moment.known_at
        parts = {kind: state.partitions.entries_of(kind, size) for kind in (*_SAID, _DECIDED)}
        if parts[_DECIDED]:
            connection = state.connect_at(moment)
            decisions = list(_decisions(connection))
            connection.close()
        else:
            decisions = []
    names = [f"{kind}/{path.name}" for kind in _SAID for path in parts[kind]]
    file = workspace.state_folder / "derived" / _name(names)
    seen = msgspec.structs.replace(moment, known_at=size)

    def read() -> tuple[Prepared, Times]:
        progress("preparing the advisories", 0, 0)
        with workspace.open_state() as state:
            connection = state.connect_at(seen)
            try:
                return _prepared(connection), _times(connection, seen.as_of)
            finally:
                connection.close()

    return _index(file, read, as_of=moment.as_of, count=count, decisions=decisions)


def index_of_paths(paths: Sequence[Path], *, count: int, progress: Progress) -> Index:
    """An index over advisory files, folders and archives; ``count`` as above.

    What was prepared before is found by a digest of all documents.

    Raises:
        SourceError: there is no advisory under these paths.
    """
    folder = _cache()
    is_worth_it = folder is not None and (
        count >= FEWEST_TO_KEEP or any(folder.glob(f"*{_PREPARED}"))
    )
    file = folder / _name(_digests(paths)) if folder is not None and is_worth_it else None
    return _index(file, lambda: (_read(paths, progress), ALWAYS), as_of="", count=count)


def _index(
    file: Path | None,
    read: Callable[[], tuple[Prepared, Times]],
    *,
    as_of: str,
    count: int,
    decisions: Sequence[Mapping[str, str | None]] = (),
) -> Index:
    """The index whose files have a name in common; they are made where there is enough to do."""
    decided = frozenset(one["component_id"] or "" for one in decisions)

    def make() -> Matcher:
        from cellwarden.advisories.matching import Matcher

        return Matcher(_kept(file, as_of) or read()[0], decisions=decisions)

    known = _answered(file, as_of)
    if file is None or (known is None and count < FEWEST_TO_KEEP):
        return Index(make, Answered(), decided=decided)
    if known is None:
        _make_files(file, *read())
        known = _answered(file, as_of)
    return Index(make, known or Answered(), decided=decided, file=file)


def _make_files(file: Path, prepared: Prepared, times: Times) -> None:
    """Work out and keep what does not depend on any inventory."""
    from cellwarden.advisories.matching import Matcher, answered, dump, load, named

    data = dump(prepared, times)
    _keep(file, data)
    matcher = Matcher(load(data, as_of=times.since) or prepared)
    wanted = named(matcher)
    pages = answered(matcher, wanted if len(wanted) <= MOST_NAMES else (), encoded)
    _keep(file.with_suffix(_ANSWERED), packed(pages, times))
    file.with_suffix(_MET).unlink(missing_ok=True)


def encoded(match: Match) -> bytes:
    """One match as a line of JSON, in UTF-8."""
    return match_line(match).encode()


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
    return f"{digest.hexdigest()[:40]}{_PREPARED}"


def _cache() -> Path | None:
    """Where a user's derived files may lie (XDG Base Directory Specification)."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    if said and Path(said).is_absolute():
        return Path(said) / "cellwarden"
    try:
        return Path.home() / ".cache" / "cellwarden"
    except RuntimeError:
        return None


def _answered(file: Path | None, as_of: str) -> Answered | None:
    """What was answered before for a time; nothing where nothing was, or for another time."""
    plain = None if file is None else open_book(file.with_suffix(_ANSWERED), Groups, as_of=as_of)
    if file is None or plain is None:
        return None
    return Answered(plain, open_book(file.with_suffix(_MET), Seen, as_of=as_of))


def _kept(file: Path | None, as_of: str) -> Prepared | None:
    from cellwarden.advisories.matching import load

    if file is None:
        return None
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
        kept = sorted(file.parent.glob(f"*{_PREPARED}"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-_MOST_KEPT]:
            for suffix in (_PREPARED, _ANSWERED, _MET):
                path.with_suffix(suffix).unlink(missing_ok=True)

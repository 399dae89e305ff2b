"""What an inventory is matched against: answers found beforehand, and a matcher where needed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories.answered import Answered
from cellwarden.advisories.met import Met
from cellwarden.model.matching import Component
from cellwarden.model.moments import Moment
from cellwarden.workflows.advisory.match_files import (
    PREPARED,
    SAID,
    UNREAD,
    OfPaths,
    OfWorkspace,
    answered_in,
    encoded,
    keep_met,
    make_files,
    name_of_files,
    prepared_in,
    unread_in,
)
from cellwarden.workflows.workspace import Progress, Telling, Workspace, unheard

if TYPE_CHECKING:
    from cellwarden.advisories.matching import Lines, Matcher

FEWEST_TO_KEEP: Final = 2_000
"""For fewer components it is quicker to prepare what they need, and to keep what they met."""
_DECIDED: Final = "match_decision"

Decisions = Sequence[Mapping[str, str | None]]


class Index:
    """What an inventory is matched against.

    ``make`` gives the matcher, ``keep`` keeps what was met for the next run, and ``decisions``
    are the rows of what people decided: on these components, or kinds of them, nothing that was
    found beforehand is taken.
    """

    def __init__(
        self,
        make: Callable[[], Matcher],
        answered: Answered | None = None,
        *,
        decisions: Decisions = (),
        keep: Callable[[Met], None] | None = None,
    ) -> None:
        self._make = make
        self._answered = Answered() if answered is None else answered
        self._decided = frozenset(one["component_id"] or "" for one in decisions)
        self._keep = keep
        self._made: Lines | None = None
        self.met = Met()

    def lines(self, component: Component) -> bytes:
        """What is said of a component, as lines of JSON; empty where nothing is."""
        if self._decided and self._is_decided(component):
            return self._long_way().of(component)
        found = self._answered.lines(component)
        if found is None:
            found = self._long_way().of(component)
            if self._keep is not None:
                self.met.add(component, found)
        return found

    def settle(self, components: Iterable[Component]) -> bool:
        """Make the matcher now where a component's name was not answered beforehand.

        True where all of them were.
        """
        knows_all = self._answered.knows_all(components)
        if not knows_all:
            self._long_way()
        return knows_all

    def remember(self) -> None:
        """Keep what took the long way for the next run; failing costs time alone."""
        if len(self.met) and self._keep is not None:
            self._keep(self.met)

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
        parts = {kind: state.partitions.entries_of(kind, size) for kind in (*SAID, _DECIDED)}
        decisions: Decisions = ()
        if parts[_DECIDED]:
            from cellwarden.workflows import assemble

            connection = state.connect_at(moment)
            decisions = list(assemble.decisions_in_force(connection))
            connection.close()
    names = [f"{kind}/{path.name}" for kind in SAID for path in parts[kind]]
    file = workspace.state_folder / "derived" / name_of_files(names)
    read = OfWorkspace(workspace.folder, msgspec.structs.replace(moment, known_at=size))
    return _index(file, read, moment.as_of, count=count, progress=progress, decisions=decisions)


def index_of_paths(
    paths: Sequence[Path], *, count: int, progress: Progress, tell: Telling = unheard
) -> Index:
    """An index over advisory files, folders and archives; ``count`` as above.

    What was prepared before is found by a digest of all documents, and of what the files beside
    them object to; what could not be read then is told again.

    Raises:
        SourceError: there is no advisory under these paths.
    """
    folder = _cache()
    is_worth_it = folder is not None and (
        count >= FEWEST_TO_KEEP or any(folder.glob(f"*{PREPARED}"))
    )
    file = folder / name_of_files(_digests(paths)) if folder is not None and is_worth_it else None
    words = file.with_suffix(UNREAD) if file is not None else None
    read = OfPaths(tuple(paths), tell, words)
    index = _index(file, read, "", count=count, progress=progress)
    for one in unread_in(words):
        tell(one)
    return index


def _index(
    file: Path | None,
    read: OfWorkspace | OfPaths,
    as_of: str,
    *,
    count: int,
    progress: Progress,
    decisions: Decisions = (),
) -> Index:
    """The index whose files have a name in common; they are made where there is enough to do."""

    def make() -> Matcher:
        from cellwarden.advisories.matching import Matcher

        prepared = prepared_in(file, as_of)
        if prepared is None:
            progress("preparing the advisories", 0, 0)
            prepared = read()[0]
        return Matcher(prepared, decisions=decisions)

    known = answered_in(file, as_of)
    if file is not None and count >= FEWEST_TO_KEEP and not known.has_answers:
        make_files(file, read, progress=progress)
        known = answered_in(file, as_of)
    keep = None if file is None else partial(keep_met, file, known, read.times)
    return Index(make, known, decisions=decisions, keep=keep)


def _digests(paths: Sequence[Path]) -> Iterable[str]:
    from cellwarden.advisories import feeds

    for document in feeds.documents(paths):
        objection = document.reason if isinstance(document, feeds.Tampered) else ""
        yield f"{document.name} {hashlib.sha256(document.data).hexdigest()} {objection}"


def _cache() -> Path | None:
    """Where a user's derived files may lie (XDG Base Directory Specification)."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    if said and Path(said).is_absolute():
        return Path(said) / "cellwarden"
    try:
        return Path.home() / ".cache" / "cellwarden"
    except RuntimeError:
        return None

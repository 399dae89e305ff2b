"""What matching works out before any inventory comes, kept as derived files beside the state.

Three files have one name, which says what they were made of: the prepared statements, the answers
for the names that advisories use, and the rows of what earlier runs met. Losing them costs time.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories.answered import (
    ANSWERED,
    MET,
    Answered,
    Answers,
    Seen,
    rules_digest,
)
from cellwarden.advisories.books import (
    ALWAYS,
    Times,
    bound,
    open_book,
    packed,
    plain,
    reading,
    unpacking,
)
from cellwarden.advisories.met import Met
from cellwarden.model.matching import Match
from cellwarden.model.moments import Moment
from cellwarden.workflows.workspace import (
    Progress,
    Telling,
    nobody_watches,
    open_workspace,
    unheard,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import duckdb

    from cellwarden.advisories.matching import Prepared

SAID: Final = ("statement", "remediation", "correction")
"""The kinds of fact that advisories are read into."""
MOST_NAMES: Final = 40_000
"""With more products, answering for all of them takes longer than anybody waits."""
MOST_MET: Final = 50_000
"""Firmware texts, over all names, whose rows are kept beyond the plain versions."""
PREPARED: Final = ".prepared"
UNREAD: Final = ".unread"
"""What could not be read of the documents; a fourth file, where there was something."""
_SUFFIXES: Final = (PREPARED, ANSWERED, MET, UNREAD)
_MOST_KEPT: Final = 4
_AT_ONCE: Final = 128
_HANDS: Final = 2
"""Processes that work statements out: more would hold them all in memory once more."""
_FEWEST_TO_SHARE: Final = 1_000
"""Fewer names are answered for by one process."""


class OfWorkspace(msgspec.Struct, frozen=True):
    """Reads what a workspace has imported, as of and as known at a moment."""

    folder: Path
    moment: Moment

    def __call__(self) -> tuple[Prepared, Times]:
        """The statements prepared, and the times for which they are what they are."""
        with self._connected() as connection:
            return _prepared(connection), _times(connection, self.moment.as_of)

    def times(self) -> Times:
        """The times alone."""
        with self._connected() as connection:
            return _times(connection, self.moment.as_of)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with open_workspace(self.folder).open_state() as state:
            connection = state.connect_at(self.moment)
            try:
                yield connection
            finally:
                connection.close()


class OfPaths(msgspec.Struct, frozen=True):
    """Reads advisory files, folders and archives.

    What cannot be read is told, and kept in a file, because another process may do the reading.
    """

    paths: tuple[Path, ...]
    tell: Telling = unheard
    unread: Path | None = None

    def __call__(self) -> tuple[Prepared, Times]:
        """The statements prepared, and the times for which they hold."""
        from cellwarden.advisories.matching import prepare
        from cellwarden.workflows.advisory.match import read_advisories

        words: list[str] = []
        said, remedies = read_advisories(self.paths, progress=nobody_watches, tell=words.append)
        for one in words:
            self.tell(one)
        if self.unread is not None and words:
            _keep(self.unread, msgspec.json.encode(words))
        return prepare(said, remedies), self.times()

    def times(self) -> Times:
        """Files hold for all times."""
        return ALWAYS


def unread_in(file: Path | None) -> list[str]:
    """What an earlier reading had to say about the documents."""
    try:
        return [] if file is None else msgspec.json.decode(file.read_bytes(), type=list[str])
    except (OSError, msgspec.MsgspecError):
        return []


def name_of_files(parts: Iterable[str]) -> str:
    """The name that the files share, the ending of the prepared statements included."""
    digest = hashlib.sha256(rules_digest().encode())
    for part in parts:
        digest.update(f"\n{part}".encode())
    return f"{digest.hexdigest()[:40]}{PREPARED}"


def prepared_in(file: Path | None, as_of: str) -> Prepared | None:
    """The statements that were prepared for a time; nothing where none were, or for another."""
    from cellwarden.advisories.matching import load

    with contextlib.suppress(OSError):
        return load(file.read_bytes(), as_of=as_of) if file is not None else None
    return None


def answered_in(file: Path | None, as_of: str) -> Answered:
    """What was answered or met before, for a time."""
    if file is None:
        return Answered()
    return Answered(
        open_book(file.with_suffix(ANSWERED), reading(Answers), as_of=as_of),
        open_book(file.with_suffix(MET), reading(Seen), as_of=as_of),
    )


def keep_met(file: Path, known: Answered, times: Callable[[], Times], met: Met) -> None:
    """Keep the rows that took the long way, beside those that were kept before.

    ``times`` says for which times they hold, where no book of what is known does.
    """
    met.learn(*known.met())
    if len(met) <= MOST_MET:
        pages = ((name, plain(seen)) for name, seen in met.pages.items())
        _keep(file.with_suffix(MET), bound(pages, known.times or times(), met.texts))
        _forget_the_oldest(file.parent)


def make_files(
    file: Path, read: Callable[[], tuple[Prepared, Times]], *, progress: Progress
) -> None:
    """Work out and keep what does not depend on any inventory, on two processors if there are.

    Statements are prepared in other processes, whose memory is free again when they end.
    """
    progress("preparing the advisories, once for all inventories", 0, 0)
    try:
        with _others(_HANDS) as others:
            said, count, times = others.submit(_drafted, read).result()
            parts = [others.submit(_worked_out, said, part, _HANDS) for part in range(_HANDS)]
            _keep_prepared(file, said, [part.result() for part in parts])
    except Exception:  # noqa: BLE001 - whatever went wrong there is told best by trying it here
        said, count, times = _drafted(read)
        _keep_prepared(file, said, [_worked_out(said, 0, 1)])
    count = count if count <= MOST_NAMES else 0
    half = count // 2 if count >= _FEWEST_TO_SHARE else 0
    from cellwarden.advisories.matching import Groups, book_of

    with _others(1) as other:
        later = other.submit(_pages, file, times.since, slice(0, half))
        pages = _pages(file, times.since, slice(half, count), progress=progress)
        pages += later.result()
    read_page = unpacking(Groups)
    found = ((name, read_page(page)) for name, page in sorted(pages))
    _keep(file.with_suffix(ANSWERED), book_of(found, times))
    _forget_the_oldest(file.parent)


@contextlib.contextmanager
def _others(count: int) -> Iterator[Executor]:
    """Other processes, begun anew: what has threads of its own cannot be forked.

    They look for no circles: what they make is freed by its counts, or with them.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    spawn = get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawn, initializer=gc.disable) as executor:
        yield executor


def _drafted(read: Callable[[], tuple[Prepared, Times]]) -> tuple[bytes, int, Times]:
    """A draft of the statements, how many names they use, and for which times they hold."""
    from cellwarden.advisories.matching import draft, named

    prepared, times = read()
    return draft(prepared, times), len(named(prepared)), times


def _worked_out(said: bytes, part: int, parts: int) -> bytes:
    from cellwarden.advisories.matching import worked_out

    return worked_out(said, part=part, parts=parts)


def _keep_prepared(file: Path, said: bytes, parts: Sequence[bytes]) -> None:
    from cellwarden.advisories.matching import joined

    _keep(file, joined(said, parts))


def _pages(
    file: Path, as_of: str, part: slice, *, progress: Progress = nobody_watches
) -> list[tuple[str, bytes]]:
    """What is answered for a part of all names, packed, from a file that was prepared."""
    from cellwarden.advisories.matching import answered, named

    prepared = prepared_in(file, as_of) if part.stop else None
    if prepared is None:
        return []
    wanted = named(prepared)[part]
    found: list[tuple[str, bytes]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        progress("answering for the names of the advisories", start, len(wanted))
        answers = answered(prepared, wanted[start : start + _AT_ONCE], encoded)
        found += [(name, packed(groups)) for name, groups in answers]
    return found


def encoded(match: Match) -> bytes:
    """One match as a line of JSON, in UTF-8."""
    from cellwarden.reports.lines import match_line

    return match_line(match).encode()


def _prepared(connection: duckdb.DuckDBPyConnection) -> Prepared:
    from cellwarden.advisories.matching import corrections_of, prepare
    from cellwarden.workflows import assemble

    return prepare(
        assemble.statements(connection),
        assemble.remedies(connection),
        corrections_of(assemble.fetch(connection, "select * from correction")),
    )


def _times(connection: duckdb.DuckDBPyConnection, as_of: str) -> Times:
    """Since and until when the facts about advisories are what they are at a time."""
    every = " union ".join(
        f"select unnest([valid_from, valid_to]) as moment from {kind}_history" for kind in SAID
    )
    found = connection.execute(
        "select max(moment) filter (where moment <= $as_of),"
        f" min(moment) filter (where moment > $as_of) from ({every})",
        {"as_of": as_of},
    ).fetchall()
    since, until = found[0]
    return Times(since=since or "", until=until)


def _keep(file: Path, data: bytes) -> None:
    """Write a derived file, whole or not at all; failing costs time alone."""
    pending = file.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            pending.write_bytes(data)
            pending.replace(file)
        finally:
            pending.unlink(missing_ok=True)


def _forget_the_oldest(folder: Path) -> None:
    with contextlib.suppress(OSError):
        files = [file for file in folder.iterdir() if file.suffix in _SUFFIXES]
        files.sort(key=lambda file: file.stat().st_mtime_ns)
        names = list(dict.fromkeys(file.stem for file in reversed(files)))
        for name in names[_MOST_KEPT:]:
            for suffix in _SUFFIXES:
                (folder / f"{name}{suffix}").unlink(missing_ok=True)

"""Read files of the Global LEI System once each, and keep what matters to a register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.vendors.gleif.facts import MOST_PROBLEMS, FileRead, Found, Register, Rows
from cellwarden.vendors.gleif.files import GleifFile, read
from cellwarden.vendors.gleif.likeness import MOST_OF_ONE, Likeness, NameIndex
from cellwarden.vendors.gleif.nouns import LeiRecord, Level, NotNamed, Parent, Problem, Raw
from cellwarden.vendors.gleif.parents import Parents, above, stands
from cellwarden.vendors.gleif.records import entity_of, not_named_of, parent_of
from cellwarden.workflows.workspace import Progress

MOST_KEPT: Final = 200_000
"""Entities that one import may bring: a register of parties is no register of the world."""
_MIB: Final = 2**20

Value = TypeVar("Value")


def read_files(
    files: Sequence[GleifFile],
    register: Register,
    before: Rows,
    *,
    everything: bool,
    progress: Progress,
) -> Found:
    """Read every file to its end: parents first, as they say who matters of the rest.

    ``files`` stand in the order of reading. Memory holds what is kept, never a file.

    Raises:
        SourceError: a file is damaged or cut off; names file and line.
        InputError: everything is asked for, and that is too much.
    """
    at: dict[Level, list[GleifFile]] = {level: [] for level in Level}
    for file in files:
        at[file.header.level].append(file)
    start, parents, done = _climb(
        at[Level.PARENTS], register, everything=everything, progress=progress
    )
    on = newest_day(at[Level.PARENTS]) or ""
    keep = start | {one.parent for one in parents if stands(one, on=on)}
    if not at[Level.PARENTS]:
        keep |= _known_before(before)
    entities, likes, more = _entities(
        at[Level.ENTITIES], register, None if everything else keep, progress
    )
    keep |= entities.keys()
    not_named, rest = _not_named(at[Level.NOT_NAMED], keep, progress)
    return Found(
        files=(*done, *more, *rest),
        keep=frozenset(keep),
        entities=entities,
        parents=parents,
        not_named=tuple(not_named[key] for key in sorted(not_named)),
        likes=likes,
    )


def newest_day(files: Sequence[GleifFile]) -> str | None:
    """The newest day of these files."""
    days = [file.header.dated_on for file in files if file.header.dated_on]
    return max(days).isoformat() if days else None


def _climb(
    files: Sequence[GleifFile], register: Register, *, everything: bool, progress: Progress
) -> tuple[set[str], tuple[Parent, ...], list[FileRead]]:
    """Where to start, what level 2 says from there to the top, and the files."""
    start = set(register.leis)
    with Parents() as index:
        readings = []
        for file in files:
            reading = _Reading(file, progress)
            index.fill(reading.values(parent_of))
            readings.append(reading)
        if everything:
            start |= _bounded(index.children())
        parents = above(index, start, on=newest_day(files) or "") if files else ()
    return start, parents, [one.told(kept=len(parents)) for one in readings]


def _entities(
    files: Sequence[GleifFile], register: Register, keep: set[str] | None, progress: Progress
) -> tuple[
    dict[str, tuple[LeiRecord, GleifFile]],
    tuple[tuple[Likeness, GleifFile], ...],
    list[FileRead],
]:
    """The entities to keep, or all, and those whose name is like one of the register's."""
    found: dict[str, tuple[LeiRecord, GleifFile]] = {}
    likes: dict[tuple[str, str], tuple[Likeness, GleifFile]] = {}
    counts: Counter[str] = Counter()
    names = NameIndex(register.without_lei)
    done = []
    for file in files:
        reading = _Reading(file, progress)
        for record in reading.values(entity_of):
            if keep is None or record.lei in keep:
                found[record.lei] = (record, file)
                _refuse_too_many(len(found))
            if record.lei in register.leis:
                continue
            for like in names.like(record):
                counts[like.party] += (like.party, record.lei) not in likes
                if counts[like.party] <= MOST_OF_ONE + 1:
                    likes[like.party, record.lei] = (like, file)
        done.append(reading.told(kept=sum(one is file for _, one in found.values())))
    telling = tuple(likes[key] for key in sorted(likes) if counts[key[0]] <= MOST_OF_ONE)
    return found, telling, done


def _not_named(
    files: Sequence[GleifFile], keep: set[str], progress: Progress
) -> tuple[dict[tuple[str, str], tuple[NotNamed, GleifFile]], list[FileRead]]:
    found: dict[tuple[str, str], tuple[NotNamed, GleifFile]] = {}
    done = []
    for file in files:
        reading = _Reading(file, progress)
        for one in reading.values(not_named_of):
            if one.lei in keep:
                found[one.lei, one.kind] = (one, file)
        done.append(reading.told(kept=sum(one is file for _, one in found.values())))
    return found, done


class _Reading:
    """One file on its way: values come out, problems are counted and the first ones kept."""

    def __init__(self, file: GleifFile, progress: Progress) -> None:
        self.file = file
        self.records = 0
        self.unusable = 0
        self.problems: list[Problem] = []
        self._progress = progress

    def values(self, made: Callable[[Raw], Value | Problem | None]) -> Iterator[Value]:
        """The usable records."""
        stage = f"{self.file.header.level}, MiB"
        for raw in read(self.file, lambda d, t: self._progress(stage, d // _MIB, t // _MIB + 1)):
            self.records += 1
            value = made(raw)
            if isinstance(value, Problem):
                self.unusable += 1
                if len(self.problems) < MOST_PROBLEMS:
                    self.problems.append(value)
            elif value is not None:
                yield value

    def told(self, *, kept: int) -> FileRead:
        """What came of it, at the end."""
        return FileRead(
            file=self.file,
            records=self.records,
            kept=kept,
            unusable=self.unusable,
            problems=tuple(self.problems),
        )


def _known_before(before: Rows) -> set[str]:
    """The LEIs of everybody of whom an earlier import told."""
    at = kinds()["party"].column_names.index("lei")
    return {lei for row in before["party"].values() if (lei := row[at])}


def _bounded(leis: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for lei in leis:
        found.add(lei)
        _refuse_too_many(len(found))
    return found


def _refuse_too_many(count: int) -> None:
    if count > MOST_KEPT:
        raise InputError(
            f"--all: more than {MOST_KEPT:,} entities",
            advice="leave --all away: then what concerns the register is kept, and who is above it",
        )

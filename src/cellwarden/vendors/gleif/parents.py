"""Who stands above whom: an index of parents on disk, and the climb to the top."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self

from cellwarden.vendors.gleif.nouns import Parent

MOST_ABOVE: Final = 100_000
"""Entities that a climb finds at most; a register's parents are some hundreds."""
_BATCH: Final = 10_000


class Parents:
    """Every parent of a level 2 file by child, in a private file that goes when this ends.

    Memory stays the same however long the file is.
    """

    def __init__(self) -> None:
        self._log = sqlite3.connect("")
        self._log.execute(
            "create table parent (child text, parent text, kind text, since text, until text,"
            " active integer, file integer)"
        )
        self._log.execute("pragma cache_size = -16384")
        self._files = 0

    def __enter__(self) -> Self:
        """Use as a context; leaving it throws the index away."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Throw the index away."""
        self._log.close()

    def fill(self, parents: Iterable[Parent]) -> int:
        """Add the parents of one file, older files first; returns how many there were."""
        self._files += 1
        count = 0
        batch: list[tuple[object, ...]] = []
        for one in parents:
            batch.append(
                (
                    one.child,
                    one.parent,
                    one.kind,
                    one.since_on,
                    one.until_on,
                    one.is_active,
                    self._files,
                )
            )
            if len(batch) == _BATCH:
                count += self._add(batch)
        count += self._add(batch)
        self._log.execute("create index if not exists by_child on parent (child)")
        return count

    def of(self, child: str) -> tuple[Parent, ...]:
        """The parents of one entity, the direct one first.

        Of each parent the newest file's word counts; within a file, that it is one still.
        """
        rows = self._log.execute(
            "select child, parent, kind, since, until, active from parent where child = ?"
            " order by file, active, since, until",
            [child],
        )
        newest = {(row[1], row[2]): row for row in rows}
        return tuple(
            Parent(
                child=row[0],
                parent=row[1],
                kind=row[2],
                since_on=row[3],
                until_on=row[4],
                is_active=bool(row[5]),
            )
            for _, row in sorted(newest.items(), key=lambda item: (item[0][1], item[0][0]))
        )

    def children(self) -> Iterator[str]:
        """Every entity that has a parent."""
        return (row[0] for row in self._log.execute("select distinct child from parent"))

    def _add(self, batch: list[tuple[object, ...]]) -> int:
        added = len(batch)
        self._log.executemany("insert into parent values (?, ?, ?, ?, ?, ?, ?)", batch)
        batch.clear()
        return added


def above(parents: Parents, start: Iterable[str], *, on: str) -> tuple[Parent, ...]:
    """What level 2 says of these entities and of all that stand above them, each entity once.

    Only a parent that is one ``on`` that day (ISO) is climbed to; circles end by themselves.
    """
    waiting = sorted(set(start))
    seen = set(waiting)
    found: list[Parent] = []
    while waiting and len(seen) <= MOST_ABOVE:
        for one in parents.of(waiting.pop()):
            found.append(one)
            if stands(one, on=on) and one.parent not in seen:
                seen.add(one.parent)
                waiting.append(one.parent)
    return tuple(sorted(found, key=lambda p: (p.child, p.kind, p.parent, p.since_on or "")))


def stands(parent: Parent, *, on: str) -> bool:
    """Whether it is a parent on that day (ISO): active, and its time has not ended."""
    return parent.is_active and (parent.until_on is None or parent.until_on >= on)

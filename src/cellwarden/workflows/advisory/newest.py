"""Which revision of an advisory counts, of those that are known and those that come together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cellwarden.model.advisories import Understood
from cellwarden.model.facts import Row, kinds

Revision = tuple[str | None, str | None]
"""When an advisory was last changed, and the number of that revision, where they are told."""


def outdated(
    recorded: dict[str, Revision], understood: Sequence[Understood]
) -> list[frozenset[str]]:
    """For each document the advisories in it of which a newer revision is known, or comes with it.

    Of two that are equally new the one that comes later counts, as a later import would.
    """
    shape = kinds()["advisory"].column_names
    name, at, number = (shape.index(key) for key in ("advisory_id", "updated_at", "revision"))
    best = recorded.copy()
    taken: dict[str, int] = {}
    for position, each in enumerate(understood):
        for row in each.tables.get("advisory", ()):
            advisory, mine = row[name] or "", (row[at], row[number])
            if advisory not in best or not _is_older(mine, best[advisory]):
                best[advisory] = mine
                taken[advisory] = position
    return [
        frozenset(
            row[name] or ""
            for row in each.tables.get("advisory", ())
            if taken.get(row[name] or "") != position
        )
        for position, each in enumerate(understood)
    ]


def without(kind: str, rows: Sequence[Row], advisories: frozenset[str]) -> Iterable[Row]:
    """The rows of a kind that do not speak of some advisories."""
    if not advisories:
        return rows
    column = kinds()[kind].column_names.index("advisory_id")
    return [row for row in rows if row[column] not in advisories]


def _is_older(mine: Revision, other: Revision) -> bool:
    """Whether a revision was made before another one; where nobody can tell, it was not."""
    if not mine[0] or not other[0]:
        return False
    if mine[0] != other[0]:
        return mine[0] < other[0]
    return _numbers(mine[1]) < _numbers(other[1]) if mine[1] and other[1] else False


def _numbers(revision: str | None) -> list[int]:
    return [int(part) for part in re.findall(r"\d{1,9}", revision or "")]

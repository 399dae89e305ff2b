"""Joining bounds into alternatives: a bar can be AND, OR, a list, or one bound for each branch."""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.advisories.versions.items import LOWER, UPPER, Item
from cellwarden.advisories.versions.nouns import Alternative, Comparator
from cellwarden.advisories.versions.order import numbers_as_written, weigh
from cellwarden.advisories.versions.spelling import MONTH, spell

_DEEPEST: Final = 3
"""Numbers that may name a branch."""
_SHORT: Final = 2
"""Two bounds, of two numbers at most: too little to tell branches from parts."""


class Joined(msgspec.Struct):
    """The alternatives of a range, and whether their joining had to be interpreted."""

    alternatives: list[Alternative] = []
    excluded: list[Comparator] = []
    doubt: str = ""
    is_interpreted: bool = False

    def add(self, *comparators: Comparator, is_certain: bool = True) -> None:
        """One more alternative."""
        self.alternatives.append(Alternative(comparators=comparators, is_certain=is_certain))


def join_items(items: list[Item]) -> Joined:
    """Join items in the order of the text.

    A lower bound and the upper one behind it enclose. Upper bounds alone are one for each branch.
    Versions without an operator are themselves. What the order of the words leaves open becomes
    an alternative that is not certain.
    """
    joined = Joined()
    uppers: list[Item] = []
    position = 0
    while position < len(items):
        item = items[position]
        behind = items[position + 1] if position + 1 < len(items) else None
        if (
            item.op in LOWER
            and behind is not None
            and behind.op in UPPER
            and _encloses(item, behind)
        ):
            joined.add(_comparator(item), _comparator(behind))
            position += 1
        elif item.op in LOWER:
            _lower_alone(item, behind, joined)
            _hole(uppers, item, joined)
        elif item.op in UPPER:
            uppers.append(item)
        elif item.op == "!=":
            joined.excluded.append(_comparator(item))
        else:
            _listed(item, behind, items[:position], joined)
        position += 1
    _uppers(uppers, joined)
    if joined.excluded and not joined.alternatives:
        joined.add()
    return joined


def _comparator(item: Item, op: str | None = None) -> Comparator:
    return Comparator(op=op or item.op or "=", bounds=item.bounds, prefix=item.prefix)


def _order(one: Item, other: Item) -> int | None:
    """How the first bound of one item stands to that of another."""
    if one.prefix or other.prefix:
        return None
    return weigh(one.bounds[0], other.bounds[0]).order


def _encloses(low: Item, high: Item) -> bool:
    """Whether a lower and an upper bound leave something between them, or may."""
    return _order(low, high) != 1


def _lower_alone(item: Item, behind: Item | None, joined: Joined) -> None:
    """``>= 2.0 | 2.6.2`` may stop at the version behind; a second lower bound is unclear."""
    if behind is not None and behind.op == "" and _order(item, behind) == -1:
        joined.is_interpreted = True
        joined.add(_comparator(item), _comparator(behind, "<="))
        joined.add(_comparator(item), is_certain=False)
    elif behind is not None and behind.op in LOWER:
        joined.is_interpreted = True
        joined.add(_comparator(item), is_certain=False)
    else:
        joined.add(_comparator(item))


def _hole(uppers: list[Item], low: Item, joined: Joined) -> None:
    """``<= 8.1 | >= 8.1.10``: nobody means a hole, so what lies between cannot be told."""
    high = uppers[-1] if uppers else None
    if high is not None and _order(high, low) in {-1, None}:
        joined.is_interpreted = True
        above = ">" if high.op == "<=" else ">="
        below = "<" if low.op == ">=" else "<="
        joined.add(_comparator(high, above), _comparator(low, below), is_certain=False)


def _listed(item: Item, behind: Item | None, before: list[Item], joined: Joined) -> None:
    """A version without an operator, or a bound that is only possible."""
    if item.op.startswith("maybe "):
        joined.add(_comparator(item, item.op.removeprefix("maybe ")), is_certain=False)
        return
    if behind is not None and behind.op in UPPER and _order(item, behind) == -1 and not before:
        joined.is_interpreted = True
        joined.add(_comparator(item, ">="), _comparator(behind))
    else:
        joined.add(_comparator(item, "="))
    last = before[-1] if before else None
    if last is not None and last.op in UPPER:
        joined.is_interpreted = True
        if _order(item, last) == -1:
            joined.doubt = "a version stands behind a bound that already holds it"
        else:
            starts = [_comparator(one) for one in before[-2:-1] if one.op in LOWER]
            joined.add(*starts, _comparator(item, last.op), is_certain=False)


def _uppers(items: list[Item], joined: Joined) -> None:
    """Upper bounds without a lower one: alone, or one for each branch of versions."""
    has_first = bool(joined.alternatives) and joined.alternatives[0].comparators[:1] != ()
    if len(items) == 1:
        starts = has_first and any(
            one.comparators[-1].bounds == items[0].bounds and len(one.comparators) > 1
            for one in joined.alternatives
            if one.comparators
        )
        joined.add(_comparator(items[0]), is_certain=not starts)
        return
    if not items:
        return
    joined.is_interpreted = True
    if _may_be_of_two_parts(items):
        low, high = _comparator(items[1], ">"), _comparator(items[0])
        joined.add(low, high, is_certain=False)
    days = [item for item in items if _names_a_day(item)]
    for item in days:
        joined.add(_comparator(item))
    _by_branch([item for item in items if item not in days], joined)


def _by_branch(items: list[Item], joined: Joined) -> None:
    """Bounds that count, each for its branch, or where no branches are seen each for itself."""
    branches = _branches(items) if items else []
    if branches is None:
        for item in items:
            joined.add(_comparator(item))
        return
    last_branch: tuple[int, ...] | None = None
    for branch, item in branches:
        start = ".".join(map(str, branch))
        if last_branch is None:
            joined.add(_comparator(item))
        else:
            joined.add(Comparator(op=">=", bounds=(start,)), _comparator(item))
            _between(last_branch, start, joined)
        last_branch = branch


def _names_a_day(item: Item) -> bool:
    return bool(MONTH.match(spell(item.bounds[0]).text))


def _may_be_of_two_parts(items: list[Item]) -> bool:
    """Whether two short bounds fall from bar to bar: ``<=2.22 | <=1.01``."""
    found = [numbers_as_written(item.bounds[0]) for item in items]
    is_short = all(one is not None and len(one.segments) <= _SHORT for one in found)
    is_barred = len({item.piece for item in items}) == len(items) == _SHORT
    return is_short and is_barred and _order(items[0], items[1]) == 1


def _between(branch: tuple[int, ...], start: str, joined: Joined) -> None:
    """Versions of a branch that no bound is named for are undetermined."""
    above = ".".join(map(str, (*branch[:-1], branch[-1] + 1)))
    if above != start:
        joined.add(
            Comparator(op=">=", bounds=(above,)),
            Comparator(op="<", bounds=(start,)),
            is_certain=False,
        )


def _branches(items: list[Item]) -> list[tuple[tuple[int, ...], Item]] | None:
    """Each bound with the first numbers that tell its branch from the others', in order."""
    written: list[tuple[tuple[int, ...], Item]] = []
    label = spell(items[0].bounds[0]).label
    for item in items:
        parsed = numbers_as_written(item.bounds[0])
        is_plain = len(item.bounds) == 1 and not item.prefix
        if parsed is None or not is_plain or spell(item.bounds[0]).label != label:
            return None
        written.append((tuple(map(int, parsed.segments)), item))
    for depth in range(1, _DEEPEST + 1):
        named = {numbers[:depth]: item for numbers, item in written if len(numbers) > depth}
        if len(named) == len(written):
            return sorted(named.items(), key=lambda pair: pair[0])
    return None

"""Groups: which entities one and the same owner controls, and where nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

import msgspec

from cellwarden.vendors.parties.graph import DEEPEST, Graph
from cellwarden.vendors.parties.nouns import Stake, Unnamed

_MAJORITY: Final = Decimal(50)
_NOBODY: Final = frozenset({"NO_KNOWN_PERSON", "NATURAL_PERSONS", "NON_CONSOLIDATING"})
"""Reasons (RR-CDF 2.1) for which an entity names no parent because no company controls it."""


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """How many independent groups some entities are: at least, and at most.

    ``most`` counts two as one only where one owner surely controls both; ``fewest`` also where
    nobody knows who controls one of them.
    """

    fewest: int
    most: int


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """Who surely controls an entity, itself included, and whether that is all there is to know."""

    by: frozenset[str]
    is_known: bool


def control_of(graph: Graph, name: str, nobody: Collection[str] = ()) -> Control:
    """Everybody who surely controls an entity, through any chain.

    An owner controls who consolidates it, who is said to, or who holds more than half. It is known
    to the end where whoever stands at each top has no more than half in unknown hands, is in
    ``nobody`` (it said that no company controls it), or is no party of the register: an owner of
    whom only the name is on record counts as himself.
    """
    by = {name}
    level = [name]
    is_known = True
    for _ in range(DEEPEST):
        above = []
        for owned in level:
            owners = [one.owner for one in graph.stakes.get(owned, ()) if controls(one)]
            is_open = owned in graph.entities and owned not in nobody
            if not owners and is_open and graph.uncontrolled(owned) > _MAJORITY:
                is_known = False
            above += [owner for owner in owners if owner not in by]
            by.update(owners)
        level = above
    return Control(by=frozenset(by), is_known=is_known and not level)


def controls(stake: Stake) -> bool:
    """Whether a stake is control: said so, consolidated, or more than half."""
    return stake.controls or stake.consolidates or (stake.low or Decimal(0)) > _MAJORITY


def nobody_above(unnamed: Iterable[Unnamed]) -> frozenset[str]:
    """The entities that told the Global LEI System that no company stands above them."""
    return frozenset(one.owned for one in unnamed if one.reason in _NOBODY)


def groups_of(graph: Graph, names: Collection[str], nobody: Collection[str] = ()) -> Groups:
    """How many independent groups these entities are."""
    together: list[tuple[set[str], bool]] = []
    for name in sorted(names):
        control = control_of(graph, name, nobody)
        by, is_known = set(control.by), control.is_known
        apart = []
        for others, known in together:
            if others & by:
                by |= others
                is_known = is_known and known
            else:
                apart.append((others, known))
        together = [*apart, (by, is_known)]
    sure = sum(ends for _, ends in together)
    return Groups(fewest=max(sure, min(1, len(together))), most=len(together))

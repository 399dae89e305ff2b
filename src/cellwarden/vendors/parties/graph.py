"""Who supplies and who owns whom: walks that end, however the facts go round in circles."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from cellwarden.vendors.parties.nouns import Entity, Link, Stake, Step

DEEPEST: Final = 12
"""Steps that a walk takes at most; what lies behind is told as not followed."""
_WHOLE: Final = Decimal(100)


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """Entities by id, and from each the ways on: its suppliers and its owners."""

    entities: Mapping[str, Entity]
    suppliers: Mapping[str, Sequence[Link]]
    stakes: Mapping[str, Sequence[Stake]]

    def entity(self, name: str) -> Entity:
        """The entity; one that is no party of the register is known by its name only."""
        return self.entities.get(name) or Entity(id=name, name=name)

    def unaccounted(self, name: str) -> Decimal:
        """Percent of an entity of which no direct owner is known."""
        known = sum(
            (s.low for s in self.stakes.get(name, ()) if s.kind == "direct" and s.low is not None),
            Decimal(0),
        )
        return max(Decimal(0), _WHOLE - known)

    def uncontrolled(self, name: str) -> Decimal:
        """Percent of an entity through which somebody unknown may control it.

        Nothing where an owner is known to consolidate it: who controls it is known then, and
        whatever else is held is a minority as far as the accounts say.
        """
        if any(stake.consolidates for stake in self.stakes.get(name, ())):
            return Decimal(0)
        return self.unaccounted(name)


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """An entity that stands behind another one, by the shortest path."""

    entity: str
    path: tuple[Step, ...]

    @property
    def tiers(self) -> int:
        """Through how many entities it is reached."""
        return len(self.path)


def graph_of(entities: Iterable[Entity], links: Iterable[Link], stakes: Iterable[Stake]) -> Graph:
    """Index the facts; a link without ``of_party`` leads nowhere from another entity."""
    suppliers: defaultdict[str, list[Link]] = defaultdict(list)
    owners: defaultdict[str, list[Stake]] = defaultdict(list)
    for link in links:
        if link.of_party:
            suppliers[link.of_party].append(link)
    for stake in stakes:
        owners[stake.owned].append(stake)
    return Graph(
        entities={one.id: one for one in entities}, suppliers=dict(suppliers), stakes=dict(owners)
    )


def behind(graph: Graph, start: str, *, deepest: int = DEEPEST) -> tuple[Reached, ...]:
    """Everyone behind an entity, nearest first, each once.

    Each entity is visited once, so circles end, and the work is bounded by the number of facts.
    """
    seen = {start}
    found: list[Reached] = []
    waiting: deque[Reached] = deque([Reached(entity=start, path=())])
    while waiting:
        here = waiting.popleft()
        if here.tiers >= deepest:
            continue
        for how, name in _ways_on(graph, here.entity):
            if name in seen:
                continue
            seen.add(name)
            there = Reached(entity=name, path=(*here.path, Step(how=how, entity=name)))
            found.append(there)
            waiting.append(there)
    return tuple(found)


def owners_up(graph: Graph, start: str, *, deepest: int = DEEPEST) -> tuple[tuple[int, Stake], ...]:
    """The stakes above an entity, each with its level; an owner that comes again is not followed.

    An entity that owns itself through others is shown once, and named by :func:`circles`.
    """
    seen = {start}
    level, found = [start], []
    for depth in range(1, deepest + 1):
        above = []
        for owned in level:
            for stake in graph.stakes.get(owned, ()):
                found.append((depth, stake))
                if stake.owner not in seen:
                    seen.add(stake.owner)
                    above.append(stake.owner)
        level = above
    return tuple(found)


def circles(edges: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Groups in which each leads back to itself (Tarjan 1972, without recursion), sorted."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    held: set[str] = set()
    found = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(tuple(edges.get(root, ()))))]
        order[root] = low[root] = len(order)
        stack.append(root)
        held.add(root)
        while work:
            node, ways = work[-1]
            new = next((way for way in _seen_on(node, ways, order, low, held)), None)
            if new is not None:
                order[new] = low[new] = len(order)
                stack.append(new)
                held.add(new)
                work.append((new, iter(tuple(edges.get(new, ())))))
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == order[node]:
                group: list[str] = []
                while not group or group[-1] != node:
                    group.append(stack.pop())
                    held.discard(group[-1])
                if len(group) > 1 or node in edges.get(node, ()):
                    found.append(tuple(sorted(group)))
    return tuple(sorted(found))


def circular_ownership(stakes: Iterable[Stake]) -> tuple[tuple[str, ...], ...]:
    """Entities that own themselves, alone or through others."""
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for stake in stakes:
        edges[stake.owned].add(stake.owner)
    return circles(edges)


def circular_supply(links: Iterable[Link]) -> tuple[tuple[str, ...], ...]:
    """Entities that work for themselves, alone or through others."""
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.of_party:
            edges[link.of_party].add(link.party)
    return circles(edges)


def _seen_on(
    node: str,
    ways: Iterator[str],
    order: Mapping[str, int],
    low: dict[str, int],
    held: set[str],
) -> Iterator[str]:
    """The ways on that were not walked yet; those that were lower the node's own mark."""
    for way in ways:
        if way not in order:
            yield way
        elif way in held:
            low[node] = min(low[node], order[way])


def _ways_on(graph: Graph, name: str) -> Iterator[tuple[str, str]]:
    for link in graph.suppliers.get(name, ()):
        yield link.role.replace("_", " "), link.party
    for stake in graph.stakes.get(name, ()):
        yield (
            f"{'consolidated' if says_no_share(stake) else f'owned {share(stake)}'.strip()} by",
            (stake.owner),
        )


def says_no_share(stake: Stake) -> bool:
    """Whether only consolidation is known of it: control, and no percentage."""
    return stake.consolidates and stake.low is None and stake.high is None


def share(stake: Stake) -> str:
    """The share in words, with a blank behind it: ``60 % ``, ``25 to 50 % ``, ``? % ``."""
    if stake.low is None and stake.high is None:
        return "? % "
    if stake.low == stake.high:
        return f"{stake.low} % "
    return f"{'?' if stake.low is None else stake.low} to {stake.high or '?'} % "

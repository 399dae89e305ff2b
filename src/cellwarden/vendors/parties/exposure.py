"""Which sites depend on whom, through how many tiers, with bounds where nobody has said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final

import msgspec

from cellwarden.vendors.parties.graph import Graph, Reached, behind
from cellwarden.vendors.parties.nouns import Step

HIDDEN_TIER: Final = "cell_supplier"
"""The tier that every maker of batteries has, so that silence about it means undisclosed."""
CONTROLLING: Final = Decimal(50)
"""Percent without a known owner from which somebody unknown may control an entity."""


class Reliance(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing at a site relies on: an entity, or a name that is no party (None)."""

    site: str
    thing: str
    how: str
    name: str
    entity: str | None
    has_cells: bool = False


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One path from a site to an entity; ``why`` says what ties that one to the country."""

    site: str
    things: tuple[str, ...]
    path: tuple[Step, ...]
    why: str

    @property
    def tiers(self) -> int:
        """Through how many entities it goes."""
        return len(self.path)


class CountryExposure(msgspec.Struct, frozen=True, kw_only=True):
    """The sites that surely depend on a country, and those that may, with the paths."""

    country: str
    sure: tuple[Way, ...]
    possible: tuple[Way, ...]

    @property
    def sites_at_least(self) -> tuple[str, ...]:
        """Sites with a known path."""
        return tuple(sorted({one.site for one in self.sure}))

    @property
    def sites_at_most(self) -> tuple[str, ...]:
        """Those and the sites where something is not known."""
        return tuple(sorted({one.site for one in (*self.sure, *self.possible)}))


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One entity behind several vendors or sites; ``maybe_`` adds undisclosed tiers."""

    entity: str
    role: str
    vendors: tuple[str, ...]
    maybe_vendors: tuple[str, ...]
    sites: tuple[str, ...]
    maybe_sites: tuple[str, ...]


def country_exposure(graph: Graph, reliances: Iterable[Reliance], country: str) -> CountryExposure:
    """Every path from a site to an entity of the country, or to what is not known.

    Things at one site that rely on the same entity in the same way share a path.
    """
    sure: list[Way] = []
    possible: list[Way] = []
    for (site, how, entity, name), things in sorted(_together(reliances).items()):
        first = Step(how=how, entity=entity or name)
        if not entity:
            possible.append(
                Way(site=site, things=things, path=(first,), why=f"{name} is no known party")
            )
            continue
        start = Reached(entity=entity, path=())
        for there in (start, *behind(graph, entity)):
            path = (first, *there.path)
            ties, doubts = _ties(graph, there.entity, country)
            if ties:
                why = " and ".join(ties)
                sure.append(Way(site=site, things=things, path=path, why=why))
            possible += [Way(site=site, things=things, path=path, why=why) for why in doubts]
    return CountryExposure(country=country, sure=tuple(sure), possible=tuple(possible))


def concentration(graph: Graph, reliances: Sequence[Reliance]) -> tuple[Shared, ...]:
    """Entities behind more than one vendor or site, most shared first.

    A maker of things with cells that names no cell supplier has one nevertheless: it is counted
    as possibly shared with every known one.
    """
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for one in reliances:
        if one.entity:
            sites[one.entity].add(one.site)
    hidden = undisclosed(graph, reliances)
    used: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for vendor in sites:
        for there in behind(graph, vendor):
            used[there.entity, there.path[-1].how].add(vendor)
    found = [_shared(key, vendors, sites, hidden) for key, vendors in used.items()]
    found += [
        Shared(
            entity=entity,
            role="relied on directly",
            vendors=(entity,),
            maybe_vendors=(),
            sites=tuple(sorted(where)),
            maybe_sites=(),
        )
        for entity, where in sites.items()
    ]
    kept = [
        one for one in found if len(one.sites) > 1 or len(one.vendors) + len(one.maybe_vendors) > 1
    ]
    return tuple(sorted(kept, key=lambda s: (-len(s.vendors), -len(s.sites), s.entity, s.role)))


def undisclosed(graph: Graph, reliances: Iterable[Reliance]) -> frozenset[str]:
    """Makers of things with cells, of whom no cell supplier is known."""
    makers = {one.entity for one in reliances if one.has_cells and one.entity}
    return frozenset(
        name
        for name in makers
        if not any(link.role == HIDDEN_TIER for link in graph.suppliers.get(name, ()))
    )


def _shared(
    key: tuple[str, str],
    vendors: AbstractSet[str],
    sites: Mapping[str, AbstractSet[str]],
    hidden: AbstractSet[str],
) -> Shared:
    entity, role = key
    maybe = hidden - vendors if role == HIDDEN_TIER.replace("_", " ") else frozenset()
    known = {site for vendor in vendors for site in sites[vendor]}
    more = {site for vendor in maybe for site in sites[vendor]} - known
    return Shared(
        entity=entity,
        role=role,
        vendors=tuple(sorted(vendors)),
        maybe_vendors=tuple(sorted(maybe)),
        sites=tuple(sorted(known)),
        maybe_sites=tuple(sorted(more)),
    )


def _ties(graph: Graph, name: str, country: str) -> tuple[list[str], list[str]]:
    """What ties an entity to a country, and what leaves it open."""
    one = graph.entity(name)
    ties, doubts = [], []
    if one.country == country:
        ties.append("incorporated there")
    elif one.country is None:
        doubts.append("country not known")
    if country in one.support:
        ties.append("supports from there")
    open_share = graph.uncontrolled(name)
    if name in graph.entities and open_share >= CONTROLLING and not ties:
        doubts.append(f"owner of {open_share} % not known")
    return ties, doubts


def _together(
    reliances: Iterable[Reliance],
) -> dict[tuple[str, str, str, str], tuple[str, ...]]:
    found: defaultdict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in reliances:
        found[one.site, one.how, one.entity or "", one.name].append(one.thing)
    return {key: tuple(sorted(set(things))) for key, things in found.items()}

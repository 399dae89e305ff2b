"""Whom our sites depend on: how critical each supplier is, and which roles hang on one alone."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from cellwarden.vendors.parties.exposure import Reliance
from cellwarden.vendors.parties.graph import DEEPEST, Graph
from cellwarden.vendors.parties.groups import Groups
from cellwarden.vendors.parties.nouns import Link

LEVELS: Final = ("high", "medium", "low")
"""Criticality of a site, most critical first; anything else is not known and ranks last."""
TIERS: Final = {"high": 3, "medium": 2, "low": 1}
"""The tier of a supplier by the most critical site that depends on it; 3 is asked most."""
SITE_ROLES: Final = ("manufacturer", "cell_supplier", "service_partner", "cloud_operator")
"""The roles of which a site needs more than one holder, or knows that it has one alone."""

_MADE_BY: Final = {"made by": "makes assets", "part made by": "makes parts"}
_MADE: Final = frozenset(_MADE_BY.values())


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a part of what stands at a site, as an origin says."""

    party: str
    part: str
    maker: str
    site: str
    fact: str | None = None


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """One site that depends on a party: how, through how many others, and the fact behind it."""

    party: str
    site: str
    how: str
    tiers: int
    fact: str | None = None


class SiteRole(msgspec.Struct, frozen=True, kw_only=True):
    """One role in the supply of one site: who is known to hold it, and of whom nobody knows.

    ``open`` are makers of whom no holder of this role is on record. ``groups``: as how many
    independent sources the holders count: companies of one group are one.
    """

    site: str
    role: str
    holders: tuple[str, ...]
    open: tuple[str, ...]
    facts: tuple[str, ...]
    groups: Groups

    @property
    def is_single(self) -> bool | None:
        """Whether one entity, or one group, alone holds it.

        None where another one may, whom nobody named, or where nobody knows who controls them.
        """
        if self.groups.fewest > 1:
            return False
        return None if self.open or self.groups.most != 1 else True

    @property
    def is_one_group(self) -> bool:
        """Whether several hold it, and one owner surely controls them all."""
        return len(self.holders) > 1 and self.groups.most == 1


def served(
    graph: Graph, reliances: Iterable[Reliance], sources: Iterable[Source]
) -> dict[str, tuple[Served, ...]]:
    """For each party, the sites that depend on it, the shortest way of each first.

    Owners are not followed: who owns a supplier delivers nothing.
    """
    found: defaultdict[tuple[str, str], list[Served]] = defaultdict(list)
    for one in reliances:
        if one.entity:
            start = Served(party=one.entity, site=one.site, how=_what(one.how), tiers=1)
            found[one.entity, one.site].append(start)
    direct = {key: list(ways) for key, ways in found.items()}
    for party, site in direct:
        for there in _suppliers_behind(graph, party, site):
            found[there.party, site].append(there)
    for source in sources:
        found[source.party, source.site].append(
            Served(
                party=source.party,
                site=source.site,
                how=f"makes {source.part} of {source.maker}",
                tiers=2,
                fact=source.fact,
            )
        )
    told: defaultdict[str, list[Served]] = defaultdict(list)
    for (party, _), ways in sorted(found.items()):
        told[party].append(min(ways, key=lambda way: (way.tiers, way.how not in _MADE, way.how)))
    return {party: tuple(ways) for party, ways in told.items()}


def tier_of(
    ways: Iterable[Served], criticality: Mapping[str, str | None]
) -> tuple[str | None, Served | None]:
    """The criticality of a supplier, and the way that makes it so: the most critical site's."""
    ranked = sorted(ways, key=lambda way: (_rank(criticality.get(way.site)), way.tiers, way.site))
    if not ranked:
        return None, None
    level = criticality.get(ranked[0].site)
    return (level if level in LEVELS else None), ranked[0]


def site_roles(
    reliances: Sequence[Reliance],
    links: Sequence[Link],
    clouded: Mapping[str, frozenset[str]],
    grouped: Callable[[Collection[str]], Groups],
) -> tuple[SiteRole, ...]:
    """The roles behind the batteries of each site, each with its holders.

    ``clouded`` names for each site the makers whose things there need a cloud; only they need an
    operator of one. ``grouped`` counts the independent groups among holders.
    """
    makers: defaultdict[str, set[str]] = defaultdict(set)
    unknown: defaultdict[str, set[str]] = defaultdict(set)
    for one in reliances:
        if one.has_cells:
            (makers if one.entity else unknown)[one.site].add(one.entity or one.name)
    found = []
    for site in sorted(makers.keys() | unknown.keys()):
        for role in SITE_ROLES:
            if role == "manufacturer":
                holders, facts, hidden = makers[site], set[str](), unknown[site]
            else:
                wanted = makers[site] | unknown[site]
                if role == "cloud_operator":
                    wanted = makers[site] & clouded.get(site, frozenset())
                holders, facts, hidden = _holders(role, site, wanted, links)
            if holders or hidden:
                found.append(
                    SiteRole(
                        site=site,
                        role=role,
                        holders=tuple(sorted(holders)),
                        open=tuple(sorted(hidden)),
                        facts=tuple(sorted(facts)),
                        groups=grouped(holders),
                    )
                )
    return tuple(found)


def _what(how: str) -> str:
    """What a supplier does, from how a thing relies on it."""
    return _MADE_BY.get(how) or how.removesuffix(" of")


def _holders(
    role: str, site: str, makers: Iterable[str], links: Sequence[Link]
) -> tuple[set[str], set[str], set[str]]:
    """Who holds a role for these makers at a site, the facts, and the makers without anybody."""
    holders: set[str] = set()
    facts: set[str] = set()
    hidden: set[str] = set()
    for maker in makers:
        said = [
            link
            for link in links
            if link.role == role and link.of_party == maker and link.site in {None, site}
        ]
        holders |= {link.party for link in said}
        facts |= {link.fact for link in said if link.fact}
        if not said:
            hidden.add(maker)
    return holders, facts, hidden


def _suppliers_behind(graph: Graph, start: str, site: str) -> Iterator[Served]:
    """The suppliers behind a party, nearest first, each once; circles end by themselves."""
    seen = {start}
    waiting: deque[tuple[str, int]] = deque([(start, 1)])
    while waiting:
        here, tiers = waiting.popleft()
        if tiers >= DEEPEST:
            continue
        for link in graph.suppliers.get(here, ()):
            if link.party in seen or link.site not in {None, site}:
                continue
            seen.add(link.party)
            waiting.append((link.party, tiers + 1))
            yield Served(
                party=link.party,
                site=site,
                how=f"{link.role.replace('_', ' ')} of {graph.entity(here).name}",
                tiers=tiers + 1,
                fact=link.fact,
            )


def _rank(level: str | None) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)

"""Suppliers: how critical each is and why, and which roles at a site hang on one alone."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.parties.exposure import Reliance
from cellwarden.vendors.parties.graph import graph_of
from cellwarden.vendors.parties.groups import Groups
from cellwarden.vendors.parties.nouns import Entity, Link, Stake
from cellwarden.vendors.parties.serving import (
    LEVELS,
    Served,
    SiteRole,
    Source,
    served,
    site_roles,
    tier_of,
)

MAKERS = ("HELIO", "BARGE")
LEVEL_OF = {"S1": "high", "S2": "low", "S3": None}


def made(site: str, entity: str | None, *, cells: bool = True) -> Reliance:
    return Reliance(
        site=site,
        thing=f"{site}/x",
        how="made by",
        name=entity or "Nobody Known",
        entity=entity,
        has_cells=cells,
    )


def strangers(holders: Collection[str]) -> Groups:
    return Groups(fewest=len(holders), most=len(holders))


def role(found: tuple[SiteRole, ...], site: str, name: str) -> SiteRole:
    return next(one for one in found if (one.site, one.role) == (site, name))


def test_a_supplier_is_as_critical_as_the_most_critical_site_that_depends_on_it() -> None:
    graph = graph_of([Entity(id=one, name=one) for one in MAKERS], [], [])

    ways = served(graph, [made("S2", "HELIO"), made("S1", "HELIO"), made("S2", "BARGE")], [])

    assert tier_of(ways["HELIO"], LEVEL_OF)[0] == "high"
    level, way = tier_of(ways["BARGE"], LEVEL_OF)
    assert (level, way.how if way else "") == ("low", "makes assets")


def test_criticality_comes_through_tiers_and_origins_but_never_through_owners() -> None:
    links = [
        Link(party="CELLS", role="cell_supplier", of_party="HELIO", fact="1.0"),
        Link(party="MINE", role="subcontractor", of_party="CELLS", fact="2.0"),
        Link(party="HELIO", role="subcontractor", of_party="MINE", fact="3.0"),
    ]
    graph = graph_of([], links, [Stake(owned="HELIO", owner="FUND", kind="direct")])
    source = Source(party="CHIPS", part="chips", maker="Helio H-9", site="S1", fact="4.0")

    ways = served(graph, [made("S1", "HELIO")], [source])

    assert {party: told[0].tiers for party, told in ways.items()} == {
        "HELIO": 1,
        "CELLS": 2,
        "MINE": 3,
        "CHIPS": 2,
    }, "a circle ends, and an owner delivers nothing"
    assert ways["CELLS"][0].how == "cell supplier of HELIO"


def test_a_site_of_unknown_criticality_makes_no_tier() -> None:
    ways = (Served(party="P", site="S3", how="makes assets", tiers=1),)

    level, way = tier_of(ways, LEVEL_OF)

    assert level is None
    assert way is not None
    assert tier_of((), LEVEL_OF) == (None, None)


def test_one_holder_alone_is_single_and_two_are_not() -> None:
    links = [
        Link(party="SVC", role="service_partner", of_party="HELIO"),
        Link(party="SVC", role="service_partner", of_party="BARGE"),
    ]
    both = [made("S1", "HELIO"), made("S1", "BARGE")]

    found = site_roles(both, links, {}, strangers)

    assert role(found, "S1", "service_partner").is_single is True
    assert role(found, "S1", "manufacturer").is_single is False


def test_two_companies_of_one_group_are_one_source_and_unknown_owners_leave_it_open() -> None:
    both = [made("S1", "HELIO"), made("S1", "BARGE")]

    def found(fewest: int, most: int) -> SiteRole:
        groups = Groups(fewest=fewest, most=most)
        return role(site_roles(both, [], {}, lambda _: groups), "S1", "manufacturer")

    assert (found(1, 1).is_single, found(1, 1).is_one_group) == (True, True)
    assert (found(1, 2).is_single, found(1, 2).is_one_group) == (None, False)
    assert found(2, 2).is_single is False


def test_a_maker_that_names_nobody_leaves_it_open() -> None:
    links = [Link(party="SVC", role="service_partner", of_party="HELIO")]

    found = site_roles([made("S1", "HELIO"), made("S1", "BARGE")], links, {}, strangers)

    partner = role(found, "S1", "service_partner")
    assert (partner.holders, partner.open, partner.is_single) == (("SVC",), ("BARGE",), None)


def test_only_whose_things_need_a_cloud_need_its_operator() -> None:
    links = [Link(party="HOST", role="cloud_operator", of_party="HELIO")]
    both = [made("S1", "HELIO"), made("S1", "BARGE")]

    without = site_roles(both, links, {}, strangers)
    found = site_roles(both, links, {"S1": frozenset({"HELIO"})}, strangers)

    assert not any(one.role == "cloud_operator" for one in without)
    assert role(found, "S1", "cloud_operator").is_single is True


def test_a_link_of_another_site_does_not_count() -> None:
    links = [Link(party="SVC", role="service_partner", of_party="HELIO", site="S2")]

    found = site_roles([made("S1", "HELIO")], links, {}, strangers)

    assert role(found, "S1", "service_partner").holders == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(["S1", "S2"]), st.sampled_from(["A", "B", None])), max_size=6
    ),
    st.lists(st.tuples(st.sampled_from(["X", "Y"]), st.sampled_from(["A", "B"])), max_size=4),
)
def test_forgetting_who_a_maker_is_never_makes_a_second_source(
    things: list[tuple[str, str | None]], held: list[tuple[str, str]]
) -> None:
    links = [Link(party=p, role="cell_supplier", of_party=m) for p, m in held]
    known = site_roles([made(site, maker) for site, maker in things], links, {}, strangers)
    less = site_roles(
        [made(site, None if maker == "A" else maker) for site, maker in things],
        links,
        {},
        strangers,
    )

    for one in less:
        if one.is_single is False:
            assert role(known, one.site, one.role).is_single is False


@given(st.lists(st.sampled_from([*LEVELS, None]), min_size=1, max_size=5))
def test_one_more_site_never_lowers_a_supplier(levels: list[str | None]) -> None:
    sites = {f"S{n}": level for n, level in enumerate(levels)}
    ways = [Served(party="P", site=site, how="makes assets", tiers=1) for site in sites]
    rank = {level: at for at, level in enumerate((*LEVELS, None))}

    fewer, _ = tier_of(ways[:-1], sites)
    more, _ = tier_of(ways, sites)

    assert rank[more] <= rank[fewer]

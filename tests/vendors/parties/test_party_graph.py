from __future__ import annotations

import time
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.parties.graph import (
    behind,
    circles,
    circular_ownership,
    circular_supply,
    graph_of,
    owners_up,
)
from cellwarden.vendors.parties.lei import check_digits, is_lei
from cellwarden.vendors.parties.nouns import Entity, Filled, Link, Stake
from cellwarden.vendors.parties.roles import roles_of

NAMES = st.sampled_from("ABCDEFG")
LINKS = st.lists(
    st.builds(
        Link,
        party=NAMES,
        role=st.sampled_from(["manufacturer", "cloud_operator", "cell_supplier"]),
        of_party=st.none() | NAMES,
    ),
    max_size=20,
)
STAKES = st.lists(st.builds(Stake, owned=NAMES, owner=NAMES, kind=st.just("direct")), max_size=20)


@given(LINKS, STAKES, NAMES)
def test_every_walk_ends_and_meets_each_entity_once(
    links: list[Link], stakes: list[Stake], start: str
) -> None:
    graph = graph_of([], links, stakes)

    found = behind(graph, start)

    names = [one.entity for one in found]
    assert len(names) == len(set(names))
    assert start not in names
    assert len(owners_up(graph, start)) <= len(stakes)


@given(STAKES)
def test_a_circle_is_told_exactly_where_an_entity_reaches_itself(stakes: list[Stake]) -> None:
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for stake in stakes:
        edges[stake.owned].add(stake.owner)

    told = {name for group in circular_ownership(stakes) for name in group}

    assert told == {name for name in "ABCDEFG" if name in _reach(edges, name)}


def _reach(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += edges.get(name, ())
    return found


@given(LINKS, st.integers(min_value=0, max_value=19))
def test_removing_a_fact_never_turns_unknown_into_filled(links: list[Link], index: int) -> None:
    makers = [Entity(id="A", name="A Power")]
    fewer = links[:index] + links[index + 1 :]

    before = roles_of("A", None, makers, links)
    after = roles_of("A", None, makers, fewer)

    for old, new in zip(before, after, strict=True):
        assert not (old.state is Filled.UNKNOWN and new.state is not Filled.UNKNOWN)


def test_two_makers_of_one_product_are_disputed_and_two_partners_are_not() -> None:
    links = [
        Link(party=party, role=role, manufacturer="A", model="M1")
        for party in ("X", "Y")
        for role in ("manufacturer", "service_partner")
    ]

    states = {one.role: one.state for one in roles_of("a", "m1", [], links)}

    assert states == {
        "manufacturer": Filled.DISPUTED,
        "firmware_maintainer": Filled.UNKNOWN,
        "cloud_operator": Filled.UNKNOWN,
        "service_partner": Filled.FILLED,
    }


def test_subcontracting_in_a_circle_is_told() -> None:
    links = [
        Link(party="B", role="subcontractor", of_party="A"),
        Link(party="A", role="subcontractor", of_party="B"),
    ]

    assert circular_supply(links) == (("A", "B"),)


def test_200_000_rows_in_one_chain_and_one_circle_stay_bounded() -> None:
    count = 200_000
    links = [
        Link(party=f"P{(n + 1) % count}", role="subcontractor", of_party=f"P{n}")
        for n in range(count)
    ]
    start = time.process_time()

    graph = graph_of([], links, [])
    found = behind(graph, "P0", deepest=50)
    circle = circles({f"P{n}": [f"P{(n + 1) % count}"] for n in range(count)})

    assert found[0].entity == "P1"
    assert len(circle) == 1
    assert len(circle[0]) == count
    assert time.process_time() - start < 20


def test_a_walk_stops_at_its_depth() -> None:
    links = [Link(party=f"P{n + 1}", role="subcontractor", of_party=f"P{n}") for n in range(50)]

    assert len(behind(graph_of([], links, []), "P0")) == 12


@pytest.mark.parametrize("lei", ["5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"])
def test_published_leis_hold(lei: str) -> None:
    assert is_lei(lei)


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_check_digits_complete_a_body_and_no_neighbour_does(body: str) -> None:
    whole = body + check_digits(body)

    assert is_lei(whole)
    assert not is_lei(("1" if whole[0] != "1" else "2") + whole[1:])
    assert not is_lei(whole.lower()) or whole.isdigit()


@pytest.mark.parametrize(
    "text", ["", "5493001KJTIIGC8Y1R1", "５493001KJTIIGC8Y1R12", "\u202e" * 20]
)
def test_what_has_another_shape_is_no_lei(text: str) -> None:
    assert not is_lei(text)

"""Groups: who one owner surely controls counts once, and unknown owners leave it open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.parties.graph import Graph, graph_of
from cellwarden.vendors.parties.groups import control_of, groups_of, nobody_above
from cellwarden.vendors.parties.nouns import Entity, Stake, Unnamed


def stake(
    owned: str,
    owner: str,
    low: str | None = None,
    *,
    consolidates: bool = False,
    controls: bool = False,
) -> Stake:
    share = Decimal(low) if low else None
    return Stake(
        owned=owned,
        owner=owner,
        kind="direct",
        low=share,
        high=share,
        consolidates=consolidates,
        controls=controls,
    )


def graph(*stakes: Stake, parties: str = "A B C TOP") -> Graph:
    return graph_of([Entity(id=one, name=one) for one in parties.split()], [], stakes)


@pytest.mark.parametrize(
    ("stakes", "expected"),
    [
        ((stake("A", "X", "60"), stake("B", "X", "51")), (1, 1)),
        ((stake("A", "X", "60"), stake("B", "Y", "51")), (2, 2)),
        ((stake("A", "X", "50"), stake("B", "X", "50")), (2, 2)),
        ((stake("A", "X", "60"),), (1, 2)),
        ((), (1, 2)),
        ((stake("A", "X", consolidates=True), stake("B", "X", controls=True)), (1, 1)),
        ((stake("A", "TOP", "100"), stake("TOP", "X", "80"), stake("B", "X", "70")), (1, 1)),
        ((stake("A", "B", "75"), stake("B", "Y", "90")), (1, 1)),
        ((stake("A", "TOP", "100"), stake("B", "Y", "90")), (1, 2)),
    ],
)
def test_groups(stakes: tuple[Stake, ...], expected: tuple[int, int]) -> None:
    found = groups_of(graph(*stakes), ["A", "B"])

    assert (found.fewest, found.most) == expected


def test_who_says_that_no_company_stands_above_it_is_known_to_its_end() -> None:
    told = [
        Unnamed(owned="A", kind="direct", reason="NATURAL_PERSONS"),
        Unnamed(owned="B", kind="direct", reason="NON_PUBLIC"),
    ]

    nobody = nobody_above(told)

    assert control_of(graph(), "A", nobody).is_known
    assert not control_of(graph(), "B", nobody).is_known


def test_owners_in_a_circle_end() -> None:
    found = control_of(graph(stake("A", "B", "60"), stake("B", "A", "60")), "A")

    assert found.by == {"A", "B"}


names = st.sampled_from(["A", "B", "C", "TOP"])


@given(
    st.lists(st.tuples(names, names, st.sampled_from(["10", "40", "60", "100"])), max_size=6),
    st.sets(names, min_size=1),
)
def test_there_are_never_fewer_groups_at_most_than_at_least(
    held: list[tuple[str, str, str]], asked: set[str]
) -> None:
    found = groups_of(graph(*(stake(*one) for one in held)), asked)

    assert 1 <= found.fewest <= found.most <= len(asked)

"""Part of a tree leads to the same head as all of it, and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger import merkle, partial

sizes = st.integers(min_value=1, max_value=70)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([number])) for number in range(size)]


@given(sizes.flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_any_part_with_what_lies_beside_it_leads_to_the_head(case: tuple[int, set[int]]) -> None:
    size, places = case
    leaves = leaves_of(size)
    runs = partial.runs_of(places)

    others = partial.beside(leaves, runs)

    here = [leaves[place] for place in sorted(places)]
    assert partial.head(size, runs, here, others) == merkle.root(leaves)


@given(sizes.flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_of_one_leaf_it_is_the_audit_path(case: tuple[int, int]) -> None:
    size, place = case
    leaves = leaves_of(size)

    others = partial.beside(leaves, [(place, place)])

    assert sorted(others) == sorted(merkle.inclusion_proof(leaves, place))


@given(sizes)
def test_of_all_leaves_nothing_lies_beside(size: int) -> None:
    assert partial.beside(leaves_of(size), [(0, size - 1)]) == []


@given(sizes.flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_another_leaf_leads_elsewhere(case: tuple[int, set[int]]) -> None:
    size, places = case
    leaves = leaves_of(size)
    runs = partial.runs_of(places)
    here = [leaves[place] for place in sorted(places)]
    here[0] = merkle.leaf_hash(b"another")

    found = partial.head(size, runs, here, partial.beside(leaves, runs))

    assert found != merkle.root(leaves)


def test_runs_are_in_order_and_as_long_as_they_can_be() -> None:
    assert partial.runs_of([7, 1, 2, 3, 9, 8]) == [(1, 3), (7, 9)]
    assert partial.runs_of([]) == []


@pytest.mark.parametrize(("here", "others"), [(0, 0), (2, 0), (1, 5)])
def test_a_wrong_count_is_refused(here: int, others: int) -> None:
    with pytest.raises(ValueError, match="too"):
        partial.head(4, [(1, 1)], leaves_of(here), leaves_of(others))


def test_an_empty_tree_has_the_empty_head() -> None:
    assert partial.head(0, [], [], []) == merkle.EMPTY_ROOT

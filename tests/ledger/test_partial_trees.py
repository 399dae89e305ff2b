"""Part of a tree leads to the same head as all of it, and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger import merkle, partial
from cellwarden.reports.evidence import verify

sizes = st.integers(min_value=1, max_value=70)
parts = sizes.flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1))))


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([number])) for number in range(size)]


@given(parts)
def test_any_part_with_what_stands_for_the_rest_leads_to_the_head(
    case: tuple[int, set[int]],
) -> None:
    size, places = case
    leaves = leaves_of(size)

    found = list(partial.pieces(leaves, places))

    assert verify.head_of(size, found, "here") == merkle.root(leaves)
    assert [first for first, _, _ in found] == [0, *(last + 1 for _, last, _ in found[:-1])]
    assert {(place, place, leaves[place]) for place in places} <= set(found)


@given(sizes.flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_of_one_leaf_it_is_hardly_more_than_its_audit_path(case: tuple[int, int]) -> None:
    size, place = case
    leaves = leaves_of(size)

    others = [head for first, _, head in partial.pieces(leaves, {place}) if first != place]

    path = merkle.inclusion_proof(leaves, place)
    complete = size & (size - 1) == 0
    assert (sorted(others) == sorted(path)) if complete else (len(others) <= 2 * size.bit_length())


@given(sizes)
def test_of_all_leaves_nothing_stands_for_others(size: int) -> None:
    leaves = leaves_of(size)

    assert list(partial.pieces(leaves, range(size))) == [
        (place, place, leaf) for place, leaf in enumerate(leaves)
    ]


@given(parts, st.data())
def test_a_changed_moved_or_missing_piece_leads_nowhere_or_elsewhere(
    case: tuple[int, set[int]], data: st.DataObject
) -> None:
    size, places = case
    leaves = leaves_of(size)
    found = list(partial.pieces(leaves, places))
    at = data.draw(st.integers(0, len(found) - 1))
    first, last, _ = found[at]
    by = data.draw(st.sampled_from([-2, -1, 1, 2]))
    changed = [*found[:at], (first, last, merkle.leaf_hash(b"another")), *found[at + 1 :]]
    moved = [*found[:at], (first + by, last + by, found[at][2]), *found[at + 1 :]]
    longer = [*found[:at], (first, last + 1, found[at][2]), *found[at + 1 :]]
    missing = [*found[:at], *found[at + 1 :]]

    assert verify.head_of(size, changed, "here") != merkle.root(leaves)
    for wrong in (moved, longer, missing, [*found, found[-1]]):
        with pytest.raises(verify.Bad, match=r"^here: "):
            verify.head_of(size, wrong, "here")


def test_an_empty_tree_has_the_empty_head() -> None:
    assert list(partial.pieces([], ())) == []
    assert verify.head_of(0, [], "here") == merkle.EMPTY_ROOT

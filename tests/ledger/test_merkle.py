from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger import merkle


def _reference_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(_reference_root(leaves[:split]), _reference_root(leaves[split:]))


LEAVES = st.lists(st.binary(max_size=3).map(merkle.leaf_hash), max_size=70)


@given(LEAVES)
def test_root_is_what_the_recursive_definition_says(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == _reference_root(leaves)


@given(LEAVES, st.sets(st.integers(0, 80)))
def test_heads_at_several_sizes_are_those_of_the_trees_of_that_size(
    leaves: list[bytes], sizes: set[int]
) -> None:
    heads = merkle.roots_at(iter(leaves), sizes)

    assert heads == {size: merkle.root(leaves[:size]) for size in sizes if size <= len(leaves)}


@given(LEAVES.filter(bool), st.data())
def test_every_leaf_is_proven_and_no_other_leaf_is(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion_proof(leaves, index)

    head = merkle.root_from_proof(leaves[index], index, len(leaves), path)
    wrong = merkle.root_from_proof(merkle.leaf_hash(b"other leaf"), index, len(leaves), path)

    assert head == merkle.root(leaves)
    assert wrong != merkle.root(leaves)


@given(LEAVES)
def test_proofs_made_together_are_those_made_one_by_one(leaves: list[bytes]) -> None:
    together = list(merkle.inclusion_proofs(leaves, range(len(leaves))))

    assert together == [merkle.inclusion_proof(leaves, index) for index in range(len(leaves))]
    with pytest.raises(IndexError, match="of a tree of"):
        list(merkle.inclusion_proofs(leaves, [len(leaves)]))


def test_published_inclusion_vectors_are_judged_as_they_say(shared: Path) -> None:
    judged = 0
    for path in sorted((shared / "suites/merkle/inclusion").rglob("*.json")):
        vector = json.loads(path.read_text("utf-8"))
        try:
            head = merkle.root_from_proof(
                base64.b64decode(vector["leafHash"]),
                vector["leafIdx"],
                vector["treeSize"],
                [base64.b64decode(item) for item in vector["proof"] or []],
            )
            holds = head == base64.b64decode(vector["root"])
        except ValueError:
            holds = False

        assert holds is not vector["wantErr"], path.name
        judged += 1

    assert judged > 50


@given(LEAVES.filter(bool), st.data())
def test_a_tree_that_only_grew_is_proven_from_every_size(
    leaves: list[bytes], data: st.DataObject
) -> None:
    old_size = data.draw(st.integers(1, len(leaves)))

    path = merkle.consistency_proof(leaves, old_size)

    merkle.check_consistency(
        old_size=old_size,
        old_root=merkle.root(leaves[:old_size]),
        new_size=len(leaves),
        new_root=merkle.root(leaves),
        path=path,
    )


@given(LEAVES.filter(bool), st.data())
def test_a_tree_whose_past_was_changed_is_never_proven(
    leaves: list[bytes], data: st.DataObject
) -> None:
    old_size = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, old_size - 1))
    rewritten = [*leaves]
    rewritten[changed] = merkle.leaf_hash(b"another entry")

    path = merkle.consistency_proof(rewritten, old_size)

    with pytest.raises(ValueError, match="root"):
        merkle.check_consistency(
            old_size=old_size,
            old_root=merkle.root(leaves[:old_size]),
            new_size=len(leaves),
            new_root=merkle.root(rewritten),
            path=path,
        )


@pytest.mark.parametrize("old_size", [0, 4, -1])
def test_no_proof_is_made_from_a_tree_that_never_was(old_size: int) -> None:
    leaves = [merkle.leaf_hash(b"1"), merkle.leaf_hash(b"2"), merkle.leaf_hash(b"3")]

    with pytest.raises(IndexError, match="tree of 3"):
        merkle.consistency_proof(leaves, old_size)


def _is_consistent(vector: dict[str, Any], old_size: int, new_size: int) -> bool:
    try:
        merkle.check_consistency(
            old_size=old_size,
            old_root=base64.b64decode(vector["root1"]),
            new_size=new_size,
            new_root=base64.b64decode(vector["root2"]),
            path=[base64.b64decode(item) for item in vector["proof"] or []],
        )
    except ValueError:
        return False
    return True


def test_published_consistency_vectors_are_judged_as_they_say(shared: Path) -> None:
    paths = sorted((shared / "suites/merkle/consistency").rglob("*.json"))

    for path in paths:
        vector = json.loads(path.read_text("utf-8"))
        holds = _is_consistent(vector, vector["size1"], vector["size2"])

        assert holds is not vector["wantErr"], path.name

    assert len(paths) == 98


def test_published_subtree_vectors_hold_for_subtrees_that_begin_at_the_first_leaf(
    shared: Path,
) -> None:
    judged = 0
    for path in sorted((shared / "suites/merkle/subtreeconsistency").rglob("*.json")):
        vector = json.loads(path.read_text("utf-8"))
        if vector["start"] or not vector["end"]:
            continue
        holds = _is_consistent(vector, vector["end"], vector["size"])

        assert holds is not vector["wantErr"], path.name
        judged += 1

    assert judged > 80


def test_published_subtree_inclusion_vectors_are_those_of_a_tree_of_their_own(
    shared: Path,
) -> None:
    judged = 0
    for path in sorted((shared / "suites/merkle/subtreeinclusion").rglob("*.json")):
        vector = json.loads(path.read_text("utf-8"))
        start, size = vector["start"], vector["end"] - vector["start"]
        if size > 0 and start % (1 << (size - 1).bit_length()):
            continue  # no subtree: it does not begin where a tree of its size may begin
        try:
            head = merkle.root_from_proof(
                base64.b64decode(vector["leafHash"]),
                vector["leafIdx"] - start,
                size,
                [base64.b64decode(item) for item in vector["proof"] or []],
            )
            holds = head == base64.b64decode(vector["root"])
        except ValueError:
            holds = False

        assert holds is not vector["wantErr"], path.name
        judged += 1

    assert judged > 150

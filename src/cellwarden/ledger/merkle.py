"""The RFC 6962 Merkle tree: roots and inclusion proofs over leaf hashes, SHA-256 throughout."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

_DIGEST_BYTES: Final = 32

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962 section 2.1)."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's stored bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and the two children (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree head over leaf hashes, in order, without recursion: peaks of full subtrees."""
    if not leaves:
        return EMPTY_ROOT
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, top = 0, leaf
        while peaks and peaks[-1][0] == height:
            top = node_hash(peaks.pop()[1], top)
            height += 1
        peaks.append((height, top))
    top = peaks.pop()[1]
    while peaks:
        top = node_hash(peaks.pop()[1], top)
    return top


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf, nearest sibling first (RFC 6962 section 2.1.1).

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    path: list[bytes] = []
    first, last = 0, len(leaves)
    while last - first > 1:
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        if index < middle:
            path.append(root(leaves[middle:last]))
            last = middle
        else:
            path.append(root(leaves[first:middle]))
            first = middle
    return path[::-1]


def root_from_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The tree head that a proof leads to (RFC 9162 section 2.1.3.2).

    Raises:
        ValueError: index, size and path length don't fit together, or a digest has another length.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} cannot stand in a tree of {size}")
    if any(len(digest) != _DIGEST_BYTES for digest in (leaf, *path)):
        raise ValueError("a digest in the proof is not 32 bytes long")
    node, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise ValueError("the proof is longer than the tree is high")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise ValueError("the proof is shorter than the tree is high")
    return node

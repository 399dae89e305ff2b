"""Part of a Merkle tree: some leaves, and the fewest hashes that stand for all others.

Of all leaves, or of one run of them, this is hardly more than the leaves; of a single one it is its
RFC 6962 audit path, the incomplete right edge in parts that are complete.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from cellwarden.ledger import merkle

Piece = tuple[int, int, bytes]
"""The first and the last leaf of a complete subtree, and its head."""


def pieces(leaves: Sequence[bytes], wanted: Collection[int]) -> Iterator[Piece]:
    """A tree from left to right: each wanted leaf, and the largest subtrees of what lies between.

    Every subtree has a power of two of leaves, and as many or a multiple of them before it, so the
    tree's size alone says how the pieces belong together.
    """
    places = [*sorted(set(wanted)), len(leaves)]
    at = 0
    while at < len(leaves):
        free = places[bisect_left(places, at)] - at
        count = 1
        while 2 * count <= free and at % (2 * count) == 0:
            count *= 2
        yield at, at + count - 1, merkle.root(leaves[at : at + count])
        at += count

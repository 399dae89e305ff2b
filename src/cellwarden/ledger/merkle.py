"""The RFC 6962 Merkle tree: roots, inclusion and consistency proofs over leaf hashes, SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_DIGEST_BYTES: Final = 32
_LENGTHS: Final = frozenset([_DIGEST_BYTES])

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
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        _add(peaks, leaf)
    return _top(peaks)


def roots_at(leaves: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The tree heads at several sizes, in one pass; a size beyond the leaves has none."""
    wanted = set(sizes)
    peaks: list[tuple[int, bytes]] = []
    found = {0: EMPTY_ROOT} if 0 in wanted else {}
    for size, leaf in enumerate(leaves, start=1):
        _add(peaks, leaf)
        if size in wanted:
            found[size] = _top(peaks)
    return found


def _add(peaks: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Put one more leaf under the peaks of full subtrees, highest first."""
    height, top = 0, leaf
    while peaks and peaks[-1][0] == height:
        top = node_hash(peaks.pop()[1], top)
        height += 1
    peaks.append((height, top))


def _top(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """The tree head over peaks, which stay as they are."""
    if not peaks:
        return EMPTY_ROOT
    top = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        top = node_hash(peak, top)
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


def inclusion_proofs(leaves: Sequence[bytes], indexes: Iterable[int]) -> Iterator[list[bytes]]:
    """The audit paths of many leaves, hashing the tree once: for packs of proofs.

    Raises:
        IndexError: there is no such leaf.
    """
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = range(0, len(below) - 1, 2)
        above = [node_hash(below[at], below[at + 1]) for at in pairs]
        levels.append(above + below[len(above) * 2 :])
    for index in indexes:
        if not 0 <= index < len(leaves):
            raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
        yield [
            level[index >> height ^ 1]
            for height, level in enumerate(levels[:-1])
            if index >> height ^ 1 < len(level)
        ]


def root_from_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The tree head that a proof leads to (RFC 9162 section 2.1.3.2).

    The siblings up to the peak that the leaf stands under lie on both sides, as the bits of the
    index say; those above it are peaks to its left. Written for speed: packs hold many proofs.

    Raises:
        ValueError: index, size and path length don't fit together, or a digest has another length.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} cannot stand in a tree of {size}")
    below = (index ^ (size - 1)).bit_length()
    height = below + (index >> below).bit_count()
    if len(path) > height:
        raise ValueError("the proof is longer than the tree is high")
    if len(path) < height:
        raise ValueError("the proof is shorter than the tree is high")
    if len(leaf) != _DIGEST_BYTES or not _LENGTHS.issuperset(map(len, path)):
        raise ValueError("a digest in the proof is not 32 bytes long")
    sha256, node = hashlib.sha256, leaf
    for sibling in path[:below]:
        pair = sibling + node if index & 1 else node + sibling
        node = sha256(b"\x01" + pair).digest()
        index >>= 1
    for sibling in path[below:]:
        node = sha256(b"\x01" + sibling + node).digest()
    return node


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """What shows that a tree only grew from ``old_size`` leaves (RFC 6962 section 2.1.2).

    Raises:
        IndexError: there was no such tree, or it was empty: nothing can be shown from nothing.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"a tree of {old_size} inside a tree of {len(leaves)}")
    path: list[bytes] = []
    first, last = 0, len(leaves)
    old_root_is_known = True
    while old_size != last:
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        if old_size <= middle:
            path.append(root(leaves[middle:last]))
            last = middle
        else:
            path.append(root(leaves[first:middle]))
            first = middle
            old_root_is_known = False
    if not old_root_is_known:
        path.append(root(leaves[first:last]))
    return path[::-1]


def check_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the newer tree begins with the older one (RFC 9162 section 2.1.4.2).

    Raises:
        ValueError: it does not, or the proof does not show it; says which.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a tree of {new_size} entries cannot extend one of {old_size}")
    if old_size == new_size:
        _check_same(old_size, old_root, new_root, path)
        return
    if old_size == 0:
        raise ValueError("nothing can be shown about growth from an empty tree")
    if any(len(digest) != _DIGEST_BYTES for digest in (old_root, new_root, *path)):
        raise ValueError("a digest in the proof is not 32 bytes long")
    nodes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not path:
        raise ValueError("the proof is empty, and the trees have different sizes")
    old_head, new_head = _heads(nodes, old_size - 1, new_size - 1)
    if old_head != old_root:
        raise ValueError(f"the proof leads to another root at {old_size} entries")
    if new_head != new_root:
        raise ValueError(f"the proof leads to another root at {new_size} entries")


def _check_same(size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Two heads of one size are the same head, and need no proof."""
    if path:
        raise ValueError("trees of the same size need no proof, and there is one")
    if old_root != new_root:
        raise ValueError(f"two different roots at {size} entries")
    if size == 0 and old_root != EMPTY_ROOT:
        raise ValueError("an empty tree has another root")


def _heads(nodes: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes]:
    """The two tree heads that a consistency proof leads to: the older and the newer."""
    while position & 1:
        position >>= 1
        last >>= 1
    old_head = new_head = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise ValueError("the proof is longer than the tree is high")
        if position & 1 or position == last:
            old_head = node_hash(node, old_head)
            new_head = node_hash(node, new_head)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new_head = node_hash(new_head, node)
        position >>= 1
        last >>= 1
    if last:
        raise ValueError("the proof is shorter than the tree is high")
    return old_head, new_head

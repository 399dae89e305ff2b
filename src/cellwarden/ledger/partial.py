"""Part of a Merkle tree: some leaves, and the fewest hashes that lead from them to the head.

Of all leaves, or of one run of them, this is hardly more than the leaves; of a single one it is its
RFC 6962 audit path, top down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cellwarden.ledger import merkle

Run = tuple[int, int]
"""The first and the last place of leaves that follow each other."""


def runs_of(places: Iterable[int]) -> list[Run]:
    """Places as runs, in order."""
    found: list[list[int]] = []
    for place in sorted(set(places)):
        if found and found[-1][1] == place - 1:
            found[-1][1] = place
        else:
            found.append([place, place])
    return [(first, last) for first, last in found]


def beside(leaves: Sequence[bytes], runs: Sequence[Run]) -> list[bytes]:
    """The heads of the largest subtrees that hold none of the runs' leaves, from left to right."""
    return list(_beside(leaves, 0, len(leaves), runs)) if leaves else []


def head(size: int, runs: Sequence[Run], leaves: Iterable[bytes], others: Iterable[bytes]) -> bytes:
    """The head of a tree of ``size`` leaves, from those in ``runs`` and the hashes beside them.

    Raises:
        ValueError: there are more or fewer leaves or hashes than the runs need.
    """
    here, rest = iter(leaves), iter(others)
    if not size:
        found = merkle.EMPTY_ROOT
    else:
        try:
            found = _head(0, size, runs, here, rest)
        except StopIteration as error:
            raise ValueError("too few leaves or hashes") from error
    if next(here, None) is not None or next(rest, None) is not None:
        raise ValueError("too many leaves or hashes")
    return found


def _beside(leaves: Sequence[bytes], first: int, last: int, runs: Sequence[Run]) -> Iterator[bytes]:
    if not runs:
        yield merkle.root(leaves[first:last])
    elif last - first > 1 and not _covered(first, last, runs):
        middle, left, right = _parted(first, last, runs)
        yield from _beside(leaves, first, middle, left)
        yield from _beside(leaves, middle, last, right)


def _head(
    first: int, last: int, runs: Sequence[Run], leaves: Iterator[bytes], others: Iterator[bytes]
) -> bytes:
    if not runs:
        return next(others)
    if last - first == 1:
        return next(leaves)
    middle, left, right = _parted(first, last, runs)
    head_left = _head(first, middle, left, leaves, others)
    return merkle.node_hash(head_left, _head(middle, last, right, leaves, others))


def _covered(first: int, last: int, runs: Sequence[Run]) -> bool:
    return any(run[0] <= first and last - 1 <= run[1] for run in runs)


def _parted(first: int, last: int, runs: Sequence[Run]) -> tuple[int, list[Run], list[Run]]:
    """Where RFC 6962 parts a tree, and the runs that touch each side."""
    middle = first + (1 << (last - first - 1).bit_length() - 1)
    left = [run for run in runs if run[0] < middle]
    right = [run for run in runs if run[1] >= middle]
    return middle, left, right

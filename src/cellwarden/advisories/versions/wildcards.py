"""Bounds that stand for many versions: 4.x, V08.*, 9.xx, R15x, V3.X.17."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cellwarden.advisories.versions.numerals import is_padded
from cellwarden.advisories.versions.order import counts_years, numbers_as_written
from cellwarden.advisories.versions.spelling import plain, spell

_BEHIND: Final = re.compile(r"(?<=\d)(?:[.\s_-]?(?:[xX]{1,3}|\*+)){1,3}$")
_ATTACHED: Final = re.compile(r"(?<=\d)x$")
_INSIDE: Final = re.compile(r"(\d+(?:\.\d+)*)\.[xX]\.(\d+(?:\.\d+)*)$")


def is_wild(text: str) -> bool:
    """Whether a bound ends in a wildcard, or holds one in its middle.

    A capital X that touches a number is a letter (``1.23X``), a small one a wildcard.
    """
    cleaned = plain(text)
    found = _BEHIND.search(cleaned)
    if found and found.group()[0] == "X":
        return False
    return bool(found or _INSIDE.search(cleaned))


@lru_cache(maxsize=4096)
def _pattern(text: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """The numbers before the wildcard, those behind it, and whether it touches a number."""
    cleaned = plain(text)
    inside = _INSIDE.search(cleaned)
    if inside:
        return tuple(inside[1].split(".")), tuple(inside[2].split(".")), False
    head = spell(_BEHIND.sub("", cleaned)).text
    digits = re.match(r"\d+(?:\.\d+)*", head)
    segments = tuple(digits.group().split(".")) if digits else ()
    return segments, (), bool(_ATTACHED.search(cleaned))


def holds_wild(op: str, version: str, bound: str) -> bool | None:
    """Whether a version stands to a bound with a wildcard as the operator says.

    Versions that begin with the bound's numbers satisfy ``=``, ``<=`` and ``>=``; whether they
    satisfy ``<`` or ``>`` is not known.
    """
    head, behind, touches = _pattern(bound)
    parsed = numbers_as_written(version)
    if not head or parsed is None:
        return None
    ours, want = tuple(map(int, parsed.segments)), tuple(map(int, head))
    shared = min(len(ours), len(want))
    if ours[:shared] != want[:shared]:
        inside = _differing(op, parsed.segments, head, touches=touches)
        return None if inside is False and counts_years(ours) != counts_years(want) else inside
    if len(ours) < len(want):
        return None
    if behind:
        return _behind(op, ours[len(want) + 1 :], tuple(map(int, behind)))
    return True if op in {"=", "<=", ">="} else None


def _differing(
    op: str, ours: tuple[str, ...], head: tuple[str, ...], *, touches: bool
) -> bool | None:
    """Where a version lies that does not begin with the bound's numbers."""
    values, want = tuple(map(int, ours)), tuple(map(int, head))
    if touches and _is_last(values, want) and _are_digits(ours, head):
        return _by_digits(op, ours[len(head) - 1], want[-1])
    if _may_be_meant(ours, head, touches=touches):
        return None
    shared = min(len(ours), len(head))
    return _by_order(op, is_below=values[:shared] < want[:shared])


def _is_last(ours: tuple[int, ...], want: tuple[int, ...]) -> bool:
    """Whether only the number that the wildcard touches differs."""
    return len(ours) >= len(want) and ours[: len(want) - 1] == want[:-1]


def _are_digits(ours: tuple[str, ...], head: tuple[str, ...]) -> bool:
    """Whether our number has one digit more than the bound: the x stands for that digit."""
    return len(ours[len(head) - 1]) == len(head[-1]) + 1


def _by_digits(op: str, ours: str, want: int) -> bool | None:
    """``7.41`` against ``7.4x``, which is 7.40 to 7.49 or, less likely, 7.4 and what follows it.

    The first reading is enough for inside; outside needs both.
    """
    tens = int(ours[:-1])
    if tens == want:
        return True if op in {"<=", ">="} else None
    is_inside = _by_order(op, is_below=tens < want)
    return is_inside or (None if _by_order(op, is_below=int(ours) < want) else False)


def _may_be_meant(ours: tuple[str, ...], head: tuple[str, ...], *, touches: bool) -> bool:
    """Whether 7.25 may be meant by 7.2x, or a padded fraction leaves the order open."""
    last = len(head) - 1
    if len(ours) <= last or ours[:last] != head[:last]:
        return False
    if touches and ours[last].startswith(head[last]):
        return True
    differs = len(ours[last]) != len(head[last])
    return last == 1 and differs and (is_padded(ours[last]) or is_padded(head[last]))


def _by_order(op: str, *, is_below: bool) -> bool:
    if op == "=":
        return False
    return is_below if op in {"<", "<="} else not is_below


def _behind(op: str, ours: tuple[int, ...], want: tuple[int, ...]) -> bool | None:
    """Compare what stands behind a wildcard; a version that does not go so far is open."""
    if not ours:
        return None
    if ours[: len(want)] == want:
        return op in {"=", "<=", ">="}
    return _by_order(op, is_below=ours[: len(want)] < want)

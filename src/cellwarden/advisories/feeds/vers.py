"""Version constraints that we write ourselves, as ``vers:`` texts: intervals and complements.

Syntax: the VERS specification (ECMA-428), ``vers:<scheme>/<constraint>|<constraint>``; versions
are percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import total_ordering
from typing import Final
from urllib.parse import quote

import msgspec

EVERY: Final = "*"
_PLAIN: Final = re.compile(r"[vV]?(\d+(?:\.\d+)*)")
_UNQUOTED: Final = "-._~+:"


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """The versions between two bounds; a bound of nothing is no bound.

    An interval whose bounds are the same version, both included, is that version alone.
    """

    low: str | None = None
    high: str | None = None
    includes_low: bool = True
    includes_high: bool = False

    @property
    def is_every_version(self) -> bool:
        """Whether it has no bound at all."""
        return self.low is None and self.high is None

    @property
    def is_one_version(self) -> bool:
        """Whether it holds a single version."""
        return self.low is not None and self.low == self.high


def only(version: str) -> Interval:
    """The interval of one version."""
    return Interval(low=version, high=version, includes_high=True)


def write(intervals: Sequence[Interval], *, scheme: str = "generic") -> str:
    """Write intervals, in ascending order and apart from each other, as one ``vers:`` text."""
    if any(interval.is_every_version for interval in intervals):
        return f"vers:{scheme}/{EVERY}"
    return f"vers:{scheme}/" + "|".join(text for each in intervals for text in _constraints(each))


def write_all_but(intervals: Sequence[Interval], *, scheme: str = "generic") -> str | None:
    """Write every version outside some intervals; nothing where we cannot order their bounds.

    An empty text where they leave nothing over.
    """
    left = complement(intervals)
    if left is None:
        return None
    if not left:
        return ""
    points = [each.low for each in intervals if each.is_one_version and each.low is not None]
    if len(points) == len(intervals):
        constraints = "|".join(f"!={quote(point, safe=_UNQUOTED)}" for point in points)
        return f"vers:{scheme}/{constraints}"
    return write(left, scheme=scheme)


def complement(intervals: Sequence[Interval]) -> list[Interval] | None:
    """Every version outside some intervals, ascending; nothing where we cannot order them.

    One interval needs no order. Several do: then every bound has to be dotted numbers, which
    every scheme orders alike.
    """
    if any(interval.is_every_version for interval in intervals):
        return []
    ordered = in_order(intervals)
    if ordered is None:
        return None
    left: list[Interval] = []
    low: str | None = None
    includes_low = True
    at_start = True
    for each in ordered:
        if each.low is not None and (
            at_start or _is_gap(low, each.low, each, includes_low=includes_low)
        ):
            gap = Interval(
                low=low,
                high=each.low,
                includes_low=includes_low,
                includes_high=not each.includes_low,
            )
            left.append(gap)
        if each.high is None:
            return left
        if at_start or low is None or _reaches_further(each, low, includes_low=includes_low):
            low, includes_low = each.high, not each.includes_high
        at_start = False
    return [*left, Interval(low=low, includes_low=includes_low)]


def in_order(intervals: Sequence[Interval]) -> list[Interval] | None:
    """Intervals by their lower bounds; nothing where several cannot be ordered by us."""
    if len(intervals) < 2:  # noqa: PLR2004 - two is where order begins
        return list(intervals)
    bounds = [bound for each in intervals for bound in (each.low, each.high) if bound is not None]
    if not all(_PLAIN.fullmatch(bound) for bound in bounds):
        return None
    return sorted(
        intervals,
        key=lambda each: (
            each.low is not None,
            Dotted(each.low) if each.low is not None else Dotted("0"),
            not each.includes_low,
        ),
    )


@total_ordering
class Dotted:
    """Dotted numbers that compare as numbers; missing ones count as zero."""

    def __init__(self, text: str) -> None:
        found = _PLAIN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not dotted numbers")
        numbers = [int(number) for number in found.group(1).split(".")]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        self._numbers = numbers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dotted) and self._numbers == other._numbers

    def __lt__(self, other: Dotted) -> bool:
        return self._numbers < other._numbers

    def __hash__(self) -> int:
        return hash(tuple(self._numbers))


def is_dotted(text: str) -> bool:
    """Whether a version is plain dotted numbers, with or without a leading v."""
    return _PLAIN.fullmatch(text) is not None


def _constraints(interval: Interval) -> list[str]:
    if interval.is_one_version:
        return [quote(interval.low or "", safe=_UNQUOTED)]
    found = []
    if interval.low is not None:
        found.append((">=" if interval.includes_low else ">") + quote(interval.low, safe=_UNQUOTED))
    if interval.high is not None:
        sign = "<=" if interval.includes_high else "<"
        found.append(sign + quote(interval.high, safe=_UNQUOTED))
    return found


def _is_gap(low: str | None, high: str, following: Interval, *, includes_low: bool) -> bool:
    if low is None:
        return False
    if Dotted(low) == Dotted(high):
        return includes_low and not following.includes_low
    return Dotted(low) < Dotted(high)


def _reaches_further(interval: Interval, low: str, *, includes_low: bool) -> bool:
    high = interval.high or ""
    if Dotted(high) == Dotted(low):
        return includes_low and interval.includes_high
    return Dotted(high) > Dotted(low)

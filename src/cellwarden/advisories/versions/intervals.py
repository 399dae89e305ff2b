"""Ranges of plain numbers as intervals of keys: inside, and those that a closer look decides."""

from __future__ import annotations

from typing import Final, Protocol

import msgspec

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.bounds import cuts
from cellwarden.advisories.versions.days import begins_with_day
from cellwarden.advisories.versions.nouns import Alternative, Comparator
from cellwarden.advisories.versions.order import BUILD_LIKE, DAY_LONG, YEARS, counts_years, readings
from cellwarden.advisories.versions.scheme import Parsed
from cellwarden.advisories.versions.schemes import scheme_named, schemes
from cellwarden.advisories.versions.spelling import spell

LOWEST: Final = b""
HIGHEST: Final = b"\xff"
_MOST_ZEROS: Final = 4

Interval = tuple[bytes, bytes]


class Plan(msgspec.Struct, frozen=True, gc=False):
    """Half-open key intervals: what is inside, and what keys alone do not decide.

    Keys are those of the scheme ``dotted``. A key in ``open`` that is not ``inside`` is
    undetermined; a key in neither is outside.
    """

    inside: tuple[Interval, ...]
    open: tuple[Interval, ...]

    def decide(self, key: bytes) -> bool | None:
        """Whether a key lies inside; nothing where it is open."""
        for low, high in self.inside:
            if low <= key < high:
                return True
        for low, high in self.open:
            if low <= key < high:
                return None
        return False


class Planned(Protocol):
    """Anything that carries a plan: a version range."""

    @property
    def plan(self) -> Plan | None:
        """The intervals of the range, where keys decide it."""


def interval_keys(version_range: Planned) -> tuple[Interval, ...] | None:
    """The half-open intervals of keys that lie inside a range; nothing where keys do not decide.

    The keys are those of ``version_key``. What lies in none of them, nor in ``doubtful_keys``,
    is outside. A version without a key needs ``VersionRange.place``.
    """
    return version_range.plan.inside if version_range.plan else None


def doubtful_keys(version_range: Planned) -> tuple[Interval, ...]:
    """The intervals in which a version that is not inside is undetermined; empty without a plan."""
    return version_range.plan.open if version_range.plan else ()


def plan_of(alternatives: tuple[Alternative, ...]) -> Plan | None:
    """The intervals of a range, if every bound is plain numbers; else nothing."""
    inside: list[Interval] = []
    open_: list[Interval] = []
    for alternative in alternatives:
        spans = [_spans(comparator) for comparator in alternative.comparators]
        if not spans or any(span is None for span in spans):
            return None
        known = [span for span in spans if span is not None]
        yes = _meet([span[0] for span in known])
        maybe = _meet([span[0] + span[1] for span in known])
        (inside if alternative.is_certain else open_).extend(yes)
        open_.extend(maybe)
    return Plan(tuple(inside), tuple(open_))


def _meet(sets: list[list[Interval]]) -> list[Interval]:
    """The intervals that lie in every one of the sets."""
    result = sets[0]
    for other in sets[1:]:
        result = [
            (max(a, c), min(b, d)) for a, b in result for c, d in other if max(a, c) < min(b, d)
        ]
    return result


def _spans(comparator: Comparator) -> tuple[list[Interval], list[Interval]] | None:
    """Where one comparator holds, and where it is open; nothing for what is no plain number."""
    if comparator.prefix or len(comparator.bounds) != 1 or comparator.op == "!=":
        return None
    bound = comparator.bounds[0]
    spelled, found = spell(bound), readings(bound)
    dotted = schemes().index(scheme_named("dotted"))
    is_day = begins_with_day(spelled.text) or (bool(found) and found[0] is not None)
    if spelled.label or is_day or not found or (parsed := found[dotted]) is None:
        return None
    if len(parsed.segments) == 1 and len(parsed.segments[0]) >= DAY_LONG:
        return None
    return _holding(comparator.op, parsed), _open(comparator.op, parsed)


def _holding(op: str, bound: Parsed) -> list[Interval]:
    key = number_key(bound.numbers)
    after = key + b"\0"
    spans = {
        "<": (LOWEST, key),
        "<=": (LOWEST, after),
        "=": (key, after),
        ">=": (key, HIGHEST),
        ">": (after, HIGHEST),
    }
    return [spans[op]]


def _open(op: str, bound: Parsed) -> list[Interval]:
    """Keys that the order puts outside although they may be meant; see ``bounds.closeness``."""
    numbers = bound.numbers
    spans = _other_style(numbers)
    if op in {"<=", "="}:
        written = tuple(map(int, bound.segments))
        is_short = len(written) <= (3 if op == "=" else 1)
        low = number_key(written) if is_short else number_key((*written, BUILD_LIKE))
        spans.append((low + b"\0" if is_short else low, _above(written)))
    if op in {">=", ">", "="}:
        spans.extend(_point(cut) for cut in cuts(op, numbers, is_single=False))
    if op in {"<=", ">=", "="} and len(numbers) == 2:  # noqa: PLR2004 - a whole part and a fraction
        spans.extend(_point((numbers[0], fraction)) for fraction in _same_fractions(numbers[1]))
    return spans


def _other_style(numbers: tuple[int, ...]) -> list[Interval]:
    """Versions that count years where the bound does not, or the other way."""
    low, high = number_key((YEARS[0],))[:-1], number_key((YEARS[1],))[:-1]
    if counts_years(numbers):
        return [(LOWEST, low), (high, HIGHEST)]
    return [(low, high)]


def _point(numbers: tuple[int, ...]) -> Interval:
    key = number_key(numbers)
    return key, key + b"\0"


def _above(numbers: tuple[int, ...]) -> bytes:
    """Above every key whose numbers begin with these."""
    return number_key(numbers)[:-1] + b"\xff"


def _same_fractions(fraction: int) -> list[int]:
    """The fractions that differ by zeros at the end."""
    base = int(str(fraction).rstrip("0") or "0")
    return [
        base * 10**zeros for zeros in range(_MOST_ZEROS) if base and base * 10**zeros != fraction
    ]

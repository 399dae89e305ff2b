"""Tame versions: so plain that any range says the same of all between two keys.

A range whose bounds are more than plain numbers (``V4.8 SP5``, ``MX-V5.2.4.15-r2``) cannot be
decided by keys alone. Yet of versions with a fixed count of small numbers it can only say another
thing where these pass numbers that its words name, or where the digits of a fraction do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from cellwarden.advisories.plain import MOST_TAME, number_key, stripped
from cellwarden.advisories.versions import VersionRange
from cellwarden.advisories.versions.numerals import LONGEST_NUMBER
from cellwarden.advisories.versions.spelling import spell

COUNTS: Final = (2, 3)
"""How many numbers a tame version may have."""
_RUNS: Final = re.compile(r"\d+(?:\.\d+)*")
_NUMBERS: Final = re.compile(r"\d+")
_MOST_RUNS: Final = 8
_NUMBER: Final = r"(?:0|[1-9]\d*)"
_PLAIN_WILD: Final = re.compile(
    rf"[vV]?(?:{_NUMBER}\.)*{_NUMBER}(?:[._ -](?:[xX]{{1,3}}|\*+)){{1,3}}"
)
_DIGITS: Final = (1, 10, 100)
_FRACTION: Final = 2
"""Of two numbers the second may be a fraction; of more, only a padded one may."""


def is_beyond(words: VersionRange) -> bool:
    """True where a range may tell apart what lies between two numbers of its words.

    So it is with a bound without a number at its start (``SP3 Update 6``), and with a wildcard
    that touches a number, has one behind it, or follows padded ones: 7.2x, V3.X.17, 2.001.x.
    """
    return any(
        _PLAIN_WILD.fullmatch(bound) is None if comparator.prefix else _is_wordy(bound)
        for alternative in words.alternatives
        for comparator in alternative.comparators
        for bound in comparator.bounds
    )


@lru_cache(maxsize=16384)
def _is_wordy(bound: str) -> bool:
    return not spell(bound).text[:1].isdigit()


def points(texts: Iterable[str], count: int) -> tuple[tuple[int, ...], ...]:
    """The tame versions of so many numbers at which they pass what the texts name, in order.

    All between two of them lie alike to the texts. The lowest version is no point.
    """
    found = {point for text in texts for point in _named(text, count)}
    return tuple(sorted(point for point in found if any(point) and max(point) <= MOST_TAME))


def key_of(point: tuple[int, ...]) -> bytes:
    """The key of a tame version."""
    return number_key(stripped(point))


@lru_cache(maxsize=16384)
def _named(text: str, count: int) -> frozenset[tuple[int, ...]]:
    runs = [_NUMBERS.findall(run) for run in _RUNS.findall(text)[:_MOST_RUNS]]
    found: set[tuple[int, ...]] = set()
    for run in (_NUMBERS.findall(text), *runs):
        numbers = [int(digits) for digits in run[:count] if len(digits) <= LONGEST_NUMBER]
        for end in range(1, len(numbers) + 1):
            found.update(_around(tuple(numbers[:end]), count))
        if len(numbers) >= _FRACTION and (count == _FRACTION or run[1][0] == "0"):
            found.update(_fractions(numbers[0], run[1], count))
    return frozenset(found)


def _around(beginning: tuple[int, ...], count: int) -> Iterator[tuple[int, ...]]:
    """The first version that begins so, the one behind it, and the first one above them all."""
    zeros = (0,) * (count - len(beginning))
    yield beginning + zeros
    yield (*(beginning + zeros)[:-1], 1 if zeros else beginning[-1] + 1)
    yield (*beginning[:-1], beginning[-1] + 1, *zeros)


def _fractions(first: int, digits: str, count: int) -> Iterator[tuple[int, ...]]:
    """Where a second number gets more digits, and where it is the same fraction as the digits."""
    value = int(digits)
    same = {value * 10**more for more in range(3)} | {
        int(digits[:size].ljust(size, "0")) for size in range(1, 4)
    }
    for number in {*_DIGITS, *same}:
        yield from _around((first, number), count)

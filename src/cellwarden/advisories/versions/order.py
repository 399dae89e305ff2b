"""Comparing any two version texts: which scheme reads both, what it says, how far to trust it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from cellwarden.advisories.versions.numerals import extends
from cellwarden.advisories.versions.scheme import Parsed, Scheme
from cellwarden.advisories.versions.schemes import scheme_named, schemes
from cellwarden.advisories.versions.spelling import LONGEST_VERSION, spell

BUILD_LIKE: Final = 1000
"""A further number from here on is a build's rather than a version's own next step."""
YEARS: Final = (1995, 2040)
"""A first number in this span, the end excluded, counts years."""


class Weighing(NamedTuple):
    """How a version stands to a bound.

    ``order`` is -1, 0, 1 or nothing. ``doubt`` says why the order must not be used to call the
    version outside; empty where it can be trusted.
    """

    order: int | None
    scheme: str
    doubt: str


@lru_cache(maxsize=65536)
def readings(text: str) -> tuple[Parsed | None, ...]:
    """What each scheme reads in a version text, strictest first."""
    spelled = spell(text)
    if not spelled.text:
        return ()
    return tuple(scheme.read(spelled.text) for scheme in schemes())


def is_readable(text: str) -> bool:
    """Whether any scheme reads a text as a version."""
    return any(readings(text))


def compare_versions(a: str, b: str) -> int | None:
    """-1, 0 or 1 as version a is before, at or after b; nothing where they have no order."""
    weighing = weigh(a, b)
    return None if weighing.doubt else weighing.order


@lru_cache(maxsize=262144)
def weigh(version: str, bound: str) -> Weighing:
    """Set a version against a bound, by the strictest scheme that reads both."""
    if len(version) > LONGEST_VERSION or len(bound) > LONGEST_VERSION:
        return Weighing(None, "", "")
    one, other = spell(version), spell(bound)
    if one.whole == other.whole and one.whole:
        return Weighing(0, "text", "")
    if one.label and other.label and one.label != other.label:
        return Weighing(None, "", "")
    pairs = tuple(zip(schemes(), readings(version), readings(bound), strict=False))
    for scheme, a, b in pairs:
        if scheme.table.is_apart and (a is None) != (b is None):
            return Weighing(None, scheme.table.name, "")
    for scheme, a, b in pairs:
        if a is None or b is None or a.family != b.family:
            continue
        order = scheme.compare(a, b)
        if order is None:
            return Weighing(None, scheme.table.name, "")
        label = one.label or other.label
        doubt = f"only one of the two says {label}" if one.label != other.label else ""
        return Weighing(order, scheme.table.name, doubt or _doubt(a, b, order))
    return Weighing(None, "", "")


def _doubt(version: Parsed, bound: Parsed, order: int) -> str:
    """Why an order, exact as the texts stand, must not be used to call a version outside."""
    if order == 0:
        return ""
    one, other = version.numbers, bound.numbers
    shorter = min(len(version.tail), len(bound.tail))
    is_cut = len(version.tail) != len(bound.tail) and version.tail[:shorter] == bound.tail[:shorter]
    if one == other and is_cut:
        return "one of the two leaves out what the other writes behind the same numbers"
    if version.tail[:1] != bound.tail[:1] and (_lead(version) != _lead(bound)):
        return "the letters before the numbers may name two lines of a product"
    if counts_years(one) != counts_years(other):
        return "one of the two counts years"
    return ""


def _lead(parsed: Parsed) -> str:
    for atom in parsed.tail:
        if atom[1] == "lead":
            return atom[3]
    return ""


def counts_years(numbers: tuple[int, ...]) -> bool:
    """Whether the first number is a year."""
    return bool(numbers) and YEARS[0] <= numbers[0] < YEARS[1]


def numbers_as_written(text: str) -> Parsed | None:
    """The numbers with points that a version text consists of or begins with."""
    found = readings(text)
    for scheme, parsed in zip(schemes(), found, strict=False):
        if parsed is not None and scheme.table.name in _NUMBERED:
            return parsed
    return None


_NUMBERED: Final = frozenset(
    {"dotted", "decimal", "prerelease", "service_pack", "build", "letters", "suffixed", "dated"}
)


def goes_on(longer: Parsed, shorter: Parsed) -> bool:
    """Whether one version's numbers are the other's with more behind them."""
    return extends(longer.numbers, shorter.numbers)


@lru_cache(maxsize=65536)
def version_key(text: str, scheme: str = "dotted") -> bytes | None:
    """The key of a version in one scheme; nothing where that scheme does not decide it alone.

    In ``dotted`` a number alone has no key: whether 6 means 6.0 or all of 6 needs a closer look.
    """
    by: Scheme = scheme_named(scheme)
    spelled = spell(text)
    parsed = by.read(spelled.text) if not spelled.label else None
    if parsed is None or (scheme == "dotted" and len(parsed.segments) == 1):
        return None
    return by.key(parsed)

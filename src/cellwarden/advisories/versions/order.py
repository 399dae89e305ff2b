"""Comparing any two version texts: which scheme reads both, what it says, how far to trust it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from cellwarden.advisories.plain import LONGEST_VERSION, read_plain
from cellwarden.advisories.versions.days import begins_with_day, turned
from cellwarden.advisories.versions.numerals import extends, written
from cellwarden.advisories.versions.scheme import Parsed, Scheme
from cellwarden.advisories.versions.schemes import scheme_named, schemes
from cellwarden.advisories.versions.spelling import Spelled, spell

BUILD_LIKE: Final = 1000
"""A further number from here on is a build's rather than a version's own next step."""
YEARS: Final = (1995, 2040)
"""A first number in this span, the end excluded, counts years."""


_NO_POINTS: Final = "a long number alone may be a build, or leave its points out"
_LONG_NUMBER: Final = 3
"""Digits from which a number alone is seldom the first number of a version."""
DEEPER: Final = "it goes on with a pack or a fix behind the bound"
"""The doubt of a version that is the bound with one more step; none where the bound is outside."""
DAY_LONG: Final = 6
"""Digits of a bound alone from which it may be a day, 180806, and no version's first number."""
_SHORTER: Final = "one of the two may leave out numbers that the other writes"

_DASHED: Final = re.compile(
    r"(?P<first>\d{1,7}(?:\.\d{1,7})+)-(?P<behind>\d{4,9}|\d{1,7}(?:\.\d{1,7})+)"
)
_POINTED_BUILD: Final = re.compile(r"\d{1,7}(?:\.\d{1,7})+\.\d{4,9}")
_POINTS: Final = re.compile(r"\d{1,7}(?:\.\d{1,9})+")
_BUILD_ALONE: Final = re.compile(r"(?:build|bn|revision|rev|release|rel)[\s.:_#-]*\d+")
_NUMBER_ALONE: Final = re.compile(r"[a-z\s.:_#-]*\d+")


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
    weighing = weigh(a[: LONGEST_VERSION + 1], b[: LONGEST_VERSION + 1])
    return None if weighing.doubt else weighing.order


@lru_cache(maxsize=262144)
def weigh(version: str, bound: str) -> Weighing:
    """Set a version against a bound, by the strictest scheme that reads both."""
    one, other = spell(version), spell(bound)
    if one.whole == other.whole and one.text:
        return Weighing(0, "text", "")
    labels = ("", "") if _are_alike(one.label, other.label) else (one.label, other.label)
    if all(labels):
        return Weighing(None, "", "")
    if found := _by_whole(one, other):
        return found
    version, bound = _built_alike(one.text, other.text) or (version, bound)
    of_version, of_bound = _who_reads(version), _who_reads(bound)
    if _is_dated(one.text) != _is_dated(other.text) or (of_version ^ of_bound) & _apart():
        return Weighing(None, "", "")
    both, position = of_version & of_bound, 0
    ours, theirs = readings(version), readings(bound)
    while both >> position:
        position = position + _lowest_bit(both >> position)
        a, b = ours[position], theirs[position]
        if a is not None and b is not None and a.family == b.family:
            return _by_scheme(schemes()[position], a, b, labels)
        position += 1
    return Weighing(None, "", "")


def _are_alike(one: str, other: str) -> bool:
    """Whether two words before numbers name one line, or one of them lists the other's."""
    return one == other or bool(set(one.split("/")) & set(other.split("/")))


def _by_whole(one: Spelled, other: Spelled) -> Weighing | None:
    """What the texts as a whole say, before any scheme reads them; nothing where they do not."""
    if _is_build_of(one.whole, other.whole) or _is_build_of(other.whole, one.whole):
        return Weighing(None, "build", "")
    return _by_day(one, other)


def _by_day(one: Spelled, other: Spelled) -> Weighing | None:
    """Two texts that hold days with the year last: ``update 05032019-482``; nothing where none do.

    As numbers they have no order at all, so they are turned. Where the order of day and month is
    open, both have to say the same. Numbers with a day behind them have their own scheme.
    """
    ours, theirs = turned(one.whole), turned(other.whole)
    if not (ours.days or theirs.days) or (_says_dated(one.text) and _says_dated(other.text)):
        return None
    if ours.days != theirs.days:
        return Weighing(None, "", "")
    found = weigh(ours.month_first, theirs.month_first)
    is_sure = weigh(ours.day_first, theirs.day_first).order == found.order
    return found if is_sure else Weighing(None, found.scheme, "")


def _says_dated(text: str) -> bool:
    """Whether a text is numbers with points and perhaps a day behind them, as one scheme reads."""
    return "." in text and scheme_named("dated").read(text) is not None


def _is_build_of(one: str, other: str) -> bool:
    """Whether a text is a build or revision alone (``Build 300``), the other more than a number."""
    return bool(_BUILD_ALONE.fullmatch(one)) and not _NUMBER_ALONE.fullmatch(other)


def _built_alike(one: str, other: str) -> tuple[str, str] | None:
    """Both texts with points, where only one writes a dash before the build: 1.04-21353.

    A text of several versions (``6.5.1.5-4.3.1.8``) set against one is read by its first, where
    two numbers are the same and a later one differs.
    """
    for dashed, pointed in ((one, other), (other, one)):
        match = _DASHED.fullmatch(dashed)
        if not match or not _POINTS.fullmatch(pointed):
            continue
        first, behind = match["first"], match["behind"]
        if (
            behind.isdigit()
            and _POINTED_BUILD.fullmatch(pointed)
            and (pointed.count(".") == first.count(".") + 1)
        ):
            first = f"{first}.{behind}"
        elif behind.isdigit() or not _differ_late(first.split("."), pointed.split(".")):
            return None
        return (first, pointed) if dashed == one else (pointed, first)
    return None


def _differ_late(one: list[str], other: list[str]) -> bool:
    """Whether two versions of one length share two numbers and more, but not all."""
    a, b = list(map(int, one)), list(map(int, other))
    return len(a) == len(b) and a[:2] == b[:2] and a != b


@lru_cache(maxsize=65536)
def _who_reads(text: str) -> int:
    """The schemes that read a text, one bit each."""
    return sum(1 << n for n, parsed in enumerate(readings(text)) if parsed is not None)


@cache
def _apart() -> int:
    """The schemes of which both versions have to be, or neither, one bit each."""
    return sum(1 << n for n, scheme in enumerate(schemes()) if scheme.table.is_apart)


def _is_dated(text: str) -> bool:
    """Whether a text is a day or month, or begins with one; as such it has no order to numbers."""
    return begins_with_day(text) or bool(_who_reads(text) & _calendar())


@cache
def _calendar() -> int:
    """The scheme of days and months, as a bit."""
    return 1 << schemes().index(scheme_named("calendar"))


def _lowest_bit(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _by_scheme(scheme: Scheme, a: Parsed, b: Parsed, labels: tuple[str, str]) -> Weighing:
    """What one scheme says, with the doubt that a label on one side only raises."""
    order = scheme.compare(a, b)
    if order is None or _is_long_alone(b, a):
        return Weighing(None, scheme.table.name, "")
    doubt = "" if labels[0] == labels[1] else f"only one of the two says {max(labels)}"
    if not doubt and order == 1 and scheme.table.name == "service_pack" and _goes_on(a, b):
        doubt = DEEPER
    return Weighing(order, scheme.table.name, doubt or _doubt(a, b, order))


def _goes_on(version: Parsed, bound: Parsed) -> bool:
    """Whether a version is the bound with further steps that words name: SP2 HF1 behind SP2."""
    steps = set(version.tail) - set(bound.tail)
    is_same = version.numbers == bound.numbers and set(bound.tail) <= set(version.tail)
    return is_same and bool(steps) and all(len(step[1]) > 1 for step in steps)


def _doubt(version: Parsed, bound: Parsed, order: int) -> str:
    """Why an order, exact as the texts stand, must not be used to call a version outside."""
    if order == 0:
        return ""
    one, other = version.numbers, bound.numbers
    shorter = min(len(version.tail), len(bound.tail))
    is_cut = len(version.tail) != len(bound.tail) and version.tail[:shorter] == bound.tail[:shorter]
    if version.tail and bound.tail and one != other and _is_shorter(version, bound):
        return _SHORTER
    if one == other and is_cut:
        return "one of the two leaves out what the other writes behind the same numbers"
    if version.tail[:1] != bound.tail[:1] and (_lead(version) != _lead(bound)):
        return "the letters before the numbers may name two lines of a product"
    if counts_years(one) != counts_years(other):
        return "one of the two counts years"
    return _NO_POINTS if _may_lack_points(version, bound) else ""


def _is_long_alone(one: Parsed, other: Parsed) -> bool:
    """Whether one is a long number alone, a day or a build, and the other has points: 180806."""
    if len(one.segments) != 1 or len(other.segments) < 2 or one.tail:  # noqa: PLR2004 - a point parts two
        return False
    return len(one.segments[0]) >= DAY_LONG


def _may_lack_points(version: Parsed, bound: Parsed) -> bool:
    """Whether a version is one long number and the bound has points: 0125 against 1.30."""
    if len(version.segments) != 1 or len(bound.segments) < 2 or version.tail:  # noqa: PLR2004 - a point parts two
        return False
    length = len(version.segments[0])
    return length >= _LONG_NUMBER and length > len(bound.segments[0])


def _is_shorter(version: Parsed, bound: Parsed) -> bool:
    one, other = written(version), written(bound)
    return extends(one, other) or extends(other, one)


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


def version_key(text: str, scheme: str = "dotted") -> bytes | None:
    """The key of a version in one scheme; nothing where that scheme does not decide it alone.

    In ``dotted`` a number alone has no key: whether 6 means 6.0 or all of 6 needs a closer look.
    """
    return _key(text, scheme) if len(text) <= LONGEST_VERSION else None


@lru_cache(maxsize=65536)
def _key(text: str, scheme: str) -> bytes | None:
    if scheme == "dotted" and (plain := read_plain(text)):
        return plain.key
    by = scheme_named(scheme)
    spelled = spell(text)
    parsed = by.read(spelled.text) if not spelled.label else None
    if parsed is None or (scheme == "dotted" and len(parsed.segments) == 1):
        return None
    return by.key(parsed)

"""Whether one version satisfies one comparator, and when the answer must stay open."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cellwarden.advisories.plain import stripped
from cellwarden.advisories.versions.nouns import Comparator
from cellwarden.advisories.versions.numerals import extends
from cellwarden.advisories.versions.order import (
    BUILD_LIKE,
    DEEPER,
    counts_years,
    numbers_as_written,
    weigh,
)
from cellwarden.advisories.versions.scheme import Parsed
from cellwarden.advisories.versions.spelling import spell
from cellwarden.advisories.versions.wildcards import holds_wild

_ORDERS: Final = {
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    "=": frozenset({0}),
    ">=": frozenset({0, 1}),
    ">": frozenset({1}),
    "!=": frozenset({-1, 1}),
}
_BARE: Final = re.compile(r"\d+(?:\.\d+)+")
_SAME_RELEASE: Final = re.compile(
    r"[\s_,-]*(?:\(?(?:build|bn)[\s.:_#]*\d+\)?|\(\d{3,}\)|r\d{3,}|(?<=-)\d{5,}"
    r"|\(?(?:19|20)\d\d-\d\d-\d\d\)?|\(?(?:ga|lts|stable|installed|production)\)?)"
    r"|\+[\w.-]{1,40}"
)
"""What stands behind a release's numbers and makes no later release of it."""


class Evaluation(NamedTuple):
    """Whether a comparator holds; ``doubt`` says why that is open."""

    inside: bool | None
    scheme: str
    doubt: str


def holds(comparator: Comparator, version: str) -> Evaluation:
    """Whether a version satisfies a comparator; every name of its bound must agree."""
    names = comparator.bounds
    if len(names) > 1 and (parsed := numbers_as_written(version)) is not None:
        style = counts_years(parsed.numbers)
        alike = tuple(name for name in names if _counts_years(name) is style)
        names = alike or names
        length = len(parsed.segments)
        names = tuple(name for name in names if _length(name) == length) or names
    found = [_holds_one(comparator.op, version, bound, comparator) for bound in names]
    first = found[0]
    if any(other.inside is not first.inside for other in found[1:]):
        return Evaluation(None, "", "the two names of one bound lead to different answers")
    return first


def _length(bound: str) -> int:
    parsed = numbers_as_written(bound)
    return len(parsed.segments) if parsed else 0


def _counts_years(bound: str) -> bool:
    parsed = numbers_as_written(bound)
    return parsed is not None and counts_years(parsed.numbers)


def _holds_one(op: str, version: str, bound: str, comparator: Comparator) -> Evaluation:
    if comparator.prefix:
        if op in {"=", "<=", ">="} and spell(version).whole == spell(bound).whole:
            return Evaluation(True, "text", "")  # noqa: FBT003 - the answer itself
        inside = holds_wild(op, version, bound)
        return Evaluation(inside, "wildcard", "" if inside is not None else f"{bound} is open")
    if op == "is":
        is_same = spell(version).whole == spell(bound).whole != ""
        return Evaluation(True if is_same else None, "text", "the words are not understood")
    order, scheme, doubt = weigh(version, bound)
    if order is None:
        is_same = op in {"<=", "="} and is_build_of(version, bound)
        doubt = "" if is_same else f"it has no certain order to {bound}"
        return Evaluation(True if is_same else None, scheme, doubt)
    if order in _ORDERS[op]:
        return Evaluation(True, scheme, "")  # noqa: FBT003 - the answer itself
    if op == ">=" and scheme == "prerelease" and _has_same_numbers(version, bound):
        doubt = f"it goes before {bound} and may be like it"
    if op == "<" and doubt == DEEPER:
        doubt = ""
    doubt = doubt or closeness(op, version, bound)
    return Evaluation(None if doubt else False, scheme, doubt)


def is_build_of(version: str, bound: str) -> bool:
    """Whether a version is a bare bound with no more behind it than its build, day or kind."""
    one, other = spell(version).text, spell(bound).text
    rest = one.removeprefix(other)
    return rest != one and bool(_BARE.fullmatch(other) and _SAME_RELEASE.fullmatch(rest))


def _has_same_numbers(version: str, bound: str) -> bool:
    one, other = numbers_as_written(version), numbers_as_written(bound)
    return one is not None and other is not None and one.numbers == other.numbers


def closeness(op: str, version: str, bound: str) -> str:
    """Why a version that the order puts outside may be meant all the same; empty if it is not.

    Only what one of the two may leave unsaid counts: minor numbers behind a number alone, a
    build behind the numbers, a last zero of a decimal fraction.
    """
    one, other = numbers_as_written(version), numbers_as_written(bound)
    if one is None or other is None or op in {"<", "!="}:
        return ""
    ours, theirs = one.numbers, other.numbers
    written = tuple(map(int, other.segments))
    if op in {"<=", "="} and extends(ours, written):
        short = 3 if op == "=" else 1
        if len(written) <= short or ours[len(written)] >= BUILD_LIKE:
            return f"{bound} may stand for all that begins with it"
    if op in {">=", ">", "="} and ours in cuts(op, theirs, is_single=len(one.segments) == 1):
        return f"{version} may leave out what {bound} says"
    if op != ">" and is_same_fraction(one, other):
        return "the point may be a decimal point"
    return ""


def cuts(op: str, bound: tuple[int, ...], *, is_single: bool) -> list[tuple[int, ...]]:
    """The shorter versions that may be short for a bound, without their trailing zeros.

    A number alone may be short for anything that begins with it; two and more only for an exact
    version, or for one that differs by a build.
    """
    start = 1 if is_single else 2
    ends = range(start, len(bound))
    loose = op == "=" or is_single
    return [stripped(bound[:end]) for end in ends if loose or bound[end] >= BUILD_LIKE]


def is_same_fraction(one: Parsed, other: Parsed) -> bool:
    """Whether two pairs of numbers differ only by zeros at the end: 1.2 and 1.20, not 1.02."""
    if one.numbers[:1] != other.numbers[:1] or len(one.numbers) != 2 or len(other.numbers) != 2:  # noqa: PLR2004 - a whole part and a fraction
        return False
    ours, theirs = one.segments[1].rstrip("0"), other.segments[1].rstrip("0")
    return ours == theirs and one.numbers != other.numbers

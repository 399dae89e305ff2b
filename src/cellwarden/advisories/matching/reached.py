"""Which fix counts for one version: that of its own branch, where nothing says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

import msgspec

from cellwarden.advisories.matching.nouns import GENERATION, Beside, Line, read
from cellwarden.advisories.versions import VersionRange, is_readable
from cellwarden.advisories.versions.ranges import NOUGHT
from cellwarden.advisories.versions.spelling import is_hedged

BEGIN: Final = frozenset({">", ">=", "="})
"""Comparators whose bounds begin a range."""
_ENDS: Final = frozenset({"<", "<="})
_BELOW: Final = frozenset({">", ">="})
MOST_FIXES: Final = 32
_MOST_SHOWN: Final = 6
_BRANCH: Final = 2
"""First numbers that make a branch of versions."""
_MOST_STEPS: Final = 8
_YEAR: Final = 4


class Fixes(msgspec.Struct, frozen=True):
    """The fixes of one statement's product that no statement on it contradicts.

    ``shown`` is what people read. ``starts`` are versions at which the document calls the product
    affected again. ``inner`` are those of ``versions`` that lie inside the statement's own range
    and all the same end it for their branch.
    """

    versions: tuple[str, ...] = ()
    shown: str = ""
    starts: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


NO_FIXES: Final = Fixes()


@lru_cache(maxsize=65536)
def usable(line: Line, named: tuple[str, ...]) -> Fixes:
    """The fixes that a statement's words and the document name for its product.

    A version that the document elsewhere calls affected, for the same product, is no fix.
    """
    own = tuple(
        one
        for part in line.range.first_after.split("|")
        if (one := part.strip())
        and not (line.besides and read(line.besides, "range").place(one).inside)
    )
    if not own and not named:
        return NO_FIXES
    beside = line.beside
    if beside is not None and beside.is_cut:
        return NO_FIXES
    kept = own if beside is None else tuple(v for one in own if (v := _followed(beside, one)))
    more = tuple(
        v for v in named if beside is None or ends_a_branch(line, v) or not _affecting(beside, v)
    )
    shown = line.range.first_after if kept == own else " | ".join(kept)
    return Fixes(
        versions=tuple(dict.fromkeys((*kept, *more)))[:MOST_FIXES],
        shown=shown or one_each(more[:_MOST_SHOWN]),
        starts=_starts(line),
        inner=tuple(v for v in more if line.range.place(v).inside),
    )


def ends_a_branch(line: Line, version: str) -> bool:
    """True where a fix lies in a range, yet behind the end that its own branch has in another.

    Beside ``<= 2.0.0.10`` the fix 2.0.0.11 is one, although ``<= 2.1.0.1`` would hold it, and so is
    10.1.6 beside ``< 10.1.6`` and ``< 11.0.3``: there every branch has its own leaf.
    """
    ends = upper_ends(line)
    places = [(end, read(f"{op} {end}", "range").place(version).inside) for op, end in ends]
    around = [end for end, inside in places if inside]
    before = [end for end, inside in places if inside is False]
    if not around or not before:
        return False
    near = max(_shared(end, version) for end in before)
    return near >= _BRANCH and all(_shared(end, version) < near for end in around)


def upper_ends(line: Line) -> tuple[tuple[str, str], ...]:
    """The ends of the product's leaves, where each is one upper end and nothing else."""
    found: list[tuple[str, str]] = []
    for text, kind, branch in line.beside.affected if line.beside else ():
        alternatives = read(text, kind).alternatives
        one = alternatives[0].comparators if len(alternatives) == 1 else ()
        if branch or len(one) != 1 or one[0].op not in _ENDS or one[0].prefix:
            return ()
        found.append((one[0].op, one[0].bounds[0]))
    return tuple(found)


def has_own_leaf(line: Line, version: str) -> bool:
    """True where another leaf of the product speaks of a version's branch, and this one does not.

    Beside ``12.4.1-12.4.11`` the single 13.3.1 says nothing of 12.4.12, old as it is.
    """
    own = max((_shared(bound, version) for bound in _bounds_of(line.range)), default=0)
    if own >= _BRANCH or line.beside is None:
        return False
    others = (read(text, kind) for text, kind, branch in line.beside.affected if not branch)
    return any(
        _shared(bound, version) >= _BRANCH for words in others for bound in _bounds_of(words)
    )


def in_another_generation(line: Line, version: str) -> bool:
    """True where the document calls a version affected in another generation of the hardware.

    The register that says no generation may mean that one: firmware 5 of ``RS416`` runs on the
    ``RS416 v2`` alone. What counts as this statement's own versions do is of this one.
    """
    own = max((_shared(bound, version) for bound in _bounds_of(line.range)), default=0)
    if line.claim.branch or line.beside is None or own:
        return False
    return any(
        branch.startswith(GENERATION) and read(text, kind).place(version).inside
        for text, kind, branch in line.beside.affected
    )


def _bounds_of(words: VersionRange) -> tuple[str, ...]:
    return tuple(b for one in words.alternatives for c in one.comparators for b in c.bounds)


def fixed_inside(line: Line, fixes: Fixes, version: str) -> str:
    """The fix that ends a range for the version's branch, or ends one without an end; else empty.

    A version is of the fix's branch where it shares more first numbers with it than with the end
    of the range, and more than two fixes have in common: beside 5.00.171 and 5.10.069 the branch
    of 5.50.100 has no fix.
    """
    fix = fixed_since(fixes, version)
    if not fix or fix not in fixes.inner:
        return ""
    upper = [c for one in line.range.alternatives for c in one.comparators if c.op not in _BELOW]
    near = _shared(fix, version)
    if near <= (_in_common(fixes.versions) or -1):
        return ""
    is_nearer = all(_shared(end, version) < near for c in upper for end in c.bounds)
    return fix if is_nearer else ""


@lru_cache(maxsize=4096)
def _in_common(fixes: tuple[str, ...]) -> int:
    """How many first numbers two different fixes share at most."""
    alone = {_numbers(fix): fix for fix in fixes}
    return max((_shared(one, other) for one, other in combinations(alone.values(), 2)), default=0)


def is_without_end(line: Line) -> bool:
    """True where a range only begins: ``> 1.7.5.0``. A fix that the document names ends it."""
    found = [c for one in line.range.alternatives for c in one.comparators]
    return bool(found) and all(c.op in _BELOW for c in found)


@lru_cache(maxsize=16384)
def _affecting(beside: Beside, version: str) -> VersionRange | None:
    """A range of the same product in which a version lies; nothing where it lies in none."""
    for text, kind, branch in beside.affected:
        if (not branch or in_branch(version, branch)) and read(text, kind).place(version).inside:
            return read(text, kind)
    return None


def _followed(beside: Beside, version: str) -> str:
    """The first version behind a range and those that follow on it; empty where nobody says it."""
    for _ in range(_MOST_STEPS):
        found = _affecting(beside, version)
        if found is None:
            return version
        version = found.first_after
        if not version or "|" in version:
            return ""
    return ""


def _starts(line: Line) -> tuple[str, ...]:
    ranges = [line.range]
    if line.beside is not None:
        ranges += [read(text, kind) for text, kind, _ in line.beside.affected]
    return tuple(
        dict.fromkeys(
            bound
            for one in ranges
            for alternative in one.alternatives
            for comparator in alternative.comparators
            if comparator.op in BEGIN
            for bound in comparator.bounds
        )
    )


def fix_ahead(line: Line, fixes: Fixes, version: str) -> str:
    """The fix of a version's branch that it has not reached, where the words name only the branch.

    Beside the fix 3.8.401 the words ``<= 3.8`` hold 3.8.111 as well, and beside 12.6.8.0 the
    listed 12.6 holds 12.6.7.0.
    """
    numbers = _numbers(version)
    for bound in _coarse_bounds(line):
        own = _numbers(bound)
        if len(own) >= len(numbers) or numbers[: len(own)] != own:
            continue
        ahead = [
            fix
            for fix in fixes.versions
            if _numbers(fix)[: len(own)] == own and len(_numbers(fix)) > len(own)
        ]
        if ahead and all(
            is_at_least(fix, version) and not is_at_least(version, fix) for fix in ahead
        ):
            return ahead[0]
    return ""


def _coarse_bounds(line: Line) -> tuple[str, ...]:
    """The ends and single versions that a range's words name."""
    return tuple(
        bound
        for one in line.range.alternatives
        for comparator in one.comparators
        if comparator.op in {"<=", "="}
        for bound in comparator.bounds
    )


def fixed_since(fixes: Fixes, version: str) -> str:
    """The fix that a version has reached, of its own branch; empty where there is none.

    ``34.012`` has reached the fix ``33.017``, yet its branch is fixed since ``34.014`` only: a fix
    that shares more of its first numbers counts. So does not what lies before the version at which
    the product is affected again.
    """
    reached = [fix for fix in fixes.versions if is_at_least(version, fix)]
    if not reached:
        return ""
    best = max(
        reached, key=lambda fix: (_shared(fix, version), sum(is_at_least(fix, o) for o in reached))
    )
    near = _shared(best, version)
    if any(_shared(fix, version) > near for fix in fixes.versions if fix not in reached):
        return ""
    again = any(is_at_least(version, s) and not is_at_least(best, s) for s in fixes.starts)
    return "" if again else best


def shown_for(fixes: Fixes, versions: Sequence[str]) -> str:
    """The fixes to show beside a version: those of its branch, where there are several."""
    if len(fixes.versions) <= 1 or len(versions) != 1:
        return fixes.shown
    ahead = [fix for fix in fixes.versions if not is_at_least(versions[0], fix)]
    if not ahead:
        return fixes.shown
    near = max(_shared(fix, versions[0]) for fix in ahead)
    return one_each([fix for fix in ahead if _shared(fix, versions[0]) == near][:_MOST_SHOWN])


_BEHIND_A_CODE: Final = re.compile(
    r"(?!(?:alpha|beta|build|rc|pre|rev|hw|ver|test|patch|sp|hf)\d)[a-z]{2,8}\d{1,4} "
    r"(?P<version>v?\d[\d.]*)",
    re.IGNORECASE,
)
"""A firmware's own name before its version, as in ``CPCI85 V05.40``."""


@lru_cache(maxsize=16384)
def is_at_least(version: str, fix: str) -> bool:
    """True where a version is certainly the other one or a later one."""
    if read(f">= {fix}", "range").place(version).inside is not True:
        return False
    is_before = read(f"< {fix}", "range").place(version).inside
    if is_before is None and (own := _BEHIND_A_CODE.fullmatch(version)):
        is_before = read(f"< {fix}", "range").place(own["version"]).inside
    return is_before is False


@lru_cache(maxsize=16384)
def _numbers(version: str) -> tuple[str, ...]:
    return tuple(number.lstrip("0") for number in re.findall(r"\d+", version))


def _shared(one: str, other: str) -> int:
    """How many of their first numbers two versions have in common."""
    count = 0
    for here, there in zip(_numbers(one), _numbers(other), strict=False):
        if here != there:
            break
        count += 1
    return count


def in_branch(version: str, branch: str) -> bool:
    """True where a version is of a version line: ``V34.0.1`` of ``34.0``, and ``34`` as well."""
    wanted = _numbers(branch)
    own = _numbers(version)
    own += ("",) * (len(wanted) - len(own))
    return own[: len(wanted)] == wanted


def is_of_another_line(version: str, branch: str) -> bool:
    """True where a version is certainly of another line than the one a product's name says.

    ``V21.9`` may well be of the line ``V2``, and a year says nothing of versions that are none.
    """
    own, wanted = _numbers(version)[:1], _numbers(branch)[:1]
    if not own or not wanted or in_branch(version, branch):
        return False
    if NOUGHT.fullmatch(version) or is_hedged(version) or not is_readable(version):
        return False
    is_year = len(wanted[0]) == _YEAR != len(own[0])
    return not is_year and not (own != wanted and own[0].startswith(wanted[0]))


def one_each(fixes: Iterable[str]) -> str:
    """Fixes as people read them: each once, however it is spelled; beside NMC2 7.0.6 no 7.0.6."""
    seen: dict[str, tuple[tuple[str, ...], str]] = {}
    for fix in fixes:
        words = tuple(fix.casefold().replace("_", " ").lstrip("v. ").split())
        seen.setdefault("".join(words), (words, fix))
    longer = {words[at:] for words, _ in seen.values() for at in range(1, len(words))}
    return " or ".join(fix for words, fix in seen.values() if words not in longer)


def refines_an_end(line: Line, version: str) -> bool:
    """True where a version goes on behind an end or a listed version: ``33.013`` behind ``33``."""
    numbers = _numbers(version)
    ends = map(_numbers, _coarse_bounds(line))
    return any(len(end) < len(numbers) and numbers[: len(end)] == end for end in ends)

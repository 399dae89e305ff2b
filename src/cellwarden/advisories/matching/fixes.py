"""Fixed versions: which ones a document names for a statement's product, and which one counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Claim, read_claim
from cellwarden.advisories.identity.words import folded, plain
from cellwarden.advisories.matching.nouns import Line, read
from cellwarden.advisories.versions import VersionRange
from cellwarden.model.matching import Statement

_VERSION: Final = (
    r"(?:[vV]?\.?\s?\d+(?:\.\d+)+(?:[-_.][A-Za-z0-9]+)*"
    r"|[vV]\d+(?:\.\d+)*(?:\s(?:SP|Update|HF|Patch)\s?\d+)?)"
)
_LIST: Final = rf"(?P<list>{_VERSION}(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+){_VERSION})*)"
_BEFORE: Final = (
    r"(?:(?:firmware|software|release|version|versions|ver\.?|the|latest|new|of|FW)\s+)*"
)
_LATER: Final = r"\s*,?\s*(?:or|and)\s+(?:later|newer|above|higher)"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:updat|upgrad|migrat|mov)\w*\b[^.;:\n]{{0,60}}?\bto\s+(?:[A-Z][\w-]*\s+){{0,4}}?{_BEFORE}{_LIST}",
        rf"\b(?:fixed|corrected)\s+(?:by|in|with|from)\s+{_BEFORE}{_LIST}",
        rf"{_BEFORE}{_LIST}(?:\s+of\s+[^.;\n]{{0,80}}?)?\s+(?:includes?|contains?|provides?)\s+(?:a\s+|the\s+)?fix",
        rf"{_LIST}{_LATER}",
        rf"\bversion\s+(?P<list>\d{{1,4}}){_LATER}",
        rf"\b(?:released?|issued?|provides?)\s+(?:an?\s+)?(?:updated\s+)?[^.;\n]{{0,60}}?(?:firmware|version|FW)\s+\(?{_LIST}",
        rf"\b(?:released?|issued?)\s+[^.;\n]{{0,60}}?\b(?=v\d){_LIST}",
    )
)
_ONE: Final = re.compile(rf"{_VERSION}|\d{{1,4}}(?![\d.])", re.IGNORECASE)
_FOR: Final = re.compile(
    rf"{_LIST}(?:{_LATER})?\s+for\s+(?P<name>[^,.;:()]{{3,80}}?)"
    rf"(?=\s*(?:[,.;:(]|$)|\s+and\s+(?:version|v?\d))",
    re.IGNORECASE,
)
_INTRODUCES: Final = re.compile(
    r"\b(?:corrected|fixed|addressed|resolved)\b[^.;]{0,60}"
    r"\bin the following\b[^.;]{0,40}\bversions?:?\s*$",
    re.IGNORECASE,
)
_FOLLOWS: Final = re.compile(rf"\s+(?:version\s+)?(?P<list>{_VERSION})\s*(?:$|\()", re.IGNORECASE)
_HEAD: Final = re.compile(r"^\s*(?:For\s+)?([^:\n]{3,300}):\s")
_SEE: Final = re.compile(r"\(See [^()]*\)", re.IGNORECASE)
_LONGEST: Final = 2000
_BEGIN: Final = frozenset({">", ">=", "="})
_MOST_FIXES: Final = 32
_YEAR: Final = 4
_MOST_STEPS: Final = 8
_MOST_SHOWN: Final = 6


@lru_cache(maxsize=16384)
def versions_named(text: str) -> tuple[str, ...]:
    """The versions that a remediation text names as fixed, verbatim without a leading v."""
    found: list[str] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text[:_LONGEST]):
            found.extend(_versions_in(match.group("list")))
    return tuple(dict.fromkeys(found))


def _versions_in(text: str) -> Iterator[str]:
    for found in _ONE.findall(text):
        version = found.strip(" v.V")
        if version and not version.endswith(("x", "X")):
            yield version


# ---- which of them a document names for one product -----------------------------------------


class Around(msgspec.Struct, frozen=True):
    """What else one document says: its products, one claim for each name, and its ranges."""

    products: tuple[Claim, ...]
    ranges: frozenset[str]


def around(lines: Sequence[Line]) -> Around:
    """What all statements of one document say together."""
    products = {line.claim.key: line.claim for line in lines}
    ranges = frozenset(line.range_text for line in lines if line.statement.status == "affected")
    return Around(tuple(products.values()), ranges)


def fix_of(line: Line, texts: Sequence[str], document: Around) -> tuple[str, ...]:
    """The fixed versions that a document's leaves and texts name for one statement's product.

    Where the document speaks of other products as well, only a text counts that begins with the
    product's name, or names it and no other. A version that lies in the range itself, or whose
    place cannot be told, is no fix.
    """
    named = list(line.beside.fixed) if line.beside else []
    others = tuple(one for one in document.products if one.key != line.claim.key)
    is_listed = any(_INTRODUCES.search(text[:_LONGEST]) for text in texts)
    for text in _for_product(line, texts, others, document.ranges):
        named.extend(_named_for(line, text, others))
        if is_listed:
            named.extend(_behind_the_name(line, text))
    return tuple(dict.fromkeys(v for v in named if _is_after(line, v)))[:_MOST_FIXES]


def _for_product(
    line: Line, texts: Sequence[str], others: Sequence[Claim], ranges: frozenset[str]
) -> Sequence[str]:
    """The texts that speak of a statement's product: those that begin with its very name first."""
    if not others:
        return texts
    heads = [(text, _heads(text)) for text in texts]
    name = folded(line.claim.text)
    exact = [text for text, head in heads if name in {folded(one) for one in head}]
    if exact:
        return exact
    near = [text for text, head in heads if any(_is_head_of(one, line) for one in head)]
    if near:
        return near
    alone = [text for text in texts if _names_alone(text, line, others)]
    return alone or (_for_all(line, texts, others) if len(ranges) == 1 else ())


def _heads(text: str) -> tuple[str, ...]:
    """The product names before a text's first colon: the whole of it, and its pieces."""
    found = _HEAD.match(text)
    if found is None:
        return ()
    head = _SEE.sub("", found.group(1)).strip()
    pieces = [piece.strip() for piece in re.split(r",\s*(?:and\s+)?", head)]
    return (head, *pieces) if len(pieces) > 1 else (head,)


def _is_head_of(head: str, line: Line) -> bool:
    if not head:
        return False
    if folded(line.claim.text).startswith(folded(head)):
        return True
    named = read_claim(
        Statement(
            advisory_id="", leaf_id="", status="", vulnerabilities=(),
            vendor=line.statement.vendor, product=head,
        )
    )  # fmt: skip
    return same_claim(named, line.claim)


def _names_alone(text: str, line: Line, others: Sequence[Claim]) -> bool:
    """True where a text names the statement's product in its words, and no other one."""
    flat, name = plain(text[:_LONGEST]), plain(line.claim.text)
    if name not in flat:
        return _is_for(text, line, others)
    rest = flat.replace(name, " ")
    return not any(plain(other.text) in rest or name in plain(other.text) for other in others)


def _is_for(text: str, line: Line, others: Sequence[Claim]) -> bool:
    return any(_is_named_by(m.group("name"), line, others) for m in _FOR.finditer(text[:_LONGEST]))


def _is_named_by(name: str, line: Line, others: Sequence[Claim]) -> bool:
    """True where a name is the end of the statement's product text, and of no other's."""
    flat = plain(name)
    ends = plain(line.claim.text).endswith(flat)
    return ends and not any(plain(other.text).endswith(flat) for other in others)


def _for_all(line: Line, texts: Sequence[str], others: Sequence[Claim]) -> Sequence[str]:
    """The texts, where they name one fixed version in all and no product; all have one range."""
    texts = [text for text in texts if versions_named(text)]
    if len({v for text in texts for v in versions_named(text)}) != 1:
        return ()
    products = [plain(line.claim.text), *(plain(other.text) for other in others)]
    if any(product in plain(text[:_LONGEST]) for text in texts for product in products):
        return ()
    return texts


def _named_for(line: Line, text: str, others: Sequence[Claim]) -> Iterator[str]:
    """The versions of a text; of a text that says which is for what, those for this product."""
    said_for = list(_FOR.finditer(text[:_LONGEST]))
    if others and any(
        plain(one.text).endswith(plain(m.group("name")))
        for m in said_for
        for one in (line.claim, *others)
    ):
        for match in said_for:
            if _is_named_by(match.group("name"), line, others):
                yield from _versions_in(match.group("list"))
        return
    yield from versions_named(text)


def _behind_the_name(line: Line, text: str) -> Iterator[str]:
    """The version that stands behind the product's name, in a list of corrected versions."""
    flat = " ".join(text[:_LONGEST].split())
    for name in (line.claim.text, line.statement.product):
        if name and flat.casefold().startswith(name.casefold()):
            found = _FOLLOWS.match(flat[len(name) :])
            if found:
                yield from _versions_in(found.group("list"))


def _is_after(line: Line, version: str) -> bool:
    """True where a version certainly lies behind the range, or behind its coarse end."""
    if line.range.is_all or not _is_begun(line, version):
        return False
    inside = line.range.place(version).inside
    return inside is False or (inside is None and refines_an_end(line, version))


def _is_begun(line: Line, version: str) -> bool:
    """True unless a version lies before all that the range says."""
    starts = [
        [b for c in one.comparators if c.op in _BEGIN for b in c.bounds]
        for one in line.range.alternatives
    ]
    return any(not begin or any(is_at_least(version, b) for b in begin) for begin in starts)


def refines_an_end(line: Line, version: str) -> bool:
    """True where a version begins with one of the range's ends: ``33.013`` with ``33``."""
    numbers = _numbers(version)
    for one in line.range.alternatives:
        for comparator in one.comparators:
            for bound in comparator.bounds if comparator.op == "<=" else ():
                end = _numbers(bound)
                if len(end) < len(numbers) and numbers[: len(end)] == end:
                    return True
    return False


def same_claim(one: Claim, other: Claim) -> bool:
    """True where two texts of one document name the same product, or one lists the other's."""
    if one.cards and other.cards and not one.cards & other.cards:
        return False
    if one.key == other.key:
        return True
    if one.hosts or other.hosts:
        return bool(one.hosts & other.hosts) and one.cards == other.cards
    ours = {c for w in one.wanted for c in (*w.codes, *w.wildcards)}
    theirs = {c for w in other.wanted for c in (*w.codes, *w.wildcards)}
    if ours or theirs:
        return bool(_shapes(ours) & _shapes(theirs))
    words = {w for one_wanted in one.wanted for w in one_wanted.words}
    return bool(words) and words == {w for wanted in other.wanted for w in wanted.words}


def _shapes(codes: set[str]) -> set[str]:
    return {code.rstrip("x") for code in codes}


# ---- which of them counts for one version ---------------------------------------------------


class Fixes(msgspec.Struct, frozen=True):
    """The fixes of one statement's product that no statement on it contradicts.

    ``shown`` is what people read. ``starts`` are versions at which the document calls the product
    affected again.
    """

    versions: tuple[str, ...] = ()
    shown: str = ""
    starts: tuple[str, ...] = ()


NO_FIXES: Final = Fixes()


@lru_cache(maxsize=65536)
def usable(line: Line, named: tuple[str, ...]) -> Fixes:
    """The fixes that a statement's words and the document name for its product.

    A version that the document elsewhere calls affected, for the same product, is no fix.
    """
    own = tuple(part.strip() for part in line.range.first_after.split("|") if part.strip())
    if not own and not named:
        return NO_FIXES
    beside = line.beside
    if beside is not None and beside.is_cut:
        return NO_FIXES
    kept = own if beside is None else tuple(v for one in own if (v := _followed(line, one)))
    more = named if beside is None else tuple(v for v in named if not _affecting(line, v))
    shown = line.range.first_after if kept == own else " | ".join(kept)
    return Fixes(
        versions=tuple(dict.fromkeys((*kept, *more)))[:_MOST_FIXES],
        shown=shown or one_each(more[:_MOST_SHOWN]),
        starts=_starts(line),
    )


def _affecting(line: Line, version: str) -> VersionRange | None:
    """A range of the same product in which a version lies; nothing where it lies in none."""
    for text, kind, branch in line.beside.affected if line.beside else ():
        if (not branch or in_branch(version, branch)) and read(text, kind).place(version).inside:
            return read(text, kind)
    return None


def _followed(line: Line, version: str) -> str:
    """The first version behind a range and those that follow on it; empty where nobody says it."""
    for _ in range(_MOST_STEPS):
        found = _affecting(line, version)
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
            if comparator.op in _BEGIN
            for bound in comparator.bounds
        )
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


def is_settled_by_one(line: Line, named: tuple[str, ...]) -> bool:
    """True where what lies outside a range is fixed from one version on, or has no fix at all.

    Else :func:`fixed_since` has to look at the version.
    """
    fixes = usable(line, named)
    if line.lists_versions or line.has_two_ends or line.claim.branch:
        return False
    if len(fixes.versions) > 1 or any(refines_an_end(line, fix) for fix in fixes.versions):
        return False
    return all(is_at_least(fix, start) for fix in fixes.versions for start in fixes.starts)


@lru_cache(maxsize=16384)
def is_at_least(version: str, fix: str) -> bool:
    """True where a version is certainly the other one or a later one."""
    return read(f">= {fix}", "range").place(version).inside is True


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
    is_year = len(wanted[0]) == _YEAR != len(own[0])
    return not is_year and not (own != wanted and own[0].startswith(wanted[0]))


def one_each(fixes: Iterable[str]) -> str:
    """Fixes as people read them: each once, however it is spelled."""
    seen: dict[str, str] = {}
    for fix in fixes:
        seen.setdefault(fix.casefold().lstrip("v. "), fix)
    return " or ".join(seen.values())

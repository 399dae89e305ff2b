"""Fixed versions that remediation texts name, taken only where the words leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from cellwarden.advisories.identity import Claim, read_claim
from cellwarden.advisories.identity.words import folded
from cellwarden.advisories.matching.nouns import Line
from cellwarden.model.matching import Statement

_VERSION: Final = (
    r"(?P<version>[vV]?\.?\s?\d+(?:\.\d+)+(?:[-_.][A-Za-z0-9]+)*"
    r"|[vV]\d+(?:\.\d+)*(?:\s(?:SP|Update|HF|Patch)\s?\d+)?)"
)
_BEFORE: Final = (
    r"(?:(?:firmware|software|release|version|versions|ver\.?|the|latest|new|of|FW)\s+)*"
)
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:updat|upgrad|migrat|mov)\w*\b[^.;:\n]{{0,60}}?\bto\s+(?:[A-Z][\w-]*\s+){{0,4}}?{_BEFORE}{_VERSION}",
        rf"\bfixed\s+(?:by|in|with|from)\s+{_BEFORE}{_VERSION}",
        rf"{_BEFORE}{_VERSION}(?:\s+of\s+[^.;\n]{{0,80}}?)?\s+(?:includes?|contains?|provides?)\s+(?:a\s+|the\s+)?fix",
        rf"{_VERSION}\s*(?:or|and)\s+(?:later|newer|above|higher)",
        rf"\b(?:released?|issued?|provides?)\s+(?:an?\s+)?(?:updated\s+)?[^.;\n]{{0,60}}?(?:firmware|version|FW)\s+\(?{_VERSION}",
        rf"\b(?:released?|issued?)\s+[^.;\n]{{0,60}}?\b(?=v\d){_VERSION}",
    )
)
_HEAD: Final = re.compile(r"^\s*([^:\n]{3,160}):\s")
_SEE: Final = re.compile(r"\(See [^()]*\)", re.IGNORECASE)
_LONGEST: Final = 2000


@lru_cache(maxsize=16384)
def versions_named(text: str) -> tuple[str, ...]:
    """The versions that a remediation text names as fixed, verbatim without a leading v."""
    found: list[str] = []
    for pattern in _PATTERNS:
        found.extend(m.group("version").strip(" v.V") for m in pattern.finditer(text[:_LONGEST]))
    return tuple(dict.fromkeys(version for version in found if version))


def fix_of(line: Line, texts: Sequence[str], *, products: int) -> tuple[str, ...]:
    """The fixed versions that an advisory's texts name for one statement's product.

    ``products`` is how many different products the advisory speaks of: with more than one, only a
    text that begins with the product's name counts. A version that lies in the range itself, or
    whose place cannot be told, is no fix.
    """
    found: list[str] = []
    for text in texts:
        named = versions_named(text)
        if not named or (products > 1 and not _speaks_of(text, line)):
            continue
        found.extend(version for version in named if _is_after(line, version))
    return tuple(dict.fromkeys(found))


def _is_after(line: Line, version: str) -> bool:
    """True where a version certainly lies outside the statement's range."""
    return not line.range.is_all and line.range.place(version).inside is False


def _speaks_of(text: str, line: Line) -> bool:
    found = _HEAD.match(text)
    if found is None:
        return False
    head = _SEE.sub("", found.group(1)).strip()
    if folded(line.claim.text).startswith(folded(head)):
        return True
    named = read_claim(
        Statement(
            advisory_id="", leaf_id="", status="", vulnerabilities=(),
            vendor=line.statement.vendor, product=head,
        )
    )  # fmt: skip
    return same_claim(named, line.claim)


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

"""The short way for the many: plain versions against plain ranges, decided by keys alone.

What it says is what :mod:`decide` says, word for word; where it cannot be sure of that, it says
nothing and the long way is taken.
"""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.matching.decide import first_fixes, fix_words
from cellwarden.advisories.matching.nouns import Line, read
from cellwarden.advisories.versions.intervals import Plan
from cellwarden.model.matching import MatchState

_LONGEST_IN_WORDS: Final = 80
_SHOWN_RANGES: Final = 3
_EVERY: Final = "Every version is affected."


class QuickLine(msgspec.Struct, frozen=True, gc=False):
    """One affected statement; ``plan`` is nothing where every version is affected."""

    plan: Plan | None
    words: str
    fixed_in: str
    fixes: tuple[tuple[str, Plan], ...]
    lists_versions: bool


class Quick(msgspec.Struct, frozen=True):
    """One advisory's statements for one identity, compiled."""

    lines: tuple[QuickLine, ...]
    vulnerabilities: tuple[str, ...]
    confidence: float
    identity_words: str
    range: str
    source: str

    def say(self, key: bytes, version: str) -> tuple[MatchState, str, str] | None:
        """State, reason and fix for a version by its key; nothing where the long way is needed."""
        first: tuple[MatchState, str] | None = None
        fixes: list[str] = []
        for line in self.lines:
            said = _line_says(line, key)
            if said is None:
                return None
            state, fixed_in = said
            if first is None:
                first = state, _words(line, state, version, fixed_in)
            elif state is not first[0]:
                return None
            if fixed_in and fixed_in not in fixes:
                fixes.append(fixed_in)
        if first is None:
            return None
        return first[0], self.identity_words + first[1], " or ".join(fixes)


def _line_says(line: QuickLine, key: bytes) -> tuple[MatchState, str] | None:
    if line.plan is None:
        return MatchState.AFFECTED, line.fixed_in
    inside = line.plan.decide(key)
    if inside:
        return MatchState.AFFECTED, line.fixed_in
    if inside is None or line.lists_versions:
        return None
    for text, at_least in line.fixes:
        if at_least.decide(key):
            return MatchState.FIXED, text
    return MatchState.NOT_AFFECTED, ""


def _words(line: QuickLine, state: MatchState, version: str, fix: str) -> str:
    if line.plan is None:
        return _EVERY
    shown = version[:_LONGEST_IN_WORDS]
    start = f"{shown[:1].upper()}{shown[1:]}" if shown.split(" ", 1)[0].isalpha() else shown
    if state is MatchState.AFFECTED:
        return f"{start} lies in {line.words}."
    if state is MatchState.FIXED:
        return f"{start} lies outside {line.words}; fixed since {fix}."
    return f"{start} lies outside {line.words}."


def compiled(
    lines: tuple[tuple[Line, Identity], ...],
    fixes: tuple[tuple[str, ...], ...],
    seen: Evidence,
    sentence: str,
) -> Quick | None:
    """The short way for one advisory and one identity; nothing where it is not plain enough.

    ``sentence`` is what is said of the identity of the first line.
    """
    if len({identity.specificity for _, identity in lines}) != 1:
        return None
    found: list[QuickLine] = []
    for (line, identity), named in zip(lines, fixes, strict=True):
        if identity.answer is not Answer.SAME or identity.is_series_open:
            return None
        one = _compiled_line(line, named, seen)
        if one is None:
            return None
        found.append(one)
    first, identity = lines[0]
    ranges = dict.fromkeys(line.statement.version_text or "all versions" for line, _ in lines)
    return Quick(
        lines=tuple(dict.fromkeys(found)),
        vulnerabilities=tuple(sorted({v for line, _ in lines for v in line.statement.vulnerabilities})),
        confidence=identity.confidence,
        identity_words=f"{sentence} ",
        range=" || ".join(list(ranges)[:_SHOWN_RANGES]),
        source=first.place,
    )


def _compiled_line(line: Line, named: tuple[str, ...], seen: Evidence) -> QuickLine | None:
    claim = line.claim
    if line.statement.status != "affected" or line.contradicts or line.notes or line.part_words:
        return None
    if claim.branch or claim.cards or (seen.cards and claim.hosts):
        return None
    words = line.range
    if words.conditions or words.doubt:
        return None
    if words.is_all:
        return QuickLine(None, "", fix_words(line, named), (), lists_versions=False)
    if words.plan is None:
        return None
    fixes = []
    for fix in first_fixes(line, named):
        at_least = read(f">= {fix}", "range")
        if at_least.plan is None or at_least.doubt:
            return None
        fixes.append((fix, at_least.plan))
    return QuickLine(
        plan=words.plan,
        words=words.text[:_LONGEST_IN_WORDS],
        fixed_in=fix_words(line, named),
        fixes=tuple(fixes),
        lists_versions=line.lists_versions,
    )

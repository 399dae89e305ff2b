"""The short way for the many: plain versions against affected ranges, decided by keys.

What it says is what :mod:`decide` says, word for word; where it cannot be sure of that, it says
nothing and the long way is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.matching.decide import affected
from cellwarden.advisories.matching.fixes import is_settled_by_one, one_each, usable
from cellwarden.advisories.matching.nouns import Chosen, Line, read
from cellwarden.advisories.matching.together import STRENGTH, family_yields
from cellwarden.advisories.versions.intervals import Plan
from cellwarden.advisories.versions.plain import in_words
from cellwarden.model.matching import MatchState

_LONGEST_IN_WORDS: Final = 80
_SHOWN_RANGES: Final = 3
_EVERY: Final = "Every version is affected."
_AFFECTED, _FIXED = MatchState.AFFECTED, MatchState.FIXED
_NOT_AFFECTED, _UNDETERMINED = MatchState.NOT_AFFECTED, MatchState.UNDETERMINED


class QuickLine(msgspec.Struct, frozen=True, gc=False):
    """One affected statement of a certain product.

    ``is_all`` where every version is affected; ``plan`` is nothing where a closer look decides,
    ``has_terms`` where more than the version decides what lies inside, ``is_settled`` where the
    fixes alone decide what lies outside.
    """

    line: Line
    is_all: bool
    plan: Plan | None
    has_terms: bool
    is_settled: bool
    range: str
    source: str
    words: str
    fixed_in: str
    fixes: tuple[tuple[str, Plan], ...]
    named: tuple[str, ...]
    identity_words: str
    confidence: float


class Told(NamedTuple):
    """One row of an answer: what a match says beside the component's own columns."""

    state: MatchState
    vulnerabilities: tuple[str, ...]
    confidence: float
    range: str
    why: str
    fixed_in: str
    source: str


class Quick(msgspec.Struct, frozen=True, gc=False):
    """One advisory's statements for one identity, compiled.

    ``constant`` is the one row that every version gets, where there is such a row. ``groups`` are
    the vulnerabilities that the same statements decide, with the places of those statements in
    ``lines``.
    """

    lines: tuple[QuickLine, ...]
    groups: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]
    constant: Told | None = None
    is_candidate: bool = False

    def tell(self, key: bytes, version: str, part: str, seen: Evidence) -> Iterable[Told]:
        """The rows for one version; ``key`` is its key as plain numbers."""
        if self.constant is not None:
            return (self.constant,)
        if len(self.lines) == 1:
            return (self._only(self.lines[0], key, version, part, seen),)
        said = [_says(line, key, version, part, seen) for line in self.lines]
        if len(self.groups) == 1:
            vulnerabilities, places = self.groups[0]
            state, deciding = _deciding(said, places)
            return (self._told(state, vulnerabilities, deciding, said, version),)
        return self._by_state(said, version)

    def _only(self, line: QuickLine, key: bytes, version: str, part: str, seen: Evidence) -> Told:
        state, fix, why = _says(line, key, version, part, seen)
        why = line.identity_words + (why or _words(line, state, version, fix))
        fixed_in = "" if state is _NOT_AFFECTED else fix
        return Told(
            state, self.groups[0][0], line.confidence, line.range, why, fixed_in, line.source
        )

    def _by_state(self, said: list[tuple[MatchState, str, str]], version: str) -> Iterator[Told]:
        """The rows where different statements decide different vulnerabilities."""
        by_state: dict[MatchState, tuple[list[str], dict[int, None]]] = {}
        for vulnerabilities, places in self.groups:
            state, deciding = _deciding(said, places)
            names, chosen = by_state.setdefault(state, ([], {}))
            names.extend(vulnerabilities)
            chosen.update(dict.fromkeys(deciding))
        for state in sorted(by_state, key=lambda one: -STRENGTH[one]):
            names, chosen = by_state[state]
            yield self._told(state, tuple(sorted(set(names))), sorted(chosen), said, version)

    def _told(
        self,
        state: MatchState,
        vulnerabilities: tuple[str, ...],
        deciding: list[int],
        said: list[tuple[MatchState, str, str]],
        version: str,
    ) -> Told:
        first = self.lines[deciding[0]]
        _, fix, why = said[deciding[0]]
        words = first.range
        if len(deciding) > 1:
            ranges = dict.fromkeys([self.lines[at].range for at in deciding])
            words = " || ".join(list(ranges)[:_SHOWN_RANGES]) if len(ranges) > 1 else words
        return Told(
            state,
            vulnerabilities,
            first.confidence,
            words,
            first.identity_words + (why or _words(first, state, version, fix)),
            _fixes(state, deciding, said),
            first.source,
        )


def _fixes(state: MatchState, deciding: list[int], said: list[tuple[MatchState, str, str]]) -> str:
    if state is _NOT_AFFECTED:
        return ""
    if len(deciding) == 1 and said[deciding[0]][1]:
        return said[deciding[0]][1]
    named = [said[at][1] for at in deciding if said[at][1]]
    return named[0] if len(named) == 1 else one_each(named)


def _deciding(
    said: list[tuple[MatchState, str, str]], places: tuple[int, ...]
) -> tuple[MatchState, list[int]]:
    """The strongest state among some statements, and those that say it."""
    state = said[places[0]][0]
    if len(places) > 1:
        state = max((said[at][0] for at in places), key=STRENGTH.__getitem__)
    return state, [at for at in places if said[at][0] is state]


def _says(
    line: QuickLine, key: bytes, version: str, part: str, seen: Evidence
) -> tuple[MatchState, str, str]:
    """State, fix, and the reason where it is not one of the three plain ones."""
    if line.is_all:
        return _AFFECTED, line.fixed_in, ""
    if line.plan is not None:
        inside = line.plan.decide(key)
        if inside and not line.has_terms:
            return _AFFECTED, line.fixed_in, ""
        if inside is False and line.is_settled:
            for text, at_least in line.fixes:
                if at_least.decide(key):
                    return _FIXED, text, ""
            return _NOT_AFFECTED, "", ""
    found = affected(line.line, Chosen(part, (version,)), seen, line.named)
    return found.state or _UNDETERMINED, found.fixed_in, sentence(found.why)


def _words(line: QuickLine, state: MatchState, version: str, fix: str) -> str:
    if line.is_all:
        return _EVERY
    shown = version[:_LONGEST_IN_WORDS]
    if state is _AFFECTED:
        return f"{shown} lies in {line.words}."
    if state is _FIXED:
        return f"{shown} lies outside {line.words}; fixed since {fix}."
    return f"{shown} lies outside {line.words}."


def sentence(text: str) -> str:
    """A thought as a sentence; a version or a model code at its start keeps its letters."""
    if not text:
        return ""
    first = text.split(" ", 1)[0]
    return f"{text[:1].upper()}{text[1:]}." if first.isalpha() else f"{text}."


def compiled(
    lines: tuple[tuple[Line, Identity], ...], fixes: tuple[tuple[str, ...], ...], seen: Evidence
) -> Quick | None:
    """The short way for one advisory and one identity; nothing where it is not plain enough."""
    pairs = list(zip(lines, fixes, strict=True))
    certain = [pair for pair in pairs if pair[0][1].answer is Answer.SAME]
    if not certain:
        return _only_candidates(lines)
    found: list[QuickLine] = []
    for (line, identity), named in certain:
        one = _compiled_line(line, identity, named, seen)
        if one is None:
            return None
        found.append(one)
    survivors: dict[tuple[int, ...], list[str]] = {}
    names = dict.fromkeys(v for one in found for v in one.line.statement.vulnerabilities or ("",))
    for name in names:
        places = [
            at
            for at, one in enumerate(found)
            if name in (one.line.statement.vulnerabilities or ("",))
        ]
        kept = family_yields(
            [(certain[at][0][1].specificity, found[at].line.statement.leaf_id) for at in places]
        )
        survivors.setdefault(tuple(places[at] for at in kept), []).append(name)
    groups = tuple(
        (tuple(sorted(name for name in group if name)), places)
        for places, group in survivors.items()
    )
    quick = Quick(lines=tuple(found), groups=groups)
    if all(one.is_all for one in found) and len(groups) == 1:
        told = tuple(quick.tell(b"", "", "", seen))
        return msgspec.structs.replace(quick, constant=told[0])
    return quick


def _only_candidates(lines: tuple[tuple[Line, Identity], ...]) -> Quick | None:
    """All candidates say the same of every version; best first, as the long way has it."""
    if any(line.statement.status != "affected" or line.notes for line, _ in lines):
        return None
    if len({identity.specificity for _, identity in lines}) != 1:
        return None
    first, identity = lines[0]
    ranges = dict.fromkeys(
        in_words(line.statement.version_text) or "all versions" for line, _ in lines
    )
    return Quick(
        lines=(),
        groups=(),
        is_candidate=True,
        constant=Told(
            _UNDETERMINED,
            tuple(sorted({v for line, _ in lines for v in line.statement.vulnerabilities})),
            identity.confidence,
            " || ".join(list(ranges)[:_SHOWN_RANGES]),
            f"{sentence(identity.why)} A person has to say whether it is this product.",
            "",
            first.place,
        ),
    )


def _compiled_line(
    line: Line, identity: Identity, named: tuple[str, ...], seen: Evidence
) -> QuickLine | None:
    claim = line.claim
    if line.statement.status != "affected" or line.notes or identity.is_series_open:
        return None
    if line.part_words or claim.cards or (seen.cards and claim.hosts):
        return None
    words = line.range
    if claim.branch:
        return None
    has_terms = bool(words.conditions) or line.has_two_ends
    is_plain = not (line.contradicts or words.doubt)
    plan = words.plan if is_plain else None
    is_settled = plan is not None and is_settled_by_one(line, named)
    fixes: list[tuple[str, Plan]] = []
    for fix in usable(line, named).versions if is_settled else ():
        at_least = read(f">= {fix}", "range")
        if at_least.plan is None or at_least.doubt:
            plan = None
            break
        fixes.append((fix, at_least.plan))
    return QuickLine(
        line=line,
        is_all=words.is_all and is_plain and not has_terms,
        plan=plan,
        has_terms=has_terms,
        is_settled=is_settled,
        range=in_words(line.statement.version_text) or "all versions",
        source=line.place,
        words=in_words(words.text)[:_LONGEST_IN_WORDS],
        fixed_in=usable(line, named).shown,
        fixes=tuple(fixes),
        named=named,
        identity_words=f"{sentence(identity.why)} ",
        confidence=identity.confidence,
    )

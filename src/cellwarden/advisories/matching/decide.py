"""What one statement says of one component, and what all statements of an advisory say together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.identity.words import chunks, compact, word_lists
from cellwarden.advisories.matching.nouns import Chosen, Line, Verdict, read
from cellwarden.advisories.versions import Placement
from cellwarden.model.matching import MatchState

_STRENGTH: Final = {
    MatchState.AFFECTED: 3,
    MatchState.UNDETERMINED: 2,
    MatchState.FIXED: 1,
    MatchState.NOT_AFFECTED: 0,
}
_EXACT_LEAF: Final = 4
_FAMILY_LEAF: Final = 2


class Said(msgspec.Struct, frozen=True):
    """State and reason for one version under one statement, before identity is added."""

    state: MatchState | None
    why: str
    fixed_in: str = ""
    is_listed: bool = False


def verdict(
    line: Line, identity: Identity, chosen: Chosen, seen: Evidence, fixes: tuple[str, ...]
) -> Verdict | None:
    """What a statement says of a component; nothing where it does not speak of its version."""
    status = line.statement.status
    if identity.answer is Answer.CANDIDATE:
        if status in {"fixed", "not_affected"}:
            return None
        said = Said(MatchState.UNDETERMINED, "a person has to say whether it is this product")
    elif identity.is_series_open and status != "not_affected":
        said = _series_open(line, status, fixes)
    elif status == "affected":
        said = _affected(line, chosen, seen, fixes)
    elif status == "under_investigation":
        said = _open(line, chosen)
    else:
        said = _listed(line, chosen, seen, MatchState(status) if status in _LISTED else None)
    if said.state is None:
        return None
    return Verdict(
        state=said.state,
        line=line,
        identity=identity,
        part=chosen.part,
        version=" / ".join(dict.fromkeys(chosen.versions)),
        why=said.why,
        fixed_in=said.fixed_in,
        is_listed=said.is_listed,
    )


def _open(line: Line, chosen: Chosen) -> Said:
    """Under investigation, or by default unknown: undetermined where the words may mean it."""
    if not line.range.is_all and chosen.versions:
        if all(place(line, version).inside is False for version in chosen.versions):
            return Said(None, "")
    is_rest = line.statement.leaf_id.endswith("/default")
    why = "the record does not know of other versions" if is_rest else "the maker still investigates"
    return Said(MatchState.UNDETERMINED, why)


_LISTED: Final = frozenset({"fixed", "not_affected"})


def _series_open(line: Line, status: str, fixes: tuple[str, ...]) -> Said:
    if status == "fixed":
        return Said(None, "")
    return Said(
        MatchState.UNDETERMINED,
        f"the advisory counts versions by series ({line.statement.version_text})",
        fix_words(line, fixes),
    )


def fix_words(line: Line, fixes: tuple[str, ...]) -> str:
    """The fix that a statement's own words name, else what the remediation texts name."""
    return line.range.first_after or " or ".join(fixes)


def _affected(line: Line, chosen: Chosen, seen: Evidence, fixes: tuple[str, ...]) -> Said:
    fixed_in = fix_words(line, fixes)
    words = line.statement.version_text or "every version"
    if line.contradicts and chosen.versions:
        why = "the record counts every version that it does not list as affected, and yet names an end"
        return Said(MatchState.UNDETERMINED, why, fixed_in)
    if line.range.is_all and not line.claim.branch:
        return _inside(line, line.range.place(""), chosen, seen, "every version is affected", fixed_in)
    if not chosen.versions:
        return Said(MatchState.UNDETERMINED, f"its version is not recorded; affected is {words}", fixed_in)
    places = [place(line, version) for version in chosen.versions]
    answers = {found.inside for found in places}
    if len(answers) > 1:
        return Said(MatchState.UNDETERMINED, f"{chosen.doubt or 'its parts lie differently'}", fixed_in)
    first = places[0]
    if first.inside is None or (chosen.doubt and len(chosen.versions) == 1):
        return Said(MatchState.UNDETERMINED, chosen.doubt or first.why, fixed_in)
    if first.inside:
        return _inside(line, first, chosen, seen, first.why, fixed_in)
    return _outside(line, first, chosen, fixes)


def _inside(
    line: Line, found: Placement, chosen: Chosen, seen: Evidence, why: str, fixed_in: str
) -> Said:
    open_conditions = [c for c in found.conditions if not _holds(c, line, chosen, seen)]
    if open_conditions:
        names = ", ".join(open_conditions)
        return Said(MatchState.UNDETERMINED, f"{why}, if {names} applies, which is not recorded", fixed_in)
    return Said(MatchState.AFFECTED, why, fixed_in)


def _outside(line: Line, found: Placement, chosen: Chosen, fixes: tuple[str, ...]) -> Said:
    if chosen.is_weak:
        why = f"{found.why}, but that version stands in the model column"
        return Said(MatchState.UNDETERMINED, why)
    if line.lists_versions and any(_is_before(line, version) for version in chosen.versions):
        why = f"{found.why}, but older versions are not said to be safe"
        return Said(MatchState.UNDETERMINED, why)
    for fix in first_fixes(line, fixes):
        if all(_is_at_least(version, fix) for version in chosen.versions):
            return Said(MatchState.FIXED, f"{found.why}; fixed since {fix}", fix)
    return Said(MatchState.NOT_AFFECTED, found.why)


def first_fixes(line: Line, fixes: tuple[str, ...]) -> tuple[str, ...]:
    """The versions from which on a statement's product counts as fixed, last branch first."""
    branches = tuple(part.strip() for part in line.range.first_after.split("|") if part.strip())
    return tuple(dict.fromkeys((*reversed(branches), *fixes)))


@lru_cache(maxsize=16384)
def _is_at_least(version: str, fix: str) -> bool:
    return read(f">= {fix}", "range").place(version).inside is True


def _is_before(line: Line, version: str) -> bool:
    """True where a version may be older than one that the words list."""
    bounds = {b for one in line.range.alternatives for c in one.comparators for b in c.bounds}
    return any(read(f">= {bound}", "range").place(version).inside is not True for bound in bounds)


def place(line: Line, version: str) -> Placement:
    """Where a version lies, its product's branch included: ``Parasolid V34.0`` speaks of 34.0 alone."""
    found = _place(line.range_text, line.range_kind, version)
    if found.inside is True and line.claim.branch and not _in_branch(version, line.claim.branch):
        why = f"{version} is not of the V{line.claim.branch} line that the advisory names"
        return Placement(inside=False, why=why, scheme=found.scheme)
    return found


@lru_cache(maxsize=32768)
def _place(text: str, kind: str, version: str) -> Placement:
    return read(text, kind).place(version)


def _in_branch(version: str, branch: str) -> bool:
    numbers = [n.lstrip("0") for n in re.findall(r"\d+", version)]
    wanted = [n.lstrip("0") for n in branch.split(".")]
    while len(wanted) > 1 and not wanted[-1]:
        wanted.pop()
    return numbers[: len(wanted)] == wanted


def _listed(line: Line, chosen: Chosen, seen: Evidence, state: MatchState | None) -> Said:
    if state is None:
        return Said(None, "")
    words = line.statement.version_text or "every version"
    label = "fixed" if state is MatchState.FIXED else "not affected"
    if not chosen.versions:
        everything = line.range.is_all and state is MatchState.NOT_AFFECTED and not line.claim.branch
        return Said(state, f"the advisory lists every version as {label}", "", everything) if everything else Said(None, "")
    if chosen.doubt or chosen.is_weak:
        return Said(None, "")
    places = [place(line, version) for version in chosen.versions]
    if any(found.inside is None for found in places):
        return Said(None, "")
    if all(found.inside for found in places):
        if _is_rest(line):
            return Said(None, "") if "!=" in words else Said(state, places[0].why)
        if any(not _holds(c, line, chosen, seen) for found in places for c in found.conditions):
            return Said(None, "")
        fixed_in = words if state is MatchState.FIXED else ""
        return Said(state, f"{chosen.versions[0]} is listed as {label}", fixed_in, is_listed=True)
    if state is MatchState.FIXED and (line.lists_versions or line.statement.is_first_fixed):
        if all(_is_at_least(version, words) for version in chosen.versions):
            return Said(state, f"{chosen.versions[0]} is at or after {words}, the first fixed version", words)
    return Said(None, "")


def _is_rest(line: Line) -> bool:
    """True for the rest that a default status leaves: what is not listed, not what is listed."""
    said = line.statement
    return said.version_kind == "vers" and said.status == "not_affected" and not line.lists_versions


@lru_cache(maxsize=16384)
def _condition_words(condition: str) -> tuple[str, ...]:
    noise = word_lists().noise
    return tuple(compact(c) for c in chunks(condition) if c not in noise)


def _holds(condition: str, line: Line, chosen: Chosen, seen: Evidence) -> bool:
    """True where the register, or the part that was compared, shows that a condition is met."""
    words = _condition_words(condition)
    if not words:
        return True
    shown = {compact(c) for c in chunks(chosen.part)} | {p.casefold() for p in line.part_words}
    shown |= {"id", "ups", *seen.series_ids} if seen.series_ids & line.claim.series_ids else set()
    if line.claim.cards & set(seen.cards):
        shown |= {"nmc2", "nmc3", "nmc1", "aos"} & set(words)
    of_product = set(line.claim.key) | {w for one in line.claim.wanted for w in (*one.words, *one.codes, *one.generic)}
    return all(word in seen.tokens or word in shown or word in of_product for word in words)


# ---- together -----------------------------------------------------------------------------


class Outcome(msgspec.Struct, frozen=True):
    """One state of an advisory for a component: its vulnerabilities and the deciding verdicts."""

    state: MatchState
    vulnerabilities: tuple[str, ...]
    deciding: tuple[Verdict, ...]
    fixed_in: str


def together(verdicts: Sequence[Verdict]) -> tuple[Outcome, ...]:
    """What all statements of one advisory say of one component: one outcome for each state.

    For each vulnerability a certain product decides before a candidate, the exact model before
    its family, an explicit listing before a range; then affected before undetermined before fixed
    before not affected.
    """
    if not verdicts:
        return ()
    certain = [v for v in verdicts if v.identity.answer is Answer.SAME]
    pool = certain or list(verdicts)
    states = {v.state for v in pool}
    specific = {v.identity.specificity for v in pool}
    if len(states) == 1 and len(specific) == 1:
        return (_outcome(pool),)
    by_vulnerability: dict[str, list[Verdict]] = {}
    for one in pool:
        for vulnerability in one.line.statement.vulnerabilities or ("",):
            by_vulnerability.setdefault(vulnerability, []).append(one)
    grouped: dict[MatchState, dict[str, list[Verdict]]] = {}
    for vulnerability, said in by_vulnerability.items():
        deciding = _decide(said)
        grouped.setdefault(deciding[0].state, {})[vulnerability] = deciding
    out = []
    for state, found in grouped.items():
        deciding = list(dict.fromkeys(v for group in found.values() for v in group))
        named = tuple(sorted(v for v in found if v))
        out.append(Outcome(state, named, tuple(deciding), _fixed_in(deciding, pool)))
    return tuple(sorted(out, key=lambda one: -_STRENGTH[one.state]))


def _outcome(pool: list[Verdict]) -> Outcome:
    named = {v for one in pool for v in one.line.statement.vulnerabilities}
    return Outcome(pool[0].state, tuple(sorted(named)), tuple(pool), _fixed_in(pool, pool))


def _decide(said: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that decide one vulnerability, all of one state."""
    best = max(v.identity.specificity for v in said)
    pool = [v for v in said if not (best >= _EXACT_LEAF and v.identity.specificity <= _FAMILY_LEAF)]
    listed = [v for v in pool if v.is_listed]
    if listed:
        top = max(v.identity.specificity for v in pool if v.state is MatchState.AFFECTED) if any(
            v.state is MatchState.AFFECTED for v in pool
        ) else 0
        listed = [v for v in listed if v.identity.specificity >= top]
    pool = listed or pool
    strongest = max(_STRENGTH[v.state] for v in pool)
    return [v for v in pool if _STRENGTH[v.state] == strongest]


def _fixed_in(deciding: Iterable[Verdict], pool: Iterable[Verdict]) -> str:
    """The fix that the deciding statements name, or that the advisory's fixed leaves name."""
    deciding = list(deciding)
    state = deciding[0].state
    if state is MatchState.NOT_AFFECTED:
        return ""
    named = [v.fixed_in for v in deciding if v.fixed_in]
    if not named and state is not MatchState.FIXED:
        named = [v.fixed_in for v in pool if v.fixed_in]
    return " or ".join(dict.fromkeys(named))

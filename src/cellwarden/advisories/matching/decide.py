"""What one statement says of one component."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.identity.words import chunks, compact, word_lists
from cellwarden.advisories.matching.nouns import Chosen, Line, Verdict, read
from cellwarden.advisories.versions import Placement
from cellwarden.model.matching import MatchState


class Said(msgspec.Struct, frozen=True):
    """State and reason for one version under one statement, before identity is added."""

    state: MatchState | None
    why: str
    fixed_in: str = ""
    is_listed: bool = False


_NOTHING: Final = Said(None, "")


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
        said = affected(line, chosen, seen, fixes)
    elif status == "under_investigation":
        said = _open(line, chosen)
    elif status in _LISTED:
        said = _listed(line, chosen, seen, MatchState(status))
    else:
        said = _NOTHING
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
    outside = [place(line, version).inside is False for version in chosen.versions]
    if outside and all(outside) and not line.range.is_all:
        return _NOTHING
    is_rest = line.statement.leaf_id.endswith("/default")
    why = (
        "the record does not know of other versions" if is_rest else "the maker still investigates"
    )
    return Said(MatchState.UNDETERMINED, why)


_LISTED: Final = frozenset({"fixed", "not_affected"})


def _series_open(line: Line, status: str, fixes: tuple[str, ...]) -> Said:
    if status == "fixed":
        return _NOTHING
    return Said(
        MatchState.UNDETERMINED,
        f"the advisory counts versions by series ({line.statement.version_text})",
        fix_words(line, fixes),
    )


def fix_words(line: Line, fixes: tuple[str, ...]) -> str:
    """The fix that a statement's own words name, else what the remediation texts name."""
    return line.range.first_after or " or ".join(fixes)


def affected(line: Line, chosen: Chosen, seen: Evidence, fixes: tuple[str, ...]) -> Said:
    """What an affected statement says of the versions that were chosen."""
    is_all = line.range.is_all and not line.claim.branch
    if line.contradicts and chosen.versions:
        why = "the record counts all versions that it does not list as affected, yet names an end"
    elif is_all:
        found = Placement(
            inside=True, why="every version is affected", conditions=line.range.conditions
        )
        return _inside(line, found, chosen, seen, fixes)
    elif not chosen.versions:
        why = f"its version is not recorded; affected is {line.statement.version_text}"
    else:
        places = [place(line, version) for version in chosen.versions]
        first = places[0]
        if any(one.inside is not first.inside for one in places):
            why = chosen.doubt or "its parts lie differently"
        elif first.inside is None or (chosen.doubt and len(places) == 1):
            why = chosen.doubt or first.why
        elif first.inside:
            return _inside(line, first, chosen, seen, fixes)
        else:
            return _outside(line, first, chosen, fixes)
    return Said(MatchState.UNDETERMINED, why, fix_words(line, fixes))


def _inside(
    line: Line, found: Placement, chosen: Chosen, seen: Evidence, fixes: tuple[str, ...]
) -> Said:
    fixed_in = fix_words(line, fixes)
    open_conditions = [c for c in found.conditions if not _holds(c, line, chosen, seen)]
    if open_conditions:
        why = f"{found.why}, if {', '.join(open_conditions)} applies, which is not recorded"
        return Said(MatchState.UNDETERMINED, why, fixed_in)
    return Said(MatchState.AFFECTED, found.why, fixed_in)


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
    """Where a version lies; a product text such as ``Parasolid V34.0`` speaks of 34.0 alone."""
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


def _listed(line: Line, chosen: Chosen, seen: Evidence, state: MatchState) -> Said:
    """What a fixed or not affected leaf says: of the versions that it lists, and no other."""
    if not chosen.versions:
        return _whole_product_listed(line, state)
    if chosen.doubt or chosen.is_weak:
        return _NOTHING
    places = [place(line, version) for version in chosen.versions]
    if all(found.inside for found in places):
        return _inside_listed(line, chosen, seen, state, places[0])
    is_first = line.lists_versions or line.statement.is_first_fixed
    if state is MatchState.FIXED and is_first and all(found.inside is False for found in places):
        words = line.statement.version_text
        if all(_is_at_least(version, words) for version in chosen.versions):
            why = f"{chosen.versions[0]} is at or after {words}, the first fixed version"
            return Said(state, why, words)
    return _NOTHING


def _whole_product_listed(line: Line, state: MatchState) -> Said:
    """A leaf without versions: a product that is not affected at all needs no version."""
    if state is MatchState.NOT_AFFECTED and line.range.is_all and not line.claim.branch:
        return Said(state, "the advisory lists every version as not affected", is_listed=True)
    return _NOTHING


def _inside_listed(
    line: Line, chosen: Chosen, seen: Evidence, state: MatchState, found: Placement
) -> Said:
    words = line.statement.version_text or "every version"
    if _is_rest(line):
        return _NOTHING if "!=" in words else Said(state, found.why)
    if any(not _holds(c, line, chosen, seen) for c in found.conditions):
        return _NOTHING
    label = "fixed" if state is MatchState.FIXED else "not affected"
    fixed_in = words if state is MatchState.FIXED else ""
    return Said(state, f"{chosen.versions[0]} is listed as {label}", fixed_in, is_listed=True)


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
    of_product = set(line.claim.key) | {
        w for one in line.claim.wanted for w in (*one.words, *one.codes, *one.generic)
    }
    return all(word in seen.tokens or word in shown or word in of_product for word in words)

"""What one statement says of one component."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.matching.conditions import has_versions_in_conditions, holds
from cellwarden.advisories.matching.counted import counted, counted_range
from cellwarden.advisories.matching.nouns import Chosen, Line, Verdict, read
from cellwarden.advisories.matching.reached import (
    NO_FIXES,
    Fixes,
    fix_ahead,
    fixed_inside,
    fixed_since,
    has_own_leaf,
    in_another_generation,
    in_branch,
    is_at_least,
    is_of_another_line,
    refines_an_end,
    shown_for,
    usable,
)
from cellwarden.advisories.versions import Placement
from cellwarden.advisories.versions.plain import in_words
from cellwarden.advisories.versions.ranges import LONGEST_IN_WORDS
from cellwarden.model.matching import MatchState


class Said(msgspec.Struct, frozen=True):
    """State and reason for one version under one statement, before identity is added."""

    state: MatchState | None
    why: str
    fixed_in: str = ""
    is_listed: bool = False
    is_off_line: bool = False


_OTHER: Final = "the advisory names another generation of it, in which it would be affected"
_COUNTS_OTHERWISE: Final = "the advisory has versions of this very part as a condition"
_NOTHING: Final = Said(None, "")
_STEPS: Final = re.compile(r"[a-uw-z]+|v[a-z]+")
"""Words behind a version's numbers; steps of two kinds have no certain order."""


def verdict(
    line: Line, identity: Identity, chosen: Chosen, seen: Evidence, named: tuple[str, ...]
) -> Verdict | None:
    """What a statement says of a component; nothing where it does not speak of its version."""
    status = line.statement.status
    if identity.answer is Answer.CANDIDATE:
        if status in {"fixed", "not_affected"}:
            return None
        said = Said(MatchState.UNDETERMINED, "a person has to say whether it is this product")
    elif identity.is_series_open and status != "not_affected":
        said = _series_open(line, status, named)
    elif status == "affected":
        said = affected(line, chosen, seen, named)
    elif status == "under_investigation":
        said = _open(line, chosen, seen)
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
        is_off_line=said.is_off_line,
    )


def _open(line: Line, chosen: Chosen, seen: Evidence) -> Said:
    """Under investigation, or by default unknown: undetermined where the words may mean it."""
    outside = [place(line, version, seen).inside is False for version in chosen.versions]
    if outside and all(outside) and not line.range.is_all:
        return _NOTHING
    if line.statement.leaf_id.endswith("/default"):
        why = "the record does not know of other versions"
    else:
        why = line.statement.justification or "the maker still investigates"
    return Said(MatchState.UNDETERMINED, why)


_LISTED: Final = frozenset({"fixed", "not_affected"})


def _series_open(line: Line, status: str, named: tuple[str, ...]) -> Said:
    if status == "fixed":
        return _NOTHING
    return Said(
        MatchState.UNDETERMINED,
        f"the advisory counts versions by series ({in_words(line.statement.version_text)})",
        usable(line, named).shown,
    )


def affected(line: Line, chosen: Chosen, seen: Evidence, named: tuple[str, ...]) -> Said:
    """What an affected statement says of the versions that were chosen.

    ``named`` are the fixed versions that the document names elsewhere for its product.
    """
    fixes = usable(line, named)
    is_all = line.range.is_all and (not line.claim.branch or _names_the_line(line, seen))
    if line.contradicts and chosen.versions:
        why = "the record counts all versions that it does not list as affected, yet names an end"
    elif is_all:
        found = Placement(
            inside=True, why="every version is affected", conditions=line.range.conditions
        )
        return _inside(line, found, chosen, seen, fixes)
    elif not chosen.versions:
        words = in_words(line.statement.version_text)
        why = f"its version is not recorded; affected is {words}"
    else:
        return _by_version(line, chosen, seen, fixes)
    return Said(MatchState.UNDETERMINED, why, shown_for(fixes, chosen.versions))


def _by_version(line: Line, chosen: Chosen, seen: Evidence, fixes: Fixes) -> Said:
    """What an affected statement's range says of the versions that were chosen."""
    places = [place(line, version, seen) for version in chosen.versions]
    first = places[0]
    is_off_line = any(_is_off_line(line, version, seen) for version in chosen.versions)
    chosen = _as_counted(line, chosen)
    if len(places) == 1 and not (first.inside or chosen.doubt or is_off_line):
        fix = fix_ahead(line, fixes, chosen.versions[0])
        if fix:
            why = f"{chosen.versions[0]} is of a branch that the words name, before its fix {fix}"
            found = Placement(inside=True, why=why, scheme=first.scheme)
            return _inside(line, found, chosen, seen, fixes)
    if first.inside is None and not chosen.doubt and len(places) == 1:
        fix = _fixed_at_its_end(line, chosen.versions[0], fixes)
        if fix:
            return Said(MatchState.FIXED, f"{chosen.versions[0]} is at or after the fix {fix}", fix)
    if any(one.inside is not first.inside for one in places):
        why = chosen.doubt or "its parts lie differently"
    elif first.inside is None or (chosen.doubt and len(places) == 1):
        why = chosen.doubt or first.why
    elif first.inside:
        fix = fixed_inside(line, fixes, chosen.versions[0]) if len(places) == 1 else ""
        if fix:
            why = f"{chosen.versions[0]} is at or after {fix}, the fix of its branch"
            return Said(MatchState.FIXED, why, fix)
        return _inside(line, first, chosen, seen, fixes)
    else:
        own = NO_FIXES if is_off_line else fixes
        return _outside(line, first, chosen, own, is_off_line=is_off_line)
    return Said(
        MatchState.UNDETERMINED, why, shown_for(fixes, chosen.versions), is_off_line=is_off_line
    )


def _as_counted(line: Line, chosen: Chosen) -> Chosen:
    """The versions as the product counts them, to be set against its fixes."""
    own = tuple(counted(line.claim, version, line.range_text) for version in chosen.versions)
    return chosen if own == chosen.versions else msgspec.structs.replace(chosen, versions=own)


def _inside(line: Line, found: Placement, chosen: Chosen, seen: Evidence, fixes: Fixes) -> Said:
    open_conditions = [c for c in found.conditions if not holds(c, line, chosen, seen)]
    if open_conditions:
        why = f"{found.why}, if {', '.join(open_conditions)} applies, which is not recorded"
        return Said(MatchState.UNDETERMINED, why, shown_for(fixes, chosen.versions))
    return Said(MatchState.AFFECTED, found.why, shown_for(fixes, chosen.versions))


def _outside(
    line: Line, found: Placement, chosen: Chosen, fixes: Fixes, *, is_off_line: bool
) -> Said:
    """Behind the range: fixed where a fix of its branch is reached, else not affected.

    Where the words list single versions alone, only a fix clears what they do not list.
    """
    but = _instead(line, chosen)
    if but:
        why = f"{found.why}, but {but}"
        return Said(MatchState.UNDETERMINED, why, is_off_line=is_off_line)
    is_older = line.lists_versions and any(
        _is_before(line, v) and not has_own_leaf(line, v) for v in chosen.versions
    )
    if is_older:
        why = f"{found.why}, but older versions are not said to be safe"
        return Said(
            MatchState.UNDETERMINED, why, shown_for(fixes, chosen.versions), is_off_line=is_off_line
        )
    since = {fixed_since(fixes, version) for version in chosen.versions}
    if "" not in since:
        fix = " or ".join(sorted(since))
        return Said(MatchState.FIXED, f"{found.why}; fixed since {fix}", fix)
    if line.is_open_ended:
        why = f"{found.why}, but newer versions are not said to be safe"
        return Said(
            MatchState.UNDETERMINED, why, shown_for(fixes, chosen.versions), is_off_line=is_off_line
        )
    return Said(MatchState.NOT_AFFECTED, found.why, is_off_line=is_off_line)


def _instead(line: Line, chosen: Chosen) -> str:
    """What a version outside the range may be instead of one that is safe; empty for nothing."""
    if chosen.is_weak:
        return "that version stands in the model column"
    if any(in_another_generation(line, version) for version in chosen.versions):
        return _OTHER
    return _COUNTS_OTHERWISE if has_versions_in_conditions(line, chosen.part) else ""


def _fixed_at_its_end(line: Line, version: str, fixes: Fixes) -> str:
    """The fix that stands behind a coarse end: ``33.013`` where the words end at ``33``.

    So does one that settles which of two ends was meant, where a document says its versions twice.
    """
    fix = fixed_since(fixes, version)
    is_settled = bool(line.besides) and _placed(line, version).inside is False
    is_finer = (
        _STEPS.findall(fix.casefold()) == _STEPS.findall(version.casefold())
        and refines_an_end(line, fix)
        and refines_an_end(line, version)
    )
    return fix if is_settled or is_finer else ""


def _is_before(line: Line, version: str) -> bool:
    """True where a version may be older than one that the words list."""
    bounds = {b for one in line.range.alternatives for c in one.comparators for b in c.bounds}
    return any(not is_at_least(version, bound) for bound in bounds)


def place(line: Line, version: str, seen: Evidence) -> Placement:
    """Where a version lies; a product text such as ``Parasolid V34.0`` speaks of 34.0 alone.

    What lies in the range and is of another line cannot be told, for the number in a product's
    name may also be the hardware's or a year; all versions of a line leave the other lines out.
    """
    found = _placed(line, version)
    if (
        found.inside is not False
        and line.has_two_ends
        and _lies_differently(line, version)
        and not _is_of_one_end(line, version)
    ):
        why = f"{in_words(line.statement.version_text)} has two ends; which of them counts is open"
        return Placement(inside=None, why=why, scheme=found.scheme)
    if found.inside is True and _is_off_line(line, version, seen):
        why = f"{version} is not of the V{line.claim.branch} line that the advisory names"
        is_other = (
            line.range.is_all
            and not line.claim.is_generation
            and is_of_another_line(version, line.claim.branch)
        )
        inside = False if is_other else None
        return Placement(inside=inside, why=why, scheme=found.scheme)
    if found.inside is False and line.besides and _place(line.besides, "range", version).inside:
        why = f"{found.why}, but its full name says {line.besides}"
        inside = True if line.lists_versions else None
        return Placement(inside=inside, why=why, scheme=found.scheme)
    ours = in_words(line.range_text)
    if ours != line.range_text:
        why = found.why.replace(line.range_text[:LONGEST_IN_WORDS], ours[:LONGEST_IN_WORDS])
        return msgspec.structs.replace(found, why=why)
    return found


def _placed(line: Line, version: str) -> Placement:
    """Where a version lies as the product counts; where it would lie as it stands, if not so."""
    own = counted(line.claim, version, line.range_text)
    words = counted_range(line.claim, line.range_text)
    if own == version and words == line.range_text:
        return _place(line.range_text, line.range_kind, version)
    as_it_stands = _place(line.range_text, line.range_kind, version)
    if as_it_stands.scheme == "text":
        return as_it_stands
    found = _place(words, line.range_kind, own)
    why = found.why.replace(words[:LONGEST_IN_WORDS], line.range_text[:LONGEST_IN_WORDS])
    return msgspec.structs.replace(found, why=why.replace(own, version, 1))


@lru_cache(maxsize=32768)
def _place(text: str, kind: str, version: str) -> Placement:
    return read(text, kind).place(version)


def _lies_differently(line: Line, version: str) -> bool:
    """True where one of the range's ends includes a version and another does not."""
    ends = [end.strip() for end in line.range_text.split("|")]
    return len({_place(end, "range", version).inside for end in ends}) > 1


def _is_of_one_end(line: Line, version: str) -> bool:
    """True where a version is one of the ends, or of the branch of one end and before it.

    ``5.0.20`` lies in ``<= 4.2.21 | <= 5.0.27``, whatever else the ends may mean.
    """
    ends = [end.strip().lstrip("<= ") for end in line.range_text.split("|") if "=" in end]
    near = [end for end in ends if (own := _branch_of(end)) and in_branch(version, own)]
    return len(near) == 1 and _place(f"<= {near[0]}", "range", version).inside is True


def _branch_of(end: str) -> str:
    """What an end shares with the versions of its branch: all of its numbers but the last.

    Two numbers are too few to tell a branch; one behind a letter stands for itself.
    """
    head, point, _ = end.rpartition(".")
    if point:
        return head if "." in head else ""
    return end


def _names_the_line(line: Line, seen: Evidence) -> bool:
    """True where the register's own name says the version line that the advisory names."""
    branch = line.claim.branch
    if line.claim.key in seen.keys:
        return True
    return any(b.startswith(branch) or branch.startswith(b) for b in seen.branches)


def _is_off_line(line: Line, version: str, seen: Evidence) -> bool:
    """True where the advisory's product name has a version line and this is of another."""
    branch = line.claim.branch
    return bool(branch) and not _names_the_line(line, seen) and not in_branch(version, branch)


def _listed(line: Line, chosen: Chosen, seen: Evidence, state: MatchState) -> Said:
    """What a fixed or not affected leaf says: of the versions that it lists, and no other."""
    if not chosen.versions:
        return _whole_product_listed(line, state)
    if chosen.doubt or chosen.is_weak:
        return _NOTHING
    places = [place(line, version, seen) for version in chosen.versions]
    if all(found.inside for found in places):
        return _inside_listed(line, chosen, seen, state, places[0])
    is_first = line.lists_versions or line.statement.is_first_fixed
    if state is MatchState.FIXED and is_first and all(found.inside is False for found in places):
        words = line.statement.version_text
        if all(is_at_least(version, words) for version in chosen.versions):
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
    words = in_words(line.statement.version_text) or "every version"
    if _is_rest(line):
        return _NOTHING if "!=" in words else Said(state, found.why)
    if any(not holds(c, line, chosen, seen) for c in found.conditions):
        return _NOTHING
    label = "fixed" if state is MatchState.FIXED else "not affected"
    fixed_in = words if state is MatchState.FIXED else ""
    return Said(state, f"{chosen.versions[0]} is listed as {label}", fixed_in, is_listed=True)


def _is_rest(line: Line) -> bool:
    """True for the rest that a default status leaves: what is not listed, not what is listed."""
    said = line.statement
    return said.version_kind == "vers" and said.status == "not_affected" and not line.lists_versions

"""Cases: what several advisories say of one vulnerability on one component, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from cellwarden.advisories.triage.facts import TriageFacts
from cellwarden.advisories.triage.fixes import leaf_of
from cellwarden.model.matching import Match, MatchState

WORST_FIRST: Final = (
    MatchState.AFFECTED,
    MatchState.UNDETERMINED,
    MatchState.FIXED,
    MatchState.NOT_AFFECTED,
)

OPEN: Final = (MatchState.AFFECTED, MatchState.UNDETERMINED)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One component and one vulnerability, with every match that speaks of the two.

    ``match`` is the one that counts; ``merged`` says why where several disagree.
    """

    component_id: str
    vulnerability: str
    match: Match
    matches: tuple[Match, ...]
    merged: str


def merge_matches(matches: Iterable[Match], facts: TriageFacts) -> list[Case]:
    """Put together what several advisories say of one vulnerability on one component.

    The worst state wins: affected, undetermined, fixed, not affected. One thing outweighs it: a
    statement not_affected with a justification by the vendor of the product itself. A match that
    names no vulnerability stands for its advisory.
    """
    groups: defaultdict[tuple[str, str], list[Match]] = defaultdict(list)
    for match in matches:
        for name in match.vulnerabilities or (match.advisory_id,):
            groups[match.component_id, name].append(match)
    return [
        _merged(component_id, name, group, facts)
        for (component_id, name), group in sorted(groups.items())
    ]


def _merged(component_id: str, name: str, group: list[Match], facts: TriageFacts) -> Case:
    ordered = sorted(
        group, key=lambda m: (WORST_FIRST.index(m.state), -m.confidence, m.advisory_id, m.source)
    )
    chosen, merged = ordered[0], ""
    states = list(dict.fromkeys(match.state for match in ordered))
    if len(states) > 1:
        others = ", ".join(f"{m.advisory_id} says {m.state}" for m in ordered[1:4])
        merged = f"{chosen.advisory_id} says {chosen.state}, {others}: the worst state holds"
    justified = next((match for match in ordered if _is_vendors_word(match, facts)), None)
    if justified is not None and justified is not chosen:
        chosen = justified
        reason = _justification(justified, facts)
        merged = (
            f"the product's own vendor says not affected in {chosen.advisory_id} ({reason}): "
            f"that outweighs {ordered[0].advisory_id}, which says {ordered[0].state}"
        )
    return Case(
        component_id=component_id,
        vulnerability=name,
        match=chosen,
        matches=tuple(ordered),
        merged=merged,
    )


def _is_vendors_word(match: Match, facts: TriageFacts) -> bool:
    """Whether this is a justified not_affected by whoever makes the product, product certain."""
    if match.state is not MatchState.NOT_AFFECTED or match.candidate:
        return False
    publisher = facts.advisories.get(match.advisory_id, {}).get("publisher")
    maker = facts.components.get(match.component_id, {}).get("manufacturer")
    names = [(name or "").strip().casefold() for name in (publisher, maker)]
    vendors = {facts.vendor_names.get(name, name) for name in names}
    return all(names) and len(vendors) == 1 and bool(_justification(match, facts))


def _justification(match: Match, facts: TriageFacts) -> str:
    return facts.justifications.get((match.advisory_id, leaf_of(match)), "")

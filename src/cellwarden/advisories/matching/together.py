"""What all statements of one advisory say together of one component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer
from cellwarden.advisories.matching.nouns import Verdict
from cellwarden.advisories.matching.reached import one_each
from cellwarden.model.matching import MatchState

STRENGTH: Final = {
    MatchState.AFFECTED: 3,
    MatchState.UNDETERMINED: 2,
    MatchState.FIXED: 1,
    MatchState.NOT_AFFECTED: 0,
}
"""Which state holds where statements differ on one vulnerability: the higher number."""
_WHOLE_NAME: Final = 5
_EXACT_LEAF: Final = 4
_FAMILY_LEAF: Final = 2


class Outcome(msgspec.Struct, frozen=True):
    """One state of an advisory for a component: its vulnerabilities and the deciding verdicts."""

    state: MatchState
    vulnerabilities: tuple[str, ...]
    deciding: tuple[Verdict, ...]
    fixed_in: str


def together(verdicts: Sequence[Verdict]) -> tuple[Outcome, ...]:
    """What all statements of one advisory say of one component: one outcome for each state.

    For each vulnerability a certain product decides before a candidate, the exact model before
    its family, its version line before another, an explicit listing before a range; then affected
    before undetermined before fixed before not affected.
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
        chosen = {id(v) for group in found.values() for v in group}
        deciding = [v for v in pool if id(v) in chosen]
        named = tuple(sorted(v for v in found if v))
        out.append(Outcome(state, named, tuple(deciding), _fixed_in(deciding)))
    return tuple(sorted(out, key=lambda one: -STRENGTH[one.state]))


def _outcome(pool: list[Verdict]) -> Outcome:
    named = {v for one in pool for v in one.line.statement.vulnerabilities}
    return Outcome(pool[0].state, tuple(sorted(named)), tuple(pool), _fixed_in(pool))


def _decide(said: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that decide one vulnerability, all of one state."""
    pool = [
        said[at]
        for at in family_yields([(v.identity.specificity, v.line.statement.leaf_id) for v in said])
    ]
    pool = [v for v in pool if not v.is_off_line] or pool
    ranged = [v.identity.specificity for v in pool if v.state is MatchState.AFFECTED]
    top = max(ranged, default=0)
    listed = [v for v in pool if v.is_listed and v.identity.specificity >= top]
    pool = listed or pool
    strongest = max(STRENGTH[v.state] for v in pool)
    return [v for v in pool if STRENGTH[v.state] == strongest]


def family_yields(leaves: Sequence[tuple[int, str]]) -> list[int]:
    """The places of the leaves that count: a family's leaf yields to one of the exact model.

    Every leaf yields to one that has the register's whole name or order number. A leaf is its
    specificity and its leaf id. It yields to leaves of the same author alone: what somebody added
    to a CVE record narrows nothing that the maker said in it.
    """
    best: dict[str, int] = {}
    for specificity, leaf in leaves:
        best[_author(leaf)] = max(specificity, best.get(_author(leaf), 0))
    return [
        at
        for at, (specificity, leaf) in enumerate(leaves)
        if specificity >= (_WHOLE_NAME if (top := best[_author(leaf)]) >= _WHOLE_NAME else 0)
        and (specificity > _FAMILY_LEAF or top < _EXACT_LEAF)
    ]


def _author(leaf_id: str) -> str:
    """Who said it, within one document: a CVE record's container; empty where there is but one."""
    author, bar, _ = leaf_id.partition("/")
    return author if bar else ""


def _fixed_in(deciding: Sequence[Verdict]) -> str:
    """The fixes that the deciding statements name."""
    if deciding[0].state is MatchState.NOT_AFFECTED:
        return ""
    return one_each(v.fixed_in for v in deciding if v.fixed_in)

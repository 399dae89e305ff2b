"""Two published decision tables: SSVC's deployer tree and the timelines of CISA's BOD 26-04.

Facts from the SSVC project (CERT/CC): "Deployer Patch Application Priority 1.0.0" and "CISA BOD
26-04 Remediation Timelines 1.0.0". The directive binds federal civilian agencies of the United
States; for everybody else it is a benchmark.

Every input may be one value, several that are possible, or nothing. What is not known stays open:
the answer is the set of possible rows, and the strictest of them is the one to act on.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.triage.tables import table

Input = str | Collection[str] | None

EXPLOITATION: Final = ("none", "public poc", "active")
EXPOSURE: Final = ("small", "controlled", "open")
YES_NO: Final = ("no", "yes")
HUMAN_IMPACT: Final = ("low", "medium", "high", "very high")
TECHNICAL_IMPACT: Final = ("partial", "total")
DECISIONS: Final = ("defer", "scheduled", "out-of-cycle", "immediate")
"""Mildest first, as all of these are."""

BINDING: Final = (
    "CISA BOD 26-04 binds federal civilian agencies of the United States; "
    "for everybody else it is a benchmark"
)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployer tree says: every possible decision, mildest first, and the strictest."""

    possible: tuple[str, ...]
    strictest: str
    rows: int

    @property
    def is_assumed(self) -> bool:
        """Whether another decision would be possible too."""
        return len(self.possible) > 1


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What BOD 26-04 says: every possible timeline, mildest first, and the strictest.

    ``days`` is unknown where the fix may wait for a system upgrade.
    """

    possible: tuple[str, ...]
    strictest: str
    days: int | None
    says: str
    rows: int

    @property
    def is_assumed(self) -> bool:
        """Whether another timeline would be possible too."""
        return len(self.possible) > 1


def deployer(
    *,
    exploitation: Input = None,
    exposure: Input = None,
    automatable: Input = None,
    human_impact: Input = None,
) -> Decision:
    """Walk the deployer tree; the strictest of the possible decisions counts."""
    return _deployer(
        _values(exploitation, EXPLOITATION),
        _values(exposure, EXPOSURE),
        _values(automatable, YES_NO),
        _values(human_impact, HUMAN_IMPACT),
    )


def bod_26_04(
    *,
    in_kev: Input = None,
    exposed: Input = None,
    automatable: Input = None,
    technical_impact: Input = None,
) -> Timeline:
    """Look up the timeline; the strictest of the possible ones counts."""
    return _timeline(
        _values(in_kev, YES_NO),
        _values(exposed, YES_NO),
        _values(automatable, YES_NO),
        _values(technical_impact, TECHNICAL_IMPACT),
    )


def timelines() -> tuple[str, ...]:
    """The names of all timelines, mildest first."""
    return tuple(reversed([row["timeline"] for row in table("timelines")]))


def _values(given: Input, all_values: tuple[str, ...]) -> tuple[str, ...]:
    """The values that are possible; a word that the table does not know says nothing."""
    if given is None:
        return all_values
    words = {given} if isinstance(given, str) else set(given)
    return tuple(value for value in all_values if value in words) or all_values


@cache
def _deployer_rows() -> tuple[tuple[tuple[str, str, str, str], str], ...]:
    return tuple(
        ((row["exploitation"], row["exposure"], row["automatable"], impact), row[impact])
        for row in table("deployer")
        for impact in HUMAN_IMPACT
    )


@cache
def _timeline_rows() -> tuple[tuple[tuple[str, str, str, str], str], ...]:
    return tuple(
        ((row["in_kev"], row["exposed"], row["automatable"], impact), row[impact])
        for row in table("bod_26_04")
        for impact in TECHNICAL_IMPACT
    )


@lru_cache(maxsize=4096)
def _deployer(*allowed: tuple[str, ...]) -> Decision:
    found = _matching(_deployer_rows(), allowed)
    possible = tuple(decision for decision in DECISIONS if decision in found)
    return Decision(possible=possible, strictest=possible[-1], rows=len(found))


@lru_cache(maxsize=4096)
def _timeline(*allowed: tuple[str, ...]) -> Timeline:
    found = _matching(_timeline_rows(), allowed)
    possible = tuple(name for name in timelines() if name in found)
    facts = next(row for row in table("timelines") if row["timeline"] == possible[-1])
    return Timeline(
        possible=possible,
        strictest=possible[-1],
        days=int(facts["days"]) if facts["days"] else None,
        says=facts["says"],
        rows=len(found),
    )


def _matching(
    rows: tuple[tuple[tuple[str, str, str, str], str], ...], allowed: tuple[tuple[str, ...], ...]
) -> list[str]:
    return [
        outcome
        for inputs, outcome in rows
        if all(value in values for value, values in zip(inputs, allowed, strict=True))
    ]

"""Coverage: how far the evidence of a judgement reaches into a framework, control by control."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from cellwarden.model.findings import Severity
from cellwarden.model.ids import CheckId, FactId


class ControlState(StrEnum):
    """What may be said of a control. Only ``EVIDENCED`` may ever look green."""

    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"
    NO_EVIDENCE = "no evidence"
    EVIDENCED = "evidenced"


class Grade(StrEnum):
    """How an assurance is known, weakest first."""

    CLAIMED = "claimed"
    DOCUMENTED = "documented"
    TESTED = "tested"


class CheckStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check said in a scope, and on what.

    ``accepted`` counts those of its failures that an exception accepts. ``grades`` counts its
    passes by the grade of their evidence. The times (RFC 3339) are those of the oldest and the
    newest fact behind a pass or a failure. ``sample`` holds facts by verdict.
    """

    check: CheckId
    title: str
    asks: str
    severity: Severity
    requirements: tuple[str, ...]
    fails: int = 0
    accepted: int = 0
    passes: int = 0
    unknowns: int = 0
    not_applicable: int = 0
    grades: dict[Grade, int] = {}
    oldest_at: str | None = None
    newest_at: str | None = None
    sample: dict[str, tuple[FactId, ...]] = {}


class ControlCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """One control: its state and why, the checks that speak to it, and what is missing.

    The counts are sums over its checks. ``missing`` are sentences, the gravest first.
    """

    control_id: str
    title: str
    requirements: tuple[str, ...]
    checks: tuple[CheckId, ...]
    state: ControlState
    because: str
    fails: int
    accepted: int
    passes: int
    unknowns: int
    not_applicable: int
    grades: dict[Grade, int]
    oldest_at: str | None
    newest_at: str | None
    missing: tuple[str, ...]


class FrameworkCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """One framework as of a time, at one site or everywhere.

    ``controls`` are those that our mapping names. ``held`` counts the controls in the catalogue;
    where ``is_whole``, the framework has no others.
    """

    framework: str
    label: str
    name: str
    publisher: str
    version: str
    date: str
    source: str
    as_of: str
    site_id: str | None
    held: int
    is_whole: bool
    controls: tuple[ControlCoverage, ...]
    checks: tuple[CheckStanding, ...]

    @property
    def states(self) -> dict[ControlState, int]:
        """How many controls are in each state; together they are all of ``controls``."""
        found = dict.fromkeys(ControlState, 0)
        for control in self.controls:
            found[control.state] += 1
        return found


class FrameworkSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One framework in one line: of ``controls`` that are mapped, how many in each state."""

    framework: str
    label: str
    controls: int
    held: int
    is_whole: bool
    states: dict[str, int]

"""A retirement as it stands: its steps, how far each is, and the papers that it needs."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class StepState(StrEnum):
    """How far one step is. Only ``DONE`` and ``NOT_NEEDED`` may ever look green."""

    DONE = "done"
    NOT_NEEDED = "not needed"
    UNKNOWN = "unknown"
    MISSING = "missing"
    WRONG = "wrong"
    ACCEPTED = "accepted"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: its state, why, what to record next, and the checks that speak to it."""

    name: str
    title: str
    state: StepState
    because: str
    next: str
    checks: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it keeps the file from being closed."""
        return self.state in {StepState.UNKNOWN, StepState.MISSING, StepState.WRONG}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One retirement as it stands; ``papers`` says what its chemistry needs, by which source."""

    asset_id: str
    name: str | None
    serial: str | None
    chemistry: str | None
    retirement_id: str | None
    is_closed: bool | None
    as_of: str
    steps: tuple[Step, ...]
    papers: str
    papers_source: str

    @property
    def holes(self) -> tuple[Step, ...]:
        """What keeps its file open."""
        return tuple(step for step in self.steps if step.is_open)

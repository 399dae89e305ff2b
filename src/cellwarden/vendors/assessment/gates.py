"""Gates: what no average can outweigh, and the named, expiring exceptions that alone pass one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, get_args

import msgspec

from cellwarden.vendors.assessment.answers import Assessment
from cellwarden.vendors.assessment.grading import Graded, grade_question
from cellwarden.vendors.assessment.questions import Bank, Gate
from cellwarden.vendors.assessment.scoring import applicable

PROOF: Final = Fraction(2, 5)
"""The grade from which an objective opens its gate: a document; a bare claim is not enough."""


class GateState(StrEnum):
    """Only ``OPEN``, ``EXCEPTED`` and ``NOT_APPLICABLE`` let a signature through."""

    OPEN = "open"
    SHUT = "shut"
    UNKNOWN = "unknown"
    EXCEPTED = "excepted"
    NOT_APPLICABLE = "not applicable"


class GateException(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An accepted gate: why, what protects meanwhile, who asked, who approved, its last day."""

    gate: Gate
    vendor: str
    reason: str
    measure: str
    requested_by: str
    approved_by: str
    expires_on: date

    def __post_init__(self) -> None:
        """Refuse an exception without names or reason, or approved by whoever asked for it."""
        given = (self.reason, self.measure, self.requested_by, self.approved_by)
        if not all(text.strip() for text in given):
            raise ValueError(f"the exception to {self.gate} names no reason, measure or person")
        if self.requested_by.strip().casefold() == self.approved_by.strip().casefold():
            raise ValueError(f"{self.approved_by} cannot approve an exception of their own")


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """Where one gate stands and why; ``lets_pass`` is true where a signature may go through."""

    gate: Gate
    state: GateState
    because: str

    @property
    def lets_pass(self) -> bool:
        """True unless it is shut or unknown."""
        return self.state not in {GateState.SHUT, GateState.UNKNOWN}


def gates(
    bank: Bank,
    assessment: Assessment,
    as_of: date,
    exceptions: tuple[GateException, ...] = (),
) -> tuple[GateResult, ...]:
    """Judge the five gates on a day; one that the bank never asks about is unknown."""
    return tuple(
        _excepted(_judge(gate, bank, assessment, as_of), assessment.vendor, exceptions, as_of)
        for gate in get_args(Gate)
    )


def _judge(gate: Gate, bank: Bank, assessment: Assessment, as_of: date) -> GateResult:
    asked, _ = applicable(bank, assessment)
    mine = [q for q in bank.of_tier(assessment.tier) if q.gate == gate]
    counting = [q for q in mine if q in asked]
    if not mine:
        return GateResult(gate=gate, state=GateState.UNKNOWN, because="no question asks for it")
    graded = [
        item
        for question in counting
        for item in grade_question(question, assessment, as_of)
        if item.objective in question.gate_objectives and item.counts
    ]
    if not graded:
        because = "our reviewer accepted that it does not apply"
        return GateResult(gate=gate, state=GateState.NOT_APPLICABLE, because=because)
    state = _worst(graded)
    because = "; ".join(
        f"{item.question}/{item.objective}: {'; '.join(item.steps)}" for item in graded
    )
    return GateResult(gate=gate, state=state, because=because)


def _worst(graded: list[Graded]) -> GateState:
    if any(not item.met and item.known for item in graded):
        return GateState.SHUT
    if all(item.met and item.known >= PROOF for item in graded):
        return GateState.OPEN
    return GateState.UNKNOWN


def _excepted(
    result: GateResult, vendor: str, exceptions: tuple[GateException, ...], as_of: date
) -> GateResult:
    if result.lets_pass:
        return result
    mine = [e for e in exceptions if e.gate == result.gate and e.vendor == vendor]
    valid = [e for e in mine if e.expires_on >= as_of]
    if valid:
        last = max(valid, key=lambda item: item.expires_on)
        because = (
            f"{result.state.value}, and {last.approved_by} excepted it until {last.expires_on}: "
            f"{last.reason}; meanwhile {last.measure} ({result.because})"
        )
        return GateResult(gate=result.gate, state=GateState.EXCEPTED, because=because)
    if mine:
        ended = max(item.expires_on for item in mine)
        because = f"the exception ended on {ended} ({result.because})"
        return GateResult(gate=result.gate, state=result.state, because=because)
    return result

"""Changes that take the ground from under evidence: firmware, owner, partner, component."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence
from cellwarden.vendors.assessment.questions import Bank


class ChangeKind(StrEnum):
    """What changed."""

    FIRMWARE = "firmware"
    OWNER = "owner"
    PARTNER = "partner"
    COMPONENT = "component"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change at a vendor: what, when, in words, and the facts that say so.

    ``version`` is the firmware after a change of firmware: evidence for that version stands.
    """

    kind: ChangeKind
    on: date
    says: str
    facts: tuple[str, ...]
    version: str | None = None


ABOUT: Final = {
    ChangeKind.FIRMWARE: "product",
    ChangeKind.COMPONENT: "product",
    ChangeKind.OWNER: "entity",
    ChangeKind.PARTNER: "entity",
}
"""Which questions a change touches: those about the product, or those about the entity."""


def void(
    bank: Bank, assessment: Assessment, changes: Sequence[Change], answered_on: date
) -> Assessment:
    """Mark the evidence that is older than a change; undated evidence is as old as the answers.

    The last change counts, so that only a re-affirmation after it keeps a rest of the worth.
    """
    answers = {
        name: _voided(answer, [c for c in changes if ABOUT[c.kind] == about], answered_on)
        if (about := _about(bank, name))
        else answer
        for name, answer in assessment.answers.items()
    }
    return msgspec.structs.replace(assessment, answers=answers)


def _about(bank: Bank, name: str) -> str | None:
    question = bank.questions.get(name)
    return question.about if question else None


def _voided(answer: Answer, changes: Sequence[Change], answered_on: date) -> Answer:
    if not changes:
        return answer
    evidence = {
        objective: tuple(_marked(item, changes, answered_on) for item in items)
        for objective, items in answer.evidence.items()
    }
    return msgspec.structs.replace(answer, evidence=evidence)


def _marked(item: Evidence, changes: Sequence[Change], answered_on: date) -> Evidence:
    dated = item.issued_on or answered_on
    later = [
        change
        for change in changes
        if change.on > dated and (change.version is None or change.version != item.version)
    ]
    if not later:
        return item
    last = max(later, key=lambda change: change.on)
    return msgspec.structs.replace(item, voided_on=last.on, voided_by=last.says)

"""Follow-ups: what we ask back after a vague answer; all must close before a signature.

A state machine. ``open`` (we wait for the vendor) goes to ``answered`` only with words that the
rules no longer object to; ``answered`` goes to ``closed`` only by a named reviewer; ``open`` goes
to ``closed`` only by a named reviewer with a reason. Nothing leaves ``closed``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.vendors.assessment.answers import Answer, Assessment
from cellwarden.vendors.assessment.questions import Bank, Question
from cellwarden.vendors.assessment.vagueness.rules import SLOT_ASKS, Objection, read_answer


class FollowUpState(StrEnum):
    """Where a follow-up stands; only ``CLOSED`` lets a signature through."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One question back to a vendor about words that it wrote.

    ``id`` is stable for the same vendor, question and answer: twelve hex digits of SHA-256.
    """

    id: str
    vendor: str
    question: str
    wrote: str
    objections: tuple[Objection, ...]
    opened_on: date
    state: FollowUpState = FollowUpState.OPEN
    reply: str | None = None
    closed_by: str | None = None
    closed_on: date | None = None
    reason: str | None = None

    @property
    def text(self) -> str:
        """What the vendor reads: its own words in quotes, and what we ask."""
        lines = [f"About {self.question}, you wrote:"]
        quotes = dict.fromkeys(item.quote for item in self.objections)
        for quote in quotes:
            mine = [item for item in self.objections if item.quote == quote]
            lines.append(f"  “{quote}”")
            lines.extend(f"    {item.says} {item.asks}" for item in mine)
        return "\n".join(lines)


def follow_ups(
    bank: Bank, assessment: Assessment, as_of: date, *, brochures: tuple[str, ...] = ()
) -> tuple[FollowUp, ...]:
    """Open one follow-up for each vague answer to a question of the assessment's tier."""
    objections = objections_to(bank, assessment, brochures=brochures)
    return follow_ups_on(objections, assessment, as_of)


def follow_ups_on(
    objections: Mapping[str, tuple[Objection, ...]], assessment: Assessment, as_of: date
) -> tuple[FollowUp, ...]:
    """Open one follow-up for each answer of an assessment with objections, by question."""
    return tuple(
        _opened(assessment.vendor, question, assessment.answers[question], against, as_of)
        for question, against in objections.items()
    )


def objections_to(
    bank: Bank, assessment: Assessment, *, brochures: tuple[str, ...] = ()
) -> dict[str, tuple[Objection, ...]]:
    """What makes answers vague, by question of the assessment's tier; nothing of clear ones."""
    texts = {name: answer.text for name, answer in assessment.answers.items()}
    found = {}
    for question in bank.of_tier(assessment.tier):
        answer = assessment.answers.get(question.id)
        if answer is None:
            continue
        reading = read_answer(
            question,
            answer.text,
            given=answer.slots,
            other_answers=texts,
            brochures=brochures,
        )
        objections = reading.objections if reading.is_vague else _bare_tick(question, answer)
        if objections:
            found[question.id] = objections
    return found


def _bare_tick(question: Question, answer: Answer) -> tuple[Objection, ...]:
    """A chosen option in the vendor's favour with no words, slots or evidence behind it."""
    has_more = answer.text.strip() or answer.slots or answer.evidence or answer.not_applicable
    if has_more or not answer.choice or set(answer.choice) & question.admits.keys():
        return ()
    return (
        Objection(
            rule="bare tick",
            quote=", ".join(answer.choice),
            says="It is a tick, and nothing stands behind it.",
            asks=f"Say {SLOT_ASKS[question.slots[0]]}.",
        ),
    )


def _opened(
    vendor: str, question: str, answer: Answer, objections: tuple[Objection, ...], as_of: date
) -> FollowUp:
    wrote = answer.text or ", ".join(answer.choice)
    key = f"{vendor}\0{question}\0{wrote}"
    return FollowUp(
        id=hashlib.sha256(key.encode()).hexdigest()[:12],
        vendor=vendor,
        question=question,
        wrote=wrote,
        objections=objections,
        opened_on=as_of,
    )


def reply(follow_up: FollowUp, bank: Bank, text: str) -> FollowUp:
    """Take the vendor's new words; words that are vague again leave it open, with new quotes.

    Raises:
        InputError: it is closed, the reply is empty, or the bank has no such question.
    """
    if follow_up.state is FollowUpState.CLOSED:
        raise InputError(
            f"follow-up {follow_up.id} is closed", advice="a changed answer opens a new one"
        )
    question = bank.questions.get(follow_up.question)
    if question is None or not text.strip():
        raise InputError(
            f"no reply to follow-up {follow_up.id} on {follow_up.question}",
            advice="give the reply's words and the bank that asked the question",
        )
    others = {"the answer before": follow_up.wrote}
    reading = read_answer(question, text, other_answers=others)
    return msgspec.structs.replace(
        follow_up,
        reply=text,
        state=FollowUpState.OPEN if reading.is_vague else FollowUpState.ANSWERED,
        objections=reading.objections if reading.is_vague else follow_up.objections,
    )


def close(follow_up: FollowUp, *, by: str, on: date, reason: str = "") -> FollowUp:
    """Close a follow-up in the name of our reviewer.

    Raises:
        PermissionRefused: nobody is named; the vendor closes its own; or it was not answered
            and no reason is given.
    """
    if follow_up.state is FollowUpState.CLOSED:
        return follow_up
    advice = "a reviewer of ours closes it by name, after a clear reply or with a reason"
    if not by.strip() or by.strip().casefold() == follow_up.vendor.strip().casefold():
        raise PermissionRefused(f"follow-up {follow_up.id} names no reviewer", advice=advice)
    if follow_up.state is FollowUpState.OPEN and not reason.strip():
        raise PermissionRefused(f"follow-up {follow_up.id} has no clear reply", advice=advice)
    return msgspec.structs.replace(
        follow_up,
        state=FollowUpState.CLOSED,
        closed_by=by.strip(),
        closed_on=on,
        reason=reason.strip() or None,
    )


def still_open(items: tuple[FollowUp, ...]) -> tuple[FollowUp, ...]:
    """Those that stand before a signature: everything that is not closed."""
    return tuple(item for item in items if item.state is not FollowUpState.CLOSED)

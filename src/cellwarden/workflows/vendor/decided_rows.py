"""What people decided about an assessment, from rows: follow-ups, reviews, papers, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from cellwarden.vendors.assessment.answers import Assessment, EvidenceKind
from cellwarden.vendors.assessment.gates import GateException
from cellwarden.vendors.assessment.reviewing import Decided, Paper, Review
from cellwarden.vendors.assessment.rows import Cells
from cellwarden.vendors.assessment.vagueness.follow_ups import FollowUp, FollowUpState
from cellwarden.vendors.assessment.vagueness.rules import Objection

CLOSE: Final = "close"
"""The decision of a review that closes a follow-up."""
_GATE_PREFIX: Final = "gate:"


def follow_ups_from(
    rows: Iterable[Cells], reviews: Iterable[Cells], assessment_id: str
) -> tuple[FollowUp, ...]:
    """The follow-ups of one assessment, oldest first, closed where a review closed them."""
    closed = {
        row["evidence_id"]: row
        for row in reviews
        if row["decision"] == CLOSE and row["assessment_id"] == assessment_id
    }
    found = [
        _closed(closed.get(row["follow_up_id"]), _follow_up(row))
        for row in rows
        if row["assessment_id"] == assessment_id
    ]
    return tuple(sorted(found, key=lambda item: (item.opened_on, item.question, item.id)))


def with_replies(assessment: Assessment, items: Sequence[FollowUp]) -> Assessment:
    """Clear replies stand in the place of the vague words that they were asked for."""
    answers = dict(assessment.answers)
    for item in items:
        if item.reply and item.state is not FollowUpState.OPEN and item.question in answers:
            answers[item.question] = msgspec.structs.replace(
                answers[item.question], text=item.reply
            )
    return msgspec.structs.replace(assessment, answers=answers)


def _closed(review: Cells | None, item: FollowUp) -> FollowUp:
    if review is None:
        return item
    return msgspec.structs.replace(
        item,
        state=FollowUpState.CLOSED,
        closed_by=review["reviewer"],
        closed_on=day_of(review["decided_on"]),
        reason=review["reason"],
    )


def _follow_up(row: Cells) -> FollowUp:
    return FollowUp(
        id=row["follow_up_id"] or "",
        vendor=row["party_id"] or "",
        question=row["question"] or "",
        wrote=row["wrote"] or "",
        objections=_objections(row["objections"]),
        opened_on=day_of(row["opened_on"]) or date.min,
        state=FollowUpState(row["state"] or "open"),
        reply=row["reply"],
    )


def _objections(text: str | None) -> tuple[Objection, ...]:
    """What is objected to; a register written by hand may say it in plain words."""
    if not text:
        return ()
    try:
        return msgspec.json.decode(text, type=tuple[Objection, ...])
    except msgspec.DecodeError:
        return (Objection(rule="by hand", quote="", says="", asks=text),)


def reviews_from(rows: Iterable[Cells], assessment_id: str) -> list[Review]:
    """The reviews of one assessment that grade, accept or test."""
    return [
        Review(
            id=row["review_id"] or "",
            question=row["question"] or "",
            objective=row["objective"] or "*",
            decision=Decided(row["decision"] or ""),
            reviewer=row["reviewer"] or "",
            decided_on=day_of(row["decided_on"]) or date.max,
            reason=row["reason"] or "",
            grade=EvidenceKind(row["grade"]) if row["grade"] else None,
            evidence_id=row["evidence_id"],
            document_id=row["document_id"],
            entity=row["entity"],
            product=row["product"],
            version=row["version"],
            expires_on=day_of(row["expires_on"]),
        )
        for row in rows
        if row["assessment_id"] == assessment_id and row["decision"] in set(Decided)
    ]


def papers_from(rows: Iterable[Cells]) -> dict[str, Paper]:
    """What each paper proves at most, and until when."""
    return {
        row["document_id"] or "": Paper(
            at_most=EvidenceKind(row["strength"])
            if row["strength"] in {"policy", "record", "report"}
            else None,
            effective_to=day_of(row["effective_to"]),
        )
        for row in rows
    }


def exceptions_from(
    rows: Iterable[Cells], party_id: str
) -> tuple[tuple[GateException, ...], tuple[str, ...]]:
    """Exceptions to gates: rows of the kind ``exception`` about ``gate:NAME`` of this party."""
    found, bad = [], []
    for row in rows:
        check = row["check"] or ""
        if not check.startswith(_GATE_PREFIX) or row["accepts"] != party_id:
            continue
        try:
            found.append(
                msgspec.convert(
                    {
                        "gate": check.removeprefix(_GATE_PREFIX),
                        "vendor": party_id,
                        "reason": row["reason"] or "",
                        "measure": row["measure"] or "",
                        "requested_by": row["requester"] or "",
                        "approved_by": row["approver"] or "",
                        "expires_on": row["expires_on"],
                    },
                    GateException,
                )
            )
        except msgspec.ValidationError as error:
            bad.append(f"the exception {row['exception_id']} counts for nothing: {error}")
    return tuple(found), tuple(bad)


def day_of(text: str | None) -> date | None:
    """The day of a cell, or nothing."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None

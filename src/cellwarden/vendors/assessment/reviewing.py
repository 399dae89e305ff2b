"""What our reviewers decide about answers: acceptances, grades of papers, tests, admissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)


class Decided(StrEnum):
    """What a reviewer can decide."""

    ACCEPT_CHOICE = "accept_choice"
    ACCEPT_NOT_APPLICABLE = "accept_not_applicable"
    GRADE = "grade"
    TEST_PASSED = "test_passed"
    TEST_FAILED = "test_failed"
    ADMISSION = "admission"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of a reviewer of ours about one objective, or ``*`` for a whole question."""

    id: str
    question: str
    objective: str
    decision: Decided
    reviewer: str
    decided_on: date
    reason: str = ""
    grade: EvidenceKind | None = None
    evidence_id: str | None = None
    document_id: str | None = None
    entity: str | None = None
    product: str | None = None
    version: str | None = None
    expires_on: date | None = None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What a document can prove at most (nothing: it does not say), and until when it holds."""

    at_most: EvidenceKind | None
    effective_to: date | None


_KIND_OF: Final = {
    Decided.TEST_PASSED: (EvidenceKind.TEST, True),
    Decided.TEST_FAILED: (EvidenceKind.TEST, False),
    Decided.ADMISSION: (EvidenceKind.CLAIM, False),
}
_STRENGTH: Final = tuple(EvidenceKind)


def apply_reviews(
    assessment: Assessment, reviews: Iterable[Review], papers: Mapping[str, Paper]
) -> Assessment:
    """Put our decisions beside the vendor's words, in the order in which they were made."""
    answers = dict(assessment.answers)
    for review in sorted(reviews, key=lambda item: (item.decided_on, item.id)):
        answer = answers.get(review.question, Answer())
        answers[review.question] = _applied(answer, review, papers)
    return msgspec.structs.replace(assessment, answers=answers)


def _applied(answer: Answer, review: Review, papers: Mapping[str, Paper]) -> Answer:
    if review.decision is Decided.ACCEPT_CHOICE:
        return msgspec.structs.replace(answer, choice_accepted_by=review.reviewer)
    if review.decision is Decided.ACCEPT_NOT_APPLICABLE:
        said = answer.not_applicable.get(review.objective, answer.not_applicable.get("*"))
        accepted = NotApplicable(
            reason=said.reason if said else review.reason,
            accepted_by=review.reviewer,
            accepted_on=review.decided_on,
        )
        waived = {**answer.not_applicable, review.objective: accepted}
        return msgspec.structs.replace(answer, not_applicable=waived)
    shown = _shown(answer, review, papers)
    held = [
        item for item in answer.evidence.get(review.objective, ()) if item.id != review.evidence_id
    ]
    return msgspec.structs.replace(
        answer, evidence={**answer.evidence, review.objective: (*held, shown)}
    )


def _shown(answer: Answer, review: Review, papers: Mapping[str, Paper]) -> Evidence:
    """The evidence that a decision makes; a paper never proves more than it can."""
    claimed = next(
        (e for e in answer.evidence.get(review.objective, ()) if e.id == review.evidence_id), None
    )
    paper = papers.get(review.document_id or review.evidence_id or "")
    if review.decision is Decided.GRADE:
        kind, shows_met = review.grade or EvidenceKind.CLAIM, True
        if paper is not None and paper.at_most is not None:
            kind = min(kind, paper.at_most, key=_STRENGTH.index)
    else:
        kind, shows_met = _KIND_OF[review.decision]
    is_ours = kind is EvidenceKind.TEST
    return Evidence(
        id=review.document_id or review.evidence_id or review.id
        if review.decision is Decided.GRADE
        else review.id,
        kind=kind,
        shows_met=shows_met,
        entity=review.entity or (claimed.entity if claimed else None),
        product=review.product or (claimed.product if claimed else None),
        version=review.version or (claimed.version if claimed else None),
        issued_on=review.decided_on if is_ours or not claimed else claimed.issued_on,
        expires_on=review.expires_on
        or (paper.effective_to if paper else None)
        or (claimed.expires_on if claimed else None),
        reaffirmed_on=claimed.reaffirmed_on if claimed else None,
        quote=review.reason or (claimed.quote if claimed else None),
    )

"""Grades one objective: is it met (c), how well is that known (k), and by which steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

import msgspec

from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.questions import Question

ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)
STEP: Final = Fraction(1, 5)
"""The distance between neighbouring grades, and the grade of a bare claim."""

GRADE: Final = {
    EvidenceKind.CLAIM: Fraction(1, 5),
    EvidenceKind.POLICY: Fraction(2, 5),
    EvidenceKind.RECORD: Fraction(3, 5),
    EvidenceKind.REPORT: Fraction(4, 5),
    EvidenceKind.TEST: ONE,
}


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is assessed; for a question about the entity, product and version are nothing."""

    entity: str
    product: str | None
    version: str | None


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What one piece of evidence is worth here, and why, in words."""

    evidence: Evidence
    grade: Fraction
    steps: tuple[str, ...]


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """One graded objective.

    ``met`` is c (0 or 1), ``known`` is k (0 to 1). ``counts`` is false only where our reviewer
    accepted that it does not apply. ``rests_on`` is the id of the evidence that decided;
    ``contradicted_by`` the ids of what speaks against the vendor's own word.
    """

    question: str
    objective: str
    met: Fraction
    known: Fraction
    counts: bool
    rests_on: str | None
    contradicted_by: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def low(self) -> Fraction:
        """What is proven: ck."""
        return self.met * self.known

    @property
    def high(self) -> Fraction:
        """What is not disproven: ck + 1 - k."""
        return self.met * self.known + 1 - self.known


def grade_question(question: Question, assessment: Assessment, as_of: date) -> tuple[Graded, ...]:
    """Grade every objective of one question; unanswered ones stay, with k = 0."""
    answer = assessment.answers.get(question.id, Answer())
    is_product = question.about == "product"
    scope = Scope(
        entity=assessment.entity,
        product=assessment.product if is_product else None,
        version=assessment.version if is_product else None,
    )
    admitted = _admitted(question, answer)
    return tuple(
        grade_objective(
            question=question.id,
            objective=objective,
            evidence=(*answer.evidence.get(objective, ()), *admitted.get(objective, ())),
            not_applicable=answer.not_applicable.get(objective, answer.not_applicable.get("*")),
            scope=scope,
            as_of=as_of,
        )
        for objective in question.objectives
    )


def grade_objective(
    *,
    question: str,
    objective: str,
    evidence: Iterable[Evidence],
    not_applicable: NotApplicable | None,
    scope: Scope,
    as_of: date,
) -> Graded:
    """Decide c and k from the best evidence in force; between equals the bad news decides.

    What was accepted as not applicable comes back once an admission or a test of ours refutes it.
    """
    worths = [worth(item, scope, as_of) for item in evidence]
    standing = [item for item in worths if item.grade > 0]
    bad_news = tuple(
        item.evidence.id
        for item in standing
        if not item.evidence.shows_met and any(_was_said(w.evidence, as_of) for w in worths)
    )
    accepted = not_applicable is not None and _is_accepted(not_applicable, as_of)
    steps = _waiting(not_applicable, accepted=accepted)
    is_refuted = any(w.grade == 1 and not w.evidence.shows_met for w in standing)
    if accepted and not is_refuted:
        return _graded(question, objective, None, bad_news, steps, counts=False)
    if not standing:
        silent = ("no answer: c = 0, k = 0",) if not worths else ("nothing stands: c = 0, k = 0",)
        spent = tuple(step for item in worths for step in item.steps)
        return _graded(question, objective, None, bad_news, (*steps, *spent, *silent), counts=True)
    best = max(standing, key=lambda item: (item.grade, not item.evidence.shows_met))
    c = int(best.evidence.shows_met)
    verdict = f"c = {c}, k = {_decimal(best.grade)}, by {best.evidence.id}"
    return _graded(question, objective, best, bad_news, (*steps, *best.steps, verdict), counts=True)


def _was_said(item: Evidence, as_of: date) -> bool:
    """Whether it speaks in the vendor's favour: what is worth nothing any more was said as well."""
    return item.shows_met and (item.issued_on is None or item.issued_on <= as_of)


def worth(item: Evidence, scope: Scope, as_of: date) -> Worth:
    """What one piece of evidence is worth for this scope on this day.

    An admission starts at 1 like a test of ours. Evidence in the vendor's favour that names no
    product or entity may be about another one; bad news that names none is about this one.
    """
    grade = ONE if item.is_admission else GRADE[item.kind]
    name = "admission against own interest" if item.is_admission else item.kind.value
    steps = [f"{item.id}: {name}, {_decimal(grade)}"]
    if item.issued_on is not None and item.issued_on > as_of:
        return Worth(evidence=item, grade=ZERO, steps=(*steps, f"issued {item.issued_on}: 0"))
    if item.voided_on is not None and item.voided_on <= as_of:
        grade = _after_voiding(item, grade, as_of, steps)
    if _is_anothers(item, scope):
        grade = min(grade, STEP)
        steps.append(f"for another product or entity, or names none: {_decimal(grade)}")
    if item.expires_on is not None and item.expires_on < as_of:
        grade = max(ZERO, grade - STEP)
        steps.append(f"expired {item.expires_on}, one step down: {_decimal(grade)}")
    if _is_other_version(item, scope):
        grade = max(ZERO, grade - STEP)
        steps.append(f"for version {item.version or 'unnamed'}, a step down: {_decimal(grade)}")
    return Worth(evidence=item, grade=grade, steps=tuple(steps))


def _after_voiding(item: Evidence, grade: Fraction, as_of: date, steps: list[str]) -> Fraction:
    voided_on = item.voided_on
    again = item.reaffirmed_on
    by = item.voided_by or "a change"
    if voided_on is not None and again is not None and voided_on <= again <= as_of:
        steps.append(f"voided {voided_on} by {by}, re-affirmed {again}: 0.2")
        return min(grade, STEP)
    steps.append(f"voided {voided_on} by {by}, not re-affirmed since: 0")
    return ZERO


def _is_anothers(item: Evidence, scope: Scope) -> bool:
    pairs = ((item.entity, scope.entity), (item.product, scope.product))
    for named, assessed in pairs:
        if assessed is None or named == assessed:
            continue
        if named is not None or (item.shows_met and item.kind is not EvidenceKind.CLAIM):
            return True
    return False


def _is_other_version(item: Evidence, scope: Scope) -> bool:
    if scope.version is None or item.version == scope.version or _is_anothers(item, scope):
        return False
    return item.version is not None or (item.shows_met and item.kind is not EvidenceKind.CLAIM)


def _admitted(question: Question, answer: Answer) -> dict[str, tuple[Evidence, ...]]:
    found: dict[str, tuple[Evidence, ...]] = {}
    for option in answer.choice:
        for objective in question.admits.get(option, ()):
            said = Evidence(
                id=f"{question.id}: answered {option!r}",
                kind=EvidenceKind.CLAIM,
                shows_met=False,
            )
            found[objective] = (*found.get(objective, ()), said)
    return found


def _is_accepted(claim: NotApplicable, as_of: date) -> bool:
    by, on = claim.accepted_by, claim.accepted_on
    return bool(by and by.strip()) and on is not None and on <= as_of


def _waiting(claim: NotApplicable | None, *, accepted: bool) -> tuple[str, ...]:
    if claim is None:
        return ()
    if accepted:
        return (f"not applicable, accepted by {claim.accepted_by} on {claim.accepted_on}",)
    return (f"said to be not applicable ({claim.reason}); waits for our reviewer and stays",)


def _graded(
    question: str,
    objective: str,
    best: Worth | None,
    contradicted_by: tuple[str, ...],
    steps: tuple[str, ...],
    *,
    counts: bool,
) -> Graded:
    return Graded(
        question=question,
        objective=objective,
        met=Fraction(int(best is not None and best.evidence.shows_met)),
        known=best.grade if best is not None else ZERO,
        counts=counts,
        rests_on=best.evidence.id if best is not None else None,
        contradicted_by=contradicted_by,
        steps=steps,
    )


def _decimal(value: Fraction) -> str:
    return f"{float(value):g}"

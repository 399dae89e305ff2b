"""Scores an assessment as an interval: what is proven, what is not disproven, how much is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import msgspec

from cellwarden.vendors.assessment.answers import Assessment
from cellwarden.vendors.assessment.grading import Graded, grade_question
from cellwarden.vendors.assessment.questions import DOMAINS, Bank, Question


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A score: ``low`` is proven, ``high`` is not disproven, ``coverage`` is how much is known."""

    low: Fraction
    high: Fraction
    coverage: Fraction

    def __post_init__(self) -> None:
        """Refuse an interval that the arithmetic cannot give."""
        if not 0 <= self.low <= self.high <= 1 or self.high - self.low != 1 - self.coverage:
            raise ValueError(f"{self.low} to {self.high} at coverage {self.coverage} is no score")


class QuestionScore(msgspec.Struct, frozen=True, kw_only=True):
    """One question's share: its weight, its graded objectives and the means over them."""

    question: Question
    graded: tuple[Graded, ...]
    interval: Interval
    weight: Fraction


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one assessment; nothing instead of an interval means *not assessed*.

    ``left_out`` says by question why it does not count; ``findings`` are the contradictions.
    """

    vendor: str
    tier: int
    overall: Interval | None
    by_domain: dict[str, Interval | None]
    questions: tuple[QuestionScore, ...]
    left_out: dict[str, str]
    findings: tuple[str, ...]


def score(bank: Bank, assessment: Assessment, as_of: date) -> Score:
    """Grade and sum one assessment over the questions of its tier, as known on a day."""
    asked, left_out = applicable(bank, assessment)
    questions: list[QuestionScore] = []
    findings: list[str] = []
    for question in asked:
        graded = grade_question(question, assessment, as_of)
        findings.extend(
            f"{question.id}/{item.objective}: contradicted by {', '.join(item.contradicted_by)}"
            for item in graded
            if item.contradicted_by
        )
        counting = tuple(item for item in graded if item.counts)
        if counting:
            questions.append(_question_score(question, counting))
        else:
            left_out[question.id] = "not applicable, accepted by our reviewer"
    return Score(
        vendor=assessment.vendor,
        tier=assessment.tier,
        overall=total(questions),
        by_domain={
            domain: total(q for q in questions if q.question.domain == domain) for domain in DOMAINS
        },
        questions=tuple(questions),
        left_out=left_out,
        findings=tuple(findings),
    )


def applicable(bank: Bank, assessment: Assessment) -> tuple[tuple[Question, ...], dict[str, str]]:
    """The questions that count, and why each other one of the tier does not.

    A branch closes only on a choice that our reviewer accepted: otherwise a vendor could answer
    its way out of the hard questions. What hangs on a closed branch is closed too.
    """
    asked: list[Question] = []
    left_out: dict[str, str] = {}
    for question in bank.of_tier(assessment.tier):
        shut_by = _shut_by(question, bank, assessment)
        if shut_by is None:
            asked.append(question)
        else:
            left_out[question.id] = f"not asked after the answer to {shut_by}"
    return tuple(asked), left_out


def total(questions: Iterable[QuestionScore]) -> Interval | None:
    """The weighted mean over questions; nothing where there is no question."""
    kept = tuple(questions)
    weights = sum((q.weight for q in kept), Fraction(0))
    if not weights:
        return None
    return Interval(
        low=sum((q.weight * q.interval.low for q in kept), Fraction(0)) / weights,
        high=sum((q.weight * q.interval.high for q in kept), Fraction(0)) / weights,
        coverage=sum((q.weight * q.interval.coverage for q in kept), Fraction(0)) / weights,
    )


def explain(result: Score) -> tuple[str, ...]:
    """Every step of the arithmetic, a line each, from objectives to the whole."""
    lines: list[str] = []
    for item in result.questions:
        lines.extend(f"{g.question}/{g.objective}: {'; '.join(g.steps)}" for g in item.graded)
        lines.append(
            f"{item.question.id}: weight {_plain(item.weight)}, mean of "
            f"{len(item.graded)} objectives: {_shown(item.interval)}"
        )
    lines.extend(f"{name}: left out: {why}" for name, why in sorted(result.left_out.items()))
    for domain, interval in result.by_domain.items():
        lines.append(f"{domain}: {_shown(interval)}")
    kept = result.questions
    if result.overall is not None:
        weights = sum((q.weight for q in kept), Fraction(0))
        for end in ("low", "high", "coverage"):
            parts = sum((q.weight * getattr(q.interval, end) for q in kept), Fraction(0))
            lines.append(
                f"{end} = {_plain(parts)} / {_plain(weights)} = "
                f"{_plain(getattr(result.overall, end))}"
            )
    lines.append(f"{result.vendor}: {_shown(result.overall)}")
    return tuple(lines)


def _shut_by(question: Question, bank: Bank, assessment: Assessment) -> str | None:
    branch = question.asked_if
    while branch is not None:
        answer = assessment.answers.get(branch.question)
        if answer is not None and answer.choice and answer.choice_accepted_by:
            known = set(bank.questions[branch.question].options)
            is_elsewhere = not set(answer.choice) & set(branch.options)
            if is_elsewhere and set(answer.choice) <= known:
                return branch.question
        branch = bank.questions[branch.question].asked_if
    return None


def _question_score(question: Question, graded: tuple[Graded, ...]) -> QuestionScore:
    count = len(graded)
    return QuestionScore(
        question=question,
        graded=graded,
        weight=Fraction(question.weight),
        interval=Interval(
            low=sum((item.low for item in graded), Fraction(0)) / count,
            high=sum((item.high for item in graded), Fraction(0)) / count,
            coverage=sum((item.known for item in graded), Fraction(0)) / count,
        ),
    )


def _shown(interval: Interval | None) -> str:
    if interval is None:
        return "not assessed"
    return (
        f"{_plain(interval.low)} to {_plain(interval.high)}, coverage {_plain(interval.coverage)}"
    )


def _plain(value: Fraction) -> str:
    """A fraction as it is, with its decimal beside it where the two differ."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator}/{value.denominator} ({float(value):.4f})"

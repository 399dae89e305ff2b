"""The score recomputed from the words of the rules, by arithmetic that shares no line with ours."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from tests.vendors.assessment.test_scoring import AS_OF, BANK, assessments

from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence
from cellwarden.vendors.assessment.questions import Question
from cellwarden.vendors.assessment.scoring import score

BASE = {"claim": 2, "policy": 4, "record": 6, "report": 8, "test": 10}
"""Tenths of k."""


def tenths(item: Evidence, assessment: Assessment, *, is_product: bool, today: date) -> int:
    k = BASE[item.kind.value]
    if not item.shows_met and item.kind.value in {"claim", "policy", "record"}:
        k = 10
    if item.issued_on and item.issued_on > today:
        return 0
    if item.voided_on and item.voided_on <= today:
        again = item.reaffirmed_on
        k = min(k, 2) if again and item.voided_on <= again <= today else 0
    needs_a_name = item.shows_met and item.kind.value != "claim"
    sides = [(item.entity, assessment.entity)]
    sides += [(item.product, assessment.product)] if is_product else []
    is_other = any((said or (mine if not needs_a_name else None)) != mine for said, mine in sides)
    if is_other:
        k = min(k, 2)
    if item.expires_on and item.expires_on < today:
        k = max(0, k - 2)
    said = item.version or (None if needs_a_name else assessment.version)
    if is_product and not is_other and said != assessment.version:
        k = max(0, k - 2)
    return k


def by_hand(question: Question, assessment: Assessment) -> list[tuple[int, int]] | None:
    """The c and ten times the k of each objective that counts; None where none does."""
    answer = assessment.answers.get(question.id, Answer())
    found = []
    for objective in question.objectives:
        graded = [
            (
                tenths(e, assessment, is_product=question.about == "product", today=AS_OF),
                e.shows_met,
            )
            for e in answer.evidence.get(objective, ())
        ]
        graded += [(10, False) for o in answer.choice if objective in question.admits.get(o, ())]
        graded = [one for one in graded if one[0] > 0]
        waived = answer.not_applicable.get(objective) or answer.not_applicable.get("*")
        if waived and waived.accepted_by and (10, False) not in graded:
            continue
        k = max((k for k, _ in graded), default=0)
        c = int(k > 0 and all(met for grade, met in graded if grade == k))
        found.append((c, k))
    return found or None


@settings(max_examples=150, deadline=None)
@given(assessments())
def test_the_score_is_what_the_rules_say_worked_out_by_hand(assessment: Assessment) -> None:
    result = score(BANK, assessment, AS_OF)

    low = high = known = weights = 0.0
    for item in result.questions:
        rows = by_hand(item.question, assessment)
        assert rows is not None
        weight = item.question.weight
        weights += weight
        low += weight * sum(c * k / 10 for c, k in rows) / len(rows)
        high += weight * sum(c * k / 10 + 1 - k / 10 for c, k in rows) / len(rows)
        known += weight * sum(k / 10 for _, k in rows) / len(rows)
    if result.overall is None:
        assert weights == 0
        return
    assert float(result.overall.low) == pytest.approx(low / weights)
    assert float(result.overall.high) == pytest.approx(high / weights)
    assert float(result.overall.coverage) == pytest.approx(known / weights)
    for name, why in result.left_out.items():
        waived = why == "not applicable, accepted by our reviewer"
        assert not waived or by_hand(BANK.questions[name], assessment) is None

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.bank import shipped_bank
from cellwarden.vendors.assessment.grading import Graded, Scope, grade_objective, grade_question

AS_OF = date(2026, 11, 16)
SCOPE = Scope(entity="Brightcell Systems AB", product="NMC-3", version="2.0.17")
OURS = {"entity": SCOPE.entity, "product": SCOPE.product, "version": SCOPE.version}


def shown(kind: str, *, met: bool = True, name: str = "e", **over: Any) -> Evidence:
    return Evidence(id=name, kind=EvidenceKind(kind), shows_met=met, **{**OURS, **over})


def graded(*evidence: Evidence, not_applicable: NotApplicable | None = None) -> Graded:
    return grade_objective(
        question="q",
        objective="o",
        evidence=evidence,
        not_applicable=not_applicable,
        scope=SCOPE,
        as_of=AS_OF,
    )


def ck(result: Graded) -> tuple[int, str]:
    return int(result.met), str(float(result.known))


@pytest.mark.parametrize(
    ("kind", "grade"),
    [("claim", "0.2"), ("policy", "0.4"), ("record", "0.6"), ("report", "0.8"), ("test", "1.0")],
)
def test_the_best_valid_evidence_gives_the_grade(kind: str, grade: str) -> None:
    result = graded(shown("claim", name="word"), shown(kind))

    assert ck(result) == (1, grade)


def test_no_answer_is_zero_and_stays() -> None:
    result = graded()

    assert ck(result) == (0, "0.0")
    assert result.counts
    assert result.steps == ("no answer: c = 0, k = 0",)


@pytest.mark.parametrize("kind", ["claim", "policy", "record"])
def test_an_admission_against_own_interest_is_believed_fully(kind: str) -> None:
    result = graded(shown(kind, met=False), shown("report", name="report"))

    assert ck(result) == (0, "1.0")


def test_a_test_of_ours_that_contradicts_is_a_finding() -> None:
    result = graded(shown("report"), shown("test", met=False, name="scan-7"))

    assert ck(result) == (0, "1.0")
    assert result.contradicted_by == ("scan-7",)


@pytest.mark.parametrize(
    ("over", "grade"),
    [
        ({"expires_on": date(2026, 11, 15)}, "0.6"),
        ({"expires_on": date(2026, 11, 16)}, "0.8"),
        ({"version": "2.0.9"}, "0.6"),
        ({"version": None}, "0.6"),
        ({"version": "2.0.9", "expires_on": date(2026, 1, 1)}, "0.4"),
        ({"product": "NMC-2"}, "0.2"),
        ({"product": None}, "0.2"),
        ({"entity": "Corvane Energy Inc"}, "0.2"),
        ({"voided_on": date(2026, 6, 1), "voided_by": "firmware"}, "0.0"),
        ({"voided_on": date(2026, 6, 1), "reaffirmed_on": date(2026, 7, 1)}, "0.2"),
        ({"voided_on": date(2026, 6, 1), "reaffirmed_on": date(2026, 5, 1)}, "0.0"),
        ({"voided_on": date(2026, 12, 1)}, "0.8"),
        ({"issued_on": date(2026, 12, 1)}, "0.0"),
    ],
)
def test_what_weakens_a_report_in_scope(over: dict[str, Any], grade: str) -> None:
    result = graded(shown("report", **over))

    assert str(float(result.known)) == grade


def test_an_expired_claim_is_no_longer_anything() -> None:
    result = graded(shown("claim", expires_on=date(2025, 1, 1)))

    assert ck(result) == (0, "0.0")


def test_an_admission_that_names_no_product_is_about_this_one() -> None:
    result = graded(shown("claim", met=False, entity=None, product=None, version=None))

    assert ck(result) == (0, "1.0")


def test_an_admission_for_another_product_weighs_little() -> None:
    result = graded(shown("claim", met=False, product="NMC-1", version="1.0"), shown("policy"))

    assert ck(result) == (1, "0.4")


def test_between_equals_the_bad_news_decides() -> None:
    result = graded(shown("test"), shown("test", met=False, name="later"))

    assert ck(result) == (0, "1.0")


def test_not_applicable_stays_until_our_reviewer_accepts_it() -> None:
    said = NotApplicable(reason="no radio")
    accepted = NotApplicable(reason="no radio", accepted_by="R. Iyer", accepted_on=AS_OF)
    later = NotApplicable(reason="x", accepted_by="R. Iyer", accepted_on=date(2027, 1, 1))
    unnamed = NotApplicable(reason="x", accepted_by=" ", accepted_on=AS_OF)

    counts = [graded(not_applicable=na).counts for na in (said, accepted, later, unnamed)]

    assert counts == [True, False, True, True]


def test_an_accepted_not_applicable_comes_back_when_a_test_refutes_it() -> None:
    accepted = NotApplicable(reason="no radio", accepted_by="R. Iyer", accepted_on=AS_OF)

    result = graded(shown("test", met=False), not_applicable=accepted)

    assert result.counts
    assert ck(result) == (0, "1.0")


def test_the_steps_say_in_words_how_the_grade_came_about() -> None:
    result = graded(shown("report", version="2.0.9", expires_on=date(2026, 1, 1)))

    assert result.steps == (
        "e: report, 0.8",
        "expired 2026-01-01, one step down: 0.6",
        "for version 2.0.9, a step down: 0.4",
        "c = 1, k = 0.4, by e",
    )


def test_choosing_the_bad_option_is_an_admission() -> None:
    question = shipped_bank().questions["support-mfa"]
    claimed: dict[str, tuple[Evidence, ...]] = {"every-account": (shown("policy"),)}
    assessment = Assessment(
        vendor="V",
        entity=SCOPE.entity,
        product="NMC-3",
        version="2.0.17",
        tier=1,
        answers={"support-mfa": Answer(choice=("none",), evidence=claimed)},
    )

    result = grade_question(question, assessment, AS_OF)

    assert [(g.objective, int(g.met), g.known) for g in result] == [
        ("every-account", 0, Fraction(1)),
        ("resistant", 0, Fraction(1)),
        ("enrolment", 0, Fraction(0)),
    ]
    assert result[0].contradicted_by == ("support-mfa: answered 'none'",)


def test_a_question_about_the_entity_asks_for_no_product() -> None:
    question = shipped_bank().questions["support-mfa"]
    paper = shown("policy", product=None, version=None)
    assessment = Assessment(
        vendor="V",
        entity=SCOPE.entity,
        product="NMC-3",
        version="2.0.17",
        tier=1,
        answers={"support-mfa": Answer(evidence={"every-account": (paper,)})},
    )

    result = grade_question(question, assessment, AS_OF)

    assert result[0].known == Fraction(2, 5)

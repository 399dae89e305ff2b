from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
    read_assessment,
    write_assessment,
)
from cellwarden.vendors.assessment.bank import shipped_bank
from cellwarden.vendors.assessment.scoring import Interval, score

AS_OF = date(2026, 11, 16)
BANK = shipped_bank()
ASKED = [(q.id, o) for q in BANK.of_tier(1) for o in q.objectives]
DAYS = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2028, 1, 1)))


@st.composite
def pieces(draw: st.DrawFn, *, shows_met: bool | None = None) -> Evidence:
    return Evidence(
        id=f"e{draw(st.integers(0, 99))}",
        kind=draw(st.sampled_from(list(EvidenceKind))),
        shows_met=draw(st.booleans()) if shows_met is None else shows_met,
        entity=draw(st.sampled_from(["Brightcell", "Corvane", None])),
        product=draw(st.sampled_from(["NMC-3", "NMC-2", None])),
        version=draw(st.sampled_from(["2.0", "1.0", None])),
        issued_on=draw(DAYS),
        expires_on=draw(DAYS),
        voided_on=draw(DAYS),
        reaffirmed_on=draw(DAYS),
    )


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    answers: dict[str, Answer] = {}
    for question in BANK.of_tier(1):
        if not draw(st.booleans()):
            continue
        objectives = list(question.objectives)
        evidence = {
            name: tuple(draw(st.lists(pieces(), max_size=2)))
            for name in draw(st.lists(st.sampled_from(objectives), max_size=2, unique=True))
        }
        accepted = draw(st.sampled_from([None, "R. Iyer"]))
        waived = draw(st.lists(st.sampled_from([*objectives, "*"]), max_size=1))
        answers[question.id] = Answer(
            choice=tuple(draw(st.lists(st.sampled_from(question.options), max_size=1)))
            if question.options
            else (),
            choice_accepted_by=accepted,
            evidence=evidence,
            not_applicable={
                name: NotApplicable(reason="none here", accepted_by=accepted, accepted_on=AS_OF)
                for name in waived
            },
        )
    return Assessment(
        vendor="V", entity="Brightcell", product="NMC-3", version="2.0", tier=1, answers=answers
    )


def with_more(assessment: Assessment, where: tuple[str, str], item: Evidence) -> Assessment:
    question, objective = where
    old = assessment.answers.get(question, Answer())
    evidence = {**old.evidence, objective: (*old.evidence.get(objective, ()), item)}
    new = Answer(
        choice=old.choice,
        choice_accepted_by=old.choice_accepted_by,
        evidence=evidence,
        not_applicable=old.not_applicable,
    )
    return Assessment(
        vendor="V",
        entity="Brightcell",
        product="NMC-3",
        version="2.0",
        tier=1,
        answers={**assessment.answers, question: new},
    )


@settings(max_examples=40)
@given(assessments())
def test_every_interval_lies_between_0_and_1_and_is_as_wide_as_what_is_unknown(
    assessment: Assessment,
) -> None:
    result = score(BANK, assessment, AS_OF)

    intervals = [result.overall, *result.by_domain.values()]
    intervals += [q.interval for q in result.questions]
    for interval in intervals:
        if interval is not None:
            assert 0 <= interval.low <= interval.high <= 1
            assert interval.high - interval.low == 1 - interval.coverage


@settings(max_examples=40)
@given(assessments(), st.sampled_from(ASKED), pieces(shows_met=False))
def test_bad_news_never_raises_either_end(
    assessment: Assessment, where: tuple[str, str], bad: Evidence
) -> None:
    before = score(BANK, assessment, AS_OF).overall

    after = score(BANK, with_more(assessment, where, bad), AS_OF).overall

    if before is not None and after is not None:
        assert after.low <= before.low
        assert after.high <= before.high


@settings(max_examples=40)
@given(assessments(), st.sampled_from(ASKED), pieces(shows_met=True))
def test_good_evidence_never_lowers_the_low_end(
    assessment: Assessment, where: tuple[str, str], good: Evidence
) -> None:
    before = score(BANK, assessment, AS_OF).overall

    after = score(BANK, with_more(assessment, where, good), AS_OF).overall

    if before is not None and after is not None:
        assert after.low >= before.low


@settings(max_examples=40)
@given(assessments())
def test_the_domains_weighted_by_their_questions_are_the_whole(assessment: Assessment) -> None:
    result = score(BANK, assessment, AS_OF)

    weights = {d: Fraction(0) for d in result.by_domain}
    for item in result.questions:
        weights[item.question.domain] += item.weight
    lows = [i.low * weights[d] for d, i in result.by_domain.items() if i is not None]
    assert result.overall is not None
    assert sum(lows) / sum(weights.values()) == result.overall.low


@settings(max_examples=40)
@given(assessments())
def test_an_assessment_comes_back_from_json_as_it_went(assessment: Assessment) -> None:
    assert read_assessment(write_assessment(assessment)) == assessment


def test_a_silent_vendor_can_be_anything() -> None:
    silent = Assessment(vendor="V", entity="E", product="P", version="1", tier=3)

    result = score(BANK, silent, AS_OF)

    assert result.overall == Interval(low=Fraction(0), high=Fraction(1), coverage=Fraction(0))
    assert len(result.questions) == 90


def test_no_applicable_question_is_not_assessed() -> None:
    accepted = NotApplicable(reason="sells cabinets", accepted_by="R. Iyer", accepted_on=AS_OF)
    answers = {q.id: Answer(not_applicable={"*": accepted}) for q in BANK.of_tier(1)}

    result = score(
        BANK,
        Assessment(vendor="V", entity="E", product="P", version="1", tier=1, answers=answers),
        AS_OF,
    )

    assert result.overall is None
    assert set(result.by_domain.values()) == {None}
    assert len(result.left_out) == 25


@pytest.mark.parametrize(("accepted_by", "asked"), [(None, True), ("R. Iyer", False)])
def test_a_branch_closes_only_on_a_choice_that_we_checked(
    accepted_by: str | None, *, asked: bool
) -> None:
    no = Answer(choice=("no",), choice_accepted_by=accepted_by)
    assessment = Assessment(
        vendor="V",
        entity="E",
        product="P",
        version="1",
        tier=1,
        answers={"remote-access-offered": no},
    )

    result = score(BANK, assessment, AS_OF)

    assert ("support-mfa" in {q.question.id for q in result.questions}) is asked
    assert ("support-mfa" in result.left_out) is not asked


def test_an_unknown_option_closes_no_branch() -> None:
    odd = Answer(choice=("maybe",), choice_accepted_by="R. Iyer")
    assessment = Assessment(
        vendor="V",
        entity="E",
        product="P",
        version="1",
        tier=1,
        answers={"remote-access-offered": odd},
    )

    assert "support-mfa" not in score(BANK, assessment, AS_OF).left_out

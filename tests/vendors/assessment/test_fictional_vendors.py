"""Four fictional vendors graded from end to end, with arithmetic that fits on paper."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, EvidenceKind
from cellwarden.vendors.assessment.bank import read_bank, shipped_bank
from cellwarden.vendors.assessment.comparing import compare, sensitivity
from cellwarden.vendors.assessment.deciding import decide, next_question
from cellwarden.vendors.assessment.gates import GateException, GateState, gates
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.scoring import Score, explain, score

AS_OF = date(2026, 11, 16)
KEYS = """
topic = "signing"
why = "It matters."
type = "{type}"
slots = ["mechanism"]
requirements = ["R14"]
tier = {tier}
weight = {weight}
"""


def small_bank() -> Bank:
    """Four questions: weights 5, 3, 1 in tier 1 and 3 in tier 2; two objectives each."""
    rows = [
        ("firmware-trust", "signed", "text", 1, 5),
        ("access", "mfa", "single", 1, 3),
        ("evidence", "logs", "file", 1, 1),
        ("ownership", "owners", "text", 2, 3),
    ]
    files = {}
    for domain, name, kind, tier, weight in rows:
        gate = {"signed": "unsigned-firmware", "mfa": "no-mfa"}.get(name)
        files[f"{domain}.toml"] = (
            f'[{name}]\nasks = "About {name}?"'
            + KEYS.format(type=kind, tier=tier, weight=weight)
            + ('options = ["yes", "no"]\n' if kind == "single" else "")
            + (f'gate = "{gate}"\ngate_objectives = ["a"]\n' if gate else "")
            + '[NAME.objectives]\na = "First."\nb = "Second."\n'.replace("NAME", name)
        )
    return read_bank(files)


def answered(name: str, grades: dict[str, tuple[str, str]]) -> dict[str, Answer]:
    """Answers from a word for each objective: an evidence kind, ``no`` for a test that failed."""
    answers = {}
    for question, words in grades.items():
        evidence: dict[str, tuple[Evidence, ...]] = {}
        for objective, word in zip("ab", words, strict=True):
            if word == "":
                continue
            kind = EvidenceKind.TEST if word == "no" else EvidenceKind(word)
            item = Evidence(
                id=f"{question}-{objective}-{word}",
                kind=kind,
                shows_met=word != "no",
                entity=name,
                product="P",
                version="1",
            )
            evidence[objective] = (item,)
        answers[question] = Answer(evidence=evidence)
    return answers


def vendor(name: str, tier: int = 1, **grades: tuple[str, str]) -> Assessment:
    """An assessment of product P, version 1."""
    return Assessment(
        vendor=name,
        entity=name,
        product="P",
        version="1",
        tier=tier,
        answers=answered(name, grades),
    )


ALDERMOOR = vendor(
    "Aldermoor Power", signed=("report", "test"), mfa=("policy", "record"), logs=("claim", "")
)
BRIGHTCELL = vendor(
    "Brightcell Systems", signed=("test", "test"), mfa=("test", "report"), logs=("test", "test")
)
CORVANE = vendor("Corvane Energy", signed=("no", "claim"), mfa=("claim", "claim"), logs=("", ""))
DUNMERE = vendor("Dunmere Storage", tier=2, signed=("claim", "claim"), mfa=("claim", ""))


def scored(*assessments: Assessment) -> list[Score]:
    return [score(small_bank(), item, AS_OF) for item in assessments]


def test_aldermoor_on_paper() -> None:
    (result,) = scored(ALDERMOOR)

    # signed: low (0.8 + 1) / 2 = 0.9, mfa: (0.4 + 0.6) / 2 = 0.5, logs: (0.2 + 0) / 2 = 0.1
    low = (5 * Fraction(9, 10) + 3 * Fraction(1, 2) + 1 * Fraction(1, 10)) / 9
    # nothing was contradicted, so everything that is unknown may still turn out well
    assert result.overall is not None
    assert result.overall.low == low == Fraction(61, 90)
    assert result.overall.high == 1
    assert result.overall.coverage == low


def test_corvane_on_paper() -> None:
    (result,) = scored(CORVANE)

    # signed: c = 0 at k = 1, and c = 1 at k = 0.2: low 0.1, high (0 + 1) / 2, coverage 0.6
    # mfa: low 0.2, high 1, coverage 0.2; logs: low 0, high 1, coverage 0
    assert result.overall is not None
    assert result.overall.low == (5 * Fraction(1, 10) + 3 * Fraction(1, 5)) / 9 == Fraction(11, 90)
    assert result.overall.high == (5 * Fraction(1, 2) + 3 + 1) / 9 == Fraction(13, 18)
    assert result.overall.coverage == (5 * Fraction(3, 5) + 3 * Fraction(1, 5)) / 9


def test_the_explanation_shows_every_step() -> None:
    (result,) = scored(CORVANE)

    assert explain(result) == (
        "signed/a: signed-a-no: test, 1; c = 0, k = 1, by signed-a-no",
        "signed/b: signed-b-claim: claim, 0.2; c = 1, k = 0.2, by signed-b-claim",
        (
            "signed: weight 5, mean of 2 objectives: "
            "1/10 (0.1000) to 1/2 (0.5000), coverage 3/5 (0.6000)"
        ),
        "mfa/a: mfa-a-claim: claim, 0.2; c = 1, k = 0.2, by mfa-a-claim",
        "mfa/b: mfa-b-claim: claim, 0.2; c = 1, k = 0.2, by mfa-b-claim",
        "mfa: weight 3, mean of 2 objectives: 1/5 (0.2000) to 1, coverage 1/5 (0.2000)",
        "logs/a: no answer: c = 0, k = 0",
        "logs/b: no answer: c = 0, k = 0",
        "logs: weight 1, mean of 2 objectives: 0 to 1, coverage 0",
        "firmware-trust: 1/10 (0.1000) to 1/2 (0.5000), coverage 3/5 (0.6000)",
        "access: 1/5 (0.2000) to 1, coverage 1/5 (0.2000)",
        "response-and-disclosure: not assessed",
        "sub-tier-transparency: not assessed",
        "spares-and-local-support: not assessed",
        "evidence: 0 to 1, coverage 0",
        "ownership: not assessed",
        "low = 11/10 (1.1000) / 9 = 11/90 (0.1222)",
        "high = 13/2 (6.5000) / 9 = 13/18 (0.7222)",
        "coverage = 18/5 (3.6000) / 9 = 2/5 (0.4000)",
        "Corvane Energy: 11/90 (0.1222) to 13/18 (0.7222), coverage 2/5 (0.4000)",
    )


def test_separate_intervals_have_one_ahead() -> None:
    comparison = compare(scored(BRIGHTCELL, CORVANE))

    assert comparison.pairs[0].ahead == "Brightcell Systems"
    assert comparison.pairs[0].separating == ()


def test_overlapping_intervals_are_not_separable_and_say_which_questions_would_help() -> None:
    comparison = compare(scored(ALDERMOOR, CORVANE))

    (pair,) = comparison.pairs
    # gap = 13/18 - 61/90 = 4/90; signed alone moves 5 (0.1 + 0.4) / 9 = 25/90
    assert pair.ahead is None
    assert len(pair.separating) == 1
    assert pair.because.startswith("not separable")


def test_answers_to_the_named_questions_can_separate() -> None:
    (pair,) = compare(scored(ALDERMOOR, DUNMERE)).pairs
    sides = {"Aldermoor Power": ALDERMOOR, "Dunmere Storage": DUNMERE}
    outcomes = []

    for winner in sides:
        told = []
        for name, assessment in sides.items():
            answers = dict(assessment.answers)
            for question in pair.separating:
                word = "test" if name == winner else "no"
                old = answers.get(question, Answer()).evidence
                new = answered(name, {question: (word, word)})[question].evidence
                answers[question] = Answer(
                    evidence={k: (*old.get(k, ()), *v) for k, v in new.items()}
                )
            told.append(
                Assessment(
                    vendor=name,
                    entity=name,
                    product="P",
                    version="1",
                    tier=assessment.tier,
                    answers=answers,
                )
            )
        outcomes.append(compare(scored(*told)).pairs[0].ahead == winner)

    assert pair.separating
    assert any(outcomes)


def test_vendors_of_different_tiers_meet_on_common_questions() -> None:
    comparison = compare(scored(ALDERMOOR, DUNMERE))

    assert comparison.common == ("signed", "mfa", "logs")
    dunmere = comparison.intervals["Dunmere Storage"]
    assert dunmere is not None
    assert dunmere.low == (5 * Fraction(1, 5) + 3 * Fraction(1, 10)) / 9


def test_a_vendor_is_not_compared_with_itself() -> None:
    with pytest.raises(InputError, match="compared with itself"):
        compare(scored(ALDERMOOR, ALDERMOOR))


def test_the_order_goes_by_the_low_end() -> None:
    comparison = compare(scored(CORVANE, DUNMERE, ALDERMOOR, BRIGHTCELL))

    assert comparison.order == (
        ("Brightcell Systems",),
        ("Aldermoor Power",),
        ("Dunmere Storage",),
        ("Corvane Energy",),
    )


def test_one_weight_at_a_time_moves_by_a_fifth_up_and_down() -> None:
    swings = sensitivity(scored(CORVANE, DUNMERE))

    assert [(s.question, float(s.factor)) for s in swings] == [
        ("signed", 1.2),
        ("signed", 0.8),
        ("mfa", 1.2),
        ("mfa", 0.8),
        ("logs", 1.2),
        ("logs", 0.8),
    ]
    # Corvane with signed at 6: (6 * 0.1 + 3 * 0.2) / 10 = 0.12, from 11/90
    assert swings[0].shifts["Corvane Energy"] == Fraction(12, 100) - Fraction(11, 90)
    assert not any(s.changes_order for s in swings)


def test_a_weight_that_decides_the_order_is_seen() -> None:
    one = vendor("One", signed=("report", "report"), mfa=("claim", "claim"))
    two = vendor("Two", signed=("policy", "policy"), mfa=("report", "test"))

    swings = sensitivity(scored(one, two))

    # low: one (4 + 0.6) / 9, two (2 + 2.7) / 9; with signed at 6 one gets 5.4 and two 5.1
    changing = [(s.question, float(s.factor)) for s in swings if s.changes_order]
    assert changing == [("signed", 1.2), ("mfa", 0.8)]


def test_a_gate_stays_shut_whatever_the_average() -> None:
    good = vendor(
        "Brightcell Systems", signed=("no", "test"), mfa=("test", "test"), logs=("test", "test")
    )
    (result,) = scored(good)

    states = gates(small_bank(), good, AS_OF)

    decision = decide(result, states, threshold=Fraction(1, 2))
    assert result.overall is not None
    assert result.overall.low > Fraction(1, 2)
    assert not decision.may_sign
    assert "gate unsigned-firmware is shut" in decision.because


def test_a_bare_claim_opens_no_gate() -> None:
    states = {g.gate: g.state for g in gates(small_bank(), DUNMERE, AS_OF)}

    assert states["unsigned-firmware"] is GateState.UNKNOWN
    assert states["no-mfa"] is GateState.UNKNOWN
    assert states["listed-entity"] is GateState.UNKNOWN


def excepted(expires_on: date, **over: str) -> GateException:
    given = {
        "vendor": "Corvane Energy",
        "reason": "replacement in March",
        "measure": "no network link",
        "requested_by": "F. Adeyemi",
        "approved_by": "S. Lindqvist",
        **over,
    }
    return GateException(gate="unsigned-firmware", expires_on=expires_on, **given)


@pytest.mark.parametrize(
    ("exception", "state"),
    [
        (excepted(AS_OF), GateState.EXCEPTED),
        (excepted(date(2026, 11, 15)), GateState.SHUT),
        (excepted(AS_OF, vendor="Dunmere Storage"), GateState.SHUT),
    ],
)
def test_only_a_valid_exception_for_this_vendor_passes_a_gate(
    exception: GateException, state: GateState
) -> None:
    states = {g.gate: g for g in gates(small_bank(), CORVANE, AS_OF, (exception,))}

    assert states["unsigned-firmware"].state is state


@pytest.mark.parametrize(
    "over", [{"approved_by": "f. adeyemi "}, {"reason": " "}, {"measure": ""}, {"approved_by": ""}]
)
def test_an_exception_names_its_reason_and_two_people(over: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"names no|of their own"):
        excepted(AS_OF, **over)


def test_the_next_question_is_the_cheapest_that_could_flip_the_decision() -> None:
    (result,) = scored(ALDERMOOR)
    states = tuple(g for g in gates(small_bank(), ALDERMOOR, AS_OF) if g.lets_pass)

    # low = 61/90; mfa could add 3 * 0.5 / 9 = 15/90 for 2 boxes, logs 1 * 0.9 / 9 = 9/90 for 6,
    # signed 5 * 0.1 / 9 = 5/90 for one text of 2
    nearer = next_question(result, states, threshold=Fraction(65, 90))
    farther = next_question(result, states, threshold=Fraction(70, 90))
    together = next_question(result, states, threshold=Fraction(80, 90))
    never = next_question(scored(CORVANE)[0], states, threshold=Fraction(80, 90))

    assert nearer.questions == ("mfa",)
    assert farther.questions == ("mfa",)
    assert set(together.questions) == {"mfa", "signed"}
    assert never.questions == ()


def test_a_signed_vendor_is_asked_what_could_still_stop_the_signature() -> None:
    (result,) = scored(ALDERMOOR)
    states = tuple(g for g in gates(small_bank(), ALDERMOOR, AS_OF) if g.lets_pass)

    asked = next_question(result, states, threshold=Fraction(1, 2))

    assert decide(result, states, threshold=Fraction(1, 2)).may_sign
    # spare: 61/90 - 45/90 = 16/90; signed could fall by 5 * 0.4 / 9 = 20/90, both cost 2
    assert asked.questions == ("signed",)


def test_an_open_follow_up_stands_before_the_signature() -> None:
    (result,) = scored(BRIGHTCELL)

    decision = decide(result, (), open_follow_ups=2)

    assert not decision.may_sign
    assert decision.because == ("2 follow-ups are open",)


def test_an_unknown_gate_is_asked_first() -> None:
    (result,) = scored(DUNMERE)
    states = tuple(
        g for g in gates(small_bank(), DUNMERE, AS_OF) if g.gate in {"unsigned-firmware", "no-mfa"}
    )

    asked = next_question(result, states, threshold=Fraction(1, 10))

    assert set(asked.questions) == {"signed", "mfa"}


def test_the_whole_bank_scores_the_four_vendors() -> None:
    bank = shipped_bank()
    kinds = {
        "Aldermoor Power": EvidenceKind.RECORD,
        "Brightcell Systems": EvidenceKind.REPORT,
        "Corvane Energy": EvidenceKind.CLAIM,
        "Dunmere Storage": EvidenceKind.POLICY,
    }
    results = []
    for name, kind in kinds.items():
        item = Evidence(id="file", kind=kind, shows_met=True, entity=name, product="P", version="1")
        answers = {
            q.id: Answer(evidence=dict.fromkeys(q.objectives, (item,))) for q in bank.of_tier(3)
        }
        assessment = Assessment(
            vendor=name, entity=name, product="P", version="1", tier=3, answers=answers
        )
        results.append(score(bank, assessment, AS_OF))

    comparison = compare(results)

    assert [float(r.overall.low) for r in results if r.overall] == [0.6, 0.8, 0.2, 0.4]
    assert comparison.order[0] == ("Brightcell Systems",)
    assert not any(p.ahead for p in comparison.pairs)
    assert len(sensitivity(results)) == 180

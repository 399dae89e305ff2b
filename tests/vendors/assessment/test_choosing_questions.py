"""What to ask next and what would separate two vendors, against trying out everything."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, EvidenceKind
from cellwarden.vendors.assessment.bank import read_bank, shipped_bank
from cellwarden.vendors.assessment.comparing import compare, sensitivity
from cellwarden.vendors.assessment.deciding import effort, next_question
from cellwarden.vendors.assessment.scoring import Score, score

AS_OF = date(2026, 11, 16)
TYPES = ("text", "file", "number", "text", "date", "file")
BANK = read_bank(
    {
        "evidence.toml": "".join(
            f"""
[q{place}]
asks = "Question {place}?"
why = "It matters."
topic = "logging"
tier = 1
weight = {(5, 3, 1)[place % 3]}
type = "{kind}"
slots = ["mechanism"]
requirements = ["R54"]
objectives = {{ a = "First.", b = "Second." }}
"""
            for place, kind in enumerate(TYPES)
        )
    }
)
WORDS = st.sampled_from(["", "no", *EvidenceKind])
SHEETS = st.lists(st.tuples(WORDS, WORDS), min_size=len(TYPES), max_size=len(TYPES))
THRESHOLDS = st.fractions(0, 1, max_denominator=20)


def scored(sheet: list[tuple[str, str]], vendor: str = "V") -> Score:
    answers = {}
    for place, words in enumerate(sheet):
        evidence: dict[str, tuple[Evidence, ...]] = {}
        for objective, word in zip("ab", words, strict=True):
            if word:
                kind = EvidenceKind.TEST if word == "no" else EvidenceKind(word)
                item = Evidence(
                    id=word,
                    kind=kind,
                    shows_met=word != "no",
                    entity=vendor,
                    product="P",
                    version="1",
                )
                evidence[objective] = (item,)
        answers[f"q{place}"] = Answer(evidence=evidence)
    assessment = Assessment(
        vendor=vendor, entity=vendor, product="P", version="1", tier=1, answers=answers
    )
    return score(BANK, assessment, AS_OF)


def at_best(sheet: list[tuple[str, str]], asked: set[int]) -> list[tuple[str, str]]:
    """The sheet as it would be if every open objective of the asked questions were tested well."""
    return [
        tuple(word if word == "no" else "test" for word in words) if place in asked else words  # type: ignore[misc]  # a pair stays a pair
        for place, words in enumerate(sheet)
    ]


def low_of(sheet: list[tuple[str, str]]) -> Fraction:
    overall = scored(sheet).overall
    assert overall is not None
    return overall.low


@settings(max_examples=60, deadline=None)
@given(SHEETS, THRESHOLDS)
def test_the_next_question_is_the_cheapest_of_those_that_could_flip_it(
    sheet: list[tuple[str, str]], threshold: Fraction
) -> None:
    result = scored(sheet)
    if low_of(sheet) >= threshold:
        return

    asked = next_question(result, (), threshold=threshold)

    costs = {q.question.id: effort(q) for q in result.questions}
    flips = [
        place
        for place in range(len(TYPES))
        if costs[f"q{place}"] and low_of(at_best(sheet, {place})) >= threshold
    ]
    if flips:
        assert len(asked.questions) == 1
        assert asked.effort == min(costs[f"q{place}"] for place in flips)
        assert int(asked.questions[0][1:]) in flips
    elif asked.questions:
        together = {int(name[1:]) for name in asked.questions}
        assert low_of(at_best(sheet, together)) >= threshold
        assert all(low_of(at_best(sheet, together - {one})) < threshold for one in together)
    else:
        assert low_of(at_best(sheet, set(range(len(TYPES))))) < threshold


@settings(max_examples=60, deadline=None)
@given(SHEETS, SHEETS)
def test_no_smaller_set_of_questions_could_separate_two_vendors(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    one, two = scored(first, "One"), scored(second, "Two")

    (pair,) = compare([one, two]).pairs

    widths = {
        side: {q.question.id: q.weight * (q.interval.high - q.interval.low) for q in item.questions}
        for side, item in (("one", one), ("two", two))
    }
    weight = sum((q.weight for q in one.questions), Fraction(0))
    assert one.overall is not None
    assert two.overall is not None
    gap = min(two.overall.high - one.overall.low, one.overall.high - two.overall.low)

    def could(asked: tuple[str, ...]) -> bool:
        return sum(widths["one"][q] + widths["two"][q] for q in asked) / weight > gap

    if pair.ahead is not None:
        assert gap < 0
    elif pair.separating:
        assert could(pair.separating)
        smaller = combinations(widths["one"], len(pair.separating) - 1)
        assert not any(could(asked) for asked in smaller)
    else:
        assert not could(tuple(widths["one"]))


@settings(max_examples=40, deadline=None)
@given(SHEETS, SHEETS)
def test_a_moved_weight_gives_what_a_bank_with_that_weight_would_give(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    scores = [scored(first, "One"), scored(second, "Two")]

    swings = sensitivity(scores)

    for swing in swings:
        for item in scores:
            weights = {
                q.question.id: q.weight * (swing.factor if q.question.id == swing.question else 1)
                for q in item.questions
            }
            low = sum(weights[q.question.id] * q.interval.low for q in item.questions)
            assert item.overall is not None
            moved = low / sum(weights.values()) - item.overall.low
            assert swing.shifts[item.vendor] == moved


def test_where_only_a_follow_up_stands_in_the_way_its_reply_is_what_to_ask_for() -> None:
    bank = shipped_bank()
    names = ("support-mfa", "incident-notice")
    said = Assessment(
        vendor="V",
        entity="E",
        product="P",
        version="1",
        tier=1,
        answers={name: Answer(text="FIDO2 keys for all 38 accounts.") for name in names},
    )
    result = score(bank, said, AS_OF)

    one = next_question(result, (), threshold=Fraction(0), waiting=names[:1])
    both = next_question(result, (), threshold=Fraction(0), waiting=names)

    assert (one.questions, one.effort) == (("support-mfa",), 2)
    assert "clear reply" in one.because
    assert (both.questions, both.effort) == (names, 4)
    assert both.gain > one.gain > 0

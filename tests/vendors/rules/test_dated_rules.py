"""Rules with dates: what each says, in three values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.rules import (
    Answer,
    Condition,
    category_of,
    judge,
    load_rules,
    operator_facts,
)
from cellwarden.vendors.rules.judging import Value

RULES = {rule.id: rule for rule in load_rules()}
DAY = date(2026, 11, 16)
FACTS: dict[str, st.SearchStrategy[Value]] = {
    "operator.dod_contractor": st.booleans(),
    "operator.eu_market": st.booleans(),
    "is_manufacturer": st.booleans(),
    "chemistry": st.sampled_from(["lithium_ion", "lead_acid"]),
    "category": st.sampled_from(["industrial", "ev", "portable"]),
    "capacity_kwh": st.sampled_from([Decimal(1), Decimal(2), Decimal(40)]),
    "placed_on": st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    "maker": st.sampled_from(["BYD", "Aldermoor Power", "Byditech"]),
    "cell_maker": st.sampled_from(["Gotion High-tech", "Hollin"]),
    "passport_id": st.just("P-1"),
}
KNOWN = st.fixed_dictionaries({}, optional=FACTS)


@given(st.sampled_from(sorted(RULES)), KNOWN, st.sets(st.sampled_from(sorted(FACTS))))
def test_forgetting_a_fact_can_turn_an_answer_only_into_unknown(
    name: str, facts: dict[str, Value], forgotten: set[str]
) -> None:
    before = judge(RULES[name], facts, on=DAY)

    after = judge(RULES[name], {k: v for k, v in facts.items() if k not in forgotten}, on=DAY)

    assert after.applies in {before.applies, Answer.UNKNOWN}
    if before.applies is after.applies:
        assert after.broken in {before.broken, Answer.UNKNOWN}


@given(st.sampled_from(sorted(RULES)), KNOWN)
def test_what_cannot_be_told_names_the_missing_facts(name: str, facts: dict[str, Value]) -> None:
    judged = judge(RULES[name], facts, on=DAY)

    if judged.applies is Answer.UNKNOWN:
        assert judged.missing
    if judged.applies is not Answer.UNKNOWN:
        assert judged.why
    assert all(fact not in facts for fact in judged.missing)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("ndaa-2024-154", ["2027-10-01"]),
        ("usc-10-4865", ["2028-01-01", "2029-01-01", "2031-01-30"]),
        ("eu-2023-1542-passport", ["2027-02-18"]),
        ("eu-2023-1542-passport-vehicles", ["2027-02-18"]),
        ("eu-2023-1542-due-diligence", ["2027-08-18"]),
        ("eu-2024-2847-reporting", ["2026-09-11"]),
        ("eu-2024-2847-products", ["2027-12-11"]),
    ],
)
def test_a_rule_has_its_days_its_source_and_says_that_it_is_unverified(
    name: str, days: list[str]
) -> None:
    rule = RULES[name]

    assert [str(step.from_on) for step in rule.steps] == days
    assert rule.source.url.startswith("https://")
    assert not rule.verified
    assert rule.checked_by


@pytest.mark.parametrize(
    ("capacity", "placed", "answer"),
    [
        (Decimal("2.1"), date(2027, 2, 18), Answer.YES),
        (Decimal(2), date(2027, 2, 18), Answer.NO),
        (Decimal(40), date(2027, 2, 17), Answer.NO),
        (None, date(2027, 2, 17), Answer.NO),
        (Decimal(40), None, Answer.UNKNOWN),
    ],
)
def test_a_passport_is_due_above_two_kwh_from_its_day(
    capacity: Decimal | None, placed: date | None, answer: Answer
) -> None:
    facts: dict[str, Value] = {
        "operator.eu_market": True,
        "category": "industrial",
        "capacity_kwh": capacity,
        "placed_on": placed,
    }

    assert judge(RULES["eu-2023-1542-passport"], facts, on=DAY).applies is answer


@pytest.mark.parametrize(
    ("category", "industrial", "vehicles"),
    [
        ("industrial", Answer.YES, Answer.NO),
        ("lmt", Answer.NO, Answer.YES),
        ("ev", Answer.NO, Answer.YES),
        ("sli", Answer.NO, Answer.NO),
        ("portable", Answer.NO, Answer.NO),
        (None, Answer.UNKNOWN, Answer.UNKNOWN),
    ],
)
def test_the_category_of_a_battery_decides_which_passport_is_due(
    category: str | None, industrial: Answer, vehicles: Answer
) -> None:
    facts: dict[str, Value] = {
        "operator.eu_market": True,
        "category": category,
        "capacity_kwh": Decimal(40),
        "placed_on": date(2027, 3, 1),
    }

    stationary = judge(RULES["eu-2023-1542-passport"], facts, on=DAY)
    moving = judge(RULES["eu-2023-1542-passport-vehicles"], facts, on=DAY)

    assert (stationary.applies, moving.applies) == (industrial, vehicles)
    assert ("category" in stationary.missing) is (category is None)


@pytest.mark.parametrize(
    ("said", "words", "capacity", "category"),
    [
        ("lmt", "UPS 4", Decimal(9), "lmt"),
        (None, "UPS for the network room Eaton 5PX 1500", Decimal("0.4"), "industrial"),
        (None, "APC Smart-UPS 1500", None, "industrial"),
        (None, "Aldermoor cabinet A1", Decimal(24), "industrial"),
        (None, "Cargo bike of the porters", Decimal("0.6"), "lmt"),
        (None, "Forklift 2", Decimal(30), "industrial"),
        (None, "Generator set starter batteries", Decimal(2), "sli"),
        (None, "Laptop", Decimal("0.06"), "portable"),
        (None, "Laptop trolley", None, None),
        (None, "Upsala 3", Decimal(5), None),
        (None, "LX-9", Decimal(40), None),
        (None, "UPS of the electric vehicles", Decimal(40), None),
        ("something", "UPS", Decimal(5), None),
    ],
)
def test_a_category_is_told_by_its_maker_or_by_plain_words_and_else_unknown(
    said: str | None, words: str, capacity: Decimal | None, category: str | None
) -> None:
    assert category_of(said, words, capacity) == category


def test_a_named_maker_is_found_as_a_word_and_not_inside_one() -> None:
    def broken(maker: str) -> Answer:
        facts: dict[str, Value] = {
            "operator.dod_contractor": True,
            "maker": maker,
            "cell_maker": "Hollin",
        }
        return judge(RULES["ndaa-2024-154"], facts, on=DAY).broken

    assert broken("BYD Company Ltd") is Answer.YES
    assert broken("Byditech") is Answer.NO


def test_the_step_in_force_is_the_one_looked_at() -> None:
    rule = RULES["usc-10-4865"]

    assert not judge(rule, {}, on=DAY).is_in_force
    assert judge(rule, {}, on=date(2028, 12, 31)).from_on == date(2028, 1, 1)
    assert judge(rule, {}, on=date(2030, 1, 1)).from_on == date(2029, 1, 1)
    assert judge(rule, {}, on=date(2031, 1, 30)).from_on == date(2031, 1, 30)


def test_a_condition_tests_exactly_one_thing() -> None:
    with pytest.raises(ValueError, match="exactly one test"):
        Condition(facts=("chemistry",), says="nothing")

    assert operator_facts() == ("dod_contractor", "eu_market")

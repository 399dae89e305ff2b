from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.lifecycle.retention import Hold, RetentionRule, covering, due_on, standing

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
rules = st.one_of(
    st.builds(
        lambda n, a: RetentionRule(after="closed_at", basis="law", keep_days=n, action=a),
        st.integers(0, 20_000),
        st.sampled_from(["erase", "review"]),
    ),
    st.builds(
        lambda n, a: RetentionRule(after="closed_at", basis="law", keep_years=n, action=a),
        st.integers(0, 100),
        st.sampled_from(["erase", "review"]),
    ),
)
HOLD = Hold(hold_id="H1", scope="everything", reason="claim")


def rule(**words: object) -> RetentionRule:
    return RetentionRule(**{"after": "closed_at", "basis": "law", **words})  # type: ignore[arg-type]  # words by name


@given(rules, days, days)
def test_nothing_is_due_before_it_was_kept_in_full(
    one: RetentionRule, event: date, today: date
) -> None:
    state = standing(one, event, holds=(), today=today).state

    due = due_on(one, event)
    assert (state in {"due", "review"}) == (due is not None and today >= due)


@given(rules, days, days)
def test_nothing_is_ever_due_under_a_hold(one: RetentionRule, event: date, today: date) -> None:
    assert standing(one, event, holds=[HOLD], today=today).state not in {"due", "review"}


@given(rules, days)
def test_an_unknown_day_is_never_due(one: RetentionRule, today: date) -> None:
    assert standing(one, None, holds=(), today=today).state == "unknown"


@given(rules, days, st.integers(0, 4000))
def test_what_is_due_stays_due(one: RetentionRule, event: date, later: int) -> None:
    due = due_on(one, event)
    if due is not None and due.year < 9000:
        today = due + timedelta(days=later)
        assert standing(one, event, holds=(), today=today).due_on == due
        assert standing(one, event, holds=(), today=today).state in {"due", "review"}


@pytest.mark.parametrize(
    ("words", "event", "first"),
    [
        ({"keep_days": 0}, "2026-01-01", "2026-01-02"),
        ({"keep_days": 30}, "2026-01-31", "2026-03-03"),
        ({"keep_years": 1}, "2024-02-29", "2025-03-02"),
        ({"keep_years": 4}, "2024-02-29", "2028-03-01"),
        ({"keep_years": 6}, "2020-12-31", "2027-01-01"),
    ],
)
def test_a_period_ends_on_the_day_that_people_expect(
    words: dict[str, int], event: str, first: str
) -> None:
    assert due_on(rule(**words), date.fromisoformat(event)) == date.fromisoformat(first)


def test_a_period_that_leaves_the_calendar_never_ends() -> None:
    assert due_on(rule(keep_years=100), date(9950, 1, 1)) is None


@pytest.mark.parametrize(
    "words",
    [{}, {"keep_days": 1, "keep_years": 1}, {"keep_days": -1}, {"keep_years": 101}, {"basis": " "}],
)
def test_a_rule_without_one_sound_period_and_its_basis_cannot_be_built(
    words: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match=r"keep|basis"):
        rule(**({"keep_days": 1} | words if "basis" in words else words))


def test_a_rule_without_action_asks_a_person() -> None:
    assert standing(
        rule(keep_days=1), date(2020, 1, 1), holds=(), today=date(2026, 1, 1)
    ).state == ("review")


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        ("everything", True),
        ("ticket", True),
        ("ticket/T-1", True),
        ("ticket/T-10", False),
        ("document", False),
        ("tick", False),
    ],
)
def test_a_hold_covers_its_scope_and_nothing_beside(scope: str, covers: bool) -> None:  # noqa: FBT001 - a table of cases
    hold = Hold(hold_id="H", scope=scope, reason="claim")

    assert bool(covering([hold], kind="ticket", subject="T-1")) is covers

"""Rules kept as data: each has a source and a day, and says where it is in doubt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.collect.values import choices
from cellwarden.lifecycle.ruling import (
    METHODS,
    Stage,
    due_at,
    notice_rules,
    transport_rules,
    wipe_rules,
)


def test_every_chemistry_that_a_register_can_hold_has_a_transport_rule() -> None:
    assert set(transport_rules()) == set(choices("chemistry"))


def test_every_medium_that_a_register_can_hold_has_a_least_method() -> None:
    rules = wipe_rules()

    assert set(rules.leaving) == set(rules.staying) == set(choices("media"))
    assert set(METHODS) == set(choices("sanitization_method"))
    for media, method in rules.leaving.items():
        assert METHODS.index(method) >= METHODS.index(rules.staying[media])


def test_lithium_and_sodium_need_a_test_summary_and_lead_acid_never_has_one() -> None:
    rules = transport_rules()

    assert rules["lithium_ion"].un_numbers == ("UN3480", "UN3481")
    assert rules["sodium_ion"].un_numbers == ("UN3551", "UN3552")
    assert rules["lead_acid"].un_numbers == ("UN2794", "UN2800")
    assert rules["lithium_ion"].un_38_3 == rules["sodium_ion"].un_38_3 == "needed"
    assert {rules[name].un_38_3 for name in ("lead_acid", "nickel_zinc", "none")} == {"never"}


def test_every_rule_names_its_source_and_the_day_somebody_looked() -> None:
    told = [(rule.source, rule.checked_on) for rule in transport_rules().values()]
    told += [(rule.source, rule.checked_on) for rule in notice_rules().values()]
    for source, checked_on in told:
        assert source
        assert checked_on <= date(2026, 11, 16)
    assert wipe_rules().source


def test_what_needs_a_second_look_says_so() -> None:
    assert not notice_rules()["dora"].verified
    assert not transport_rules()["nickel_zinc"].verified
    assert not wipe_rules().verified


def test_a_stage_counts_from_one_that_stands_before_it() -> None:
    for rule in notice_rules().values():
        seen: set[str] = set()
        for stage in rule.stages:
            assert not stage.after or stage.after in seen, rule.regime
            assert stage.hours or stage.months
            assert stage.stage in choices("notice_stage")
            assert stage.audience in choices("audience")
            seen.add(stage.stage)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-01-31T10:00:00+00:00", "2026-02-28T10:00:00+00:00"),
        ("2024-01-31T10:00:00+00:00", "2024-02-29T10:00:00+00:00"),
        ("2026-12-15T23:59:00+00:00", "2027-01-15T23:59:00+00:00"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last(start: str, due: str) -> None:
    stage = Stage(stage="final_report", audience="authority", months=1)

    assert due_at(stage, datetime.fromisoformat(start)).isoformat() == due


@given(minutes=st.integers(0, 20_000_000), hours=st.integers(0, 100), months=st.integers(0, 14))
def test_more_time_never_makes_a_deadline_earlier(minutes: int, hours: int, months: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    stage = Stage(stage="s", audience="a", hours=hours, months=months)
    longer = Stage(stage="s", audience="a", hours=hours, months=months + 1)

    assert start + timedelta(hours=hours) <= due_at(stage, start) < due_at(longer, start)

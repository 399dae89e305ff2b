from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.contracts import Clause, ClauseState, missing, state_of
from cellwarden.vendors.reassessing import Event, due

TODAY = date(2026, 11, 16)
PERIODS = {"high": 180, "medium": 270, "low": 365}


def happened(days_ago: int, kind: str = "owner") -> Event:
    return Event(kind=kind, on=TODAY - timedelta(days=days_ago), says=f"{kind} changed")


def judged(days_ago: int | None, criticality: str | None, *events: Event) -> bool:
    last_on = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return due(last_on, criticality=criticality, periods=PERIODS, events=events, as_of=TODAY).is_due


def test_an_unknown_last_assessment_is_due() -> None:
    assert judged(None, "low")


def test_the_more_critical_the_site_the_sooner_it_is_due() -> None:
    assert not judged(180, "high")
    assert judged(181, "high")
    assert not judged(181, "medium")
    assert judged(366, "low")


def test_a_criticality_that_nobody_knows_is_not_low() -> None:
    assert judged(181, None)


def test_any_event_since_makes_it_due_at_once_and_an_older_one_does_not() -> None:
    assert judged(30, "low", happened(29))
    assert not judged(30, "low", happened(30))
    assert not judged(30, "low", happened(31))


@given(st.integers(0, 800), st.sampled_from(["high", "medium", "low", None]))
def test_at_least_yearly_whatever_the_settings_say(days_ago: int, level: str | None) -> None:
    last_on = TODAY - timedelta(days=days_ago)
    found = due(last_on, criticality=level, periods={"low": 5_000}, events=(), as_of=TODAY)

    assert found.is_due is (days_ago > 365)


@given(st.lists(st.builds(happened, st.integers(-20, 400)), max_size=5), st.integers(0, 300))
def test_more_events_never_make_it_less_due(events: list[Event], days_ago: int) -> None:
    for at in range(len(events)):
        assert judged(days_ago, "low", *events[: at + 1]) >= judged(days_ago, "low", *events[:at])


def clause(**days: date) -> Clause:
    return Clause(id="K", contract="C", type="sla", text="in six hours", **days)  # type: ignore[arg-type]  # days by name


def test_a_promise_goes_from_promised_to_due_to_done() -> None:
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

    assert state_of(clause(), TODAY) is ClauseState.PROMISED
    assert state_of(clause(due_on=tomorrow), TODAY) is ClauseState.PROMISED
    assert state_of(clause(due_on=yesterday), TODAY) is ClauseState.DUE
    assert state_of(clause(due_on=yesterday, done_on=TODAY), TODAY) is ClauseState.DONE
    assert state_of(clause(done_on=tomorrow, due_on=yesterday), TODAY) is ClauseState.DUE


def test_a_broken_promise_stands_until_it_is_kept_again() -> None:
    broken = TODAY - timedelta(days=9)

    assert state_of(clause(breached_on=broken), TODAY) is ClauseState.BREACHED
    assert (
        state_of(clause(breached_on=broken, done_on=broken - timedelta(days=1)), TODAY)
        is ClauseState.BREACHED
    )
    assert state_of(clause(breached_on=broken, done_on=TODAY), TODAY) is ClauseState.DONE


def test_what_a_contract_lacks_is_named_most_wanted_first() -> None:
    lacks = missing([clause()])

    assert lacks[0] == "incident_notice"
    assert "sla" not in lacks

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.vendors.screening.ownership import Blocked, Holding, standings

NAMES = "abcdef"


def holding(owner: str, owned: str, percent: str | None) -> Holding:
    share = None if percent is None else Decimal(percent)
    return Holding(owner=owner, owned=owned, percent=share)


def test_two_listed_owners_add_up_to_half() -> None:
    found = standings(
        [holding("x", "co", "25"), holding("y", "co", "25"), holding("z", "co", "50")],
        listed=["x", "y"],
    )

    assert found["co"].blocked is Blocked.YES
    assert found["co"].low == Decimal(50)
    assert found["co"].because == ("x", "y")


def test_a_chain_of_halves_blocks_to_its_end() -> None:
    found = standings([holding("x", "a", "50"), holding("a", "b", "50")], listed=["x"])

    assert found["b"].blocked is Blocked.YES


def test_a_company_held_below_half_passes_nothing_on() -> None:
    found = standings(
        [
            holding("x", "a", "49.99"),
            holding("clean", "a", "50.01"),
            holding("a", "b", "100"),
        ],
        listed=["x"],
    )

    assert found["a"].blocked is Blocked.NO
    assert found["b"].blocked is Blocked.NO
    assert found["b"].high == Decimal(0)


def test_shares_that_nobody_named_leave_it_unknown() -> None:
    found = standings([holding("x", "co", "30"), holding("z", "co", "40")], listed=["x"])

    assert (found["co"].low, found["co"].high) == (Decimal(30), Decimal(60))
    assert found["co"].blocked is Blocked.UNKNOWN


def test_a_listed_owner_of_an_unknown_share_leaves_it_unknown() -> None:
    found = standings([holding("x", "co", None), holding("z", "co", "50")], listed=["x"])

    assert found["co"].blocked is Blocked.UNKNOWN


def test_unknown_owners_further_up_the_chain_leave_it_unknown() -> None:
    found = standings([holding("shell", "co", "100"), holding("z", "shell", "10")], listed=["x"])

    assert found["co"].blocked is Blocked.UNKNOWN


def test_a_circle_without_a_listed_owner_is_not_blocked() -> None:
    found = standings([holding("a", "b", "100"), holding("b", "a", "100")], listed=["x"])

    assert found["a"].blocked is Blocked.NO


def test_a_circle_with_a_listed_owner_is_blocked_all_round() -> None:
    found = standings(
        [holding("x", "a", "60"), holding("b", "a", "40"), holding("a", "b", "100")],
        listed=["x"],
    )

    assert found["b"].blocked is Blocked.YES


def test_shares_over_a_hundred_are_told_and_lower_no_bound() -> None:
    found = standings([holding("x", "co", "30"), holding("z", "co", "90")], listed=["x"])

    assert found["co"].is_over
    assert found["co"].high == Decimal(100)
    assert found["co"].blocked is Blocked.UNKNOWN


def test_two_reports_of_one_share_do_not_add_up() -> None:
    found = standings(
        [holding("x", "co", "30"), holding("x", "co", "25"), holding("z", "co", "70")],
        listed=["x"],
    )

    assert found["co"].low == Decimal(30)


@pytest.mark.parametrize("percent", ["-0.1", "100.1"])
def test_a_share_that_cannot_be_is_refused(percent: str) -> None:
    with pytest.raises(ValueError, match="a share is 0 to 100"):
        holding("x", "co", percent)


holdings = st.lists(
    st.builds(
        Holding,
        owner=st.sampled_from(NAMES),
        owned=st.sampled_from(NAMES),
        percent=st.one_of(st.none(), st.decimals(0, 100, places=1)),
    ),
    max_size=14,
)


@settings(max_examples=100, deadline=None)
@given(holdings, st.sets(st.sampled_from(NAMES), max_size=3))
def test_bounds_are_in_order_and_decide(found: list[Holding], listed: set[str]) -> None:
    for standing in standings(found, listed=listed).values():
        assert 0 <= standing.low <= standing.high <= 100
        if standing.company not in listed:
            assert (standing.blocked is Blocked.YES) == (standing.low >= 50)
            assert (standing.blocked is Blocked.NO) == (standing.high < 50)


@settings(max_examples=100, deadline=None)
@given(holdings, st.sets(st.sampled_from(NAMES), max_size=3), st.sampled_from(NAMES))
def test_one_more_listed_party_lowers_no_bound(
    found: list[Holding], listed: set[str], more: str
) -> None:
    before = standings(found, listed=listed)
    after = standings(found, listed=listed | {more})

    for company, standing in before.items():
        assert after[company].low >= standing.low
        assert after[company].high >= standing.high


@settings(max_examples=100, deadline=None)
@given(holdings, st.sets(st.sampled_from(NAMES), max_size=3))
def test_the_order_of_the_record_changes_nothing(found: list[Holding], listed: set[str]) -> None:
    shuffled = sorted(found, key=lambda one: (one.owned, one.owner, str(one.percent)))

    assert standings(shuffled, listed=listed) == standings(found, listed=listed)


@settings(max_examples=100, deadline=None)
@given(holdings, st.sets(st.sampled_from(NAMES), max_size=3), st.data())
def test_learning_an_unknown_share_never_contradicts_what_was_said(
    found: list[Holding], listed: set[str], data: st.DataObject
) -> None:
    unknown = [at for at, one in enumerate(found) if one.percent is None]
    before = standings(found, listed=listed)
    learnt = list(found)
    for at in unknown:
        one = found[at]
        known = sum(
            (other.percent or Decimal(0) for other in learnt if other.owned == one.owned),
            Decimal(0),
        )
        room = max(Decimal(0), 100 - known)
        percent = data.draw(st.decimals(0, room, places=1)) if room else Decimal(0)
        learnt[at] = Holding(owner=one.owner, owned=one.owned, percent=percent)

    after = standings(learnt, listed=listed)

    for company, standing in before.items():
        if standing.blocked is not Blocked.UNKNOWN:
            assert after[company].blocked is standing.blocked

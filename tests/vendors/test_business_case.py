from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.model.errors import InputError
from cellwarden.vendors.business_case import Input, Offer, business_case, cost


def one(name: str, likely: float, *, scenario: str = "outage", spread: float = 0.5) -> Input:
    return Input(
        scenario=scenario,
        name=name,
        low=likely * (1 - spread),
        likely=likely,
        high=likely * (1 + spread),
        unit="units",
        source="tickets",
    )


def offer(vendor: str, rate: float, *, price: float | None = 100.0, spread: float = 0.5) -> Offer:
    return Offer(
        vendor=vendor,
        name=f"{vendor} Ltd",
        inputs=(
            one("rate", rate, spread=spread),
            one("hours", 10.0, spread=0),
            one("cost_per_hour", 50.0, spread=0),
            one("replacement", 500.0, spread=0),
            one("audit_hours", 20.0, scenario="", spread=0),
            one("audit_rate", 5.0, scenario="", spread=0),
        ),
        price=one("price", price, scenario="") if price is not None else None,
    )


def test_the_cost_on_paper() -> None:
    values = {
        ("outage", "rate"): 2.0,
        ("outage", "hours"): 10.0,
        ("outage", "cost_per_hour"): 50.0,
        ("outage", "replacement"): 500.0,
        ("", "audit_hours"): 20.0,
        ("", "audit_rate"): 5.0,
    }

    # 2 x (10 x 50 + 500) + 20 x 5
    assert cost(values) == 2_100


def uneven(name: str, low: float, likely: float, high: float, *, scenario: str = "") -> Input:
    return Input(
        scenario=scenario,
        name=name,
        low=low,
        likely=likely,
        high=high,
        unit="units",
        source="tickets",
    )


def test_the_simulation_meets_the_mean_and_the_ends_that_are_worked_out_without_it() -> None:
    held = {
        "rate": (0.4, 1.1, 2.5),
        "hours": (8, 20, 48),
        "cost_per_hour": (400, 900, 1800),
        "replacement": (3000, 7000, 16000),
    }
    audits = {"audit_hours": (60, 110, 200), "audit_rate": (85, 95, 120)}
    inputs = [uneven(name, *ends, scenario="outage") for name, ends in held.items()]
    inputs += [uneven(name, *ends) for name, ends in audits.items()]

    case = business_case([Offer(vendor="A", name="A Ltd", inputs=tuple(inputs))], seed=7)

    # The inputs are independent; the mean of a PERT distribution is (low + 4 likely + high) / 6.
    mean = {name: (a + 4 * b + c) / 6 for name, (a, b, c) in (held | audits).items()}
    expected = mean["rate"] * (mean["hours"] * mean["cost_per_hour"] + mean["replacement"])
    expected += mean["audit_hours"] * mean["audit_rate"]
    (found,) = case.vendors
    assert found.mean == pytest.approx(expected, rel=0.02)
    assert found.likely == 1.1 * (20 * 900 + 7000) + 110 * 95
    (rate,) = (bar for bar in case.bars if bar.input.name == "rate")
    assert rate.at_low == 0.4 * (20 * 900 + 7000) + 110 * 95
    assert rate.at_high == 2.5 * (20 * 900 + 7000) + 110 * 95
    assert found.low < found.mean < found.high


def test_the_same_seed_gives_the_same_case_and_another_one_another() -> None:
    offers = [offer("A", 1.0), offer("B", 2.0)]

    first, again, other = (business_case(offers, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first.vendors[0].mean != other.vendors[0].mean


def test_alike_offers_cost_alike_since_they_share_their_luck() -> None:
    case = business_case([offer("A", 1.0), offer("B", 1.0)], seed=7)

    assert case.vendors[0].mean == case.vendors[1].mean
    assert sum(case.shares.values()) == 1


def test_the_deciding_input_changes_the_order_exactly_where_it_says() -> None:
    case = business_case([offer("A", 1.0), offer("B", 1.2)], seed=1)
    flips = [bar for bar in case.bars if bar.flips_at is not None]

    # A costs 1.0 x 1000 + 100, B 1.2 x 1000 + 100: A's rate decides at 1.2, B's at 1.0
    assert {(bar.vendor, round(bar.flips_at or 0, 9)) for bar in flips} == {("A", 1.2), ("B", 1.0)}
    assert case.sentence.startswith("Outage: rate of")


def test_no_input_decides_where_the_ends_never_meet() -> None:
    case = business_case([offer("A", 1.0, spread=0.1), offer("B", 9.0, spread=0.1)], seed=1)

    assert case.sentence.startswith("No single input changes the order")


def test_the_price_stands_beside_the_cost_and_never_in_it() -> None:
    dear, cheap = offer("A", 1.0, price=9_000.0), offer("A", 1.0, price=1.0)

    assert (
        business_case([dear], seed=1).vendors[0].likely
        == business_case([cheap], seed=1).vendors[0].likely
    )
    told = business_case([dear, offer("B", 2.0, price=1.0)], seed=1)
    assert [case.offer.vendor for case in told.vendors] == ["A", "B"]
    assert "B Ltd, A Ltd" in told.with_price


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.integers(0, 3),
)
def test_every_draw_lies_between_the_ends(a: float, b: float, c: float, seed: int) -> None:
    low, likely, high = sorted((a, b, c))
    rate = Input(scenario="s", name="rate", low=low, likely=likely, high=high, unit="u", source="x")
    hours = Input(scenario="s", name="hours", low=1, likely=1, high=1, unit="h", source="x")
    each = Input(scenario="s", name="cost_per_hour", low=1, likely=1, high=1, unit="E", source="x")

    (case,) = business_case(
        [Offer(vendor="A", name="A", inputs=(rate, hours, each))], seed=seed, draws=50
    ).vendors

    assert low <= case.low <= case.high <= high
    assert low * (1 - 1e-9) <= case.mean <= high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("low", "likely", "high", "source"),
    [(2, 1, 3, "x"), (1, 4, 3, "x"), (-1, 1, 3, "x"), (1, 2, 3, " ")],
)
def test_an_input_out_of_order_or_without_a_source_cannot_be_built(
    low: float, likely: float, high: float, source: str
) -> None:
    with pytest.raises(ValueError, match=r"rise|source"):
        Input(scenario="s", name="rate", low=low, likely=likely, high=high, unit="", source=source)


def test_a_vendor_without_a_scenario_has_no_case() -> None:
    empty = Offer(vendor="A", name="A Ltd", inputs=())

    with pytest.raises(InputError, match="no scenario"):
        business_case([empty], seed=1)

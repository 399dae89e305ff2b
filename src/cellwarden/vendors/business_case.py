"""What a vendor is expected to cost a year beside its price, and which input decides the order.

Expected yearly cost = sum over scenarios of rate x (hours x cost per hour + replacement), and audit
hours x audit rate. Each input is low, likely, high; a draw is PERT (Beta with shape 4), seeded; the
same draw is used for the same input of every vendor, so that luck does not part them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from cellwarden.model.errors import InputError

SHAPE: Final = 4
"""How much the likely value weighs beside the ends, as in PERT."""
DRAWS: Final = 4_000


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One input: at least, most likely, at most, in which unit, and from where."""

    scenario: str
    name: str
    low: float
    likely: float
    high: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        """Refuse ends that are out of order, below zero, or without a source."""
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.label}: {self.low}, {self.likely}, {self.high} do not rise")
        if not self.source.strip():
            raise ValueError(f"{self.label} names no source")

    @property
    def label(self) -> str:
        """What people call it."""
        words = self.name.replace("_", " ")
        return f"{self.scenario}: {words}" if self.scenario else words


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What one vendor's year may cost: its inputs, and its price beside them."""

    vendor: str
    name: str
    inputs: tuple[Input, ...]
    price: Input | None = None


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a tornado: the cost with one input at its ends, all others likely.

    ``flips_at`` is the value at which this vendor changes places with ``with_vendor``.
    """

    vendor: str
    input: Input
    at_low: float
    at_high: float
    flips_at: float | None
    with_vendor: str | None


class VendorCase(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor's expected yearly cost: likely, mean, and where nine of ten draws lie."""

    offer: Offer
    likely: float
    mean: float
    low: float
    high: float
    by_scenario: dict[str, float]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Vendors beside each other, cheapest first, and what decides their order.

    ``sentence`` speaks of the expected cost alone, ``with_price`` of cost and price together;
    ``shares`` says in how large a share of the draws each vendor is the cheapest.
    """

    vendors: tuple[VendorCase, ...]
    bars: tuple[Bar, ...]
    sentence: str
    with_price: str
    shares: dict[str, float]
    draws: int
    seed: int


def cost(inputs: Mapping[tuple[str, str], float]) -> float:
    """The expected yearly cost for one value of each input, by scenario and name."""
    scenarios = sorted({scenario for scenario, name in inputs if name == "rate"})
    return sum(scenario_cost(inputs, one) for one in scenarios) + (
        inputs.get(("", "audit_hours"), 0.0) * inputs.get(("", "audit_rate"), 0.0)
    )


def scenario_cost(inputs: Mapping[tuple[str, str], float], scenario: str) -> float:
    """What one scenario costs a year."""
    hours = inputs.get((scenario, "hours"), 0.0)
    per_hour = inputs.get((scenario, "cost_per_hour"), inputs.get(("", "cost_per_hour"), 0.0))
    replacement = inputs.get((scenario, "replacement"), 0.0)
    return inputs[scenario, "rate"] * (hours * per_hour + replacement)


def business_case(offers: Sequence[Offer], *, seed: int, draws: int = DRAWS) -> Case:
    """Simulate, rank and explain.

    Raises:
        InputError: a vendor has no scenario with a rate, or is there twice.
    """
    names = [offer.vendor for offer in offers]
    if len(set(names)) < len(names) or not offers:
        raise InputError("the case names a vendor twice, or none", advice="name each vendor once")
    for offer in offers:
        if not any(item.name == "rate" for item in offer.inputs):
            raise InputError(
                f"{offer.name} has no scenario with a rate",
                advice="write its inputs as rows of the kind `offer`: how often, hours, cost",
            )
    drawn = {offer.vendor: _drawn(offer, seed, draws) for offer in offers}
    cases = sorted((_case(offer, drawn[offer.vendor]) for offer in offers), key=_cheapest)
    bars = _bars(cases)
    return Case(
        vendors=tuple(cases),
        bars=bars,
        sentence=_sentence(cases, bars),
        with_price=_with_price(cases),
        shares=_shares(drawn),
        draws=draws,
        seed=seed,
    )


def _cheapest(case: VendorCase) -> tuple[float, str]:
    return case.likely, case.offer.vendor


def _drawn(offer: Offer, seed: int, draws: int) -> list[float]:
    columns = {(item.scenario, item.name): _samples(item, seed, draws) for item in offer.inputs}
    keys = list(columns)
    return [
        cost(dict(zip(keys, values, strict=True))) for values in zip(*columns.values(), strict=True)
    ]


def _samples(item: Input, seed: int, draws: int) -> list[float]:
    """Draws of one input; the stream hangs on its name alone, so vendors share their luck."""
    width = item.high - item.low
    if width == 0:
        return [item.likely] * draws
    source = random.Random(f"{seed}/{item.scenario}/{item.name}")  # noqa: S311 - repeatable on purpose
    alpha = 1 + SHAPE * (item.likely - item.low) / width
    beta = 1 + SHAPE * (item.high - item.likely) / width
    return [item.low + width * source.betavariate(alpha, beta) for _ in range(draws)]


def _likely(offer: Offer) -> dict[tuple[str, str], float]:
    return {(item.scenario, item.name): item.likely for item in offer.inputs}


def _case(offer: Offer, drawn: Sequence[float]) -> VendorCase:
    ordered = sorted(drawn)
    last = len(ordered) - 1
    values = _likely(offer)
    scenarios = sorted({item.scenario for item in offer.inputs if item.name == "rate"})
    by_scenario = {one: scenario_cost(values, one) for one in scenarios}
    audit = values.get(("", "audit_hours"), 0.0) * values.get(("", "audit_rate"), 0.0)
    if audit:
        by_scenario["audits"] = audit
    return VendorCase(
        offer=offer,
        likely=cost(values),
        mean=sum(ordered) / len(ordered),
        low=ordered[round(0.05 * last)],
        high=ordered[round(0.95 * last)],
        by_scenario=by_scenario,
    )


def _with_price(cases: Sequence[VendorCase]) -> str:
    """The same question where each vendor's likely price is added to its expected cost."""
    if any(case.offer.price is None for case in cases):
        unpriced = ", ".join(case.offer.name for case in cases if case.offer.price is None)
        return f"Not told with prices: {unpriced} gave none."
    prices = {case.offer.vendor: case.offer.price.likely for case in cases if case.offer.price}
    dearer = sorted(
        (
            msgspec.structs.replace(case, likely=case.likely + prices[case.offer.vendor])
            for case in cases
        ),
        key=_cheapest,
    )
    return _sentence(dearer, _bars(dearer, prices))


def _bars(
    cases: Sequence[VendorCase], prices: Mapping[str, float] | None = None
) -> tuple[Bar, ...]:
    bars = []
    for case in cases:
        values = _likely(case.offer)
        price = (prices or {}).get(case.offer.vendor, 0.0)
        for item in case.offer.inputs:
            key = (item.scenario, item.name)
            at_low = price + cost({**values, key: item.low})
            at_high = price + cost({**values, key: item.high})
            if at_low == at_high:
                continue
            flips_at, rival = _flip(case, cases, item, at_low, at_high)
            bars.append(
                Bar(
                    vendor=case.offer.vendor,
                    input=item,
                    at_low=at_low,
                    at_high=at_high,
                    flips_at=flips_at,
                    with_vendor=rival,
                )
            )
    bars.sort(key=lambda bar: (-(bar.at_high - bar.at_low), bar.vendor, bar.input.label))
    return tuple(bars)


def _flip(
    case: VendorCase, cases: Sequence[VendorCase], item: Input, at_low: float, at_high: float
) -> tuple[float | None, str | None]:
    """Where an input alone makes two vendors change places; the cost is linear in each input."""
    rivals = [other for other in cases if other is not case]
    for other in sorted(rivals, key=lambda one: abs(one.likely - case.likely)):
        if (at_low < other.likely) != (at_high < other.likely):
            share = (other.likely - at_low) / (at_high - at_low)
            return item.low + share * (item.high - item.low), other.offer.vendor
    return None, None


def _sentence(cases: Sequence[VendorCase], bars: Sequence[Bar]) -> str:
    order = ", ".join(case.offer.name for case in cases)
    if len(cases) == 1:
        widest = bars[0].input.label if bars else "no input"
        return f"{_capital(widest)} moves the cost of {order} most."
    deciding = [bar for bar in bars if bar.flips_at is not None]
    if not deciding:
        return f"No single input changes the order: {order}, cheapest first."
    names = {case.offer.vendor: case.offer.name for case in cases}
    first = min(deciding, key=_nearness)
    more = len(deciding) - 1
    return (
        f"{_capital(first.input.label)} of {names[first.vendor]} decides the order: at"
        f" {first.flips_at:.3g} {first.input.unit} instead of {first.input.likely:.3g} it changes"
        f" places with {names[first.with_vendor or '']}" + _others(more)
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _others(more: int) -> str:
    if not more:
        return "; no other input does."
    return f"; {more} more could, further away." if more > 1 else "; one more could, further away."


def _nearness(bar: Bar) -> float:
    """How far, in shares of its range, an input has to move before the order changes."""
    width = bar.input.high - bar.input.low
    return abs((bar.flips_at or 0.0) - bar.input.likely) / width


def _shares(drawn: Mapping[str, Sequence[float]]) -> dict[str, float]:
    wins = dict.fromkeys(drawn, 0)
    names = list(drawn)
    rows = list(zip(*drawn.values(), strict=True))
    for row in rows:
        wins[names[row.index(min(row))]] += 1
    return {name: count / len(rows) for name, count in wins.items()}

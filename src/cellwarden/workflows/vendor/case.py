"""The business case of some vendors: from the offers in the register to one paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import InputError
from cellwarden.reports.paper import Paper, Section, Table
from cellwarden.reports.tornado import Swing, tornado
from cellwarden.vendors.business_case import (
    SHAPE,
    Case,
    Input,
    Offer,
    VendorCase,
    business_case,
)
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.dossier import (
    Cells,
    facts_of,
    grade,
    latest_assessment,
    party_named,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

MOST_BARS: Final = 14
SEED: Final = 1
_UNIT: Final = "EUR"


def case_of(
    workspace: Workspace,
    vendors: Sequence[str],
    *,
    as_of: date,
    seed: int = SEED,
    known_at: int | None = None,
) -> tuple[Case, Paper]:
    """The case of some vendors, and the paper that tells it.

    Raises:
        InputError: no such party, or an offer is missing or does not fit; names the input.
    """
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        parties = [party_named(connection, name) for name in vendors]
        offers = [_offer(connection, party) for party in parties]
        case = business_case(offers, seed=seed)
        scores = {
            party["party_id"] or "": _score(connection, workspace, party, as_of)
            for party in parties
        }
        approvers = _approvers(connection, [party["party_id"] or "" for party in parties])
        connection.close()
    return case, _paper(
        case, scores, approvers, operator=workspace.settings.workspace.operator, as_of=as_of
    )


def _offer(connection: duckdb.DuckDBPyConnection, party: Cells) -> Offer:
    mine = [row for row in facts_of(connection, "offer") if row["party_id"] == party["party_id"]]
    if not mine:
        raise InputError(
            f"{party['name']} has no offer",
            advice="write its inputs into a register file `offers.csv`: scenario, input, low,"
            " likely, high, unit, known_from",
        )
    inputs = [_input(row) for row in mine]
    return Offer(
        vendor=party["party_id"] or "",
        name=party["name"] or party["party_id"] or "",
        inputs=tuple(item for item in inputs if item.name != "price"),
        price=next((item for item in inputs if item.name == "price"), None),
    )


def _input(row: Cells) -> Input:
    likely = row["likely"]
    place = f"the offer of {row['party_id']}, {row['scenario'] or 'general'}, {row['input']}"
    if likely is None:
        raise InputError(f"{place}: no likely value", advice="give low, likely and high")
    try:
        return Input(
            scenario=row["scenario"] or "",
            name=row["input"] or "",
            low=float(row["low"] or likely),
            likely=float(likely),
            high=float(row["high"] or likely),
            unit=row["unit"] or "",
            source=row["known_from"] or "",
        )
    except ValueError as error:
        raise InputError(f"{place}: {error}", advice="mend that row of offers.csv") from error


def _score(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, party: Cells, as_of: date
) -> str:
    row = latest_assessment(connection, party["party_id"] or "", as_of)
    if row is None:
        return "unproven"
    found = grade(connection, workspace, party, row, as_of=as_of)
    overall = found.score.overall
    shown = f"{float(overall.low):.2f} to {float(overall.high):.2f}" if overall else "not assessed"
    return shown if found.decision.may_sign else f"{shown}; may not be signed"


def _approvers(
    connection: duckdb.DuckDBPyConnection, parties: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            row["about_id"] or "",
            row["side"] or "",
            row["approver"] or "to be named",
            (row["answer"] or "waiting").replace("_", " "),
            (row["decided_at"] or "")[:10],
        )
        for row in facts_of(connection, "approval")
        if row["about_id"] in parties and row["step"] in {"purchase", "signature"}
    ]
    return tuple(sorted(rows))


def _paper(
    case: Case,
    scores: dict[str, str],
    approvers: tuple[tuple[str, ...], ...],
    *,
    operator: str,
    as_of: date,
) -> Paper:
    names = [item.offer.name for item in case.vendors]
    return Paper(
        kind=f"Business case for {operator}",
        title=" or ".join(one for one in (", ".join(names[:-1]), names[-1]) if one),
        dated=f"as of {as_of.isoformat()}",
        verdict=f"By cost: {_going_on(case.sentence)} With prices: {_going_on(case.with_price)}",
        is_good=None,
        sections=(
            _costs(case, scores),
            _drawn(case),
            _deciding(case),
            _scenarios(case),
            _inputs(case),
            _approving(approvers),
        ),
        foot=f"{case.draws} draws, seed {case.seed}, PERT distributions (Beta, shape {SHAPE}); the"
        " same draw serves the same input of every vendor. The score knows no price, and this paper"
        " decides nothing: people sign.",
    )


def _costs(case: Case, scores: dict[str, str]) -> Section:
    rows = tuple(
        (
            item.offer.name,
            _money(item.likely),
            _money(item.mean),
            f"{_money(item.low)} to {_money(item.high)}",
            f"{case.shares[item.offer.vendor]:.0%}".replace("%", " %"),
            _money(item.offer.price.likely) if item.offer.price else "not given",
            scores[item.offer.vendor],
        )
        for item in case.vendors
    )
    return Section(
        title="What a year may cost beside its price",
        words=(
            (
                "Expected yearly cost = sum over scenarios of rate x (hours x cost per hour +"
                " emergency replacement), and audit hours x audit rate. The price stands beside it"
                " and is no part of it; neither is part of the score."
            ),
        ),
        table=Table(
            heads=(
                "Vendor",
                f"Likely, {_UNIT}",
                "Mean",
                "Nine of ten draws",
                "Cheapest in",
                "Price",
                "Score",
            ),
            rows=rows,
            numbers=frozenset({1, 2, 3, 4, 5}),
        ),
    )


def _drawn(case: Case) -> Section:
    names = {item.offer.vendor: item.offer.name for item in case.vendors}
    likely = {item.offer.vendor: item.likely for item in case.vendors}
    short = {vendor: name.split()[0] for vendor, name in names.items()}
    bars = case.bars[:MOST_BARS]
    swings = [
        Swing(
            label=f"{short[bar.vendor]}, {bar.input.label}",
            middle=likely[bar.vendor],
            at_low=bar.at_low,
            at_high=bar.at_high,
            low_text=f"{bar.input.low:g} {bar.input.unit}: {_money(bar.at_low)}",
            high_text=f"{bar.input.high:g} {bar.input.unit}: {_money(bar.at_high)}",
            flips_to=likely[bar.with_vendor] if bar.with_vendor else None,
        )
        for bar in bars
    ]
    more = len(case.bars) - len(bars)
    return Section(
        title="Which input moves the cost",
        drawing=tornado(swings, unit=_UNIT),
        caption="Each bar: one input from its low to its high value, the others likely. The dashed"
        " line marks where two vendors change places."
        + (f" {more} smaller bars are left out; the inputs stand below." if more > 0 else ""),
        table=Table(
            heads=("Vendor", "Input", f"At its low, {_UNIT}", "Likely", "At its high", "Moves by"),
            rows=tuple(
                (
                    names[bar.vendor],
                    bar.input.label,
                    _money(bar.at_low),
                    _money(likely[bar.vendor]),
                    _money(bar.at_high),
                    _money(abs(bar.at_high - bar.at_low)),
                )
                for bar in bars
            ),
            numbers=frozenset({2, 3, 4, 5}),
        ),
    )


def _deciding(case: Case) -> Section:
    names = {item.offer.vendor: item.offer.name for item in case.vendors}
    rows = tuple(
        (
            names[bar.vendor],
            bar.input.label,
            f"{bar.input.likely:g}",
            f"{bar.flips_at:.3g}",
            bar.input.unit,
            names[bar.with_vendor or ""],
        )
        for bar in case.bars
        if bar.flips_at is not None
    )
    words = (
        f"By expected cost: {_going_on(case.sentence)}",
        f"Cost and price together: {_going_on(case.with_price)}",
    )
    if not rows:
        return Section(title="Which input decides the order", words=words)
    return Section(
        title="Which input decides the order",
        words=words,
        table=Table(
            heads=("Vendor", "Input", "Likely", "Changes at", "Unit", "Changes places with"),
            rows=rows,
            numbers=frozenset({2, 3}),
        ),
    )


def _scenarios(case: Case) -> Section:
    scenarios = sorted({one for item in case.vendors for one in item.by_scenario})
    return Section(
        title="What may happen",
        table=Table(
            heads=("Scenario", *(item.offer.name for item in case.vendors)),
            rows=tuple(
                (
                    one,
                    *(
                        _money(item.by_scenario[one]) if one in item.by_scenario else "-"
                        for item in case.vendors
                    ),
                )
                for one in scenarios
            ),
            numbers=frozenset(range(1, len(case.vendors) + 1)),
        ),
    )


def _inputs(case: Case) -> Section:
    rows = tuple(_input_row(item, one) for item in case.vendors for one in _all_inputs(item.offer))
    return Section(
        title="Inputs and where they come from",
        table=Table(
            heads=("Vendor", "Input", "Low", "Likely", "High", "Unit", "Source"),
            rows=rows,
            numbers=frozenset({2, 3, 4}),
        ),
    )


def _all_inputs(offer: Offer) -> tuple[Input, ...]:
    return (*offer.inputs, offer.price) if offer.price else offer.inputs


def _input_row(item: VendorCase, one: Input) -> tuple[str, ...]:
    return (
        item.offer.name,
        one.label,
        f"{one.low:g}",
        f"{one.likely:g}",
        f"{one.high:g}",
        one.unit,
        one.source,
    )


def _approving(approvers: tuple[tuple[str, ...], ...]) -> Section:
    if not approvers:
        return Section(
            title="Who approves",
            words=(
                (
                    "Nobody has been asked yet. Security, facilities and procurement approve, each"
                    " by another person, and none of them the requester."
                ),
            ),
        )
    return Section(
        title="Who approves",
        table=Table(heads=("Vendor", "Side", "Approver", "Answer", "On"), rows=approvers),
    )


def _going_on(sentence: str) -> str:
    """A sentence behind a colon."""
    return sentence[:1].lower() + sentence[1:]


def _money(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")

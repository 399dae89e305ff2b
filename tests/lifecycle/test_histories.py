"""Facts become lines: in order, with their grade, and what is absent is never told as fine."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cellwarden.lifecycle.history import life_of, rules
from cellwarden.model.facts import kinds
from cellwarden.model.lives import Life

AS_OF = "2026-11-16T23:59:59.000000Z"
ASSET = {
    "entry": "0", "row": "0", "source": "register/assets.csv", "asset_id": "A", "site_id": "NG1",
    "serial": "S1", "chemistry": "lithium_ion", "lifecycle": "in_service",
    "installed_on": "2024-01-02", "warranty_until": "2030-01-01",
}  # fmt: skip


def fact(number: int = 1, **cells: Any) -> dict[str, Any]:
    return {"entry": str(number), "row": "0", "source": "register/x.csv"} | cells


def told(
    asset: dict[str, Any] | None = None, *, declared: tuple[str, ...] = (), **facts: Any
) -> Life:
    return life_of(
        ASSET | (asset or {}),
        facts,
        grades={"DOC-1": "tested"},
        declared=frozenset(declared),
        as_of=AS_OF,
        ledger_size=9,
    )


def states(life: Life) -> dict[str, str]:
    return {gap.says: gap.state for gap in life.gaps}


def test_every_rule_names_columns_that_its_kind_has() -> None:
    for rule in rules().event:
        if rule.kind == "contract":
            continue  # a kind of the vendors' room, read where it is there
        known = set(kinds()[rule.kind].column_names)
        places = {name for piece in rule.says for name in re.findall(r"\{(\w+)\}", piece)}
        assert places | {rule.at} | set(rule.who) | set(rule.needs) | set(rule.only) <= known, rule
        assert rule.phase in rules().phases
    for expected in rules().expected:
        assert expected.phase in rules().phases


def test_an_asset_of_which_only_the_register_speaks_shows_gaps_that_are_unknown() -> None:
    life = told()

    assert [event.what for event in life.events] == [
        "in service since this day, by the register alone"
    ]
    assert states(life)["no authenticity check on record"] == "unknown"
    assert states(life)["no approval of the purchase on record"] == "unknown"


def test_what_a_site_declares_complete_is_missing_and_not_unknown() -> None:
    life = told(declared=("delivery",))

    assert states(life)["no delivery on record"] == "missing"
    assert states(life)["no contract on record"] == "unknown"


def test_a_delivery_that_nobody_examined_still_lacks_its_check() -> None:
    life = told(
        delivery=[fact(delivery_id="D", received_at="2024-01-01", authenticity="not_checked")]
    )

    assert "no delivery on record" not in states(life)
    assert states(life)["no authenticity check on record"] == "unknown"


def test_lines_stand_by_day_then_by_phase() -> None:
    life = told(
        installation=[fact(installation_id="I", installed_on="2024-01-02", location="x")],
        delivery=[
            fact(
                delivery_id="D", received_at="2024-01-02T08:00:00Z", checked_on="2024-01-02",
                authenticity="genuine", party_id="P",
            )
        ],
    )  # fmt: skip

    assert [re.split("[ ;]", event.what)[0] for event in life.events] == [
        "delivered", "authenticity:", "installed",
    ]  # fmt: skip


def test_what_lies_after_the_day_asked_for_is_left_out() -> None:
    life = told(ticket=[fact(ticket_id="T", type="service", opened_at="2026-11-17T00:00:00Z")])

    assert not [event for event in life.events if event.kind == "ticket"]


@pytest.mark.parametrize(
    ("cells", "grade"),
    [({}, "claimed"), ({"document_id": "DOC-1"}, "tested"), ({"document_id": "DOC-9"}, "claimed")],
)
def test_a_line_without_a_paper_is_only_claimed(cells: dict[str, str], grade: str) -> None:
    life = told(ticket=[fact(ticket_id="T", type="service", opened_at="2026-01-01") | cells])

    (line,) = (event for event in life.events if event.kind == "ticket")
    assert line.grade == grade


def test_a_line_without_a_time_is_kept_at_the_end() -> None:
    life = told(disposal=[fact(disposal_id="D", outcome="recycled", party_id="P")])

    assert life.events[-1].at == ""
    assert life.events[-1].what == "recycled by P"


def test_closing_a_retirement_turns_its_unknowns_into_holes() -> None:
    pending = fact(retirement_id="R", started_at="2026-01-01", retired_at="2026-02-01")
    retired = {"lifecycle": "retired"}

    before = states(told(retired, retirement=[pending]))
    after = states(told(retired, retirement=[pending | {"closed_at": "2026-03-01"}]))

    assert before["no hand-over on record"] == "unknown"
    assert after["no hand-over on record"] == "missing"


def test_a_part_that_answered_after_the_retirement_is_a_gap() -> None:
    life = told(
        {"lifecycle": "retired"},
        retirement=[fact(retirement_id="R", retired_at="2026-07-31T16:00:00Z")],
        component=[fact(component_id="A/c", read_at="2026-11-12T23:55:00Z", firmware="1")],
    )

    assert "a part answered 104 days after the retirement: it still speaks" in states(life)

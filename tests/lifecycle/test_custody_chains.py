"""The chain of custody: what is no gap, what is one, and in whatever order it was written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.lifecycle.custody import custody_gaps, hours_between, in_order
from cellwarden.model.times import format_time

START = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)

Chain = list[dict[str, str | None]]


def chain(hours: list[int]) -> Chain:
    """Hand-overs from hand to hand, each so many hours after the one before."""
    moment = START
    made: Chain = []
    for number, pause in enumerate(hours):
        moment += timedelta(hours=pause)
        made.append(
            {
                "handover_id": f"H{number:02}",
                "from_holder": f"holder {number}",
                "to_holder": f"Holder-{number + 1}",
                "handed_at": format_time(moment),
                "received_at": format_time(moment),
                "from_signed": "yes",
                "to_signed": "yes",
            }
        )
    return made


CHAINS = st.lists(st.integers(1, 400), min_size=1, max_size=6).map(chain)


@given(steps=CHAINS, order=st.randoms())
def test_a_chain_from_hand_to_hand_has_no_gap_in_whatever_order_it_was_written(
    steps: Chain, order: Random
) -> None:
    shuffled = list(steps)
    order.shuffle(shuffled)

    assert list(custody_gaps(shuffled)) == []
    assert in_order(shuffled) == steps


@given(steps=CHAINS, days=st.integers(1, 300))
def test_time_between_giving_and_taking_is_one_gap_and_says_its_days(
    steps: Chain, days: int
) -> None:
    last = steps[-1]
    handed = datetime.fromisoformat(str(last["handed_at"]))
    last["received_at"] = format_time(handed + timedelta(days=days))

    gaps = list(custody_gaps(steps))

    assert len(gaps) == 1
    assert f"{days} day" in gaps[0].says
    assert gaps[0].state == "missing"


def test_a_queue_at_the_gate_is_no_gap() -> None:
    steps = chain([1])
    steps[0]["received_at"] = format_time(START + timedelta(hours=4))

    assert list(custody_gaps(steps)) == []


def test_a_giver_who_never_took_it_is_a_gap() -> None:
    steps = chain([1, 2])
    steps[1]["from_holder"] = "somebody else"

    (gap,) = custody_gaps(steps)

    assert "H01 is given by somebody else" in gap.says


@pytest.mark.parametrize(("cell", "state"), [("no", "missing"), (None, "unknown")])
def test_a_signature_that_is_not_there_is_told_by_how_it_is_known(
    cell: str | None, state: str
) -> None:
    steps = chain([1])
    steps[0]["to_signed"] = cell

    (gap,) = custody_gaps(steps)

    assert (gap.state, "signature of the taker" in gap.says) == (state, True)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-13-45"])
def test_a_time_that_cannot_be_read_is_unknown_and_not_zero(text: str | None) -> None:
    steps = chain([1])
    steps[0]["received_at"] = text

    (gap,) = custody_gaps(steps)

    assert hours_between(format_time(START), text) is None
    assert gap.state == "unknown"

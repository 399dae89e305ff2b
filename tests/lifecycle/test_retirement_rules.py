"""The state machine of a retirement: nothing unknown is green, nothing known is outweighed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cellwarden.lifecycle.retirement import STEP_NAMES, Case, steps
from cellwarden.model.retirements import Step, StepState

GREEN = {StepState.DONE, StepState.NOT_NEEDED}

WHOLE = Case(
    asset_id="A",
    chemistry="lithium_ion",
    has_file=True,
    has_approval=True,
    retired_on="2026-08-25",
    leaves_the_house=True,
    has_cloud_data=True,
    cloud_data_is_settled=True,
    logs_are_returned=True,
    had_telemetry=True,
    telemetry_is_ended=True,
    is_read_after=False,
    listed_parts=3,
    holds_memory=True,
    unwiped_parts=0,
    open_accounts=0,
    open_paths=0,
    papers_needed="UN 3480",
    is_dangerous_goods=True,
    has_un_number=True,
    un_number="UN3480",
    un_number_fits=True,
    needs_un38_3=True,
    has_un38_3=True,
    damaged_goes_apart=True,
    is_damaged=False,
    has_handover=True,
    handovers=2,
    custody_gap_hours=0,
    holders_agree=True,
    is_disposed=True,
    last_holder_is_recycler=True,
    has_certificate=True,
    permit_held=True,
    weight_out_kg=412.5,
    weight_recycled_kg=410.0,
    weight_difference_percent=1,
)


def by_name(case: Case, accepted: frozenset[str] = frozenset()) -> dict[str, Step]:
    return {step.name: step for step in steps(case, accepted)}


def changed(**cells: Any) -> Case:
    return msgspec.structs.replace(WHOLE, **cells)


def test_a_whole_retirement_has_no_open_step() -> None:
    assert [step.name for step in steps(WHOLE) if step.is_open] == []


def test_of_an_asset_of_which_nothing_is_known_every_step_is_unknown() -> None:
    made = steps(Case(asset_id="A"))

    assert {step.state for step in made} == {StepState.UNKNOWN}
    assert tuple(step.name for step in made) == STEP_NAMES


@pytest.mark.parametrize(
    ("cells", "step", "state", "word"),
    [
        ({"has_approval": False}, "approval", StepState.MISSING, "nobody"),
        ({"cloud_data_is_settled": False}, "cloud", StepState.WRONG, "still holds"),
        ({"logs_are_returned": False}, "logs", StepState.MISSING, "not handed over"),
        ({"is_read_after": True, "last_read_on": "2026-11-12"}, "telemetry", StepState.WRONG,
         "still speaks"),
        ({"is_read_after": None}, "telemetry", StepState.UNKNOWN, "not known"),
        ({"weak_wipes": ("SAN-1 (too weak)",)}, "wipe", StepState.WRONG, "SAN-1"),
        ({"unwiped_parts": 1, "unwiped_names": "A/gw"}, "wipe", StepState.MISSING, "A/gw"),
        ({"open_accounts": 1, "open_names": "admin"}, "access", StepState.WRONG, "admin"),
        ({"open_accounts": None}, "access", StepState.UNKNOWN, "accounts"),
        ({"open_paths": 2, "open_names": "tunnel"}, "access", StepState.WRONG, "tunnel"),
        ({"has_un38_3": False}, "papers", StepState.WRONG, "no UN 38.3"),
        ({"un_number": "UN2800", "un_number_fits": False}, "papers", StepState.WRONG, "UN2800"),
        ({"is_damaged": True, "is_packed_apart": False}, "papers", StepState.WRONG, "not apart"),
        ({"is_damaged": True}, "papers", StepState.UNKNOWN, "damaged cells go apart"),
        ({"chemistry": None, "papers_needed": None}, "papers", StepState.UNKNOWN, "chemistry"),
        ({"chemistry": "lead_acid", "needs_un38_3": False}, "papers", StepState.WRONG,
         "does not have"),
        ({"custody_gap_hours": 216, "custody_gap_days": 9}, "custody", StepState.WRONG, "9 days"),
        ({"unsigned": ("HND-2",)}, "custody", StepState.WRONG, "HND-2"),
        ({"holders_agree": False}, "custody", StepState.WRONG, "last taker"),
        ({"handovers": 0, "has_handover": False}, "custody", StepState.MISSING, "without"),
        ({"permit_held": False}, "recycler", StepState.WRONG, "permit"),
        ({"has_certificate": False}, "recycler", StepState.MISSING, "certificate"),
        ({"weight_difference_percent": 20}, "weight", StepState.WRONG, "20 %"),
    ],
)  # fmt: skip
def test_a_hole_is_seen_where_it_is_and_nowhere_else(
    cells: dict[str, Any], step: str, state: StepState, word: str
) -> None:
    made = by_name(changed(**cells))

    assert made[step].state is state
    assert word in made[step].because
    assert {name for name, one in made.items() if one.is_open} == {step}


@pytest.mark.parametrize(
    ("cells", "step"),
    [
        ({"has_cloud_data": False, "cloud_data_is_settled": None}, "cloud"),
        ({"has_cloud_data": False, "logs_are_returned": None}, "logs"),
        ({"holds_memory": False, "unwiped_parts": None}, "wipe"),
        ({"leaves_the_house": False, "has_un_number": None}, "papers"),
        ({"leaves_the_house": False, "is_disposed": None}, "recycler"),
        ({"chemistry": "none", "is_dangerous_goods": False, "has_un38_3": None}, "papers"),
    ],
)
def test_a_step_is_not_needed_only_where_somebody_said_so(cells: dict[str, Any], step: str) -> None:
    assert by_name(changed(**cells))[step].state is StepState.NOT_NEEDED


ANSWER = st.sampled_from([True, False, None])
CASES = st.builds(
    Case,
    asset_id=st.just("A"),
    chemistry=st.sampled_from([None, "lithium_ion", "lead_acid"]),
    papers_needed=st.sampled_from([None, "papers"]),
    un_number=st.just("UN3480"),
    retired_on=st.sampled_from([None, "2026-08-25"]),
    handovers=st.integers(0, 3),
    custody_gap_hours=st.sampled_from([None, 0, 4, 5, 216]),
    unwiped_parts=st.sampled_from([None, 0, 2]),
    open_accounts=st.sampled_from([None, 0, 1]),
    open_paths=st.sampled_from([None, 0, 1]),
    listed_parts=st.sampled_from([None, 0, 2]),
    weak_wipes=st.sampled_from([(), ("SAN-1",)]),
    unsigned=st.sampled_from([(), ("HND-1",)]),
    weight_out_kg=st.just(10.0),
    weight_recycled_kg=st.just(9.0),
    weight_difference_percent=st.sampled_from([None, 0, 5, 6]),
    **{
        name: ANSWER
        for name in Case.__struct_fields__
        if name.startswith(("is_", "has_", "had_", "permit_", "holders_", "needs_", "leaves_"))
        or name in {"cloud_data_is_settled", "logs_are_returned", "telemetry_is_ended",
                    "holds_memory", "un_number_fits", "damaged_goes_apart",
                    "last_holder_is_recycler"}
    },
)  # fmt: skip

FORGETTABLE = sorted(
    set(Case.__struct_fields__)
    # What nobody recorded cannot be a wrong paper; counts and lists are never unknown.
    - {"asset_id", "has_un38_3", "handovers", "weak_wipes", "unsigned", "un_number"}
    - {"weight_out_kg", "weight_recycled_kg", "listed_parts"}
)


@given(case=CASES, name=st.sampled_from(FORGETTABLE))
def test_forgetting_something_never_makes_a_step_green(case: Case, name: str) -> None:
    assume(case.is_read_after is None or case.listed_parts != 0)
    before = by_name(case)

    after = by_name(msgspec.structs.replace(case, **{name: None}))

    for step, one in after.items():
        assert one.state not in GREEN or before[step].state in GREEN, (step, name)


@given(case=CASES, checks=st.sets(st.sampled_from([c for s in steps(WHOLE) for c in s.checks])))
def test_an_exception_makes_a_step_accepted_and_never_done(case: Case, checks: set[str]) -> None:
    before = by_name(case)

    after = by_name(case, frozenset(checks))

    for name, one in after.items():
        covered = before[name].is_open and checks.intersection(one.checks)
        assert one.state is (StepState.ACCEPTED if covered else before[name].state)

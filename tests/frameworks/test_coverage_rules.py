"""Coverage: nothing but passes on more than claims, for every requirement, is ever evidenced."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.frameworks import catalogues, coverage, requirements_of, state_of, summaries
from cellwarden.model.coverage import CheckStanding, ControlState, Grade
from cellwarden.model.findings import Severity
from cellwarden.model.ids import CheckId


def standing(requirement: str = "R18", **counts: object) -> CheckStanding:
    return msgspec.convert(
        {
            "check": f"check-{requirement}",
            "title": "t",
            "asks": "a?",
            "severity": "low",
            "requirements": [requirement],
            **counts,
        },
        CheckStanding,
    )


counts = st.integers(min_value=0, max_value=3)


@st.composite
def standings(draw: st.DrawFn) -> CheckStanding:
    passes = draw(counts)
    claimed = draw(st.integers(min_value=0, max_value=passes))
    return CheckStanding(
        check=CheckId(draw(st.sampled_from("abcdef"))),
        title="t",
        asks="a?",
        severity=Severity.LOW,
        requirements=tuple(draw(st.sets(st.sampled_from(["R01", "R02", "R03"]), min_size=1))),
        fails=draw(counts),
        passes=passes,
        unknowns=draw(counts),
        not_applicable=draw(counts),
        grades={Grade.CLAIMED: claimed, Grade.TESTED: passes - claimed},
    )


def test_one_failure_contradicts_whatever_else_passes() -> None:
    state, because = state_of(["R18"], [standing(fails=1, passes=99)])

    assert state is ControlState.CONTRADICTED
    assert because == "1 of 100 judgements failed"


def test_an_accepted_failure_still_contradicts_and_says_that_it_is_accepted() -> None:
    state, because = state_of(["R18"], [standing(fails=2, accepted=1)])

    assert state is ControlState.CONTRADICTED
    assert "1 of them accepted by an exception" in because


def test_a_control_without_a_check_has_no_evidence() -> None:
    assert state_of(["R18"], [])[0] is ControlState.NO_EVIDENCE


def test_checks_that_apply_to_nothing_are_no_evidence() -> None:
    assert state_of(["R18"], [standing(not_applicable=7)])[0] is ControlState.NO_EVIDENCE


def test_one_unknown_keeps_it_unknown() -> None:
    state, because = state_of(["R18"], [standing(passes=9, unknowns=1, grades={"tested": 9})])

    assert state is ControlState.UNKNOWN
    assert because == "1 of 10 judgements lack facts"


def test_a_claim_is_no_evidence_and_says_claimed_only() -> None:
    grades = {"claimed": 1, "tested": 8}
    state, because = state_of(["R18"], [standing(passes=9, grades=grades)])

    assert state is ControlState.UNKNOWN
    assert because.startswith("claimed only: 1 of 9")


def test_a_requirement_that_no_check_speaks_to_keeps_it_unknown() -> None:
    grades = {"documented": 9}
    state, because = state_of(["R18", "R24"], [standing(passes=9, grades=grades)])

    assert state is ControlState.UNKNOWN
    assert because == "in part: no check speaks to R24"


def test_passes_on_documents_or_tests_for_every_requirement_are_evidence() -> None:
    both = [
        standing("R18", passes=2, grades={"documented": 2}),
        standing("R24", passes=3, grades={"tested": 3}),
    ]

    assert state_of(["R18", "R24"], both) == (
        ControlState.EVIDENCED,
        "5 of 5 judgements passed",
    )


@given(st.lists(standings(), max_size=5), st.sets(st.sampled_from(["R01", "R02"]), min_size=1))
def test_evidenced_means_that_everything_passed_on_more_than_a_claim(
    found: list[CheckStanding], requirements: set[str]
) -> None:
    state, because = state_of(sorted(requirements), found)

    assert because
    if state is ControlState.EVIDENCED:
        assert not any(one.fails or one.unknowns or one.grades[Grade.CLAIMED] for one in found)
        assert requirements <= {name for one in found for name in one.requirements}
        assert any(one.passes for one in found)


@given(st.lists(standings(), min_size=1, max_size=5))
def test_losing_a_fact_never_makes_a_control_evidenced(found: list[CheckStanding]) -> None:
    first = found[0]
    lost = msgspec.structs.replace(first, passes=0, grades={}, unknowns=first.unknowns + 1)

    assert state_of(["R01"], [lost, *found[1:]])[0] is not ControlState.EVIDENCED


@given(st.lists(standings(), max_size=5))
def test_the_states_of_a_framework_add_up_to_its_mapped_controls(
    found: list[CheckStanding],
) -> None:
    catalogue = catalogues()["nis2"]

    whole = coverage(catalogue, found, as_of="2026-11-16T00:00:00Z", site_id=None)
    line = next(one for one in summaries(found) if one.framework == "nis2")

    assert sum(whole.states.values()) == len(whole.controls) == line.controls
    assert {state.value: count for state, count in whole.states.items()} == line.states
    assert [one.control_id for one in whole.controls] == list(requirements_of(catalogue.label))


def test_a_framework_without_a_mapping_has_no_states_and_no_line() -> None:
    whole = coverage(catalogues()["sp-800-171"], [], as_of="2026-11-16", site_id=None)

    assert whole.controls == ()
    assert whole.held == 97
    assert "sp-800-171" not in {one.framework for one in summaries([])}

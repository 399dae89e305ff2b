from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.vendors.onboarding import (
    SIDES,
    Approval,
    Onboarding,
    PassedBy,
    Step,
    must_be_approvable,
    must_be_signable,
    open_points,
    step_of,
)

BEGAN = date(2026, 10, 1)
TODAY = date(2026, 11, 16)
PEOPLE = {"security": "Ann", "facilities": "Ben", "procurement": "Cem"}


def said(side: str, *, by: str | None = None, answer: str = "approved", day: int = 10) -> Approval:
    return Approval(
        id=f"A-{side}-{day}",
        side=side,
        approver=by or PEOPLE[side],
        answer=answer,
        decided_on=BEGAN + timedelta(days=day),
    )


def way(*approvals: Approval, **more: object) -> Onboarding:
    values = {
        "id": "V-ON-2026-1",
        "party_id": "V",
        "requester": "Dora",
        "started_on": BEGAN,
        "approvals": approvals,
        "answers_on": BEGAN + timedelta(days=5),
    }
    return Onboarding(**(values | more))  # type: ignore[arg-type]  # names as in the struct


def passed(about: str, /, **more: object) -> PassedBy:
    values = {
        "id": "EX-1",
        "about": about,
        "reason": "spare in place",
        "requester": "Dora",
        "approver": "Ann",
        "expires_on": TODAY,
    }
    return PassedBy(**(values | more))  # type: ignore[arg-type]  # names as in the struct


ALL = tuple(said(side) for side in SIDES)


def test_three_sides_and_nothing_against_it_are_ready_to_sign() -> None:
    assert step_of(way(*ALL), TODAY) is Step.READY
    must_be_signable(way(*ALL), by="Cem", as_of=TODAY)


@pytest.mark.parametrize("left_out", SIDES)
def test_a_side_that_has_not_spoken_stops_the_signature(left_out: str) -> None:
    held = way(*(said(side) for side in SIDES if side != left_out))

    assert step_of(held, TODAY) is Step.APPROVING
    with pytest.raises(PermissionRefused, match=f"{left_out} has to approve"):
        must_be_signable(held, by="Cem", as_of=TODAY)


@pytest.mark.parametrize("name", ["Dora", "dora", " D.ora ", ""])
def test_nobody_approves_or_signs_their_own_request(name: str) -> None:
    with pytest.raises(PermissionRefused):
        must_be_approvable(way(), side="security", approver=name, answer="approved")
    with pytest.raises(PermissionRefused):
        must_be_signable(way(*ALL), by=name, as_of=TODAY)


def test_where_the_requester_is_not_known_nobody_is_known_to_be_another() -> None:
    with pytest.raises(PermissionRefused):
        must_be_approvable(way(requester=""), side="security", approver="Ann", answer="approved")


def test_one_person_does_not_speak_for_two_sides() -> None:
    with pytest.raises(PermissionRefused, match="another side"):
        must_be_approvable(
            way(said("security", by="Ann")), side="facilities", approver="ANN", answer="approved"
        )


def test_an_approval_by_the_requester_that_a_file_brought_in_does_not_count() -> None:
    held = way(said("security"), said("facilities"), said("procurement", by="Dora"))

    (point,) = open_points(held, TODAY)
    assert point.startswith("procurement has to approve again")


def test_an_approval_older_than_the_answers_has_to_be_given_again() -> None:
    held = way(said("security", day=2), said("facilities"), said("procurement"))

    assert "security has to approve again: what it approved has changed" in open_points(held, TODAY)


def test_a_refusal_stands_until_the_same_side_approves() -> None:
    refused = said("security", answer="refused", day=12)
    again = said("security", day=20)

    assert step_of(way(*ALL, refused), TODAY) is Step.APPROVING
    assert step_of(way(*ALL, refused, again), TODAY) is Step.READY


@pytest.mark.parametrize("about", ["gate:no-mfa", "follow-up:abc", "score"])
def test_only_a_named_expiring_exception_passes_what_stands_against_it(about: str) -> None:
    against = ((about, f"{about} stands against it"),)
    held = way(*ALL, against=against)

    assert step_of(held, TODAY) is Step.ASSESSING
    assert step_of(way(*ALL, against=against, passes=(passed(about),)), TODAY) is Step.READY


@pytest.mark.parametrize(
    "fault",
    [
        {"expires_on": None},
        {"expires_on": TODAY - timedelta(days=1)},
        {"approver": "Dora"},
        {"approver": " "},
        {"reason": ""},
        {"about": "gate:listed-entity"},
    ],
)
def test_an_exception_without_end_names_or_reason_passes_nothing(fault: dict[str, object]) -> None:
    held = way(*ALL, against=(("gate:no-mfa", "shut"),), passes=(passed("gate:no-mfa", **fault),))

    assert step_of(held, TODAY) is Step.ASSESSING


def test_a_signed_one_is_not_signed_or_approved_again() -> None:
    signed = way(*ALL, signed_on=TODAY, signed_by="Cem")

    assert step_of(signed, TODAY) is Step.SIGNED
    with pytest.raises(InputError, match="already"):
        must_be_signable(signed, by="Cem", as_of=TODAY)
    with pytest.raises(InputError, match="was signed"):
        must_be_approvable(signed, side="security", approver="Ann", answer="approved")


@given(
    approvals=st.lists(
        st.builds(
            said,
            st.sampled_from(SIDES),
            by=st.sampled_from(["Ann", "Ben", "Cem", "Dora"]),
            answer=st.sampled_from(["approved", "approved_with_conditions", "refused"]),
            day=st.integers(0, 40),
        ),
        max_size=8,
    ),
    blocked=st.booleans(),
)
def test_whatever_was_said_a_ready_one_has_three_sides_and_no_requester_among_them(
    approvals: list[Approval], *, blocked: bool
) -> None:
    held = way(*approvals, against=(("score", "too low"),) if blocked else ())

    if step_of(held, TODAY) is Step.READY:
        assert not blocked
        assert {a.side for a in approvals if a.approver != "Dora"} == set(SIDES)

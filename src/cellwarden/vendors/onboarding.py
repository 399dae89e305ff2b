"""From the first request to a signature: a state machine that nobody can hurry alone.

Rules: three sides approve (security, facilities, procurement), each by another person, none of them
the requester; an approval holds only for the answers that were there when it was given; a refusal
stops until the same side approves; whatever stands against the vendor (low end, gates, follow-ups)
has to be gone or passed by a named, expiring exception; only then one of the approvers, or somebody
else than the requester, signs, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from cellwarden.model.errors import InputError, PermissionRefused

SIDES: Final = ("security", "facilities", "procurement")
ANSWERS: Final = ("approved", "approved_with_conditions", "refused")


class Step(StrEnum):
    """Where an onboarding stands."""

    ASSESSING = "assessing"
    APPROVING = "approving"
    READY = "ready to sign"
    SIGNED = "signed"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One side's word."""

    id: str
    side: str
    approver: str
    answer: str
    decided_on: date
    conditions: str | None = None
    document_id: str | None = None


class PassedBy(msgspec.Struct, frozen=True, kw_only=True):
    """An exception to something that stands against a vendor: what, by whom, until when."""

    id: str
    about: str
    reason: str
    requester: str
    approver: str
    expires_on: date | None


class Onboarding(msgspec.Struct, frozen=True, kw_only=True):
    """One way to a signature, as known on a day.

    ``against`` is everything that stands against the vendor, as ``about`` and words; ``answers_on``
    the day on which answers or reviews last changed.
    """

    id: str
    party_id: str
    requester: str
    started_on: date
    approvals: tuple[Approval, ...] = ()
    against: tuple[tuple[str, str], ...] = ()
    passes: tuple[PassedBy, ...] = ()
    answers_on: date | None = None
    signed_on: date | None = None
    signed_by: str | None = None


def holding(onboarding: Onboarding) -> dict[str, Approval]:
    """The last word of each side, of those that still hold."""
    found: dict[str, Approval] = {}
    for item in sorted(onboarding.approvals, key=lambda a: (a.decided_on, a.id)):
        is_old = onboarding.answers_on is not None and item.decided_on < onboarding.answers_on
        is_anothers = _is_another(item.approver, onboarding.requester)
        if item.decided_on >= onboarding.started_on and not is_old and is_anothers:
            found[item.side] = item
    return found


def open_points(onboarding: Onboarding, as_of: date) -> tuple[str, ...]:
    """Everything that stands before the signature, in words."""
    return (*_against(onboarding, as_of), *_approvals(onboarding))


def step_of(onboarding: Onboarding, as_of: date) -> Step:
    """Where it stands on a day."""
    if onboarding.signed_on is not None:
        return Step.SIGNED
    if any(_against(onboarding, as_of)):
        return Step.ASSESSING
    return Step.APPROVING if any(_approvals(onboarding)) else Step.READY


def must_be_approvable(onboarding: Onboarding, *, side: str, approver: str, answer: str) -> None:
    """Refuse an approval that the rules forbid.

    Raises:
        InputError: no such side or answer, or it is signed already.
        PermissionRefused: the requester would approve, or one person two sides.
    """
    if side not in SIDES or answer not in ANSWERS:
        raise InputError(
            f"{side!r} or {answer!r} is unknown",
            advice=f"sides: {', '.join(SIDES)}; answers: {', '.join(ANSWERS)}",
        )
    if onboarding.signed_on is not None:
        raise InputError(
            f"{onboarding.id} was signed on {onboarding.signed_on}",
            advice="start a new one with `vendor onboard V start`",
        )
    if not _is_another(approver, onboarding.requester):
        raise PermissionRefused(
            f"{approver or 'nobody'} asked for {onboarding.party_id} and cannot approve it",
            advice=f"somebody else on the side of {side} has to approve",
        )
    others = [a for a in holding(onboarding).values() if a.side != side]
    if any(same_person(a.approver, approver) for a in others):
        raise PermissionRefused(
            f"{approver} has spoken for another side already",
            advice="each side is approved by another person",
        )


def must_be_signable(onboarding: Onboarding, *, by: str, as_of: date) -> None:
    """Refuse a signature that the rules forbid, with everything that is missing.

    Raises:
        InputError: it is signed already.
        PermissionRefused: something stands against it, or the requester would sign.
    """
    if onboarding.signed_on is not None:
        raise InputError(
            f"{onboarding.id} was signed on {onboarding.signed_on} already",
            advice="`vendor onboard V status` shows it",
        )
    if not _is_another(by, onboarding.requester):
        raise PermissionRefused(
            f"{by or 'nobody'} asked for {onboarding.party_id} and cannot sign",
            advice="somebody else signs",
        )
    points = open_points(onboarding, as_of)
    if points:
        raise PermissionRefused(
            f"{onboarding.party_id} cannot be signed:\n  " + "\n  ".join(points),
            advice="settle each point; a gate, a follow-up or the score passes only by a named,"
            " expiring exception (kind `exception`)",
        )


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, without case, blanks and punctuation."""
    return _plain(one) == _plain(other)


def passed_by(onboarding: Onboarding, about: str, as_of: date) -> PassedBy | None:
    """The exception in force for one thing that stands against the vendor."""
    for item in onboarding.passes:
        is_named = item.reason.strip() and item.approver.strip() and item.requester.strip()
        is_own = same_person(item.approver, item.requester)
        in_force = item.expires_on is not None and item.expires_on >= as_of
        if item.about == about and is_named and not is_own and in_force:
            return item
    return None


def _against(onboarding: Onboarding, as_of: date) -> Iterator[str]:
    for about, words in onboarding.against:
        if passed_by(onboarding, about, as_of) is None:
            yield words


def _approvals(onboarding: Onboarding) -> Iterable[str]:
    words = holding(onboarding)
    for side in SIDES:
        item = words.get(side)
        if item is None:
            old = any(a.side == side for a in onboarding.approvals)
            yield f"{side} has to approve" + (" again: what it approved has changed" if old else "")
        elif item.answer == "refused":
            yield f"{side} refused: {item.approver}, {item.decided_on}"


def _is_another(person: str, requester: str) -> bool:
    """Whether both are named and differ; where nobody is named, nobody is known to be another."""
    return bool(_plain(person)) and bool(_plain(requester)) and not same_person(person, requester)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())

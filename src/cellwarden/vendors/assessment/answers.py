"""What a vendor answered and what backs it: answers, evidence, and one assessment as JSON."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from cellwarden.model.errors import InputError

LARGEST_ASSESSMENT: Final = 20_000_000
"""Bytes of one assessment in JSON."""


class EvidenceKind(StrEnum):
    """What a piece of evidence is, weakest first.

    A claim is the vendor's word; a policy a document that says what should happen; a record a
    sample that it did; a report an independent body's, in scope; a test our own or telemetry.
    """

    CLAIM = "claim"
    POLICY = "policy"
    RECORD = "record"
    REPORT = "report"
    TEST = "test"


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that shows that an objective is met, or that it is not.

    ``entity``, ``product`` and ``version`` are what it speaks of, as far as it says so.
    ``voided_on`` is when a change (``voided_by``: firmware, owner, partner, component) took its
    ground away; ``reaffirmed_on`` is when the vendor re-affirmed it in writing.
    """

    id: str
    kind: EvidenceKind
    shows_met: bool
    entity: str | None = None
    product: str | None = None
    version: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    voided_on: date | None = None
    voided_by: str | None = None
    reaffirmed_on: date | None = None
    quote: str | None = None

    @property
    def is_admission(self) -> bool:
        """True where the vendor itself says that it does not meet the objective."""
        vendors_own = {EvidenceKind.CLAIM, EvidenceKind.POLICY, EvidenceKind.RECORD}
        return not self.shows_met and self.kind in vendors_own


class NotApplicable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vendor's word that an objective does not apply; it counts once our reviewer accepts it."""

    reason: str
    accepted_by: str | None = None
    accepted_on: date | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a vendor gave to one question.

    ``choice`` holds the chosen options; ``slots`` what the answer names, by slot;
    ``evidence`` what backs each objective; ``not_applicable`` is by objective, ``*`` for all.
    ``choice_accepted_by`` is our reviewer who checked the choice: until then it closes no branch.
    """

    text: str = ""
    choice: tuple[str, ...] = ()
    choice_accepted_by: str | None = None
    slots: dict[str, str] = {}
    evidence: dict[str, tuple[Evidence, ...]] = {}
    not_applicable: dict[str, NotApplicable] = {}


class Assessment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers of one vendor for one product and version, asked at one tier (1, 2 or 3)."""

    vendor: str
    entity: str
    product: str
    version: str
    tier: int
    answers: dict[str, Answer] = {}

    def __post_init__(self) -> None:
        """Refuse a tier that no bank has."""
        if self.tier not in {1, 2, 3}:
            raise ValueError(f"tier {self.tier} is none of 1, 2, 3")


def read_assessment(data: bytes) -> Assessment:
    """Read an assessment from JSON.

    Raises:
        InputError: too large, no JSON, or a key that is missing, unknown or of the wrong kind.
    """
    advice = "write it with `write_assessment`, or put the named key right"
    if len(data) > LARGEST_ASSESSMENT:
        raise InputError(f"the assessment is over {LARGEST_ASSESSMENT} bytes", advice=advice)
    try:
        return msgspec.json.decode(data, type=Assessment)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the assessment cannot be read: {error}", advice=advice) from error


def write_assessment(assessment: Assessment) -> bytes:
    """Write an assessment as JSON, indented; :func:`read_assessment` gives the same value back."""
    return msgspec.json.format(msgspec.json.encode(assessment), indent=2) + b"\n"

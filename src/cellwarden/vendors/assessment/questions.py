"""The nouns of a questionnaire: questions, their objectives, branches, and the bank they form."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

DOMAINS: Final = (
    "firmware-trust",
    "access",
    "response-and-disclosure",
    "sub-tier-transparency",
    "spares-and-local-support",
    "evidence",
    "ownership",
)
"""The parts of the score, in the order in which they are shown."""

AREA_OF_TOPIC: Final = {
    "architecture": "firmware security",
    "update-process": "firmware security",
    "signing": "firmware security",
    "secure-boot": "firmware security",
    "rollback": "firmware security",
    "emergency-patches": "firmware security",
    "disclosure": "firmware security",
    "support-identity": "remote access",
    "telemetry": "remote access",
    "incident-notice": "audit evidence",
    "logging": "audit evidence",
    "decommissioning": "audit evidence",
    "battery-passport": "audit evidence",
    "subcontractors": "subcontractors",
    "spares": "spare parts",
    "connectivity-loss": "spare parts",
    "vendor-identity": "vendor identity",
}
"""Each topic and the area of the procurement checklist that it belongs to."""

Slot = Literal["mechanism", "scope", "version", "owner", "date", "document"]
"""What an answer has to name: how, for which products, which release, who, when, which paper."""

Gate = Literal["unsigned-firmware", "standing-access", "no-mfa", "listed-entity", "no-exit-path"]
"""What stops a signature whatever the average says."""

AnswerType = Literal["single", "multiple", "date", "number", "text", "file"]

EFFORT: Final = {"single": 1, "multiple": 1, "date": 1, "number": 1, "text": 2, "file": 3}
"""What one objective costs both sides to answer, in units of a ticked box, by answer type."""


class Branch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question is asked if ``question`` was answered with one of the options ``is``."""

    question: str
    options: tuple[str, ...] = msgspec.field(name="is")


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of the bank.

    ``tier`` 1 is asked of everybody, 2 and 3 where the sites served are more critical.
    ``objectives`` maps the id of each atomic objective to its sentence. ``admits`` maps an
    option to the objectives that it concedes. ``about`` says whether evidence has to fit the
    product and its version, or only the legal entity. ``gate_objectives`` are those without
    which the gate stays shut.
    """

    id: str
    domain: str
    asks: str
    why: str
    topic: str
    tier: Literal[1, 2, 3]
    weight: Literal[1, 3, 5]
    type: AnswerType
    slots: tuple[Slot, ...]
    requirements: tuple[str, ...]
    objectives: dict[str, str]
    options: tuple[str, ...] = ()
    admits: dict[str, tuple[str, ...]] = {}
    about: Literal["product", "entity"] = "product"
    asked_if: Branch | None = None
    gate: Gate | None = None
    gate_objectives: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The area of the procurement checklist that this question belongs to."""
        return AREA_OF_TOPIC[self.topic]


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    """Questions by id, in the order in which they are asked."""

    questions: dict[str, Question]

    def of_tier(self, tier: int) -> tuple[Question, ...]:
        """The questions asked in an assessment of this tier (those of lower tiers too)."""
        return tuple(q for q in self.questions.values() if q.tier <= tier)

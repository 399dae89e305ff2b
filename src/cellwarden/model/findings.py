"""Verdicts, severities and findings: what a check says, and what somebody has to act on."""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from cellwarden.model.ids import CheckId, FactId, FindingId, SubjectId


class Verdict(StrEnum):
    """What a check says of one subject. Only ``PASS`` may ever look green."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How much it matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; sorts findings."""
        return list(Severity).index(self)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict that somebody has to act on, with its proof.

    ``count`` is above 1 where unknowns of one check, missing column, site and vendor stand
    together. ``deadline_on`` and ``first_seen_on`` are ISO dates. ``exception_id`` names the
    exception that accepts it, if one is in force.
    """

    id: FindingId
    check: CheckId
    topic: str
    title: str
    subject_kind: str
    subject: SubjectId
    verdict: Verdict
    severity: Severity
    because: str
    why_it_matters: str
    remedy: str
    site_id: str | None
    vendor: str | None
    evidence: tuple[FactId, ...]
    witness: dict[str, str | None]
    requirements: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    count: int = 1
    first_seen_on: str | None = None
    deadline_on: str | None = None
    deadline_reason: str | None = None
    exception_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse a failure that cites nothing."""
        if self.verdict is Verdict.FAIL and not self.evidence:
            raise ValueError(f"{self.check} on {self.subject} cites no evidence")


def finding_id(check: str, subject: str) -> FindingId:
    """The same check on the same subject has the same id in every run."""
    return FindingId(hashlib.sha256(f"{check}\0{subject}".encode()).hexdigest()[:12])

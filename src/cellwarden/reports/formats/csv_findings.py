"""CSV of the findings, one line each; what each cell may hold is told in ``sheet``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.reports.sheet import table
from cellwarden.reports.standing import worst_first

if TYPE_CHECKING:
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Report

NAME: Final = "csv"
SUFFIX: Final = ".csv"

COLUMNS: Final = (
    "finding", "verdict", "severity", "check", "topic", "title", "subject_kind", "subject",
    "site", "vendor", "count", "because", "why_it_matters", "remedy", "first_seen_on",
    "deadline_on", "deadline_reason", "exception", "evidence", "requirements", "controls",
    "properties", "witness",
)  # fmt: skip


def render(report: Report) -> str:
    """The findings, worst first, under comment lines with run, data age and coverage."""
    return table(report, COLUMNS, (_row(one) for one in worst_first(report.findings)))


def _row(one: Finding) -> tuple[str, ...]:
    witness = "; ".join(
        f"{name}={'unknown' if value is None else value}"
        for name, value in sorted(one.witness.items())
    )
    return (
        one.id, one.verdict.value, one.severity.value, one.check, one.topic, one.title,
        one.subject_kind, one.subject, one.site_id or "", one.vendor or "", str(one.count),
        one.because, one.why_it_matters, one.remedy, one.first_seen_on or "",
        one.deadline_on or "", one.deadline_reason or "", one.exception_id or "",
        " ".join(one.evidence), " ".join(one.requirements), "; ".join(one.controls),
        " ".join(one.properties), witness,
    )  # fmt: skip

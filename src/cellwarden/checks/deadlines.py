"""Deadlines: when each finding is due, counted from the day on which it was first seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from cellwarden.checks.check import DAYS, Check
from cellwarden.model.findings import Finding, Severity


def days_for(check: Check, severity: Severity) -> int | None:
    """Days from the first sighting; nothing where a finding of this weight is never due."""
    return check.deadline.days if check.deadline.days is not None else DAYS.get(severity)


def set_deadlines(findings: Sequence[Finding], checks: Sequence[Check]) -> list[Finding]:
    """The same findings, each with a deadline where it had none, in the same order.

    A deadline that a row brought with it stays. Counted from ``first_seen_on``, so that looking
    again never buys time; a finding without that day gets no deadline.
    """
    known = {check.id: check for check in checks}
    return [_due(finding, known.get(finding.check)) for finding in findings]


def _due(finding: Finding, check: Check | None) -> Finding:
    if check is None or finding.deadline_on is not None or finding.first_seen_on is None:
        return finding
    days = days_for(check, finding.severity)
    if days is None:
        return finding
    day = date.fromisoformat(finding.first_seen_on[:10]) + timedelta(days=days)
    own = check.deadline.days is not None
    return msgspec.structs.replace(
        finding,
        deadline_on=day.isoformat(),
        deadline_reason=f"{days} days from the first sighting"
        + (", as the check asks" if own else f", as for severity {finding.severity.value}"),
    )

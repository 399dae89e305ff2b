"""Parts for the HTML report: each once, with its place, its owners and how much is open on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.matching import MatchState
from cellwarden.reports.parts import NOWHERE, failing_checks, standing_at

if TYPE_CHECKING:
    from cellwarden.model.report import Report

MOST_ROWS: Final = 400

Context = dict[str, Any]


def sheet(report: Report) -> Context:
    """Parts with a failure or an open weakness, by site and id, and how many were left out."""
    checks = failing_checks(report.findings)
    weaknesses: dict[str, set[str]] = {}
    sites: dict[str, str] = {}
    for finding in report.findings:
        if finding.site_id and finding.witness.get("component_id"):
            sites[finding.witness["component_id"] or ""] = finding.site_id
    for one in report.exposures:
        if one.state in {MatchState.AFFECTED, MatchState.UNDETERMINED}:
            weaknesses.setdefault(one.component_id, set()).add(one.vulnerability)
            sites[one.component_id] = one.site_id
    names = sorted({*checks, *weaknesses}, key=lambda part: (sites.get(part, ""), part))
    return {
        "total": len(names),
        "more": max(0, len(names) - MOST_ROWS),
        "rows": [
            {
                "part": part,
                "site": sites.get(part) or "unknown",
                "stands": standing_at(report.places.get(part, NOWHERE)),
                "disputes": report.places.get(part, NOWHERE).disputes,
                "checks": checks.get(part, 0),
                "weaknesses": len(weaknesses.get(part, ())),
            }
            for part in names[:MOST_ROWS]
        ],
    }

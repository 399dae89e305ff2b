"""Findings for the HTML report: grouped by check, capped, with what the filters need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.findings import Verdict
from cellwarden.reports.charts import Part, bar
from cellwarden.reports.standing import is_accepted, worst_first
from cellwarden.reports.text import anchor, days_left, deadline

if TYPE_CHECKING:
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Report

ROWS_PER_GROUP: Final = 40
MOST_ROWS: Final = 800
MOST_OPTIONS: Final = 200
"""Choices of one filter; a fleet with more vendors than this is searched by word."""

Context = dict[str, Any]


def sheet(report: Report) -> Context:
    """Groups of findings, worst first, how many were left out, and the filters' choices."""
    groups: dict[tuple[bool, str, str, str], list[Finding]] = {}
    for one in worst_first(report.findings):
        key = (is_accepted(one), one.verdict.value, one.severity.value, one.check)
        groups.setdefault(key, []).append(one)
    room, shown = MOST_ROWS, []
    for members in groups.values():
        group = _group(members, min(room, ROWS_PER_GROUP), report.run.as_of)
        room -= len(group["rows"])
        shown.append(group)
    rows = [row for group in shown for row in group["rows"]]
    return {
        "groups": shown,
        "total": len(report.findings),
        "shown": len(rows),
        "anchors": {row["finding"].id: row["anchor"] for row in rows},
        "sites": _options(row["finding"].site_id for row in rows),
        "vendors": _options(row["finding"].vendor for row in rows),
        "topics": _options(row["finding"].topic for row in rows),
        "unknown_checks": _unknown_by_check(report),
    }


def _group(members: list[Finding], room: int, as_of: str) -> Context:
    first = members[0]
    whys = {one.why_it_matters for one in members}
    remedies = {one.remedy for one in members}
    deadlines = sorted(one.deadline_on for one in members if one.deadline_on)
    return {
        "title": first.title,
        "check": first.check,
        "topic": first.topic,
        "verdict": first.verdict.value,
        "severity": first.severity.value,
        "is_accepted": is_accepted(first),
        "is_open": first.verdict is Verdict.FAIL and first.severity.rank <= 1,
        "count": sum(one.count for one in members),
        "sites": list(dict.fromkeys(one.site_id for one in members if one.site_id)),
        "earliest": deadline(deadlines[0], as_of) if deadlines else None,
        "why": first.why_it_matters if len(whys) == 1 else None,
        "remedy": first.remedy if len(remedies) == 1 else None,
        "controls": first.controls,
        "requirements": first.requirements,
        "rows": [_row(one, as_of) for one in members[:room]],
        "more": len(members) - min(room, len(members)),
    }


def _row(one: Finding, as_of: str) -> Context:
    left = days_left(one.deadline_on, as_of)
    return {
        "finding": one,
        "anchor": anchor("f", one.id),
        "deadline": deadline(one.deadline_on, as_of),
        "is_overdue": left is not None and left < 0,
        "witness": sorted(one.witness.items()),
    }


def _options(values: Any) -> list[str]:
    return sorted({value for value in values if value})[:MOST_OPTIONS]


def _unknown_by_check(report: Report) -> list[tuple[str, str, int, Any]]:
    """Check, title, number and bar of the judgements that could not be made, most first."""
    counts: dict[tuple[str, str], int] = {}
    for one in report.findings:
        if one.verdict is Verdict.UNKNOWN:
            key = (one.check, one.title)
            counts[key] = counts.get(key, 0) + one.count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    most = max(counts.values(), default=0)
    return [
        (check, title, count, bar([Part(state="unknown", count=count, word="unknown")], whole=most))
        for (check, title), count in ordered[:20]
    ]

"""What the HTML report shows: a report turned into the rows, groups and charts of its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports import page_exposures, page_findings, page_lives, page_parts
from cellwarden.reports.charts import Part, bar, wall
from cellwarden.reports.news import news
from cellwarden.reports.parts import parts_of
from cellwarden.reports.standing import (
    ROLES,
    VERDICT_WORDS,
    coverage,
    coverage_lines,
    fails_by_severity,
    feed_words,
    is_accepted,
    judged,
    ledger_lines,
    standing,
    unknowns,
    waiting,
)
from cellwarden.reports.text import days_left, deadline, plural, share

if TYPE_CHECKING:
    from cellwarden.model.coverage import FrameworkSummary
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Action, Report, SiteSummary, VendorSummary

ACTIONS_PER_ROLE: Final = 5
MOST_CHANGES: Final = 100
MOST_SITES: Final = 60
MOST_VENDORS: Final = 60
MOST_EXCEPTIONS: Final = 200

Context = dict[str, Any]


def context(report: Report) -> Context:
    """Everything that the template may name; plain values, no rule left to the template."""
    shown, told = page_findings.sheet(report), news(report.changes)
    return {
        "run": report.run,
        "report": report,
        "standing": standing(report),
        "ledger_lines": ledger_lines(report),
        "tally": _tally(report),
        "verdict_bar": _verdict_bar(report),
        "verdict_counts": judged(report),
        "feeds": [(feed, feed_words(feed)) for feed in report.feeds],
        "measures": _measures(report),
        "coverage_counts": coverage_lines(report)[0],
        "roles": _roles(report),
        "changes": told.real[:MOST_CHANGES],
        "more_changes": max(0, len(told.real) - MOST_CHANGES),
        "news": told,
        "sites": [_site(one) for one in report.sites[:MOST_SITES]],
        "more_sites": max(0, len(report.sites) - MOST_SITES),
        "vendors": _vendors(report.vendors, is_matched=report.coverage.advisories > 0),
        "more_vendors": max(0, len(report.vendors) - MOST_VENDORS),
        "findings": shown,
        "exposures": page_exposures.sheet(report),
        "parts": page_parts.sheet(report),
        "lives": page_lives.sheet(report),
        "blasts": page_exposures.blast_pages(report),
        "waiting": waiting(report)[: page_exposures.MOST_WAITING],
        "frameworks": [_framework(one) for one in report.frameworks],
        "exceptions": report.exceptions[:MOST_EXCEPTIONS],
        "more_exceptions": max(0, len(report.exceptions) - MOST_EXCEPTIONS),
        "severities": [severity.value for severity in Severity],
        "glossary": VERDICT_WORDS,
    }


def _tally(report: Report) -> list[tuple[str, str, int]]:
    """Style class, word and count of each number in the header."""
    fails = fails_by_severity(report.findings)
    verdicts = judged(report)
    accepted = sum(one.count for one in report.findings if is_accepted(one))
    unknown = max(verdicts["unknown"], unknowns(report.findings))
    return [
        *((severity.value, severity.value, count) for severity, count in fails.items()),
        ("unknown", "unknown", unknown),
        ("accepted", "accepted", accepted),
        ("pass", "passed", verdicts["pass"]),
    ]


def _verdict_bar(report: Report) -> Any:
    verdicts = judged(report)
    return bar(
        [
            Part(state="fail", count=verdicts["fail"], word="failed"),
            Part(state="unknown", count=verdicts["unknown"], word="unknown"),
            Part(state="pass", count=verdicts["pass"], word="passed"),
        ],
        height=16,
    )


def _measures(report: Report) -> list[Context]:
    return [
        {
            "measure": one,
            "bar": bar(
                [
                    Part(state="seen", count=one.part, word="of these"),
                    Part(
                        state="unknown" if one.is_gap_unknown else "rest",
                        count=max(0, one.whole - one.part),
                        word=one.gap,
                    ),
                ],
                height=10,
            ),
        }
        for one in coverage(report)
    ]


def _roles(report: Report) -> list[tuple[str, list[Any], int]]:
    """Each role with its actions and how many more there are; unnamed roles come last."""
    named = dict.fromkeys((*ROLES, *(action.role for action in report.actions)))
    found = []
    findings: dict[str, Finding] = {one.id: one for one in report.findings}
    for role in named:
        mine = (one for one in report.actions if one.role == role)
        actions = [_action(one, report.run.as_of, findings) for one in mine]
        found.append((role, actions[:ACTIONS_PER_ROLE], max(0, len(actions) - ACTIONS_PER_ROLE)))
    return found


def _action(action: Action, as_of: str, findings: dict[str, Finding]) -> Context:
    left = days_left(action.deadline_on, as_of)
    return {
        "action": action,
        "parts": parts_of(action, findings),
        "deadline": deadline(action.deadline_on, as_of),
        "is_overdue": left is not None and left < 0,
    }


def _site(site: SiteSummary) -> Context:
    fails = [
        Part(state=one.value, count=site.fails.get(one.value, 0), word=one.value)
        for one in Severity
    ]
    unknown = Part(state="unknown", count=site.unknowns, word="unknown")
    passed = Part(state="pass", count=site.passes, word="passed")
    drawn, per_cell = wall([*fails, unknown, passed])
    return {
        "site": site,
        "wall": drawn,
        "per_cell": plural(per_cell, "verdict"),
        "legend": [part for part in (*fails, unknown, passed) if part.count],
        "is_judged": any(part.count for part in (*fails, unknown, passed)),
        "worst": site.worst or (Verdict.UNKNOWN.value if site.unknowns else "none"),
    }


def _framework(one: FrameworkSummary) -> Context:
    """A framework with each state as a share of its mapped controls."""
    return {
        "summary": one,
        "shares": [(word, share(count, one.controls)) for word, count in one.states.items()],
    }


def _vendors(vendors: tuple[VendorSummary, ...], *, is_matched: bool) -> list[Context]:
    """Vendors in the report's order; what an advisory does not name stays an outline.

    Without a single advisory nothing was matched, and what is not named is unknown.
    """
    most = max((one.components for one in vendors), default=0)
    return [
        {
            "vendor": one,
            "fails": sum(one.fails.values()),
            "bar": bar(
                [
                    Part(state="affected", count=one.affected, word="affected"),
                    Part(state="unknown", count=one.undetermined, word="undetermined"),
                    Part(
                        state="rest" if is_matched else "unknown",
                        count=max(0, one.components - one.affected - one.undetermined),
                        word="with no open match" if is_matched else "not matched",
                    ),
                ],
                whole=most,
            ),
        }
        for one in vendors[:MOST_VENDORS]
    ]

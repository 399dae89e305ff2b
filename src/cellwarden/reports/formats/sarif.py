"""SARIF 2.1.0: rules are checks and vulnerabilities, results are findings and exposures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.findings import Severity, Verdict, finding_id
from cellwarden.model.matching import MatchState
from cellwarden.reports.standing import machine_head, worst_first
from cellwarden.reports.text import plural, safe_url, visible_json

if TYPE_CHECKING:
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import AcceptedException, Exposure, FeedAge, Report

NAME: Final = "sarif"
SUFFIX: Final = ".sarif"

_LEVEL: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_KIND: Final = {
    Verdict.FAIL: "fail",
    Verdict.PASS: "pass",
    Verdict.UNKNOWN: "open",
    Verdict.NOT_APPLICABLE: "notApplicable",
}
_HIGH_SCORE: Final = 7.0
_MEDIUM_SCORE: Final = 4.0

Object = dict[str, Any]


def render(report: Report) -> str:
    """One SARIF run. Unknown is kind ``open``, a candidate match ``review``, neither a pass."""
    rules = _rules(report)
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    exceptions = {one.exception_id: one for one in report.exceptions}
    results = [_finding(one, index, exceptions) for one in worst_first(report.findings)]
    results += [_exposure(one, index) for one in report.exposures if _is_open(one)]
    run = {
        "tool": {"driver": _driver(report, rules)},
        "automationDetails": {"id": f"cellwarden/{report.run.id}"},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "properties": {f"cellwarden/{key}": text for key, text in machine_head(report).items()},
        "results": results,
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return visible_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _driver(report: Report, rules: list[Object]) -> Object:
    return {"name": "cellwarden", "version": report.run.version, "rules": rules}


def _invocation(report: Report) -> Object:
    stale = [_notification(feed) for feed in report.feeds if feed.is_stale]
    return {
        "executionSuccessful": True,
        "startTimeUtc": report.run.started_at,
        "toolConfigurationNotifications": stale,
    }


def _notification(feed: FeedAge) -> Object:
    if not feed.documents:
        text = f"The feed {feed.feed} was never imported: nothing here rests on it."
        return {"level": "error", "message": {"text": text}}
    age = "of unknown age" if feed.age_days is None else f"{plural(feed.age_days, 'day')} old"
    return {"level": "warning", "message": {"text": f"The feed {feed.feed} is stale: {age}."}}


def _is_open(one: Exposure) -> bool:
    return one.state in {MatchState.AFFECTED, MatchState.UNDETERMINED}


def _rules(report: Report) -> list[Object]:
    rules: dict[str, Object] = {}
    for finding in worst_first(report.findings):
        rules.setdefault(finding.check, _check_rule(finding))
    for exposure in report.exposures:
        if _is_open(exposure):
            rules.setdefault(exposure.vulnerability, _vulnerability_rule(exposure))
    return [rules[key] for key in sorted(rules)]


def _check_rule(finding: Finding) -> Object:
    return {
        "id": finding.check,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": finding.why_it_matters or finding.title},
        "help": {"text": finding.remedy or "No remedy is recorded."},
        "defaultConfiguration": {"level": _LEVEL[finding.severity]},
        "properties": {
            "tags": ["check", finding.topic],
            "controls": list(finding.controls),
            "requirements": list(finding.requirements),
        },
    }


def _vulnerability_rule(exposure: Exposure) -> Object:
    rule: Object = {
        "id": exposure.vulnerability,
        "shortDescription": {"text": exposure.title or exposure.vulnerability},
        "properties": {"tags": ["vulnerability", "security"]},
    }
    if exposure.cvss_score is not None:
        rule["properties"]["security-severity"] = str(exposure.cvss_score)
    link = safe_url(exposure.url)
    return {**rule, "helpUri": link} if link else rule


def _finding(
    one: Finding, index: dict[str, int], exceptions: dict[str, AcceptedException]
) -> Object:
    kind = _KIND[one.verdict]
    result = {
        "ruleId": one.check,
        "ruleIndex": index[one.check],
        "kind": kind,
        # The standard lets only a failure carry a level.
        "level": _LEVEL[one.severity] if kind == "fail" else "none",
        "message": {"text": one.because or one.title},
        "locations": [_location(one.subject, one.subject_kind, one.site_id)],
        "fingerprints": {"cellwarden/v1": one.id},
        "partialFingerprints": {"cellwarden/v1": one.id},
        "occurrenceCount": max(one.count, 1),
        "properties": {
            "severity": one.severity.value,
            "verdict": one.verdict.value,
            "vendor": one.vendor,
            "evidence": list(one.evidence),
            "witness": one.witness,
            "properties": list(one.properties),
            "deadline_on": one.deadline_on,
            "first_seen_on": one.first_seen_on,
            "remedy": one.remedy,
        },
    }
    if one.exception_id is None:
        return result
    return {**result, "suppressions": [_suppression(one.exception_id, exceptions)]}


def _suppression(exception_id: str, exceptions: dict[str, AcceptedException]) -> Object:
    known = exceptions.get(exception_id)
    words = exception_id if known is None else f"{exception_id}: {known.reason}"
    if known is not None and known.expires_on:
        words += f" (accepted by {known.approver} until {known.expires_on})"
    return {"kind": "external", "status": "accepted", "justification": words}


def _exposure(one: Exposure, index: dict[str, int]) -> Object:
    is_affected = one.state is MatchState.AFFECTED
    kind = "fail" if is_affected else "review" if one.candidate else "open"
    fingerprint = finding_id(f"{one.advisory_id}/{one.vulnerability}", one.component_id)
    return {
        "ruleId": one.vulnerability,
        "ruleIndex": index[one.vulnerability],
        "kind": kind,
        "level": _score_level(one.cvss_score) if is_affected else "none",
        "message": {"text": f"{one.component_id} is {one.state.value}: {one.why}"},
        "locations": [_location(one.component_id, "component", one.site_id)],
        "fingerprints": {"cellwarden/v1": fingerprint},
        "partialFingerprints": {"cellwarden/v1": fingerprint},
        "properties": {
            "advisory": one.advisory_id,
            "state": one.state.value,
            "candidate": one.candidate,
            "confidence": one.confidence,
            "firmware": one.firmware,
            "range": one.range,
            "fixed_in": one.fixed_in,
            "known_exploited": one.is_known_exploited,
            "deadline_on": one.deadline_on,
            "evidence": list(one.evidence),
        },
    }


def _score_level(score: float | None) -> str:
    """A weakness without a score is no small one: it counts as the worst that is possible."""
    if score is None or score >= _HIGH_SCORE:
        return "error"
    return "warning" if score >= _MEDIUM_SCORE else "note"


def _location(name: str, kind: str, site_id: str | None) -> Object:
    places = [{"name": name, "fullyQualifiedName": f"{site_id or 'unknown'}/{name}", "kind": kind}]
    if site_id and kind != "site":
        places.append({"name": site_id, "fullyQualifiedName": site_id, "kind": "site"})
    return {"logicalLocations": places}

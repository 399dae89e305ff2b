"""Findings for the HTML report: one group a check, one row a part, alike rows in one block."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.findings import Verdict
from cellwarden.reports.charts import Part, bar
from cellwarden.reports.parts import failing_checks, part_of, place_of, standing_at
from cellwarden.reports.standing import is_accepted, worst_first
from cellwarden.reports.text import anchor, days_left, deadline, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Report

ROWS_PER_GROUP: Final = 40
MOST_ROWS: Final = 800
MOST_OPTIONS: Final = 200
"""Choices of one filter; a fleet with more vendors than this is searched by word."""
MOST_EVIDENCE: Final = 12
MOST_WEAKNESSES: Final = 60
_SAID: Final = frozenset({"component_id", "asset_id", "site_id", "vulnerability", "advisory_id"})
"""Witnesses that the subject of a row names already."""

Context = dict[str, Any]


def sheet(report: Report) -> Context:
    """Groups of findings, worst first, how many were left out, and the filters' choices."""
    groups: dict[tuple[bool, str, str, str], list[Finding]] = {}
    for one in worst_first(report.findings):
        key = (is_accepted(one), one.verdict.value, one.severity.value, one.check)
        groups.setdefault(key, []).append(one)
    room, shown = MOST_ROWS, []
    counts = failing_checks(report.findings)
    told: set[str] = set()
    for members in groups.values():
        group = _group(report, members, min(room, ROWS_PER_GROUP), counts)
        group["is_told"] = group["check"] in told
        told.add(group["check"])
        room -= len(group["rows"])
        shown.append(group)
    rows = [row for group in shown for row in group["rows"]]
    return {
        "groups": shown,
        "total": len(report.findings),
        "shown": sum(row["members"] for row in rows),
        "anchors": {
            told["id"]: told["anchor"]
            for row in rows
            for line in row["because"]
            for told in line["findings"]
        },
        "sites": _options(row["finding"].site_id for row in rows),
        "vendors": _options(row["finding"].vendor for row in rows),
        "topics": _options(row["finding"].topic for row in rows),
        "unknown_checks": _unknown_by_check(report),
    }


def _group(report: Report, members: list[Finding], room: int, counts: Mapping[str, int]) -> Context:
    first = members[0]
    whys = {one.why_it_matters for one in members}
    remedies = {one.remedy for one in members}
    deadlines = sorted(one.deadline_on for one in members if one.deadline_on)
    rows = list(_by_part(members).values())
    shown = [_row(report, row, counts) for row in rows[:room]]
    return {
        "title": first.title,
        "check": first.check,
        "topic": first.topic,
        "verdict": first.verdict.value,
        "severity": first.severity.value,
        "is_accepted": is_accepted(first),
        "is_open": first.verdict is Verdict.FAIL and first.severity.rank <= 1,
        "count": sum(one.count for one in members),
        "subjects": len(rows),
        "sites": list(dict.fromkeys(one.site_id for one in members if one.site_id)),
        "earliest": deadline(deadlines[0], report.run.as_of) if deadlines else None,
        "why": first.why_it_matters if len(whys) == 1 else None,
        "remedy": first.remedy if len(remedies) == 1 else None,
        "reason": _only(one.deadline_reason for one in members),
        "seen": _only(one.first_seen_on for one in members),
        "controls": first.controls,
        "requirements": first.requirements,
        "rows": shown,
        "blocks": _blocks(shown),
        "more": sum(len(row) for row in rows[room:]),
    }


def _by_part(members: Iterable[Finding]) -> dict[tuple[Any, ...], list[Finding]]:
    """Findings of one check that are about one part stand in one row, the most urgent first."""
    rows: dict[tuple[Any, ...], list[Finding]] = {}
    for one in members:
        key = (part_of(one) or one.subject, one.site_id, one.vendor, one.exception_id, one.remedy)
        row = rows.setdefault(key, [])
        if len(row) < MOST_WEAKNESSES:
            row.append(one)
        else:
            rows.setdefault((*key, one.id), []).append(one)
    return rows


def _row(report: Report, members: list[Finding], counts: Mapping[str, int]) -> Context:
    one = members[0]
    left = days_left(one.deadline_on, report.run.as_of)
    part = part_of(one)
    witnesses = {tuple(_witness(each)) for each in members}
    is_told = one.verdict is not Verdict.UNKNOWN and len(witnesses) == 1
    in_turn = chain.from_iterable(zip_longest(*(each.evidence for each in members)))
    evidence = list(dict.fromkeys(fact for fact in in_turn if fact))
    most = max(MOST_EVIDENCE, len(members))
    checks = counts.get(part or "", 0)
    because = _because(members, part or one.subject)
    return {
        "finding": one,
        "members": len(members),
        "subject": part or one.subject,
        "about": [
            one.site_id or "every site",
            *filter(None, [one.vendor]),
            *([f"{number(one.count)} together"] if one.count > 1 else []),
        ],
        "stands": standing_at(place_of(report, one)),
        "checks": checks,
        "because": because,
        "alike": tuple(line["alike"] for line in because),
        "properties": list(dict.fromkeys(word for each in members for word in each.properties)),
        "deadline": deadline(one.deadline_on, report.run.as_of),
        "is_overdue": left is not None and left < 0,
        "witness": "; ".join(witnesses.pop()) if is_told else "",
        "evidence": evidence[:most],
        "more_evidence": max(0, len(evidence) - most),
    }


def _witness(one: Finding) -> list[str]:
    told = ((name, value) for name, value in sorted(one.witness.items()) if name not in _SAID)
    return [f"{name} {'unknown' if value is None else value}" for name, value in told][:12]


def _blocks(rows: list[Context]) -> list[list[Context]]:
    """Rows whose sentences differ in the subject alone stand together, under one sentence."""
    blocks: dict[Any, list[Context]] = {}
    for row in rows:
        blocks.setdefault(row["alike"], []).append(row)
    return list(blocks.values())


def _because(members: list[Finding], subject: str) -> list[Context]:
    """The sentences of a row; those that differ in the weakness alone are said once."""
    said: dict[str, Context] = {}
    for one in members:
        weakness = one.witness.get("vulnerability") or ""
        advisory = one.witness.get("advisory_id") or ""
        alike = one.because
        for name in (one.subject, subject, weakness, advisory):
            alike = alike.replace(name, "\0") if name else alike
        line = said.setdefault(alike, {"words": one.because, "findings": [], "alike": alike})
        later = one.deadline_on if one.deadline_on != members[0].deadline_on else None
        label = f"{weakness}, {later}" if later else weakness
        told = {"id": one.id, "anchor": anchor("f", one.id), "label": label}
        line["findings"].append(told)
    return list(said.values())


def _only(values: Iterable[str | None]) -> str | None:
    """The value that all have who have one."""
    found = {value for value in values if value}
    return found.pop() if len(found) == 1 else None


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

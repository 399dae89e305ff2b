"""Markdown for tickets and chats: head, what to do, findings, exposures, exceptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports.news import news
from cellwarden.reports.parts import NAMED_PARTS, parts_of
from cellwarden.reports.standing import (
    coverage_lines,
    data_age,
    fails_by_severity,
    is_accepted,
    ledger_lines,
    standing,
    unknowns,
    worst_first,
)
from cellwarden.reports.text import clip, deadline, listing, long_day, number, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Report

NAME: Final = "markdown"
SUFFIX: Final = ".md"

ROWS: Final = 100
"""Rows of one table; beyond it the count is told and the JSON report holds the rest."""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]!|~>]|(?<=www)\.|:(?=//)|(?<=mailto):)", re.IGNORECASE)
_AT_START: Final = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))")
"""Signs that begin a heading, a list or a rule where they stand first, and mean nothing later."""


def escape(text: str) -> str:
    """A text that Markdown shows as it is: no markup, no HTML, no link, no mention."""
    shown = printable(clip(text, 600)).replace("&", "&amp;").replace("<", "&lt;")
    plain = _SPECIAL.sub(r"\\\1", shown).replace("@", "&#64;")
    return _AT_START.sub(_unmarked, plain)


def _unmarked(start: re.Match[str]) -> str:
    blanks, sign = start.groups()
    return f"{blanks}\\{sign}" if not sign.isdigit() else f"{blanks}{sign}\\"


def render(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    parts = (
        _head(report), _actions(report), _changes(report), _findings(report),
        _exposures(report), _exceptions(report),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(report: Report) -> Iterator[str]:
    run, state = report.run, standing(report)
    yield f"# {escape(run.operator)}: battery supply-chain report"
    yield ""
    yield f"**{escape(state.sentence)}** {escape(state.caution)}".rstrip()
    yield ""
    yield f"As of {escape(long_day(run.as_of))}, run `{_code(run.id)}`, ledger of "
    yield f"{plural(run.ledger_size, 'entry', 'entries')} with root `{_code(run.ledger_root)}`."
    yield ""
    yield "**Ledger**"
    yield ""
    yield from (f"- {escape(line)}" for line in ledger_lines(report))
    if run.checkpoint:
        yield ""
        yield from (f"    {_code(line)}" for line in run.checkpoint.note.splitlines())
    yield ""
    yield "**Age of the data**"
    yield ""
    yield from (f"- {escape(line)}" for line in data_age(report))
    yield ""
    yield "**Coverage**"
    yield ""
    yield from (f"- {escape(line)}" for line in coverage_lines(report))
    yield ""


def _code(text: str) -> str:
    return printable(clip(text, 100)).replace("`", "'")


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], total: int) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(escape(cell) for cell in row)} |"
    yield ""
    if total > ROWS:
        yield f"{plural(total - ROWS, 'more row')}; the JSON report holds all of them."
        yield ""


def _actions(report: Report) -> Iterator[str]:
    if not report.actions:
        return
    findings: dict[str, Finding] = {one.id: one for one in report.findings}
    yield "## What needs doing"
    yield ""
    for role in dict.fromkeys(action.role for action in report.actions):
        yield f"### {escape(role.capitalize())}"
        yield ""
        for action in (one for one in report.actions if one.role == role):
            due = deadline(action.deadline_on, report.run.as_of)
            named = parts_of(action, findings)
            on = f" On {listing(named, NAMED_PARTS)}." if named else ""
            yield f"1. **{escape(action.title)}** ({escape(due)}): {escape(action.reason + on)}"
        yield ""


def _changes(report: Report) -> Iterator[str]:
    yield "## What changed"
    yield ""
    if report.previous_run is None:
        yield "No earlier run to compare with."
    elif not report.changes:
        yield f"Nothing changed since run `{_code(report.previous_run)}`."
    told = news(report.changes)
    for change in told.real[:ROWS]:
        severity = escape(change.severity)
        yield (
            f"- **{escape(change.what)}**, {severity}: {escape(change.title)}, "
            f"{escape(change.subject)}. {escape(change.because)}"
        )
    if len(told.real) > ROWS:
        yield f"- {plural(len(told.real) - ROWS, 'more change')} in the JSON report."
    if told.unjudged:
        yield f"- Not judged: {told.unjudged_words}."
    yield ""


def _findings(report: Report) -> Iterator[str]:
    found = worst_first(report.findings)
    fails = fails_by_severity(found)
    counted = ", ".join(f"{number(fails[one])} {one.value}" for one in Severity)
    accepted = sum(one.count for one in found if is_accepted(one))
    yield "## Findings"
    yield ""
    yield f"Open failures: {counted}. Unknown: {number(unknowns(found))}. Accepted: {accepted}."
    yield ""
    if found:
        columns = ("Verdict", "Severity", "Subject", "Because", "Deadline", "Finding")
        yield from _table(columns, (_row(one, report) for one in found[:ROWS]), len(found))


def _row(one: Finding, report: Report) -> tuple[str, ...]:
    word = "accepted" if is_accepted(one) else one.verdict.value
    mark = {Verdict.FAIL: "✕", Verdict.UNKNOWN: "?", Verdict.PASS: "✓"}.get(one.verdict, "–")
    times = f" (× {one.count})" if one.count > 1 else ""
    due = deadline(one.deadline_on, report.run.as_of)
    because = f"{one.title}. {one.because}"
    return (f"{mark} {word}", one.severity.value, f"{one.subject}{times}", because, due, one.id)


def _exposures(report: Report) -> Iterator[str]:
    if not report.exposures:
        return
    columns = ("State", "Vulnerability", "Component", "Firmware", "Fixed in", "Deadline", "Why")
    yield "## Exposures"
    yield ""
    rows = (
        (
            f"{one.state.value}{', candidate' if one.candidate else ''}",
            one.vulnerability,
            f"{one.component_id} at {one.site_id}",
            one.firmware or "unknown",
            one.fixed_in or "no fix named",
            deadline(one.deadline_on, report.run.as_of),
            one.why,
        )
        for one in report.exposures[:ROWS]
    )
    yield from _table(columns, rows, len(report.exposures))


def _exceptions(report: Report) -> Iterator[str]:
    if not report.exceptions:
        return
    columns = ("State", "Exception", "Check", "Subject", "Approver", "Expires", "Because")
    yield "## Exceptions"
    yield ""
    rows = (
        (
            one.state.replace("_", " "), one.exception_id, one.check, one.subject, one.approver,
            one.expires_on or "never", one.because or one.reason,
        )
        for one in report.exceptions[:ROWS]
    )  # fmt: skip
    yield from _table(columns, rows, len(report.exceptions))

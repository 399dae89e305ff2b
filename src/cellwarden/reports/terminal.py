"""The report for a terminal of 80 columns: marks and words beside every colour, nothing hidden."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import InputError
from cellwarden.reports.news import news
from cellwarden.reports.parts import NAMED_PARTS, parts_of
from cellwarden.reports.standing import (
    ROLES,
    coverage_lines,
    feed_words,
    ledger_lines,
    standing,
    waiting,
    word_of,
    worst_first,
)
from cellwarden.reports.terminal_detail import blast_radius, finding
from cellwarden.reports.terminal_drawing import grid, lines, mark, table, text
from cellwarden.reports.text import day, deadline, listing, number, plural, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cellwarden.model.coverage import FrameworkSummary
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Change, Report

__all__ = ["blast_radius", "changes", "finding", "next_steps", "plain", "summary", "today"]

WIDTH: Final = 80
ACTIONS_PER_ROLE: Final = 5
MOST_CHANGES: Final = 50
MOST_FRAMEWORKS: Final = 3
MOST_LINES: Final = {"fail": 20, "unknown": 4, "accepted": 2, "pass": 0, "not_applicable": 0}
"""Lines of the summary for each word; the rest is counted, and stands in the report."""


def plain(renderable: RenderableType, *, width: int = WIDTH) -> str:
    """The text of a renderable without colour: for pipes, ``NO_COLOR`` and tests."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width, color_system=None, force_terminal=False, highlight=False,
        markup=False, emoji=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    console.print(renderable)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def summary(report: Report, workspace: str = "") -> RenderableType:
    """The run on one screen: data age and coverage, standing, failures by severity, next steps.

    ``workspace`` is the folder that the next steps are typed in, where it is another one.
    """
    from rich.console import Group

    run, state = report.run, standing(report)
    style = {"failing": "bold red", "clear": "bold green"}.get(state.kind, "bold magenta")
    parts: list[RenderableType] = [
        text(f"{run.operator}, as of {day(run.as_of)}, run {run.id}", "bold"),
        text(state.sentence, style),
    ]
    if state.caution:
        parts.append(text(state.caution, "magenta"))
    parts.append(_age_and_coverage(report))
    if report.findings:
        parts += [text(""), _findings_table(report)]
    parts += [text(""), text(f"Next, in {workspace}" if workspace else "Next", "bold")]
    parts += [text(f"  {step}") for step in next_steps(report)]
    return Group(*parts)


def today(report: Report, role: str | None = None) -> RenderableType:
    """The actions that remove most risk first, for one role or for all, with their deadlines.

    Raises:
        InputError: there is no such role.
    """
    from rich.console import Group

    named = list(dict.fromkeys((*ROLES, *(one.role for one in report.actions))))
    if role is not None and role not in named:
        raise InputError(f"there is no role {role!r}", advice=f"choose one of {', '.join(named)}")
    parts: list[RenderableType] = [
        text(f"{report.run.operator}, as of {day(report.run.as_of)}", "bold"),
        _age_and_coverage(report),
    ]
    findings: dict[str, Finding] = {one.id: one for one in report.findings}
    for name in named if role is None else [role]:
        parts += [text(""), text(name.capitalize(), "bold"), _actions(report, name, findings)]
        if name == "auditor" and report.frameworks:
            parts.append(_frameworks(report.frameworks))
    return Group(*parts)


def _frameworks(found: Sequence[FrameworkSummary]) -> RenderableType:
    """Coverage in a line or two for each of the first frameworks, and how to hand it over."""
    from rich.console import Group

    drawn = [
        text(
            f"{one.framework}: of {plural(one.controls, 'mapped control')} "
            + ", ".join(f"{number(count)} {word}" for word, count in one.states.items())
        )
        for one in found[:MOST_FRAMEWORKS]
    ]
    more = len(found) - MOST_FRAMEWORKS
    told = f"{plural(more, 'more framework')}: cellwarden comply list" if more > 0 else ""
    return Group(
        *drawn,
        *([text(told)] if told else []),
        text("with proofs, for outside: cellwarden evidence pack OUT.zip"),
    )


def changes(
    diff: Sequence[Change],
    before: str | None = None,
    after: str | None = None,
    *,
    age: str = "",
) -> RenderableType:
    """What differs between two runs and why it matters, for ``cellwarden diff``.

    What failed, got worse or was put right comes first; what could not be judged is counted last.
    ``age`` is how old the data of the later run is.
    """
    from rich.console import Group

    ends = f"Run {before or 'none'} to run {after or 'this one'}"
    head = [text(ends, "bold"), *([text(f"Data: {age}.", "dim")] if age else [])]
    if not diff:
        return Group(*head, text("Nothing changed."))
    told = news(diff)
    drawn = table(("Change", 11), ("What", None))
    for one in told.real[:MOST_CHANGES]:
        drawn.add_row(
            mark(one.what) + text(one.what),
            text(f"{one.title}, {one.severity}", "bold")
            + text("\n", raw=True)
            + lines([one.subject, f"{one.because} (finding {one.finding})"]),
        )
    more = len(told.real) - MOST_CHANGES
    parts: list[RenderableType] = [*head, text(told.sentence)]
    if told.real:
        parts += [text(""), drawn]
    if more > 0:
        parts.append(text(f"and {plural(more, 'more change')}"))
    if told.unjudged:
        parts += [text(""), text(f"Not judged: {told.unjudged_words}.", "magenta")]
        parts += [text(f"  {line}") for line in told.unjudged_lines]
    return Group(*parts)


def next_steps(report: Report) -> list[str]:
    """What to type next, for the state that the run is in; never more than four lines."""
    steps = []
    if not report.coverage.components:
        steps.append("fill register/ and run cellwarden scan again")
    if not report.feeds or not report.coverage.advisories:
        steps.append("cellwarden feeds import PATH      import advisories")
    elif any(feed.is_stale for feed in report.feeds):
        steps.append("cellwarden feeds status           see which data is stale")
    if report.findings:
        worst = worst_first(report.findings)[0]
        steps.append(f"cellwarden explain {worst.id}   the worst finding, with its proof")
    if report.actions:
        steps.append("cellwarden today                  what to do first, for each role")
    count = len(waiting(report))
    if count:
        words = plural(count, "match waits", "matches wait")
        steps.append(f"cellwarden match waiting          {words} for a person's yes or no")
    return steps[:4] or [
        "cellwarden scan                   again when the register or a feed changes"
    ]


def _age_and_coverage(report: Report) -> Table:
    drawn = grid()
    for place, feed in enumerate(report.feeds):
        sign = text("")
        if feed.is_stale:
            sign = mark("stale" if feed.documents else "unknown")
        line = sign + text(f"{feed.feed}: {feed_words(feed)}", "yellow" if feed.is_stale else "")
        drawn.add_row(text("Data" if place == 0 else ""), line)
    if not report.feeds:
        drawn.add_row(text("Data"), mark("unknown") + text("no feed has been imported"))
    for place, words in enumerate(coverage_lines(report)):
        drawn.add_row(text("Coverage" if place == 0 else ""), text(words))
    for place, words in enumerate(ledger_lines(report)):
        drawn.add_row(text("Ledger" if place == 0 else ""), text(words))
    return drawn


def _findings_table(report: Report) -> Table:
    """One line for each check, verdict and severity, worst first, some lines for each word."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in worst_first(report.findings):
        groups.setdefault((word_of(one), one.severity.value, one.check), []).append(one)
    kinds = Counter(word for word, _, _ in groups)
    drawn: Counter[str] = Counter()
    drawing = table(("Severity", 11), ("Count", 5), ("What", None), ("Sites", 8), ("Deadline", 10))
    last = ""
    for (word, severity, _), members in groups.items():
        drawn[word] += 1
        if drawn[word] > MOST_LINES[word]:
            continue
        shown = severity if word == "fail" else word
        if last and shown != last:
            drawing.add_row()
        sites = list(dict.fromkeys(one.site_id for one in members if one.site_id))
        deadlines = sorted(one.deadline_on for one in members if one.deadline_on)
        prefix = "not judged: " if word == "unknown" else ""
        drawing.add_row(
            mark(shown) + text(shown if shown != last else ""),
            text(number(sum(one.count for one in members))),
            text(prefix + members[0].title),
            text(listing(sites, 2)),
            text(deadlines[0] if deadlines else ""),
        )
        if drawn[word] == MOST_LINES[word] and kinds[word] > drawn[word]:
            drawing.add_row("", "", text(f"and {plural(kinds[word] - drawn[word], 'more check')}"))
        last = shown
    return drawing


def _actions(report: Report, role: str, findings: dict[str, Finding]) -> RenderableType:
    mine = [one for one in report.actions if one.role == role]
    if not mine:
        unseen = standing(report).kind == "unseen"
        return text("  unknown: nothing was looked at" if unseen else "  nothing in this run")
    drawn = grid(4)
    for place, one in enumerate(mine[:ACTIONS_PER_ROLE], start=1):
        due = deadline(one.deadline_on, report.run.as_of)
        named = parts_of(one, findings)
        found = f", finding {listing(list(one.findings), 1)}" if one.findings else ""
        told = [one.reason, f"On {listing(named, NAMED_PARTS)}."] if named else [one.reason]
        drawn.add_row(
            text(f"{place}."),
            text(one.title, "bold") + text("\n", raw=True) + lines(told)
            + text(f"\n{printable(due + found)}", "dim", raw=True),
        )  # fmt: skip
    return drawn

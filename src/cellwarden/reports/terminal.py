"""The report for a terminal of 80 columns: marks and words beside every colour, nothing hidden."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import InputError
from cellwarden.model.matching import MatchState
from cellwarden.reports.standing import (
    ROLES,
    coverage_lines,
    feed_words,
    is_accepted,
    standing,
    waiting,
    worst_first,
)
from cellwarden.reports.text import clip, day, deadline, listing, number, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import BlastRadius, Change, Exposure, Report

WIDTH: Final = 80
ACTIONS_PER_ROLE: Final = 5
MOST_CHANGES: Final = 50
MOST_PARTS: Final = 30
MOST_LINES: Final = {"fail": 20, "unknown": 4, "accepted": 2, "pass": 0, "not_applicable": 0}
"""Lines of the summary for each word; the rest is counted, and stands in the report."""
_LONGEST: Final = 400

_MARKS: Final = {
    "critical": ("!!", "bold red"),
    "high": ("! ", "red"),
    "medium": ("* ", "yellow"),
    "low": ("- ", "blue"),
    "info": (". ", "dim"),
    "unknown": ("? ", "magenta"),
    "accepted": ("= ", "dim"),
    "pass": ("ok", "green"),
    "new": ("+ ", "bold red"),
    "worse": ("^ ", "red"),
    "returned": ("< ", "yellow"),
    "better": ("v ", "green"),
    "gone": ("- ", "dim"),
    "stale": ("! ", "bold yellow"),
}
"""Mark and style of each word; the mark and the word say it without the colour."""


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
        _text(f"{run.operator}, as of {day(run.as_of)}, run {run.id}", "bold"),
        _age_and_coverage(report),
        _text(state.sentence, style),
    ]
    if state.caution:
        parts.append(_text(state.caution, "magenta"))
    if report.findings:
        parts += [_text(""), _findings_table(report)]
    parts += [_text(""), _text(f"Next, in {workspace}" if workspace else "Next", "bold")]
    parts += [_text(f"  {step}") for step in next_steps(report)]
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
        _text(f"{report.run.operator}, as of {day(report.run.as_of)}", "bold"),
        _age_and_coverage(report),
    ]
    for name in named if role is None else [role]:
        parts += [_text(""), _text(name.capitalize(), "bold"), _actions(report, name)]
    return Group(*parts)


def finding(report: Report, finding: Finding) -> RenderableType:
    """One finding with everything that it rests on, for ``cellwarden explain``."""
    from rich.console import Group

    word = _word(finding)
    grid = _pairs(
        [
            ("Verdict", f"{word}, {finding.severity.value}"),
            ("Subject", f"{finding.subject} ({finding.subject_kind})"),
            ("Site", finding.site_id or "every site"),
            ("Vendor", finding.vendor or "unknown"),
            ("Because", finding.because),
            ("Why it matters", finding.why_it_matters),
            ("Remedy", finding.remedy),
            ("Deadline", _deadline_words(finding, report)),
            ("First seen", finding.first_seen_on or "unknown"),
            ("Counted", plural(finding.count, "judgement")),
            *(
                (f"  {name}", "unknown" if value is None else value)
                for name, value in sorted(finding.witness.items())
            ),
            ("Evidence", listing(list(finding.evidence), 20) or "none: that is the finding"),
            ("Controls", "; ".join(finding.controls) or "none"),
            ("Requirements", " ".join(finding.requirements) or "none"),
            ("Check", f"{finding.check}, topic {finding.topic}"),
            *_exception(report, finding),
        ]
    )
    mark = _mark("unknown" if word == "unknown" else finding.severity.value)
    parts: list[RenderableType] = [
        _text(f"Finding {finding.id}, as of {day(report.run.as_of)}", "bold"),
        mark + _text(finding.title, "bold"),
        _text(""),
        grid,
    ]
    for one in _related(report, finding):
        parts += [_text(""), _exposure(one, report)]
    return Group(*parts, _text(""), _age_and_coverage(report))


def changes(
    diff: Sequence[Change], before: str | None = None, after: str | None = None
) -> RenderableType:
    """What differs between two runs and why it matters, for ``cellwarden diff``."""
    from rich.console import Group

    ends = f"Run {before or 'none'} to run {after or 'this one'}"
    if not diff:
        return Group(_text(ends, "bold"), _text("Nothing changed."))
    table = _table(("Change", 12), ("Severity", 10), ("What", None))
    for one in diff[:MOST_CHANGES]:
        what = _text(f"{one.title}: ", "bold") + _text(one.subject)
        table.add_row(
            _mark(one.what) + _text(one.what),
            _text(one.severity),
            what + _text(f"\n{printable(one.because)} (finding {one.finding})", raw=True),
        )
    more = len(diff) - MOST_CHANGES
    tail = [_text(f"and {plural(more, 'more change')}")] if more > 0 else []
    return Group(_text(ends, "bold"), table, *tail)


def blast_radius(report: Report, vulnerability: str) -> RenderableType:
    """One vulnerability on one screen: parts, sites, paths, fix, window, who must know.

    Raises:
        InputError: the report has no page on that vulnerability.
    """
    from rich.console import Group

    page = next((one for one in report.blast_radii if one.vulnerability == vulnerability), None)
    if page is None:
        known = listing([one.vulnerability for one in report.blast_radii], 8)
        raise InputError(
            f"no part of this fleet is matched with {vulnerability}",
            advice=f"choose one of {known}" if known else "import advisories, then scan again",
        )
    head = _text(f"{page.vulnerability}: {page.title}", "bold")
    where = f"{report.run.operator}, as of {day(report.run.as_of)}"
    return Group(head, _text(where), _text(""), _blast_grid(page, report), _text(""),
                 _age_and_coverage(report))  # fmt: skip


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
    grid = _grid()
    for place, feed in enumerate(report.feeds):
        mark = _mark("stale") if feed.is_stale else _text("")
        line = mark + _text(f"{feed.feed}: {feed_words(feed)}", "yellow" if feed.is_stale else "")
        grid.add_row(_text("Data" if place == 0 else ""), line)
    if not report.feeds:
        grid.add_row(_text("Data"), _mark("unknown") + _text("no feed has been imported"))
    for place, words in enumerate(coverage_lines(report)):
        grid.add_row(_text("Coverage" if place == 0 else ""), _text(words))
    return grid


def _findings_table(report: Report) -> Table:
    """One line for each check, verdict and severity, worst first, some lines for each word."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in worst_first(report.findings):
        groups.setdefault((_word(one), one.severity.value, one.check), []).append(one)
    lines = Counter(word for word, _, _ in groups)
    drawn: Counter[str] = Counter()
    table = _table(("Severity", 11), ("Count", 5), ("What", None), ("Sites", 8), ("Deadline", 10))
    last = ""
    for (word, severity, _), members in groups.items():
        drawn[word] += 1
        if drawn[word] > MOST_LINES[word]:
            continue
        shown = severity if word == "fail" else word
        if last and shown != last:
            table.add_row()
        sites = list(dict.fromkeys(one.site_id for one in members if one.site_id))
        deadlines = sorted(one.deadline_on for one in members if one.deadline_on)
        prefix = "not judged: " if word == "unknown" else ""
        table.add_row(
            _mark(shown) + _text(shown if shown != last else ""),
            _text(number(sum(one.count for one in members))),
            _text(prefix + members[0].title),
            _text(listing(sites, 2)),
            _text(deadlines[0] if deadlines else ""),
        )
        if drawn[word] == MOST_LINES[word] and lines[word] > drawn[word]:
            table.add_row("", "", _text(f"and {plural(lines[word] - drawn[word], 'more check')}"))
        last = shown
    return table


def _word(one: Finding) -> str:
    return "accepted" if is_accepted(one) else one.verdict.value


def _actions(report: Report, role: str) -> RenderableType:
    mine = [one for one in report.actions if one.role == role]
    if not mine:
        unseen = standing(report).kind == "unseen"
        return _text("  unknown: nothing was looked at" if unseen else "  nothing in this run")
    grid = _grid(4)
    for place, one in enumerate(mine[:ACTIONS_PER_ROLE], start=1):
        due = deadline(one.deadline_on, report.run.as_of)
        found = f", finding {listing(list(one.findings), 3)}" if one.findings else ""
        grid.add_row(
            _text(f"{place}."),
            _text(one.title, "bold") + _text("\n", raw=True) + _text(one.reason)
            + _text(f"\n{printable(due + found)}", "dim", raw=True),
        )  # fmt: skip
    return grid


def _deadline_words(one: Finding, report: Report) -> str:
    words = deadline(one.deadline_on, report.run.as_of)
    return f"{words} ({one.deadline_reason})" if one.deadline_reason else words


def _exception(report: Report, one: Finding) -> Iterable[tuple[str, str]]:
    if one.exception_id is None:
        return
    known = [each for each in report.exceptions if each.exception_id == one.exception_id]
    reason = f": {known[0].reason} Until {known[0].expires_on or 'no date'}." if known else ""
    yield "Exception", f"{one.exception_id}{reason}"


def _related(report: Report, one: Finding) -> list[Exposure]:
    """Open exposures of the part that the finding is about; ids end at a slash or at the end."""
    return [
        each
        for each in report.exposures
        if each.state in {MatchState.AFFECTED, MatchState.UNDETERMINED}
        and f"{one.subject}/".startswith(f"{each.component_id}/")
    ][:5]


def _exposure(one: Exposure, report: Report) -> Table:
    clock = one.clock
    days = "no clock"
    if clock is not None:
        runs = f", {clock.open_part} still runs" if clock.open_part else ""
        days = (
            f"{plural(clock.total_days, 'day')} = vendor {clock.vendor_days} + window "
            f"{clock.window_days} + operator {clock.operator_days}{runs}"
        )
    return _pairs(
        [
            ("Exposure", f"{one.vulnerability} in {one.advisory_id}: {one.title}"),
            ("State", f"{one.state.value}{', candidate' if one.candidate else ''}. {one.why}"),
            ("Firmware", f"{one.firmware or 'unknown'}; range {one.range or 'unknown'}"),
            ("Fixed in", one.fixed_in or "no fix named"),
            ("Clock", days),
            ("Deadline", deadline(one.deadline_on, report.run.as_of)),
            ("Arithmetic", "; ".join(one.arithmetic) or "none"),
        ]
    )


def _blast_grid(page: BlastRadius, report: Report) -> Table:
    exploited = {True: "yes", False: "not listed", None: "unknown"}[page.is_known_exploited]
    states = ", ".join(f"{count} {state}" for state, count in sorted(page.states.items()))
    return _pairs(
        [
            ("States", states or "unknown"),
            ("Score", "unknown" if page.cvss_score is None else str(page.cvss_score)),
            ("Exploited", exploited),
            ("Deadline", deadline(page.deadline_on, report.run.as_of)),
            ("Fix", page.fix or "no fix is named"),
            ("Next window", page.next_window or "unknown"),
            ("Sites", listing(list(page.sites), 20)),
            ("Parts", listing(list(page.components), MOST_PARTS)),
            ("Paths", listing(list(page.paths), 10) or "none recorded, which is not none"),
            ("Who must know", listing(list(page.who_must_know), 10) or "unknown"),
            ("Advisories", listing(list(page.advisory_ids), 10)),
        ]
    )


def _pairs(rows: Iterable[tuple[str, str]]) -> Table:
    grid = _grid(15)
    for name, words in rows:
        grid.add_row(_text(name, "dim"), _text(words))
    return grid


def _grid(first: int = 9) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=first, no_wrap=False, overflow="fold")
    grid.add_column(overflow="fold")
    return grid


def _table(*columns: tuple[str, int | None]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline")
    for name, width in columns:
        table.add_column(
            name, width=width, overflow="fold", justify="right" if name == "Count" else "left"
        )
    return table


def _mark(word: str) -> Text:
    sign, style = _MARKS.get(word, ("  ", ""))
    return _text(f"{sign} ", style)


def _text(words: str, style: str = "", *, raw: bool = False) -> Text:
    """Text without markup; escapes shown as codes unless the words are our own line breaks."""
    from rich.text import Text

    return Text(words if raw else printable(clip(words, _LONGEST)), style=style)

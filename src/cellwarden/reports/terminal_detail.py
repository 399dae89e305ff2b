"""One finding and one weakness on the terminal: what, where, what to do, until when; then why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Verdict
from cellwarden.reports.parts import asked_about, owners, part_of, place_of, what_to_do, where
from cellwarden.reports.standing import data_age_line, word_of
from cellwarden.reports.terminal_drawing import lines, mark, pairs, text
from cellwarden.reports.text import day, deadline, listing, number, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import BlastRadius, Exposure, Report

MOST_PARTS: Final = 30
MOST_CONTROLS: Final = 8
MOST_OTHERS: Final = 6


def finding(report: Report, finding: Finding) -> RenderableType:
    """One finding for ``cellwarden explain``: first what to do, then all that it rests on."""
    from rich.console import Group

    word = word_of(finding)
    asked, others = asked_about(report, finding)
    sign = mark("unknown" if word == "unknown" else finding.severity.value)
    parts: list[RenderableType] = [
        sign + text(finding.title, "bold"),
        text(f"Finding {finding.id}, as of {day(report.run.as_of)}.", "dim"),
        text(f"Data: {data_age_line(report)}.", "dim"),
        text(""),
        _plain(report, finding, asked),
        text(""),
        text("What it rests on", "bold"),
        _evidence(report, finding),
    ]
    if asked is not None:
        parts += [text(""), *_exposure(asked, report)]
    if others:
        parts += [
            text(""),
            _others(others, part_of(finding) or "this part", has_asked=asked is not None),
        ]
    return Group(*parts)


def _plain(report: Report, one: Finding, asked: Exposure | None) -> Table:
    """What, where, whose, what to do, until when: enough for somebody who is no specialist."""
    place = place_of(report, one)
    concerns_exposure = asked is not None and one.verdict is Verdict.FAIL
    act = what_to_do(asked) if asked is not None and concerns_exposure else ""
    has_owner = bool(place.asset_id) or part_of(one) is not None
    reason = f" ({one.deadline_reason})" if one.deadline_reason else ""
    return pairs(
        [
            ("What", lines([one.because])),
            ("Where", where(place, one.site_id) or "not at one site alone"),
            ("Owners", owners(place) if has_owner else ""),
            ("Do", lines(filter(None, (act, one.remedy)))),
            ("Until", deadline(one.deadline_on, report.run.as_of) + reason),
            ("Why", one.why_it_matters),
            *_exception(report, one),
        ]
    )


def _evidence(report: Report, one: Finding) -> Table:
    facts = [
        f"{name}: {'unknown' if value is None else value}"
        for name, value in sorted(one.witness.items())
    ]
    seen = f"; first seen {one.first_seen_on}" if one.first_seen_on else ""
    counted = f"; {number(one.count)} judgements" if one.count > 1 else ""
    return pairs(
        [
            ("Verdict", f"{word_of(one)}, {one.severity.value}{seen}{counted}"),
            ("Subject", f"{one.subject} ({one.subject_kind})"),
            ("Vendor", one.vendor or "unknown"),
            ("Facts", lines(facts)),
            ("Sources", lines(place_of(report, one).disputes)),
            ("Ledger", listing(list(one.evidence), 20) or "none: that is the finding"),
            ("Check", f"{one.check}, topic {one.topic}"),
            ("Demands", " ".join(one.requirements) or "none"),
            ("Controls", _controls(one.controls)),
        ]
    )


def _controls(controls: tuple[str, ...]) -> str:
    more = len(controls) - MOST_CONTROLS
    rest = f"; and {number(more)} more, in the report" if more > 0 else ""
    return "; ".join(controls[:MOST_CONTROLS]) + rest if controls else "none"


def _exception(report: Report, one: Finding) -> Iterable[tuple[str, str]]:
    if one.exception_id is None:
        return
    known = [each for each in report.exceptions if each.exception_id == one.exception_id]
    reason = f": {known[0].reason} Until {known[0].expires_on or 'no date'}." if known else ""
    yield "Accepted", f"{one.exception_id}{reason}"


def _exposure(one: Exposure, report: Report) -> list[RenderableType]:
    clock = one.clock
    days = "no clock"
    if clock is not None:
        runs = f", {clock.open_part} still runs" if clock.open_part else ""
        days = (
            f"{plural(clock.total_days, 'day')} = vendor {clock.vendor_days} + window "
            f"{clock.window_days} + operator {clock.operator_days}{runs}"
        )
    head = text(f"{one.vulnerability} in {one.advisory_id}: {one.title}", "bold")
    grid = pairs(
        [
            ("State", f"{one.state.value}{', candidate' if one.candidate else ''}. {one.why}"),
            ("Firmware", f"{one.firmware or 'unknown'}; range {one.range or 'unknown'}"),
            ("Fixed in", one.fixed_in or "no fix named"),
            ("Score", _score(one)),
            ("Clock", days),
            ("Deadline", deadline(one.deadline_on, report.run.as_of)),
            ("Reckoned", lines(one.arithmetic) if one.arithmetic else "no arithmetic"),
        ]
    )
    return [head, grid]


def _score(one: Exposure) -> str:
    if one.cvss_score is None:
        return "unknown"
    return f"{one.cvss_score} {one.cvss_vector or ''}".rstrip()


def _others(others: list[Exposure], component: str, *, has_asked: bool) -> Text:
    names = list(dict.fromkeys(one.vulnerability for one in others))
    more = "more " if has_asked else ""
    told = plural(len(names), f"{more}weakness", f"{more}weaknesses")
    return text(
        f"{told} of {component} {'is' if len(names) == 1 else 'are'} open or undecided: "
        f"{listing(names, MOST_OTHERS)}. cellwarden blast {names[0]} shows one."
    )


def _part_lines(page: BlastRadius, report: Report) -> Text:
    """Each part with its place, so that somebody can walk there."""
    shown = []
    for name in page.components[:MOST_PARTS]:
        place = report.places.get(name)
        stands = where(place, None) if place else ""
        shown.append(f"{name}: {stands}" if stands else name)
    more = len(page.components) - MOST_PARTS
    if more > 0:
        shown.append(f"and {number(more)} more")
    return lines(shown)


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
    head = text(f"{page.vulnerability}: {page.title}", "bold")
    where = f"{report.run.operator}, as of {day(report.run.as_of)}"
    age = text(f"Data: {data_age_line(report)}.", "dim")
    return Group(head, text(where), age, text(""), _blast_grid(page, report))


def _blast_grid(page: BlastRadius, report: Report) -> Table:
    exploited = {True: "yes", False: "not listed", None: "unknown"}[page.is_known_exploited]
    states = ", ".join(f"{count} {state}" for state, count in sorted(page.states.items()))
    return pairs(
        [
            ("States", states or "unknown"),
            ("Score", "unknown" if page.cvss_score is None else str(page.cvss_score)),
            ("Exploited", exploited),
            ("Deadline", deadline(page.deadline_on, report.run.as_of)),
            ("Fix", page.fix or "no fix is named"),
            ("Window", page.next_window or "unknown"),
            ("Sites", listing(list(page.sites), 20)),
            ("Parts", _part_lines(page, report)),
            ("Paths", listing(list(page.paths), 10) or "none recorded, which is not none"),
            ("Tell", listing(list(page.who_must_know), 10) or "unknown"),
            ("Advisory", listing(list(page.advisory_ids), 10)),
        ]
    )

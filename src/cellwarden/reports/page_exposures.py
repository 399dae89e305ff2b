"""Exposures, blast radii and waiting matches for the HTML report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.matching import MatchState
from cellwarden.reports.charts import cells, clock_axis, clock_bar
from cellwarden.reports.parts import NOWHERE, standing_at, what_to_do
from cellwarden.reports.text import anchor, days_left, deadline, plural, safe_url

if TYPE_CHECKING:
    from cellwarden.model.report import BlastRadius, Exposure, ExposureClock, Report

MOST_EXPOSURES: Final = 150
"""Rows of the exposure table; one row holds the parts and weaknesses of one range."""
MOST_BLASTS: Final = 60
PRINTED_BLASTS: Final = 10
"""Weaknesses with a page of their own on paper; the others stand in the table before them."""
MOST_PARTS: Final = 120
MOST_WHYS: Final = 4
MOST_WAITING: Final = 100

_ORDER: Final = {
    MatchState.AFFECTED: 0,
    MatchState.UNDETERMINED: 1,
    MatchState.FIXED: 2,
    MatchState.NOT_AFFECTED: 3,
}
OPEN: Final = frozenset({MatchState.AFFECTED, MatchState.UNDETERMINED})
_STATE_CLASS: Final = {
    MatchState.AFFECTED: "affected",
    MatchState.UNDETERMINED: "unknown",
    MatchState.FIXED: "pass",
    MatchState.NOT_AFFECTED: "pass",
}

Context = dict[str, Any]


def sheet(report: Report) -> Context:
    """Open exposures first, those with the earliest deadline on top; and the shared day axis."""
    groups: dict[tuple[Any, ...], list[Exposure]] = {}
    for one in sorted(report.exposures, key=_worst):
        groups.setdefault(_kin(one), []).append(one)
    rows = list(groups.values())[:MOST_EXPOSURES]
    longest = max((kin[0].clock.total_days for kin in rows if kin[0].clock), default=0)
    blast_names = {one.vulnerability for one in report.blast_radii[:MOST_BLASTS]}
    shared = _shared([kin[0] for kin in rows])
    return {
        "rows": [_row(report, kin, longest, blast_names, shared) for kin in rows],
        "shared": shared,
        "more": sum(len(kin) for kin in list(groups.values())[MOST_EXPOSURES:]),
        "axis": clock_axis(longest),
        "longest": longest,
        "total": len(report.exposures),
    }


def _shared(shown: list[Exposure]) -> list[str]:
    """The steps that stand in the arithmetic of all of them; they are said once."""
    reckoned = [one.arithmetic for one in shown if one.arithmetic and one.state in OPEN]
    if len(reckoned) < 2:  # noqa: PLR2004 - one alone shares nothing
        return []
    return [step for step in reckoned[0] if all(step in others for others in reckoned)]


def _steps(one: Exposure, shared: list[str]) -> list[str]:
    """What is reckoned for an open one, without what the row and the section say already."""
    if one.state not in OPEN:
        return []
    told = {one.clock.reason} if one.clock else set()
    return [
        step
        for step in one.arithmetic
        if step not in shared and step not in told and not step.startswith("deadline ")
    ]


def _worst(one: Exposure) -> tuple[Any, ...]:
    return (
        _ORDER[one.state], not one.is_known_exploited, one.deadline_on or "9999",
        -(one.cvss_score or 0.0), one.vulnerability, one.component_id,
    )  # fmt: skip


def _kin(one: Exposure) -> tuple[Any, ...]:
    """What parts and weaknesses must share to stand in one row."""
    return one.advisory_id, one.state, one.candidate, one.range, one.fixed_in


def _row(
    report: Report, kin: list[Exposure], longest: int, blast_names: set[str], shared: list[str]
) -> Context:
    one = kin[0]
    left = days_left(one.deadline_on, report.run.as_of)
    parts = list({each.component_id: each for each in reversed(kin)}.values())[::-1]
    weaknesses = list({each.vulnerability: each for each in reversed(kin)}.values())[::-1]
    return {
        "one": one,
        "parts": [
            {
                "part": part,
                "stands": standing_at(report.places.get(part.component_id, NOWHERE)),
                "days": _days(part.clock),
            }
            for part in parts[:MOST_PARTS]
        ],
        "products": list(dict.fromkeys(part.product for part in parts)),
        "versions": list(dict.fromkeys(part.firmware for part in parts if part.firmware)),
        "more_parts": max(0, len(parts) - MOST_PARTS),
        "count": len(parts),
        "weaknesses": [_weakness(each, blast_names) for each in weaknesses[:MOST_PARTS]],
        "more_weaknesses": max(0, len(weaknesses) - MOST_PARTS),
        "is_exploited": one.state in OPEN and any(each.is_known_exploited for each in weaknesses),
        "whys": list(dict.fromkeys(part.why for part in parts))[:MOST_WHYS],
        "do": what_to_do(one),
        "is_open": one.state in OPEN,
        "steps": _steps(one, shared),
        "sites": list(dict.fromkeys(part.site_id for part in parts)),
        "state_class": _STATE_CLASS[one.state],
        "state": one.state.value.replace("_", " "),
        "link": safe_url(one.url),
        "withheld": one.url if one.url and not safe_url(one.url) else None,
        "deadline": deadline(one.deadline_on, report.run.as_of),
        "is_overdue": left is not None and left < 0,
        "clock": one.clock,
        "clock_bar": clock_bar(one.clock, longest) if one.clock else None,
    }


def _days(clock: ExposureClock | None) -> str:
    if clock is None:
        return "no clock"
    runs = f", {clock.open_part} runs" if clock.open_part else ""
    return f"{clock.vendor_days} + {clock.window_days} + {clock.operator_days} days{runs}"


def _weakness(one: Exposure, blast_names: set[str]) -> Context:
    exploited = {True: "yes", False: "not listed", None: "unknown"}[one.is_known_exploited]
    if one.exploited_due_on:
        exploited += f", due {one.exploited_due_on}"
    is_paged = one.vulnerability in blast_names
    return {
        "one": one,
        "exploited": exploited,
        "blast": anchor("b", one.vulnerability) if is_paged else None,
    }


def blast_pages(report: Report) -> Context:
    """One printable page a vulnerability, with its parts drawn on a feeder for each site."""
    by_name: dict[str, list[Exposure]] = {}
    for one in report.exposures:
        by_name.setdefault(one.vulnerability, []).append(one)
    pages = [
        _page(report, one, by_name.get(one.vulnerability, []))
        for one in report.blast_radii[:MOST_BLASTS]
    ]
    return {
        "pages": pages,
        "printed": PRINTED_BLASTS,
        "more": max(0, len(report.blast_radii) - MOST_BLASTS),
    }


def _page(report: Report, blast: BlastRadius, exposures: list[Exposure]) -> Context:
    as_of = report.run.as_of
    named = set(blast.components)
    parts = [one for one in exposures if one.component_id in named] or exposures
    left = days_left(blast.deadline_on, as_of)
    return {
        "blast": blast,
        "anchor": anchor("b", blast.vulnerability),
        "open": sum(count for state, count in blast.states.items() if state in OPEN),
        "deadline": deadline(blast.deadline_on, as_of),
        "is_overdue": left is not None and left < 0,
        "states": sorted((state.replace("_", " "), count) for state, count in blast.states.items()),
        "feeders": _feeders(blast, parts),
        "parts": [
            (
                one,
                _STATE_CLASS[one.state],
                one.state.value.replace("_", " "),
                standing_at(report.places.get(one.component_id, NOWHERE)),
            )
            for one in sorted(parts, key=_worst)[:MOST_PARTS]
        ],
        "unlisted": [name for name in blast.components if name not in _names(parts)][:MOST_PARTS],
        "more_parts": max(0, len(blast.components) - MOST_PARTS),
    }


def _names(parts: list[Exposure]) -> set[str]:
    return {part.component_id for part in parts}


def _feeders(blast: BlastRadius, parts: list[Exposure]) -> list[Context]:
    """One feeder a site: its parts as cells, worst first."""
    feeders = []
    for site in dict.fromkeys((*blast.sites, *(part.site_id for part in parts))):
        there = sorted((part for part in parts if part.site_id == site), key=_worst)
        states = [_STATE_CLASS[part.state] for part in there[:MOST_PARTS]]
        counts: dict[str, int] = {}
        for part in there:
            word = part.state.value.replace("_", " ")
            counts[word] = counts.get(word, 0) + 1
        words = ", ".join(f"{count} {word}" for word, count in counts.items())
        feeders.append(
            {
                "site": site,
                "words": words or "parts not listed",
                "cells": cells(states, f"{site}: {words or plural(0, 'part')}"),
            }
        )
    return feeders

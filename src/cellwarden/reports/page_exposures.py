"""Exposures, blast radii and waiting matches for the HTML report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.matching import MatchState
from cellwarden.reports.charts import cells, clock_axis, clock_bar
from cellwarden.reports.text import anchor, days_left, deadline, plural, safe_url

if TYPE_CHECKING:
    from cellwarden.model.report import BlastRadius, Exposure, Report

MOST_EXPOSURES: Final = 150
"""Rows of the exposure table; one row holds all parts that share vendor, range and clock."""
MOST_BLASTS: Final = 60
MOST_PARTS: Final = 120
MOST_WAITING: Final = 100

_ORDER: Final = {
    MatchState.AFFECTED: 0,
    MatchState.UNDETERMINED: 1,
    MatchState.FIXED: 2,
    MatchState.NOT_AFFECTED: 3,
}
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
    longest = max((part[0].clock.total_days for part in rows if part[0].clock), default=0)
    blast_names = {one.vulnerability for one in report.blast_radii[:MOST_BLASTS]}
    return {
        "rows": [_row(parts, longest, report.run.as_of, blast_names) for parts in rows],
        "more": sum(len(parts) for parts in list(groups.values())[MOST_EXPOSURES:]),
        "axis": clock_axis(longest),
        "longest": longest,
        "total": len(report.exposures),
    }


def _worst(one: Exposure) -> tuple[Any, ...]:
    return (
        _ORDER[one.state], not one.is_known_exploited, one.deadline_on or "9999",
        -(one.cvss_score or 0.0), one.vulnerability, one.component_id,
    )  # fmt: skip


def _kin(one: Exposure) -> tuple[Any, ...]:
    """What parts must share to stand in one row."""
    return (
        one.vulnerability, one.advisory_id, one.state, one.candidate, one.vendor, one.range,
        one.fixed_in, one.deadline_on, one.clock,
    )  # fmt: skip


def _row(parts: list[Exposure], longest: int, as_of: str, blast_names: set[str]) -> Context:
    one = parts[0]
    left = days_left(one.deadline_on, as_of)
    return {
        "one": one,
        "parts": parts[:MOST_PARTS],
        "products": list(dict.fromkeys(part.product for part in parts)),
        "versions": list(dict.fromkeys(part.firmware for part in parts if part.firmware)),
        "more_parts": max(0, len(parts) - MOST_PARTS),
        "count": len(parts),
        "sites": list(dict.fromkeys(part.site_id for part in parts)),
        "state_class": _STATE_CLASS[one.state],
        "state": one.state.value.replace("_", " "),
        "link": safe_url(one.url),
        "withheld": one.url if one.url and not safe_url(one.url) else None,
        "deadline": deadline(one.deadline_on, as_of),
        "is_overdue": left is not None and left < 0,
        "clock": one.clock,
        "clock_bar": clock_bar(one.clock, longest) if one.clock else None,
        "blast": anchor("b", one.vulnerability) if one.vulnerability in blast_names else None,
    }


def blast_pages(report: Report) -> Context:
    """One printable page a vulnerability, with its parts drawn on a feeder for each site."""
    by_name: dict[str, list[Exposure]] = {}
    for one in report.exposures:
        by_name.setdefault(one.vulnerability, []).append(one)
    pages = [
        _page(one, by_name.get(one.vulnerability, []), report.run.as_of)
        for one in report.blast_radii[:MOST_BLASTS]
    ]
    return {"pages": pages, "more": max(0, len(report.blast_radii) - MOST_BLASTS)}


def _page(blast: BlastRadius, exposures: list[Exposure], as_of: str) -> Context:
    named = set(blast.components)
    parts = [one for one in exposures if one.component_id in named] or exposures
    left = days_left(blast.deadline_on, as_of)
    return {
        "blast": blast,
        "anchor": anchor("b", blast.vulnerability),
        "deadline": deadline(blast.deadline_on, as_of),
        "is_overdue": left is not None and left < 0,
        "states": sorted((state.replace("_", " "), count) for state, count in blast.states.items()),
        "feeders": _feeders(blast, parts),
        "parts": [
            (one, _STATE_CLASS[one.state], one.state.value.replace("_", " "))
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

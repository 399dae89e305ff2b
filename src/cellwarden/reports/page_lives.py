"""The lives of the HTML report: each with a strip of its years, one mark an event."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cellwarden.reports.text import anchor, plural

if TYPE_CHECKING:
    from markupsafe import Markup

    from cellwarden.model.lives import Life
    from cellwarden.model.report import Report

MOST_LIVES: Final = 120
_WIDTH: Final = 720
_HEIGHT: Final = 34
_LEAST_DAYS: Final = 30


def sheet(report: Report) -> dict[str, Any]:
    """The lives that are shown, each with its anchor and strip, and how many more there are."""
    return {
        "shown": [
            {
                "life": life,
                "anchor": anchor("life", life.asset_id),
                "open": len(life.gaps),
                "strip": strip(life),
            }
            for life in report.lives[:MOST_LIVES]
        ],
        "more": max(0, len(report.lives) - MOST_LIVES),
    }


def strip(life: Life) -> Markup:
    """A line over the years of a life: a dot for each event, a cross for each gap in time.

    It says nothing that the list below it does not say, so it is one picture for a screen reader.
    """
    from markupsafe import Markup

    days = [on for event in life.events if (on := _day(event.at))]
    gaps = [on for gap in life.gaps if (on := _day(gap.at))]
    if not days:
        return Markup("")
    first, last = min(days + gaps), max(days + gaps)
    span = max((last - first).days, _LEAST_DAYS)
    label = (
        f"{plural(len(days), 'event')} from {first} to {last}, {plural(len(gaps), 'gap')} in time"
    )
    dots = "".join(
        f'<circle cx="{_x(on, first, span)}" cy="12" r="4"/>' for on in sorted(set(days))
    )
    crosses = "".join(
        f'<path d="M{_x(on, first, span) - 5} 7l10 10m0 -10l-10 10" class="hole"/>'
        for on in sorted(set(gaps))
    )
    years = "".join(
        f'<text x="{_x(on, first, span)}" y="31">{on.year}</text>' for on in _years(first, last)
    )
    return Markup(  # noqa: S704 - numbers and dates of our own making
        f'<svg class="strip" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        f'<path d="M10 12H{_WIDTH - 10}" class="axis"/>{dots}{crosses}{years}</svg>'
    )


def _years(first: date, last: date) -> list[date]:
    """The first days of at most a dozen years in between."""
    found = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return found[:: max(1, len(found) // 12 + 1)]


def _x(on: date, first: date, span: int) -> int:
    return 14 + round((on - first).days * (_WIDTH - 28) / span)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None

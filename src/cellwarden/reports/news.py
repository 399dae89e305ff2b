"""What changed between two runs, the news first: what could not be judged is counted last."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.findings import Severity, Verdict
from cellwarden.model.report import Change
from cellwarden.reports.text import number, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORDER: Final = ("new", "returned", "worse", "better", "gone", "accepted")
_SEVERITIES: Final = tuple(severity.value for severity in Severity)
MOST_TITLES: Final = 5
"""Checks whose unknowns changed that are named; the rest is counted."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """The changes between two runs, worst first, and those of judgements that were not made."""

    real: tuple[Change, ...]
    unjudged: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """All of it in one line: ``3 new, 1 gone; 12 changes in what could not be judged``."""
        words = _counted(self.real) or "Nothing that was judged changed"
        if self.unjudged:
            words += f"; {plural(len(self.unjudged), 'change')} in what could not be judged"
        return f"{words}."

    @property
    def unjudged_words(self) -> str:
        """How the unknowns changed: ``12 new, 5 gone``."""
        return _counted(self.unjudged)

    @property
    def unjudged_lines(self) -> tuple[str, ...]:
        """One line a check, most changes first; the rest is counted."""
        counts = Counter(one.title for one in self.unjudged)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = [f"{number(count)} x {title}" for title, count in ordered[:MOST_TITLES]]
        more = len(ordered) - MOST_TITLES
        return (*shown, f"and {plural(more, 'more check')}") if more > 0 else tuple(shown)


def news(changes: Iterable[Change]) -> News:
    """Sort changes: failures by severity and kind of change, what could not be judged apart."""
    ordered = sorted(changes, key=_rank)
    return News(
        real=tuple(one for one in ordered if one.verdict != Verdict.UNKNOWN.value),
        unjudged=tuple(one for one in ordered if one.verdict == Verdict.UNKNOWN.value),
    )


def _rank(one: Change) -> tuple[bool, int, int, str, str]:
    place = _ORDER.index(one.what) if one.what in _ORDER else len(_ORDER)
    is_relief = one.what in {"better", "gone", "accepted"}
    rank = _SEVERITIES.index(one.severity) if one.severity in _SEVERITIES else len(_SEVERITIES)
    return is_relief, rank, place, one.title, one.subject


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(one.what for one in changes)
    named = [*_ORDER, *(what for what in sorted(counts) if what not in _ORDER)]
    return ", ".join(f"{number(counts[what])} {what}" for what in named if counts[what])

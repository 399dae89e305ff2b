"""Coverage as text: for the terminal, as Markdown, as CSV; a share never without its whole."""

from __future__ import annotations

import csv
import io
import textwrap
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.coverage import ControlState, Grade
from cellwarden.reports.sheet import cell
from cellwarden.reports.text import clip, number, plural, printable, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cellwarden.model.coverage import ControlCoverage, FrameworkCoverage

JUDGEMENT: Final = (
    "Which control each check speaks to is our own judgement; no publisher has reviewed it."
)
MARKS: Final = {
    ControlState.CONTRADICTED: "!!",
    ControlState.UNKNOWN: "?",
    ControlState.NO_EVIDENCE: "-",
    ControlState.EVIDENCED: "ok",
}
_MOST_MISSING: Final = 4
_COLUMNS: Final = (
    *("as_of", "framework", "site", "control", "title", "state", "because"),
    *("failed", "accepted", "unknown", "passed", "not_applicable"),
    *("claimed", "documented", "tested", "oldest_evidence", "newest_evidence"),
    *("requirements", "checks", "missing"),
)
_HEADINGS: Final = ("control", "asks", "state", "verdicts", "grades", "evidence", "missing")


def scope_words(found: FrameworkCoverage) -> str:
    """What the coverage is about: the day, and the site or all of them."""
    where = f"site {found.site_id}" if found.site_id else "every site"
    return f"{where}, as of {found.as_of[:10]}"


def whole_words(found: FrameworkCoverage) -> str:
    """Of how many controls the framework is held, and how many are mapped: both denominators."""
    mapped = plural(len(found.controls), "control")
    if not found.controls:
        return f"none of its {number(found.held)} controls is mapped: nothing can be said of it"
    if not found.is_whole:
        return f"{mapped} that our mapping names; the framework has others"
    return f"{mapped} that our mapping names, of {number(found.held)} in the framework"


def state_words(states: Mapping[ControlState, int]) -> list[str]:
    """Each state with its count and the whole, worst first."""
    whole = sum(states.values())
    return [f"{state.value} {share(states[state], whole)}" for state in ControlState]


def grade_words(grades: Mapping[Grade, int]) -> str:
    """How the passes are known: ``12 documented, 3 claimed``."""
    return ", ".join(
        f"{number(grades[grade])} {grade.value}" for grade in reversed(Grade) if grade in grades
    )


def fresh_words(one: ControlCoverage, as_of: str) -> str:
    """The age of the oldest and of the newest fact behind it, in days."""
    if not one.oldest_at or not one.newest_at:
        return "no age"
    oldest, newest = _age(one.oldest_at, as_of), _age(one.newest_at, as_of)
    if oldest == newest:
        return f"{plural(oldest, 'day')} old"
    return f"{number(newest)} to {plural(oldest, 'day')} old"


def count_words(one: ControlCoverage) -> str:
    """The verdicts of its checks: ``3 failed, 2 unknown, 40 passed, 7 not applicable``."""
    return (
        f"{number(one.fails)} failed, {number(one.unknowns)} unknown, {number(one.passes)} passed,"
        f" {number(one.not_applicable)} not applicable"
    )


def missing_words(one: ControlCoverage) -> str:
    """What is missing, the gravest first; what is left out is counted."""
    if not one.missing:
        return "nothing"
    more = len(one.missing) - _MOST_MISSING
    tail = f"; and {more} more" if more > 0 else ""
    return "; ".join(one.missing[:_MOST_MISSING]) + tail


def table(found: FrameworkCoverage, *, width: int) -> str:
    """Every control in a few lines, below a head with the denominators."""
    lines = textwrap.wrap(printable(f"{found.name}: {scope_words(found)}"), width)
    lines += textwrap.wrap(f"{whole_words(found)}.", width)
    lines += [f"  {MARKS[state]:<3}{words}" for state, words in _listed(found)]
    lines += [*textwrap.wrap(JUDGEMENT, width), ""]
    for one in found.controls:
        lines += _block(one, found.as_of, width)
    return "\n".join(lines)


def markdown(found: FrameworkCoverage) -> str:
    """The same as a page of Markdown."""
    lines = [
        f"# {_plain(found.name)}",
        "",
        (
            f"{scope_words(found)}; version {_plain(found.version)} of {found.date}."
            f" {whole_words(found).capitalize()}. {JUDGEMENT}"
        ),
        "",
        "| state | controls |",
        "|---|---|",
        *(
            f"| {state.value} | {share(found.states[state], len(found.controls))} |"
            for state in ControlState
        ),
        "",
        f"| {' | '.join(_HEADINGS)} |",
        "|---" * len(_HEADINGS) + "|",
    ]
    for one in found.controls:
        cells = (
            one.control_id,
            one.title,
            f"{one.state.value}: {one.because}",
            count_words(one),
            grade_words(one.grades) or "none",
            fresh_words(one, found.as_of),
            missing_words(one),
        )
        lines.append("| " + " | ".join(_plain(words) for words in cells) + " |")
    return "\n".join(lines) + "\n"


def table_csv(found: FrameworkCoverage) -> str:
    """One row a control; comment lines say scope, denominators and whose mapping it is."""
    out = io.StringIO()
    for words in (found.name, scope_words(found), whole_words(found), JUDGEMENT):
        out.write(f"# {printable(words)}\r\n")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for one in found.controls:
        writer.writerow([found.as_of[:10], *(cell(words) for words in _row(found, one))])
    return out.getvalue()


def json_text(found: FrameworkCoverage) -> str:
    """Everything, with the counts of controls by state beside it."""
    value = msgspec.to_builtins(found)
    value["states"] = {state.value: count for state, count in found.states.items()}
    value["mapped"] = len(found.controls)
    value["mapping"] = JUDGEMENT
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _listed(found: FrameworkCoverage) -> Iterable[tuple[ControlState, str]]:
    return zip(ControlState, state_words(found.states), strict=True) if found.controls else ()


def _block(one: ControlCoverage, as_of: str, width: int) -> list[str]:
    head = f"{MARKS[one.state]:<3}{one.control_id}  {one.state.value}"
    lines = [printable(head)]
    for words in (
        one.title,
        one.because,
        f"{count_words(one)}, by {plural(len(one.checks), 'check')}" if one.checks else "",
        f"passes: {grade_words(one.grades)}" if one.grades else "",
        f"evidence: {fresh_words(one, as_of)}" if one.oldest_at else "",
        f"missing: {missing_words(one)}" if one.missing else "",
    ):
        lines += textwrap.wrap(
            printable(clip(words)), width, initial_indent="   ", subsequent_indent="     "
        )
    return lines


def _row(found: FrameworkCoverage, one: ControlCoverage) -> list[str]:
    counts = (one.fails, one.accepted, one.unknowns, one.passes, one.not_applicable)
    return [
        found.framework,
        found.site_id or "",
        one.control_id,
        one.title,
        one.state.value,
        one.because,
        *(str(count) for count in counts),
        *(str(one.grades.get(grade, 0)) for grade in Grade),
        (one.oldest_at or "")[:10],
        (one.newest_at or "")[:10],
        " ".join(one.requirements),
        " ".join(one.checks),
        "; ".join(one.missing),
    ]


def _age(at: str, as_of: str) -> int:
    """Days, never below 0: what was recorded after the time that is spoken for is new."""
    try:
        return max(0, (date.fromisoformat(as_of[:10]) - date.fromisoformat(at[:10])).days)
    except ValueError:
        return 0


def _plain(words: str) -> str:
    return printable(clip(words)).replace("|", "\\|")

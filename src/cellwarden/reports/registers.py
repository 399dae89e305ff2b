"""Exceptions, risks and incidents on the terminal: lists that fit, and one of each whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.reports.terminal_drawing import grid, lines, mark, table, text
from cellwarden.reports.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from cellwarden.model.duties import Duty
    from cellwarden.model.report import AcceptedException

_STATES: Final = {"in_force": "accepted", "expired": "returned", "refused": "high"}
_DUTIES: Final = {"told": "pass", "late": "high", "overdue": "critical", "running": "unknown"}
_LABEL: Final = 13
MOST_CONTROLS: Final = 12
MOST_FINDINGS: Final = 12


def exceptions(found: Sequence[AcceptedException]) -> RenderableType:
    """Every exception: its state in a word, what it is for, why it is in that state."""
    made = table(("State", 12), ("Exception", 18), ("What, and how it stands", None))
    for one in found:
        made.add_row(
            mark(_STATES.get(one.state, "unknown")) + text(one.state.replace("_", " ")),
            text(one.exception_id),
            lines([f"{one.check} on {one.subject}", one.because]),
        )
    return made


def risks(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The open risks, worst first."""
    made = table(("Likely", 7), ("Impact", 7), ("Risk", 20), ("Owner, treatment, review", None))
    for row in found:
        left = row["review_days_left"]
        review = "no review is planned"
        if left is not None:
            late = f"overdue by {plural(-left, 'day')}" if left < 0 else f"in {plural(left, 'day')}"
            review = f"review {row['review_on']}, {late}"
        made.add_row(
            text(row["likelihood"] or "unknown"),
            text(row["impact"] or "unknown"),
            text(row["risk_id"]),
            lines(
                [
                    row["title"] or "no title",
                    f"{row['owner'] or 'nobody carries it'}; {row['treatment'] or 'undecided'}",
                    review,
                ]
            ),
        )
    return made


def risk(
    cells: Mapping[str, str], findings: Sequence[str], controls: Sequence[str]
) -> RenderableType:
    """One risk: its cells, the findings that feed it, the controls that it touches."""
    from rich.console import Group

    more = len(controls) - MOST_CONTROLS
    rest = f"; and {more} more" if more > 0 else ""
    fed = list(findings[:MOST_FINDINGS])
    if len(findings) > MOST_FINDINGS:
        fed.append(f"and {len(findings) - MOST_FINDINGS} more")
    parts: list[RenderableType] = [
        _cells(cells),
        text(""),
        text("Findings of the last run", "bold"),
        lines(fed or ["none that it names"]),
        text(""),
        text("Controls", "bold"),
        text("; ".join(controls[:MOST_CONTROLS]) + rest if controls else "none: it names none"),
    ]
    return Group(*parts)


def incidents(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Every incident, open ones first, with the notices that are overdue."""
    made = table(
        ("State", 9), ("Incident", 18), ("Noticed", 10), ("What, and who is waiting", None)
    )
    for row in found:
        owed, running = row["overdue"] or 0, row["running"] or 0
        waiting = ", ".join(
            [f"{plural(owed, 'notice')} overdue or not on record"] * (owed > 0)
            + [f"{plural(running, 'notice')} to give in time"] * (running > 0)
        )
        made.add_row(
            mark("pass" if row["is_closed"] and not owed else "high")
            + text("closed" if row["is_closed"] else "open"),
            text(row["incident_id"]),
            text(row["noticed_on"] or "unknown"),
            lines(
                [
                    row["title"] or "no title",
                    f"{row['owner'] or 'nobody answers for it'}; {waiting or 'all told'}",
                ]
            ),
        )
    return made


def incident(
    cells: Mapping[str, str], notices: Sequence[Mapping[str, str]], duties: Sequence[Duty]
) -> RenderableType:
    """One incident: what is known, every deadline, and who was told when."""
    from rich.console import Group

    owed = table(("State", 11), ("Whom", 11), ("Due (UTC)", 16), ("Notice, rule, told", None))
    for duty in duties:
        told = f"told {_minute(duty.told_at)}" if duty.told_at else "not on record"
        doubt = "" if duty.is_verified else " (deadline needs a second look)"
        owed.add_row(
            mark(_DUTIES[duty.state]) + text(duty.state),
            text(duty.audience),
            text(_minute(duty.due_at) if duty.due_at else "after earlier"),
            lines([f"{duty.stage.replace('_', ' ')}: {told}", duty.rule + doubt]),
        )
    said = [
        f"{_minute(one.get('told_at'))} {one.get('audience', '')}: {one.get('told', '')}"
        f" ({one.get('stage', '').replace('_', ' ')}, {one.get('channel', 'way unknown')})"
        for one in notices
    ]
    return Group(
        _cells(cells),
        text(""),
        text("Who has to be told", "bold"),
        owed,
        text(""),
        text("Who was told", "bold"),
        lines(said or ["nobody, as far as is on record"]),
    )


def _cells(cells: Mapping[str, str]) -> RenderableType:
    made = grid(_LABEL)
    for name, value in cells.items():
        if name != "source":
            label = name.removesuffix("_id").replace("_ids", "s").replace("_", " ")
            made.add_row(text(label, "dim"), text(value.replace(";", ", ")))
    return made


def _minute(moment: str | None) -> str:
    return (moment or "unknown")[:16].replace("T", " ")

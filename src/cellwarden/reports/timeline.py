"""A life as text: on the terminal, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.reports.formats.markdown import escape
from cellwarden.reports.terminal_drawing import mark, pairs, text
from cellwarden.reports.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table

    from cellwarden.model.lives import Life, LifeEvent, LifeGap

SHORT: Final = 12
"""Hex digits of a digest that people compare; the JSON holds all of them."""

_UNDATED: Final = "undated"


def life(told: Life, *, workspace: str = "") -> RenderableType:
    """One life for the terminal: who it is, its timeline, its gaps, how to check it."""
    from rich.console import Group

    parts: list[RenderableType] = [
        text(headline(told), "bold"),
        _head(told),
        text(""),
        _events(told),
    ]
    if told.gaps:
        parts += [text(""), text("Not on record", "bold"), _gaps(told.gaps)]
    if told.findings:
        parts += [text(""), text("What the checks say", "bold"), _findings(told)]
    at = f" -w {workspace}" if workspace else ""
    parts += [
        text(""),
        text(
            f"As of {told.as_of[:10]}, from {plural(told.ledger_size, 'entry', 'entries')} of the"
            f" ledger. {proof_line(told)}",
            "dim",
        ),
        text(f"Check a line: cellwarden ledger show FACT{at}; cellwarden ledger prove ENTRY{at}"),
    ]
    return Group(*parts)


def headline(told: Life) -> str:
    """Which asset it is, in one line."""
    made = " ".join(filter(None, (told.manufacturer, told.model))) or "maker and model unknown"
    return f"{told.asset_id}: {made}, serial {told.serial or 'unknown'}"


def proof_line(told: Life) -> str:
    """How far the lines are covered by a signed checkpoint, without calling anything proven."""
    covered = sum(1 for event in told.events if event.proof and event.proof.checkpoint_size)
    total = len(told.events)
    if not total:
        return "Nothing is on record."
    if covered == total:
        return f"All {plural(total, 'line')} lie under a signed checkpoint."
    return (
        f"{covered} of {plural(total, 'line')} lie under a signed checkpoint;"
        " `cellwarden ledger checkpoint` signs the rest."
    )


def _head(told: Life) -> Table:
    return pairs(
        [
            ("Name", told.name or ""),
            ("Where", told.site_id or "no site on record"),
            ("State", (told.lifecycle or "unknown").replace("_", " ")),
            ("Cells", (told.chemistry or "unknown: its papers cannot be told").replace("_", " ")),
            ("Warranty", f"until {told.warranty_until}" if told.warranty_until else "unknown"),
        ]
    )


def _events(told: Life) -> Table:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="underline")
    made.add_column("Date", width=10)
    made.add_column("Phase", width=12)
    made.add_column("What, who, source, grade, proof", overflow="fold", ratio=1)
    for event in told.events:
        made.add_row(text(event.at[:10] or _UNDATED), text(event.phase), _event(event))
    return made


def _event(event: LifeEvent) -> RenderableType:
    from rich.console import Group

    return Group(text(event.what), text(_below(event), "dim"))


def _below(event: LifeEvent) -> str:
    words = [
        event.who or "nobody named",
        event.source.removeprefix("register/") or "source unknown",
        event.grade or "grade unknown",
        f"fact {event.fact}",
    ]
    if event.proof:
        words.append(f"leaf {event.proof.leaf_sha256[:SHORT]}")
    return " · ".join(words)


def _gaps(gaps: tuple[LifeGap, ...]) -> Table:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    made.add_column(width=10)
    made.add_column(width=12)
    made.add_column(overflow="fold", ratio=1)
    for gap in gaps:
        sign = mark("unknown" if gap.state == "unknown" else "high")
        made.add_row(text(gap.at[:10] or "-"), text(gap.phase), sign + text(gap_words(gap)))
    return made


def gap_words(gap: LifeGap) -> str:
    """A gap in words; its state stands in the sentence, so that colour is not needed."""
    return f"{gap.says}: {gap.state}" if not gap.at else gap.says


def _findings(told: Life) -> Table:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    made.add_column(width=12)
    made.add_column(width=12)
    made.add_column(overflow="fold", ratio=1)
    for one in told.findings:
        sign = mark(one.severity)
        made.add_row(sign + text(one.severity), text(one.id), text(one.because))
    return made


def markdown(told: Life) -> str:
    """One life as a Markdown document with the whole digests."""
    return "\n".join(_markdown(told)).rstrip() + "\n"


def _markdown(told: Life) -> Iterator[str]:
    yield f"# {escape(headline(told))}"
    yield ""
    yield (
        f"As of {told.as_of[:10]}, ledger of {plural(told.ledger_size, 'entry', 'entries')}."
        f" {proof_line(told)}"
    )
    yield ""
    yield "| date | phase | what | who | source | grade | fact | leaf of the entry |"
    yield "|---|---|---|---|---|---|---|---|"
    for event in told.events:
        cells = (
            event.at[:10] or _UNDATED,
            event.phase,
            event.what,
            event.who or "nobody named",
            event.source,
            event.grade or "unknown",
            event.fact,
            event.proof.leaf_sha256 if event.proof else "",
        )
        yield "| " + " | ".join(escape(cell) for cell in cells) + " |"
    if told.gaps:
        yield ""
        yield "## Not on record"
        yield ""
        for gap in told.gaps:
            when = f"{gap.at[:10]}: " if gap.at else ""
            yield f"- {escape(f'{when}{gap.phase}: {gap_words(gap)}')}"
    if told.findings:
        yield ""
        yield "## What the checks say"
        yield ""
        for one in told.findings:
            yield f"- {one.severity}, {one.id}: {escape(one.because)}"

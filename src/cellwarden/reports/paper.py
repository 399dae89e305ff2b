"""A paper for people to sign: title, sections with words, tables, drawings; HTML and Markdown."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from cellwarden.reports.text import clip, printable


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table: its heads, its rows, and the columns that hold numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a paper; ``drawing`` is SVG made by us, ``caption`` says what it shows."""

    title: str
    words: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    drawing: str = ""
    caption: str = ""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """The whole paper. ``verdict`` is one sentence; ``is_good`` nothing where it is no verdict."""

    kind: str
    title: str
    dated: str
    verdict: str
    is_good: bool | None
    sections: tuple[Section, ...]
    foot: str


def paper_markdown(paper: Paper) -> str:
    """The paper in Markdown; drawings are left out, their tables say the same."""
    lines = [f"# {_plain(paper.title)}", "", f"{paper.kind}, {paper.dated}", ""]
    lines += [f"**{_plain(paper.verdict)}**", ""]
    for section in paper.sections:
        lines += [f"## {section.title}", ""]
        for words in section.words:
            lines += [_plain(words), ""]
        if section.points:
            lines += [f"- {_plain(point)}" for point in section.points] + [""]
        if section.table:
            heads = section.table.heads
            rule = ["---:" if at in section.table.numbers else "---" for at in range(len(heads))]
            rows = [heads, tuple(rule), *section.table.rows]
            lines += [
                "| "
                + " | ".join(_cell(cell) if row is not rows[1] else cell for cell in row)
                + " |"
                for row in rows
            ]
            lines.append("")
    return "\n".join([*lines, _plain(paper.foot), ""])


def paper_html(paper: Paper) -> str:
    """The paper as one HTML file: no network, light and dark, on paper as on a screen."""
    return str(_template().render(paper=paper, css=_css()))


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = lambda text: printable(clip(str(text)))
    return environment.from_string(_file("paper.html.j2"))


@cache
def _css() -> str:
    return _file("paper.css")


def _file(name: str) -> str:
    return resources.files("cellwarden.reports").joinpath("html", name).read_text("utf-8")


def _plain(text: str) -> str:
    """Text that Markdown takes as it is: no markup, no HTML, no line breaks."""
    kept = printable(clip(text)).replace("\\", "\\\\")
    for sign in "`*_{}[]<>#|":
        kept = kept.replace(sign, f"\\{sign}")
    return kept


def _cell(text: str) -> str:
    return _plain(text) or " "

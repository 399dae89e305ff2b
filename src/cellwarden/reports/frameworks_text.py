"""Frameworks in the terminal: all of them, the controls of one, one control whole."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from cellwarden.reports.text import number, plural, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cellwarden.model.frameworks import ControlWords, FrameworkWords

WORDING: Final = {
    "publisher": "the publisher's text, which is in the public domain",
    "titles": "the publisher's titles, which are in the public domain",
    "own words": "the identifier is the framework's, the words are ours",
}


def framework_table(frameworks: Sequence[FrameworkWords], *, width: int) -> str:
    """Every framework in a few lines."""
    lines = []
    for one in frameworks:
        lines.append(one.id)
        held = (
            f"of {number(len(one.titles))}" if one.is_whole else "of those that the framework has"
        )
        for words in (
            f"{one.name}. {one.publisher}, {one.version}, {one.date}.",
            f"{plural(len(one.mapped), 'control')} mapped, {held}; {WORDING[one.text]}.",
            f"From: {one.source}.",
        ):
            lines += _wrapped(words, width)
    lines.append(plural(len(frameworks), "framework"))
    return "\n".join(lines)


def control_table(one: FrameworkWords, *, width: int) -> str:
    """The controls of a framework; those that are mapped carry a star."""
    lines = [*textwrap.wrap(f"{one.name}: {one.about}", width), ""]
    mapped = set(one.mapped)
    for key, title in one.titles.items():
        lines += textwrap.wrap(
            printable(f"{'*' if key in mapped else ' '} {key}  {title}"),
            width,
            subsequent_indent="    ",
        )
    lines.append(
        f"* mapped to our requirements: {number(len(mapped))} of {number(len(one.titles))}"
    )
    return "\n".join(lines)


def control_page(found: ControlWords, *, width: int) -> str:
    """One control whole."""
    one = found.framework
    lines = [*textwrap.wrap(printable(f"{one.name}: {found.control_id}"), width), ""]
    lines += textwrap.wrap(printable(found.title), width)
    for paragraph in found.body.splitlines():
        blank = " " * (len(paragraph) - len(paragraph.lstrip()))
        lines += textwrap.wrap(printable(paragraph), width, subsequent_indent=f"{blank}  ") or [""]
    lines += ["", f"Words: {WORDING[one.text]}."]
    if not found.requirements:
        lines.append("Mapped to none of our requirements, so nothing is said of it.")
        return "\n".join(lines)
    lines += textwrap.wrap(
        f"Mapped, by our own judgement, to {', '.join(found.requirements)}."
        f" Identifier from: {'; '.join(found.sources)}.",
        width,
    )
    lines.append("")
    if not found.checks:
        lines.append("No check speaks to it: no evidence, whatever else is green.")
    for name, asks in found.checks:
        lines.append(name)
        lines += _wrapped(asks, width)
    return "\n".join(lines)


def _wrapped(words: str, width: int) -> list[str]:
    return textwrap.wrap(printable(words), width, initial_indent="  ", subsequent_indent="    ")

"""Sentences that findings print: templates filled from a row, and words for what is not known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_COUNTED: Final = re.compile(r"\{([a-z][a-z0-9_]*)\} (\w+)\(s\)")
"""A count and its noun: ``{parts_in_use} part(s)``."""

_MOST_CELL: Final = 120
_NAMED: Final = 5


def places(template: str) -> tuple[str, ...]:
    """The columns that a template names.

    Raises:
        ValueError: a brace stands for anything but a column.
    """
    found = tuple(_PLACE.findall(template))
    rest = _PLACE.sub("", template)
    if "{" in rest or "}" in rest:
        raise ValueError("a brace may only hold the name of a column: {firmware}")
    return found


def fill(template: str, cells: Mapping[str, str | None]) -> str:
    """A template with each place replaced by its cell, once, as plain text.

    Cells come from imported documents: control characters are shown, not passed on, long ones are
    cut, and braces inside them stay what they are. A missing cell reads "unknown". A noun with
    ``(s)`` behind a count is one or several, as the count is.
    """
    template = _COUNTED.sub(
        lambda found: f"{{{found[1]}}} {found[2]}{'' if cells.get(found[1]) == '1' else 's'}",
        template,
    )
    return _PLACE.sub(lambda found: printable(cells.get(found[1])), template)


def printable(cell: str | None) -> str:
    """One cell as a reader may see it."""
    if cell is None:
        return "unknown"
    if len(cell) <= _MOST_CELL and cell.isprintable():
        return cell  # no category below is printable
    shown = "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in cell[: _MOST_CELL + 1]
    )
    return shown if len(cell) <= _MOST_CELL else shown[:_MOST_CELL] + "..."


def not_known(*, says: str, count: int, noun: str, plural: str, named: Sequence[str]) -> str:
    """The sentence of an unknown: what is missing, for how many, and some of them by name."""
    shown = ", ".join(printable(name) for name in named[:_NAMED])
    if count == 1:
        return f"Not known for {noun} {shown}: {says}."
    rest = count - min(len(named), _NAMED)
    more = f" and {rest} more" if rest else ""
    return f"Not known for {count} {plural}: {says} ({shown}{more})."

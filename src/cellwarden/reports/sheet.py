"""CSV that a spreadsheet opens without running anything: comment lines, then a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from cellwarden.reports.standing import machine_head
from cellwarden.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cellwarden.model.report import Report

_FORMULA: Final = tuple("=+-@\t\r＝＋－＠")


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula and no terminal obeys.

    A text that begins with = + - @ tab or carriage return (also the full-width signs, also after
    blanks) gets a leading apostrophe; invisible characters are written as their codes.
    """
    guarded = f"'{text}" if text.startswith(_FORMULA) or _is_padded_formula(text) else text
    return printable(guarded)


def _is_padded_formula(text: str) -> bool:
    return text[:1].isspace() and text.lstrip().startswith(_FORMULA)


def table(report: Report, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A CSV text: lines that begin with ``#`` say run, data age and coverage, then the table.

    Every row begins with the run's date, so no row of the table begins with ``#``.
    """
    out = io.StringIO()
    for name, words in machine_head(report).items():
        out.write(f"# {name}: {printable(words)}\r\n")
    writer = csv.writer(out)
    writer.writerow(("as_of", *columns))
    for row in rows:
        writer.writerow((report.run.as_of[:10], *(cell(text) for text in row)))
    return out.getvalue()

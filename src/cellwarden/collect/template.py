"""Empty register files for people who work in spreadsheets."""

from __future__ import annotations

import csv
import io

from cellwarden.collect.values import choices, format_of, register_kinds, required
from cellwarden.model.facts import kinds

_SAID = {
    "date": "date: 2026-11-16",
    "time": "2026-11-16T22:00:00Z",
    "decimal": "number without unit",
    "count": "whole number",
    "country": "two letters",
    "url": "https://...",
    "sha256": "64 hexadecimal digits",
    "yes_no": "yes or no",
}


def template(kind: str) -> str:
    """A CSV file with the headings of a kind and one remark under them.

    Under each heading stands what belongs there, so that it is read in the column where it is
    needed; the line begins with ``# `` and is passed over when the file is read. The text begins
    with a byte order mark: without it a spreadsheet program damages every ü on saving.

    Raises:
        KeyError: people do not write rows of this kind.
    """
    if kind not in register_kinds():
        raise KeyError(kind)
    columns = kinds()[kind].columns
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    remarks = [_remark(kind, column.name, column.says) for column in columns]
    writer.writerow(["# " + remarks[0], *remarks[1:]])
    return "\ufeff" + lines.getvalue()


def _remark(kind: str, column: str, says: str) -> str:
    words = [f"{says} (needed)" if column in required(kind) else says]
    wanted = format_of(kind, column)
    if wanted in _SAID and "yes or no" not in says:
        words.append(_SAID[wanted])
    elif wanted and wanted not in _SAID and wanted != "version":
        name = wanted.removesuffix("*")
        if any(choice not in says for choice in choices(name)):
            words.append("one of " + ", ".join(choices(name)))
    return "; ".join(words)

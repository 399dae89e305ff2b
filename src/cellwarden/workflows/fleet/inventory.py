"""An inventory that is no register: one CSV file with a line for each component."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from cellwarden.model.errors import InputError
from cellwarden.model.matching import Component

_COLUMNS: Final = Component.__struct_fields__
_NEEDED: Final = ("component_id", "manufacturer", "model", "part", "firmware")
_SIGNS: Final = ",;\t"
"""What may part the cells; the header tells which."""
_LONGEST_CELL: Final = 4_000
"""Characters that are kept of a cell; nothing is read out of more."""
_LONGEST_QUOTED: Final = 100_000
"""A cell of several lines that is longer comes of a quote that somebody forgot to close."""
_NO_LIMIT: Final = 2**31 - 1
_END: Final = "\ufdd4"
"""A line behind the last: where it is not found again, a quote was left open."""


def read_inventory(path: Path) -> list[Component]:
    """The components of a CSV inventory; extra columns are passed over, cells are verbatim.

    Cells are parted by commas, semicolons or tabs. Column names count however they are spelled:
    ``Component ID`` is ``component_id``. Of a cell that is longer than anybody's, the first 4,000
    characters are kept.

    Raises:
        InputError: the file cannot be read, a needed column is missing, an id is empty or twice,
            or a quote is never closed.
    """
    text = _text_of(path)
    try:
        return list(_read(text, path, limit=_LONGEST_CELL))
    except csv.Error:
        pass  # a cell that is longer: read once more with a closer look at each
    try:
        return list(_read(text, path, limit=_NO_LIMIT))
    except csv.Error as error:
        raise InputError(f"{path}: {error}", advice="mend the quotes of the file") from error


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        advice = "give a CSV file in UTF-8 with a header row"
        raise InputError(f"{path}: {error.strerror or error}", advice=advice) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}: line {line}: not UTF-8 ({error.reason})",
            advice="save it as CSV UTF-8; a spreadsheet offers that when it saves",
        ) from error


def _read(text: str, path: Path, *, limit: int) -> Iterator[Component]:
    """The components of a text.

    Raises:
        csv.Error: a cell has more characters than the limit.
    """
    before = csv.field_size_limit(limit)  # the whole process shares it
    try:
        lines = csv.reader(chain(io.StringIO(text, newline=""), (_END,)), delimiter=_sign_of(text))
        header = ["_".join(cell.casefold().split()) for cell in next(lines, [])]
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise InputError(
                f"{path}: line 1 has no column {', '.join(missing)}",
                advice=f"the columns are {', '.join(_NEEDED)}; optional are "
                + ", ".join(name for name in _COLUMNS if name not in _NEEDED),
            )
        yield from _components(lines, header, path, limit=limit)
    finally:
        csv.field_size_limit(before)


def _sign_of(text: str) -> str:
    """The sign that parts the cells of a header: the one that occurs most; a comma in doubt."""
    header = text[: text.find("\n")] if "\n" in text else text
    return max(_SIGNS, key=header.count)


def _components(lines: Any, header: list[str], path: Path, *, limit: int) -> Iterator[Component]:
    absent = len(header)  # a cell behind the last one, for what the file does not say
    places = [header.index(name) if name in header else absent for name in _COLUMNS]
    taken, width = itemgetter(*places), absent + 1
    seen: set[str] = set()
    first = lines.line_num + 1
    for cells in lines:
        line, first = first, lines.line_num + 1
        if cells == [_END]:
            return
        if not any(cells):
            continue
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        cells[absent] = ""
        if limit > _LONGEST_CELL:
            cells = [_cut(cell, path, line) for cell in cells]  # noqa: PLW2901 - as far as it is read
        (
            name, manufacturer, model, part, firmware,
            role, hardware, part_number, serial, site_id, asset_id,
        ) = map(str.strip, taken(cells))  # fmt: skip
        if not name or name in seen:
            raise InputError(
                f"{path}: line {line}: component_id {name[:80]!r} is "
                + ("there twice" if name else "empty"),
                advice="give each line an id of its own",
            )
        seen.add(name)
        yield Component(  # each column by its name: twice as fast as from a dictionary
            component_id=name,
            manufacturer=manufacturer,
            model=model,
            part=part,
            firmware=firmware,
            role=role,
            hardware=hardware,
            part_number=part_number,
            serial=serial,
            site_id=site_id,
            asset_id=asset_id,
        )
    raise _open_quote(path, line)


def _cut(cell: str, path: Path, line: int) -> str:
    if len(cell) > _LONGEST_QUOTED and "\n" in cell:
        raise _open_quote(path, line)
    return cell[:_LONGEST_CELL]


def _open_quote(path: Path, line: int) -> InputError:
    return InputError(
        f"{path}: line {line}: a quote that is opened there is never closed",
        advice="close it, or write two quotes where one is meant",
    )

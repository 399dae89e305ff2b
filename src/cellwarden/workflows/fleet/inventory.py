"""An inventory that is no register: one CSV file with a line for each component."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

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
        InputError: the file cannot be read, a needed column is missing, an id is empty or stands
            twice for one part, or a quote is never closed.
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
        rows = _rows(text)
        header = ["_".join(cell.casefold().split()) for cell in next(rows, [])]
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise InputError(
                f"{path}: line 1 has no column {', '.join(missing)}",
                advice=f"the columns are {', '.join(_NEEDED)}; optional are "
                + ", ".join(name for name in _COLUMNS if name not in _NEEDED),
            )
        yield from _components(rows, header, _Place(text, path), limit=limit)
    finally:
        csv.field_size_limit(before)


def _sign_of(text: str) -> str:
    """The sign that parts the cells of a header: the one that occurs most; a comma in doubt."""
    header = text[: text.find("\n")] if "\n" in text else text
    return max(_SIGNS, key=header.count)


def _rows(text: str) -> Any:
    """A reader of a text's rows, with one row behind the last: the end."""
    lines = chain(io.StringIO(text, newline=""), (_END,))
    return csv.reader(lines, delimiter=_sign_of(text))


class _Place(NamedTuple):
    """Where rows stand; worked out for the one that is wrong, which is quicker than for each."""

    text: str
    path: Path

    def of(self, row: int) -> str:
        """The file and the line where a row begins, the header being row 0."""
        rows = _rows(self.text)
        for _ in islice(rows, row):
            pass
        return f"{self.path}: line {rows.line_num + 1}"


def _components(rows: Any, header: list[str], place: _Place, *, limit: int) -> Iterator[Component]:
    width = len(header)
    places = [header.index(name) if name in header else -1 for name in _COLUMNS]
    taken = itemgetter(*places)  # the last cell is the one for what the file does not say
    seen: set[tuple[str, str]] = set()
    at = 0
    for at, cells in enumerate(rows, 1):
        if len(cells) < width:
            if cells == [_END]:
                return
            if not cells:
                continue
            cells.extend([""] * (width - len(cells)))
        cells.append("")
        if limit > _LONGEST_CELL:
            cells = [_cut(cell, place, at) for cell in cells]  # noqa: PLW2901 - as far as it is read
        (
            name, manufacturer, model, part, firmware,
            role, hardware, part_number, serial, site_id, asset_id,
        ) = map(str.strip, taken(cells))  # fmt: skip
        if not name or (name, part) in seen:
            if not any(cells):
                continue
            raise InputError(
                f"{place.of(at)}: component_id {name[:80]!r} is "
                + ("there twice, for one part" if name else "empty"),
                advice="give each line an id of its own, or name the part that it is of",
            )
        seen.add((name, part))
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
    raise _open_quote(place, at)


def _cut(cell: str, place: _Place, at: int) -> str:
    if len(cell) > _LONGEST_QUOTED and "\n" in cell:
        raise _open_quote(place, at)
    return cell[:_LONGEST_CELL]


def _open_quote(place: _Place, at: int) -> InputError:
    return InputError(
        f"{place.of(at)}: a quote that is opened there is never closed",
        advice="close it, or write two quotes where one is meant",
    )

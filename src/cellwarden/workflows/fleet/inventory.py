"""An inventory that is no register: one CSV file with a line for each component."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.model.matching import Component

_COLUMNS: Final = Component.__struct_fields__
_NEEDED: Final = ("component_id", "manufacturer", "model", "part", "firmware")
_LONGEST_CELL: Final = 100_000


def read_inventory(path: Path) -> list[Component]:
    """The components of a CSV inventory; extra columns are passed over, cells are verbatim.

    Raises:
        InputError: the file cannot be read, a needed column is missing, or an id is empty or twice.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: {error}", advice="give a CSV file in UTF-8 with a header row"
        ) from error
    csv.field_size_limit(_LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(lines, [])]
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise InputError(
                f"{path}: line 1 has no column {', '.join(missing)}",
                advice=f"the columns are {', '.join(_NEEDED)}; optional are "
                + ", ".join(name for name in _COLUMNS if name not in _NEEDED),
            )
        return list(_components(lines, header, path))
    except csv.Error as error:
        raise InputError(
            f"{path}: line {lines.line_num}: {error}", advice="mend the quotes of that line"
        ) from error


def _components(lines: Iterator[list[str]], header: list[str], path: Path) -> Iterator[Component]:
    places = [(name, header.index(name)) for name in _COLUMNS if name in header]
    width = 1 + max(at for _, at in places)
    seen: set[str] = set()
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        values = {name: cells[at].strip() for name, at in places}
        name = values["component_id"]
        if not name or name in seen:
            raise InputError(
                f"{path}: line {number}: component_id {name!r} is "
                + ("there twice" if name else "empty"),
                advice="give each line an id of its own",
            )
        seen.add(name)
        yield Component(**values)

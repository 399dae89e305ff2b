"""Values that a workbook saved beside its formulas: which of them are certainly out of date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from cellwarden.collect.text import cut

Grid = list[list[object]]

_POINTS_AT: Final = re.compile(
    r"=?(?:('(?:[^']|'')+'|[^\W\d]\w*)!)?\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.IGNORECASE
)
_SHOWN: Final = 40


def outdated(
    sheet: str, formulas: Mapping[str, str], grid_of: Callable[[str], Grid | None]
) -> dict[tuple[int, int], str]:
    """Cells that show another value than the cell that they name, by row and column from 0.

    Only formulas that name one cell and nothing else can be looked at without calculating.

    Args:
        sheet: the worksheet that the formulas stand in.
        formulas: their text by the cell's name, such as ``B2``.
        grid_of: the saved values of a worksheet, or nothing where there is no such sheet.

    Returns:
        Why each of them cannot be believed.
    """
    found = {}
    for cell, formula in formulas.items():
        target = _POINTS_AT.fullmatch(formula.strip())
        if target is None:
            continue
        named = (target[1] or sheet).strip("'").replace("''", "'")
        here = _value(grid_of(sheet), _position(cell))
        grid = grid_of(named)
        there = _value(grid, _position(target[2] + target[3]))
        if grid is None or here in {"", None} or _is_same(here, there):
            continue
        shown = repr(cut(str(there), _SHOWN)) if there not in {"", None} else "nothing"
        found[_position(cell)] = (
            f"the formula names {formula.strip().removeprefix('=')}, which holds {shown}, and the "
            "saved value is older; calculate and save the workbook again"
        )
    return found


def _is_same(here: object, there: object) -> bool:
    """Whether a saved value is what its formula names; an empty cell is shown as 0."""
    return here == there or (there in {"", None} and here == 0)


def _value(grid: Grid | None, position: tuple[int, int]) -> object:
    row, column = position
    if grid is None or row >= len(grid) or column >= len(grid[row]):
        return ""
    return grid[row][column]


def _position(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(cell[len(letters) :]) - 1, number - 1

"""Golden copies as CSV, streamed: the published headings become the names that XML gives."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from cellwarden.model.errors import SourceError
from cellwarden.vendors.gleif.nouns import ADVICE, CELLS, Level, Raw

LONGEST_CELL: Final = 100_000
LONGEST_LINE: Final = 4_000_000
MOST_COLUMNS: Final = 2_000
"""Headings of one file; the largest golden copy has some 340."""

_CELLS: Final = {
    **CELLS,
    "Entity.SuccessorEntity.1.SuccessorLEI": "successor",
    "Exception.Category": "category",
    "Exception.Reason.1": "reason",
    "Exception.Reference.1": "reference",
}
_NAME_STARTS: Final = (
    "Entity.OtherEntityNames.OtherEntityName.",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.",
)
_PERIOD_START: Final = "Relationship.Period."
_PERIOD_PARTS: Final = {"startDate": "start", "endDate": "end", "periodType": "kind"}


def level_of(headings: Sequence[str]) -> Level | None:
    """What a table with these headings tells of; nothing where it is no file of GLEIF."""
    have = set(headings)
    if {"Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID"} <= have:
        return Level.PARENTS
    if {"LEI", "Exception.Category"} <= have:
        return Level.NOT_NAMED
    if {"LEI", "Entity.LegalName"} <= have:
        return Level.ENTITIES
    return None


def headings_of(path: Path, text: TextIO) -> list[str]:
    """The headings of a golden copy.

    Raises:
        SourceError: the first line is no line of headings, or a monstrous one.
    """
    csv.field_size_limit(LONGEST_CELL)
    line = text.readline(LONGEST_CELL)
    headings = next(csv.reader([line]), []) if "\0" not in line else []
    if len(headings) > MOST_COLUMNS:
        raise SourceError(f"{path}: {len(headings)} columns", advice=ADVICE)
    return [one.strip().lstrip("\ufeff") for one in headings]


def stream(path: Path, text: TextIO, headings: Sequence[str]) -> Iterator[Raw]:
    """The records below the headings.

    Raises:
        SourceError: a quote that does not end, or a cell beyond the bound; names file and line.
    """
    cells = [(at, _CELLS[name]) for at, name in enumerate(headings) if name in _CELLS]
    names = [at for at, name in enumerate(headings) if _is_name(name)]
    periods = _periods(headings)
    width = len(headings)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_lines(path, text), strict=True)
    try:
        for row in reader:
            if not row:
                continue
            if len(row) != width:
                raise SourceError(
                    f"{path}: line {reader.line_num + 1}: {len(row)} cells under {width} headings:"
                    " the file is cut off or damaged",
                    advice=ADVICE,
                )
            yield Raw(
                reader.line_num + 1,
                {name: cell for at, name in cells if (cell := row[at].strip())},
                [cell for at in names if (cell := row[at].strip())],
                [
                    period
                    for group in periods
                    if (period := {part: row[at] for part, at in group.items() if row[at]})
                ],
            )
    except csv.Error as error:
        raise SourceError(
            f"{path}: line {reader.line_num + 1}: {error}; the file is cut off or damaged",
            advice=ADVICE,
        ) from error


def _lines(path: Path, text: TextIO) -> Iterator[str]:
    """The lines, none of them without an end: a file of one line would fill the memory."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise SourceError(
                f"{path}: a line of more than {LONGEST_LINE:,} characters", advice=ADVICE
            )
        yield line


def _is_name(heading: str) -> bool:
    return heading.startswith(_NAME_STARTS) and heading.rpartition(".")[2].isdigit()


def _periods(headings: Sequence[str]) -> list[dict[str, int]]:
    """Where the parts of each period stand."""
    found: dict[str, dict[str, int]] = {}
    for at, name in enumerate(headings):
        if name.startswith(_PERIOD_START):
            number, _, part = name.removeprefix(_PERIOD_START).partition(".")
            if part in _PERIOD_PARTS:
                found.setdefault(number, {})[_PERIOD_PARTS[part]] = at
    return list(found.values())

"""Where the headings of a table are: in one line or in several, in one table or in two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from cellwarden.collect import bounds
from cellwarden.collect.headings import BELOW
from cellwarden.collect.mapping import (
    Mapping,
    likely_kinds,
    present,
    suggest_mapping,
    with_assets,
)
from cellwarden.collect.mapping_file import UnmappedError
from cellwarden.collect.values import required
from cellwarden.model.errors import SourceError

HEADER_WITHIN: Final = 50
"""The headings stand within this many lines; titles and notes may stand above them."""

_MOST_LINES: Final = 3
_PIVOT_FROM: Final = 3
"""So many columns of small numbers, and hardly any other, are a table of counts."""


class Line(msgspec.Struct, frozen=True):
    """One line of a table: its number in the file, from 1, and its cells.

    ``doubts`` say by position why a cell cannot be believed as a name or a version; ``merged`` are
    the first and last position of each area that is merged from left to right.
    """

    number: int
    cells: list[str]
    doubts: dict[int, str] = {}
    merged: tuple[tuple[int, int], ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a table before its headings are: where it is, and what was told of it."""

    file: str
    sheet: str | None
    kind: str | None
    mapping: Mapping | None


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The headings of a table: their text by position, what they mean, the line below them.

    ``number`` is their first line in the file; ``below`` the position of the line under them.
    """

    cells: list[str]
    understood: Mapping
    number: int
    below: int


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a line is a remark: its first cell begins with a number sign and a blank."""
    return bool(cells) and cells[0].lstrip().startswith("# ")


def find_header(table: Table, head: list[Line]) -> Header | None:
    """The headings among the first lines of a table; nothing where there are only empty lines.

    Headings take several lines only where more of them are understood so than in any single line.

    Raises:
        UnmappedError: no headings are found, or what the rows are stays open.
        SourceError: the table counts devices and lists none.
    """
    filled = [
        position
        for position, line in enumerate(head)
        if any(cell.strip() for cell in line.cells) and not is_remark(line.cells)
    ]
    if not filled:
        return None
    given = table.mapping
    if given is not None and given.header_line is not None:
        for position in filled:
            if head[position].number == given.header_line:
                return _given(head, position, given)
        raise _unmapped(table, filled, head)
    best: tuple[int, Header] | None = None
    if given is None or given.header_lines == 1:
        best = _best(table, head, filled, 1, None)
    near = [p for p in filled if best is None or abs(p - best[1].below + 1) < _MOST_LINES]
    for lines in range(2, _MOST_LINES + 1):
        if given is None or given.header_lines == lines:
            best = _best(table, head, near[:20], lines, best)
    if best is None:
        raise _unmapped(table, filled, head)
    return best[1]


def next_header(table: Table, line: Line, current: Header) -> Header | None:
    """The headings of a further table, where a line among the rows of one holds them."""
    cells = _stripped(line)
    if cells == current.cells:
        return None
    found = _understand(cells, msgspec.structs.replace(table, mapping=None, kind=None))
    if found is None or not _is_whole(found) or len(found.understood) < _PIVOT_FROM:
        return None
    return Header(cells=cells, understood=found, number=line.number, below=0)


def blocks(header: Header) -> list[range]:
    """The columns of each of several tables that stand side by side; one range for one table.

    They are several where an empty column divides them and each has the same headings of its key.
    """
    width = len(header.cells)
    edges = [i for i, cell in enumerate(header.cells) if not cell]
    starts = [0, *(edge + 1 for edge in edges)]
    found = [range(a, b) for a, b in zip(starts, [*edges, width], strict=True) if b > a]
    keys = [
        heading
        for heading, column in header.understood.columns.items()
        if column == required(header.understood.kind)[0]
    ]
    is_repeated = len(found) > 1 and all(
        keys and keys[0] in header.cells[block.start : block.stop] for block in found
    )
    return found if is_repeated else [range(width)]


def _given(head: list[Line], position: int, mapping: Mapping) -> Header:
    """The headings that a mapping points at."""
    lines = head[position : position + mapping.header_lines]
    cells = _together(lines)
    return Header(
        cells=cells,
        understood=present(cells, mapping),
        number=lines[0].number,
        below=position + len(lines),
    )


def _best(
    table: Table,
    head: list[Line],
    positions: list[int],
    lines: int,
    best: tuple[int, Header] | None,
) -> tuple[int, Header] | None:
    for position in positions:
        together = head[position : position + lines]
        if len(together) < lines or not _may_be_headings(together):
            continue
        cells = _together(together)
        if best is not None and sum(map(bool, cells)) <= best[0]:
            continue  # even if all of it were headings, the best would stay
        guess = _understand(cells, table)
        if guess is None or not _is_whole(guess):
            continue
        score = sum(cell in guess.understood for cell in cells)
        if best is None or score > best[0]:
            guess = msgspec.structs.replace(guess, header_lines=lines)
            number = together[0].number
            best = (
                score,
                Header(cells=cells, understood=guess, number=number, below=position + lines),
            )
    return best


def _may_be_headings(lines: list[Line]) -> bool:
    """Whether lines can be one header: several cells in each, or in the only one there is."""
    if len(lines) == 1:
        return True
    own = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    return own[-1] > 1 and all(own) and not any(is_remark(line.cells) for line in lines)


def _is_whole(guess: Mapping) -> bool:
    return not guess.missing and not any(also.missing for also in guess.also)


def _stripped(line: Line) -> list[str]:
    return [" ".join(cell.split()) for cell in line.cells[: bounds.COLUMNS]]


def _together(lines: list[Line]) -> list[str]:
    """The headings of one line as they are, those of several as ``group > heading``.

    A group stands above the first of its headings and holds for those on its right, up to the
    next group, or as far as its cell is merged.
    """
    if len(lines) == 1:
        return [cell.strip() for cell in lines[0].cells[: bounds.COLUMNS]]
    own = _stripped(lines[-1])
    levels = [_spread(line, own) for line in lines[:-1]]
    width = max(len(own), *map(len, levels))
    texts = []
    for position in range(width):
        parts = [level[position] for level in (*levels, own) if position < len(level)]
        texts.append(BELOW.join(dict.fromkeys(part for part in parts if part)))
    return texts


def _spread(line: Line, own: list[str]) -> list[str]:
    cells = _stripped(line)
    for first, last in line.merged:
        for position in range(first + 1, min(last + 1, len(cells))):
            cells[position] = cells[position] or cells[first]
    if not line.merged:
        for position in range(1, min(len(cells), len(own))):
            if not cells[position] and own[position]:
                cells[position] = cells[position - 1] if own[position - 1] else ""
    return cells


def _understand(cells: list[str], table: Table) -> Mapping | None:
    headings = [cell for cell in cells if cell]
    if table.mapping is not None:
        return present(headings, table.mapping)
    if table.kind:
        return suggest_mapping(headings, table.kind)
    likely = likely_kinds(headings)
    if not likely or (len(likely) > 1 and likely[0][0] == likely[1][0]):
        return None
    return with_assets(suggest_mapping(headings, likely[0][1]), headings)


def _unmapped(table: Table, filled: list[int], head: list[Line]) -> SourceError:
    """The refusal of a table; its headings are the line of the first fifty that has most cells."""
    lines = [(position, [cell.strip() for cell in head[position].cells]) for position in filled]
    position, cells = max(lines, key=lambda line: (len(set(line[1]) - {""}), -line[0]))
    headings = [cell for cell in cells if cell]
    kind = table.mapping.kind if table.mapping is not None else table.kind
    line = head[position].number
    shown = ", ".join(headings)[: bounds.TEXT_CHARACTERS]
    if table.mapping is None and _is_pivot(head[position + 1 :], len(cells)):
        return SourceError(
            f"{table.file} is a table of counts (line {line}: {shown}): a number tells how many "
            "devices there are and not which",
            advice="export the list that it was counted from, with one row a device",
        )
    if kind is None:
        message = (
            f"{table.file}: neither its name nor its headings "
            f"(line {line}: {shown}) tell what its rows are"
        )
        advice = (
            "call the file after what it lists, for example assets.csv or components.csv, "
            "or give a column mapping with `cellwarden register import FILE --mapping MAPPING`"
        )
    else:
        guess = table.mapping or suggest_mapping(headings, kind)
        lacking = ", ".join(present(headings, guess).missing) or "the mapped headings"
        message = (
            f"{table.file}: no line within the first {HEADER_WITHIN} has the headings of {kind}; "
            f"{lacking} not found, line {line} says {shown}"
        )
        advice = (
            f"name a column {lacking}, or map it with "
            "`cellwarden register import FILE --mapping MAPPING`"
        )
    return UnmappedError(
        message, advice=advice, headings=headings, line=line, sheet=table.sheet, kind=kind
    )


def _is_pivot(rows: list[Line], width: int) -> bool:
    """Whether nearly all columns hold small whole numbers or nothing."""
    counted = 0
    for position in range(width):
        texts = [
            row.cells[position].strip()
            for row in rows
            if position < len(row.cells) and row.cells[position].strip()
        ]
        counted += bool(texts) and all(text.isdigit() and len(text) < 5 for text in texts)  # noqa: PLR2004 - more digits are ids
    return counted >= _PIVOT_FROM and counted >= width - 2

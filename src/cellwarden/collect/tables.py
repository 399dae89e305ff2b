"""From the lines of any table to rows of its kinds: finds the headings, maps, checks, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cellwarden.collect import bounds
from cellwarden.collect.intake import Intake, Place
from cellwarden.collect.mapping import (
    Mapping,
    kind_of_name,
    likely_kinds,
    present,
    suggest_mapping,
    with_assets,
)
from cellwarden.collect.mapping_file import UnmappedError
from cellwarden.collect.rows import RowsOfTable, tell_unread

HEADER_WITHIN = 50
"""The headings stand within this many lines; titles and notes may stand above them."""


class Line(msgspec.Struct, frozen=True):
    """One line of a table: its number in the file, from 1, its cells, and which are dates."""

    number: int
    cells: list[str]
    dates: frozenset[int] = frozenset()


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a line is a remark: its first cell begins with a number sign and a blank."""
    return bool(cells) and cells[0].lstrip().startswith("# ")


def read_table(
    name: str,
    lines: Iterable[Line],
    intake: Intake,
    *,
    mapping: Mapping | None,
    title: str = "",
    kind: str | None = None,
) -> None:
    """Read one table into an intake.

    Args:
        name: what tells its kind where no mapping does: the name of the file or of the worksheet.
        lines: its lines in order, as a stream.
        intake: where the rows go.
        mapping: what its headings mean, or nothing to find out.
        title: the worksheet, for messages, where there are several.
        kind: what its rows are, where the caller knows and gives no mapping.

    Raises:
        UnmappedError: no headings are found, or the kind stays open.
    """
    stream = iter(lines)
    head: list[Line] = []
    for line in stream:
        head.append(line)
        if len(head) >= HEADER_WITHIN:
            break
    table = _Table(
        file=f"{intake.file}, sheet {title}" if title else intake.file,
        sheet=title or None,
        kind=kind or kind_of_name(name),
        mapping=mapping,
    )
    found = _find_header(table, head)
    if found is None:
        return
    position, understood = found
    header = [cell.strip() for cell in head[position].cells[: bounds.COLUMNS]]
    intake.mappings.append(understood)
    tell_unread(
        header, understood, mapping, intake, Place(file=table.file, line=head[position].number)
    )
    rows = RowsOfTable(header, understood, intake, table.file)
    for line in _chain(head[position + 1 :], stream):
        if is_remark(line.cells):
            intake.note("lines that begin with a number sign and a blank are remarks and not read")
        else:
            rows.take(line.number, line.cells, line.dates)
    rows.finish()


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a table before its headings are: where it is, and what was told of it."""

    file: str
    sheet: str | None
    kind: str | None
    mapping: Mapping | None


def _chain(head: list[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from head
    yield from rest


def _find_header(table: _Table, head: list[Line]) -> tuple[int, Mapping] | None:
    filled = [
        (position, [cell.strip() for cell in line.cells])
        for position, line in enumerate(head)
        if any(cell.strip() for cell in line.cells) and not is_remark(line.cells)
    ]
    if not filled:
        return None
    mapping = table.mapping
    best: tuple[int, int, Mapping] | None = None
    for position, cells in filled:
        if mapping is not None and mapping.header_line is not None:
            if head[position].number == mapping.header_line:
                return position, present(cells, mapping)
            continue
        guess = _understand(cells, table)
        if guess is None or guess.missing or any(also.missing for also in guess.also):
            continue
        score = sum(cell in guess.understood for cell in cells)
        if best is None or score > best[0]:
            best = (score, position, guess)
    if best is None:
        raise _unmapped(table, filled, head)
    return best[1], best[2]


def _understand(cells: list[str], table: _Table) -> Mapping | None:
    headings = [cell for cell in cells if cell]
    if table.mapping is not None:
        return present(headings, table.mapping)
    if table.kind:
        return suggest_mapping(headings, table.kind)
    likely = likely_kinds(headings)
    if not likely or (len(likely) > 1 and likely[0][0] == likely[1][0]):
        return None
    return with_assets(suggest_mapping(headings, likely[0][1]), headings)


def _unmapped(
    table: _Table, filled: list[tuple[int, list[str]]], head: list[Line]
) -> UnmappedError:
    """The refusal of a table; its headings are the line of the first fifty that has most cells."""
    position, cells = max(filled, key=lambda line: (len(set(line[1]) - {""}), -line[0]))
    headings = [cell for cell in cells if cell]
    kind = table.mapping.kind if table.mapping is not None else table.kind
    line = head[position].number
    shown = ", ".join(headings)[: bounds.TEXT_CHARACTERS]
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

"""From the lines of any table to rows of a kind: finds the headings, maps, checks, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cellwarden.collect import bounds
from cellwarden.collect.intake import Intake, Place
from cellwarden.collect.mapping import Mapping, kind_of_name, likely_kinds, suggest_mapping
from cellwarden.model.errors import SourceError

HEADER_WITHIN = 50
"""The headings stand within this many lines; titles and notes may stand above them."""


class Line(msgspec.Struct, frozen=True):
    """One line of a table: its number in the file, from 1, and its cells."""

    number: int
    cells: list[str]


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a line is a remark: its first cell begins with a number sign and a blank."""
    return bool(cells) and cells[0].lstrip().startswith("# ")


def read_table(
    name: str, lines: Iterable[Line], intake: Intake, *, mapping: Mapping | None, title: str = ""
) -> None:
    """Read one table into an intake.

    Args:
        name: what tells its kind where no mapping does: the name of the file or of the worksheet.
        lines: its lines in order, as a stream.
        intake: where the rows go.
        mapping: what its headings mean, or nothing to find out.
        title: the worksheet, for messages, where there are several.

    Raises:
        SourceError: no headings are found, or the kind stays open.
    """
    stream = iter(lines)
    head: list[Line] = []
    for line in stream:
        head.append(line)
        if len(head) >= HEADER_WITHIN:
            break
    where = f"{intake.file}, sheet {title}" if title else intake.file
    found = _find_header(where, name, head, mapping)
    if found is None:
        return
    position, understood = found
    header = [cell.strip() for cell in head[position].cells[: bounds.COLUMNS]]
    intake.mappings.append(understood)
    _tell_unmapped(header, understood, intake, where)
    _read_rows(_chain(head[position + 1 :], stream), header, understood, intake, where)


def _chain(head: list[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from head
    yield from rest


def _find_header(
    where: str, name: str, head: list[Line], mapping: Mapping | None
) -> tuple[int, Mapping] | None:
    filled = [
        (position, [cell.strip() for cell in line.cells])
        for position, line in enumerate(head)
        if any(cell.strip() for cell in line.cells) and not is_remark(line.cells)
    ]
    if not filled:
        return None
    best: tuple[int, int, Mapping] | None = None
    for position, cells in filled:
        guess = _understand(cells, name, mapping)
        if mapping is not None and mapping.header_line is not None:
            if head[position].number == mapping.header_line:
                return position, mapping
            continue
        if guess is None or guess.missing:
            continue
        score = sum(cell in guess.columns for cell in cells)
        if best is None or score > best[0]:
            best = (score, position, guess)
    if best is None:
        raise _no_header(where, name, filled[0][1], mapping)
    return best[1], best[2]


def _understand(cells: list[str], name: str, mapping: Mapping | None) -> Mapping | None:
    headings = [cell for cell in cells if cell]
    if mapping is not None:
        present = {key: column for key, column in mapping.columns.items() if key in headings}
        return msgspec.structs.replace(mapping, columns=present)
    if kind := kind_of_name(name):
        return suggest_mapping(headings, kind)
    likely = likely_kinds(headings)
    if not likely or (len(likely) > 1 and likely[0][0] == likely[1][0]):
        return None
    return suggest_mapping(headings, likely[0][1])


def _no_header(where: str, name: str, cells: list[str], mapping: Mapping | None) -> SourceError:
    kind = mapping.kind if mapping is not None else kind_of_name(name)
    shown = ", ".join(cell for cell in cells if cell)[: bounds.TEXT_CHARACTERS]
    if kind is None:
        return SourceError(
            f"{where}: neither its name nor its headings ({shown}) tell what its rows are",
            advice="call the file after what it lists, for example assets.csv or components.csv, "
            "or give a column mapping",
        )
    lacking = ", ".join((mapping or suggest_mapping(cells, kind)).missing) or "the mapped headings"
    return SourceError(
        f"{where}: no line within the first {HEADER_WITHIN} has the headings of {kind}; "
        f"{lacking} not found, the first line says {shown}",
        advice=f"name a column {lacking}, or map it with `cellwarden register import --dry-run`",
    )


def _tell_unmapped(header: list[str], mapping: Mapping, intake: Intake, where: str) -> None:
    for heading in header:
        if heading and heading not in mapping.columns and heading not in intake.unmapped:
            intake.unmapped.append(heading)
    for heading in sorted({cell for cell in header if cell and header.count(cell) > 1}):
        intake.note(
            f"{where}: {heading!r} heads several columns; rows where they differ are refused"
        )


def _read_rows(
    lines: Iterable[Line], header: list[str], mapping: Mapping, intake: Intake, where: str
) -> None:
    targets = [
        (i, mapping.columns[cell]) for i, cell in enumerate(header) if cell in mapping.columns
    ]
    headings = {column: heading for heading, column in mapping.columns.items()}
    width = len(header)
    for line in lines:
        cells = line.cells
        if is_remark(cells):
            intake.note("lines that begin with a number sign and a blank are remarks and not read")
            continue
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        place = Place(file=where, line=line.number)
        if any(cell.strip() for cell in cells[width:]):
            reason = (
                f"the line has {len(cells)} cells under {width} headings; "
                "look for a separator inside a cell and put that cell in quotation marks"
            )
            surplus = next(cell for cell in cells[width:] if cell.strip())
            intake.unreadable(place, kind=mapping.kind, reason=reason, text=surplus)
            continue
        row: dict[str, str | None] = dict(mapping.constants)
        clash = _gather(row, cells, targets, mapping)
        if clash is not None:
            intake.unreadable(
                place.at(headings[clash[0]]),
                kind=mapping.kind,
                reason=f"two columns of this name say different things; keep one ({clash[1]})",
                text=clash[1],
            )
            continue
        intake.add_row(mapping.kind, row, place, headings=headings)


def _gather(
    row: dict[str, str | None],
    cells: list[str],
    targets: list[tuple[int, str]],
    mapping: Mapping,
) -> tuple[str, str] | None:
    """Fill a row from its cells; returns the column and texts where two cells disagree."""
    for index, column in targets:
        text = cells[index].strip() if index < len(cells) else ""
        if not text:
            continue
        before = row.get(column)
        if before and before != text and column not in mapping.constants:
            return column, f"{before} / {text}"
        row[column] = text
    return None

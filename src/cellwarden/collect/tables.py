"""From the lines of any table to rows of its kinds: finds the headings, maps, checks, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from cellwarden.collect.cells import Place
from cellwarden.collect.date_order import DateOrders
from cellwarden.collect.header import (
    HEADER_WITHIN,
    Header,
    Line,
    Table,
    blocks,
    find_header,
    is_remark,
    next_header,
)
from cellwarden.collect.headings import BELOW, column_of
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import Mapping, is_kinds_own, kind_of_name
from cellwarden.collect.mapping_file import UnmappedError
from cellwarden.collect.rows import RowsOfTable, tell_unread
from cellwarden.model.errors import SourceError

_LOOKED_AT: Final = 200
"""So many lines below an empty one are looked at, whether they are the headings of a new table."""

_UNDERSTOOD_ASIDE: Final = 2
"""From more headings in the first column on, a table without rows is one that lies on its side."""

_TITLES: Final = 2
"""So many lines of titles may stand between an empty line and the headings of a further table."""


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
    table = Table(
        file=f"{intake.file}, sheet {title}" if title else intake.file,
        sheet=title or None,
        kind=kind or kind_of_name(name),
        mapping=mapping,
    )
    try:
        header = _find_header(table, head, name, intake, is_told=bool(kind or mapping))
    except UnmappedError:
        _refuse_turned(table, head)
        raise
    if header is None:
        return
    rows = _begin(table, header, intake)
    for line, is_early in _told_early(_chain(head[header.below :], stream)):
        if is_remark(line.cells):
            intake.note("lines that begin with a number sign and a blank are remarks and not read")
            continue
        further = next_header(table, line, header) if is_early and mapping is None else None
        if further is not None:
            rows.finish()
            intake.note(
                f"{table.file}: a further table begins at line {line.number}, read as rows of "
                f"{further.understood.kind}"
            )
            header, rows = further, _begin(table, further, intake)
        else:
            rows.take(line)
    rows.finish()
    if not rows.count:
        _refuse_turned(table, head)


def _find_header(
    table: Table, head: list[Line], name: str, intake: Intake, *, is_told: bool
) -> Header | None:
    """The headings of a table. A name that only begins like a kind's yields to what they say.

    Raises:
        UnmappedError: they say nothing.
    """
    try:
        return find_header(table, head)
    except UnmappedError:
        if is_told or table.kind is None or is_kinds_own(name):
            raise
        try:
            header = find_header(msgspec.structs.replace(table, kind=None), head)
        except UnmappedError:
            header = None
        if header is None:
            raise
        intake.note(
            f"{table.file}: its name begins like one of rows of {table.kind}; by its headings its "
            f"rows are of {header.understood.kind}, and are read so"
        )
        return header


def _refuse_turned(table: Table, head: list[Line]) -> None:
    """Refuse a table that lies on its side: it has one device a column.

    Raises:
        SourceError: it does.
    """
    turned = _turned(head)
    if turned > _UNDERSTOOD_ASIDE:
        raise SourceError(
            f"{table.file}: {turned} headings stand below each other in the first column, as in a "
            "table with one device a column",
            advice="turn the table round (copy, paste special, transpose), one device a row",
        )


def _turned(head: list[Line]) -> int:
    """How many lines begin with a heading of a device, and go on with what it says of several."""
    begun = [line.cells[0].strip() for line in head if len(line.cells) > 1 and line.cells[0]]
    found = (column_of(text, "asset") or column_of(text, "component") for text in begun)
    return len({column[1] for column in found if column})


def _begin(table: Table, header: Header, intake: Intake) -> _Tables:
    """Begin to read below headings; what is not read from them is told."""
    intake.mappings.append(header.understood)
    place = Place(file=table.file, line=header.number)
    if (lines := header.understood.header_lines) > 1:
        first = next(text for text in header.cells if BELOW in text)
        intake.note(
            f"{table.file}: the headings take {lines} lines from line {header.number} on and are "
            f"read together, as {first!r}"
        )
    tables = _Tables(header, intake, table.file)
    for block in tables.blocks:
        cells = header.cells[block.start : block.stop]
        tell_unread(cells, header.understood, table.mapping, intake, place)
    return tables


class _Tables:
    """The rows below one line of headings: of one table, or of several side by side."""

    def __init__(self, header: Header, intake: Intake, file: str) -> None:
        self.blocks = blocks(header)
        orders = DateOrders(header.understood.dates)
        self.rows = [
            RowsOfTable(
                header.cells[block.start : block.stop],
                header.understood,
                intake,
                file,
                orders=orders,
            )
            for block in self.blocks
        ]
        if len(self.blocks) > 1:
            intake.note(f"{file}: {len(self.blocks)} tables stand side by side; all are read")

    @property
    def count(self) -> int:
        """How many rows there were."""
        return sum(rows.rows for rows in self.rows)

    def take(self, line: Line) -> None:
        """Take one line."""
        if len(self.blocks) == 1:
            self.rows[0].take(line.number, line.cells, line.doubts)
            return
        for block, rows in zip(self.blocks, self.rows, strict=True):
            is_last = block == self.blocks[-1]
            cells = line.cells[block.start : None if is_last else block.stop]
            doubts = {i - block.start: why for i, why in line.doubts.items() if i in block}
            rows.take(line.number, cells, doubts)

    def finish(self) -> None:
        """Decide about lines that were held back."""
        for rows in self.rows:
            rows.finish()


def _told_early(lines: Iterable[Line]) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it stands so near below an empty one that it may be headings."""
    since, looked_at = _TITLES + 1, 0
    for line in lines:
        if not any(cell and not cell.isspace() for cell in line.cells):
            since = 0
            yield line, False
            continue
        is_early = since <= _TITLES and looked_at < _LOOKED_AT
        since += 1
        looked_at += is_early
        yield line, is_early


def _chain(head: list[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from head
    yield from rest

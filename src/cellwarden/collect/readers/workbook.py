"""XLSX workbooks: each worksheet one kind, values as last saved, formulas never evaluated."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.collect import bounds
from cellwarden.collect.cells import Place
from cellwarden.collect.formulas import Grid, outdated
from cellwarden.collect.header import Line
from cellwarden.collect.headings import names_firmware
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import kind_of_name
from cellwarden.collect.mapping_file import UnmappedError
from cellwarden.collect.readers import Request
from cellwarden.collect.tables import read_table
from cellwarden.model.errors import SourceError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

FORMAT: Final = "XLSX"

_AREA: Final = 10_000_000
"""The most cells that a worksheet spans, empty ones included: the area is laid out in memory."""

_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,7})"')
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)<)'
)
_BY_HAND = re.compile(rb'<(?:\w+:)?calcPr\b[^>]*\bcalcMode="manual"')
_DATE: Final = (
    "the spreadsheet made a date of this cell (6.4.19 becomes 2019-06-04); "
    "format the column as text and write what the device says"
)
_LOST: Final = (
    "a number of more than 15 digits, of which the spreadsheet lost the last ones; "
    "format the column as text and write what the label says"
)
_ERROR = re.compile(
    rb"(<(?:\w+:)?c\b[^>]*\bt=[\"']e[\"'][^>]*>)([^<]*<(?:\w+:)?f[^>]*>[^<]*</[^>]*>)?\s*<(?:\w+:)?v>([^<]{1,20})<"
)
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\bhidden=\"(?:1|true)\"[^>]*>")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"")
_EXACT_DIGITS: Final = 15


class _Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What only the raw XML of a worksheet tells."""

    formulas: dict[str, str]
    errors: dict[tuple[int, int], str]
    hidden_columns: tuple[str, ...]
    has_hidden_rows: bool


def claim(name: str, head: bytes) -> int:
    """Sure by ending and signature; old and binary workbooks are claimed to be refused by name."""
    lowered = name.casefold()
    if lowered.endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        return 9
    return 8 if head.startswith(b"PK\x03\x04") and b"xl/" in head else 0


def read(request: Request, intake: Intake) -> None:
    """Read every worksheet whose kind is told by its name, its headings or the mapping."""
    from python_calamine import CalamineError, CalamineWorkbook

    advice = "save it as .xlsx without a password, or as CSV"
    if request.name.casefold().endswith((".xls", ".xlsb", ".ods")):
        raise SourceError(f"{request.name} is no .xlsx workbook", advice=advice)
    members = bounds.unpack_workbook(request.name, request.data)
    parts = _worksheet_parts(members)
    if _BY_HAND.search(members.get("xl/workbook.xml", b"")):
        intake.note(
            f"{request.name} calculates only when it is told to: what its formulas show may be old"
        )
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(request.data))
        _read_sheets(
            request,
            intake,
            workbook,
            {
                name: _inspect(request.name, name, members[part])
                for name, part in parts.items()
                if part in members
            },
        )
    except (CalamineError, ValueError, OSError) as error:
        raise SourceError(
            f"{request.name} is no readable XLSX workbook: {error}", advice=advice
        ) from error


def _names_firmware(refusal: SourceError) -> bool:
    """Whether a sheet that was not understood has a heading of firmware, which is never lost."""
    return isinstance(refusal, UnmappedError) and any(map(names_firmware, refusal.headings))


def _read_sheets(
    request: Request, intake: Intake, workbook: CalamineWorkbook, inspected: dict[str, _Sheet]
) -> None:
    wanted = request.mapping.sheet if request.mapping else None
    names = [name for name in workbook.sheet_names if name in inspected]
    if wanted is not None:
        if wanted not in names:
            raise SourceError(
                f"{request.name} has no worksheet {wanted!r}, but {', '.join(names)}",
                advice="correct the sheet in the column mapping",
            )
        names = [wanted]
    refused: list[tuple[str, SourceError]] = []
    mappings = len(intake.mappings)
    values_of = _Values(workbook, workbook.sheet_names)
    for name in names:
        _tell(name, inspected[name], intake)
        told = name if kind_of_name(name) or len(names) > 1 else request.name
        before = len(intake.mappings)
        lines = _lines(values_of, name, inspected[name], intake)
        try:
            read_table(told, lines, intake, mapping=request.mapping, title=name, kind=request.kind)
        except SourceError as error:
            refused.append((name, error))
        if len(names) > 1:
            intake.mappings[before:] = [
                msgspec.structs.replace(mapping, sheet=name) for mapping in intake.mappings[before:]
            ]
    if refused and not len(intake.mappings) > mappings:
        raise max((error for _, error in refused), key=_headings)
    for name, refusal in refused:
        kind = kind_of_name(name)
        is_open = kind is None and request.mapping is None and request.kind is None
        if is_open and not _names_firmware(refusal):
            # A cover sheet or a legend is no register.
            intake.note(f"not read: {refusal}")
        else:
            told = f"{refusal}; {refusal.advice}"
            place = Place(file=f"{intake.file}, sheet {name}")
            intake.unreadable(place, kind=kind, reason=told, text=None)


def _headings(error: SourceError) -> int:
    return len(error.headings) if isinstance(error, UnmappedError) else -1


def _worksheet_parts(members: dict[str, bytes]) -> dict[str, str]:
    """Worksheet names and the members that hold them."""
    book = members.get("xl/workbook.xml", b"")
    links = members.get("xl/_rels/workbook.xml.rels", b"")
    targets = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links):
        identity, target = _attribute(tag, b"Id"), _attribute(tag, b"Target")
        if identity and target:
            path = target.lstrip("/")
            targets[identity] = path if path.startswith("xl/") else f"xl/{path}"
    found = {}
    for tag in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book):
        name, link = _attribute(tag, b"name"), _attribute(tag, rb"\w+:id")
        if name and link in targets:
            found[html.unescape(name)] = targets[link]
    return found


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"=[\"']([^\"']*)[\"']", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _inspect(file: str, name: str, xml: bytes) -> _Sheet:
    """Measure a worksheet before it is laid out, and find what its values do not show."""
    last_row = max((int(found[1]) for found in _ROW.finditer(xml)), default=0)
    last_column = 0
    for found in _REFERENCE.finditer(xml):
        last_column = max(last_column, _column_number(found[1].decode()))
        last_row = max(last_row, int(found[2]))
    if last_row * last_column > _AREA:
        raise SourceError(
            f"{file}, sheet {name}: spans {last_row} rows by {last_column} columns",
            advice="delete the stray cell far outside the table, or save the sheet as CSV",
        )
    hidden = []
    for found in _HIDDEN_COLUMN.finditer(xml):
        low, high = _attribute(found[0], b"min"), _attribute(found[0], b"max")
        if low.isdigit() and high.isdigit():
            hidden += [_letters(i) for i in range(int(low), min(int(high), last_column) + 1)]
    errors = {}
    for found in _ERROR.finditer(xml):
        if place := re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", _attribute(found[1], b"r")):
            where = (int(place[2]) - 1, _column_number(place[1]) - 1)
            errors[where] = found[3].decode("ascii", "replace")
    return _Sheet(
        errors=errors,
        formulas={
            found[1].decode(): html.unescape((found[2] or b"").decode("utf-8", "replace"))
            for found in _FORMULA.finditer(xml)
        },
        hidden_columns=tuple(hidden),
        has_hidden_rows=_HIDDEN_ROW.search(xml) is not None,
    )


def _tell(name: str, sheet: _Sheet, intake: Intake) -> None:
    where = f"{intake.file}, sheet {name}"
    if sheet.hidden_columns:
        intake.note(
            f"{where}: hidden columns are read too ({', '.join(sheet.hidden_columns[:20])})"
        )
    if sheet.has_hidden_rows:
        intake.note(f"{where}: hidden rows are read too")
    if sheet.formulas:
        shown = ", ".join(list(sheet.formulas)[:5])
        intake.note(
            f"{where}: {len(sheet.formulas)} cells hold formulas ({shown} ...); "
            "their values are those of the last saving and may be stale"
        )


class _Values:
    """The saved values of every worksheet, laid out when they are first asked for."""

    def __init__(self, workbook: CalamineWorkbook, names: list[str]) -> None:
        self.workbook = workbook
        self.names = names
        self.grids: dict[str, Grid] = {}

    def of(self, name: str) -> Grid | None:
        """The values of a worksheet by row and column; nothing where there is none such."""
        if name not in self.names:
            return None
        if name not in self.grids:
            sheet = self.workbook.get_sheet_by_name(name)
            rows: Grid = sheet.to_python(skip_empty_area=False)  # type: ignore[assignment]  # a list of rows, each a list of values
            self.grids[name] = rows
        return self.grids[name]


def _lines(values_of: _Values, name: str, inspected: _Sheet, intake: Intake) -> Iterator[Line]:
    """The rows of a worksheet as text, each merged area filled with its value downwards."""
    where = f"{intake.file}, sheet {name}"
    below, across = _merged(values_of.workbook.get_sheet_by_name(name))
    if below:
        intake.note(f"{where}: merged cells are read as if filled downwards")
    tops = dict.fromkeys(below.values(), "")
    stale = outdated(name, inspected.formulas, values_of.of)
    for number, values in enumerate(values_of.of(name) or ()):
        cells = []
        doubts: dict[int, str] = {}
        for column, value in enumerate(values):
            here = (number, column)
            text = _text(value, name, here, intake) or inspected.errors.get(here, "")
            if here in below:
                text = text or tops[below[here]]
            elif here in tops:
                tops[here] = text
            if here in stale:
                place = Place(file=where, line=number + 1, column=_name(here))
                intake.unreadable(place, kind=None, reason=stale[here], text=text)
                text = ""
            elif why := _doubt(value):
                doubts[column] = why
            cells.append(text)
        yield Line(number + 1, cells, doubts, tuple(across.get(number, ())))


def _merged(
    sheet: CalamineSheet,
) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[int, list[tuple[int, int]]]]:
    """The cells below the first one of a merged area, with that one; and areas across, by row."""
    below: dict[tuple[int, int], tuple[int, int]] = {}
    across: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom, top + bounds.CELL_CHARACTERS) + 1):
            below[row, left] = (top, left)
        if right > left:
            across.setdefault(top, []).append((left, right))
    return below, across


def _doubt(value: object) -> str | None:
    """Why a value cannot be what stood on a device, where it should be a name or a version."""
    if isinstance(value, (date, time, timedelta)):
        return _DATE
    is_long = isinstance(value, (int, float)) and abs(value) >= 10**_EXACT_DIGITS
    return _LOST if is_long else None


def _text(value: object, sheet: str, here: tuple[int, int], intake: Intake) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        where = f"{intake.file}, sheet {sheet}"
        return _number(float(value), where, _name(here), intake)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _number(value: float, where: str, cell: str, intake: Intake) -> str:
    is_whole = value.is_integer()
    text = str(int(value)) if is_whole else repr(value)
    if len(text.strip("-").replace(".", "")) > _EXACT_DIGITS:
        intake.note(
            f"{where}, cell {cell}: a number of more than {_EXACT_DIGITS} digits has lost its "
            "last ones; format such cells as text"
        )
    elif not is_whole:
        intake.note(
            f"{where}: numbers with decimals lose zeros at their end (2.60 becomes 2.6); "
            "format version columns as text"
        )
    return text


def _name(here: tuple[int, int]) -> str:
    return f"{_letters(here[1] + 1)}{here[0] + 1}"


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number

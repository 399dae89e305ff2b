"""The worksheets of an XLSX file as rows of text, within bounds, and what to be wary of in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.workbook import LONGEST_CELL, unescaped

Sheet = Sequence[Sequence[str]]
"""Rows of cells, from the top; empty cells are empty texts."""

LARGEST_FILE: Final = 20_000_000
"""Bytes of a workbook as sent."""
LARGEST_UNPACKED: Final = 300_000_000
"""Bytes of everything in it."""
LONGEST_SHEET: Final = 250_000
"""Rows of one sheet, empty ones included."""
_SHOWN: Final = 3
_FORMULA: Final = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]{0,200}><f[ />]')
_SHEET: Final = re.compile(rb"<sheet [^>]{0,500}>")
_RELATION: Final = re.compile(rb"<Relationship [^>]{0,1000}>")


def read_sheets(data: bytes) -> tuple[dict[str, Sheet], tuple[str, ...]]:
    """Every worksheet by its name, hidden ones too, and notes on formulas and macros.

    A merged cell stands once more in each of its rows. A formula gives the value that the
    program computed last; nothing is computed and no macro is run.

    Raises:
        InputError: no XLSX, or larger than a questionnaire can be.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if len(data) > LARGEST_FILE:
        raise _refused(f"it is larger than {LARGEST_FILE} bytes")
    notes = tuple(_wary(data))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets: dict[str, Sheet] = {}
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > LONGEST_SHEET:
                raise _refused(f"the sheet {name} has {sheet.total_height} rows")
            rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            _fill_down(rows, sheet.merged_cell_ranges or ())
            sheets[name.strip()] = rows
    except (CalamineError, ValueError, OSError) as error:
        raise _refused(f"it cannot be read: {error}") from error
    return sheets, notes


def _fill_down(
    rows: list[list[str]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Repeat a cell that was merged over several rows in each of them."""
    for (top, left), (bottom, _) in merged:
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            if left < len(rows[row]) and left < len(rows[top]):
                rows[row][left] = rows[top][left]


def _wary(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = packed.namelist()
            if sum(item.file_size for item in packed.infolist()) > LARGEST_UNPACKED:
                raise _refused(f"it unpacks to more than {LARGEST_UNPACKED} bytes")
            if any("vbaproject" in name.casefold() for name in names):
                yield "the workbook holds macros; they were neither read nor run"
            if any(name.startswith("xl/externalLinks/") for name in names):
                yield "the workbook links to other files; no link was followed"
            titles = _titles(packed, names)
            for name in sorted(n for n in names if n.startswith("xl/worksheets/sheet")):
                found = [hit.decode() for hit in _FORMULA.findall(packed.read(name))]
                if found:
                    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
                    yield (
                        f"{titles.get(name, name)}, {', '.join(found[:_SHOWN])}{more}: a formula;"
                        " its last computed value was read and may be stale: paste it as a value"
                    )
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError) as error:
        raise _refused("it is no XLSX file") from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(f"it is packed in a way that cannot be read: {error}") from error


def _titles(packed: zipfile.ZipFile, names: Sequence[str]) -> dict[str, str]:
    """The name of each sheet by its file."""
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in names or relations not in names:
        return {}
    targets = {
        _attribute(tag, b"Id"): "xl/" + _attribute(tag, b"Target").removeprefix("/xl/")
        for tag in _RELATION.findall(packed.read(relations))
    }
    return {
        targets.get(_attribute(tag, b"r:id"), ""): _attribute(tag, b"name")
        for tag in _SHEET.findall(packed.read(book))
    }


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"[\s]" + name + rb'="([^"]*)"', tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _text(cell: object) -> str:
    """A cell as text: dates as ISO, whole numbers without a fraction."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unescaped(str(cell)[: 7 * LONGEST_CELL])


def _refused(what: str) -> InputError:
    return InputError(
        f"the workbook cannot be used: {what}",
        advice="fill in the workbook as it was sent and save it as XLSX",
    )

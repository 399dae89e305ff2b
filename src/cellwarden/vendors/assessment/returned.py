"""Reads the workbook that a vendor sends back; bad rows become notes, a bad file an error."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, NotApplicable
from cellwarden.vendors.assessment.workbook import (
    ABOUT,
    ANSWER_COLUMNS,
    EVIDENCE_COLUMNS,
    FOLLOW_UP_COLUMNS,
    LONGEST_CELL,
    SLOTS,
    WAIVED_COLUMNS,
    unescaped,
)

LARGEST_FILE: Final = 20_000_000
"""Bytes of a workbook as sent."""
LARGEST_UNPACKED: Final = 200_000_000
"""Bytes of everything in it."""
MOST_ROWS: Final = 20_000
"""Rows of one sheet; an assessment has hundreds."""
HEADER_WITHIN: Final = 30
"""Rows from the top in which a moved header row is looked for."""


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What a workbook holds: the assessment, replies by follow-up id, notes on what was unread."""

    assessment: Assessment
    replies: dict[str, str]
    notes: tuple[str, ...]


def read_workbook(data: bytes) -> Returned:
    """Read a filled-in workbook, ours or one whose columns, rows or header were moved about.

    Raises:
        InputError: no XLSX, too large, or a sheet, a column or the vendor's name is missing.
    """
    sheets = _sheets(data)
    notes: list[str] = []
    about = {row["key"]: row["value"] for row in _rows(sheets, "About", ("key", "value"), notes)}
    answers = _answers(sheets, notes)
    for (name, objective), item in _items(sheets, "Evidence", EVIDENCE_COLUMNS, Evidence, notes):
        answer = answers.get(name, Answer())
        held = (*answer.evidence.get(objective, ()), item)
        answers[name] = msgspec.structs.replace(
            answer, evidence={**answer.evidence, objective: held}
        )
    waived = _items(sheets, "Not applicable", WAIVED_COLUMNS, NotApplicable, notes)
    for (name, objective), claim in waived:
        answer = answers.get(name, Answer())
        answers[name] = msgspec.structs.replace(
            answer, not_applicable={**answer.not_applicable, objective: claim}
        )
    replies = {
        row["follow-up"]: row["reply"]
        for row in _rows(sheets, "Follow-ups", FOLLOW_UP_COLUMNS, notes)
        if row["follow-up"] and row["reply"].strip()
    }
    try:
        assessment = msgspec.convert(
            {**{name: about[name] for name in ABOUT}, "answers": answers}, Assessment, strict=False
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise _refused(f"the sheet About does not say who is assessed: {error}") from error
    return Returned(assessment=assessment, replies=replies, notes=tuple(notes))


def _answers(sheets: dict[str, list[list[str]]], notes: list[str]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for row in _rows(sheets, "Answers", ANSWER_COLUMNS, notes):
        name = row["question"]
        answer = Answer(
            text=row["answer"],
            choice=tuple(line for line in row["choice"].split("\n") if line),
            choice_accepted_by=row["choice accepted by"] or None,
            slots={slot: row[slot] for slot in SLOTS if row[slot]},
        )
        if answer == Answer():
            continue
        if not name or name in answers:
            notes.append(f"Answers: {name or 'a row without a question'} is there twice or unnamed")
            continue
        answers[name] = answer
    return answers


def _items(
    sheets: dict[str, list[list[str]]],
    sheet: str,
    columns: Sequence[str],
    kind: type[Any],
    notes: list[str],
) -> Iterator[tuple[tuple[str, str], Any]]:
    for row in _rows(sheets, sheet, columns, notes):
        values: dict[str, object] = {k: v for k, v in row.items() if v}
        where = (str(values.pop("question", "")), str(values.pop("objective", "")))
        if not values and where == ("", ""):
            continue
        if "shows_met" in values:
            said = str(values["shows_met"]).strip().casefold()
            values["shows_met"] = {"yes": True, "no": False}.get(said, said)
        if not all(where):
            notes.append(f"{sheet}: a row names no question or no objective")
            continue
        try:
            yield where, msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            notes.append(f"{sheet}: {'/'.join(where)}: {error}")


def _rows(
    sheets: dict[str, list[list[str]]], sheet: str, columns: Sequence[str], notes: list[str]
) -> Iterator[dict[str, str]]:
    rows = sheets.get(sheet)
    if rows is None:
        raise _refused(f"the sheet {sheet} is missing")
    heads = [[cell.strip().casefold() for cell in row] for row in rows[:HEADER_WITHIN]]
    at_row = next((at for at, named in enumerate(heads) if set(columns) <= set(named)), None)
    if at_row is None:
        raise _refused(f"the sheet {sheet} has no row with the columns {', '.join(columns)}")
    if len(rows) > MOST_ROWS:
        notes.append(f"{sheet}: only the first {MOST_ROWS} rows were read")
    places = {name: heads[at_row].index(name) for name in columns}
    for row in rows[at_row + 1 : MOST_ROWS]:
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if any(cells.values()):
            yield cells


def _sheets(data: bytes) -> dict[str, list[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if len(data) > LARGEST_FILE:
        raise _refused(f"it is larger than {LARGEST_FILE} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _refused("it is no XLSX file") from error
    if unpacked > LARGEST_UNPACKED:
        raise _refused(f"it unpacks to more than {LARGEST_UNPACKED} bytes")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = {name.strip(): name for name in book.sheet_names}
        return {
            title: [
                [_text(cell) for cell in row]
                for row in book.get_sheet_by_name(name).to_python(
                    skip_empty_area=False, nrows=MOST_ROWS + 1
                )
            ]
            for title, name in names.items()
        }
    except (CalamineError, ValueError, OSError) as error:
        raise _refused(f"it cannot be read: {error}") from error


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

"""Writes an assessment as an XLSX workbook for a vendor to fill in, with open follow-ups."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.questions import Bank, Question, Slot
from cellwarden.vendors.assessment.vagueness.follow_ups import FollowUp, still_open

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.worksheet import Worksheet

SLOTS: Final[tuple[str, ...]] = get_args(Slot)
ABOUT: Final = ("vendor", "entity", "product", "version", "tier")
TO_FILL_IN: Final = ("answered on", "answered by")
"""Keys of the first sheet whose values are the vendor's to write."""
ANSWER_COLUMNS: Final = (
    "question",
    "asks",
    "why",
    "options",
    "choice",
    "answer",
    "choice accepted by",
    *SLOTS,
    "asked if",
)
OBJECTIVE_COLUMNS: Final = ("question", "objective", "has to show")
EVIDENCE_COLUMNS: Final = ("question", "objective", *Evidence.__struct_fields__)
WAIVED_COLUMNS: Final = ("question", "objective", *NotApplicable.__struct_fields__)
FOLLOW_UP_COLUMNS: Final = ("follow-up", "question", "we ask", "reply")
LONGEST_CELL: Final = 32_767
"""Characters that a spreadsheet keeps in one cell."""
_WIDE: Final = {"asks", "why", "answer", "we ask", "reply", "reason", "quote", "has to show"}
SPARE_ROWS: Final = 100
"""Empty, writable rows under the evidence that is there."""

_UNSAFE: Final = re.compile(
    "_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)


def write_workbook(
    bank: Bank,
    assessment: Assessment,
    follow_ups: Iterable[FollowUp] = (),
    *,
    about: Mapping[str, str] | None = None,
) -> bytes:
    """Make a workbook: what is asked is locked, what is to be filled in is not.

    ``about`` goes onto the first sheet beside who is assessed, such as the assessment's id and
    the days. Every cell is text, so that no answer becomes a formula. A question that another
    answer makes needless turns grey as soon as that answer is picked.

    Raises:
        InputError: a text is too long for a cell, or answers a question that the bank lacks.
    """
    from openpyxl import Workbook

    strange = assessment.answers.keys() - bank.questions.keys()
    if strange:
        raise InputError(
            f"{min(strange)} is no question of this bank",
            advice="write the workbook with the bank that asked",
        )
    book = Workbook()
    sheet = book.active
    if sheet is not None:
        book.remove(sheet)
    asked = [
        question
        for question in bank.questions.values()
        if question.tier <= assessment.tier or question.id in assessment.answers
    ]
    _about(book, assessment, about or {})
    _answers(book, asked, assessment)
    _objectives(book, asked)
    _evidence(book, asked, assessment)
    _follow_ups(book, still_open(tuple(follow_ups)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def escaped(text: str) -> str:
    """Text that XML can hold, in the way in which spreadsheets write control characters."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def unescaped(text: str) -> str:
    """The text before :func:`escaped`."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text)


_HOW_TO: Final = (
    ("1", "Answer on the sheet Answers, in the columns with a light ground; grey rows may stay."),
    ("2", "Name the mechanism, product, version, role, date or paper that the columns ask for."),
    ("3", "On the sheet Evidence, one row for each paper: which question and objective it shows."),
    ("4", "What does not apply goes onto Not applicable, with its reason. Save as XLSX."),
)


def _about(book: Workbook, assessment: Assessment, about: Mapping[str, str]) -> None:
    from openpyxl.styles import Protection

    rows = [(name, str(getattr(assessment, name))) for name in ABOUT]
    rows += [*about.items(), *((name, "") for name in TO_FILL_IN if name not in about), *_HOW_TO]
    sheet = _sheet(book, "About", ("key", "value"), rows, writable=())
    sheet.column_dimensions["B"].width = 90
    for row, (name, _) in enumerate(rows, start=2):
        if name in TO_FILL_IN:
            sheet.cell(row, 2).protection = Protection(locked=False)
            sheet.cell(row, 2).fill = _ground()


def _objectives(book: Workbook, asked: Sequence[Question]) -> None:
    rows = [(q.id, name, says) for q in asked for name, says in q.objectives.items()]
    _sheet(book, "Objectives", OBJECTIVE_COLUMNS, rows, writable=())


def _answers(book: Workbook, asked: Sequence[Question], assessment: Assessment) -> None:
    rows = []
    for question in asked:
        answer = assessment.answers.get(question.id, Answer())
        rows.append(
            (
                question.id,
                question.asks,
                question.why,
                "\n".join(question.options),
                "\n".join(answer.choice),
                answer.text,
                answer.choice_accepted_by or "",
                *(answer.slots.get(slot, "") for slot in SLOTS),
                _asked_if(question),
            )
        )
    writable = ("choice", "answer", *SLOTS)
    sheet = _sheet(book, "Answers", ANSWER_COLUMNS, rows, writable=writable)
    _choices(book, sheet, asked)
    _branches(sheet, asked)


def _asked_if(question: Question) -> str:
    branch = question.asked_if
    return f"{branch.question} is {' or '.join(branch.options)}" if branch else ""


def _branches(sheet: Worksheet, asked: Sequence[Question]) -> None:
    """Grey a row whose branch another choice has closed; the row stays writable."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    choice = get_column_letter(ANSWER_COLUMNS.index("choice") + 1)
    last = get_column_letter(len(ANSWER_COLUMNS))
    places = {question.id: row for row, question in enumerate(asked, start=2)}
    for row, question in enumerate(asked, start=2):
        branch = question.asked_if
        if branch is None or branch.question not in places:
            continue
        cell = f"${choice}${places[branch.question]}"
        others = ",".join(
            f'{cell}<>"{option.replace(chr(34), chr(34) * 2)}"' for option in branch.options
        )
        rule = FormulaRule(  # type: ignore[no-untyped-call]  # ships no types
            formula=[f'AND({cell}<>"",{others})'], font=Font(color="00A0A0A0")
        )
        sheet.conditional_formatting.add(f"A{row}:{last}{row}", rule)


def _choices(book: Workbook, sheet: Worksheet, asked: Sequence[Question]) -> None:
    """One pick list for each single choice, from a hidden sheet: options may hold commas."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet("Lists")
    lists.sheet_state = "hidden"
    column = get_column_letter(ANSWER_COLUMNS.index("choice") + 1)
    for row, question in enumerate(asked, start=2):
        if question.type != "single":
            continue
        for place, option in enumerate(question.options, start=1):
            _put(lists, row, place, option)
        last = get_column_letter(len(question.options))
        pick = DataValidation(
            type="list", formula1=f"Lists!$A${row}:${last}${row}", allow_blank=True
        )
        pick.error = "Pick one of the options in the column before."
        sheet.add_data_validation(pick)
        pick.add(f"{column}{row}")


def _evidence(book: Workbook, asked: Sequence[Question], assessment: Assessment) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rows: list[tuple[str, ...]] = []
    waived: list[tuple[str, ...]] = []
    for question in asked:
        answer = assessment.answers.get(question.id, Answer())
        for objective, items in answer.evidence.items():
            rows.extend((question.id, objective, *_cells(item)) for item in items)
        for objective, claim in answer.not_applicable.items():
            waived.append((question.id, objective, *_cells(claim)))
    sheet = _sheet(
        book, "Evidence", EVIDENCE_COLUMNS, rows, writable=EVIDENCE_COLUMNS, spare=SPARE_ROWS
    )
    kinds = DataValidation(type="list", formula1=f'"{",".join(EvidenceKind)}"', allow_blank=True)
    sheet.add_data_validation(kinds)
    kinds.add(f"D2:D{len(rows) + SPARE_ROWS + 1}")
    writable = ("question", "objective", "reason")
    _sheet(book, "Not applicable", WAIVED_COLUMNS, waived, writable=writable, spare=SPARE_ROWS)


def _follow_ups(book: Workbook, items: Sequence[FollowUp]) -> None:
    rows = [(item.id, item.question, item.text, item.reply or "") for item in items]
    _sheet(book, "Follow-ups", FOLLOW_UP_COLUMNS, rows, writable=("reply",))


def _cells(item: Evidence | NotApplicable) -> tuple[str, ...]:
    cells = []
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if isinstance(value, bool):
            cells.append("yes" if value else "no")
        else:
            cells.append("" if value is None else str(value))
    return tuple(cells)


def _sheet(
    book: Workbook,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    writable: Sequence[str],
    spare: int = 0,
) -> Worksheet:
    from openpyxl.styles import Alignment, Font, Protection
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(title)
    ground = _ground()
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    for place, name in enumerate(columns, start=1):
        _put(sheet, 1, place, name)
        sheet.cell(1, place).font = Font(bold=True)
        wide = name in _WIDE
        sheet.column_dimensions[get_column_letter(place)].width = 60 if wide else 20
    wrapped = Alignment(wrap_text=True, vertical="top")
    unlocked = Protection(locked=False)
    for row in range(2, len(rows) + spare + 2):
        for place, name in enumerate(columns, start=1):
            if row - 2 < len(rows):
                _put(sheet, row, place, rows[row - 2][place - 1])
            cell = sheet.cell(row, place)
            cell.alignment = wrapped
            cell.number_format = "@"
            if name in writable:
                cell.protection = unlocked
                cell.fill = ground
    return sheet


def _ground() -> PatternFill:
    """The light ground of cells that are to be filled in."""
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor="00FFF9E5")


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    if not text:
        return
    kept = escaped(text)
    if len(kept) > LONGEST_CELL:
        raise InputError(
            f"a text on the sheet {sheet.title} is longer than {LONGEST_CELL} characters",
            advice="send it as a file of its own and name that here",
        )
    cell = sheet.cell(row, column)
    cell.value = kept
    cell.data_type = "s"

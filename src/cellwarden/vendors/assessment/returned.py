"""Reads the workbook that a vendor sends back; bad rows become notes, a bad file an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, NotApplicable
from cellwarden.vendors.assessment.days import read_day
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.sheets import Sheet, read_sheets
from cellwarden.vendors.assessment.workbook import ABOUT, EVIDENCE_COLUMNS, SLOTS, WAIVED_COLUMNS

MOST_ROWS: Final = 20_000
"""Rows with words on one sheet; an assessment has hundreds."""
HEADER_WITHIN: Final = 30
"""Rows from the top in which a moved header row is looked for."""
_QUOTED: Final = 60
"""Characters of a cell that a note shows."""
_DAYS: Final = ("issued_on", "expires_on", "voided_on", "reaffirmed_on", "accepted_on")
_ANSWERS: Final = (("question", "answer"), ("asks", "choice", "choice accepted by", *SLOTS))
_EVIDENCE: Final = (("question", "objective"), EVIDENCE_COLUMNS[2:])
_WAIVED: Final = (("question", "objective", "reason"), WAIVED_COLUMNS[3:])
_FOLLOW_UPS: Final = (("follow-up", "reply"), ("question", "we ask"))


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What a workbook holds: the assessment, replies by follow-up id, notes on what was unread.

    ``about`` is the first sheet by key; ``rows_of`` are the questions that have a row at all.
    """

    assessment: Assessment
    replies: dict[str, str]
    notes: tuple[str, ...]
    about: dict[str, str] = {}
    rows_of: frozenset[str] = frozenset()


Columns = tuple[Sequence[str], Sequence[str]]
"""Which columns a sheet needs, and which it may have."""


def read_workbook(data: bytes, bank: Bank | None = None) -> Returned:
    """Read a filled-in workbook, ours or one whose columns, rows or header were moved about.

    With ``bank``, a row whose question id was overwritten is known by the words of its question.

    Raises:
        InputError: no XLSX, too large, or a sheet, a column or the vendor's name is missing.
    """
    sheets, seen = read_sheets(data)
    notes = list(seen)
    about = _about(sheets, notes)
    answers, rows_of = _answers(sheets, bank, notes)
    for (name, objective), item in _items(sheets, "Evidence", _EVIDENCE, Evidence, notes):
        answer = answers.get(name, Answer())
        held = (*answer.evidence.get(objective, ()), item)
        answers[name] = msgspec.structs.replace(
            answer, evidence={**answer.evidence, objective: held}
        )
    for (name, objective), claim in _items(sheets, "Not applicable", _WAIVED, NotApplicable, notes):
        answer = answers.get(name, Answer())
        answers[name] = msgspec.structs.replace(
            answer, not_applicable={**answer.not_applicable, objective: claim}
        )
    replies = {
        row["follow-up"].strip(): row["reply"]
        for _, row in _rows(sheets, "Follow-ups", _FOLLOW_UPS, notes)
        if row["follow-up"].strip() and row["reply"].strip()
    }
    try:
        assessment = msgspec.convert(
            {**{name: about[name] for name in ABOUT}, "answers": answers}, Assessment, strict=False
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise refused(f"the sheet About does not say who is assessed: {error}") from error
    return Returned(
        assessment=assessment,
        replies=replies,
        notes=tuple(notes),
        about=about,
        rows_of=frozenset(rows_of),
    )


def refused(what: str) -> InputError:
    """Why a workbook as a whole cannot be used."""
    return InputError(
        f"the workbook cannot be used: {what}",
        advice="fill in the workbook as it was sent and save it as XLSX",
    )


def _about(sheets: Mapping[str, Sheet], notes: list[str]) -> dict[str, str]:
    rows = _rows(sheets, "About", (("key", "value"), ()), notes)
    return {row["key"].strip().casefold(): row["value"] for _, row in rows if row["key"].strip()}


def _answers(
    sheets: Mapping[str, Sheet], bank: Bank | None, notes: list[str]
) -> tuple[dict[str, Answer], set[str]]:
    by_words = {_squeezed(q.asks): q.id for q in bank.questions.values()} if bank else {}
    answers: dict[str, Answer] = {}
    rows_of: set[str] = set()
    for line, row in _rows(sheets, "Answers", _ANSWERS, notes):
        name = _question_of(row, bank, by_words, f"Answers, row {line}", notes)
        answer = Answer(
            text=row["answer"],
            choice=tuple(part for part in row["choice"].split("\n") if part),
            choice_accepted_by=row["choice accepted by"] or None,
            slots={slot: row[slot] for slot in SLOTS if row[slot]},
        )
        if name:
            rows_of.add(name)
        if answer == Answer():
            continue
        if not name:
            words = (answer.text or " ".join(answer.choice))[:_QUOTED]
            notes.append(
                f"Answers, row {line}: names no question, so '{words}' was not taken; put the"
                " question's id back into its first column"
            )
        elif name in answers and answers[name] != answer:
            notes.append(f"Answers, row {line}: {name} is answered in two rows; both are kept")
            answers[name] = _joined(answers[name], answer)
        else:
            answers[name] = answer
    return answers, rows_of


def _question_of(
    row: Mapping[str, str],
    bank: Bank | None,
    by_words: Mapping[str, str],
    place: str,
    notes: list[str],
) -> str:
    name, asks = row["question"].strip(), row["asks"]
    if bank is None:
        return name
    known = by_words.get(_squeezed(asks), "")
    if name in bank.questions:
        if asks and not known:
            notes.append(f"{place}: the words of {name} were changed; it is held to ours")
        return name
    if known:
        notes.append(f"{place}: '{name[:_QUOTED]}' stood where {known} belongs; told by its words")
        return known
    return name


def _joined(first: Answer, second: Answer) -> Answer:
    texts = dict.fromkeys(text for text in (first.text, second.text) if text)
    return msgspec.structs.replace(
        first,
        text="\n".join(texts),
        choice=tuple(dict.fromkeys((*first.choice, *second.choice))),
        slots={**second.slots, **first.slots},
    )


def _items(
    sheets: Mapping[str, Sheet],
    sheet: str,
    columns: Columns,
    kind: type[Any],
    notes: list[str],
) -> Iterator[tuple[tuple[str, str], Any]]:
    for line, row in _rows(sheets, sheet, columns, notes):
        place = f"{sheet}, row {line}"
        values: dict[str, object] = {k: v for k, v in row.items() if v}
        where = (
            str(values.pop("question", "")).strip(),
            str(values.pop("objective", "")).strip(),
        )
        if not values and where == ("", ""):
            continue
        if not all(where):
            words = ", ".join(str(value) for value in values.values())[:_QUOTED]
            notes.append(f"{place}: names no question or no objective ('{words}'): not taken")
            continue
        _mend(values, kind, place, notes)
        try:
            yield where, msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            notes.append(f"{place}: {'/'.join(where)}: {error}: not taken")


def _mend(values: dict[str, object], kind: type[Any], place: str, notes: list[str]) -> None:
    """Put right what people leave out or spreadsheets change: yes and no, days, names."""
    if kind is Evidence:
        said = str(values.get("shows_met", "yes")).strip().casefold()
        values["shows_met"] = {"yes": True, "no": False}.get(said, said)
        values["kind"] = str(values.get("kind", "claim")).strip().casefold()
        values.setdefault("id", place)
    for name in _DAYS:
        if name not in values:
            continue
        day = read_day(str(values[name]))
        if day is None:
            notes.append(
                f"{place}: {name} '{str(values[name])[:_QUOTED]}' is no day that can be read in one"
                " way; write it as 2026-11-16; the rest of the row was taken"
            )
            del values[name]
        else:
            values[name] = day


def _rows(
    sheets: Mapping[str, Sheet], title: str, columns: Columns, notes: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows under the headings, with their line; a second table on the sheet is read too."""
    sheet = sheets.get(title)
    if sheet is None:
        raise refused(f"the sheet {title} is missing")
    needed, others = columns
    places: dict[str, int] = {}
    taken = 0
    for line, row in enumerate(sheet, start=1):
        if not places and line > HEADER_WITHIN:
            break
        if (found := _headings(row, columns)) and any(row):
            if places:
                notes.append(f"{title}, row {line}: a second table begins; it was read as well")
            places = found
            lost = [name for name in others if name not in places and name not in _QUIET]
            if lost:
                notes.append(f"{title}, row {line}: no column {', '.join(lost)}; left unread")
        elif places and any(row):
            taken += 1
            yield line, {name: _cell(row, places.get(name)) for name in (*needed, *others)}
        if taken > MOST_ROWS:
            raise refused(
                f"the sheet {title} has more than {MOST_ROWS} rows with words; an assessment has"
                " hundreds"
            )
    if not places:
        raise refused(f"the sheet {title} has no row with the columns {', '.join(needed)}")


def _headings(row: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each column stands, if this row is one of headings."""
    needed, others = columns
    heads = [cell.strip().casefold() for cell in row]
    if not set(needed) <= set(heads):
        return {}
    return {name: heads.index(name) for name in (*needed, *others) if name in heads}


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


_QUIET: Final = frozenset({"choice accepted by", "accepted_by", "accepted_on", *_DAYS, "voided_by"})
"""Columns that a vendor may well have left out."""


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()

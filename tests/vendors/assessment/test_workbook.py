from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.bank import shipped_bank
from cellwarden.vendors.assessment.receiving import from_vendor, misfits
from cellwarden.vendors.assessment.returned import read_workbook
from cellwarden.vendors.assessment.vagueness.follow_ups import follow_ups
from cellwarden.vendors.assessment.workbook import escaped, unescaped, write_workbook

BANK = shipped_bank()
AS_OF = date(2026, 11, 16)
WORDS = st.text(min_size=1, max_size=60).filter(lambda text: text.strip() == text)
MAYBE = st.one_of(st.none(), WORDS)
DAYS = st.one_of(st.none(), st.dates())


@st.composite
def answers(draw: st.DrawFn, name: str) -> Answer:
    question = BANK.questions[name]
    pieces = st.builds(
        Evidence,
        id=WORDS,
        kind=st.sampled_from(EvidenceKind),
        shows_met=st.booleans(),
        entity=MAYBE,
        version=MAYBE,
        quote=MAYBE,
        issued_on=DAYS,
        expires_on=DAYS,
    )
    waived = st.builds(NotApplicable, reason=WORDS, accepted_by=MAYBE, accepted_on=DAYS)
    objectives = st.sampled_from(list(question.objectives))
    return Answer(
        text=draw(WORDS),
        choice=tuple(draw(st.lists(st.sampled_from(question.options), unique=True)))
        if question.options
        else (),
        choice_accepted_by=draw(MAYBE),
        slots=draw(st.dictionaries(st.sampled_from(question.slots), WORDS)),
        evidence=draw(
            st.dictionaries(objectives, st.lists(pieces, min_size=1, max_size=2).map(tuple))
        ),
        not_applicable=draw(st.dictionaries(objectives, waived)),
    )


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    names = draw(st.lists(st.sampled_from(sorted(BANK.questions)), max_size=3, unique=True))
    return Assessment(
        vendor=draw(WORDS),
        entity=draw(WORDS),
        product=draw(WORDS),
        version=draw(WORDS),
        tier=1,
        answers={name: draw(answers(name)) for name in names},
    )


def simple(**texts: str) -> Assessment:
    return Assessment(
        vendor="Dunmere Storage",
        entity="Dunmere Storage Ltd",
        product="DS-40",
        version="2.1",
        tier=1,
        answers={name.replace("_", "-"): Answer(text=text) for name, text in texts.items()},
    )


def changed(data: bytes, sheet: str, cells: dict[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, value in cells.items():
        book[sheet][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@settings(max_examples=12, deadline=None)
@given(assessments())
def test_an_assessment_comes_back_from_a_workbook_as_it_went(assessment: Assessment) -> None:
    returned = read_workbook(write_workbook(BANK, assessment))

    assert returned.assessment == assessment
    assert returned.notes == ()


@given(st.text())
def test_every_text_survives_the_escape(text: str) -> None:
    assert unescaped(escaped(text)) == text


def test_an_answer_never_becomes_a_formula() -> None:
    attack = '=HYPERLINK("http://x.example","click")'

    data = write_workbook(BANK, simple(support_mfa=attack))

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = [packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/")]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert read_workbook(data).assessment.answers["support-mfa"].text == attack


def test_questions_are_locked_and_answers_are_not() -> None:
    data = write_workbook(BANK, simple())

    sheet = openpyxl.load_workbook(io.BytesIO(data))["Answers"]
    locked = {sheet.cell(1, c).value: sheet.cell(2, c).protection.locked for c in range(1, 14)}
    assert sheet.protection.sheet
    assert [name for name, is_locked in locked.items() if is_locked] == [
        "question",
        "asks",
        "why",
        "options",
        "choice accepted by",
    ]


def test_single_choices_have_a_pick_list() -> None:
    data = write_workbook(BANK, simple())

    sheet = openpyxl.load_workbook(io.BytesIO(data))["Answers"]
    singles = [q for q in BANK.of_tier(1) if q.type == "single"]
    assert len(sheet.data_validations.dataValidation) == len(singles)


def test_follow_ups_travel_in_the_workbook_and_come_back_answered() -> None:
    said = simple(support_mfa="We use strong MFA.")
    (opened,) = follow_ups(BANK, said, AS_OF)
    data = write_workbook(BANK, said, [opened])

    filled = changed(data, "Follow-ups", {"D2": "FIDO2 keys for all 38 accounts."})

    assert read_workbook(filled).replies == {opened.id: "FIDO2 keys for all 38 accounts."}


def test_what_spreadsheets_make_of_dates_and_numbers_is_read_as_text() -> None:
    data = write_workbook(BANK, simple(incident_notice="x"))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Answers"]
    row = next(r[0].row for r in sheet.iter_rows() if r[0].value == "incident-notice")
    columns = {c.value: get_column_letter(c.column or 0) for c in sheet[1]}

    filled = changed(
        data,
        "Answers",
        {f"{columns['answer']}{row}": 72, f"{columns['date']}{row}": datetime(2026, 11, 16)},  # noqa: DTZ001 - a spreadsheet's dates have no zone
    )

    answer = read_workbook(filled).assessment.answers["incident-notice"]
    assert answer.text == "72"
    assert answer.slots == {"date": "2026-11-16"}


def test_a_moved_header_row_and_a_new_column_in_front_are_followed() -> None:
    data = write_workbook(BANK, simple(support_mfa="FIDO2"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["Answers"].insert_rows(1, 4)
    book["Answers"].insert_cols(1)
    out = io.BytesIO()
    book.save(out)

    returned = read_workbook(out.getvalue())

    assert returned.assessment == simple(support_mfa="FIDO2")


def test_a_bad_row_of_evidence_becomes_a_note() -> None:
    data = write_workbook(BANK, simple())
    cells = {"A2": "support-mfa", "B2": "every-account", "C2": "e1", "D2": "hearsay", "E2": "yes"}

    returned = read_workbook(changed(data, "Evidence", dict(cells)))

    assert returned.assessment.answers == {}
    assert "hearsay" in returned.notes[0]


@pytest.mark.parametrize("data", [b"", b"PK", b"no workbook", b"\x00" * 100])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no XLSX"):
        read_workbook(data)


def test_another_workbook_is_refused_by_what_it_lacks() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)

    with pytest.raises(InputError, match="the sheet About is missing"):
        read_workbook(out.getvalue())


def test_a_text_that_no_cell_can_hold_is_refused_and_not_cut() -> None:
    with pytest.raises(InputError, match="longer than 32767"):
        write_workbook(BANK, simple(support_mfa="x" * 32_768))


def test_a_vendor_cannot_accept_test_or_grade_in_its_own_name() -> None:
    accepted = NotApplicable(reason="x", accepted_by="Us", accepted_on=AS_OF)
    report = Evidence(id="r", kind=EvidenceKind.REPORT, shows_met=True)
    test = Evidence(id="t", kind=EvidenceKind.TEST, shows_met=False)
    answer = Answer(
        choice=("none",),
        choice_accepted_by="Us",
        evidence={"every-account": (report, test)},
        not_applicable={"enrolment": accepted},
    )
    sent = Assessment(
        vendor="V", entity="E", product="P", version="1", tier=1, answers={"support-mfa": answer}
    )

    received = from_vendor(BANK, sent)

    mine = received.assessment.answers["support-mfa"]
    assert mine.choice_accepted_by is None
    assert mine.not_applicable["enrolment"] == NotApplicable(reason="x")
    assert [e.kind for e in mine.evidence["every-account"]] == [
        EvidenceKind.CLAIM,
        EvidenceKind.RECORD,
    ]
    assert len(received.notes) == 4


def test_what_the_bank_does_not_know_is_named() -> None:
    odd = Answer(choice=("maybe", "none"), slots={"date": "x"}, evidence={"no": ()})
    sent = Assessment(
        vendor="V",
        entity="E",
        product="P",
        version="1",
        tier=1,
        answers={"support-mfa": odd, "weather": Answer(text="fine"), "attestation": Answer()},
    )

    assert list(misfits(BANK, sent)) == [
        ("support-mfa: 'maybe' is no option; write one of: all accounts, some accounts, none"),
        "support-mfa: 2 options chosen, one is asked for",
        "support-mfa: asks for no date",
        "support-mfa: has no objective no",
        "weather: no such question",
        "attestation: is not asked in tier 1",
    ]

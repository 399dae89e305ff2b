"""From the questionnaire that goes out to the answers that come back, over the ledger."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from tests.workflows.desk import ASKED, CLOCK, TODAY, desk_in, quiet

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.vendors.assessment.reviewing import Decided
from cellwarden.vendors.assessment.vagueness.follow_ups import FollowUpState
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.vendor.assess import Questionnaire, Request, make_questionnaire
from cellwarden.workflows.vendor.assess_score import standing_of
from cellwarden.workflows.vendor.receive import Receipt, begin_answers, receive, record_answers
from cellwarden.workflows.vendor.review import Judgement, close_follow_up, record_review
from cellwarden.workflows.workspace import Workspace

CLEAR = (
    "All 38 support accounts use FIDO2 hardware keys, partners included, under policy IAM-04;"
    " the identity team enrols each key in person."
)


def asked(
    workspace: Workspace, vendor: str = "HELIO", *, on: date = ASKED, **wanted: Any
) -> Questionnaire:
    return make_questionnaire(
        workspace,
        Request(vendor=vendor, **({"tier": 1} | wanted)),
        folder=workspace.folder / "out",
        as_of=on,
        clock_at=CLOCK,
        actor="desk",
    )


def taken(workspace: Workspace, path: Path, **more: Any) -> Receipt:
    return receive(workspace, path, as_of=TODAY, clock_at=CLOCK, actor="desk", **more)


def columns(sheet: Any, row: int = 1) -> dict[str, str]:
    return {c.value: get_column_letter(c.column) for c in sheet[row] if c.value}


def fill(path: Path, answers: dict[str, dict[str, Any]], **about: str) -> Path:
    """Write answers into a workbook as a vendor does, by question and column."""
    book = openpyxl.load_workbook(path)
    sheet = book["Answers"]
    places = columns(sheet)
    for row in range(2, sheet.max_row + 1):
        for column, value in answers.get(str(sheet.cell(row, 1).value), {}).items():
            sheet[f"{places[column]}{row}"] = value
    for key, value in book["About"].iter_rows(min_row=2, max_col=2):
        name = str(key.value).replace(" ", "_")
        if name in about:
            value.value = about[name]
    book.save(path)
    return path


def workbook_of(made: Questionnaire) -> Path:
    return next(path for path in made.files if path.suffix == ".xlsx")


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    return desk_in(tmp_path / "desk")


def test_the_tier_and_the_product_are_told_by_what_stands_where(desk: Workspace) -> None:
    helio, barge = asked(desk, tier=None), asked(desk, "Barge Energy Ltd", tier=None)

    assert (helio.tier, barge.tier) == (3, 1)
    assert "S1" in helio.because
    data = json.loads(next(p for p in helio.files if p.suffix == ".json").read_text("utf-8"))
    assert data["assessment"]["product"] == "H-9 Controller"
    assert data["assessment"]["version"] == "3.1"
    assert len(data["questions"]) == 90


def test_asking_twice_sends_the_same_questionnaire_again(desk: Workspace) -> None:
    first, second = asked(desk), asked(desk)

    assert first.assessment_id == second.assessment_id == "HELIO-2026"
    assert second.entry is None


def test_answers_are_recorded_and_graded_as_claims(desk: Workspace) -> None:
    made = asked(desk)
    path = fill(
        workbook_of(made),
        {"support-mfa": {"choice": "all accounts", "answer": CLEAR}},
        answered_on="2026-10-20",
    )

    receipt = taken(desk, path)

    graded = {
        g.objective: g
        for q in standing_of(desk, "HELIO", as_of=TODAY).dossier.score.questions
        if q.question.id == "support-mfa"
        for g in q.graded
    }
    assert receipt.answered_on == date(2026, 10, 20)
    assert receipt.opened == ()
    assert {float(g.known) for g in graded.values()} == {0.2}


def test_what_was_answered_later_was_not_known_before(desk: Workspace) -> None:
    made = asked(desk)
    taken(
        desk,
        fill(workbook_of(made), {"support-mfa": {"answer": CLEAR}}, answered_on="2026-10-20"),
    )

    before = standing_of(desk, "HELIO", as_of=date(2026, 10, 19)).dossier
    after = standing_of(desk, "HELIO", as_of=date(2026, 10, 20)).dossier

    assert before.answered_on is None
    assert before.given.answers == {}
    assert set(after.given.answers) == {"support-mfa"}


def test_our_own_reading_stands_beside_the_answers(desk: Workspace) -> None:
    made = asked(desk, "BARGE")
    said = "RSA-3072 signature, verified by the boot loader of the B-1 Controller from 1.0 on."
    path = fill(workbook_of(made), {"signature-verified": {"choice": "all parts", "answer": said}})

    taken(desk, path)

    found = standing_of(desk, "BARGE", as_of=TODAY).dossier
    gate = next(g for g in found.gates if g.gate == "unsigned-firmware")
    assert gate.state.value == "shut"
    assert any("signature-verified/on-device" in finding for finding in found.score.findings)
    assert "fact" in gate.because


def test_a_vague_answer_opens_a_follow_up_that_travels_and_comes_back(desk: Workspace) -> None:
    made = asked(desk)
    first = taken(desk, fill(workbook_of(made), {"support-mfa": {"answer": "We use strong MFA."}}))
    again = asked(desk, on=TODAY)
    book = openpyxl.load_workbook(workbook_of(again))
    sheet = book["Follow-ups"]
    quoted = sheet["C2"].value
    sheet[f"{columns(sheet)['reply']}2"] = CLEAR
    book.save(workbook_of(again))

    second = taken(desk, workbook_of(again))

    assert again.open_follow_ups == 1
    assert "strong MFA" in quoted
    assert [item.state for item in second.replied] == [FollowUpState.ANSWERED]
    assert second.replied[0].id == first.opened[0].id


def test_a_signature_waits_until_a_reviewer_has_closed_each_follow_up(desk: Workspace) -> None:
    made = asked(desk)
    opened = taken(
        desk, fill(workbook_of(made), {"support-mfa": {"answer": "We use strong MFA."}})
    ).opened[0]

    with pytest.raises(PermissionRefused, match="no clear reply"):
        close_follow_up(
            desk, "HELIO", opened.id, reason="", as_of=TODAY, clock_at=CLOCK, actor="Ann"
        )
    close_follow_up(
        desk, "HELIO", opened.id, reason="seen on site", as_of=TODAY, clock_at=CLOCK, actor="Ann"
    )

    (item,) = standing_of(desk, "HELIO", as_of=TODAY).dossier.follow_ups
    assert (item.state, item.closed_by, item.reason) == (
        FollowUpState.CLOSED,
        "Ann",
        "seen on site",
    )


def judged(workspace: Workspace, **wanted: Any) -> None:
    base: dict[str, Any] = {
        "vendor": "HELIO",
        "question": "support-mfa",
        "objective": "every-account",
        "decision": Decided.GRADE,
        "grade": "report",
        "document_id": "DOC-1",
        "reason": "read in full",
    }
    record_review(workspace, Judgement(**(base | wanted)), as_of=TODAY, clock_at=CLOCK, actor="Ann")


def known(workspace: Workspace, objective: str = "every-account") -> float:
    found = standing_of(workspace, "HELIO", as_of=TODAY).dossier.score
    return next(
        float(g.known)
        for q in found.questions
        for g in q.graded
        if (q.question.id, g.objective) == ("support-mfa", objective)
    )


def test_a_paper_counts_once_a_reviewer_has_seen_it(desk: Workspace) -> None:
    made = asked(desk)
    taken(desk, fill(workbook_of(made), {"support-mfa": {"answer": CLEAR}}))
    before = known(desk)

    judged(desk)

    assert (before, known(desk)) == (0.2, 0.8)


def test_a_paper_never_proves_more_than_it_can(tmp_path: Path) -> None:
    papers = "document_id,title,type,strength\nDOC-1,Rule book,policy,policy\n"
    workspace = desk_in(tmp_path / "desk", documents=papers)
    asked(workspace)

    judged(workspace)

    assert known(workspace) == 0.4


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"question": "weather"}, "no question"),
        ({"objective": "rain"}, "no objective"),
        ({"objective": "*"}, "one objective"),
        ({"grade": "hearsay"}, "no grade of a paper"),
        ({"document_id": None}, "without a paper"),
        ({"vendor": "NOBODY"}, "no parties are called"),
        ({"vendor": "RIGGER"}, "never asked"),
    ],
)
def test_a_review_that_says_too_little_is_refused(
    desk: Workspace, wanted: dict[str, Any], message: str
) -> None:
    asked(desk)

    with pytest.raises(InputError, match=message):
        judged(desk, **wanted)


def test_a_vendor_cannot_review_itself(desk: Workspace) -> None:
    asked(desk)

    with pytest.raises(PermissionRefused, match="cannot review its own"):
        record_review(
            desk,
            Judgement(
                vendor="HELIO",
                question="support-mfa",
                objective="every-account",
                decision=Decided.TEST_PASSED,
                reason="of course",
            ),
            as_of=TODAY,
            clock_at=CLOCK,
            actor="Helio Power GmbH",
        )


def test_the_json_form_and_the_workbook_say_the_same(desk: Workspace) -> None:
    made = asked(desk)
    taken(
        desk,
        fill(
            workbook_of(made),
            {"support-mfa": {"choice": "all accounts", "answer": CLEAR, "document": "IAM-04"}},
        ),
    )

    again = asked(desk, on=TODAY)
    form = next(path for path in again.files if path.suffix == ".json")

    assert taken(desk, form).changed == 0
    assert taken(desk, workbook_of(again)).changed == 0


def test_a_folder_of_answers_is_recorded_once_by_each_scan(desk: Workspace) -> None:
    made = asked(desk)
    folder = desk.folder / "vendors"
    folder.mkdir()
    fill(workbook_of(made), {"support-mfa": {"answer": CLEAR}}).rename(folder / "helio.xlsx")
    (folder / "broken.json").write_text("{", "utf-8")

    for _ in range(2):
        with desk.open_state() as state:
            begun = begin_answers(desk, state)
            problems = record_answers(
                desk, state, begun, as_of=TODAY, clock_at=CLOCK, actor="scan", progress=quiet
            )
            size = state.log.size()
            acts = [entry.act for _, entry in state.entries()]

    assert [str(p).split(":")[0] for p in problems] == ["vendors/broken.json"]
    assert acts.count("receive") == 1
    assert size == len(acts)
    verify_ledger(desk)


def test_rows_that_are_gone_lose_no_answer(desk: Workspace) -> None:
    made = asked(desk)
    taken(
        desk,
        fill(
            workbook_of(made),
            {"support-mfa": {"answer": CLEAR}, "incident-notice": {"answer": "24 hours"}},
        ),
    )
    path = workbook_of(made)
    book = openpyxl.load_workbook(path)
    sheet = book["Answers"]
    row = next(c.row for c in sheet["A"] if c.value == "support-mfa")
    sheet.delete_rows(row)
    book.save(path)

    receipt = taken(desk, path)

    assert any("support-mfa" in note and "still" not in note for note in receipt.notes)
    assert set(standing_of(desk, "HELIO", as_of=TODAY).dossier.given.answers) == {
        "support-mfa",
        "incident-notice",
    }


def test_reordered_rows_change_nothing(desk: Workspace) -> None:
    made = asked(desk)
    path = fill(workbook_of(made), {"support-mfa": {"answer": CLEAR}})
    taken(desk, path)
    book = openpyxl.load_workbook(path)
    sheet = book["Answers"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for at, values in enumerate(reversed(rows), start=2):
        for column, value in enumerate(values, start=1):
            sheet.cell(at, column).value = value
    book.save(path)

    assert taken(desk, path).changed == 0


def test_the_workbook_of_another_vendor_is_refused_with_both_names(desk: Workspace) -> None:
    made = asked(desk)
    path = fill(workbook_of(made), {}, vendor="BARGE")

    with pytest.raises(InputError, match=r"sent to HELIO.*BARGE"):
        taken(desk, path)


def test_the_workbook_of_another_questionnaire_is_refused(desk: Workspace) -> None:
    made = asked(desk)
    path = fill(workbook_of(made), {}, assessment="HELIO-2019")

    with pytest.raises(InputError, match="never sent"):
        taken(desk, path)


def test_a_changed_product_is_refused_and_not_graded_for_ours(desk: Workspace) -> None:
    made = asked(desk)
    path = fill(workbook_of(made), {}, product="H-10 Controller")

    with pytest.raises(InputError, match="asked about product"):
        taken(desk, path)


def test_only_the_vendor_that_is_meant_is_taken(desk: Workspace) -> None:
    path = workbook_of(asked(desk))

    with pytest.raises(InputError, match="not 'BARGE'"):
        taken(desk, path, vendor="BARGE")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, "old binary workbook"),
        ("note.txt", b"Dear Sir or Madam", "neither XLSX nor JSON"),
        ("empty.xlsx", b"", "neither XLSX nor JSON"),
        ("cp1252.json", '{"schema": "caf\u00e9"}'.encode("cp1252"), "not in UTF-8: byte"),
        ("deep.json", b'{"a":' * 5000, "cannot be read"),
        ("other.json", b'{"schema": "x", "about": {}, "assessment": {}}', "cannot be read"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused_by_name(
    desk: Workspace, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(InputError, match=message) as caught:
        taken(desk, path)

    assert name in str(caught.value)
    assert caught.value.advice


def test_a_form_in_utf_16_is_read(desk: Workspace) -> None:
    made = asked(desk)
    form = next(path for path in made.files if path.suffix == ".json")
    text = form.read_text("utf-8")
    data = json.loads(text)
    data["assessment"]["answers"] = {"incident-notice": {"text": "24 hours"}}
    form.write_bytes(json.dumps(data).encode("utf-16"))

    assert taken(desk, form).changed == 1


def messy(path: Path) -> tuple[openpyxl.Workbook, Any]:
    book = openpyxl.load_workbook(path)
    return book, book["Answers"]


def saved(book: openpyxl.Workbook, path: Path) -> Path:
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    return path


def test_a_moved_header_merged_cells_and_hidden_columns_are_followed(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": CLEAR}})
    book, sheet = messy(path)
    sheet.column_dimensions["F"].hidden = True
    row = next(c.row for c in sheet["A"] if c.value == "support-mfa")
    sheet.insert_rows(row + 1)
    sheet.cell(row + 1, 6).value = "Emergency accounts too."
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)
    sheet.insert_rows(1, 3)
    saved(book, path)

    # a merged range does not move with inserted rows, so the second line stands without its id
    receipt = taken(desk, path)

    given = standing_of(desk, "HELIO", as_of=TODAY).dossier.given.answers["support-mfa"].text
    assert given.startswith(CLEAR)
    assert any("Emergency accounts too" in note for note in receipt.notes) or (
        "Emergency accounts too" in given
    )


def test_a_cell_merged_over_two_rows_holds_for_both(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": CLEAR}})
    book, sheet = messy(path)
    row = next(c.row for c in sheet["A"] if c.value == "support-mfa")
    after = [[c.value for c in r] for r in sheet.iter_rows(min_row=row + 1)]
    sheet.delete_rows(row + 1, len(after))
    sheet.cell(row + 1, 6).value = "Emergency accounts too."
    for at, values in enumerate(after, start=row + 2):
        for column, value in enumerate(values, start=1):
            sheet.cell(at, column).value = value
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)

    receipt = taken(desk, saved(book, path))

    given = standing_of(desk, "HELIO", as_of=TODAY).dossier.given.answers["support-mfa"].text
    assert given == f"{CLEAR}\nEmergency accounts too."
    assert any("answered in two rows" in note for note in receipt.notes)


def test_two_tables_on_a_sheet_are_both_read(desk: Workspace) -> None:
    path = workbook_of(asked(desk))
    book, sheet = messy(path)
    last = sheet.max_row
    sheet.cell(last + 3, 2).value = "answer"
    sheet.cell(last + 3, 3).value = "question"
    sheet.cell(last + 4, 2).value = CLEAR
    sheet.cell(last + 4, 3).value = "support-mfa"

    receipt = taken(desk, saved(book, path))

    assert receipt.answered == 1
    assert any(f"row {last + 3}: a second table" in note for note in receipt.notes)


def test_a_question_id_that_was_overwritten_is_told_by_its_words(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": CLEAR}})
    book, sheet = messy(path)
    cell = next(c for c in sheet["A"] if c.value == "support-mfa")
    cell.value = "2.1 (MFA)"

    receipt = taken(desk, saved(book, path))

    assert "support-mfa" in standing_of(desk, "HELIO", as_of=TODAY).dossier.given.answers
    assert any("told by its words" in note for note in receipt.notes)


def test_a_question_that_was_reworded_is_held_to_ours(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": CLEAR}})
    book, sheet = messy(path)
    row = next(c.row for c in sheet["A"] if c.value == "support-mfa")
    sheet.cell(row, 2).value = "Do you take security seriously?"

    receipt = taken(desk, saved(book, path))

    assert any("words of support-mfa were changed" in note for note in receipt.notes)


def test_an_answer_without_any_question_is_named_with_its_row(desk: Workspace) -> None:
    path = workbook_of(asked(desk))
    book, sheet = messy(path)
    last = sheet.max_row + 1
    sheet.cell(last, 6).value = "See attached."

    receipt = taken(desk, saved(book, path))

    assert any(
        f"row {last}" in note and "See attached." in note and "put the" in note
        for note in receipt.notes
    )


def test_a_formula_is_named_as_stale_and_never_computed(desk: Workspace) -> None:
    path = workbook_of(asked(desk))
    book, sheet = messy(path)
    sheet["F3"] = '=HYPERLINK("http://x.example","click")'

    receipt = taken(desk, saved(book, path))

    assert any("Answers, F3" in note and "formula" in note for note in receipt.notes)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-03-31", "2027-03-31"),
        ("31.03.2027", "2027-03-31"),
        ("31 March 2027", "2027-03-31"),
        (46477, "2027-03-31"),
        (datetime(2027, 3, 31), "2027-03-31"),  # noqa: DTZ001 - a spreadsheet's dates have no zone
        ("03/04/2027", None),
        ("soon", None),
    ],
)
def test_days_are_read_as_people_and_spreadsheets_write_them(
    desk: Workspace, written: Any, read: str | None
) -> None:
    path = workbook_of(asked(desk))
    book = openpyxl.load_workbook(path)
    sheet = book["Evidence"]
    places = columns(sheet)
    cells = {"question": "support-mfa", "objective": "every-account", "id": "IR-1"}
    for name, value in (cells | {"expires_on": written}).items():
        sheet[f"{places[name]}2"] = value

    receipt = taken(desk, saved(book, path))

    given = standing_of(desk, "HELIO", as_of=TODAY).dossier.given.answers["support-mfa"]
    (item,) = given.evidence["every-account"]
    assert (item.expires_on.isoformat() if item.expires_on else None) == read
    assert any("no day" in note for note in receipt.notes) is (read is None)


@pytest.mark.slow
def test_two_hundred_thousand_empty_rows_are_passed_over(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": CLEAR}})
    book, sheet = messy(path)
    sheet.cell(200_000, 14).value = " "

    assert taken(desk, saved(book, path)).answered == 1


@pytest.mark.slow
def test_two_hundred_thousand_rows_of_words_are_refused_by_sheet(desk: Workspace) -> None:
    workbook_of(asked(desk))
    book = openpyxl.Workbook(write_only=True)
    for title, heads in (("About", ("key", "value")), ("Answers", ("question", "answer"))):
        sheet = book.create_sheet(title)
        sheet.append(heads)
        for at in range(200_000 if title == "Answers" else 0):
            sheet.append((f"q{at}", "yes"))
    path = desk.folder / "long.xlsx"
    book.save(path)

    with pytest.raises(InputError, match=r"Answers has more than 20000 rows"):
        taken(desk, path)


def test_own_questions_are_asked_beside_ours(tmp_path: Path) -> None:
    workspace = desk_in(tmp_path / "desk")
    folder = workspace.folder / "banks"
    folder.mkdir()
    (folder / "access.toml").write_text(
        '[door-badges]\nasks = "Who hands out badges?"\nwhy = "Doors."\n'
        'topic = "support-identity"\ntier = 1\nweight = 3\ntype = "text"\nslots = ["owner"]\n'
        'requirements = ["R34"]\n[door-badges.objectives]\nnamed = "Named."\nlisted = "Listed."\n',
        "utf-8",
    )
    settings = workspace.folder / "cellwarden.toml"
    settings.write_text(settings.read_text("utf-8") + '[vendors]\nbanks = ["banks"]\n', "utf-8")
    from cellwarden.workflows.workspace import open_workspace

    made = asked(open_workspace(workspace.folder))

    assert made.questions == 26


@pytest.mark.parametrize("written", ["None", " none ", "NONE"])
def test_a_choice_in_another_spelling_still_concedes(desk: Workspace, written: str) -> None:
    said = "We log on with one account for the team, password only."
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"choice": written, "answer": said}})

    taken(desk, path)

    gate = next(
        g for g in standing_of(desk, "HELIO", as_of=TODAY).dossier.gates if g.gate == "no-mfa"
    )
    assert gate.state.value == "shut"


def test_a_choice_that_is_none_is_named_with_those_that_are(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"choice": "most of them"}})

    receipt = taken(desk, path)

    assert any("write one of: all accounts, some accounts, none" in n for n in receipt.notes)

"""Words that a wrong encoding damaged on their way: in registers and in vendors' answers."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from tests.workflows.desk import desk_in
from tests.workflows.test_asking_vendors import asked, fill, taken, workbook_of

from cellwarden.collect.reading import read
from cellwarden.model.facts import kinds
from cellwarden.workflows.workspace import Workspace

HEADINGS = ["party_id", "name", "country"]
ROWS = [["p-1", "MÃ¼ller Batterie GmbH", "DE"], ["p-2", "M\ufffdller KG", "DE"]]
WORDS = "FIDO2 keys for all 38 accounts; JÃ¼rgen KÃ¶nig â€“ policy IAM-04."
MENDED = "FIDO2 keys for all 38 accounts; Jürgen König \u2013 policy IAM-04."


def as_xlsx(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def written_as(ending: str) -> bytes:
    if ending == "xlsx":
        return as_xlsx([HEADINGS, *ROWS])
    if ending == "csv":
        return "\n".join(",".join(row) for row in [HEADINGS, *ROWS]).encode()
    return json.dumps([dict(zip(HEADINGS, row, strict=True)) for row in ROWS]).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    return desk_in(tmp_path / "desk")


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
def test_a_damaged_cell_of_a_register_is_mended_or_told_alike_in_every_format(ending: str) -> None:
    reading = read(f"parties.{ending}", written_as(ending))

    name = kinds()["party"].column_names.index("name")
    (told,) = reading.tables["unreadable"]
    assert [row[name] for row in reading.tables["party"]] == ["Müller Batterie GmbH", None]
    assert "M\ufffdller KG" in told
    assert any("damaged by a wrong encoding" in (cell or "") for cell in told)


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
def test_a_damaged_version_is_never_guessed(ending: str) -> None:
    headings, row = ["asset_id", "manufacturer", "model", "firmware"], ["A", "M", "X", "1â€“2"]
    data = {
        "xlsx": as_xlsx([headings, row]),
        "csv": f"{','.join(headings)}\n{','.join(row)}\n".encode(),
        "json": json.dumps([dict(zip(headings, row, strict=True))]).encode(),
    }

    reading = read(f"assets.{ending}", data[ending])

    assert any("1â€“2" in told for told in reading.tables["unreadable"])
    assert not any("1\u20132" in str(rows) for rows in reading.tables.values())


def test_damaged_words_of_an_answered_workbook_are_mended_and_it_is_said(desk: Workspace) -> None:
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": WORDS}})

    receipt = taken(desk, path)

    with desk.open_state() as state, state.connect(as_of="2027-01-01") as connection:
        (value,) = connection.execute(
            "select value from answer where question = 'support-mfa' and part = 'text'"
        ).fetchall()[0]
    assert value == MENDED
    (note,) = [note for note in receipt.notes if "wrong encoding" in note]
    assert note.startswith("support-mfa, text: ")
    assert "is read as" in note


def test_the_json_form_is_mended_as_the_workbook_is(desk: Workspace) -> None:
    made = asked(desk)
    path = next(one for one in made.files if one.suffix == ".json")
    form = json.loads(path.read_text("utf-8"))
    form["assessment"]["answers"] = {"support-mfa": {"text": WORDS}}
    path.write_text(json.dumps(form, ensure_ascii=False), "utf-8")

    receipt = taken(desk, path)

    assert any("is read as" in note and "Jürgen" in note for note in receipt.notes)
    assert receipt.opened == ()


def test_words_that_lost_a_character_are_kept_and_named(desk: Workspace) -> None:
    lost = WORDS.replace("Ã¼", "\ufffd").replace("Ã¶", "ö").replace("â€“", "-")
    path = fill(workbook_of(asked(desk)), {"support-mfa": {"answer": lost}})

    receipt = taken(desk, path)

    assert any("kept as it came" in note for note in receipt.notes)
    assert receipt.answered == 1

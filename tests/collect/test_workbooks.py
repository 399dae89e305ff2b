"""XLSX workbooks, made with openpyxl or by hand where it refuses to make them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.text import is_mojibake
from cellwarden.collect.values import says_nothing
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading, kinds

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]


def saved(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return packed.getvalue()


CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), max_codepoint=0xFFFD), max_size=15
).filter(
    lambda text: (
        not is_mojibake(text)
        and not text.startswith(("=", "#"))
        and "_x" not in text
        and not says_nothing(text.strip() or "some text")
    )
)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_rows_come_back_from_a_workbook_as_they_were_written(rows: list[tuple[str, str]]) -> None:
    header = ["component_id", "model", "firmware"]
    table = [[f"c{i}", *row] for i, row in enumerate(rows)]

    reading = collect.read("fleet.xlsx", workbook(components=[header, *table]))

    expected = [
        kinds()["component"].row(
            {name: cell.strip() or None for name, cell in zip(header, row, strict=True)}
        )
        for row in table
    ]
    assert reading.tables["component"] == expected


def test_each_sheet_is_one_kind_by_name_or_headings(rows_of: RowsOf) -> None:
    data = workbook(
        Sites=[["site_id", "country"], ["NG1", "gb"]],
        Inventar=[["Anlage", "Standort", "Hersteller"], ["NG1-UPS-01", "NG1", "APC"]],
        Legend=[["colour", "meaning"], ["red", "old"]],
    )

    reading = collect.read("fleet.xlsx", data)
    seen = collect.preview("fleet.xlsx", data)

    assert rows_of(reading, "site") == [{"site_id": "NG1", "country": "GB"}]
    assert rows_of(reading, "asset")[0]["asset_id"] == "NG1-UPS-01"
    assert any("sheet Legend" in note for note in seen.notes)


def test_a_sheet_named_after_a_kind_without_its_headings_is_unreadable(rows_of: RowsOf) -> None:
    data = workbook(Sites=[["site_id"], ["NG1"]], Assets=[["foo"], ["bar"]])

    reading = collect.read("fleet.xlsx", data)

    [bad] = rows_of(reading, "unreadable")
    assert (bad["file"], bad["kind"]) == ("fleet.xlsx, sheet Assets", "asset")


def test_dates_are_read_as_dates_serials_and_text(rows_of: RowsOf) -> None:
    days: list[list[Any]] = [
        ["A1", dt.date(2027, 1, 2)],
        ["A2", 46389],
        ["A3", "02.01.2027"],
        ["A4", dt.datetime(2027, 1, 2, 0, 0)],  # noqa: DTZ001 - a spreadsheet knows no zone
    ]

    reading = collect.read("f.xlsx", workbook(assets=[["asset_id", "warranty_until"], *days]))

    assert {row["warranty_until"] for row in rows_of(reading, "asset")} == {"2027-01-02"}


def test_a_merged_cell_holds_for_the_rows_below_it(rows_of: RowsOf) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Assets"
    for row in (["asset_id", "site_id"], ["A1", "NG1"], ["A2", None], ["A3", "NG2"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")

    reading = collect.read("f.xlsx", saved(book))

    assert [row["site_id"] for row in rows_of(reading, "asset")] == ["NG1", "NG1", "NG2"]


def test_hidden_columns_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Assets"
    sheet.append(["asset_id", "serial"])
    sheet.append(["A1", "secret"])
    sheet.column_dimensions["B"].hidden = True

    seen = collect.preview("f.xlsx", saved(book))

    assert seen.rows[0].cells["serial"] == "secret"
    assert any("hidden columns are read too (B)" in note for note in seen.notes)


def test_a_formula_is_never_evaluated_and_told() -> None:
    data = workbook(assets=[["asset_id", "serial"], ["A1", "=1+2"]])

    seen = collect.preview("f.xlsx", data)

    assert "serial" not in seen.rows[0].cells
    assert any("1 cells hold formulas (B2" in note for note in seen.notes)


def test_a_stale_formula_value_is_read_as_saved() -> None:
    data = workbook(assets=[["asset_id", "serial"], ["A1", "=1+2"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    stale = sheet.replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>7</v>")
    stale = stale.replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>7</v>")
    assert stale != sheet

    seen = collect.preview("f.xlsx", repacked(data, {"xl/worksheets/sheet1.xml": stale}))

    assert seen.rows[0].cells["serial"] == "7"


def test_an_error_cell_is_no_value(rows_of: RowsOf) -> None:
    data = workbook(components=[["component_id", "firmware"], ["c1", "#N/A"], ["c2", "v1"]])

    reading = collect.read("f.xlsx", data)

    found = [row.get("firmware") for row in rows_of(reading, "component")]
    assert found == [None, "v1"]
    assert rows_of(reading, "unreadable")[0]["text"] == "#N/A"


def test_a_version_that_became_a_number_is_told() -> None:
    seen = collect.preview(
        "f.xlsx", workbook(components=[["component_id", "firmware"], ["c1", 2.6]])
    )

    assert seen.rows[0].cells["firmware"] == "2.6"
    assert any("lose zeros at their end" in note for note in seen.notes)


def test_a_serial_that_lost_digits_is_told() -> None:
    seen = collect.preview(
        "f.xlsx", workbook(assets=[["asset_id", "serial"], ["A1", 12345678901234567890]])
    )

    assert any("cell B2" in note and "has lost its last ones" in note for note in seen.notes)


def test_the_mapping_chooses_sheet_and_columns(rows_of: RowsOf) -> None:
    data = workbook(old=[["x"], ["1"]], new=[["Kennung", "Ort"], ["A1", "NG1"]])
    mapping = collect.Mapping(
        kind="asset", columns={"Kennung": "asset_id", "Ort": "site_id"}, sheet="new"
    )

    reading = collect.read("f.xlsx", data, mapping=mapping)

    assert rows_of(reading, "asset") == [{"asset_id": "A1", "site_id": "NG1"}]


def test_an_unpacking_bomb_is_refused() -> None:
    data = workbook(assets=[["asset_id"], ["A1"]])
    bomb = repacked(data, {"xl/media/image1.png": b"\0" * 60_000_000})

    with pytest.raises(SourceError, match="unpacks to far more"):
        collect.read("f.xlsx", bomb)


def test_a_path_that_leads_out_of_the_archive_is_never_followed(rows_of: RowsOf) -> None:
    data = repacked(workbook(assets=[["asset_id"], ["A1"]]), {"../../etc/evil.xml": b"<x/>"})

    reading = collect.read("f.xlsx", data)

    assert rows_of(reading, "asset") == [{"asset_id": "A1"}]


def test_xml_with_a_document_type_is_refused() -> None:
    data = workbook(assets=[["asset_id"], ["A1"]])
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'

    with pytest.raises(SourceError, match="declares a document type"):
        collect.read("f.xlsx", repacked(data, {"xl/worksheets/sheet1.xml": laughs}))


def test_a_stray_cell_far_outside_is_refused_before_it_costs_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "assets"
    sheet["A1"], sheet["XFD1048576"] = "asset_id", "x"

    with pytest.raises(SourceError, match="spans 1048576 rows by 16384 columns") as refused:
        collect.read("f.xlsx", saved(book))

    assert "stray cell" in refused.value.advice


@pytest.mark.parametrize("size", [10, 200, 1000, 3000])
def test_a_truncated_workbook_is_refused(size: int) -> None:
    data = workbook(assets=[["asset_id"], ["A1"]])[:size]

    with pytest.raises(SourceError, match="no whole XLSX workbook"):
        collect.read("f.xlsx", data)


@settings(max_examples=100, deadline=None)
@given(
    position=st.integers(0, 2_000),
    junk=st.binary(max_size=12) | st.sampled_from([b"99999999999", b'"', b"<c", b"&#0;"]),
)
def test_no_damage_inside_a_worksheet_breaks_the_reader(
    position: int, junk: bytes, attempt: Attempt
) -> None:
    member = "xl/worksheets/sheet1.xml"
    data = workbook(assets=[["asset_id", "serial"], ["A1", 5], ["A2", dt.date(2027, 1, 2)]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(member)
    at = position % len(sheet)

    outcome = attempt("f.xlsx", repacked(data, {member: sheet[:at] + junk + sheet[at + 3 :]}))

    assert isinstance(outcome, SourceError) or outcome.source == "f.xlsx"


def test_an_old_workbook_is_refused_with_a_next_step() -> None:
    with pytest.raises(SourceError) as refused:
        collect.read("f.xls", b"\xd0\xcf\x11\xe0 whatever")

    assert "save it as .xlsx" in refused.value.advice

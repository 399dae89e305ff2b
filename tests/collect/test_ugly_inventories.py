"""Inventories as real people keep them: grouped headings, shared cells, several tables, counts."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.advisories.identity.vendors import maker_names
from cellwarden.collect.intake import Intake
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]


def workbook(
    rows: Iterable[list[Any]], *, merged: Iterable[str] = (), title: str = "List"
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


CONTRACTOR = workbook(
    [
        ["Critical power, export of visits"],
        ["Equipment", "Nameplate", None, None, "Firmware", None, "Dates", None, "Location"],
        ["Tag", "Make", "Model", "S/N", "UPS", "NMC", "Installed", "Batt. replaced", None],
        ["U1", "APC", "SRT 5000", "AS1", "UPS 06.5", "6.4.0", dt.date(2018, 3, 4), None, "East"],
        ["U2", "Vertiv", "GXT4", "L9", None, None, None, 44197, "West"],
    ],
    merged=["B2:D2", "E2:F2", "G2:H2", "I2:I3"],
)


def test_headings_under_merged_groups_are_read_together(rows_of: RowsOf) -> None:
    reading = collect.read("export.xlsx", CONTRACTOR)
    seen = collect.preview("export.xlsx", CONTRACTOR)

    assert rows_of(reading, "asset")[0] == {
        "asset_id": "U1",
        "manufacturer": "APC",
        "model": "SRT 5000",
        "serial": "AS1",
        "installed_on": "2018-03-04",
        "location": "East",
    }
    assert rows_of(reading, "asset")[1]["batteries_on"] == "2021-01-01"
    firmware = [(row["component_id"], row.get("firmware")) for row in rows_of(reading, "component")]
    assert firmware[:2] == [("U1/UPS", "UPS 06.5"), ("U1/NMC", "6.4.0")]
    assert any("headings take 2 lines from line 2" in note for note in seen.notes)


def test_the_mapping_of_grouped_headings_reads_the_same_rows() -> None:
    [mapping] = collect.preview("export.xlsx", CONTRACTOR).mappings

    kept = collect.load_mapping(collect.dump_mapping(mapping))
    pointed = collect.load_mapping("header_line = 2\n" + collect.dump_mapping(mapping))

    plain = collect.read("export.xlsx", CONTRACTOR).tables
    assert kept == mapping
    assert collect.read("export.xlsx", CONTRACTOR, mapping=kept).tables == plain
    assert collect.read("export.xlsx", CONTRACTOR, mapping=pointed).tables == plain


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Asset,Model,Serial,Firmware,", ",,number,UPS,NMC"),
        ("Asset,Model,Serial,Installed,", "No,,number,firmware,Site"),
    ],
)
def test_headings_that_go_on_in_a_second_line_are_one(
    first: str, second: str, rows_of: RowsOf
) -> None:
    data = f"{first}\n{second}\nA1,9PX,G77,1.0,2.0\nA2,9PX,G78,1.1,2.1\n".encode()

    reading = collect.read("inventory.csv", data)

    assert [row["serial"] for row in rows_of(reading, "asset")] == ["G77", "G78"]
    assert {row["firmware"] for row in rows_of(reading, "component")} >= {"1.0", "1.1"}


def test_a_first_row_is_never_taken_for_a_second_line_of_headings(rows_of: RowsOf) -> None:
    data = b"Asset,Model,Firmware\nSite,Serial,UPS\nA2,9PX,1.0\n"

    reading = collect.read("inventory.csv", data)

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["Site", "A2"]


SHARED = (
    b"Anlagen-Nr.;Hersteller/Typ;Firmware-Stand\nA1;APC Smart-UPS 3000;1\nA2;Eaton / 9PX;2\n"
    b"A3;Nordwatt NX 40;3\nA4;American Power Conversion: SRT;4\nA5;Riello;5\n"
)


def test_a_cell_of_maker_and_type_is_parted_only_by_a_known_maker(rows_of: RowsOf) -> None:
    reading = collect.read("liste.csv", SHARED, makers=maker_names())
    seen = collect.preview("liste.csv", SHARED, makers=maker_names())

    named = [(row.get("manufacturer"), row.get("model")) for row in rows_of(reading, "component")]
    assert named == [
        ("APC", "Smart-UPS 3000"),
        ("Eaton", "9PX"),
        (None, "Nordwatt NX 40"),
        ("American Power Conversion", "SRT"),
        ("Riello", None),
    ]
    assert [row.get("manufacturer") for row in rows_of(reading, "asset")] == [m for m, _ in named]
    [note] = [note for note in seen.notes if "holds maker and model" in note]
    assert "parted from 4 of 5 cells" in note
    assert "'Nordwatt NX 40': their maker is unknown" in note


def test_the_mapping_of_a_shared_cell_can_be_kept_and_written_by_hand() -> None:
    [mapping] = collect.preview("liste.csv", SHARED, makers=maker_names()).mappings

    kept = collect.load_mapping(collect.dump_mapping(mapping))

    assert kept.columns["Hersteller/Typ"] == "manufacturer+model"
    read = [
        collect.read("liste.csv", SHARED, mapping=given, makers=maker_names()).tables
        for given in (None, kept)
    ]
    assert read[0] == read[1]


@given(st.text(max_size=40))
def test_parting_a_maker_loses_no_letter(text: str) -> None:
    maker, model = Intake("f", makers=maker_names()).maker_and_model(text)

    letters = [sign for sign in f"{maker or ''}{model or ''}" if sign.isalnum()]
    assert letters == [sign for sign in text if sign.isalnum()]


def test_a_heading_that_means_maker_or_model_alone_is_not_shared() -> None:
    mapping = collect.suggest_mapping(["Asset", "Typ / Modell", "Hersteller / Typ"], "asset")

    assert mapping.columns["Typ / Modell"] == "model"
    assert "Hersteller / Typ" not in mapping.columns


def test_tables_below_each_other_are_each_read_by_their_headings(rows_of: RowsOf) -> None:
    data = workbook(
        [
            ["UPS"],
            ["Asset", "Model", "Site", "Firmware"],
            ["U1", "9PX", "NG1", "1.0"],
            ["U2", "SRT", "NG1", "2.0"],
            [],
            ["Batteries"],
            ["Asset", "Chemistry", "Capacity (kWh)", "Site"],
            ["B1", "VRLA", "12", "NG1"],
            ["B2", "LFP", "40", "NG2"],
        ]
    )

    reading = collect.read("list.xlsx", data)
    seen = collect.preview("list.xlsx", data)

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["U1", "U2", "B1", "B2"]
    assert rows_of(reading, "asset")[2]["chemistry"] == "lead_acid"
    assert [row["firmware"] for row in rows_of(reading, "component")] == ["1.0", "2.0"]
    assert any("a further table begins at line 7" in note for note in seen.notes)
    assert not seen.problems


def test_tables_side_by_side_are_each_read(rows_of: RowsOf) -> None:
    head = ["Asset", "Model", "Firmware"]
    data = workbook(
        [[*head, None, *head], ["U1", "9PX", "1.0", None, "U7", "SRT", "2.0"], ["U2", "9PX", "1.1"]]
    )

    reading = collect.read("list.xlsx", data)

    firmware = {row["component_id"]: row["firmware"] for row in rows_of(reading, "component")}
    assert firmware == {"U1": "1.0", "U2": "1.1", "U7": "2.0"}
    assert "unreadable" not in reading.tables


def test_an_empty_column_inside_one_table_divides_nothing(rows_of: RowsOf) -> None:
    reading = collect.read("inventory.csv", b"Asset,Model,,Site,Serial\nA1,9PX,,NG1,S1\n")

    [asset] = rows_of(reading, "asset")
    assert (asset["site_id"], asset["serial"]) == ("NG1", "S1")


def test_a_table_of_counts_is_refused_with_what_is_needed() -> None:
    rows: list[list[Any]] = [
        ["Model", "Harrow", "Leiden", "Tampere"],
        ["SRT", 12, 3, None],
        ["9PX", 2, None, 1],
    ]

    with pytest.raises(SourceError, match="is a table of counts") as refused:
        collect.read("by site.xlsx", workbook(rows))

    assert not isinstance(refused.value, collect.UnmappedError)
    assert "one row a device" in refused.value.advice


@pytest.mark.parametrize("text", ["1.23E+15", "1,23E+11", "4E+12", 1.23456789012345e15])
def test_a_serial_that_the_spreadsheet_shortened_is_unknown(text: Any, rows_of: RowsOf) -> None:
    reading = collect.read("list.xlsx", workbook([["Asset", "Serial"], ["A1", text]]))

    assert rows_of(reading, "asset") == [{"asset_id": "A1"}]
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"]) == ("2", "Serial")
    assert "as text" in bad["reason"]


def test_hidden_rows_are_read_and_told(rows_of: RowsOf) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([["Asset", "Model"], ["A1", "x"], ["A2", "y"]]))
    )
    book["List"].row_dimensions[3].hidden = True
    data = io.BytesIO()
    book.save(data)

    reading = collect.read("list.xlsx", data.getvalue())
    seen = collect.preview("list.xlsx", data.getvalue())

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A1", "A2"]
    assert any("hidden rows are read too" in note for note in seen.notes)


def with_saved_value(data: bytes, formula: bytes, value: bytes) -> bytes:
    """A workbook as a spreadsheet saves it: a value beside the formula."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for empty in (b"<v></v>", b"<v />", b"<v/>"):
                content = content.replace(
                    b"<f>" + formula + b"</f>" + empty,
                    b"<f>" + formula + b"</f><v>" + value + b"</v>",
                )
            new.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(("saved", "is_stale"), [(b"7", False), (b"8", True)])
def test_a_saved_value_that_contradicts_its_formula_is_unknown(
    saved: bytes, *, is_stale: bool, rows_of: RowsOf
) -> None:
    rows: list[list[Any]] = [["Asset", "Serial", "Old serial"], ["A1", "=C2", 7]]
    data = with_saved_value(workbook(rows), b"C2", saved)

    reading = collect.read("list.xlsx", data)

    assert rows_of(reading, "asset")[0].get("serial") == (None if is_stale else "7")
    reasons = [(row["column"], row["reason"]) for row in rows_of(reading, "unreadable")]
    assert len(reasons) == is_stale
    assert all(place == "B2" and "saved value is older" in why for place, why in reasons)


def test_a_workbook_that_calculates_by_hand_is_told() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["Asset"], ["A1"]])))
    book.calculation.calcMode = "manual"
    data = io.BytesIO()
    book.save(data)

    seen = collect.preview("assets.xlsx", data.getvalue())

    assert any("calculates only when it is told to" in note for note in seen.notes)


def test_a_file_of_two_encodings_is_read_line_by_line(rows_of: RowsOf) -> None:
    data = (
        "asset_id,name,owner_facility\nA1,Müller,x\n".encode()
        + "A2,Größe 25 °C,Äußere\n".encode("cp1252")
        + b"A3,M\xc3\xbcller,M\xfcller\n"
        + b"A4,half \xe2\x82,x\n"
    )

    reading = collect.read("assets.csv", data)
    seen = collect.preview("assets.csv", data)

    assert rows_of(reading, "asset")[:2] == [
        {"asset_id": "A1", "name": "Müller", "owner_facility": "x"},
        {"asset_id": "A2", "name": "Größe 25 °C", "owner_facility": "Äußere"},
    ]
    lost = [(row["line"], row["column"]) for row in rows_of(reading, "unreadable")]
    assert lost == [("4", "owner_facility"), ("5", "name")]
    assert any("line 3 is read as Windows-1252" in note for note in seen.notes)
    assert any("lines 4, 5 are in neither" in note for note in seen.notes)


def test_a_list_of_200_000_rows_is_read_whole() -> None:
    count = 200_000
    rows = "".join(f"A{i},APC,SRT 3000,S{i},NG{i % 9}\n" for i in range(count))

    reading = collect.read("list.csv", f"Asset,Make,Model,S/N,Site\n{rows}".encode())

    assert len(reading.tables["asset"]) == count
    assert reading.tables["asset"][-1][0] == f"A{count - 1}"
    assert "unreadable" not in reading.tables


def test_a_german_facility_list_is_read_as_it_is(rows_of: RowsOf) -> None:
    data = workbook(
        [
            ["Klinikum Nordhafen - Technische Liste USV / Batterien"],
            ["Stand:", dt.date(2026, 9, 30), None, "Bearbeiter: H. Kröger"],
            [],
            [
                "Anlagen-Nr.",
                "Hersteller/Typ",
                None,
                "Standort",
                "Firmware-Stand",
                "Inbetriebn. (IBN)",
            ],
            ["Haus A"],
            ["USV-A-01", "APC Smart-UPS 3000", None, "KNH", "UPS 09.3 (ID18)", dt.date(2017, 5, 2)],
            ["USV-A-02", "Eaton / 9PX", None, "KNH", "k.A.", 43501],
            ["Haus B"],
            ["USV-B-01", "Nordwatt NX 40", None, "KNH", "siehe Display", "07.01.2019"],
            ["USV-B-02", "Socomec MASTERYS", None, "KNH", dt.date(2019, 4, 6), None],
            ["Summe", 4, None, None, None, None],
            [],
            ["gez. Kröger"],
        ],
        merged=["B4:C4"],
    )

    reading = collect.read("USV-Liste.xlsx", data, makers=maker_names())

    assets = rows_of(reading, "asset")
    assert [row["asset_id"] for row in assets] == ["USV-A-01", "USV-A-02", "USV-B-01", "USV-B-02"]
    dates = [row.get("installed_on") for row in assets]
    assert dates == ["2017-05-02", "2019-02-05", "2019-01-07", None]
    firmware = [row.get("firmware") for row in rows_of(reading, "component")]
    assert firmware == ["UPS 09.3 (ID18)", None, None, None]
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"]) == ("10", "Firmware-Stand")

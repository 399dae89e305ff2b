"""Inventories as people keep them: a device and its firmware in one row, titles, totals, damage."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from cellwarden import collect
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]

FLAT = b"""Asset,Site,Vendor,Model,Serial,Firmware
NG1-UPS-01,NG1,APC,Smart-UPS 750,AS01,UPS 06.5 / ID=18
NG1-UPS-02,NG1,APC,Smart-UPS 750,AS02,
"""


def workbook(rows: list[list[Any]], title: str = "Bestand") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize("name", ["inventory.csv", "assets.csv"])
def test_one_row_gives_an_asset_and_its_component(name: str, rows_of: RowsOf) -> None:
    reading = collect.read(name, FLAT)

    assert rows_of(reading, "asset")[0] == {
        "asset_id": "NG1-UPS-01",
        "site_id": "NG1",
        "manufacturer": "APC",
        "model": "Smart-UPS 750",
        "serial": "AS01",
    }
    assert rows_of(reading, "component") == [
        {
            "component_id": "NG1-UPS-01",
            "asset_id": "NG1-UPS-01",
            "manufacturer": "APC",
            "model": "Smart-UPS 750",
            "serial": "AS01",
            "firmware": "UPS 06.5 / ID=18",
        },
        {
            "component_id": "NG1-UPS-02",
            "asset_id": "NG1-UPS-02",
            "manufacturer": "APC",
            "model": "Smart-UPS 750",
            "serial": "AS02",
        },
    ]


def test_the_preview_shows_both_things_and_its_mapping_reads_the_same() -> None:
    seen = collect.preview("inventory.csv", FLAT)

    [mapping] = seen.mappings
    [also] = mapping.also
    kept = collect.load_mapping(collect.dump_mapping(mapping))
    assert (also.kind, also.columns["Firmware"]) == ("component", "firmware")
    assert [(row.line, row.kind) for row in seen.rows[:2]] == [(2, "component"), (2, "asset")]
    assert "Firmware" not in seen.unmapped
    assert kept == mapping
    assert collect.read("x.csv", FLAT, mapping=kept).tables == collect.read("x.csv", FLAT).tables


def test_a_yaml_list_of_assets_with_firmware_gives_components_too(rows_of: RowsOf) -> None:
    data = b"assets:\n- {asset_id: A1, model: x, firmware: '2.60'}\n"

    reading = collect.read("fleet.yaml", data)

    assert rows_of(reading, "component")[0]["firmware"] == "2.60"
    assert rows_of(reading, "asset") == [{"asset_id": "A1", "model": "x"}]


def test_a_part_is_named_behind_its_asset_and_the_asset_stands_once(rows_of: RowsOf) -> None:
    data = b"Asset,Model,Part,Firmware\nA1,9PX,UPS,1.0\nA1,9PX,NMC,2.0\nA2,9PX,-,1.0\n"

    reading = collect.read("inventory.csv", data)

    ids = [row["component_id"] for row in rows_of(reading, "component")]
    assert ids == ["A1/UPS", "A1/NMC", "A2"]
    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A1", "A2"]
    assert "unreadable" not in reading.tables


def test_columns_of_several_firmware_parts_give_a_component_each(rows_of: RowsOf) -> None:
    data = b"Asset,Model,Firmware,Firmware NMC\nA1,9PX,1.0,2.0\nA2,9PX,1.1,\n"

    reading = collect.read("inventory.csv", data)

    found = [(row["component_id"], row["firmware"]) for row in rows_of(reading, "component")]
    assert found == [("A1", "1.0"), ("A1/NMC", "2.0"), ("A2", "1.1")]


def test_a_table_of_assets_alone_stays_one() -> None:
    data = b"Asset,Site,Vendor,Owner,Category\nA1,NG1,APC,Facilities,UPS\n"

    reading = collect.read("inventory.csv", data)

    assert "component" not in reading.tables


def test_assets_that_a_table_of_components_names_are_told_once(rows_of: RowsOf) -> None:
    data = (
        b"Komponenten-Nr.;Anlagen-Nr.;Typ / Modell;Firmware-Stand;Standort\n"
        b"K1;USV-1;NMC2;6.4.0;NG1\nK2;USV-1;SRT;1.0;NG1\nK3;USV-2;SRT;1.0;NG1\nK4;USV-2;X;1;NG2\n"
    )

    reading = collect.read("bestand.csv", data)

    assert len(rows_of(reading, "component")) == 4
    assert rows_of(reading, "asset") == [
        {"asset_id": "USV-1", "site_id": "NG1"},
        {"asset_id": "USV-2"},
    ]
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"]) == ("5", "Standort")
    assert "until they agree" in bad["reason"]


def test_a_register_file_of_components_leaves_the_assets_to_their_own_file() -> None:
    data = b"component_id,asset_id,site_id,firmware\nc1,a1,NG1,1.0\n"

    reading = collect.read("register/components.csv", data)

    assert list(reading.tables) == ["component"]


@pytest.mark.parametrize("heading", ["BMS-Firmware (alt)", "Firmware B", "FW Steuerteil"])
def test_a_column_that_looks_like_firmware_is_never_passed_over(
    heading: str, rows_of: RowsOf
) -> None:
    data = f"Asset,Firmware,{heading}\nA1,1.0,2.0\n".encode()

    reading = collect.read("inventory.csv", data)
    ignoring = collect.load_mapping(
        f"kind = 'asset'\nignored = ['{heading}']\n[columns]\nAsset = 'asset_id'\n"
        "[[also]]\nkind = 'component'\n[also.columns]\nAsset = 'asset_id'\nFirmware = 'firmware'\n"
    )

    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"], bad["kind"]) == ("1", heading, "component")
    assert "unreadable" not in collect.read("inventory.csv", data, mapping=ignoring).tables


def test_a_mapping_that_makes_firmware_vanish_is_told(rows_of: RowsOf) -> None:
    mapping = collect.Mapping(kind="asset", columns={"Asset": "asset_id", "Ort": "site_id"})

    reading = collect.read("inventory.csv", FLAT, mapping=mapping)

    assert {row["column"] for row in rows_of(reading, "unreadable")} == {"Firmware", "Ort"}


def test_damage_in_an_identity_cell_costs_the_component_and_not_the_asset(
    rows_of: RowsOf,
) -> None:
    data = "Asset,Vendor,Model,Firmware,Owner\nA1,M�ge,Pulsar,1.0,MÃ¼ller\n".encode()

    reading = collect.read("inventory.csv", data)
    seen = collect.preview("inventory.csv", data)

    assert rows_of(reading, "asset") == [{"asset_id": "A1", "model": "Pulsar"}]
    assert rows_of(reading, "component") == []
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"], bad["kind"]) == ("2", "Vendor", "component")
    assert seen.problems[0].reason == bad["reason"]


def test_a_damaged_firmware_cell_leaves_a_component_with_unknown_firmware(
    rows_of: RowsOf,
) -> None:
    data = "component_id,model,firmware,owner,read_at\nc1,NMC2,6.�,MÃ¼ller,gestern\n".encode()

    reading = collect.read("components.csv", data)
    seen = collect.preview("components.csv", data)

    assert rows_of(reading, "component") == [
        {"component_id": "c1", "model": "NMC2", "owner": "Müller"}
    ]
    assert [row["column"] for row in rows_of(reading, "unreadable")] == ["firmware", "read_at"]
    assert any("'MÃ¼ller' was damaged" in note and "'Müller'" in note for note in seen.notes)


def test_a_damaged_key_costs_the_whole_row_and_is_told_once(rows_of: RowsOf) -> None:
    data = "Asset,Model,Firmware\nA�1,Pulsar,1.0\n".encode()

    reading = collect.read("inventory.csv", data)

    assert set(reading.tables) == {"unreadable"}
    assert len(rows_of(reading, "unreadable")) == 1


def test_a_word_about_something_is_taken_whole_or_not_at_all() -> None:
    data = b"exception_id,check,accepts,expires_on\nE1,CVE-1,*,gestern\n"

    reading = collect.read("exceptions.csv", data)

    assert set(reading.tables) == {"unreadable"}


def test_placeholders_are_noted_with_their_text_and_lines() -> None:
    rows = "".join(f"A{i},{text}\n" for i, text in enumerate(["n/a", "k.A.", "n/a", "1.0"]))

    seen = collect.preview("inventory.csv", f"Asset,Firmware\n{rows}".encode())

    assert "firmware" not in seen.rows[0].cells
    assert any("Firmware: 'n/a'" in note and "line 2, 4" in note for note in seen.notes)
    assert not seen.problems


def test_a_version_that_the_spreadsheet_took_for_a_date_is_unreadable(rows_of: RowsOf) -> None:
    day = dt.date(2019, 6, 4)
    data = workbook([["Asset", "Firmware", "Einbaudatum"], ["A1", day, day], ["A2", "6.4.19", day]])

    reading = collect.read("inventory.xlsx", data)

    assert [row.get("firmware") for row in rows_of(reading, "component")] == [None, "6.4.19"]
    assert {row["installed_on"] for row in rows_of(reading, "asset")} == {"2019-06-04"}
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"], bad["text"]) == ("2", "Firmware", "2019-06-04")
    assert "format the column as text" in bad["reason"]


def test_titles_and_totals_between_rows_are_left_out_and_listed() -> None:
    rows: list[list[Any]] = [
        ["Asset", "Site", "Vendor", "Model", "Firmware"],
        ["Halle 1"],
        *[[f"UPS {i}", "NG1", "APC", "SRT", f"1.{i}"] for i in range(4)],
        ["Batterien", None, None, None, None],
        ["UPS 9"],
        ["NG1-SPARE-7"],
        ["Asset", "Site", "Vendor", "Model", "Firmware"],
        ["UPS 5", "NG1", "APC", "SRT", "1.5"],
        ["Summe", None, None, 6, None],
    ]

    seen = collect.preview("inventory.xlsx", workbook(rows))

    assert seen.counts == {"asset": 7, "component": 7}
    [note] = [note for note in seen.notes if "titles or totals" in note]
    assert "'Halle 1' (line 2), 'Batterien' (line 7), 'Summe' (line 12)" in note
    assert not seen.problems


def test_a_sparse_table_loses_no_row(rows_of: RowsOf) -> None:
    reading = collect.read("assets.csv", b"asset_id,model,serial\nHalle-1,,\nA2,,\nUSV,,\n")

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["Halle-1", "A2", "USV"]


def test_headings_below_a_letterhead_are_read(rows_of: RowsOf) -> None:
    head = ["Komponenten-Nr.", "Anlagen-Nr.", "Typ / Modell", "Firmware-Stand", "Einbaudatum"]
    rows: list[list[Any]] = [
        ["Stadtwerke, USV-Bestand"],
        ["Stand", dt.date(2026, 10, 1)],
        [],
        [*head, "Standort", "Hersteller", "Seriennummer"],
        ["K-1", "A-1", "SRT 3000", "UPS 06.5 / ID=18", "01.02.2020", "NG1", "APC", "S1"],
    ]

    reading = collect.read("bestand.xlsx", workbook(rows))

    assert rows_of(reading, "component")[0]["firmware"] == "UPS 06.5 / ID=18"
    assert rows_of(reading, "asset") == [{"asset_id": "A-1", "site_id": "NG1"}]


def test_headings_that_nobody_understands_become_a_skeleton_that_can_be_read() -> None:
    data = workbook([["Liste"], [], ["Ding Ä", "Ort?", "Firmware-Stand"], ["x", "NG1", "1"]])

    with pytest.raises(collect.UnmappedError) as refused:
        collect.read("liste.xlsx", data)
    text = collect.mapping_skeleton(refused.value, "liste.xlsx")
    mended = text.replace('# "Ding Ä" = ""', '"Ding Ä" = "component_id"')
    reading = collect.read("liste.xlsx", data, mapping=collect.load_mapping(mended))

    assert (refused.value.line, refused.value.sheet) == (3, "Bestand")
    assert '# "Ort?" = ""' in text
    assert "#   component_id: " in text
    assert collect.load_mapping(text).columns == {"Firmware-Stand": "firmware"}
    assert len(reading.tables["component"]) == 1


def test_the_kind_can_be_told_where_the_headings_leave_it_open() -> None:
    seen = collect.preview("x.csv", b"ID,Name\nA1,one\n", kind="site")

    assert seen.counts == {"site": 1}

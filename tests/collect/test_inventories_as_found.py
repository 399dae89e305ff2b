"""Inventories as facilities keep them: what was lost or misread is read, or told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import openpyxl
import pytest

from cellwarden import collect
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
MAKERS = frozenset({"apc", "eaton", "riello"})


def test_a_column_that_names_the_card_is_the_model_of_the_card(rows_of: RowsOf) -> None:
    data = (
        "Inv.-Nr.;Hersteller/Typ;FW USV;FW Netzwerkkarte;Karte\n"
        "U-1;APC Smart-UPS 3000;UPS 08.8;AOS 6.8.2;AP9631\n"
        "U-2;Riello Sentinel;SWM045;;Netman 204\n"
    )

    reading = collect.read("usv.csv", data.encode(), makers=MAKERS)

    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert parts["U-1/USV"]["model"] == "Smart-UPS 3000"
    assert parts["U-1/Netzwerkkarte"]["model"] == "AP9631"
    assert "manufacturer" not in parts["U-1/Netzwerkkarte"]
    assert parts["U-2/Netzwerkkarte"] == {
        "component_id": "U-2/Netzwerkkarte",
        "asset_id": "U-2",
        "role": "network_card",
        "model": "Netman 204",
        "part": "Netzwerkkarte",
    }


@pytest.mark.parametrize("heading", ["SNMP community", "Admin Passwort", "Web PW"])
def test_a_column_of_secrets_is_told_and_not_recorded(heading: str) -> None:
    data = f"Asset,Vendor,Model,Firmware,{heading}\nP1,APC,AP8641,v6.7.2,hunter2\n"

    found = collect.preview("pdu.csv", data.encode())

    assert any("looks like secrets" in note and heading in note for note in found.notes)
    assert "hunter2" not in str(found)


def test_names_of_parts_in_their_asset_are_no_names_for_the_whole_register(
    rows_of: RowsOf,
) -> None:
    parts = "  components:\n  - {name: HMI, fw: '1.10'}\n"
    text = f"assets:\n- id: A\n{parts}- id: B\n{parts}"

    reading = collect.read("fleet.yaml", text.encode())

    assert [row["component_id"] for row in rows_of(reading, "component")] == ["A/HMI", "B/HMI"]
    assert "unreadable" not in reading.tables


def test_a_count_of_modules_is_no_part(rows_of: RowsOf) -> None:
    text = "assets:\n- {id: B, vendor: Corvane, type: CV-1, modules: 16, BMS firmware: 3.2.1-rc4}\n"

    reading = collect.read("fleet.yaml", text.encode())

    [part] = rows_of(reading, "component")
    assert (part["component_id"], part["firmware"]) == ("B/BMS", "3.2.1-rc4")


def test_a_site_above_the_lists_holds_for_rows_that_name_none(rows_of: RowsOf) -> None:
    text = "site: NG3\nassets:\n- {id: A, type: X}\n- {id: B, type: X, site: NG1}\n"

    reading = collect.read("fleet.yaml", text.encode())
    notes = collect.preview("fleet.yaml", text.encode()).notes

    assert [row["site_id"] for row in rows_of(reading, "asset")] == ["NG3", "NG1"]
    assert any("'site' above the lists is taken for 1 rows" in note for note in notes)


def device(serial: str) -> dict[str, object]:
    return {
        "type": "device",
        "name": "Battery module",
        "properties": [
            {"name": "serialNumber", "value": serial},
            {"name": "vendor:firmwareVersion", "value": "2.1"},
            {"name": "mood", "value": "good"},
        ],
    }


def test_alike_devices_of_a_bill_of_materials_are_told_apart_by_their_serials(
    rows_of: RowsOf,
) -> None:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "device", "name": "Cabinet", "bom-ref": "C1"}},
        "components": [device("BM-1"), device("BM-2")],
    }

    reading = collect.read("bom.json", json.dumps(document).encode())

    assert [
        (row["component_id"], row["serial"], row["firmware"])
        for row in rows_of(reading, "component")
    ] == [
        ("C1/Battery-module-BM-1", "BM-1", "2.1"),
        ("C1/Battery-module-BM-2", "BM-2", "2.1"),
    ]
    assert "unreadable" not in reading.tables


def test_the_version_of_a_device_that_is_its_firmwares_is_no_hardware(rows_of: RowsOf) -> None:
    card = {
        "type": "device",
        "name": "Network-M2",
        "version": "1.7.5",
        "components": [{"type": "firmware", "name": "fw", "version": "1.7.5"}],
    }
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {"component": {"type": "device", "name": "93PM", "bom-ref": "U1"}},
        "components": [card],
    }

    [row] = rows_of(collect.read("b.json", json.dumps(document).encode()), "component")

    assert row["firmware"] == "1.7.5"
    assert "hardware" not in row


def test_a_device_that_gave_no_data_is_told_by_its_name(rows_of: RowsOf) -> None:
    text = (
        "== ups1 ==\nups.mfr: APC\nups.model: SMT\nups.firmware: 08.8\n"
        "== ups2 ==\nError: Data stale\n== ups3 ==\n"
    )

    reading = collect.read("all.upsc", text.encode())

    told = [(row["line"], row["reason"], row["text"]) for row in rows_of(reading, "unreadable")]
    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["ups1"]
    assert [(line, text) for line, _, text in told] == [("5", "ups2"), ("7", "ups3")]
    assert "ups2 gave no data (Data stale)" in told[0][1]


@pytest.mark.parametrize(
    "last", ["Timeout: No Response from 10.0.0.5", "snmpwalk: Timeout", "rubbish"]
)
def test_what_follows_a_closed_value_is_no_part_of_it(last: str, rows_of: RowsOf) -> None:
    text = (
        '.1.3.6.1.2.1.33.1.1.1.0 = STRING: "Riello\nUPS"\n'
        f'.1.3.6.1.2.1.33.1.1.4.0 = STRING: "04.05.02"\n{last}\n'
    )

    reading = collect.read("u.snmpwalk", text.encode())

    [card] = rows_of(reading, "component")
    [bad] = rows_of(reading, "unreadable")
    assert card["firmware"] == "04.05.02"
    assert rows_of(reading, "asset")[0]["manufacturer"] == "Riello\nUPS"
    assert (bad["line"], bad["text"]) == ("4", last)
    assert ("walk again" in bad["reason"]) is (last != "rubbish")


def test_a_list_of_people_is_no_list_of_components() -> None:
    with pytest.raises(SourceError, match="neither its name nor its headings"):
        collect.read("contacts.csv", b"Name,Phone\nKim Doe,+358\n")


def test_a_list_of_modules_by_cabinet_is_one_of_parts(rows_of: RowsOf) -> None:
    data = (
        "Cabinet;String;Module;Serial;BMS FW;kWh;Date installed\n"
        "NG1-BAT-1;1;1;M0001;V2.1;3,6;5-Mar-21\n"
        "NG1-BAT-1;1;2;M0002;V2.0;3,6;5-Mar-21\n"
    )

    reading = collect.read("batteries-of-hall.csv", data.encode())

    assert rows_of(reading, "component")[0] == {
        "component_id": "NG1-BAT-1/1",
        "asset_id": "NG1-BAT-1",
        "part": "1",
        "serial": "M0001",
        "firmware": "V2.1",
    }
    assert "unreadable" not in reading.tables


def test_an_asset_that_goes_by_its_serial_is_called_alike_by_its_parts(rows_of: RowsOf) -> None:
    data = b"Serial,Make,Model,Module,BMS FW,Location\nS1,Corvane,CV-1,m1,2.1,R1\n"

    reading = collect.read("x.csv", data)

    [asset], [part] = rows_of(reading, "asset"), rows_of(reading, "component")
    assert asset["asset_id"] == part["asset_id"] == "S1"
    assert (part["component_id"], part["firmware"]) == ("S1/m1", "2.1")


def test_a_table_on_its_side_is_refused_with_the_next_step() -> None:
    data = b"UPS;U-1;U-2\nVendor;APC;Eaton\nModel;SRT5000;9PX\nFirmware;16.1;1.17\nSerial;A1;A3\n"

    with pytest.raises(SourceError, match="stand below each other") as refused:
        collect.read("wide.csv", data)

    assert "transpose" in refused.value.advice


@pytest.mark.parametrize("heading", ["BMS SW", "SW UPS", "Software NMC"])
def test_a_sheet_with_firmware_that_is_not_understood_is_told_as_unreadable(
    heading: str, rows_of: RowsOf
) -> None:
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    first.title = "Assets"
    first.append(["Tag", "Make", "Model", "Serial"])
    first.append(["U1", "APC", "SRT", "A1"])
    workbook.create_sheet("Strings").append(["Row", heading])
    workbook["Strings"].append(["S1", "3.2.1"])
    workbook.create_sheet("Contacts").append(["Name", "Phone"])
    data = io.BytesIO()
    workbook.save(data)

    reading = collect.read("power.xlsx", data.getvalue())

    [bad] = rows_of(reading, "unreadable")
    assert bad["file"] == "power.xlsx, sheet Strings"
    assert "component" not in reading.tables


@pytest.mark.parametrize("cell", ["dito", '""""', "s.o.", "wie 0101", "same as U-1", "Idem", "''"])
def test_a_cell_that_points_at_another_one_is_unknown_and_told(cell: str, rows_of: RowsOf) -> None:
    data = f"Asset,Vendor,Model,Firmware,Location\nU1,APC,SRT,1.2,R1\nU2,APC,SRT,{cell},R1\n"

    reading = collect.read("x.csv", data.encode())

    [bad] = rows_of(reading, "unreadable")
    assert [row.get("firmware") for row in rows_of(reading, "component")] == ["1.2", None]
    assert (bad["line"], bad["column"]) == ("3", "Firmware")
    assert "write out what is meant" in bad["reason"]


@pytest.mark.parametrize(
    "cell", ["AS 400", "Symmetra 1", "Seestrasse 4", "V1.2", "dito 3.1", "SMT3000", "- 3"]
)
def test_what_only_begins_like_a_pointer_is_read(cell: str, rows_of: RowsOf) -> None:
    reading = collect.read("x.csv", f"Asset,Vendor,Model,Firmware\nU1,APC,{cell},1\n".encode())

    assert rows_of(reading, "asset")[0]["model"] == cell
    assert "unreadable" not in reading.tables


@pytest.mark.parametrize("cell", ["(n/a)", "[unknown]", "«n/a»", "'tbd'", "*k.A.*"])
def test_brackets_around_nothing_are_nothing(cell: str, rows_of: RowsOf) -> None:
    reading = collect.read("x.csv", f"Asset,Vendor,Model,Firmware\nU1,APC,SRT,{cell}\n".encode())

    assert "firmware" not in rows_of(reading, "component")[0]


def test_headings_that_begin_with_the_device_are_those_of_the_device(rows_of: RowsOf) -> None:
    data = (
        "UPS ID,UPS Manufacturer,UPS Model,UPS S/N,UPS FW Rev,Mgmt Card Model,Mgmt Card FW\n"
        "U1,APC,Galaxy VM,S1,v5.77,AP9641,2.5.0.8\n"
    )

    reading = collect.read("x.csv", data.encode())

    [asset] = rows_of(reading, "asset")
    ups, card = rows_of(reading, "component")
    assert (asset["manufacturer"], asset["model"], asset["serial"]) == ("APC", "Galaxy VM", "S1")
    assert (ups["part"], ups["firmware"]) == ("UPS", "v5.77")
    assert (card["model"], card["role"], card["firmware"]) == (
        "AP9641",
        "network_card",
        "2.5.0.8",
    )
    assert "unreadable" not in reading.tables


def test_keys_in_a_group_are_read_as_headings_below_it(rows_of: RowsOf) -> None:
    text = "- hostname: p1\n  hw: {vendor: Raritan, model: PX3, serial: Q1}\n  fw: 4.0.21\n"

    reading = collect.read("b.yaml", text.encode())

    [asset] = rows_of(reading, "asset")
    assert (asset["manufacturer"], asset["model"], asset["serial"]) == ("Raritan", "PX3", "Q1")
    assert rows_of(reading, "component")[0]["firmware"] == "4.0.21"


def test_keys_in_groups_of_groups_are_refused_and_told(rows_of: RowsOf) -> None:
    text = "assets:\n- {id: A, vendor: X}\n- {id: B, vendor: {a: {b: c}}}\n"

    reading = collect.read("fleet.yaml", text.encode())

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A"]
    assert "keys with values" in rows_of(reading, "unreadable")[0]["reason"]


def test_a_list_under_a_name_of_its_own_is_known_by_its_rows(rows_of: RowsOf) -> None:
    document = {
        "exported": "today",
        "devices": [
            {
                "deviceName": "ups-ng1",
                "vendorName": "APC",
                "modelName": "SRT 5000",
                "firmwareVersion": "UPS 16.1",
                "parts": [{"partName": "NMC", "version": "AOS 2.4.0.1"}],
            }
        ],
    }

    data = json.dumps(document).encode()
    reading = collect.read("c.json", data)

    assert rows_of(reading, "asset") == [
        {"asset_id": "ups-ng1", "manufacturer": "APC", "model": "SRT 5000"}
    ]
    firmware = {row["component_id"]: row["firmware"] for row in rows_of(reading, "component")}
    assert firmware == {"ups-ng1": "UPS 16.1", "ups-ng1/NMC": "AOS 2.4.0.1"}
    assert "exported" in collect.preview("c.json", data).unmapped


def test_what_people_named_a_device_in_itself_is_its_name_and_place(rows_of: RowsOf) -> None:
    text = (
        '.1.3.6.1.2.1.1.5.0 = STRING: "ups-ng2-01"\n.1.3.6.1.2.1.1.6.0 = STRING: "Hall 2"\n'
        '.1.3.6.1.2.1.33.1.1.1.0 = STRING: "SOCOMEC"\n'
    )

    [asset] = rows_of(collect.read("walk-7.snmpwalk", text.encode()), "asset")

    assert (asset["asset_id"], asset["name"], asset["location"]) == (
        "walk-7",
        "ups-ng2-01",
        "Hall 2",
    )


def test_a_list_of_modules_by_their_bays_is_one_of_parts(rows_of: RowsOf) -> None:
    data = (
        "device,name,status,module_bay,module_type,manufacturer,serial,cf_firmware\n"
        "U1,,active,slot 1,AP9641,APC,ZA1,2.4.0.1\n"
        "U1,,active,slot 2,AP9335T,APC,ZA2,\n"
    )

    reading = collect.read("modules.csv", data.encode())

    first, second = rows_of(reading, "component")
    assert "asset" not in reading.tables
    assert first == {
        "component_id": "U1/slot 1",
        "asset_id": "U1",
        "manufacturer": "APC",
        "model": "AP9641",
        "part": "slot 1",
        "serial": "ZA1",
        "firmware": "2.4.0.1",
    }
    assert (second["component_id"], second["serial"]) == ("U1/slot 2", "ZA2")
    assert "unreadable" not in reading.tables


def test_a_name_that_only_begins_like_a_kind_yields_to_the_headings(rows_of: RowsOf) -> None:
    data = b"Visit,2026-11-03,,\n\nEquipment,Make,Model,FW / SW\nUPS A,Eaton,93PM,1.25.0\n"

    reading = collect.read("site-audit.csv", data)
    notes = collect.preview("site-audit.csv", data).notes

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["UPS A"]
    assert rows_of(reading, "component")[0]["firmware"] == "1.25.0"
    assert any("its name begins like one of rows of site" in note for note in notes)


def test_a_file_that_is_called_as_a_kind_is_never_taken_for_another() -> None:
    with pytest.raises(SourceError, match="site_id not found"):
        collect.read("sites.csv", b"Equipment,Make,Model,Serial\nUPS A,Eaton,93PM,S1\n")


def test_a_list_of_ends_of_support_is_one_and_its_firmware_is_not_lost_without_a_word(
    rows_of: RowsOf,
) -> None:
    data = (
        "Vendor;Product;Firmware;End of Support;Last order;Note\n"
        "APC;AP9630;6.9.6;31/12/2023;30/06/2021;replace\n"
    )

    [row] = rows_of(collect.read("eol.csv", data.encode()), "support")

    assert (row["model"], row["ends_on"], row["last_time_buy_on"]) == (
        "AP9630",
        "2023-12-31",
        "2021-06-30",
    )
    assert collect.preview("eol.csv", data.encode()).unmapped == ("Firmware", "Note")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "u.snmpwalk",
            "$ snmpwalk -v2c -c hunter2 10.0.0.5 .1\n.1.3.6.1.2.1.33.1.1.1.0 = STRING: X\n",
        ),
        (
            "u.snmpwalk",
            "snmpwalk -v3 -l authPriv -u bob -A hunter2 h\n.1.3.6.1.2.1.1.5.0 = STRING: X\n",
        ),
        ("u.upsc", "$ upscmd -u admin -p hunter2 ups test\nups.mfr: APC\nups.model: SMT\n"),
        ("a.csv", "Asset,Make,Model\nU1,APC,SMT,password: hunter2\nU2,APC,SMT\n"),
    ],
)
def test_a_secret_in_a_line_that_cannot_be_read_is_not_kept(
    name: str, text: str, rows_of: RowsOf
) -> None:
    reading = collect.read(name, text.encode())

    assert len(rows_of(reading, "unreadable")) == 1
    assert "hunter2" not in str(reading.tables)

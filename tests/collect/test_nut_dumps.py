"""Dumps of Network UPS Tools."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwarden import collect
from cellwarden.collect.devices import named_parts
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]

DUMP = """\
# DEVICE:COMMENT: made for this test
battery.charge: 100
battery.date: 2624/00/02       #<- Huh ?
battery.type: PbAc
device.mfr: American Power Conversion
device.model: Back-UPS LS 500
device.serial: PB0219320746
driver.name: {driver}
ups.firmware: 16.b2 .D
ups.firmware.aux: b2
ups.mfr.date: {made}
ups.status: OL CHRG
"""


def dump(driver: str = "usbhid-ups", made: str = "2002/05/08") -> bytes:
    return DUMP.format(driver=driver, made=made).encode()


def test_a_dump_gives_one_asset_and_its_parts(rows_of: RowsOf) -> None:
    reading = collect.read("register/NG1-UPS-07.dev", dump())

    assert rows_of(reading, "asset") == [
        {
            "asset_id": "NG1-UPS-07",
            "manufacturer": "American Power Conversion",
            "model": "Back-UPS LS 500",
            "serial": "PB0219320746",
            "chemistry": "lead_acid",
            "made_on": "2002-05-08",
        }
    ]
    assert [
        (row["component_id"], row.get("role"), row["firmware"])
        for row in rows_of(reading, "component")
    ] == [
        ("NG1-UPS-07/ups", "controller", "16.b2 .D"),
        ("NG1-UPS-07/interface", "interface_board", "b2"),
    ]


def test_a_date_that_cannot_be_is_reported_and_the_device_kept(rows_of: RowsOf) -> None:
    reading = collect.read("u.dev", dump())

    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"], bad["text"]) == ("3", "battery.date", "2624/00/02")


@pytest.mark.parametrize(
    ("driver", "part"),
    [
        ("snmp-ups", "u/card"),
        ("netxml-ups", "u/card"),
        ("usbhid-ups", "u/interface"),
        ("tripplite_usb", "u/aux"),
    ],
)
def test_the_driver_tells_whose_firmware_the_second_version_is(
    driver: str, part: str, rows_of: RowsOf
) -> None:
    reading = collect.read("u.upsc", dump(driver))

    assert rows_of(reading, "component")[1]["component_id"] == part


@pytest.mark.parametrize(
    ("said", "recorded"),
    [("04/18/2015", "2015-04-18"), ("05/06/09", "2009-05-06"), ("not set", None)],
)
def test_a_maker_that_writes_the_month_first_is_read_so(
    said: str, recorded: str | None, rows_of: RowsOf
) -> None:
    reading = collect.read("u.upsc", dump(made=said))

    assert rows_of(reading, "asset")[0].get("made_on") == recorded


def test_a_ups_that_tells_no_firmware_is_still_a_part(rows_of: RowsOf) -> None:
    data = b"device.mfr: Liebert\ndevice.model: GXT4\nups.status: OL\n"

    reading = collect.read("NG1-UPS-09.upsc", data)

    [part] = rows_of(reading, "component")
    assert part["model"] == "GXT4"
    assert "firmware" not in part
    assert "has_firmware" not in part


def test_a_dump_without_an_ending_is_known_by_its_variables(rows_of: RowsOf) -> None:
    reading = collect.read("ups-cellar.txt", dump())

    assert rows_of(reading, "asset")[0]["asset_id"] == "ups-cellar"


def test_a_line_that_is_no_variable_is_unreadable(rows_of: RowsOf) -> None:
    reading = collect.read("u.upsc", b"ups.model: X\nError: Data stale\n\x1b[2J\n")

    assert [row["line"] for row in rows_of(reading, "unreadable")] == ["2", "3"]


def test_a_dump_of_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="no variable") as refused:
        collect.read("u.upsc", b"# nothing\n")

    assert "upsc UPSNAME" in refused.value.advice


def test_every_known_identity_comes_back_verbatim(shared: Path, rows_of: RowsOf) -> None:
    with (shared / "data/device_identities.csv").open(encoding="utf-8") as file:
        identities = [row for row in csv.DictReader(file) if row["source"] == "nut-ddl"]
    variables = {
        "manufacturer_or_os": "device.mfr",
        "model": "device.model",
        "firmware": "ups.firmware",
        "firmware_aux": "ups.firmware.aux",
    }

    for known in identities:
        lines = [f"{name}: {known[key]}" for key, name in variables.items() if known[key]]
        data = "\n".join(["ups.status: OL", *lines]).encode()
        reading = collect.read("u.dev", data)

        [asset] = rows_of(reading, "asset")
        firmware = {row.get("firmware") for row in rows_of(reading, "component")}
        assert asset.get("manufacturer", "") == known["manufacturer_or_os"]
        assert asset.get("model", "") == known["model"]
        assert {known["firmware"], known["firmware_aux"]} - {""} <= firmware
    assert len(identities) == 710


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("INV: 1.25.0000 NET: 2.3.5-r64721", [("INV", "1.25.0000"), ("NET", "2.3.5-r64721")]),
        (
            "FP: 1.38  INV: 1.38  RCT: 1.38  IFC: 1.10",
            [("FP", "1.38"), ("INV", "1.38"), ("RCT", "1.38"), ("IFC", "1.10")],
        ),
        ("Cont:01.01 Inve:01.02", [("Cont", "01.01"), ("Inve", "01.02")]),
        ("COM 03.8 / UPS 03.8", [("COM", "03.8"), ("UPS", "03.8")]),
        ("AOS v3.9.4 / App v3.9.3", [("AOS", "v3.9.4"), ("App", "v3.9.3")]),
        ("UPS 08.8 / ID=18", []),
        ("UPS 09.3 (ID18)", []),
        ("V100R001C10B003SP00", []),
    ],
)
def test_a_string_that_names_several_parts_is_taken_apart(
    text: str, parts: list[tuple[str, str]]
) -> None:
    assert [(part.label, part.version) for part in named_parts(text)] == parts


def test_a_version_that_stands_twice_is_one_part(rows_of: RowsOf) -> None:
    data = b"""\
driver.name: snmp-ups
ups.firmware: INV: 1.25.0000 NET: 2.3.5-r64721
ups.firmware.aux: 2.3.5-r64721
ups.status: OL
"""

    reading = collect.read("u.upsc", data)

    assert [row["component_id"] for row in rows_of(reading, "component")] == ["u/ups", "u/card"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("$ upsc apc@nut1", "$ upsc eaton@nut1"),
        ("== apc ==", "== eaton =="),
        ("[apc]", "[eaton]"),
        ("apc@nut1:", "eaton@nut1:"),
    ],
)
def test_several_dumps_in_one_file_are_several_assets(
    rows_of: RowsOf, first: str, second: str
) -> None:
    text = (
        f"{first}\nups.mfr: APC\nups.serial: A1\nups.firmware: 1\n\n"
        f"{second}\nups.mfr: EATON\nups.serial: G1\nups.firmware: 2\n"
    )

    reading = collect.read("fleet.upsc", text.encode())

    assert [(row["asset_id"], row["serial"]) for row in rows_of(reading, "asset")] == [
        ("apc", "A1"),
        ("eaton", "G1"),
    ]
    assert [row["firmware"] for row in rows_of(reading, "component")] == ["1", "2"]
    assert "unreadable" not in reading.tables


def test_dumps_without_names_are_parted_where_a_variable_comes_again(rows_of: RowsOf) -> None:
    text = "ups.mfr: APC\nups.serial: A1\n\nups.mfr: EATON\nups.serial: G1\n"

    reading = collect.read("fleet.upsc", text.encode())

    assert [(row["asset_id"], row["serial"]) for row in rows_of(reading, "asset")] == [
        ("fleet-1", "A1"),
        ("fleet-2", "G1"),
    ]


def test_a_variable_with_two_values_is_told(rows_of: RowsOf) -> None:
    reading = collect.read("a.upsc", b"ups.mfr: APC\nups.serial: A1\nups.serial: A2\n")

    (lost,) = rows_of(reading, "unreadable")
    assert (lost["line"], lost["column"]) == ("3", "ups.serial")


def test_what_the_client_says_of_itself_is_no_trouble() -> None:
    text = b"Init SSL without certificate database\nups.mfr: APC\nups.serial: A1\n"

    assert "unreadable" not in collect.read("a.upsc", text).tables


SNMP = """\
device.mfr: {mfr}
device.model: 9PX 3000
driver.name: {driver}
driver.version.data: {mib}
ups.firmware: 01.17.4945
ups.firmware.aux: LB
"""


@pytest.mark.parametrize(
    ("mfr", "driver", "mib", "maker"),
    [
        ("EATON", "snmp-ups", "mge MIB 0.5", "EATON"),
        ("American Power Conversion Corp.", "snmp-ups", "apcc MIB 1.2", "American Power"),
        ("EATON", "netxml-ups", "", "EATON"),
        ("EATON", "snmp-ups", "ietf MIB 1.54", None),
        ("Riello", "snmp-ups", "mge MIB 0.5", None),
        ("Dell", "netxml-ups", "", None),
        ("EATON", "snmp-ups", "", None),
        ("", "snmp-ups", "mge MIB 0.5", None),
    ],
)
def test_a_card_is_of_the_upss_maker_only_where_it_speaks_that_makers_language(
    mfr: str, driver: str, mib: str, maker: str | None, rows_of: RowsOf
) -> None:
    text = SNMP.format(mfr=mfr, driver=driver, mib=mib)

    rows = rows_of(collect.read("u.upsc", text.encode()), "component")

    [card] = [row for row in rows if row["component_id"] == "u/card"]
    assert (card.get("manufacturer") or "").startswith(maker or "")
    assert ("manufacturer" in card) is (maker is not None)

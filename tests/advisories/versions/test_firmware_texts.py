from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.versions import (
    FirmwarePart,
    is_readable,
    read_firmware,
    read_range,
)

PARTS = [
    ("AOS 6.4.0 / APP 6.4.0", [("AOS", "6.4.0"), ("APP", "6.4.0")]),
    ("AOS v3.9.4 / App v3.9.3", [("AOS", "v3.9.4"), ("App", "v3.9.3")]),
    ("AOS v6.4.0/APP v6.4.0", [("AOS", "v6.4.0"), ("APP", "v6.4.0")]),
    ("INV: 1.25.0000 NET: 2.3.5-r64721", [("INV", "1.25.0000"), ("NET", "2.3.5-r64721")]),
    ("COM 02.3 / UPS 02.2", [("COM", "02.3"), ("UPS", "02.2")]),
    ("FP: 0.13  INV: 1.29", [("FP", "0.13"), ("INV", "1.29")]),
    ("HW:022 SW:4.04", [("HW", "022"), ("SW", "4.04")]),
    ("FW: 05616-0600, NMC: 3.1.0.0", [("FW", "05616-0600"), ("NMC", "3.1.0.0")]),
    ("FW 00 / SW 01.09.0f", [("FW", "00"), ("SW", "01.09.0f")]),
    ("NMC V6.00 JI", [("NMC", "V6.00 JI")]),
    ("Network Management Card V6.00 JH", [("Network Management Card", "V6.00 JH")]),
    ("V100R001C10B003SP00", [("", "V100R001C10B003SP00")]),
    ("4.2.0.5-50274", [("", "4.2.0.5-50274")]),
    ("652.13.I", [("", "652.13.I")]),
    ("CRDA103*AF1", [("", "CRDA103*AF1")]),
    ("Version 8.0n", [("", "8.0n")]),
    ("v6.7.2", [("", "v6.7.2")]),
    ("FW:9.o2 .I USB FW:o2", [("FW", "9.o2 .I"), ("USB FW", "o2")]),
    ("15.5.7 (Build 1094)", [("", "15.5.7 (Build 1094)")]),
    ("ConnectUPS Web/SNMP Card V4.32", [("ConnectUPS Web/SNMP Card", "V4.32")]),
    ("HW:2.122 SW:SC300 Controller - software version 1.17", [("HW", "2.122"), ("SW", "1.17")]),
    ("Tripp Lite 3.0.37 (GAPI 2.0)", [("Tripp Lite", "3.0.37"), ("GAPI", "2.0")]),
    ("SMU V500R001C10_02B19", [("SMU", "V500R001C10_02B19")]),
    ("Firmware V2.5.3 HF 9", [("Firmware", "V2.5.3 HF 9")]),
    ("AOS 6.4.0 HF 2", [("AOS", "6.4.0 HF 2")]),
    ("rpdu2g v7.0.6", [("rpdu2g", "v7.0.6")]),
    ("00.01.0019;00.01.0020", [("", "00.01.0019"), ("", "00.01.0020")]),
]

SEVERAL_PARTS = {
    "AOS v3.9.4 / App v3.9.3",
    "AOS v7.1.0 / App v6.0.2",
    "INV: 1.25.0000 NET: 2.3.5-r64721",
}
"""The version texts of the gold file that name more than one part."""


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_a_firmware_text_names_its_parts(text: str, parts: list[tuple[str, str]]) -> None:
    assert [(part.name, part.version) for part in read_firmware(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        *("V2.5.3 HF 9", "V2.5.3 Hotfix 9", "V2.1.9 (HF 3)", "V2 HF: 3", "UPS HF 9", "HF 9"),
        *("V3.03 BN 829", "V2.1.9 Build 300", "V4.8.6 Build 20", "V1.3 Build 15010100"),
        *("V1.0.9 Patch 12", "V2.04 Build 7", "V7.10 Rev 9", "V7.10 R 9", "V1.69 release 165"),
        *("V8.0 Update 4", "V4.0 Upd 1", "V14 SP1 Update 13", "V17 Update 5", "Update 20"),
        *(
            "V3.0 Service Pack 1",
            "V3.0 SP 1",
            "V5.0 QU 1",
            "V2.0 TCU 3",
            "V4.70 SP9 Security Patch 1",
        ),
        *("CPCI85 V05.20", "CPC80 V16.40", "HiOS 07.0.03", "QRTB 2.12.8", "IR302 3.5.56"),
        *("April 2018", "March 13, 2019", "14 March 2019", "january 30 2014"),
    ],
)
def test_a_step_a_build_a_month_and_a_product_line_stay_in_the_version(text: str) -> None:
    assert [(part.name, part.version) for part in read_firmware(text)] == [("", text)]


def test_every_version_of_the_gold_file_is_one_part_that_lies_where_the_whole_text_does() -> None:
    path = Path(__file__).with_name("gold.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))

    wrong = []
    for row in rows:
        found = read_range(row["range_text"], kind=row["kind"])
        version, parts = row["version"], read_firmware(row["version"])
        if [part.version for part in parts] in ([], [version]) or version in SEVERAL_PARTS:
            continue
        inside = found.place(parts[0].version).inside
        if len(parts) != 1 or (inside is not found.place(version).inside and inside is not None):
            wrong.append((row["range_text"], version, parts))

    assert len(rows) > 1000
    assert wrong == []


@pytest.mark.parametrize("text", ["UPS 09.3 (ID18)", "UPS 08.8 / ID=18", "UPS 09.3 / id 18"])
def test_a_series_id_is_kept_beside_the_version(text: str) -> None:
    (part,) = read_firmware(text)

    assert part.name == "UPS"
    assert part.ids == {"id": "18"}


@pytest.mark.parametrize("text", ["AOS 6.8.2\nSUMX 6.8.3", "AOS 6.8.2 /\r\n SUMX 6.8.3\n"])
def test_lines_of_a_cell_are_parts_of_their_own(text: str) -> None:
    assert read_firmware(text) == (
        FirmwarePart(name="AOS", version="6.8.2"),
        FirmwarePart(name="SUMX", version="6.8.3"),
    )


def test_a_line_without_a_number_is_no_part() -> None:
    (part,) = read_firmware("6.8.2\nbeta")

    assert part.version == "6.8.2 beta"


def test_a_pair_of_numbers_behind_two_parts_is_kept_but_not_called_an_id() -> None:
    first, second = read_firmware("UPS 08.3 / MCU 14.0 (18 - 10)")

    assert (first.version, second.version) == ("08.3", "14.0")
    assert first.ids == {"pair": "18 - 10"}


def test_a_day_in_brackets_is_kept_beside_the_version() -> None:
    assert read_firmware("6.1.1 (2019-04-18)") == (
        FirmwarePart(name="", version="6.1.1", ids={"date": "2019-04-18"}),
    )


@pytest.mark.parametrize("text", ["", "  ", "n/a", "N/A", "unknown", "-", "--", "?", "None"])
def test_a_blank_text_names_no_part(text: str) -> None:
    assert read_firmware(text) == ()


def test_a_cell_of_ten_million_letters_is_one_unreadable_part() -> None:
    (part,) = read_firmware("x" * 10_000_000)

    assert len(part.version) <= 400
    assert not is_readable(part.version)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_loses_no_whole_version(text: str) -> None:
    assert all(part.version for part in read_firmware(text))


def test_every_identity_of_the_device_dumps_is_read(shared: Path) -> None:
    path = shared / "data" / "device_identities.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    texts = [row[column] for row in rows for column in ("firmware", "firmware_aux")]
    unnamed = [text for text in texts if text.strip() and not read_firmware(text)]

    assert len(rows) == 892
    assert unnamed == []

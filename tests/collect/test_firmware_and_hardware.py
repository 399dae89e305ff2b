"""One column for firmware and hardware: ``FW / HW``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.cells import firmware_and_hardware
from cellwarden.collect.headings import firmware_and_hardware as asked
from cellwarden.model.facts import kinds

LIST = (
    "Asset;Site;Vendor;Model;Serial no.;{heading}\r\n"
    "U1;NG1;APC;Smart-UPS 750;0001;UPS 08.8 / ID=18\r\n"
    "U2;NG1;Eaton;9PX;0002;2.1 / rev C\r\n"
    "U3;NG1;APC;AP9631;0003;AOS 6.4.0 / APP 6.4.0\r\n"
    "U4;NG1;Huawei;UPS5000;0004;V100R001C10B003SP00\r\n"
    "U5;NG1;Riello;Netman 204;0005;n/a\r\n"
)


def parts(text: str) -> list[tuple[str | None, ...]]:
    columns = kinds()["component"].column_names
    reading = collect.read("list.csv", text.encode())
    rows = [dict(zip(columns, row, strict=True)) for row in reading.tables["component"]]
    return [(row["asset_id"], row["firmware"], row["hardware"]) for row in rows]


@pytest.mark.parametrize(
    "heading", ["FW / HW", "Firmware/Hardware", "FW-/HW-Stand", "Firmware & hardware rev"]
)
def test_firmware_and_hardware_in_one_cell_are_two_things(heading: str) -> None:
    assert parts(LIST.format(heading=heading)) == [
        ("U1", "UPS 08.8 / ID=18", None),
        ("U2", "2.1", "rev C"),
        ("U3", "AOS 6.4.0 / APP 6.4.0", None),
        ("U4", "V100R001C10B003SP00", None),
        ("U5", None, None),
    ]


def test_the_preview_says_how_many_cells_were_parted() -> None:
    seen = collect.preview("list.csv", LIST.format(heading="FW / HW").encode())

    assert seen.mappings[0].also[0].columns["FW / HW"] == "firmware+hardware"
    assert any("1 of 5 cells were parted" in note for note in seen.notes)


def test_a_heading_with_the_hardware_first_is_read_in_its_order() -> None:
    assert asked("HW / FW") == ("hardware", "firmware")
    assert firmware_and_hardware("05 / 6.4.0", asked("HW / FW")) == ("6.4.0", "05")


def test_the_mapping_can_be_kept_and_written_by_hand() -> None:
    data = LIST.format(heading="FW / HW").encode()
    [mapping] = collect.preview("list.csv", data).mappings

    kept = collect.load_mapping(collect.dump_mapping(mapping))

    assert collect.read("list.csv", data, mapping=kept).tables == (
        collect.read("list.csv", data).tables
    )


@pytest.mark.parametrize("heading", ["Firmware", "FW / Datum", "HW", "FW / FW", "Hersteller / Typ"])
def test_other_headings_ask_for_something_else(heading: str) -> None:
    assert asked(heading) == ()


@given(st.text(max_size=40), st.sampled_from([("firmware", "hardware"), ("hardware", "firmware")]))
def test_parting_the_hardware_loses_no_sign_but_one_stroke(
    text: str, order: tuple[str, ...]
) -> None:
    firmware, hardware = firmware_and_hardware(text, order)

    kept = sorted(f"{firmware}{hardware or ''}{'/' if hardware else ''}")
    assert [sign for sign in kept if sign.isalnum()] == sorted(
        sign for sign in text if sign.isalnum()
    )

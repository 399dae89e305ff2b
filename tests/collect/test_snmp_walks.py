"""SNMP walks, recorded and printed, real ones first."""

from __future__ import annotations

import bz2
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.intake import Intake
from cellwarden.collect.readers.snmp import profiles
from cellwarden.collect.values import register_kinds
from cellwarden.collect.walks import parse_snmprec, parse_snmpwalk
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading, kinds

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]

WALKS = (
    "apc-7902b.snmprec",
    "apc-8641.snmprec",
    "eastpower-istars-swv053.snmprec.bz2",
    "eaton-93e-80.snmprec.bz2",
    "eaton-9px-partial.snmprec.bz2",
    "emerson-network-power.snmprec.bz2",
    "huawei-gse200m.snmprec.bz2",
    "ingrasys-power-switch.snmprec.bz2",
    "phoenixtec-power.snmprec.bz2",
)


def recording(walk: Path) -> str:
    data = walk.read_bytes()
    data = bz2.decompress(data) if walk.suffix == ".bz2" else data
    return data.decode("utf-8", "replace")


def test_every_walk_of_the_shared_data_is_tested(shared: Path) -> None:
    there = {path.name for path in (shared / "data/snmpsim_ups").glob("*.snmprec*")}

    assert there == set(WALKS)


@pytest.mark.parametrize("name", WALKS)
def test_a_real_walk_says_what_the_device_is(name: str, shared: Path, rows_of: RowsOf) -> None:
    with (shared / "data/device_identities.csv").open(encoding="utf-8") as identities:
        known = next(
            row
            for row in csv.DictReader(identities)
            if row["source"] == "snmpsim-data" and row["path"].endswith(f"/{name}")
        )

    reading = collect.read(name, (shared / "data/snmpsim_ups" / name).read_bytes())

    [asset] = rows_of(reading, "asset")
    firmware = {row.get("firmware") for row in rows_of(reading, "component")}
    assert asset["asset_id"] == name.split(".", maxsplit=1)[0]
    for column, wanted in (
        ("manufacturer", known["manufacturer_or_os"]),
        ("model", known["model"]),
    ):
        assert not wanted or asset.get(column) == wanted
    assert {known["firmware"], known["firmware_aux"]} - {""} <= firmware
    assert "unreadable" not in reading.tables


def test_a_pdu_names_its_operating_system_application_and_boot_monitor(
    shared: Path, rows_of: RowsOf
) -> None:
    name = "apc-7902b.snmprec"

    reading = collect.read(f"walks/{name}", (shared / "data/snmpsim_ups" / name).read_bytes())

    [asset] = rows_of(reading, "asset")
    parts = {row["part"]: row for row in rows_of(reading, "component")}
    assert (asset["serial"], asset["made_on"]) == ("5A1551F39430", "2018-10-07")
    assert {part: row["firmware"] for part, row in parts.items()} == {
        "aos": "v6.7.2",
        "rpdu2g": "v6.7.2",
        "bootmon": "v1.0.8",
    }
    assert parts["aos"]["hardware"] == "apc_hw05"


def test_the_card_and_the_ups_behind_it_are_two_parts(shared: Path, rows_of: RowsOf) -> None:
    name = "huawei-gse200m.snmprec.bz2"

    reading = collect.read(name, (shared / "data/snmpsim_ups" / name).read_bytes())

    firmware = {
        row["model"]: row["firmware"] for row in rows_of(reading, "component") if "model" in row
    }
    assert firmware == {"UPS5000": "V100R001C10B003SP00", "UPS5000-E": "V100R001C10SPC600"}


@pytest.mark.parametrize("name", WALKS)
def test_a_printed_walk_says_the_same_as_the_recording(name: str, shared: Path) -> None:
    text = recording(shared / "data/snmpsim_ups" / name)
    said = parse_snmprec(text, Intake(name))
    lines = []
    for oid, value in said.items():
        if "\ufffd" in value.text:
            continue
        quoted = value.text.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'.{oid} = STRING: "{quoted}"')
    stem = name.split(".", maxsplit=1)[0]

    printed = collect.read(f"{stem}.walk", "\n".join(lines).encode())
    recorded = collect.read(name, (shared / "data/snmpsim_ups" / name).read_bytes())

    assert printed.tables == recorded.tables


def test_a_printed_walk_has_strings_over_lines_hex_and_gaps() -> None:
    text = """\
.1.3.6.1.2.1.1.1.0 = STRING: "first line
second \\"quoted\\" line"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.318.1.3.27
.1.3.6.1.2.1.1.3.0 = Timeticks: (8205439) 22:47:34.39
.1.3.6.1.4.1.318.1.1.1.1.1.1.0 = Hex-STRING: 53 6D 61 72 74 2D 55 50 53 20 37 35
30 00
iso.3.6.1.4.1.318.1.1.1.1.2.1.0 = STRING: UPS 08.8 / ID=18
.1.3.6.1.4.1.318.1.1.1.1.2.3.0 = No Such Instance currently exists at this OID
.1.3.6.1.4.1.318.1.1.1.1.2.2.0 = ""
"""

    said = {oid: value.text for oid, value in parse_snmpwalk(text, Intake("x")).items()}

    assert said["1.3.6.1.2.1.1.1.0"] == 'first line\nsecond "quoted" line'
    assert said["1.3.6.1.2.1.1.2.0"] == "1.3.6.1.4.1.318.1.3.27"
    assert said["1.3.6.1.4.1.318.1.1.1.1.1.1.0"] == "Smart-UPS 750"
    assert said["1.3.6.1.4.1.318.1.1.1.1.2.1.0"] == "UPS 08.8 / ID=18"
    assert said["1.3.6.1.4.1.318.1.1.1.1.2.2.0"] == ""
    assert "1.3.6.1.4.1.318.1.1.1.1.2.3.0" not in said


def test_an_apc_ups_with_its_card(rows_of: RowsOf) -> None:
    card = (
        "APC Web/SNMP Management Card (MB:v3.9.2 PF:v3.9.4 PN:apc_hw02_aos_394.bin AF1:v3.9.3 "
        "AN1:apc_hw02_sumx_393.bin MN:AP9619 HR:A10 SN: ZA1234 MD:05/06/2009)"
    )
    text = f"""\
.1.3.6.1.2.1.1.1.0 = STRING: "{card}"
.1.3.6.1.4.1.318.1.1.1.1.1.1.0 = STRING: "Smart-UPS RT 3000 XL"
.1.3.6.1.4.1.318.1.1.1.1.2.1.0 = STRING: "4.1"
.1.3.6.1.4.1.318.1.1.1.1.2.2.0 = STRING: "05/06/09"
.1.3.6.1.4.1.318.1.1.1.2.1.3.0 = STRING: "not a day"
"""

    reading = collect.read("NG1-UPS-02.walk", text.encode(), taken_at="2026-11-01T00:00:00Z")

    [asset] = rows_of(reading, "asset")
    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert asset["made_on"] == "2009-05-06"
    assert parts["NG1-UPS-02/ups"]["firmware"] == "4.1"
    assert parts["NG1-UPS-02/aos"]["firmware"] == "v3.9.4"
    assert parts["NG1-UPS-02/app"]["part"] == "sumx"
    assert parts["NG1-UPS-02/aos"]["model"] == "AP9619"
    assert parts["NG1-UPS-02/aos"]["read_at"] == "2026-11-01T00:00:00Z"
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["text"]) == ("5", "not a day")


def test_modules_of_the_entity_table_become_parts(rows_of: RowsOf) -> None:
    entity = ".1.3.6.1.2.1.47.1.1.1.1"
    text = f"""\
{entity}.7.2 = STRING: "Rectifier 1"
{entity}.9.2 = STRING: "1.04"
{entity}.11.2 = STRING: "R-77"
{entity}.7.3 = STRING: "Rectifier 2"
{entity}.9.3 = STRING: "1.05"
{entity}.9.4 = STRING: ""
"""

    reading = collect.read("rack.walk", text.encode())

    rows = rows_of(reading, "component")
    assert [(row["part"], row["firmware"]) for row in rows] == [
        ("Rectifier 1", "1.04"),
        ("Rectifier 2", "1.05"),
    ]


def test_one_string_that_names_two_parts_gives_two_components(rows_of: RowsOf) -> None:
    text = '.1.3.6.1.4.1.534.1.1.3.0 = STRING: "INV: 1.25.0000 NET: 2.3.5-r64721"\n'

    reading = collect.read("NG2-UPS-01.walk", text.encode())

    rows = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert rows["NG2-UPS-01/ups"]["firmware"] == "INV: 1.25.0000 NET: 2.3.5-r64721"
    assert rows["NG2-UPS-01/net"]["firmware"] == "2.3.5-r64721"
    assert rows["NG2-UPS-01/net"]["role"] == "network_card"


def test_a_device_that_no_profile_knows_is_recorded_and_told() -> None:
    data = b".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.1\n"

    seen = collect.preview("odd.walk", data)

    assert seen.counts == {"asset": 1}
    assert any("1.3.6.1.4.1.99999.1" in note for note in seen.notes)


def test_a_broken_line_of_a_recording_is_unreadable_and_the_rest_goes_on(rows_of: RowsOf) -> None:
    data = b"1.3.6.1.2.1.33.1.1.1.0|4|EATON\nrubbish\n1.3.6.1.2.1.33.1.1.2.0|4x|zz\n"

    reading = collect.read("u.snmprec", data)

    assert rows_of(reading, "asset")[0]["manufacturer"] == "EATON"
    assert [row["line"] for row in rows_of(reading, "unreadable")] == ["2", "3"]


def test_a_name_in_no_unicode_is_left_unknown_and_reported(rows_of: RowsOf) -> None:
    data = b"1.3.6.1.2.1.33.1.1.1.0|4|EAST\n1.3.6.1.2.1.33.1.1.2.0|4x|3835d6d0d1a7\n"

    reading = collect.read("u.snmprec", data)

    assert "model" not in rows_of(reading, "asset")[0]
    assert {row["column"] for row in rows_of(reading, "unreadable")} == {"asset.model", "ups.model"}


def test_what_is_no_walk_is_refused() -> None:
    with pytest.raises(SourceError, match="no object of an SNMP walk") as refused:
        collect.read("u.walk", b"Timeout: No Response from 10.0.0.1\n")

    assert "snmpwalk -On" in refused.value.advice


def test_a_truncated_archive_is_refused() -> None:
    packed = bz2.compress(b"1.3.6.1.2.1.33.1.1.1.0|4|EATON\n" * 100)

    with pytest.raises(SourceError, match="no whole bzip2 file"):
        collect.read("u.snmprec.bz2", packed[:40])


def test_a_bomb_in_an_archive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellwarden.collect.bounds.DOCUMENT_BYTES", 1_000_000)

    with pytest.raises(SourceError, match="holds more than"):
        collect.read("u.snmprec.bz2", bz2.compress(b"\0" * 5_000_000))


def test_every_profile_names_its_source_and_fills_known_columns() -> None:
    for profile in profiles():
        assert profile.source
        assert set(profile.asset) <= set(kinds()["asset"].column_names)
        for part in profile.part:
            assert set(part.cells) <= set(kinds()["component"].column_names)
            assert "firmware" in part.cells
    assert "asset" in register_kinds()


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.text(max_size=30) | st.just("1.3.6.1.2.1.33.1.1.1.0|4x|4a"), max_size=8))
def test_no_recording_makes_the_reader_fail_otherwise_than_by_refusing(
    lines: list[str], attempt: Attempt
) -> None:
    outcome = attempt("u.snmprec", "\n".join(lines).encode())

    assert isinstance(outcome, SourceError) or outcome.source == "u.snmprec"


NAMED = b"""SNMPv2-MIB::sysDescr.0 = STRING: Eaton Gigabit Network Card
SNMPv2-MIB::sysObjectID.0 = OID: SNMPv2-SMI::enterprises.705.1
UPS-MIB::upsIdentManufacturer.0 = STRING: EATON
UPS-MIB::upsIdentModel.0 = STRING: Eaton 9PX 6000i
SNMPv2-SMI::mib-2.33.1.1.3.0 = STRING: "01.18.0021"
UPS-MIB::upsOutputSource.0 = INTEGER: normal(3)
"""


def test_a_walk_with_well_known_names_is_read(rows_of: RowsOf) -> None:
    reading = collect.read("ng1-ups-01.txt", NAMED)

    assert rows_of(reading, "asset")[0]["model"] == "Eaton 9PX 6000i"
    assert rows_of(reading, "component")[0]["firmware"] == "01.18.0021"


def test_objects_with_other_names_are_counted_in_a_note() -> None:
    shown = collect.preview("ng1-ups-01.txt", NAMED)

    assert any("1 objects are printed by names" in note for note in shown.notes)


def test_a_value_that_is_not_as_its_tag_says_is_told_in_words(rows_of: RowsOf) -> None:
    reading = collect.read("a.snmprec", b"1.3.6.1.2.1.1.1.0|4|UPS\n1.3.6.1.2.1.33.1.1.1.0|4x|zz\n")

    (lost,) = rows_of(reading, "unreadable")
    assert "hexadecimal" in lost["reason"]
    assert "fromhex" not in lost["reason"]


UPS_MIB = """\
.1.3.6.1.2.1.33.1.1.1.0 = STRING: "Riello"
.1.3.6.1.2.1.33.1.1.2.0 = STRING: "Sentinel"
.1.3.6.1.2.1.33.1.1.3.0 = STRING: "SWM045-01-05"
.1.3.6.1.2.1.33.1.1.4.0 = STRING: "CS121 v 5.14.50"
"""


@pytest.mark.parametrize(
    ("object_id", "maker"),
    [
        ("OID: .1.3.6.1.4.1.1356.1", "Generex"),
        ("OID: iso.3.6.1.4.1.5491.6", "Riello"),
        ("OID: SNMPv2-SMI::enterprises.534.1", "Eaton"),
        ("OID: .1.3.6.1.4.1.8072.3.2.10", None),
        ("OID: .1.3.6.1.2.1.33", None),
        ("OID: ccitt.0", None),
        ("STRING: 1.3.6.1.4.1.", None),
    ],
)
def test_a_card_is_of_the_maker_whose_agent_answers_and_not_of_the_upss(
    object_id: str, maker: str | None, rows_of: RowsOf
) -> None:
    text = f".1.3.6.1.2.1.1.2.0 = {object_id}\n{UPS_MIB}"

    rows = rows_of(collect.read("u.snmpwalk", text.encode()), "component")

    ups, card = rows
    assert (ups["manufacturer"], card["role"]) == ("Riello", "network_card")
    assert card.get("manufacturer") == maker


def test_without_a_sysobjectid_the_maker_of_a_card_stays_unknown(rows_of: RowsOf) -> None:
    rows = rows_of(collect.read("u.snmpwalk", UPS_MIB.encode()), "component")

    assert "manufacturer" not in rows[1]


def test_an_enterprise_that_no_list_knows_is_told() -> None:
    text = f".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.1\n{UPS_MIB}"

    notes = collect.preview("u.snmpwalk", text.encode()).notes

    assert any("enterprise 99999" in note for note in notes)

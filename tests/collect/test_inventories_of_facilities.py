"""Inventories as facility teams of four countries keep them: no id, short words, versions apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cellwarden import collect
from cellwarden.collect.headings import column_of, firmware_part_of, names_firmware
from cellwarden.collect.mapping import likely_kinds
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("FW (UPS)", "UPS"),
        ("FW (NMC card)", "NMC card"),
        ("Version logicielle onduleur", "onduleur"),
        ("Version carte réseau", "carte réseau"),
        ("Versión firmware SAI", "SAI"),
        ("Versión tarjeta red", "tarjeta red"),
        ("SW-Stand BMS", "BMS"),
        ("Software Version NMC2", "NMC2"),
        ("Softwarestand Netzwerkkarte", "Netzwerkkarte"),
    ],
)
def test_a_heading_of_firmware_names_its_part(heading: str, part: str) -> None:
    assert names_firmware(heading)
    assert firmware_part_of(heading) == part


@pytest.mark.parametrize(
    "heading",
    ["Hardware version", "OS version date", "Netzwerk", "Red", "Carte", "Version of list"],
)
def test_other_headings_are_no_firmware(heading: str) -> None:
    assert not names_firmware(heading)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Ser. #", "serial"),
        ("Tag #", "asset_id"),
        ("Batt. chem.", "chemistry"),
        ("Warr. exp.", "warranty_until"),
        ("Install Dt", "installed_on"),
        ("Fin garantie", "warranty_until"),
        ("Tipo baterías", "chemistry"),
        ("Technologie batteries", "chemistry"),
        ("Modelo equipo", "model"),
        ("Fecha puesta en marcha", "installed_on"),
    ],
)
def test_short_words_articles_and_plurals_are_understood(heading: str, column: str) -> None:
    found = column_of(heading, "asset")

    assert found is not None
    assert found[1] == column


def test_two_columns_of_firmware_are_two_parts_and_the_card_is_a_card(rows_of: RowsOf) -> None:
    reading = collect.read(
        "inventory.csv",
        b"Tag #,Make,Model,Ser. #,FW (UPS),FW (NMC card)\nU1,APC,SRT 5000,0012,UPS 03.5,v2.1.4\n",
    )

    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert parts["U1/UPS"]["firmware"] == "UPS 03.5"
    assert "role" not in parts["U1/UPS"]
    assert parts["U1/NMC card"]["firmware"] == "v2.1.4"
    assert parts["U1/NMC card"]["role"] == "network_card"
    assert rows_of(reading, "asset")[0]["serial"] == "0012"


def test_a_list_without_ids_goes_by_its_serials(rows_of: RowsOf) -> None:
    text = (
        "Standort;Hersteller;Typ;Seriennummer;Firmware\nKiel;APC;SRT;0001;1.0\nKiel;APC;SRT;;1.0\n"
    )

    reading = collect.read("liste.csv", text.encode())

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["0001"]
    assert [row["component_id"] for row in rows_of(reading, "component")] == ["0001"]
    (lost,) = rows_of(reading, "unreadable")
    assert (lost["line"], lost["column"]) == ("3", "Seriennummer")


def test_a_list_without_ids_goes_by_its_names_and_never_by_descriptions(rows_of: RowsOf) -> None:
    by_name = collect.read(
        "liste.csv", b"Anl.-Bez.;Hersteller;Typ;Baujahr\nUSV 1;APC;SRT;01.02.2015\n"
    )

    assert rows_of(by_name, "asset")[0]["asset_id"] == "USV 1"
    assert "asset" not in [
        kind for _, kind in likely_kinds(["Beschreibung", "Hersteller", "Typ", "Baujahr"])
    ]


def test_a_list_of_cards_says_where_each_belongs(rows_of: RowsOf) -> None:
    reading = collect.read(
        "liste.csv", "Gehört zu;Hersteller;Modell;FW-Version\nUSV-1;APC;AP9631;AOS 6.9.6\n".encode()
    )

    assert rows_of(reading, "component") == [
        {
            "component_id": "USV-1",
            "asset_id": "USV-1",
            "manufacturer": "APC",
            "model": "AP9631",
            "firmware": "AOS 6.9.6",
        }
    ]


def test_a_part_with_its_own_serial_and_no_asset_gets_none(rows_of: RowsOf) -> None:
    reading = collect.read("components.csv", b"component_id,serial,firmware\nc1,S1,1.0\n")

    assert rows_of(reading, "component") == [
        {"component_id": "c1", "serial": "S1", "firmware": "1.0"}
    ]

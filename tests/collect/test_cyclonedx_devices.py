"""CycloneDX documents: the published examples, and devices with firmware."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]

VERSIONS = ("1.4", "1.5", "1.6", "1.7")


def bom(version: str = "1.6", **parts: Any) -> bytes:
    head = {"bomFormat": "CycloneDX", "specVersion": version, "version": 1}
    return json.dumps(head | parts).encode()


def said(**properties: str) -> list[dict[str, str]]:
    return [{"name": f"cellwarden:{name}", "value": value} for name, value in properties.items()]


CABINET: dict[str, Any] = {
    "type": "device",
    "bom-ref": "NG1-BAT-01",
    "name": "93PM",
    "version": "rev C",
    "manufacturer": {"name": "Eaton"},
    "properties": [
        *said(site_id="NG1", chemistry="VRLA"),
        {"name": "cdx:device:serialNumber", "value": "EC-1"},
    ],
    "components": [
        {"type": "firmware", "name": "INV", "version": "1.25.0000"},
        {
            "type": "device",
            "bom-ref": "card",
            "name": "PXGMS",
            "version": "rev B",
            "supplier": {"name": "Eaton Corporation"},
            "properties": [
                *said(role="network_card", exposure="routed"),
                {"name": "cdx:device:serialNumber", "value": "PX-9"},
            ],
            "components": [
                {
                    "type": "firmware",
                    "name": "NET",
                    "version": "2.3.5-r64721",
                    "components": [{"type": "library", "name": "openssl", "version": "1.0.2"}],
                }
            ],
        },
        {"type": "device", "name": "temperature probe", "version": "2"},
    ],
}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_published_valid_example_is_read(version: str, shared: Path) -> None:
    files = sorted((shared / "suites/cyclonedx" / version).glob("valid-*.json"))

    readings = [collect.read(file.name, file.read_bytes()) for file in files]

    assert len(files) > 25
    assert all("unreadable" not in reading.tables for reading in readings)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_published_invalid_example_breaks_the_reader(
    version: str, shared: Path, attempt: Attempt
) -> None:
    files = sorted((shared / "suites/cyclonedx" / version).glob("invalid-*.json"))

    outcomes = [attempt(file.name, file.read_bytes()) for file in files]

    assert len(outcomes) > 15


@pytest.mark.parametrize("version", VERSIONS)
def test_a_device_is_an_asset_and_what_is_in_it_are_its_parts(
    version: str, rows_of: RowsOf
) -> None:
    data = bom(
        version,
        serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        metadata={"timestamp": "2026-10-01T08:00:00Z"},
        components=[CABINET],
    )

    reading = collect.read("fleet.cdx.json", data)

    assert reading.taken_at == "2026-10-01T08:00:00Z"
    assert rows_of(reading, "asset") == [
        {
            "asset_id": "NG1-BAT-01",
            "site_id": "NG1",
            "manufacturer": "Eaton",
            "model": "93PM",
            "serial": "EC-1",
            "chemistry": "lead_acid",
        }
    ]
    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert set(parts) == {
        "NG1-BAT-01/INV",
        "NG1-BAT-01/card-NET",
        "NG1-BAT-01/temperature-probe",
    }
    assert parts["NG1-BAT-01/INV"]["firmware"] == "1.25.0000"
    assert parts["NG1-BAT-01/INV"]["model"] == "93PM"
    net = parts["NG1-BAT-01/card-NET"]
    assert (net["manufacturer"], net["model"], net["part"], net["firmware"], net["hardware"]) == (
        "Eaton Corporation",
        "PXGMS",
        "NET",
        "2.3.5-r64721",
        "rev B",
    )
    assert (net["role"], net["exposure"], net["serial"]) == ("network_card", "routed", "PX-9")
    assert net["sbom"] == "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
    assert "firmware" not in parts["NG1-BAT-01/temperature-probe"]


def test_the_described_device_owns_what_the_document_lists(rows_of: RowsOf) -> None:
    data = bom(
        metadata={
            "component": {"type": "device", "name": "CS121", "properties": said(asset_id="G1")}
        },
        components=[
            {"type": "firmware", "name": "CS121", "version": "5.14.50"},
            {"type": "library", "name": "zlib", "version": "1"},
        ],
    )

    seen = collect.preview("g.json", data)
    reading = collect.read("g.json", data)

    assert rows_of(reading, "component")[0]["asset_id"] == "G1"
    assert any("of type library (1)" in note for note in seen.notes)


def test_firmware_belongs_to_the_device_that_depends_on_it(rows_of: RowsOf) -> None:
    data = bom(
        components=[
            {"type": "device", "bom-ref": "d1", "name": "UPS"},
            {"type": "firmware", "bom-ref": "f1", "name": "main", "version": "3"},
        ],
        services=[
            {
                "bom-ref": "s1",
                "name": "Telemetry",
                "x-trust-boundary": True,
                "provider": {"name": "Ostrava Cloudworks"},
            }
        ],
        dependencies=[{"ref": "d1", "dependsOn": ["f1", "s1"]}],
    )

    reading = collect.read("g.json", data)

    assert rows_of(reading, "component")[0]["component_id"] == "d1/f1"
    assert rows_of(reading, "dependency") == [
        {
            "dependency_id": "d1/s1",
            "asset_id": "d1",
            "kind": "cloud_service",
            "name": "Telemetry",
            "party_id": "Ostrava Cloudworks",
        }
    ]


def test_what_stands_inside_a_firmware_is_read_or_named(rows_of: RowsOf) -> None:
    inner = [
        {"type": "firmware", "name": "bootloader", "version": "1.2"},
        {"type": "library", "name": "openssl", "version": "1.0.2"},
    ]
    image = {"type": "firmware", "name": "main", "version": "3", "components": inner}
    data = bom(
        components=[{"type": "device", "bom-ref": "d1", "name": "UPS", "components": [image]}]
    )

    seen = collect.preview("g.json", data)

    assert [
        (row["component_id"], row["firmware"])
        for row in rows_of(collect.read("g.json", data), "component")
    ] == [("d1/main", "3"), ("d1/bootloader", "1.2")]
    assert any("of type library (1)" in note for note in seen.notes)


def test_firmware_without_a_device_is_a_release(rows_of: RowsOf) -> None:
    firmware = {
        "type": "firmware",
        "name": "NMC2",
        "version": "6.9.6",
        "supplier": {"name": "APC"},
        "hashes": [{"alg": "SHA-256", "content": "ab" * 32}],
    }

    reading = collect.read("fw.json", bom(metadata={"component": firmware}))

    assert rows_of(reading, "release") == [
        {"manufacturer": "APC", "model": "NMC2", "version": "6.9.6", "sha256": "ab" * 32}
    ]


def test_a_property_that_does_not_fit_is_left_out_and_reported(rows_of: RowsOf) -> None:
    device = {"type": "device", "name": "X", "properties": said(chemistry="plutonium")}

    reading = collect.read("x.json", bom(components=[device]))

    assert rows_of(reading, "asset") == [{"asset_id": "X", "model": "X"}]
    [bad] = rows_of(reading, "unreadable")
    assert bad["column"] == "components[0].chemistry"
    assert bad["text"] == "plutonium"


def test_devices_of_one_name_are_told_apart_or_reported(rows_of: RowsOf) -> None:
    device = {"type": "device", "name": "X"}

    reading = collect.read("x.json", bom(components=[device, device]))

    assert len(rows_of(reading, "asset")) == 1
    assert rows_of(reading, "unreadable")[0]["column"] == "components[1]"


def test_another_version_of_the_format_is_refused() -> None:
    with pytest.raises(SourceError, match=r"CycloneDX 1\.3 is not read") as refused:
        collect.read("x.json", bom("1.3"))

    assert "1.4 to 1.7" in refused.value.advice


def test_components_in_components_without_end_are_refused() -> None:
    node: dict[str, Any] = {"type": "device", "name": "X"}
    for _ in range(80):
        node = {"type": "device", "name": "X", "components": [node]}

    with pytest.raises(SourceError, match="nested deeper"):
        collect.read("x.json", bom(components=[node]))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["device", "firmware"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "name", "bom-ref", "version", "components", "properties", "value"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=100, deadline=None)
@given(
    parts=st.dictionaries(
        st.sampled_from(["metadata", "components", "services", "dependencies", "serialNumber"]),
        VALUES,
    )
)
def test_no_shape_of_a_document_breaks_the_reader(parts: dict[str, Any], attempt: Attempt) -> None:
    outcome = attempt("x.json", bom("1.6", **parts))

    assert isinstance(outcome, SourceError) or outcome.source == "x.json"

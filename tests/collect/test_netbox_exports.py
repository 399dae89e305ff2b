"""NetBox exports, shaped as its API answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]

API = "https://netbox.example.org/api/dcim"

DEVICE: dict[str, Any] = {
    "id": 7,
    "url": f"{API}/devices/7/",
    "display": "NG1-UPS-01 (AT-77)",
    "name": "NG1-UPS-01",
    "device_type": {"id": 1, "manufacturer": {"name": "APC"}, "model": "Smart-UPS 3000"},
    "role": {"name": "UPS", "slug": "ups"},
    "serial": "AS1234",
    "asset_tag": "AT-77",
    "site": {"id": 1, "name": "NG1", "slug": "ng1-harrow"},
    "location": {"name": "Room 2"},
    "rack": {"name": "R12"},
    "position": 3.0,
    "status": {"value": "active", "label": "Active"},
    "custom_fields": {"firmware_version": "UPS 09.3 (ID18)", "chemistry": "VRLA", "mood": "good"},
}
MODULE: dict[str, Any] = {
    "id": 3,
    "url": f"{API}/modules/3/",
    "device": {"id": 7, "name": "NG1-UPS-01"},
    "module_bay": {"id": 1, "name": "slot 1"},
    "module_type": {"manufacturer": {"name": "APC"}, "model": "AP9641", "part_number": "AP9641"},
    "serial": "ZA9",
    "custom_fields": {"fw": "v1.4.2.1"},
}
ITEM: dict[str, Any] = {
    "id": 4,
    "url": f"{API}/inventory-items/4/",
    "device": {"id": 7, "name": "NG1-UPS-01"},
    "name": "probe",
    "label": "",
    "role": {"name": "Sensor"},
    "manufacturer": {"name": "APC"},
    "part_id": "AP9335T",
    "serial": "P1",
}


def test_devices_become_assets_with_their_firmware_beside_them(rows_of: RowsOf) -> None:
    data = json.dumps({"count": 1, "next": None, "results": [DEVICE]}).encode()

    reading = collect.read("devices.json", data)

    assert rows_of(reading, "asset") == [
        {
            "asset_id": "NG1-UPS-01",
            "site_id": "NG1",
            "name": "NG1-UPS-01 (AT-77)",
            "manufacturer": "APC",
            "model": "Smart-UPS 3000",
            "serial": "AS1234",
            "chemistry": "lead_acid",
            "lifecycle": "in_service",
            "location": "Room 2, R12, U3.0",
        }
    ]
    assert rows_of(reading, "component") == [
        {
            "component_id": "NG1-UPS-01/controller",
            "asset_id": "NG1-UPS-01",
            "role": "controller",
            "manufacturer": "APC",
            "model": "Smart-UPS 3000",
            "firmware": "UPS 09.3 (ID18)",
            "has_firmware": "yes",
        }
    ]


def test_modules_and_inventory_items_become_parts(rows_of: RowsOf) -> None:
    reading = collect.read("dump.json", json.dumps([MODULE, ITEM]).encode())

    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    module, item = parts["NG1-UPS-01/slot 1"], parts["NG1-UPS-01/probe"]
    assert (module["model"], module["firmware"], module["serial"]) == ("AP9641", "v1.4.2.1", "ZA9")
    assert (item["role"], item["part_number"], item["part"]) == ("sensor", "AP9335T", "probe")


def test_one_document_may_hold_every_list(rows_of: RowsOf) -> None:
    site = {"id": 1, "name": "NG1 Harrow", "slug": "ng1", "url": f"{API}/sites/1/"}
    kind = {"manufacturer": {"name": "APC"}, "model": "AP7902B"}
    document = {
        "sites": [site],
        "device-types": [kind],
        "devices": {"results": [DEVICE]},
        "modules": [MODULE],
    }

    reading = collect.read("netbox.json", json.dumps(document).encode())

    assert rows_of(reading, "site") == [{"site_id": "ng1", "name": "NG1 Harrow"}]
    assert rows_of(reading, "product")[0]["model"] == "AP7902B"
    assert len(rows_of(reading, "component")) == 2


def test_custom_fields_that_nothing_is_read_from_are_named() -> None:
    seen = collect.preview("devices.json", json.dumps([DEVICE]).encode())

    assert seen.unmapped == ("mood",)
    assert seen.format == "NetBox"


def test_one_page_of_several_is_told() -> None:
    data = json.dumps({"next": f"{API}/devices/?offset=50", "results": [DEVICE]}).encode()

    seen = collect.preview("devices.json", data)

    assert any("one page of several" in note for note in seen.notes)


def test_a_device_without_a_name_goes_by_its_tag_or_number(rows_of: RowsOf) -> None:
    devices = [DEVICE | {"name": None}, DEVICE | {"name": None, "asset_tag": None}]

    reading = collect.read("devices.json", json.dumps(devices).encode())

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["AT-77", "netbox-7"]


def test_an_item_of_no_device_is_unreadable_with_its_line(rows_of: RowsOf) -> None:
    data = f"[\n{json.dumps(ITEM)},\n{json.dumps(ITEM | {'device': None})}\n]".encode()

    reading = collect.read("inventory-items.json", data)

    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["kind"]) == ("3", "component")


def test_an_export_of_something_else_is_refused() -> None:
    data = json.dumps([{"url": f"{API}/cables/1/", "custom_fields": {}}]).encode()

    with pytest.raises(SourceError, match="none of NetBox's"):
        collect.read("cables.json", data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "slug", "value", "model", "fw"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    base=st.sampled_from([DEVICE, MODULE, ITEM]),
    changes=st.dictionaries(st.sampled_from(sorted({*DEVICE, *MODULE, *ITEM} - {"url"})), VALUES),
)
def test_no_shape_of_an_object_breaks_the_reader(
    base: dict[str, Any], changes: dict[str, Any], attempt: Attempt
) -> None:
    outcome = attempt("x.json", json.dumps([base | changes]).encode())

    assert isinstance(outcome, Reading)


def test_a_custom_field_of_firmware_is_a_part_or_is_told_and_never_lost(rows_of: RowsOf) -> None:
    device = {
        "name": "ups-1",
        "device_type": {"manufacturer": {"name": "APC"}, "model": "SRT"},
        "custom_fields": {
            "firmware_version": "n/a",
            "nmc_firmware": "AOS 6.9.6",
            "firmware_left_rack": "1.0",
        },
    }

    reading = collect.read("netbox-devices.json", json.dumps([device]).encode())

    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert parts["ups-1/nmc"]["firmware"] == "AOS 6.9.6"
    assert parts["ups-1/nmc"]["role"] == "network_card"
    assert "has_firmware" not in parts["ups-1/controller"]
    (lost,) = rows_of(reading, "unreadable")
    assert lost["column"] == "custom_fields.firmware_left_rack"

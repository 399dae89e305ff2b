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


# ---- GraphQL, and answers of several pages --------------------------------------------------

GRAPHQL: dict[str, Any] = {
    "data": {
        "device_list": [
            {
                "id": "7",
                "name": "NG1-UPS-01",
                "status": "STATUS_ACTIVE",
                "serial": "AS1234",
                "site": {"name": "NG1", "slug": "ng1"},
                "rack": {"name": "R12"},
                "device_type": {
                    "model": "Smart-UPS 3000",
                    "part_number": "SMT3000",
                    "manufacturer": {"name": "APC"},
                },
                "custom_fields": {"firmware_version": "UPS 09.3 (ID18)"},
                "modules": [
                    {
                        "module_bay": {"name": "slot 1"},
                        "module_type": {"model": "AP9641", "manufacturer": {"name": "APC"}},
                        "serial": "ZA9",
                        "custom_fields": {"fw": "v1.4.2.1"},
                    }
                ],
                "inventoryitems": [
                    {"name": "probe", "part_id": "AP9335T", "manufacturer": {"name": "APC"}}
                ],
            },
            {"name": "NG1-PDU-03", "status": "OFFLINE", "device_type": {"model": "AP7902B"}},
        ]
    }
}


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_a_graphql_answer_is_read_with_the_parts_that_stand_in_its_devices(
    rows_of: RowsOf,
) -> None:
    reading = collect.read("fleet.json", as_json(GRAPHQL))

    ups, pdu = rows_of(reading, "asset")
    assert ups == {
        "asset_id": "NG1-UPS-01",
        "site_id": "NG1",
        "manufacturer": "APC",
        "model": "Smart-UPS 3000",
        "part_number": "SMT3000",
        "serial": "AS1234",
        "lifecycle": "in_service",
        "location": "R12",
    }
    assert pdu == {"asset_id": "NG1-PDU-03", "model": "AP7902B"}
    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert parts.keys() == {"NG1-UPS-01/controller", "NG1-UPS-01/slot 1", "NG1-UPS-01/probe"}
    assert parts["NG1-UPS-01/slot 1"]["firmware"] == "v1.4.2.1"
    assert "unreadable" not in reading.tables


@pytest.mark.parametrize(
    "query",
    [
        {"data": {"devices": GRAPHQL["data"]["device_list"][1:]}},
        {"data": {"device": GRAPHQL["data"]["device_list"][1]}},
        {"data": {"mine": [GRAPHQL["data"]["device_list"][1]]}},
        {"data": {"site_list": [{"name": "NG1", "devices": GRAPHQL["data"]["device_list"][1:]}]}},
    ],
)
def test_a_query_may_call_its_lists_as_it_likes(query: dict[str, Any], rows_of: RowsOf) -> None:
    reading = collect.read("netbox.json", as_json(query))

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["NG1-PDU-03"]


def test_devices_inside_their_site_stand_at_it(rows_of: RowsOf) -> None:
    query = {"data": {"site_list": [{"name": "NG1", "devices": [{"name": "U1"}]}]}}

    reading = collect.read("netbox.json", as_json(query))

    assert rows_of(reading, "asset") == [{"asset_id": "U1", "site_id": "NG1"}]


def test_a_module_that_stands_in_its_bay_is_a_part(rows_of: RowsOf) -> None:
    module = {"module_type": {"model": "AP9641"}, "serial": "ZA9"}
    device = {"name": "U1", "modulebays": [{"name": "slot 1", "installed_module": module}]}

    reading = collect.read("x.json", as_json({"data": {"device_list": [device]}}))

    [part] = rows_of(reading, "component")
    assert (part["component_id"], part["model"]) == ("U1/slot 1", "AP9641")


def page(*names: str, following: str | None = None) -> dict[str, Any]:
    return {"count": 9, "next": following, "results": [DEVICE | {"name": name} for name in names]}


@pytest.mark.parametrize("apart", ["list", "lines"])
def test_pages_in_one_file_are_one_export(apart: str, rows_of: RowsOf) -> None:
    pages = [page("U1", "U2", following=f"{API}/devices/?offset=2"), page("U2", "U3")]
    lines = b"\n".join(map(as_json, pages))
    data = as_json(pages) if apart == "list" else lines

    reading = collect.read("devices.json", data)
    notes = collect.preview("devices.json", data).notes

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["U1", "U2", "U3"]
    assert "unreadable" not in reading.tables
    assert any("read once" in note for note in notes)
    assert not any("one page of several" in note for note in notes)


def test_a_bad_page_is_told_in_its_place_and_the_others_are_read(rows_of: RowsOf) -> None:
    pages = [
        {"data": {"device_list": [{"name": "U1"}]}},
        {"data": None, "errors": [{"message": "Cannot query field 'firm' on type 'DeviceType'"}]},
        {"data": {"device_list": "none"}},
        {"data": None},
        7,
    ]

    reading = collect.read("netbox.json", as_json(pages))

    bad = {row["column"]: row["reason"] for row in rows_of(reading, "unreadable")}
    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["U1"]
    assert bad.keys() == {"[1].errors", "[2].data.device_list", "[3].data", "[4]"}
    assert "Cannot query field 'firm'" in bad["[1].errors"]


def test_a_page_that_was_cut_off_is_told_with_its_line(rows_of: RowsOf) -> None:
    data = as_json(page("U1")) + b"\n" + as_json(page("U2"))[:90] + b"\n" + as_json(page("U3"))

    reading = collect.read("devices.json", data)

    [bad] = rows_of(reading, "unreadable")
    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["U1", "U3"]
    assert bad["line"] == "2"


def test_errors_alone_are_refused() -> None:
    data = as_json({"errors": [{"message": "Permission denied"}], "data": None})

    with pytest.raises(SourceError, match="Permission denied"):
        collect.read("netbox.json", data)


def test_a_list_of_a_query_that_is_not_read_is_named() -> None:
    query = {"data": {"device_list": [{"name": "U1"}], "interface_list": [{"name": "eth0"}]}}

    assert collect.preview("netbox.json", as_json(query)).unmapped == ("interface_list",)


def test_many_parts_in_one_device_are_read_in_time_and_space(rows_of: RowsOf) -> None:
    items = [{"name": f"module {place}", "part_id": "BM4"} for place in range(5_000)]
    query = {"data": {"device_list": [{"name": "U1", "inventoryitems": items}]}}

    reading = collect.read("x.json", as_json(query))

    assert len(rows_of(reading, "component")) == 5_000


@settings(max_examples=60, deadline=None)
@given(value=VALUES, key=st.sampled_from(["device_list", "site_list", "modules", "data", "x"]))
def test_no_shape_of_an_answer_breaks_the_reader(value: Any, key: str, attempt: Attempt) -> None:
    query = {"data": {"device_list": [{"name": "U1", "modules": value}], key: value}}

    outcome = attempt("x.json", json.dumps(query).encode())

    assert isinstance(outcome, (Reading, SourceError))

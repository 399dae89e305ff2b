"""NetBox exports: devices, modules, inventory items, sites and device types."""

from __future__ import annotations

import re
from typing import Any, Final

from cellwarden.collect.cells import Place
from cellwarden.collect.headings import firmware_part_of, is_card, names_firmware
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import suggest_mapping
from cellwarden.collect.netbox_pages import items_of
from cellwarden.collect.readers import Request
from cellwarden.collect.values import Misfit, fit, says_nothing

FORMAT: Final = "NetBox"

_KINDS: Final = ("asset", "component", "site")
_TELLING: Final = (rb"/api/dcim/", rb'"device_type"', rb'"module_bay"', rb'"part_id"')
_GRAPHQL: Final = re.compile(
    rb'"(device|site|device_type|module|inventory_item)_list"\s*:\s*\[', re.IGNORECASE
)
_STATES: Final = {
    "active": "in_service",
    "inventory": "spare",
    "decommissioning": "retired",
}


def claim(name: str, head: bytes) -> int:
    """Sure by the addresses that NetBox gives to everything, or by fields of its own."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return 0
    if _GRAPHQL.search(head):
        return 8
    found = sum(sign in head for sign in _TELLING)
    if b"/api/dcim/" in head or "netbox" in name.casefold():
        return 8 if found else 5
    return 6 if found and (b'"custom_fields"' in head or b'"device_type"' in head) else 0


def read(request: Request, intake: Intake) -> None:
    """Read one export: a list, or answers of the REST and GraphQL doors, of several pages."""
    for model, item, place in items_of(request.name, request.data, intake):
        if isinstance(item, dict):
            _READ[model](item, place, intake)
            _tell_unmapped(model, item, place, intake)
        else:
            reason = "an object of NetBox is written as keys with values; export it anew"
            intake.unreadable(place, kind=None, reason=reason, text=str(item))


def _text(value: Any, *keys: str) -> str | None:
    """A scalar as text; of an object the first of these keys, else name, label or display."""
    if isinstance(value, dict):
        for key in (*keys, "name", "label", "display"):
            if value.get(key) not in (None, "") and not isinstance(value[key], (dict, list)):
                return str(value[key])
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None or isinstance(value, list) else str(value)


def _site_id(site: Any) -> str | None:
    """The site's name where it is one short word, as people use it; else NetBox's slug."""
    name = _text(site)
    if name and not re.search(r"\s", name):
        return name
    return _text(site, "slug")


def _state(status: Any) -> str:
    """A status in one spelling: ``active``, ``ACTIVE`` and ``STATUS_ACTIVE`` are one."""
    return (_text(status, "value") or "").casefold().removeprefix("status_")


def _device_id(device: Any) -> str | None:
    """The device's name; one without a name goes by its asset tag, else by NetBox's number."""
    if not isinstance(device, dict):
        return _text(device)
    number = _text(device.get("id"))
    named = _text(device.get("name")) or _text(device.get("asset_tag"))
    return named or (f"netbox-{number}" if number else None)


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    """The custom fields of an object, as either door writes them."""
    fields = item.get("custom_fields")
    return fields if isinstance(fields, dict) else {}


def _custom(
    kind: str, item: dict[str, Any], *, without: dict[str, tuple[str, str]] | None = None
) -> dict[str, str | None]:
    """What custom fields say in columns of a kind; some may be read elsewhere."""
    fields = _fields(item)
    elsewhere = {field for field, _ in (without or {}).values()}
    mapping = suggest_mapping(tuple(key for key in fields if key not in elsewhere), kind)
    return {
        mapping.columns[key]: _text(value, "value")
        for key, value in fields.items()
        if key in mapping.columns and value not in (None, "")
    }


def _custom_parts(item: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Custom fields that hold the firmware of a part: field and firmware by part."""
    found = {}
    for key, value in _fields(item).items():
        part = firmware_part_of(key) if names_firmware(key) else None
        firmware = _text(value, "value")
        if part and firmware:
            found[part] = (key, firmware)
    return found


def _tell_unmapped(model: str, item: dict[str, Any], place: Place, intake: Intake) -> None:
    """Name the custom fields that nothing is read from; firmware is never passed over."""
    keys = tuple(_fields(item))
    known = {key for kind in _KINDS for key in suggest_mapping(keys, kind).columns}
    if model == "devices":
        known |= {field for field, _ in _custom_parts(item).values()}
    for key in keys:
        if key in known or key in intake.unmapped:
            continue
        intake.unmapped.append(key)
        if names_firmware(key):
            reason = (
                "this custom field looks like firmware and nothing is read from it; call it "
                "firmware, or firmware_PART such as firmware_nmc"
            )
            where = place.at(f"custom_fields.{key}")
            intake.unreadable(where, kind="component", reason=reason, text=key)


def _site(item: dict[str, Any], place: Place, intake: Intake) -> None:
    cells = {"site_id": _site_id(item), "name": _text(item.get("facility")) or _text(item)}
    intake.add_device_row("site", cells | _custom("site", item), place)


def _device_type(item: dict[str, Any], place: Place, intake: Intake) -> None:
    cells = {
        "manufacturer": _text(item.get("manufacturer")),
        "model": _text(item.get("model")),
        "known_from": "NetBox device type",
    }
    intake.add_device_row("product", cells | _custom("product", item), place)


def _device(item: dict[str, Any], place: Place, intake: Intake) -> None:
    kind = item.get("device_type") if isinstance(item.get("device_type"), dict) else {}
    asset_id = _device_id(item)
    rack, position = _text(item.get("rack")), _text(item.get("position"))
    where = (_text(item.get("location")), rack, position and f"U{position}")
    cells: dict[str, str | None] = {
        "asset_id": asset_id,
        "site_id": _site_id(item.get("site")),
        "name": _text(item.get("display")),
        "manufacturer": _text(kind.get("manufacturer")) if kind else None,
        "model": _text(kind, "model") if kind else None,
        "part_number": _text(kind.get("part_number")) if kind else None,
        "serial": _text(item.get("serial")),
        "lifecycle": _STATES.get(_state(item.get("status"))),
        "location": ", ".join(word for word in where if word) or None,
    }
    custom = _custom("asset", item)
    parts = _custom_parts(item)
    in_component = _custom("component", item, without=parts)
    if not intake.add_device_row("asset", cells | custom, place):
        return
    for part, (field, firmware) in parts.items():
        row: dict[str, str | None] = {
            "component_id": f"{asset_id}/{part}",
            "asset_id": asset_id,
            "role": "network_card" if is_card(part) else None,
            "manufacturer": cells["manufacturer"],
            "model": cells["model"],
            "part": part,
            "firmware": firmware,
            "has_firmware": None if says_nothing(firmware) else "yes",
        }
        intake.add_device_row("component", row, place.at(f"custom_fields.{field}"))
    if in_component.get("firmware"):
        row = in_component | {
            "component_id": f"{asset_id}/controller",
            "asset_id": asset_id,
            "role": in_component.get("role") or _role(item.get("role") or item.get("device_role")),
            "manufacturer": cells["manufacturer"],
            "model": cells["model"],
            "has_firmware": None if says_nothing(in_component["firmware"] or "") else "yes",
        }
        intake.add_device_row("component", row, place.at("custom_fields"))


def _module(item: dict[str, Any], place: Place, intake: Intake) -> None:
    kind = item.get("module_type") if isinstance(item.get("module_type"), dict) else {}
    bay = _text(item.get("module_bay")) or _text(item.get("id")) or "module"
    cells = {
        "manufacturer": _text(kind.get("manufacturer")) if kind else None,
        "model": _text(kind, "model") if kind else None,
        "part_number": _text(kind.get("part_number")) if kind else None,
        "part": bay,
    }
    _part(item, bay, cells, place, intake)


def _inventory_item(item: dict[str, Any], place: Place, intake: Intake) -> None:
    name = _text(item.get("name")) or _text(item.get("id")) or "item"
    cells = {
        "manufacturer": _text(item.get("manufacturer")),
        "model": _text(item.get("part_id")) or name,
        "part_number": _text(item.get("part_id")),
        "part": _text(item.get("label")) or name,
        "role": _role(item.get("role")),
    }
    _part(item, name, cells, place, intake)


def _part(
    item: dict[str, Any],
    name: str,
    cells: dict[str, str | None],
    place: Place,
    intake: Intake,
) -> None:
    asset_id = _device_id(item.get("device"))
    row = cells | {
        "component_id": f"{asset_id}/{name}" if asset_id else None,
        "asset_id": asset_id,
        "serial": _text(item.get("serial")),
    }
    intake.add_device_row("component", row | _custom("component", item), place)


def _role(value: Any) -> str | None:
    """A role of ours where NetBox's role says one in other words."""
    try:
        return fit("component", "role", _text(value) or "")
    except Misfit:
        return None


_READ: Final = {
    "sites": _site,
    "device_types": _device_type,
    "devices": _device,
    "modules": _module,
    "inventory_items": _inventory_item,
}

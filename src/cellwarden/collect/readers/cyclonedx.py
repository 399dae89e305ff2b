"""CycloneDX JSON 1.4 to 1.7: devices, their firmware and parts, services that they need."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from cellwarden.collect.cells import Place
from cellwarden.collect.documents import parse_json
from cellwarden.collect.headings import column_of
from cellwarden.collect.intake import Intake
from cellwarden.collect.readers import Request
from cellwarden.collect.values import Misfit, fit, register_kinds
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import kinds

FORMAT: Final = "CycloneDX"

_VERSIONS: Final = ("1.4", "1.5", "1.6", "1.7")
_OURS: Final = "cellwarden:"
# Names of the CycloneDX property taxonomy, namespace cdx:device.
_TAXONOMY: Final = {
    "cdx:device:serialNumber": "serial",
    "cdx:device:sku": "part_number",
    "cdx:device:function": "role",
    "cdx:device:location": "location",
    "cdx:device:prodTimestamp": "made_on",
}
_PLAIN_COLUMNS: Final = frozenset({"serial", "part_number", "firmware", "hardware", "location"})
_MENDED = re.compile(r"[\s/]+")

Node = dict[str, Any]


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The device that a component is in: its asset, and its own node, or one of its parts."""

    asset_id: str
    node: Node
    is_asset: bool


def claim(name: str, head: bytes) -> int:
    """Sure by the format's own word."""
    del name
    return 10 if re.search(rb'"bomFormat"\s*:\s*"CycloneDX"', head) else 0


def read(request: Request, intake: Intake) -> None:
    """Read one bill of materials: devices to assets, what is in them to components."""
    document = parse_json(request.name, request.data).value
    if not isinstance(document, dict):
        raise SourceError(
            f"{request.name} is no CycloneDX document", advice="export it anew as CycloneDX JSON"
        )
    version = str(document.get("specVersion"))
    if version not in _VERSIONS:
        raise SourceError(
            f"{request.name}: CycloneDX {version} is not read",
            advice=f"export it as CycloneDX JSON {_VERSIONS[0]} to {_VERSIONS[-1]}",
        )
    metadata = _mapping(document.get("metadata"))
    intake.taken_at = _timestamp(metadata) or intake.taken_at
    _Bom(document, metadata, intake).read()


def _timestamp(metadata: Node) -> str | None:
    text = metadata.get("timestamp")
    try:
        return fit("component", "read_at", text) if isinstance(text, str) else None
    except Misfit:
        return None


def _mapping(value: Any) -> Node:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _nodes(value: Any, path: str, intake: Intake) -> list[tuple[Node, str]]:
    """The components of a list with their paths; what is no component is reported."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    found = []
    for position, item in enumerate(items):
        here = f"{path}[{position}]"
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            found.append((item, here))
        else:
            reason = "a component has a type and a name; export the document anew"
            place = Place(file=intake.file, column=here)
            intake.unreadable(place, kind="component", reason=reason, text=str(item))
    return found


class _Bom:
    """One document on its way into an intake."""

    def __init__(self, document: Node, metadata: Node, intake: Intake) -> None:
        self.document = document
        self.metadata = metadata
        self.intake = intake
        self.assets: dict[str, Holder] = {}
        self.others: dict[str, int] = {}
        self.number = document.get("serialNumber")
        self.owners = _owners(document)

    def read(self) -> None:
        """Devices first, then what is in them, then what they need."""
        root = self.metadata.get("component")
        described = _nodes([root], "metadata.component", self.intake) if root else []
        listed = _nodes(self.document.get("components"), "components", self.intake)
        top: Holder | None = None
        for node, _ in described:
            if node.get("type") == "device":
                top = self.asset(node, "metadata.component")
            elif node.get("type") == "firmware":
                self.part(node, "metadata.component", None)
        if top is None:
            for node, path in listed:
                if node.get("type") == "device":
                    self.asset(node, path)
        for node, path in listed:
            if node.get("type") != "device" or top is not None:
                owner = self.owners.get(str(node.get("bom-ref")), "")
                self.part(node, path, self.assets.get(owner) or top)
        self.services()
        for kind, count in sorted(self.others.items()):
            self.intake.note(
                f"{self.intake.file}: what is of type {kind} ({count}) belongs to a software bill "
                "of materials and is no row of the register"
            )

    def asset(self, node: Node, path: str) -> Holder | None:
        """Record a device as an asset, with all that is in it."""
        said = _properties(node, "asset")
        name = said.get("asset_id") or node.get("bom-ref") or said.get("serial") or node["name"]
        cells = {
            "manufacturer": _maker(node),
            "model": node["name"],
            "name": _text(node.get("description")),
        } | said
        cells["asset_id"] = str(name)
        place = Place(file=self.intake.file, column=path)
        if not self.intake.add_device_row("asset", cells, place):
            return None
        holder = Holder(asset_id=str(name), node=node, is_asset=True)
        if isinstance(node.get("bom-ref"), str):
            self.assets[node["bom-ref"]] = holder
        firmware = _properties(node, "component").get("firmware")
        if firmware:
            self.component(node, path, holder, firmware=firmware)
        self.inside(node, path, holder)
        return holder

    def inside(self, node: Node, path: str, holder: Holder | None) -> None:
        """Record what a device or a firmware holds, at any depth."""
        for child, at in _nodes(node.get("components"), f"{path}.components", self.intake):
            self.part(child, at, holder)

    def part(self, node: Node, path: str, holder: Holder | None) -> None:
        """Record firmware and hardware parts of an asset; count what is neither."""
        kind = str(node.get("type"))
        if kind == "firmware" and holder is None:
            self.release(node, path)
            self.inside(node, path, None)
        elif kind == "firmware" and holder is not None:
            self.component(node, path, holder, firmware=_text(node.get("version")))
            self.inside(node, path, holder)
        elif kind == "device" and holder is not None:
            inner = node.get("components")
            nested = inner if isinstance(inner, list) else []
            if not any(_mapping(child).get("type") == "firmware" for child in nested):
                own = _properties(node, "component").get("firmware")
                self.component(node, path, holder, firmware=own)
            named = Holder(asset_id=holder.asset_id, node=node, is_asset=False)
            self.inside(node, path, named)
        else:
            self.others[kind] = self.others.get(kind, 0) + 1
            if holder is not None:
                self.inside(node, path, holder)

    def component(self, node: Node, path: str, holder: Holder, *, firmware: str | None) -> None:
        """Record one firmware-bearing part; firmware takes maker and model from its device."""
        is_firmware = node.get("type") == "firmware"
        device = holder.node if is_firmware else node
        name = str(node.get("bom-ref") or node["name"])
        if is_firmware and not holder.is_asset and "bom-ref" not in node:
            name = f"{holder.node.get('bom-ref') or holder.node['name']}-{name}"
        said = _properties(node, "component")
        if not is_firmware and "bom-ref" not in node and said.get("serial"):
            name = f"{name}-{said['serial']}"
        inherited = {} if holder.is_asset else _properties(device, "component")
        cells = {
            "component_id": f"{holder.asset_id}/{_MENDED.sub('-', name)}",
            "asset_id": holder.asset_id,
            "manufacturer": _maker(node) or _maker(device),
            "model": device["name"],
            "part": node["name"] if is_firmware else None,
            "hardware": None if is_firmware and holder.is_asset else _text(device.get("version")),
            "firmware": firmware,
            "has_firmware": "yes" if firmware else None,
            "read_at": self.intake.taken_at if firmware else None,
            "sbom": self.sbom(node),
            **inherited,
            **said,
        }
        if cells["hardware"] == firmware:
            # A tool that has one field for versions fills it with the firmware's.
            cells["hardware"] = said.get("hardware")
        place = Place(file=self.intake.file, column=path)
        self.intake.add_device_row("component", cells, place)

    def release(self, node: Node, path: str) -> None:
        """Record firmware that no device of the document holds as a release of its maker."""
        cells = {
            "manufacturer": _maker(node),
            "model": node["name"],
            "version": node.get("version") if isinstance(node.get("version"), str) else None,
            "sha256": _sha256(node),
        } | _properties(node, "release")
        if not (cells["manufacturer"] and cells["version"]):
            self.intake.note(
                f"{self.intake.file}: firmware {node['name']} stands in no device and names no "
                "maker and version; nothing is recorded of it"
            )
            return
        place = Place(file=self.intake.file, column=path)
        self.intake.add_device_row("release", cells, place)

    def sbom(self, node: Node) -> str | None:
        """Where a part's own bill of materials is: named in it, or nested in it here."""
        for link in _list(node.get("externalReferences")):
            if isinstance(link, dict) and link.get("type") == "bom":
                return str(link.get("url") or "") or None
        has_software = any(
            isinstance(child, dict) and child.get("type") in {"library", "framework", "application"}
            for child in _list(node.get("components"))
        )
        return str(self.number) if has_software and self.number else None

    def services(self) -> None:
        """Record the services that assets of the document depend on."""
        services = {
            str(node.get("bom-ref") or node["name"]): (node, path)
            for node, path in _nodes(self.document.get("services"), "services", self.intake)
        }
        for ref, targets in _dependencies(self.document).items():
            holder = self.assets.get(ref)
            for target in targets:
                if holder is None or target not in services:
                    continue
                node, path = services[target]
                crosses = node.get("x-trust-boundary") is True
                cells = {
                    "dependency_id": f"{holder.asset_id}/{_MENDED.sub('-', target)}",
                    "asset_id": holder.asset_id,
                    "kind": "cloud_service" if crosses else None,
                    "name": node["name"],
                    "party_id": _text(_mapping(node.get("provider")).get("name")),
                } | _properties(node, "dependency")
                self.intake.add_device_row(
                    "dependency", cells, Place(file=self.intake.file, column=path)
                )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _maker(node: Node) -> str | None:
    """The manufacturer, else the supplier, else who published it."""
    for key in ("manufacturer", "supplier"):
        if name := _text(_mapping(node.get(key)).get("name")):
            return name
    return _text(node.get("publisher"))


def _properties(node: Node, kind: str) -> dict[str, str | None]:
    """Columns of a kind that a component's properties fill.

    ``cellwarden:serial`` fills the column of every kind that has one, ``cellwarden:asset:serial``
    that of an asset alone.
    """
    columns = kinds()[kind].column_names
    found: dict[str, str | None] = {}
    for item in _list(node.get("properties")):
        name, value = (_mapping(item).get(key) for key in ("name", "value"))
        if not isinstance(name, str) or not isinstance(value, str):
            continue
        column = _TAXONOMY.get(name, "") or _plainly_named(name, kind)
        if name.startswith(_OURS):
            about, _, rest = name.removeprefix(_OURS).rpartition(":")
            column = rest if about in {"", kind} and kind in register_kinds() else ""
        elif column == "role":
            value = _role(value)
        if column in columns and value:
            found[column] = value
    return found


def _plainly_named(name: str, kind: str) -> str:
    """The column that a tool's own property means, where it is one that devices are told by."""
    found = column_of(name.rpartition(":")[2], kind) if kind in {"asset", "component"} else None
    return found[1] if found and found[1] in _PLAIN_COLUMNS else ""


def _role(text: str) -> str | None:
    try:
        return fit("component", "role", text)
    except Misfit:
        return None


def _sha256(node: Node) -> str | None:
    for digest in _list(node.get("hashes")):
        if _mapping(digest).get("alg") == "SHA-256":
            return _text(_mapping(digest).get("content"))
    return None


def _dependencies(document: Node) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in _list(document.get("dependencies")):
        ref, targets = _mapping(item).get("ref"), _mapping(item).get("dependsOn")
        if isinstance(ref, str) and isinstance(targets, list):
            found.setdefault(ref, []).extend(str(target) for target in targets)
    return found


def _owners(document: Node) -> dict[str, str]:
    """For each component the one that depends on it, where it is only one."""
    owners: dict[str, list[str]] = {}
    for ref, targets in _dependencies(document).items():
        for target in targets:
            owners.setdefault(target, []).append(ref)
    return {target: refs[0] for target, refs in owners.items() if len(refs) == 1}

"""What readers of device dumps share: the asset a dump is of, and its firmware-bearing parts."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

import msgspec

from cellwarden.collect.cells import Place
from cellwarden.collect.intake import Intake

_ENDINGS = re.compile(r"(\.(snmprec|snmpwalk|walk|dev|upsc|nut|txt|log|bz2))+$", re.IGNORECASE)
_MENDED = re.compile(r"[^\w.-]+")


class NamedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One firmware part that a string names: its label and version, verbatim, and its role."""

    label: str
    version: str
    role: str


@cache
def _labels() -> tuple[re.Pattern[str], dict[str, str]]:
    text = resources.files("cellwarden.collect").joinpath("firmware_labels.toml").read_text("utf-8")
    roles = {
        label: role for role, labels in tomllib.loads(text)["roles"].items() for label in labels
    }
    names = "|".join(sorted(roles, key=len, reverse=True))
    return re.compile(rf"(?:^|[\s,/])({names})\s*[:\s]\s*([^\s,/]+)", re.IGNORECASE), roles


def named_parts(firmware: str) -> list[NamedPart]:
    """The firmware parts that one string names; none where it names fewer than two."""
    pattern, roles = _labels()
    found = [
        NamedPart(label=label, version=version, role=roles[label.upper()])
        for label, version in pattern.findall(firmware)
        if any(character.isdigit() for character in version)
    ]
    return found if len(found) > 1 else []


def asset_of(name: str) -> str:
    """The asset that a dump is of: the file's name without folders and endings."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _ENDINGS.sub("", last).strip() or last


class Device:
    """One asset and its parts as a dump tells them, until they are put into an intake."""

    def __init__(self, asset_id: str) -> None:
        self.asset_id = asset_id
        self.asset: dict[str, str | None] = {"asset_id": asset_id}
        self.parts: dict[str, dict[str, str | None]] = {}

    def part(self, name: str) -> dict[str, str | None]:
        """The cells of a part, made where it is new."""
        return self.parts.setdefault(name, {})

    def take_apart(self) -> None:
        """Give every further firmware part that a string names a component of its own."""
        for name in list(self.parts):
            cells = self.parts[name]
            named = named_parts(cells.get("firmware") or "")
            if not named:
                continue
            cells.setdefault("part", named[0].label)
            known = {other.get("firmware") for other in self.parts.values()}
            for part in named[1:]:
                if part.version not in known:
                    further = self.part(_MENDED.sub("-", part.label.casefold()))
                    further.setdefault("role", part.role)
                    further.setdefault("part", part.label)
                    further.setdefault("firmware", part.version)
                    further.setdefault("manufacturer", cells.get("manufacturer"))

    def put(self, intake: Intake, place: Place, *, read_at: str | None) -> None:
        """Record the asset and its parts; ``read_at`` is when the device spoke, if known."""
        self.take_apart()
        if not intake.add_device_row("asset", self.asset, place.at("asset")):
            return
        for name, cells in self.parts.items():
            row = {
                **cells,
                "component_id": f"{self.asset_id}/{name}",
                "asset_id": self.asset_id,
                "has_firmware": "yes" if cells.get("firmware") else None,
                "read_at": read_at if cells.get("firmware") else None,
            }
            intake.add_device_row("component", row, place.at(name))

"""SNMP walks of UPSs, PDUs and their cards, understood by the profiles in ``profiles/``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from cellwarden.collect import bounds, values
from cellwarden.collect.cells import Place
from cellwarden.collect.devices import Device, asset_of
from cellwarden.collect.intake import Intake
from cellwarden.collect.readers import Request
from cellwarden.collect.text import decode
from cellwarden.collect.walks import Said, parse_snmprec, parse_snmpwalk
from cellwarden.model.errors import SourceError

FORMAT: Final = "SNMP walk"

_PRINTED = re.compile(rb"^\.?(iso|1)(\.\d+){3,}\s*=\s*\S", re.MULTILINE)
_RECORDED = re.compile(rb"^\.?1(\.\d+){3,}\|[0-9a-z:]+\|", re.MULTILINE)
_NAMED = re.compile(rb"^[A-Z][\w-]*-(MIB|SMI)::[\w-]+(\.\d+)*\s*=\s*\S", re.MULTILINE)
_OBJECT_ID: Final = "1.3.6.1.2.1.1.2.0"
_ENTERPRISE = re.compile(r"(?:1\.3\.6\.1\.4\.1|enterprises)\.(\d{1,10})(?:\.|$)")
_OF_THE_SYSTEM: Final = {"name": "1.3.6.1.2.1.1.5.0", "location": "1.3.6.1.2.1.1.6.0"}
"""RFC 3418, sysName and sysLocation: what people wrote into the device."""
_CARD: Final = "network_card"


class Cell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a cell stands: an object, or a column of the part's table; a pattern's first group."""

    oid: str | None = None
    column: str | None = None
    pattern: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One firmware-bearing part that a device of this profile tells of, or one a table row."""

    name: str
    cells: dict[str, tuple[Cell, ...]]
    role: str | None = None
    table: str | None = None
    only: Cell | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a family of devices says where.

    It applies where a walk holds an object below ``under``. Several may apply to one walk; where
    they speak of one cell, the one with the lower ``order`` counts. ``dates`` is how the family
    writes dates with slashes.
    """

    source: str
    order: int
    under: tuple[str, ...]
    asset: dict[str, tuple[Cell, ...]]
    part: tuple[Part, ...]
    dates: str | None = None


def claim(name: str, head: bytes) -> int:
    """Sure by the ending of a recording; by its lines for a printed walk."""
    lowered = name.casefold()
    if lowered.endswith((".snmprec", ".snmprec.bz2")):
        return 9
    if any(lines.search(head[:4096]) for lines in (_PRINTED, _RECORDED, _NAMED)):
        return 8
    return 5 if lowered.endswith((".snmpwalk", ".walk")) else 0


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile, in the order in which they count."""
    folder = resources.files("cellwarden.collect").joinpath("profiles")
    found = [
        msgspec.convert(tomllib.loads(file.read_text("utf-8")), Profile)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda profile: profile.order))


def read(request: Request, intake: Intake) -> None:
    """Read one walk as one asset, named after the file, with the parts that it tells of."""
    data = request.data
    if request.name.casefold().endswith(".bz2"):
        data = bounds.unpack_bz2(request.name, data)
    decoded = decode(request.name, data)
    if decoded.note:
        intake.note(f"{request.name}: {decoded.note}")
    recorded = _RECORDED.search(data[:65536]) is not None
    said = (parse_snmprec if recorded else parse_snmpwalk)(decoded.text, intake)
    if not said:
        raise SourceError(
            f"{request.name} holds no object of an SNMP walk",
            advice="save what `snmpwalk -On HOST .1` prints into it",
        )
    walk = _Walk(said, intake)
    device = Device(asset_of(request.name))
    applied = [profile for profile in profiles() if walk.holds_any(profile.under)]
    for profile in applied:
        _apply(profile, walk, device)
    for name in [name for name, cells in device.parts.items() if not _says_something(cells)]:
        del device.parts[name]
    _name_makers_of_cards(said, device, intake)
    for column, oid in _OF_THE_SYSTEM.items():
        if oid in said and not device.asset.get(column):
            device.asset[column] = said[oid].text[:200]
    if not applied:
        maker = said[_OBJECT_ID].text if _OBJECT_ID in said else "not given"
        intake.note(
            f"{request.name}: no profile knows this device (sysObjectID {maker}); it is recorded "
            "without parts, write them into the register"
        )
    device.put(intake, Place(file=request.name), read_at=request.taken_at)


@cache
def _makers() -> dict[str, str]:
    text = resources.files("cellwarden.collect").joinpath("enterprises.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["makers"])


def _name_makers_of_cards(said: dict[str, Said], device: Device, intake: Intake) -> None:
    """Give cards of no maker the one whose agent answers; a UPS may hold a card of another maker.

    An agent that names no enterprise, or one that is not known, leaves the maker unknown.
    """
    nameless = [
        cells
        for cells in device.parts.values()
        if cells.get("role") == _CARD and not cells.get("manufacturer")
    ]
    told = _ENTERPRISE.search(said[_OBJECT_ID].text[:200]) if _OBJECT_ID in said else None
    if not nameless or told is None:
        return
    maker = _makers().get(told[1])
    if maker is None:
        intake.note(
            f"{intake.file}: the maker of the network card is unknown; its agent is of enterprise "
            f"{told[1]} (sysObjectID), which stands in no list here"
        )
    for cells in nameless:
        cells["manufacturer"] = maker


def _says_something(cells: dict[str, str | None]) -> bool:
    return any(cells.get(column) for column in ("firmware", "model", "serial", "part"))


class _Walk:
    """A walk that can be asked for objects, for table rows and for what lies under a prefix."""

    def __init__(self, said: dict[str, Said], intake: Intake) -> None:
        self.said = said
        self.intake = intake

    def holds_any(self, prefixes: tuple[str, ...]) -> bool:
        starts = tuple(f"{prefix}." for prefix in prefixes)
        return any(oid.startswith(starts) for oid in self.said)

    def indexes(self, table: str) -> list[str]:
        start = f"{table}."
        found = {oid[len(start) :].partition(".")[2] for oid in self.said if oid.startswith(start)}
        return sorted(found - {""}, key=lambda index: [int(step) for step in index.split(".")])

    def first(
        self, cells: tuple[Cell, ...], table: str | None, index: str | None
    ) -> tuple[str, Place] | None:
        for cell in cells:
            oid = cell.oid or f"{table}.{cell.column}.{index}"
            said = self.said.get(oid)
            text = said.text if said else ""
            if text and cell.pattern:
                found = re.search(cell.pattern, text[: bounds.CELL_CHARACTERS])
                text = found[1] if found and found.groups() else ""
            if text and said:
                return text, Place(file=self.intake.file, line=said.line, column=oid)
        return None


def _apply(profile: Profile, walk: _Walk, device: Device) -> None:
    """Add what a profile finds to what earlier ones found; a filled cell stays."""
    for column, cells in profile.asset.items():
        found = walk.first(cells, None, None)
        if found and not device.asset.get(column):
            device.asset[column] = _fitted(profile, column, *found, walk.intake)
    for part in profile.part:
        for name, index in _instances(part, walk):
            target = device.part(name)
            if part.role:
                target.setdefault("role", part.role)
            for column, cells in part.cells.items():
                found = walk.first(cells, part.table, index)
                if found and not target.get(column):
                    target[column] = found[0]


def _instances(part: Part, walk: _Walk) -> Iterator[tuple[str, str | None]]:
    if part.table is None:
        yield part.name, None
        return
    chosen = []
    for index in walk.indexes(part.table):
        if part.only is not None:
            said = walk.said.get(f"{part.table}.{part.only.column}.{index}")
            if said is None or not re.search(part.only.pattern or "", said.text):
                continue
        chosen.append(index)
    for index in chosen:
        yield (part.name if len(chosen) == 1 else f"{part.name}-{index}"), index


def _fitted(profile: Profile, column: str, text: str, place: Place, intake: Intake) -> str | None:
    if values.format_of("asset", column) != "date":
        return text
    try:
        return values.fit_date(text, order=profile.dates)
    except values.Misfit:
        reason = "no date; the device cannot be asked better, write it into the register instead"
        intake.unreadable(place, kind="asset", reason=reason, text=text)
        return None

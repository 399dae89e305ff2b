"""Dumps of Network UPS Tools: what ``upsc`` prints, and the files of its device dumps library."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

from cellwarden.collect import values
from cellwarden.collect.devices import Device, asset_of
from cellwarden.collect.intake import Intake, Place
from cellwarden.collect.readers import Request
from cellwarden.collect.text import decode
from cellwarden.model.errors import SourceError

FORMAT: Final = "NUT"

_VARIABLE = re.compile(r"([a-z][\w-]*(?:\.[\w-]+)+)\s?: ?(.*)$", re.IGNORECASE)
_TELLING = re.compile(rb"^(ups|device|battery|driver|input|output)\.[\w.-]+: ", re.MULTILINE)
_REMARK = re.compile(r"(\t+| {2,})#.*$")
_ENOUGH: Final = 3


def claim(name: str, head: bytes) -> int:
    """Sure by its variables: they are always named alike."""
    telling = len(_TELLING.findall(head[:8192]))
    if name.casefold().endswith((".dev", ".upsc", ".nut")):
        return 9 if telling else 3
    return 7 if telling >= _ENOUGH else 0


@cache
def _table() -> dict[str, Any]:
    text = resources.files("cellwarden.collect").joinpath("nut.toml").read_text("utf-8")
    return tomllib.loads(text)


def read(request: Request, intake: Intake) -> None:
    """Read one dump as one asset, named after the file, with the parts that it tells of."""
    decoded = decode(request.name, request.data)
    if decoded.note:
        intake.note(f"{request.name}: {decoded.note}")
    said: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(decoded.text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _VARIABLE.match(line.strip())
        if found is None:
            place = Place(file=request.name, line=number)
            reason = "no line of upsc; a line says variable: value"
            intake.unreadable(place, kind="asset", reason=reason, text=line)
            continue
        said.setdefault(found[1], _REMARK.sub("", found[2]).strip())
        lines.setdefault(found[1], number)
    if not said:
        raise SourceError(
            f"{request.name} holds no variable of Network UPS Tools",
            advice="save what `upsc UPSNAME` prints into it",
        )
    _record(request, said, lines, intake)


def _record(request: Request, said: dict[str, str], lines: dict[str, int], intake: Intake) -> None:
    table = _table()
    device = Device(asset_of(request.name))
    for column, variables in table["asset"].items():
        variable = next((name for name in variables if said.get(name)), None)
        if variable is None:
            continue
        text: str | None = said[variable]
        if values.format_of("asset", column) == "date":
            place = Place(file=request.name, line=lines[variable], column=variable)
            text = _date(said, variable, place, intake)
        device.asset[column] = text
    device.part("ups").update(
        {"role": "controller"}
        | {
            column: next((said[name] for name in variables if said.get(name)), None)
            for column, variables in table["ups"].items()
        }
    )
    if said.get("ups.firmware.aux"):
        driver = said.get("driver.name", "")
        role = next((key for key, names in table["aux"].items() if driver in names), None)
        name = {"network_card": "card", "interface_board": "interface"}.get(role or "", "aux")
        device.part(name).update(role=role, firmware=said["ups.firmware.aux"])
    device.put(intake, Place(file=request.name), read_at=request.taken_at)


def _date(said: dict[str, str], variable: str, place: Place, intake: Intake) -> str | None:
    """A date as the device writes it; what is none is reported, and the device kept."""
    if said[variable].casefold() in {"not set", "0", "00/00/00", "none"}:
        return None
    maker = said.get("device.mfr") or said.get("ups.mfr") or ""
    order = next((key for key, makers in _table()["dates"].items() if maker in makers), None)
    try:
        return values.fit_date(said[variable], order=order)
    except values.Misfit:
        reason = "no date; the device cannot be asked better, write it into the register instead"
        intake.unreadable(place, kind="asset", reason=reason, text=said[variable])
        return None

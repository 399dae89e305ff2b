"""Dumps of Network UPS Tools: what ``upsc`` prints, and the files of its device dumps library."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

from cellwarden.collect import values
from cellwarden.collect.cells import Place
from cellwarden.collect.devices import Device, asset_of
from cellwarden.collect.intake import Intake
from cellwarden.collect.readers import Request
from cellwarden.collect.text import decode
from cellwarden.model.errors import SourceError

FORMAT: Final = "NUT"

_VARIABLE = re.compile(r"([a-z][\w-]*(?:\.[\w-]+)+)\s?: ?(.*)$", re.IGNORECASE)
_TELLING = re.compile(rb"^(ups|device|battery|driver|input|output)\.[\w.-]+: ", re.MULTILINE)
_MIB = re.compile(r"([\w-]{1,40}) MIB\b")
_REMARK = re.compile(r"(\t+| {2,})#.*$")
_ENOUGH: Final = 3
_NAMES_A_DEVICE: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"[$#>\s]*(?:\S+[$#>]\s*)?upsc\s+([^\s;|]+)\s*$",
        r"([\w.-]+@[\w.:\[\]-]+?):?$",
        r"\[([^\]]+)\]$",
        r"[=*-]{2,}\s*([^=*-].*?)\s*[=*-]*$",
    )
)
"""What people and scripts write above each of several dumps in one file; group 1 is the name."""

_SAID_BY_THE_CLIENT: Final = ("Init SSL without certificate database",)


class _Dump(msgspec.Struct, kw_only=True):
    """What one device said: values and lines by variable, and the name that stands above."""

    name: str | None = None
    said: dict[str, str] = {}
    lines: dict[str, int] = {}
    error: str = "nothing stands below its name"
    line: int = 1


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
    """Read one dump as one asset, named after the file, with the parts that it tells of.

    Several dumps in one file are several assets, each named by the line above it.
    """
    decoded = decode(request.name, request.data)
    if decoded.note:
        intake.note(f"{request.name}: {decoded.note}")
    found = _dumps(request.name, decoded.text, intake)
    dumps = [dump for dump in found if dump.said]
    for silent in (dump for dump in found if dump.name and not dump.said):
        place = Place(file=request.name, line=silent.line)
        reason = (
            f"{silent.name} gave no data ({silent.error}); look at its driver and dump it again"
        )
        intake.unreadable(place, kind="asset", reason=reason, text=silent.name)
    if not dumps:
        raise SourceError(
            f"{request.name} holds no variable of Network UPS Tools",
            advice="save what `upsc UPSNAME` prints into it",
        )
    is_alone = sum(1 for dump in found if dump.name or dump.said) == 1
    names = [asset_of(request.name)] if is_alone else _names(asset_of(request.name), dumps)
    for dump, name in zip(dumps, names, strict=True):
        _record(request, name, dump, intake)


def _dumps(name: str, text: str, intake: Intake) -> list[_Dump]:
    """The dumps of a file: a new one begins with a name, or where a variable comes again."""
    dumps = [_Dump()]
    after_gap = False
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        found = _VARIABLE.match(bare)
        titles = (pattern.match(bare) for pattern in _NAMES_A_DEVICE) if not found else ()
        if not bare:
            after_gap = True
        elif title := next(filter(None, titles), None):
            dumps.append(_Dump(name=title[1], line=number))
        elif bare.startswith("Error: ") and dumps[-1].name and not dumps[-1].said:
            dumps[-1].error = bare.removeprefix("Error: ")
        elif found is None:
            _tell_strange(Place(file=name, line=number), bare, intake)
        else:
            variable, value = found[1], _REMARK.sub("", found[2]).strip()
            if variable in dumps[-1].said and after_gap:
                dumps.append(_Dump())
            after_gap = False
            dump = dumps[-1]
            if dump.said.setdefault(variable, value) != value:
                place = Place(file=name, line=number, column=variable)
                reason = (
                    f"it stands in line {dump.lines[variable]} already with another value; put "
                    "`== NAME ==` above each device, or each into a file of its own"
                )
                intake.unreadable(place, kind="asset", reason=reason, text=line)
            dump.lines.setdefault(variable, number)
    return dumps


def _tell_strange(place: Place, bare: str, intake: Intake) -> None:
    if not bare.startswith(("#", *_SAID_BY_THE_CLIENT)):
        reason = "no line of upsc; a line says variable: value"
        intake.unreadable(place, kind="asset", reason=reason, text=bare)


def _names(file: str, dumps: list[_Dump]) -> list[str]:
    """What the assets of a file of several are called: each by the line above it."""
    short = [dump.name.partition("@")[0] if dump.name else None for dump in dumps]
    names = []
    for position, (dump, name) in enumerate(zip(dumps, short, strict=True), start=1):
        is_alone = name and short.count(name) == 1
        names.append(name if name and is_alone else dump.name or f"{file}-{position}")
    return names


def _record(request: Request, name: str, dump: _Dump, intake: Intake) -> None:
    said, lines = dump.said, dump.lines
    table = _table()
    device = Device(name)
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
        maker = _maker_of_card(said) if role == "network_card" else None
        device.part(name).update(role=role, firmware=said["ups.firmware.aux"], manufacturer=maker)
    place = Place(file=request.name, line=min(lines.values()))
    device.put(intake, place, read_at=request.taken_at)


def _maker_of_card(said: dict[str, str]) -> str | None:
    """The UPS's maker where its card speaks that maker's own language; else nobody knows.

    A standard MIB, or one of another maker, says nothing: the card may be anybody's.
    """
    maker = said.get("device.mfr") or said.get("ups.mfr") or ""
    spoken = _MIB.match(said.get("driver.version.data", ""))
    told = {said.get("driver.name", ""), spoken[1].casefold() if spoken else ""}
    own = [name for key, names in _table()["cards"].items() if key in told for name in names]
    return maker if maker.casefold().startswith(tuple(own)) and own else None


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

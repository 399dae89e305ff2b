"""SNMP walks as object identifiers with their values: ``snmpwalk -On`` text and ``.snmprec``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from cellwarden.collect.cells import Place
from cellwarden.collect.intake import Intake


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent said of one object: text without padding, and the line where it stands."""

    text: str
    line: int


_LINE = re.compile(r"\.?((?:iso|1)(?:\.\d+)+)\s*(?:=\s*|\s)(.*)$", re.DOTALL)
_BEGINS = re.compile(r"\.?(iso|1)(\.\d+){2,}(\s|$)")
_TYPED = re.compile(r"([A-Za-z][\w -]{1,24}): ?(.*)$", re.DOTALL)
_REC = re.compile(r"\.?(\d+(?:\.\d+)+)\|([^|]*)\|(.*)$", re.DOTALL)
NAMED = re.compile(r"([A-Z][\w-]*::)?([A-Za-z][\w-]*)((?:\.\d+)*)(?=\s*=|\s*$)")
"""An object by its name in a MIB: ``SNMPv2-SMI::enterprises.318.1``."""

_QUOTED = re.compile(r'=\s*(?:STRING: *)?(".*)$')
_BROKEN_OFF = ("Timeout: ", "Error in packet", "snmpwalk: ", "snmpbulkwalk: ")
_NO_ANSWER: Final = "the walk ends here without an answer; walk again for what is missing"
_NO_OBJECT: Final = "no object identifier; walk with `snmpwalk -On`, which prints numbers"
_NOTHING = ("No Such Object", "No Such Instance", "No more variables", "Wrong Type")
_LINES_IN_A_VALUE: Final = 10_000


def parse_snmprec(text: str, intake: Intake) -> dict[str, Said]:
    """The objects of a recording: ``OID|TAG|VALUE`` a line, hexadecimal where the tag ends in x."""
    said: dict[str, Said] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")  # noqa: PLW2901 - the line without its ending is the line
        if not line.strip() or line.startswith("#"):
            continue
        found = _REC.match(line)
        try:
            if found is None:
                raise ValueError("no OID|TAG|VALUE")  # noqa: TRY301 - reported like a bad value below
            value = _recorded(found[2], found[3])
        except ValueError as error:
            place = Place(file=intake.file, line=number)
            reason = f"{error}; record the device again, or delete this line"
            intake.unreadable(place, kind=None, reason=reason, text=line)
            continue
        said[found[1]] = Said(text=_padless(value), line=number)
    return said


def _recorded(tag: str, value: str) -> str:
    kind, _, variation = tag.partition(":")
    if variation and value.startswith("value="):
        value = value.removeprefix("value=").split(",", 1)[0]
    if kind.endswith("x"):
        try:
            return bytes.fromhex(value).decode("utf-8", "replace")
        except ValueError as error:
            raise ValueError("the tag says that the value is hexadecimal, and it is not") from error
    if kind.endswith("e"):
        return value.encode("latin-1", "replace").decode("unicode_escape")
    return value


def parse_snmpwalk(text: str, intake: Intake) -> dict[str, Said]:
    """The objects of a walk printed with numeric identifiers; values may run over several lines."""
    said: dict[str, Said] = {}
    pending: list[str] = []
    begun = 0
    unnamed = 0

    def finish() -> None:
        found = _LINE.match("\n".join(pending)) if pending else None
        if found:
            oid = "1" + found[1].removeprefix("iso").removeprefix("1")
            value = _printed(found[2])
            if value is not None:
                said[oid] = Said(text=_padless(value), line=begun)

    for number, line in enumerate(text.split("\n"), start=1):
        line = _numbered(line.rstrip("\r"))  # noqa: PLW2901 - the line without its ending is the line
        if _BEGINS.match(line):
            finish()
            pending, begun = [line], number
        elif "::" in line and NAMED.match(line):
            finish()
            pending = []
            unnamed += 1
        elif _goes_on(pending, line):
            pending.append(line)
        elif line.strip() and not line.startswith("#"):
            is_end = line.startswith(_BROKEN_OFF)
            reason = _NO_ANSWER if is_end else _NO_OBJECT
            intake.unreadable(
                Place(file=intake.file, line=number), kind=None, reason=reason, text=line
            )
    finish()
    if unnamed:
        intake.note(
            f"{intake.file}: {unnamed} objects are printed by names that stand in no list here and "
            "are not read; walk with `snmpwalk -On`, which prints numbers"
        )
    return said


def _goes_on(pending: list[str], line: str) -> bool:
    """Whether a value goes on in a line; one in quotation marks ends where they do."""
    if not pending or len(pending) >= _LINES_IN_A_VALUE:
        return False
    begun = _QUOTED.search(pending[0])
    if begun is None:
        return not line.startswith(_BROKEN_OFF)
    last = pending[-1].rstrip()
    is_whole = len(pending) > 1 or len(begun[1].rstrip()) > 1
    return not (is_whole and last.endswith('"') and not last.endswith('\\"'))


@cache
def _names() -> dict[str, str]:
    text = resources.files("cellwarden.collect").joinpath("object_names.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["names"])


def _numbered(line: str) -> str:
    """A line whose object has a well-known name, with its number instead."""
    found = NAMED.match(line) if "::" in line else None
    if found is None or found[2] not in _names():
        return line
    return f"{_names()[found[2]]}{found[3]}{line[found.end() :]}"


def _printed(value: str) -> str | None:
    value = value.strip()
    if value.startswith(_NOTHING):
        return None
    typed = _TYPED.match(value)
    name = typed[1] if typed and not value.startswith('"') else ""
    rest = typed[2].strip() if typed and name else value
    if name == "Hex-STRING":
        try:
            return bytes.fromhex(rest).decode("utf-8", "replace")
        except ValueError:
            return "\ufffd"
    if name == "OID":
        rest = _numbered(rest)
        return "1" + rest.lstrip(".").removeprefix("iso").removeprefix("1")
    if rest.startswith('"'):
        end = len(rest) - 1 if rest.endswith('"') and len(rest) > 1 else len(rest)
        return re.sub(r'\\(["\\])', r"\1", rest[1:end])
    return rest


def _padless(value: str) -> str:
    """Devices fill fields of fixed length with blanks or zero bytes."""
    return value.rstrip("\0 ").strip()

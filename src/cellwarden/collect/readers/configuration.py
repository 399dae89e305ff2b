"""Configuration exports of devices: keys and values in their order, with secrets digested.

A file lies under a folder ``configuration`` (or ``config``): the path below it names the component
and the time, ``configuration/NG1-UPS-01/nmc/2026-11-01.ini`` or
``configuration/NG1-UPS-01/nmc@2026-11-01.ini``. Remarks at the top of the file say the same:
``# component: NG1-UPS-01/nmc`` and ``# taken_at: 2026-11-01``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from cellwarden.collect import bounds
from cellwarden.collect.bare_lines import are_bare, bare_lines, pem_blocks
from cellwarden.collect.cells import Place
from cellwarden.collect.documents import parse_json
from cellwarden.collect.intake import Intake
from cellwarden.collect.readers import Request
from cellwarden.collect.secrets import digest, is_secret
from cellwarden.collect.text import decode
from cellwarden.collect.values import Misfit, fit
from cellwarden.model.errors import SourceError

FORMAT: Final = "configuration export"

FOLDERS: Final = ("configuration", "configurations", "config", "configs")
"""Folders of configuration exports; what lies below one tells the component and the time."""

_ENDING = re.compile(r"\.(ini|cfg|conf|config|env|properties|txt|json|export)$", re.IGNORECASE)
_SECTION = re.compile(r"\[(.+)\]\s*$")
_SECTION_NAME = re.compile(r"\[[^\[\]{}\",]+\]")
_PAIR = re.compile(r"\s*([^=:#;\s][^=:]*?)\s*(?:=|:(?=\s|$))\s*(.*)$")
_TOLD = re.compile(r"(?i)[#;]\s*(component|component_id|taken_at|date)\s*[:=]\s*(.+)$")
_NAMES: Final = ("name", "key", "id", "parameter", "setting", "option", "path", "label")
"""Keys beside a value that say what it is the value of."""

_Pair = tuple[str, str, Place, str]
"""Path, value, place, and what else names the value."""

_HOW_BARE: Final = (
    "a path is the words before the first that is no plain word, or before the last; what follows "
    "a word such as community or password is a secret"
)

_REMARK: Final = ("#", ";", "//", "!")


def claim(name: str, head: bytes) -> int:
    """Sure by the folder; by the ending where nothing else could be meant."""
    del head
    parts = name.replace("\\", "/").split("/")
    if any(part.casefold() in FOLDERS for part in parts[:-1]):
        return 10
    return 6 if re.search(r"\.(ini|cfg|conf|env|properties)$", name, re.IGNORECASE) else 0


def read(request: Request, intake: Intake) -> None:
    """Read one export as the settings of one component."""
    component, taken_at = _subject(request.name)
    taken_at = taken_at or request.taken_at
    if _is_json(request.data):
        pairs = list(_flat(request, intake))
    else:
        decoded = decode(request.name, request.data)
        if decoded.note:
            intake.note(f"{request.name}: {decoded.note}")
        told = dict(_told(decoded.text))
        component = told.get("component") or component
        taken_at = told.get("taken_at") or taken_at
        pairs = list(_pairs(request.name, decoded.text, intake))
    if not component:
        raise SourceError(
            f"{request.name} does not say whose configuration it is",
            advice="put it at configuration/COMPONENT/2026-11-01.ini, or begin it with "
            "`# component: COMPONENT`",
        )
    if not pairs:
        raise SourceError(
            f"{request.name} holds no key with a value",
            advice="export the configuration as lines of key=value, key: value or commands, or as"
            " flat JSON",
        )
    intake.taken_at = taken_at
    seen: dict[str, int] = {}
    for position, (path, value, place, named) in enumerate(pairs):
        seen[path] = seen.get(path, 0) + 1
        unique = path if seen[path] == 1 else f"{path}[{seen[path]}]"
        is_hidden = bool(value) and is_secret(f"{unique} {named}", value)
        about = f"{component}\0{unique}"
        shown = _hidden(request, intake, about, value) if is_hidden else value
        cells = {
            "component_id": component,
            "path": unique,
            "position": str(position),
            "value": shown,
            "is_secret": "yes" if is_hidden else "no",
            "taken_at": taken_at,
        }
        intake.add_device_row("setting", cells, place)


def _hidden(request: Request, intake: Intake, about: str, value: str) -> str | None:
    """What is recorded of a secret."""
    intake.holds_secrets = True
    if request.digest_key is None:
        intake.note(f"{request.name}: secrets are not shown; a scan records digests of them")
        return None
    return digest(value, about=about, key=request.digest_key)


def _subject(name: str) -> tuple[str | None, str | None]:
    """Component and time as a path tells them."""
    parts = name.replace("\\", "/").split("/")
    folders = [i for i, part in enumerate(parts[:-1]) if part.casefold() in FOLDERS]
    below = parts[folders[-1] + 1 :] if folders else parts[-1:]
    stem = _ENDING.sub("", below[-1])
    before, sign, after = stem.rpartition("@")
    if sign and _time(after):
        below = [*below[:-1], before]
        return "/".join(part for part in below if part) or None, _time(after)
    if _time(stem):
        return "/".join(below[:-1]) or None, _time(stem)
    return "/".join([*below[:-1], stem]) or None, None


def _time(text: str) -> str | None:
    try:
        return fit("setting", "taken_at", text)
    except Misfit:
        return None


def _told(text: str) -> Iterator[tuple[str, str]]:
    """What remarks at the top say of component and time."""
    for line in text.splitlines()[:50]:
        if line.strip() and not line.lstrip().startswith(_REMARK):
            return
        if found := _TOLD.match(line.strip()):
            if found[1].casefold().startswith("component"):
                yield "component", found[2].strip()
            elif moment := _time(found[2].strip()):
                yield "taken_at", moment


def _pairs(name: str, text: str, intake: Intake) -> Iterator[_Pair]:
    """The settings of an export in lines, in whatever form most of its lines are."""
    lines = text.splitlines()
    if are_bare(text, sum(1 for line in lines if _is_told(line))):
        if len(lines) > bounds.BARE_LINES:
            raise SourceError(
                f"{name} has more than {bounds.BARE_LINES:,} lines without separators",
                advice="look whether it is a configuration at all; export it as key=value",
            )
        intake.note(f"{name}: its lines have no separators; {_HOW_BARE}")
        yield from _bare(name, text, intake)
        return
    section = ""
    for number, line, label in pem_blocks(lines):
        bare = line.strip()
        if not bare or bare.startswith(_REMARK):
            continue
        place = Place(file=name, line=number)
        if label:
            yield _below(section, label.casefold()), line, place, label
        elif found := _SECTION.match(bare):
            section = found[1].strip()
        elif len(line) <= bounds.CELL_CHARACTERS and (found := _PAIR.match(line)):
            path = _below(section, found[1])
            if len(path) <= bounds.PATH_CHARACTERS:
                yield path, _unquoted(found[2].strip()), place, ""
                continue
            reason = f"its path has more than {bounds.PATH_CHARACTERS} characters; shorten it"
            intake.unreadable(place, kind="setting", reason=reason, text=None)
        else:
            reason = "no key with a value; a line says key=value or key: value"
            # The line itself is not kept: it may hold a secret.
            intake.unreadable(place, kind="setting", reason=reason, text=None)


def _bare(name: str, text: str, intake: Intake) -> Iterator[_Pair]:
    """The settings of an export whose lines have no separators."""
    for line in bare_lines(text, _REMARK):
        place = Place(file=name, line=line.number)
        if line.path:
            yield line.path, line.value, place, "secret" if line.is_secret else ""
        else:
            reason = f"{line.value}; shorten the line, or take it out of the export"
            intake.unreadable(place, kind="setting", reason=reason, text=None)


def _is_told(line: str) -> bool:
    """Whether a line is of the form with separators: a pair, a section, or a remark."""
    bare = line.strip()
    if not bare or len(line) > bounds.CELL_CHARACTERS:
        return False
    return bool(bare.startswith(_REMARK) or _SECTION.match(bare) or _PAIR.match(line))


def _below(section: str, key: str) -> str:
    return f"{section}.{key}" if section else key


def _is_json(data: bytes) -> bool:
    """Whether an export is JSON; a first line such as ``[snmp]`` begins a section instead."""
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    first = text.split(b"\n", 1)[0].decode("utf-8", errors="replace").strip()
    return text[:1] == b"{" or (text[:1] == b"[" and not _SECTION_NAME.fullmatch(first))


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _flat(request: Request, intake: Intake) -> Iterator[_Pair]:
    """Every scalar of a JSON document with its path, in the order of the document.

    In ``{"name": "snmpCommunity", "value": "x"}`` it is the name beside that tells a secret.
    """
    parsed = parse_json(request.name, request.data)
    if parsed.note:
        intake.note(f"{request.name}: {parsed.note}")
    waiting: list[tuple[str, Any, str]] = [("", parsed.value, "")]
    while waiting:
        path, value, named = waiting.pop()
        if isinstance(value, dict):
            beside = " ".join(str(value[key]) for key in _NAMES if isinstance(value.get(key), str))
            inner = [
                (f"{path}.{key}" if path else key, part, "" if key in _NAMES else beside)
                for key, part in value.items()
            ]
            waiting += reversed(inner)
        elif isinstance(value, list):
            waiting += reversed([(f"{path}[{i}]", part, named) for i, part in enumerate(value)])
        elif path:
            text = {True: "true", False: "false", None: ""}.get(value, value)
            yield path, str(text), Place(file=request.name, column=path), named

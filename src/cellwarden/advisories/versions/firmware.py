"""Reading what a device or a person wrote as its firmware, into named parts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cellwarden.advisories.versions.nouns import FirmwarePart
from cellwarden.advisories.versions.spelling import MONTH, is_blank, plain

LONGEST: Final = 400
"""Characters of a cell that are read; a longer cell is one part, cut and unreadable."""

_SPLIT: Final = re.compile(r"\s+/\s+|\s*;\s*|,\s+|\s+\|\s+|(?<=\d)/(?=[A-Za-z]{2,}\s)")
_COLON_PART: Final = re.compile(
    r"(?<!\S)(?P<name>\(null\)|[A-Za-z][A-Za-z0-9 ]*?)\s*:\s*|(?<=\s)(?P<null>\(null\))"
)
_ID: Final = re.compile(r"[\s/,;(]*\(?\bID\s*[=:]?\s*(?P<id>\d+)\)?", re.IGNORECASE)
_PAIR: Final = re.compile(r"\s*\((?P<pair>\d+ - \d+)\)")
_DAY: Final = re.compile(r"\s*\((?P<date>(?:19|20)\d\d-\d\d-\d\d)\)")
_DAY_BEHIND: Final = re.compile(
    r"(?<=\d)\s*[,;]\s*(?P<date>(?:19|20)\d\d-\d\d-\d\d|\d\d[./]\d\d[./](?:19|20)\d\d)$"
)
"""A day behind a comma says when the version was made: ``V2.1, 2023-01-02``."""
_SERIAL: Final = re.compile(r"\s*\(SN\s*(?P<sn>\w+)\)", re.IGNORECASE)
_BUILD: Final = re.compile(r"(?<=\d)\s+\((?P<build>\d+[A-Za-z]+\d*)\)")
_API: Final = re.compile(r"\s*\((?P<name>[A-Z]{2,6}) (?P<api>\d+(?:\.\d+)*)\)")
_NAMED: Final = re.compile(
    r"(?P<name>(?:\S+\s+)*?\S*[A-Za-z)]\S*?)(?:\s*[:=]\s*|\s+)"
    r"(?P<version>(?:[vV]\.?\s?|[vV][eE][rR]\.?\s*|[vV]ersion\s+)?\d\S*(?:\s.*)?)"
)
_EMPTY_NAME: Final = frozenset(
    {"v", "ver", "ver.", "version", "rev", "revision", "release", "r", "firmware version"}
)
_PART_WORD: Final = re.compile(
    r"aos|apps?|boot|com|fw|firmware|hw|sw|software|os|bios|ups|inve?|conv?|cont|rect?|rct|ifc|disp|dsp"
    r"|lcd|mcu|dpm|fp|stsw|byp|main|sys|system|protocol|net|network|web|card|snmp|gui|nmc\d?|nv|vision"
    r"|netman|netagent|cs\d{3}|rpdu\d?g?|pdu|smu\w*|controller|module|adapter|interface|board|unit"
)
"""Words that name a part or a kind of card; other words before a version may name a product line,
and then belong to the version."""
_STEP_WORD: Final = re.compile(
    r"(?:sp|hf|hotfix|fix|upd|update|patch|build|bn|rev|revision|rel|release|ver|version|pack|qu|cu"
    r"|ru|tcu?|uc|mp|fp|ip|sr|ir|[rvqspu]|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
    r"|january|february|march|april|august|september|october|november|december)[.:#]?"
)
_LEADING: Final = re.compile(r"(?:version|ver\.?)\s+(?=\S*\d)", re.IGNORECASE)
_SOFTWARE: Final = re.compile(r".*\b(?:software|firmware) version\s+", re.IGNORECASE)
_NO_NAME: Final = re.compile(r"\d")


def read_firmware(text: str) -> tuple[FirmwarePart, ...]:
    """The firmware parts that a text names, in its order; nothing where it is blank.

    Versions stay verbatim. A text that names no part is one part without a name.
    """
    if len(text) > LONGEST:
        return (FirmwarePart(name="", version=plain(text[:LONGEST])),)
    return _read(text)


@lru_cache(maxsize=65536)
def _read(text: str) -> tuple[FirmwarePart, ...]:
    if is_blank(text):
        return ()
    cleaned = plain(_in_one_line(text))
    rest, ids = _take_ids(cleaned)
    pieces = _pieces(rest)
    parts: list[FirmwarePart] = []
    for piece in pieces:
        parts.extend(_read_piece(piece, is_alone=len(pieces) == 1))
    named = [part for part in parts if not is_blank(part.version)]
    if not named:
        return (FirmwarePart(name="", version=rest, ids=ids),) if not is_blank(rest) else ()
    first = named[0]
    named[0] = FirmwarePart(name=first.name, version=first.version, ids={**ids, **first.ids})
    return tuple(named)


def _in_one_line(text: str) -> str:
    """A cell with one part in each of its lines as a text with one part behind the other."""
    lines = [line.strip(" \t/;,|") for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(any(sign.isdigit() for sign in line) for line in lines):  # noqa: PLR2004
        return text
    return " / ".join(lines)


def _take_ids(text: str) -> tuple[str, dict[str, str]]:
    """Take series ids, dates, builds and serials out of a text."""
    ids: dict[str, str] = {}
    for pattern in (_ID, _PAIR, _DAY, _DAY_BEHIND, _SERIAL, _BUILD):
        match = pattern.search(text)
        if match:
            ids.update(match.groupdict())
            text = (text[: match.start()] + text[match.end() :]).strip()
    return text, ids


def _pieces(text: str) -> list[str]:
    """Cut a text where one part ends, but not inside a name such as Web/SNMP Card."""
    if MONTH.match(text.casefold()):
        return [text]
    found = [piece.strip() for piece in _SPLIT.split(text)]
    if len(found) > 1 and not all(any(sign.isdigit() for sign in piece) for piece in found):
        return [text]
    return [piece for piece in found if piece]


def _read_piece(piece: str, *, is_alone: bool) -> list[FirmwarePart]:
    labels = list(_COLON_PART.finditer(piece))
    label = (labels[0]["name"] or "") if labels and labels[0].start() == 0 else None
    if label is not None and (_PART_WORD.fullmatch(label.casefold()) or not _is_counted(label)):
        return [
            FirmwarePart(name=_name(label["name"] or ""), version=_version(version))
            for label, version in _labelled(piece, labels)
        ]
    if usb := re.fullmatch(r"(?P<first>.+?)\s+(?P<name>[A-Z]+ FW)\s+(?P<version>\S+)", piece):
        second = FirmwarePart(name=usb["name"], version=usb["version"])
        return [*_read_piece(usb["first"], is_alone=False), second]
    if (api := _API.search(piece)) and not _is_counted(api["name"]):
        second = FirmwarePart(name=api["name"], version=api["api"])
        first = (piece[: api.start()] + piece[api.end() :]).strip()
        return [*_read_piece(first, is_alone=False), second]
    bare = _LEADING.sub("", piece, count=1) if _LEADING.match(piece) else piece
    named = None if _NO_NAME.match(bare) else _NAMED.fullmatch(bare)
    name = _name(named["name"]) if named else ""
    if named and name and _names_a_part(name, is_alone=is_alone):
        return [FirmwarePart(name=name, version=named["version"].strip())]
    return [FirmwarePart(name="", version=bare)]


def _names_a_part(name: str, *, is_alone: bool) -> bool:
    """Whether the words before a version name a part and are no piece of the version itself.

    ``V2.5.3 HF`` is the beginning of a version; ``CPCI85`` and ``HiOS`` are a product's own
    words, without which ``CPCI85 V05.20`` is no longer told from ``CPC80 V05.20``. Beside other
    parts every word without digits names one.
    """
    if _is_counted(name):
        return False
    words = re.split(r"[\s/]+", name.casefold())
    known = [bool(_PART_WORD.fullmatch(word)) for word in words]
    return any(known) or not is_alone


def _is_counted(name: str) -> bool:
    """Whether words end in a step, a build or a month, or hold a number that names no card."""
    words = re.split(r"[\s/]+", name.casefold())
    return bool(_STEP_WORD.fullmatch(words[-1])) or any(
        any(sign.isdigit() for sign in word) and not _PART_WORD.fullmatch(word) for word in words
    )


def _labelled(piece: str, labels: list[re.Match[str]]) -> list[tuple[re.Match[str], str]]:
    """Every label with the text up to the next."""
    ends = [label.start() for label in labels[1:]] + [len(piece)]
    return [
        (label, piece[label.end() : end].strip()) for label, end in zip(labels, ends, strict=True)
    ]


def _name(words: str) -> str:
    cleaned = words.strip(" :=-")
    return "" if cleaned.casefold() in _EMPTY_NAME or cleaned == "(null)" else cleaned


def _version(text: str) -> str:
    """The version behind a label, without the sentence that some devices put before it."""
    return _SOFTWARE.sub("", text).strip()

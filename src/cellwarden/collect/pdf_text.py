"""The text that a PDF shows, as far as it lies in streams: enough to find a name, not to set it.

A page shows text by operators whose operands are strings, often a few letters each, in the codes
of a font; where the codes are no letters, the font brings a table of what they mean (ISO 32000-2,
9.10: ToUnicode). Both are read here, tolerant of everything else. A picture stays unread.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

Spend = Callable[[int], int]
"""How many bytes may still be unpacked, after so many more were; 0 is none."""

_STREAM = re.compile(rb"\bstream\r?\n")
_STRING = re.compile(rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_PAIRS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
_MOST_CODES: Final = 65_536
_TABLE: Final = b"begincmap"

CodeTable = dict[bytes, str]
"""What the codes of one font mean."""


def is_pdf(data: bytes) -> bool:
    """Whether this is a PDF, which may have some bytes before its head."""
    return b"%PDF-" in data[:1024]


def is_encrypted(data: bytes) -> bool:
    """Whether its streams are encrypted: then nothing of it can be read."""
    return b"/Encrypt" in data


def streams(data: bytes, spend: Spend) -> Iterator[bytes]:
    """Each stream, inflated where it can be, as long as ``spend`` gives bytes for it."""
    view = memoryview(data)
    for found in _STREAM.finditer(data):
        end = data.find(b"endstream", found.end())
        packed = view[found.end() : end if end > 0 else len(data)]
        most = spend(0)
        if not most:
            return
        inflate = zlib.decompressobj()
        try:
            plain = inflate.decompress(packed, most)
        except zlib.error:
            plain = bytes(packed[:most])
        spend(len(plain))
        yield plain


def shown(pages: list[bytes]) -> Iterator[str]:
    """The text that streams show, without what lies between its pieces: once for each font's codes.

    Which font a piece is in is not followed: each piece is read by every table, and as letters.
    """
    tables = [table for page in pages if _TABLE in page for table in [_table(page)] if table]
    for page in pages:
        if _TABLE in page:
            continue
        pieces = [_bytes_of(found[0]) for found in _STRING.finditer(page)]
        yield "".join(piece.decode("cp1252", "ignore") for piece in pieces)
        yield "".join(piece.decode("utf-16-be", "ignore") for piece in pieces)
        for table in tables:
            yield "".join(_meant(piece, table) for piece in pieces)


def _bytes_of(operand: bytes) -> bytes:
    """What a string operand holds, written in brackets or in hexadecimal digits."""
    if operand.startswith(b"<"):
        digits = b"".join(operand[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return _ESCAPE.sub(_unescaped, operand[1:-1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign[:1].isdigit() and sign[:1] < b"8":
        return bytes([int(sign, 8) & 0xFF])
    return b"" if sign in {b"\n", b"\r", b"\r\n"} else _ESCAPES.get(sign, sign)


def _meant(piece: bytes, table: CodeTable) -> str:
    width = len(next(iter(table)))
    codes = (piece[at : at + width] for at in range(0, len(piece), width))
    return "".join(table.get(code, "") for code in codes)


def _table(page: bytes) -> CodeTable:
    """The codes of one font; those of the width that its first code has."""
    made: CodeTable = {}
    for block in _PAIRS.findall(page):
        words = _HEX.findall(block)
        for code, meant in zip(words[::2], words[1::2], strict=False):
            made[_raw(code)] = _letters(meant)
    for block in _RANGES.findall(page):
        for first, last, start, listed in _RANGE.findall(block):
            low, high = int(first, 16), int(last, 16)
            targets = _HEX.findall(listed)
            for code in range(low, min(high, low + _MOST_CODES) + 1):
                key = code.to_bytes(max(1, len(first) // 2), "big")
                at = code - low
                if start:
                    made[key] = _counted(start, at)
                elif at < len(targets):
                    made[key] = _letters(targets[at])
            if len(made) > _MOST_CODES:
                return made
    width = len(next(iter(made), b""))
    return {code: meant for code, meant in made.items() if len(code) == width and width}


def _raw(digits: bytes) -> bytes:
    joined = b"".join(digits.split())
    return bytes.fromhex((joined + b"0" * (len(joined) % 2)).decode("ascii"))


def _letters(digits: bytes) -> str:
    return _raw(digits).decode("utf-16-be", "ignore")


def _counted(start: bytes, at: int) -> str:
    """The letter that stands so many places after another one."""
    raw = _raw(start)
    counted = int.from_bytes(raw, "big") + at
    return counted.to_bytes(len(raw) + 1, "big")[-len(raw) :].decode("utf-16-be", "ignore")

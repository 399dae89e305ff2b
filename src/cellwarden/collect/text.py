"""From bytes to text: encodings, damaged characters, and characters that act on a terminal."""

from __future__ import annotations

import codecs
import re
from typing import Final

import msgspec

from cellwarden.model.errors import SourceError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_SHOWN_LINES: Final = 5
_BEGINS_UTF8 = re.compile(rb"[\xc2\xc3]|[\xc4-\xf4][\x80-\xbf]")
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ODD: Final = bytes(byte for byte in range(32) if byte not in {9, 10, 11, 12, 13, 27})
"""C0 controls but blanks and escape: text holds few of them, other files many."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def _images() -> str:
    """The characters that the bytes 80 to BF become where UTF-8 is read as Windows-1252."""
    found = []
    for byte in range(0x80, 0xC0):
        try:
            found.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            found.append(chr(byte))
    return "".join(re.escape(character) for character in found)


_FOLLOWING = _images()
_NOT_BLANK = _FOLLOWING.replace(re.escape("\u00a0"), "")
_MOJIBAKE = re.compile(f"\ufffd|[ÂÃ][{_FOLLOWING}]|[ÄÅÐÑ][{_NOT_BLANK}]|â[{_FOLLOWING}]{{2}}")


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """A document as text, and what had to be assumed to read it so."""

    text: str
    note: str | None


def decode(name: str, data: bytes) -> Decoded:
    """Read bytes as text: by byte order mark, else UTF-8, UTF-16 or Windows-1252.

    Lines of Windows-1252 inside a UTF-8 document are read as such; other damage stays visible as
    U+FFFD, so that only the rows that hold it are lost.

    Raises:
        SourceError: these are no characters at all.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(text=data.decode(encoding, "replace").removeprefix("\ufeff"), note=None)
    if guessed := _unmarked_utf16(data[:4096]):
        note = f"read as {guessed.upper()}, although no byte order mark says so"
        return Decoded(text=data.decode(guessed, "replace"), note=note)
    if _looks_binary(data[:4096]):
        raise SourceError(
            f"{name} holds no text", advice="export it as CSV or XLSX, or name its right format"
        )
    try:
        return Decoded(text=data.decode("utf-8"), note=None)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    damaged = data.decode("utf-8", "replace")
    if any(ord(character) > 127 and character != "\ufffd" for character in damaged):  # noqa: PLR2004 - the end of ASCII
        return _mixed(data)
    note = f"read as Windows-1252, since line {line} is not UTF-8; save the file as UTF-8"
    return Decoded(text=data.decode("cp1252", "replace"), note=note)


def _mixed(data: bytes) -> Decoded:
    """A document that several programs wrote: most lines in UTF-8, some in Windows-1252.

    Only a line whose every character above ASCII is one of Windows-1252, and none the beginning of
    a broken one of UTF-8, is read so. Everything else keeps its damage visible.
    """
    lines = []
    western: list[int] = []
    broken: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.decode("utf-8", "replace")
        if "\ufffd" in text and "\ufffd".encode() not in line:
            is_western = not _BEGINS_UTF8.search(line) and not _NOT_CP1252.search(line)
            (western if is_western else broken).append(number)
            text = line.decode("cp1252") if is_western else text
        lines.append(text)
    notes = []
    if western:
        notes.append(f"{_these(western)} read as Windows-1252, since the rest is UTF-8")
    if broken:
        notes.append(f"{_these(broken)} in neither UTF-8 nor Windows-1252")
    note = "; ".join(notes) + "; save the file as UTF-8"
    return Decoded(text="\n".join(lines), note=note)


def _these(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN_LINES]))
    more = f" and {len(lines) - _SHOWN_LINES} more" if lines[_SHOWN_LINES:] else ""
    return f"line{'s' if lines[1:] else ''} {shown}{more} {'are' if lines[1:] else 'is'}"


def _unmarked_utf16(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every second byte."""
    pairs = len(head) // 2
    if pairs < 4:  # noqa: PLR2004 - too short to tell
        return None
    if head[1::2].count(0) > pairs * 0.7 and head[0::2].count(0) < pairs * 0.1:
        return "utf-16-le"
    if head[0::2].count(0) > pairs * 0.7 and head[1::2].count(0) < pairs * 0.1:
        return "utf-16-be"
    return None


def _looks_binary(head: bytes) -> bool:
    odd = len(head) - len(head.translate(None, _ODD))
    return odd > len(head) * 0.1


def is_mojibake(text: str) -> bool:
    """Whether text was read in a wrong encoding on its way: ``Ã¼`` for ``ü``, or U+FFFD."""
    return not text.isascii() and _MOJIBAKE.search(text) is not None


def undamaged(text: str) -> str | None:
    """Text as it was before UTF-8 was read as Windows-1252; nothing where that is not certain.

    ``MÃ¼ller`` is ``Müller`` and nothing else: its characters, written back as bytes, are whole
    UTF-8. Text that has lost a character (U+FFFD) cannot be brought back.
    """
    try:
        found = b"".join(_byte(character) for character in text).decode("utf-8")
    except UnicodeError:
        return None
    return None if is_mojibake(found) or has_controls(found) else found


def _byte(character: str) -> bytes:
    """The byte that a character of Windows-1252 was; its five holes stand for themselves."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def has_controls(text: str) -> bool:
    """Whether text holds characters that act on a terminal or turn the direction of writing."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def cut(text: str, limit: int) -> str:
    """Text up to a limit of characters, with an ellipsis where more stood there."""
    return text if len(text) <= limit else text[: limit - 1] + "…"

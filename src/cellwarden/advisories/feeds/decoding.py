"""From raw bytes to JSON or text, within bounds; what cannot be read says where and why."""

from __future__ import annotations

import bz2
import codecs
import itertools
import json
import re
import zlib
from array import array
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.limits import Limits
from cellwarden.model.advisories import Document

GZIP: Final = b"\x1f\x8b"
_WIDE_MARKS: Final = (
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)
_BRACES_AS_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_STRUCTURE: Final = bytes(set(range(256)) - set(b'",[]{}'))
_STEPS: Final = bytes.maketrans(b"[]", b"\x01\xff")
"""One level in and, as a signed byte, one out."""

_HOLDERS: Final = frozenset((dict, list))
_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)")


class Unreadable(Exception):  # noqa: N818 - it becomes a row of that name, it is no defect of ours
    """A document, or a part of it, that cannot be read: why, in which line, what stood there."""

    def __init__(self, reason: str, *, line: int | None = None, text: str = "") -> None:
        super().__init__(reason)
        self.line = line
        self.text = text


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """One document whose bytes were read.

    ``content`` is parsed JSON where the document is JSON, else its text. ``sha256`` digests the
    raw bytes as they came in. ``twice`` is a key that stands twice in one object, or nothing.
    """

    document: Document
    content: Any
    sha256: str
    size: int
    twice: str | None
    limits: Limits


def decode(document: Document, limits: Limits) -> Decoded:
    """Read the bytes of a document as JSON or text.

    Raises:
        Unreadable: empty, too large, not UTF-8, too deep or malformed.
    """
    data = document.data
    if data.startswith(GZIP):
        data = gunzip(data, limits.document_bytes)
    _refuse_by_size(data, limits)
    data = _without_mark(data)
    twice = None
    content: Any
    if data.lstrip()[:1] in (b"{", b"["):
        content, twice = _parse(data, limits)
    else:
        content = _text(data)
    return Decoded(
        document=document,
        content=content,
        sha256=document.sha256,
        size=len(data),
        twice=twice,
        limits=limits,
    )


def gunzip(data: bytes, most: int) -> bytes:
    """Unpack gzip data, one or several members, into at most ``most`` bytes.

    Raises:
        Unreadable: damaged, truncated or larger than that.
    """
    pieces: list[bytes] = []
    room = most
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            piece = unpacker.decompress(data, room + 1)
        except zlib.error as error:
            raise Unreadable(f"damaged gzip data: {error}") from error
        if len(piece) > room:
            raise Unreadable(f"unpacks to more than {most:,} bytes")
        if not unpacker.eof:
            raise Unreadable("the gzip data ends too early; fetch the file again")
        pieces.append(piece)
        room -= len(piece)
        data = unpacker.unused_data.lstrip(b"\0")
    return b"".join(pieces)


def unpacked(data: bytes, name: str, most: int) -> bytes:
    """The bytes of one document, out of gzip or bzip2 where its name ends so.

    Raises:
        Unreadable: damaged, truncated or larger than ``most`` bytes.
    """
    if name.lower().endswith(".gz"):
        return gunzip(data, most)
    return _bunzip(data, most) if name.lower().endswith(".bz2") else data


def _bunzip(data: bytes, most: int) -> bytes:
    unpacker = bz2.BZ2Decompressor()
    try:
        found = unpacker.decompress(data, most + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"damaged bzip2 data: {error}") from error
    if len(found) > most:
        raise Unreadable(f"unpacks to more than {most:,} bytes")
    if not unpacker.eof:
        raise Unreadable("the bzip2 data ends too early; fetch the file again")
    return found


def structure_of(data: bytes) -> bytes:
    """The brackets and commas of JSON text that stand outside strings, braces as brackets.

    Strings are cut out without parsing: escapes go (pairs of backslashes before escaped quotes,
    so that what is left over of a run of backslashes is decided as JSON does), then everything
    but structure and quotes, then every second piece between quotes.
    """
    marks = _unescaped(data).translate(_BRACES_AS_BRACKETS, _ALL_BUT_STRUCTURE)
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def depth_of(structure: bytes) -> int:
    """How deep lists and objects nest in a structure, in one walk and without recursion.

    For malformed text it is how deep a parser descends at most: what closes nothing ends parsing.
    """
    steps = array("b", structure.translate(_STEPS, b","))
    return max(itertools.accumulate(steps), default=0)


def _parse(data: bytes, limits: Limits) -> tuple[Any, str | None]:
    """Parse JSON; beside it the first key that stands twice in one object."""
    _refuse_by_count(data, limits)
    try:
        content = msgspec.json.decode(data)
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error) from error
    except RecursionError as error:
        raise _too_deep(data, limits) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise _malformed(data, error) from error
    if _is_deeper(content, limits.depth):
        raise _too_deep(data, limits)
    again = msgspec.json.encode(content)
    # Most documents come out as they were but for blanks: then nothing in them got lost.
    if msgspec.json.format(data, indent=-1) == again:
        return content, None
    # An object that names a key twice loses the first value, and with it two quotes a key.
    if _unescaped(data).count(b'"') == _unescaped(again).count(b'"'):
        return content, None
    return content, _key_that_stands_twice(data)


def _refuse_by_count(data: bytes, limits: Limits) -> None:
    """Refuse what would cost far more memory than its size; short text cannot hold that many."""
    if len(data) <= min(limits.nodes, limits.values):
        return
    structure = structure_of(data)
    nodes, commas = structure.count(b"["), structure.count(b",")
    if nodes > limits.nodes or commas > limits.values:
        raise Unreadable(
            f"{nodes:,} lists and objects with {commas:,} commas are more than we read"
        )


def _is_deeper(content: dict[str, Any] | list[Any], most: int) -> bool:
    """Whether lists and objects nest deeper than they may, level by level."""
    level: list[Any] = [content]
    for _ in range(most):
        level = [
            value
            for held in level
            for value in (held.values() if type(held) is dict else held)
            if type(value) in _HOLDERS
        ]
        if not level:
            return False
    return True


def _too_deep(data: bytes, limits: Limits) -> Unreadable:
    depth = depth_of(structure_of(data))
    return Unreadable(f"lists and objects nest {depth} deep; at most {limits.depth} are read")


def _key_that_stands_twice(data: bytes) -> str | None:
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) != len(pairs):
            names = [name for name, _ in pairs]
            found.append(next(name for name in names if names.count(name) > 1))
        return seen

    json.loads(data, object_pairs_hook=look)
    return found[0] if found else None


def _unescaped(data: bytes) -> bytes:
    return data.replace(b"\\\\", b"").replace(b'\\"', b"")


def _refuse_by_size(data: bytes, limits: Limits) -> None:
    if not data or data.isspace():
        raise Unreadable("the file is empty")
    if len(data) > limits.document_bytes:
        raise Unreadable(f"{len(data):,} bytes; at most {limits.document_bytes:,} are read")


def _without_mark(data: bytes) -> bytes:
    if data.startswith(_WIDE_MARKS):
        raise Unreadable("encoded as UTF-16 or UTF-32; write it as UTF-8")
    return data.removeprefix(codecs.BOM_UTF8)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error) from error


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Unreadable:
    # A parser counts from the start of one string, so look for the place in the whole.
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as whole:
        error = whole
    reason = f"not UTF-8: byte {data[error.start]:#04x} at offset {error.start}; write it as UTF-8"
    return Unreadable(reason, line=_line(data, error.start), text=_around(data, error.start))


def _malformed(data: bytes, error: Exception) -> Unreadable:
    place = _AT_BYTE.search(str(error))
    if place is None:
        last = data.count(b"\n") + 1
        return Unreadable(f"malformed JSON: {error}", line=last, text=_around(data, len(data)))
    offset = int(place.group(1))
    reason = f"malformed JSON: {error}"
    return Unreadable(reason, line=_line(data, offset), text=_around(data, offset))


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _around(data: bytes, offset: int) -> str:
    return data[max(0, offset - 40) : offset + 40].decode("utf-8", "replace")

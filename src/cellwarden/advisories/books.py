"""Books: derived files with a page for each name, read where somebody asks, checked when read.

A book is a head (for which times it holds, and where each page lies), the pages, and numbered
texts that many pages share. Whatever is damaged is as if it were not there.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

_DIGEST_BYTES: Final = 32
_SIZE_BYTES: Final = 8
_LEVEL: Final = 1
_CHECKSUM: Final = struct.Struct("<I")
_PLACE: Final = struct.Struct("<QII")
"""Of a numbered text: its offset behind the table, its size, its checksum."""
_T = TypeVar("_T")


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """The times for which something holds: from the first on, before the second, if any.

    Both are RFC 3339 in UTC; an empty first one is the beginning of time.
    """

    since: str = ""
    until: str | None = None

    def holds(self, as_of: str) -> bool:
        """True for a time within."""
        return self.since <= as_of and (self.until is None or as_of < self.until)


ALWAYS: Final = Times()


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where the page of each name lies, counted from the end of the head: offset and size.

    ``texts`` is where the table of the numbered texts begins, and how many there are.
    """

    times: Times
    places: dict[str, tuple[int, int]]
    texts: tuple[int, int]


class Book(Generic[_T]):
    """A book that was opened; ``decode`` reads what is on a page."""

    def __init__(
        self, head: _Head, data: mmap.mmap, start: int, decode: Callable[[bytes], _T]
    ) -> None:
        self.names = head.places
        self.times = head.times
        self._data = data
        self._start = start
        self._decode = decode
        self._read: dict[str, _T] = {}
        self._table = start + head.texts[0]
        self._behind = self._table + head.texts[1] * _PLACE.size
        self._texts: dict[int, bytes] = {}

    def page(self, name: str) -> _T | None:
        """The page of a name; nothing where it has none, or a damaged one."""
        found = self._read.get(name)
        if found is None and name in self.names:
            offset, size = self.names[name]
            packed = self._data[self._start + offset : self._start + offset + size]
            try:
                found = self._read[name] = self._decode(packed)
            except (zlib.error, msgspec.DecodeError):
                del self.names[name]
        return found

    def text(self, number: int) -> bytes | None:
        """A numbered text; nothing where there is none, or a damaged one."""
        found = self._texts.get(number)
        if found is None:
            place = self._table + number * _PLACE.size
            if place + _PLACE.size > self._behind:
                return None
            offset, size, checksum = _PLACE.unpack_from(self._data, place)
            found = self._data[self._behind + offset : self._behind + offset + size]
            if zlib.crc32(found) != checksum:
                return None
            self._texts[number] = found
        return found


def packed(value: object) -> bytes:
    """A page that is seldom read: packed small, which brings a checksum."""
    return zlib.compress(msgspec.msgpack.encode(value), _LEVEL)


def unpacking(kind: type[_T]) -> Callable[[bytes], _T]:
    """Reads what :func:`packed` wrote.

    The function raises ``zlib.error`` or ``msgspec.DecodeError`` for a damaged page.
    """
    decode = msgspec.msgpack.Decoder(kind).decode
    return lambda page: decode(zlib.decompress(page))


def plain(value: object) -> bytes:
    """A page that is read in every run: as it is, behind a checksum."""
    data = msgspec.msgpack.encode(value)
    return _CHECKSUM.pack(zlib.crc32(data)) + data


def reading(kind: type[_T]) -> Callable[[bytes], _T]:
    """Reads what :func:`plain` wrote; the function raises as that of :func:`unpacking` does."""
    decode = msgspec.msgpack.Decoder(kind).decode

    def read(page: bytes) -> _T:
        data = page[_CHECKSUM.size :]
        if _CHECKSUM.pack(zlib.crc32(data)) != page[: _CHECKSUM.size]:
            raise zlib.error("the checksum differs")
        return decode(data)

    return read


def bound(
    pages: Iterable[tuple[str, bytes]], times: Times = ALWAYS, texts: Iterable[bytes] = ()
) -> bytes:
    """Pages by name as the bytes of a book, with a digest of its head in front.

    ``texts`` are those that pages name by number, the first being 0.
    """
    places: dict[str, tuple[int, int]] = {}
    blobs: list[bytes] = []
    offset = 0
    for name, blob in pages:
        places[name] = (offset, len(blob))
        blobs.append(blob)
        offset += len(blob)
    numbered = list(texts)
    head = msgspec.msgpack.encode(_Head(times=times, places=places, texts=(offset, len(numbered))))
    size = len(head).to_bytes(_SIZE_BYTES, "big")
    digest = hashlib.sha256(size + head).digest()
    return b"".join((digest, size, head, *blobs, _table(numbered), *numbered))


def _table(texts: Iterable[bytes]) -> bytes:
    found, offset = bytearray(), 0
    for text in texts:
        found += _PLACE.pack(offset, len(text), zlib.crc32(text))
        offset += len(text)
    return bytes(found)


def open_book(file: Path, decode: Callable[[bytes], _T], *, as_of: str = "") -> Book[_T] | None:
    """What :func:`bound` made; nothing where it is not there, damaged, or of another time.

    Without ``as_of``, the beginning of time is meant.
    """
    try:
        with file.open("rb") as opened:
            data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    start = _DIGEST_BYTES + _SIZE_BYTES
    end = start + int.from_bytes(data[_DIGEST_BYTES:start], "big")
    if hashlib.sha256(data[_DIGEST_BYTES:end]).digest() != data[:_DIGEST_BYTES]:
        return None
    head = msgspec.msgpack.decode(data[start:end], type=_Head)
    return Book(head, data, end, decode) if head.times.holds(as_of) else None

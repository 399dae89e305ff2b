"""Books: derived files with a page for each name, read when somebody asks for it.

A book is a head (for which times it holds, and where each page lies), the pages, and numbered
texts that many pages share. A book with a damaged head is as if it were not there, and so is a
damaged page or text, which is found out when somebody asks for it: most are never asked for.
"""

from __future__ import annotations

import hashlib
import mmap
import zlib
from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

_DIGEST_BYTES: Final = 32
_SIZE_BYTES: Final = 8
_LEVEL: Final = 1
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
    """Where the page of each name lies, counted from the end of the head: offset, size, checksum.

    The numbered texts begin at ``behind``, counted alike; ``ends`` is 0 and where each of them
    ends, as this machine keeps such numbers, and ``checksums`` are theirs.
    """

    times: Times
    places: dict[str, tuple[int, int, int]]
    behind: int
    ends: bytes
    checksums: bytes


class Book(Generic[_T]):
    """A book that was opened; ``decode`` reads what is on a page."""

    def __init__(
        self, head: _Head, data: mmap.mmap, start: int, decode: Callable[[bytes], _T]
    ) -> None:
        self.names = head.places
        self.times = head.times
        self._pages = _Pages(head, data, start, decode)
        self._texts = _Texts(head, data, start + head.behind)

    def page(self, name: str) -> _T | None:
        """The page of a name; nothing where it has none, or a damaged one."""
        return self._pages[name]

    def joined(self, numbers: Iterable[int]) -> bytes | None:
        """Numbered texts, one after another; nothing where one is not there, or damaged.

        They are read out of the file anew each time, which takes less than keeping them.
        """
        return self._texts.joined(numbers)

    def everything(self) -> tuple[dict[str, _T], list[bytes]] | None:
        """All pages by name, and all numbered texts; nothing where anything is damaged."""
        pages = {name: page for name in self.names if (page := self.page(name)) is not None}
        texts = [self._texts.joined((number,)) for number in range(self._texts.count)]
        whole = [text for text in texts if text is not None]
        if len(pages) < len(self.names) or len(whole) < len(texts):
            return None
        return pages, whole


class _Pages(dict[str, _T | None]):
    """The pages that somebody asked for: the first to ask makes it read and checked."""

    def __init__(
        self, head: _Head, data: mmap.mmap, start: int, decode: Callable[[bytes], _T]
    ) -> None:
        super().__init__()
        self._places = head.places
        self._data = data
        self._start = start
        self._decode = decode

    def __missing__(self, name: str) -> _T | None:
        place = self._places.get(name)
        if place is None:
            return None
        offset, size, checksum = place
        start = self._start + offset
        page = self._data[start : start + size]
        found = self[name] = self._decode(page) if zlib.crc32(page) == checksum else None
        return found


class _Texts:
    """The numbered texts; each is checked when somebody first asks for it."""

    def __init__(self, head: _Head, data: mmap.mmap, start: int) -> None:
        self._data = memoryview(data)[start:]
        self._ends = array("I", head.ends)
        self._checksums = array("I", head.checksums)
        self.count = len(self._checksums)
        self._is_whole = bytearray(self.count)

    def joined(self, numbers: Iterable[int]) -> bytes | None:
        data, ends, is_whole = self._data, self._ends, self._is_whole
        found = []
        for number in numbers:
            if number >= self.count:
                return None
            text = data[ends[number] : ends[number + 1]]
            if not is_whole[number]:
                if zlib.crc32(text) != self._checksums[number]:
                    return None
                is_whole[number] = True
            found.append(text)
        return b"".join(found)


def packed(value: object) -> bytes:
    """A page that is seldom read, packed small."""
    return zlib.compress(msgspec.msgpack.encode(value), _LEVEL)


def unpacking(kind: type[_T]) -> Callable[[bytes], _T]:
    """Reads what :func:`packed` wrote."""
    decode = msgspec.msgpack.Decoder(kind).decode
    return lambda page: decode(zlib.decompress(page))


def plain(value: object) -> bytes:
    """A page that is read in every run, as it is."""
    return msgspec.msgpack.encode(value)


def reading(kind: type[_T]) -> Callable[[bytes], _T]:
    """Reads what :func:`plain` wrote."""
    return msgspec.msgpack.Decoder(kind).decode


def bound(
    pages: Iterable[tuple[str, bytes]], times: Times = ALWAYS, texts: Iterable[bytes] = ()
) -> bytes:
    """Pages by name as the bytes of a book, with a digest of its head in front.

    ``texts`` are those that pages name by number, the first being 0.
    """
    places: dict[str, tuple[int, int, int]] = {}
    blobs: list[bytes] = []
    offset = 0
    for name, blob in pages:
        places[name] = (offset, len(blob), zlib.crc32(blob))
        blobs.append(blob)
        offset += len(blob)
    numbered = list(texts)
    ends = array("I", accumulate(map(len, numbered), initial=0))
    head = msgspec.msgpack.encode(
        _Head(
            times=times,
            places=places,
            behind=offset,
            ends=ends.tobytes(),
            checksums=array("I", map(zlib.crc32, numbered)).tobytes(),
        )
    )
    size = len(head).to_bytes(_SIZE_BYTES, "big")
    return b"".join((hashlib.sha256(size + head).digest(), size, head, *blobs, *numbered))


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
    if len(data) != end + head.behind + array("I", head.ends)[-1]:
        return None
    return Book(head, data, end, decode) if head.times.holds(as_of) else None

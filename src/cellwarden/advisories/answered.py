"""Answers of matching kept as files: for names that advisories use, and for what was met before.

Who writes a maker and a product as an advisory does, and a version that is plain, gets the rows
that matching found for that name beforehand; a name and a firmware text that an earlier run met
get the rows of that run. Reading needs nothing of the rooms that found the answers, so that it
can begin at once.
"""

from __future__ import annotations

import hashlib
import mmap
import sys
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from cellwarden import __version__
from cellwarden.advisories.plain import read_plain
from cellwarden.model.matching import Component

ALL: Final = 0
"""All plain versions that have a key, however many numbers they have."""
CONSTANT: Final = -1
"""All plain versions, those without a key as well."""
ID, VERSION, INSIDE = b"\0", b"\1", b"\2"
"""Places in a row that each component fills; no JSON holds these bytes as they are."""
ANSWERED, MET = ".answered", ".met"
BOOKS: Final = frozenset({ANSWERED, MET})
"""Endings of the two kinds of book: answers found beforehand, rows that an earlier run met."""
_DIGEST_BYTES: Final = 32
_SIZE_BYTES: Final = 8
_LEVEL: Final = 1
_SEPARATOR: Final = "\x1f"
_FIELD: Final = b'"component_id":'
_RULES: Final = frozenset({".py", ".toml"})
_text: Final = msgspec.json.Encoder().encode


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


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """One advisory's rows, as JSON lines, for the versions between keys; ``cuts`` part them.

    ``texts`` has one more than there are cuts: nothing where the rows are not known.
    """

    cuts: tuple[bytes, ...]
    texts: tuple[bytes | None, ...]


Group = dict[int, Rows]
"""What one advisory says of one name, by kind of version: CONSTANT, ALL, or a tame count."""


Groups = tuple[Group, ...]
"""All that advisories say of one name."""
Seen = dict[str, bytes]
"""The rows of one name for firmware texts that were met before, whatever they look like."""
_T = TypeVar("_T")


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where the page of each name lies, counted from the end of the head: offset and size."""

    times: Times
    places: dict[str, tuple[int, int]]


class Book(Generic[_T]):
    """A file with a page for each name; a page is read when it is first asked for."""

    def __init__(self, head: _Head, data: mmap.mmap, start: int, kind: type[_T]) -> None:
        self.names = head.places
        self.times = head.times
        self._data = data
        self._start = start
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._read: dict[str, _T] = {}

    def page(self, name: str) -> _T | None:
        """The page of a name; nothing where it has none, or a damaged one."""
        found = self._read.get(name)
        if found is None and name in self.names:
            offset, size = self.names[name]
            packed = self._data[self._start + offset : self._start + offset + size]
            try:
                found = self._read[name] = self._decode(zlib.decompress(packed))
            except (zlib.error, msgspec.DecodeError):
                del self.names[name]
        return found


class Answered:
    """The answers that are known without a matcher: for plain versions, and for what was met."""

    def __init__(self, plain: Book[Groups] | None = None, met: Book[Seen] | None = None) -> None:
        self._plain = plain
        self._met = met
        self.times = ALWAYS if plain is None else plain.times

    def knows(self, component: Component) -> bool:
        """True where something is known of a component's name."""
        name = name_of(component)
        return any(book is not None and name in book.names for book in (self._plain, self._met))

    def lines(self, component: Component) -> bytes | None:
        """The rows of a component as JSON lines; nothing where they are not known beforehand."""
        name, version = name_of(component), component.firmware
        rows = self._of_plain(name, version)
        if rows is None and self._met is not None:
            rows = (self._met.page(name) or {}).get(version)
        return None if rows is None else filled(rows, component.component_id, version, version)

    def _of_plain(self, name: str, version: str) -> bytes | None:
        plain = read_plain(version)
        groups = self._plain.page(name) if plain is not None and self._plain is not None else None
        if plain is None or groups is None:
            return None
        found: list[bytes] = []
        for group in groups:
            rows = group.get(CONSTANT)
            if rows is None and plain.key is not None:
                rows = group.get(ALL) or group.get(plain.tame)
            if rows is None:
                return None
            text = rows.texts[bisect_right(rows.cuts, plain.key) if plain.key else 0]
            if text is None:
                return None
            found.append(text)
        return b"".join(found)

    def with_met(self, new: Mapping[str, Seen]) -> dict[str, Seen]:
        """The pages of what was met before and now, by name."""
        found = {name: dict(page) for name, page in new.items()}
        for name in self._met.names if self._met is not None else ():
            page = self._met.page(name) if self._met is not None else None
            found[name] = {**(page or {}), **found.get(name, {})}
        return found


def name_of(component: Component) -> str:
    """Everything that says which product a component is, but for its firmware."""
    return _SEPARATOR.join(
        (
            component.manufacturer,
            component.model,
            component.part,
            component.part_number,
            component.hardware,
            component.role,
        )
    )


def as_met(lines: bytes, component_id: str) -> bytes:
    """The finished lines of a component as rows for all with the same name and firmware."""
    return lines.replace(_FIELD + _text(component_id), _FIELD + ID)


def filled(rows: bytes, component_id: str, firmware: str, version: str | None) -> bytes:
    """Rows with the places filled that each component fills.

    ``version`` is what words say for it; nothing where they say no single one.
    """
    rows = rows.replace(ID, _text(component_id))
    if version is None:
        return rows
    return rows.replace(VERSION, _text(firmware)).replace(INSIDE, _text(version)[1:-1])


def page(value: object) -> bytes:
    """A page of a book: what is known of one name, with a checksum of its own."""
    return zlib.compress(msgspec.msgpack.encode(value), _LEVEL)


def bound(pages: Iterable[tuple[str, bytes]], times: Times = ALWAYS) -> bytes:
    """Pages by name as the bytes of a book, with a digest of its head in front."""
    places: dict[str, tuple[int, int]] = {}
    blobs: list[bytes] = []
    offset = 0
    for name, blob in pages:
        places[name] = (offset, len(blob))
        blobs.append(blob)
        offset += len(blob)
    head = msgspec.msgpack.encode(_Head(times=times, places=places))
    size = len(head).to_bytes(_SIZE_BYTES, "big")
    return b"".join((hashlib.sha256(size + head).digest(), size, head, *blobs))


def open_book(file: Path, kind: type[_T], *, as_of: str = "") -> Book[_T] | None:
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
    return Book(head, data, end, kind) if head.times.holds(as_of) else None


def rules_digest() -> str:
    """A digest of the rules by which answers are found: what was kept is theirs alone.

    It looks at the names, sizes and times of our own files, which costs a millisecond.
    """
    found = hashlib.sha256(f"{__version__} {sys.version} {msgspec.__version__}".encode())
    house = Path(__file__).resolve().parent.parent
    rows = house / "model" / "matching.py"
    for path in (*sorted((house / "advisories").rglob("*")), rows):
        if path.suffix in _RULES and path.is_file():
            seen = path.stat()
            found.update(f"{path.relative_to(house)} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return found.hexdigest()

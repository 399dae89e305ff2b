"""Files as GLEIF publishes them: plain or zipped, XML or CSV, told apart by what stands in them."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Final, NamedTuple

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.vendors.gleif import markup, sheets
from cellwarden.vendors.gleif.nouns import ADVICE, Header, Level, Raw

BIGGEST: Final = 64 * 2**30
"""Bytes of one file, unpacked; the golden copy of all entities has a sixth of it as XML."""

_ZIP: Final = b"PK\x03\x04"
_CHUNK: Final = 2**20
_DATED: Final = re.compile(r"(?<!\d)(20\d{2})-?([01]\d)-?([0-3]\d)(?!\d{2,})")
_WHOLE_NAME: Final = "golden-copy"
_DELTA_NAMES: Final = ("delta", "intra-day", "last-day", "last-week", "last-month")
_WHOLE: Final = frozenset({"GLEIF_FULL_PUBLISHED", "GLEIF_FULL_INTERNAL"})
_LEVELS: Final = {
    "LEIRecord": Level.ENTITIES,
    "RelationshipRecord": Level.PARENTS,
    "Exception": Level.NOT_NAMED,
    "LEIData": Level.ENTITIES,
    "RelationshipData": Level.PARENTS,
    "ReportingExceptionData": Level.NOT_NAMED,
}
_ROOT: Final = re.compile(rb"<(?!\?|!)(?:[A-Za-z0-9_.-]{1,60}:)?([A-Za-z]{1,60})[\s>/]")

Told = Callable[[int, int], None]
"""Told how many bytes of a file are read, out of how many."""


class GleifFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: its digest (SHA-256 of the bytes as given), and what it says of itself."""

    path: Path
    sha256: str
    header: Header
    is_xml: bool

    @property
    def says(self) -> str:
        """The file as a source, in words that do not depend on its name."""
        day = self.header.dated_on.isoformat() if self.header.dated_on else "without a date"
        return f"GLEIF {self.header.level}, {day}, sha256 {self.sha256[:12]}"


def look_at(path: Path, *, dated_on: date | None = None) -> GleifFile:
    """What a file is; ``dated_on`` is its day where neither it nor its name tells one.

    Raises:
        InputError: it cannot be read, is too big, or has no day.
        SourceError: it is no file of GLEIF, or damaged; names the file.
    """
    digest = _digest(path)
    with _opened(path) as opened:
        start = opened.file.read(2**16)
    is_xml = start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    with _opened(path) as opened:
        header = _xml_header(path, opened, start) if is_xml else _csv_header(path, opened)
    named = header.dated_on or _day_in(opened.name) or _day_in(path.name) or dated_on
    if named is None:
        raise InputError(
            f"{path}: neither the file nor its name tells from which day it is",
            advice="give --dated 2026-11-01, the day on which GLEIF published it",
        )
    return GleifFile(
        path=path,
        sha256=digest,
        header=msgspec.structs.replace(header, dated_on=named),
        is_xml=is_xml,
    )


def read(file: GleifFile, told: Told) -> Iterator[Raw]:
    """The records of a file, one after the other; what is read is let go of.

    Raises:
        SourceError: damaged, cut off, beyond the bounds, or fewer records than its header says.
    """
    count = 0
    with _opened(file.path) as opened:
        for raw in _records(file, _Counting(file.path, opened, told)):
            count += 1
            yield raw
    wanted = file.header.records
    if wanted is not None and wanted != count:
        raise SourceError(
            f"{file.path}: {count} records, and its header says {wanted}", advice=ADVICE
        )


def _records(file: GleifFile, source: _Counting) -> Iterator[Raw]:
    if file.is_xml:
        for tag, raw in markup.stream(file.path, source):
            if _level(tag) is file.header.level:
                yield raw
        return
    with io.TextIOWrapper(
        io.BufferedReader(source, _CHUNK), "utf-8", errors="replace", newline=""
    ) as text:
        headings = sheets.headings_of(file.path, text)
        yield from sheets.stream(file.path, text, headings)


class _Opened(NamedTuple):
    """The bytes of a file, the name that GLEIF gave it, and how many there will be."""

    file: IO[bytes]
    name: str
    size: int


class _Counting(io.RawIOBase):
    """A file that tells how far it was read, and is no longer than may be."""

    def __init__(self, path: Path, opened: _Opened, told: Told) -> None:
        super().__init__()
        self.path = path
        self.file = opened.file
        self.size = opened.size
        self.told = told
        self.done = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview | bytearray, /) -> int:  # type: ignore[override]  # what readers pass; the base says any buffer
        """Fill the buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes.

        Raises:
            SourceError: the archive is damaged or cut off, or more comes out than may be.
        """
        try:
            data = self.file.read(size if size >= 0 else _CHUNK)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise _damaged(self.path, error) from error
        self.done += len(data)
        if self.done > BIGGEST:
            raise SourceError(f"{self.path}: more than {BIGGEST // 2**30} GiB", advice=ADVICE)
        self.told(self.done, max(self.size, self.done))
        return data


@contextmanager
def _opened(path: Path) -> Iterator[_Opened]:
    """The bytes of a file, or of the one file in an archive.

    Raises:
        InputError: it cannot be read.
        SourceError: an archive that is damaged, locked, or holds another number of files.
    """
    with ExitStack() as stack:
        try:
            plain = stack.enter_context(path.open("rb"))
            if plain.read(4) != _ZIP:
                plain.seek(0)
                yield _Opened(plain, path.name, path.stat().st_size)
                return
            archive = stack.enter_context(zipfile.ZipFile(path))
            member = _member(path, archive)
            unpacked = stack.enter_context(archive.open(member))
            yield _Opened(unpacked, member.filename, member.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise _damaged(path, error) from error
        except OSError as error:
            raise InputError(
                f"{path}: {error.strerror or error}", advice="check the path and your rights"
            ) from error


def _member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    found = [one for one in archive.infolist() if one.filename.lower().endswith((".xml", ".csv"))]
    if len(found) != 1:
        raise SourceError(
            f"{path}: {len(found)} XML or CSV files in the archive, where GLEIF puts one",
            advice="unpack it and give the files one by one",
        )
    if found[0].flag_bits & 1:
        raise SourceError(f"{path}: the archive is locked with a password", advice=ADVICE)
    if found[0].file_size > BIGGEST:
        raise SourceError(f"{path}: more than {BIGGEST // 2**30} GiB unpacked", advice=ADVICE)
    return found[0]


def _damaged(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{path}: the archive is damaged or cut off: {error}", advice=ADVICE)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", advice="give a file of GLEIF: XML, CSV or .zip"
        ) from error
    return found.hexdigest()


def _xml_header(path: Path, opened: _Opened, start: bytes) -> Header:
    """Header and level from the first of the stream that tells both."""
    cells: dict[str, str] = {}
    root = _ROOT.search(start)
    level = _LEVELS.get(root[1].decode("ascii")) if root else None
    for tag, raw in markup.stream(path, _Counting(path, opened, _quiet)):
        if tag in markup.HEADERS:
            cells = raw.cells
            break
        level = _level(tag)
        break
    if level is None:
        raise SourceError(
            f"{path}: not a file of entities, relationships or reporting exceptions",
            advice="give LEI-CDF, RR-CDF or reporting exception files of gleif.org",
        )
    count = cells.get("RecordCount", "")
    return Header(
        level=level,
        dated_on=_day_in(cells.get("ContentDate", "")),
        is_whole=cells.get("FileContent") in _WHOLE,
        records=int(count) if count.isascii() and count.isdigit() and len(count) < 12 else None,  # noqa: PLR2004 - no register has a trillion
    )


def _csv_header(path: Path, opened: _Opened) -> Header:
    counted = _Counting(path, opened, _quiet)
    with io.TextIOWrapper(
        io.BufferedReader(counted, 2**16), "utf-8", errors="replace", newline=""
    ) as text:
        level = sheets.level_of(sheets.headings_of(path, text))
    if level is None:
        raise SourceError(
            f"{path}: its headings are none of a golden copy",
            advice="give the golden copy of GLEIF as it is published, with its first line",
        )
    lower = f"{path.name} {opened.name}".lower()
    is_delta = any(word in lower for word in _DELTA_NAMES)
    return Header(
        level=level,
        dated_on=None,
        is_whole=_WHOLE_NAME in lower and not is_delta,
        records=None,
    )


def _quiet(_done: int, _total: int) -> None:
    """A look at the first lines needs no progress."""


def _level(tag: str) -> Level | None:
    return _LEVELS.get(tag.rpartition(".")[2])


def _day_in(text: str) -> date | None:
    for found in _DATED.finditer(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None

"""ZIP and tar archives as documents, within bounds; nothing is ever written to disk."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from cellwarden.advisories.feeds.beside import ENDINGS, LARGEST, Near, Verifier, checked
from cellwarden.advisories.feeds.bundle import Manifest, manifest_of
from cellwarden.advisories.feeds.decoding import Unreadable, unpacked
from cellwarden.advisories.feeds.limits import MEBIBYTE, Limits
from cellwarden.advisories.feeds.reading import Refused
from cellwarden.model.advisories import Document

_ENCRYPTED: Final = 0x1
_LINK_BITS: Final = 0o170000
_LINK: Final = 0o120000
_ARCHIVES: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_PIECE: Final = 64 * 1024
_HEADERS: Final = MEBIBYTE
"""Between two members a tar holds headers; no honest one needs more for names and times."""


class Allowance:
    """How much one import may still unpack, over all its files together, and who verifies it."""

    def __init__(self, limits: Limits, keys: Verifier | None = None) -> None:
        self.limits = limits
        self.keys = keys
        self._bytes_left = limits.total_bytes
        self._members_left = limits.members

    def take(self, size: int) -> None:
        """Count one document of this size.

        Raises:
            Unreadable: the import holds more than it may.
        """
        self._bytes_left -= size
        self._members_left -= 1
        if self._members_left < 0:
            raise Unreadable(f"more than {self.limits.members:,} documents in one import")
        if self._bytes_left < 0:
            raise Unreadable(f"more than {self.limits.total_bytes:,} bytes in one import")


Wanted = Callable[[str], bool]
"""Whether a file of this name can be a document."""


def read_zip(path: Path, name: str, allowance: Allowance, wanted: Wanted) -> Iterator[Document]:
    """The documents of a ZIP archive, by name; one of our own bundles is verified.

    Raises:
        Unreadable: the archive is damaged, or a bomb.
        IntegrityError: it is a bundle and not what its manifest lists.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
            _refuse_by_ratio(sum(member.file_size for member in members), path, allowance)
            manifest = manifest_of(archive, allowance.limits)
            if manifest is not None:
                yield from _verified(archive, name, manifest, allowance)
                return
            for member in members:
                if member.is_dir() or not _is_of_interest(member.filename, wanted):
                    continue
                yield _from_zip(archive, member, f"{name}/{member.filename}", allowance)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Unreadable(f"damaged ZIP archive: {error}") from error


def read_tar(path: Path, name: str, allowance: Allowance, wanted: Wanted) -> Iterator[Document]:
    """The documents of a tar archive, plain or packed, in its order.

    Raises:
        Unreadable: the archive is damaged, or a bomb.
    """
    with path.open("rb") as raw:
        source = _Bounded(_unpacker(raw, path.name.lower()), path.stat().st_size, allowance.limits)
        try:
            with tarfile.open(fileobj=source, mode="r|", bufsize=_PIECE) as archive:  # type: ignore[call-overload]  # a stream needs no more than read()
                last: _Waiting | None = None
                for member in archive:
                    source.expect(member.size)
                    if last is not None and last.takes(archive, member):
                        continue
                    if member.isdir() or not _is_of_interest(member.name, wanted):
                        continue
                    if last is not None:
                        yield last.document(allowance)
                    found = _from_tar(archive, member, f"{name}/{member.name}", allowance)
                    last = _Waiting(found, member.name)
                if last is not None:
                    yield last.document(allowance)
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            raise Unreadable(f"damaged tar archive: {error}") from error


def _is_of_interest(name: str, wanted: Wanted) -> bool:
    """Documents, and whatever is refused aloud: archives, and names that lead elsewhere."""
    return wanted(PurePosixPath(name).name) or _leads_out(name)


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name


def _refusal(name: str, member: str, size: int, limits: Limits) -> Refused | None:
    if _leads_out(member):
        return Refused(name=name, data=b"", reason="its name leads out of the archive")
    if member.lower().endswith(_ARCHIVES):
        reason = "an archive in an archive; unpack the outer one first"
        return Refused(name=name, data=b"", reason=reason)
    if size > limits.document_bytes:
        reason = f"{size:,} bytes; at most {limits.document_bytes:,} are read"
        return Refused(name=name, data=b"", reason=reason)
    return None


def _from_zip(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, allowance: Allowance
) -> Document:
    refused = _refusal(name, member.filename, member.file_size, allowance.limits)
    if refused is not None:
        return refused
    if member.flag_bits & _ENCRYPTED:
        return Refused(name=name, data=b"", reason="encrypted; unpack it first")
    if (member.external_attr >> 16) & _LINK_BITS == _LINK:
        return Refused(name=name, data=b"", reason="a link, no file")
    allowance.take(member.file_size)
    try:
        with archive.open(member) as file:
            data = _at_most(file, member.file_size)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        return Refused(name=name, data=b"", reason=f"damaged: {error}")
    return _opened(name, data, lambda ending: _near(archive, member, ending), allowance)


def _opened(name: str, raw: bytes, near: Near, allowance: Allowance) -> Document:
    """A member with what stands beside it, unpacked as it would be where it lies in a folder."""
    try:
        data = unpacked(raw, name, allowance.limits.document_bytes)
    except Unreadable as error:
        return Refused(name=name, data=b"", reason=str(error))
    if data is not raw:
        allowance.take(len(data))
    return checked(name, raw, data, near, allowance.keys)


def _near(archive: zipfile.ZipFile, member: zipfile.ZipInfo, ending: str) -> bytes | None:
    """The member beside another one that has its name and an ending."""
    try:
        found = archive.getinfo(member.filename + ending)
        if found.file_size > LARGEST or found.flag_bits & _ENCRYPTED:
            return None
        with archive.open(found) as file:
            return _at_most(file, found.file_size)
    except (KeyError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError):
        return None


def _from_tar(
    archive: tarfile.TarFile, member: tarfile.TarInfo, name: str, allowance: Allowance
) -> Document:
    refused = _refusal(name, member.name, member.size, allowance.limits)
    if refused is not None:
        return refused
    if not member.isfile():
        return Refused(name=name, data=b"", reason="a link or device, no file")
    allowance.take(member.size)
    file = archive.extractfile(member)
    return Document(name=name, data=b"" if file is None else _at_most(file, member.size))


def _verified(
    archive: zipfile.ZipFile, name: str, manifest: Manifest, allowance: Allowance
) -> Iterator[Document]:
    for listed in manifest.files:
        allowance.take(listed.size)
        yield Document(name=f"{name}/{listed.original}", data=manifest.read(archive, listed))


def _at_most(file: IO[bytes], size: int) -> bytes:
    data = file.read(size + 1)
    if len(data) != size:
        raise EOFError("it holds more or less than it says")
    return data


def _refuse_by_ratio(unpacked: int, path: Path, allowance: Allowance) -> None:
    limits = allowance.limits
    if unpacked > limits.ratio_floor and unpacked > limits.ratio * path.stat().st_size:
        raise Unreadable(f"unpacks to more than {limits.ratio} times its size: refused as a bomb")


def _unpacker(raw: IO[bytes], low: str) -> IO[bytes]:
    if low.endswith((".gz", ".tgz")):
        import gzip

        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if low.endswith(("bz2",)):
        return io.BufferedReader(bz2.BZ2File(raw))
    if low.endswith("xz"):
        return io.BufferedReader(lzma.LZMAFile(raw))
    return raw


class _Waiting:
    """A document out of a tar that waits for the files beside it, which follow it if they come."""

    def __init__(self, found: Document, member: str) -> None:
        self._found = found
        self._near = {f"{member}{ending}": ending for ending in ENDINGS}
        self._bytes: dict[str, bytes] = {}

    def takes(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bool:
        """Take a member that stands beside the document; false for any other."""
        ending = self._near.get(member.name)
        if ending is None:
            return False
        file = archive.extractfile(member) if member.isfile() and member.size <= LARGEST else None
        if file is not None:
            self._bytes[ending] = _at_most(file, member.size)
        return True

    def document(self, allowance: Allowance) -> Document:
        """The document with what came beside it."""
        found = self._found
        if isinstance(found, Refused):
            return found
        return _opened(found.name, found.data, self._bytes.get, allowance)


class _Bounded:
    """A stream that ends a bomb: by ratio, and by what may lie between two members."""

    def __init__(self, source: IO[bytes], packed: int, limits: Limits) -> None:
        self._source = source
        self._most = max(limits.ratio_floor, packed * limits.ratio)
        self._given = 0
        self._until = _HEADERS

    def expect(self, size: int) -> None:
        """Allow the body of the member that was just announced, and headers after it."""
        self._until = self._given + size + _HEADERS

    def read(self, size: int) -> bytes:
        """Read as a file does.

        Raises:
            Unreadable: more came than may.
        """
        data = self._source.read(size)
        self._given += len(data)
        if self._given > self._most:
            raise Unreadable("unpacks to far more than its size: refused as a bomb")
        if self._given > self._until:
            raise Unreadable("headers that are larger than any honest archive's")
        return data

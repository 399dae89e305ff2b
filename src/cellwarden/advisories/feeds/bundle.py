"""One ZIP file with everything imported, for sites without a network: digests, ages, documents."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS, Limits
from cellwarden.advisories.feeds.reading import Refused
from cellwarden.model.advisories import Document
from cellwarden.model.errors import IntegrityError
from cellwarden.model.report import FeedAge

BUNDLE_FORMAT: Final = "cellwarden-feeds/1"
MANIFEST: Final = "MANIFEST.json"
SUMS: Final = "SHA256SUMS"
README: Final = "README.txt"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_KEPT: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_ADVICE: Final = "do not import it; get the bundle again from whoever exported it"
_TEXT: Final = """Advisory feeds, exported for a site without a network.

MANIFEST.json lists every document with its SHA-256 digest and size, and the age of every feed on
the day of the export. SHA256SUMS holds the same digests for the program sha256sum:

    sha256sum --check SHA256SUMS

Import the ZIP file as it is: cellwarden feeds import FILE.zip. The import checks every digest
and stops at the first that differs.
"""


class BundleMeta(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle says of itself: when (RFC 3339), by which version, how old each feed was."""

    exported_at: str
    made_by: str
    feeds: tuple[FeedAge, ...] = ()


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a bundle. ``name`` is its place in the ZIP, ``original`` its own name."""

    name: str
    original: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a bundle holds."""

    format: str
    meta: BundleMeta
    files: tuple[Listed, ...]

    def read(self, archive: zipfile.ZipFile, listed: Listed) -> bytes:
        """The bytes of one document, checked against its digest and size.

        Raises:
            IntegrityError: they differ, or the document is not there.
        """
        try:
            with archive.open(listed.name) as file:
                data = file.read(listed.size + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise IntegrityError(
                f"{listed.name} cannot be taken from the bundle: {error}", advice=_ADVICE
            ) from error
        if len(data) != listed.size or hashlib.sha256(data).hexdigest() != listed.sha256:
            raise IntegrityError(
                f"{listed.name} in the bundle is not what its manifest lists", advice=_ADVICE
            )
        return data


def export_bundle(documents: Iterable[Document], meta: BundleMeta) -> bytes:
    """Write documents as one ZIP file; the same documents and meta give the same bytes."""
    files: list[Listed] = []
    taken: set[str] = set()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for document in documents:
            if isinstance(document, Refused):
                continue
            name = _place(document.name, taken)
            listed = Listed(
                name=name,
                original=document.name,
                sha256=hashlib.sha256(document.data).hexdigest(),
                size=len(document.data),
            )
            files.append(listed)
            _put(archive, name, document.data)
        manifest = Manifest(format=BUNDLE_FORMAT, meta=meta, files=tuple(files))
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        sums = "".join(f"{listed.sha256}  {listed.name}\n" for listed in files)
        _put(archive, MANIFEST, text)
        _put(archive, SUMS, sums.encode())
        _put(archive, README, _TEXT.encode())
    return buffer.getvalue()


def is_bundle(path: Path) -> bool:
    """Whether a file is a bundle with its manifest, which says what belongs to it.

    Raises:
        IntegrityError: it calls itself a bundle and its manifest is gone or does not fit its files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return manifest_of(archive, DEFAULT_LIMITS) is not None
    except (OSError, zipfile.BadZipFile):
        return False


def _has_our_readme(archive: zipfile.ZipFile, names: list[str]) -> bool:
    """Whether what stands in the archive about itself is what stands in every bundle."""
    if README not in names:
        return False
    try:
        with archive.open(README) as file:
            return file.read(len(_TEXT.encode()) + 1) == _TEXT.encode()
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError):
        return False


def manifest_of(archive: zipfile.ZipFile, limits: Limits) -> Manifest | None:
    """The manifest if the archive is a bundle of ours, else nothing.

    Raises:
        IntegrityError: it calls itself a bundle and its manifest does not fit its files.
    """
    names = archive.namelist()
    if not {MANIFEST, SUMS, README} <= set(names):
        if _has_our_readme(archive, names):
            gone = ", ".join(sorted({MANIFEST, SUMS} - set(names)))
            raise IntegrityError(f"the bundle has lost its {gone}", advice=_ADVICE)
        return None
    try:
        with archive.open(MANIFEST) as file:
            text = file.read(limits.document_bytes)
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        reason = f"{MANIFEST} of the bundle cannot be read: {error}"
        raise IntegrityError(reason, advice=_ADVICE) from error
    if manifest.format != BUNDLE_FORMAT:
        raise IntegrityError(
            f"a bundle of the format {manifest.format[:40]!r}",
            advice=f"this version reads {BUNDLE_FORMAT}; export it again with the same version",
        )
    expected = sorted([*(listed.name for listed in manifest.files), MANIFEST, SUMS, README])
    if expected != sorted(names):
        strange = sorted(set(names) ^ set(expected)) or ["a file that stands twice"]
        raise IntegrityError(f"the bundle and its manifest differ in {strange[0]}", advice=_ADVICE)
    too_large = [each.name for each in manifest.files if each.size > limits.document_bytes]
    if too_large:
        raise IntegrityError(f"{too_large[0]} is larger than we read", advice=_ADVICE)
    return manifest


def _place(name: str, taken: set[str]) -> str:
    """A plain, unique path for a document: no blanks, no parents, nothing that a shell reads."""
    parts = [part for part in PurePosixPath(name).parts if part not in {"/", "..", "."}]
    plain = "/".join("".join(c if c in _KEPT else "_" for c in part) for part in parts)
    place = candidate = f"documents/{plain or 'document'}"[:240]
    count = 1
    while candidate in taken:
        count += 1
        stem, dot, ending = place.rpartition(".")
        candidate = f"{stem}-{count}.{ending}" if dot else f"{place}-{count}"
    taken.add(candidate)
    return candidate


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)

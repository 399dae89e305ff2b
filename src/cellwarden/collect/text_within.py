"""Whether a document holds a text, also where it is packed: workbooks, letters, archives, PDFs.

Made for erasing: a text that is split by markup, letter spacing or the end of a line is found, as
a name is a name however it is set. What cannot be looked into is said and never counts as free.
Everything is bounded: documents are hostile.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from typing import Final

import msgspec

from cellwarden.collect import pdf_text

MOST_UNPACKED: Final = 256 << 20
"""Bytes that are unpacked of one document at most."""

_MOST_MEMBERS: Final = 5_000
_DEEPEST: Final = 3
_MARKUP = re.compile(rb"<[^<>]*>")
_GAPS = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]+")
_PICTURES: Final = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"OggS", b"\x1aE\xdf\xa3",
    b"ID3", b"fLaC",
)  # fmt: skip
_GZIP: Final = b"\x1f\x8b"
_DEFLATED_OLE: Final = b"\xd0\xcf\x11\xe0"


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a document holds a text; ``unread`` says what of it could not be looked into."""

    holds: bool
    unread: tuple[str, ...] = ()


def search(data: bytes, text: str) -> Search:
    """Look for a text in a document, into everything that is packed in it."""
    look = _Look(text)
    holds = look.into(data, 0)
    return Search(holds=holds, unread=() if holds else tuple(sorted(look.unread)))


class _Look:
    """One search: what is looked for, how much may still be unpacked, what stays unread."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.squeezed = _GAPS.sub("", text)
        self.encoded = [text.encode(name, "ignore") for name in ("utf-8", "utf-16-le", "utf-16-be")]
        self.left = MOST_UNPACKED
        self.unread: set[str] = set()

    def into(self, data: bytes, depth: int) -> bool:
        """Whether these bytes hold the text, themselves or in what is packed in them."""
        if self._plainly(data):
            return True
        if depth > _DEEPEST:
            self.unread.add("archives in archives, too deep")
        elif data.startswith(b"PK"):
            return self._zip(data, depth)
        elif pdf_text.is_pdf(data):
            return self._pdf(data)
        elif data.startswith(_GZIP):
            return self._gzip(data, depth)
        elif data.startswith(_PICTURES) or data[4:8] == b"ftyp" or data[:4] == b"RIFF":
            self.unread.add("pictures or sound")
        elif data.startswith(_DEFLATED_OLE):
            self.unread.add("an old office file, of which only plain text was searched")
        return False

    def _plainly(self, data: bytes) -> bool:
        if any(needle in data for needle in self.encoded):
            return True
        if self.encoded[0] in data.decode("cp1252", "ignore").encode("utf-8"):
            return True
        head = data[:256].lstrip()
        if head[:1] != b"<" and not head.startswith(b"\xef\xbb\xbf<"):
            return False
        bare = html.unescape(_MARKUP.sub(b"", data).decode("utf-8", "ignore"))
        return self.text in bare or self.squeezed in _GAPS.sub("", bare)

    def _zip(self, data: bytes, depth: int) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
                if len(members) > _MOST_MEMBERS:
                    self.unread.add(f"members after the first {_MOST_MEMBERS}")
                return any(
                    self._member(archive, one, depth)
                    for one in members[:_MOST_MEMBERS]
                    if not one.is_dir()
                )
        except (zipfile.BadZipFile, ValueError, OSError, EOFError):
            self.unread.add("a damaged archive")
            return False

    def _member(self, archive: zipfile.ZipFile, one: zipfile.ZipInfo, depth: int) -> bool:
        if self.text in one.filename:
            return True
        try:
            with archive.open(one) as packed:
                data = packed.read(self.left + 1)
        except RuntimeError:
            self.unread.add("an encrypted archive")
            return False
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
            self.unread.add("a damaged archive, or one packed in a way that is not known")
            return False
        if len(data) > self.left:
            self.unread.add("more than can be unpacked")
        self.spend(len(data))
        return self.into(data, depth + 1)

    def _gzip(self, data: bytes, depth: int) -> bool:
        try:
            plain = zlib.decompressobj(31).decompress(data, self.left + 1)
        except zlib.error:
            self.unread.add("a damaged archive")
            return False
        if len(plain) > self.left:
            self.unread.add("more than can be unpacked")
        self.spend(len(plain))
        return self.into(plain, depth + 1)

    def _pdf(self, data: bytes) -> bool:
        if pdf_text.is_encrypted(data):
            self.unread.add("an encrypted PDF")
            return False
        found = list(pdf_text.streams(data, self.spend))
        if not self.left:
            self.unread.add("more than can be unpacked")
        if any(self._plainly(one) for one in found):
            return True
        if any(self.squeezed in _GAPS.sub("", text) for text in pdf_text.shown([*found, data])):
            return True
        if b"/Subtype/Image" in data.replace(b" ", b""):
            self.unread.add("pictures in a PDF")
        return False

    def spend(self, count: int) -> int:
        """How many bytes may still be unpacked, after so many more were."""
        self.left = max(0, self.left - count)
        return self.left

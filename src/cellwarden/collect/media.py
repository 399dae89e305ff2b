"""What a file is, told by its first bytes: a name that somebody chose proves nothing."""

from __future__ import annotations

import json
from typing import Final

UNKNOWN: Final = "application/octet-stream"

_HEAD: Final = 64 * 1024
_SIGNS: Final = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"-----BEGIN ", "application/x-pem-file"),
)
_OFFICE: Final = (
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)


def media_type(data: bytes) -> str:
    """The media type of some bytes; ``UNKNOWN`` where nothing tells.

    Nothing is opened or unpacked. Only the first 64 KiB are looked at.
    """
    head = data[:_HEAD]
    for at, sign, found in _SIGNS:
        if head.startswith(sign, at):
            return found
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((found for sign, found in _OFFICE if sign in data), "application/zip")
    return _text_type(head) if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # a character that the cut went through
    return True


def _text_type(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start.startswith(b"<?xml"):
        return "application/xml"
    if start.startswith((b"{", b"[")):
        try:
            json.loads(head)
        except (ValueError, RecursionError):
            return "text/plain"
        return "application/json"
    return "text/plain"

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.collect.media import UNKNOWN, media_type

OFFICE = "application/vnd.openxmlformats-officedocument"


def packed(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (
            packed("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (packed("a.txt"), "application/zip"),
        (b"<!DOCTYPE html><script>", "text/html"),
        (b'\xef\xbb\xbf{"a": 1}', "application/json"),
        (b"{not json", "text/plain"),
        ("Größe 3".encode(), "text/plain"),
        ("Größe 3".encode("cp1252"), UNKNOWN),
        (b"MZ\0\0", UNKNOWN),
        (b"", UNKNOWN),
        (b"[" * 70_000, "text/plain"),
        (b"a" * 65_535 + "ö".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, found: str) -> None:
    assert media_type(data) == found


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(data: bytes) -> None:
    assert "/" in media_type(data)

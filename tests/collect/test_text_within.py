"""A name is found in what packs it: workbooks, letters, archives, PDFs; the unread is said."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.collect import pdf_text, text_within
from cellwarden.collect.text_within import search

NAME = "Wilhelmina Oduya-Strand"
LETTER = (
    '<?xml version="1.0"?><w:document xmlns:w="w"><w:p><w:r><w:t>Approved by Wilhel</w:t></w:r>'
    '<w:r><w:t xml:space="preserve">mina </w:t></w:r><w:r><w:t>Oduya-Strand</w:t></w:r></w:p>'
    "</w:document>"
)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def workbook(*cells: str) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(*contents: bytes) -> bytes:
    """A PDF of these content streams, each deflated; enough of one for who reads streams."""
    body = b"%PDF-1.7\n"
    for number, content in enumerate(contents, start=1):
        packed = zlib.compress(content)
        body += b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n" % (number, len(packed))
        body += packed + b"\nendstream\nendobj\n"
    return body + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"


TABLE = b"""/CIDInit /ProcSet findresource begin begincmap
1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfchar <0003> <0020> <0010> <002D> endbfchar
2 beginbfrange <0024> <003D> <0041> <0044> <005D> <0061> endbfrange
endcmap"""


def coded(text: str) -> bytes:
    """A text in the codes of that table, as one page shows it, letter by letter."""
    codes = {" ": 3, "-": 0x10}
    codes |= {chr(0x41 + at): 0x24 + at for at in range(26)}
    codes |= {chr(0x61 + at): 0x44 + at for at in range(26)}
    return b"BT [" + b" -12 ".join(b"<%04X>" % codes[one] for one in text) + b"] TJ ET"


@pytest.mark.parametrize(
    "document",
    [
        NAME.encode(),
        f"Zoë; {NAME}".encode("cp1252"),
        NAME.encode("utf-16-le"),
        zipped(a=b"x", folder__b=NAME.encode()),
        zipped(inner=zipped(again=NAME.encode())),
        gzip.compress(NAME.encode(), mtime=0),
        workbook("U9", NAME),
        zipped(word__document=LETTER.encode()),
        pdf(b"BT (Approved by Wilhelmina Oduya-Strand) Tj ET"),
        pdf(b"BT [(Wilhel) 20 (mina) -250 (Oduya\\055) ] TJ T* (Strand) Tj ET"),
        pdf(b"BT <57696C68656C6D696E61204F647579612D537472616E64> Tj ET"),
        pdf(coded(NAME), TABLE),
        zipped(report=pdf(coded(NAME), TABLE)),
        b"\x00\x00%PDF-1.4\n1 0 obj\n<</Title (Wilhelmina Oduya-Strand)>>\nendobj\n",
    ],
    ids=[
        "text", "western text", "wide text", "archive", "archive in archive", "gzip", "workbook",
        "letter in runs", "pdf", "pdf in pieces", "pdf in hex", "pdf in codes", "pdf in archive",
        "pdf title",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_packed(document: bytes) -> None:
    assert search(document, NAME).holds
    assert not search(document, "Nobody Known").holds


def test_a_browsers_own_pdf_is_read(tmp_path: Path) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("needs Debian's package chromium")
    page, target = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(f"<p>Seen by <b>Wilhelmina</b> Oduya-Strand and Zoë Łukasz</p>{NAME}", "utf-8")
    words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
    subprocess.run(
        [*words, f"--print-to-pdf={target}", page.as_uri()], check=True, capture_output=True
    )
    data = target.read_bytes()

    assert NAME.encode() not in data
    assert search(data, NAME).holds
    assert search(data, "Zoë Łukasz").holds
    assert not search(data, "Ida Berg").holds


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "pictures or sound"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "pictures or sound"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(50), "pictures or sound"),
        (b"%PDF-1.7\ntrailer <</Encrypt 3 0 R>>", "an encrypted PDF"),
        (pdf(b"q") + b"<</Subtype /Image>>", "pictures in a PDF"),
        (b"PK\x03\x04 cut off", "a damaged archive"),
        (gzip.compress(bytes(2000), mtime=0)[:12], None),
    ],
)
def test_what_cannot_be_looked_into_is_said(document: bytes, why: str | None) -> None:
    found = search(document, NAME)

    assert not found.holds
    assert found.unread == ((why,) if why else ())


def test_an_archive_in_archives_without_end_and_a_bomb_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nested = zipped(deep=NAME.encode())
    for _ in range(6):
        nested = zipped(inner=nested)
    monkeypatch.setattr(text_within, "MOST_UNPACKED", 1 << 20)
    bomb = zipped(zeros=bytes(8 << 20), name=NAME.encode())
    paged = pdf(bytes(8 << 20), b"(Wilhelmina Oduya-Strand) Tj")

    assert search(nested, NAME).unread == ("archives in archives, too deep",)
    assert search(bomb, NAME).unread == ("more than can be unpacked",)
    assert search(paged, NAME).unread == ("more than can be unpacked",)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"%PDF-1.7\nstream\n", b"\x1f\x8b\x08", b"<"):
        search(head + data, NAME)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_no_table_of_codes_makes_it_fail(block: bytes) -> None:
    page = b"begincmap beginbfchar" + block + b"endbfchar beginbfrange" + block + b"endbfrange"

    list(pdf_text.shown([page, b"<0003>(\\12\\)) Tj" + block]))

"""Which reader takes a document, and what holds for all of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cellwarden import collect
from cellwarden.collect.readers import readers
from cellwarden.collect.reading import choose_reader
from cellwarden.model.errors import SourceError


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("assets.csv", b"asset_id\n", "CSV"),
        ("assets.xlsx", b"PK\x03\x04", "XLSX"),
        ("register.yaml", b"assets: []", "YAML or JSON"),
        ("assets.json", b"[]", "YAML or JSON"),
        ("fleet.json", b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}', "CycloneDX"),
        (
            "devices.json",
            b'[{"url": "https://n/api/dcim/devices/1/", "device_type": {}}]',
            "NetBox",
        ),
        ("ups.dev", b"ups.status: OL\n", "NUT"),
        ("ups.snmprec", b"1.3.6.1.2.1.1.1.0|4|x", "SNMP walk"),
        ("walk.txt", b".1.3.6.1.2.1.1.1.0 = STRING: x", "SNMP walk"),
        ("configuration/x/2026-11-01.json", b"{}", "configuration export"),
        ("configuration/x/2026-11-01.txt", b"a=1", "configuration export"),
        ("x.ini", b"a=1", "configuration export"),
    ],
)
def test_a_document_finds_its_reader(name: str, data: bytes, expected: str) -> None:
    assert expected == choose_reader(name, data).FORMAT


def test_every_file_of_the_folder_is_a_reader(root: Path) -> None:
    files = (root / "src/cellwarden/collect/readers").glob("*.py")

    assert {file.stem for file in files} - {"__init__"} == set(readers())
    assert len({reader.FORMAT for reader in readers().values()}) == len(readers())


def test_a_document_of_no_known_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SourceError, match=r"notes\.pdf is in no format.*CSV.*CycloneDX") as refused:
        collect.read("notes.pdf", b"%PDF-1.7 ...")

    assert "CSV" in refused.value.advice


def test_a_document_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellwarden.collect.bounds.DOCUMENT_BYTES", 100)

    with pytest.raises(SourceError, match="holds more than") as refused:
        collect.read("assets.csv", b"asset_id\n" + b"x" * 100)

    assert "split it" in refused.value.advice


def test_a_reading_names_its_source_and_the_digest_of_its_bytes() -> None:
    data = b"asset_id\nA1\n"

    reading = collect.read("register/assets.csv", data, taken_at="2026-11-01T00:00:00Z")

    assert reading.source == "register/assets.csv"
    assert reading.document_sha256 == hashlib.sha256(data).hexdigest()
    assert reading.taken_at == "2026-11-01T00:00:00Z"

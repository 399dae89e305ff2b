"""Raw documents packed into one object, and bundles for sites without a network."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.feeds import (
    BundleMeta,
    Refused,
    documents,
    export_bundle,
    find,
    pack,
    unpack,
)
from cellwarden.advisories.feeds.packing import BLOCK_BYTES, index_of
from cellwarden.model.advisories import Document
from cellwarden.model.errors import IntegrityError
from cellwarden.model.report import FeedAge

META = BundleMeta(
    exported_at="2026-11-16T08:00:00Z",
    made_by="cellwarden 0.1.0",
    feeds=(
        FeedAge(
            feed="csaf",
            documents=2,
            newest_at="2026-11-01T00:00:00Z",
            imported_at="2026-11-02T00:00:00Z",
            age_days=15,
            is_stale=False,
        ),
    ),
)
TWO = [
    Document(name="feeds/a b.json", data=b'{"a": 1}'),
    Document(name="feeds/../../x.json", data=b'{"x": 2}'),
]

some_documents = st.lists(
    st.builds(Document, name=st.text(max_size=20), data=st.binary(max_size=400)), max_size=12
)


@given(some_documents)
@settings(max_examples=100)
def test_a_pack_gives_back_what_was_packed(packed: list[Document]) -> None:
    assert unpack(pack(packed)) == packed


@given(some_documents)
@settings(max_examples=50)
def test_the_same_documents_give_the_same_pack(packed: list[Document]) -> None:
    assert pack(packed) == pack(list(packed))


def test_one_document_is_found_by_its_digest_across_blocks() -> None:
    large = Document(name="large", data=bytes(range(256)) * (BLOCK_BYTES // 200))
    packed = pack([Document(name="first", data=b"1" * 999), large, Document(name="e", data=b"")])

    found = find(packed, hashlib.sha256(large.data).hexdigest())

    assert found == large
    assert len(index_of(packed).blocks) == 2
    assert find(packed, hashlib.sha256(b"").hexdigest()) == Document(name="e", data=b"")
    assert find(packed, "0" * 64) is None


def test_a_refused_document_is_not_packed() -> None:
    assert unpack(pack([Refused(name="a", data=b"", reason="a link")])) == []


@pytest.mark.parametrize("place", [0, 20, 30, 60, -1])
def test_a_changed_pack_is_refused(place: int) -> None:
    packed = bytearray(pack([Document(name="a", data=b"hello" * 100)]))
    packed[place] ^= 0xFF

    with pytest.raises(IntegrityError):
        unpack(bytes(packed))


@pytest.mark.parametrize("size", [0, 10, 25, 80])
def test_a_cut_pack_is_refused(size: int) -> None:
    with pytest.raises(IntegrityError):
        unpack(pack([Document(name="a", data=b"hello" * 100)])[:size])


def test_the_corpus_survives_packing(shared: Path) -> None:
    corpus = list(documents([shared / "data" / "csaf-cisa"]))

    packed = pack(corpus)

    assert unpack(packed) == corpus
    assert len(packed) < sum(len(document.data) for document in corpus) / 5


def test_a_bundle_gives_back_its_documents_and_checks_them(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(export_bundle(TWO, META))

    found = list(documents([path]))

    assert [each.data for each in found] == [each.data for each in TWO]
    assert [each.name for each in found] == [f"bundle.zip/{each.name}" for each in TWO]


def test_a_bundle_lists_digest_size_and_age() -> None:
    with zipfile.ZipFile(io.BytesIO(export_bundle(TWO, META))) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
        sums = archive.read("SHA256SUMS").decode().splitlines()
        readme = archive.read("README.txt").decode()
        names = archive.namelist()

    digest = hashlib.sha256(TWO[0].data).hexdigest()
    assert manifest["files"][0]["sha256"] == digest
    assert manifest["files"][0]["size"] == len(TWO[0].data)
    assert manifest["meta"]["feeds"][0]["age_days"] == 15
    assert sums[0] == f"{digest}  documents/feeds/a_b.json"
    assert "cellwarden feeds import" in readme
    assert not any(".." in name or " " in name for name in names)


def test_the_same_bundle_is_written_byte_for_byte_again() -> None:
    assert export_bundle(TWO, META) == export_bundle(TWO, META)


def test_documents_of_one_name_both_travel(tmp_path: Path) -> None:
    twins = [Document(name="a.json", data=b"{}"), Document(name="a.json", data=b"[]")]
    path = tmp_path / "bundle.zip"
    path.write_bytes(export_bundle(twins, META))

    assert [each.data for each in documents([path])] == [b"{}", b"[]"]


def changed_bundle(path: Path, name: str, data: bytes | None) -> Path:
    """Write a bundle in which one member is replaced, or left out."""
    with (
        zipfile.ZipFile(io.BytesIO(export_bundle(TWO, META))) as source,
        zipfile.ZipFile(path, "w") as target,
    ):
        for member in source.namelist():
            if member != name:
                target.writestr(member, source.read(member))
        if data is not None:
            target.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("documents/feeds/a_b.json", b'{"a": 2}'),
        ("documents/feeds/a_b.json", None),
        ("documents/stowaway.json", b"{}"),
        ("MANIFEST.json", b"{}"),
    ],
)
def test_a_bundle_that_was_changed_is_refused_by_the_name_of_the_file(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    path = changed_bundle(tmp_path / "bundle.zip", name, data)

    with pytest.raises(IntegrityError) as caught:
        list(documents([path]))

    assert name in str(caught.value)
    assert "do not import it" in caught.value.advice

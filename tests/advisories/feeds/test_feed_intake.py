"""Documents out of files, folders and archives; hostile ones are refused aloud."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from cellwarden.advisories.feeds import (
    Limits,
    Refused,
    documents,
    refuse_if_nothing_understood,
    understand,
)
from cellwarden.model.errors import InputError, SourceError

ADVISORY = b'{"catalogVersion": "2025.01.02", "count": 0, "vulnerabilities": []}'


def taken(path: Path, limits: Limits | None = None) -> dict[str, bytes]:
    found = documents([path], limits=limits or Limits())
    return {each.name: each.data for each in found if not isinstance(each, Refused)}


def refused(path: Path, limits: Limits | None = None) -> dict[str, str]:
    found = documents([path], limits=limits or Limits())
    return {each.name: each.reason for each in found if isinstance(each, Refused)}


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # mode is a parameter
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def test_a_folder_is_read_in_sorted_order_with_stable_names(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "two.json").write_bytes(ADVISORY)
    (folder / "a.json").write_bytes(ADVISORY)
    (folder / ".hidden.json").write_bytes(ADVISORY)
    (folder / "notes.txt").write_bytes(b"not a document")
    (folder / "changes.csv").write_bytes(b"a list of documents")

    names = [each.name for each in documents([folder])]

    assert names == ["feeds/a.json", "feeds/b/two.json"]


@pytest.mark.parametrize("ending", [".json", ".json.gz", ".json.bz2"])
def test_packed_files_come_out_unpacked(tmp_path: Path, ending: str) -> None:
    packed = {".json": ADVISORY, ".json.gz": gzip.compress(ADVISORY)}
    path = tmp_path / f"one{ending}"
    path.write_bytes(packed.get(ending, bz2.compress(ADVISORY)))

    found = taken(path)

    assert found == {path.name: ADVISORY}


@pytest.mark.parametrize(
    ("ending", "mode"), [(".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar.xz", "w:xz")]
)
def test_tar_archives_give_their_documents(tmp_path: Path, ending: str, mode: str) -> None:
    path = make_tar(tmp_path / f"all{ending}", [(tarfile.TarInfo("x/one.json"), ADVISORY)], mode)

    found = taken(path)

    assert found == {f"all{ending}/x/one.json": ADVISORY}


def test_a_zip_gives_its_documents_by_name(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "all.zip", {"b.json": ADVISORY, "a.json": b"{}"})

    found = documents([path])

    assert [each.name for each in found] == ["all.zip/a.json", "all.zip/b.json"]


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "c:evil.json", "..\\evil.json"]
)
def test_a_member_whose_name_leads_out_is_refused_and_the_rest_is_read(
    tmp_path: Path, name: str
) -> None:
    path = make_zip(tmp_path / "all.zip", {name: ADVISORY, "good.json": ADVISORY})

    reasons = refused(path)

    assert list(reasons.values()) == ["its name leads out of the archive"]
    assert taken(path) == {"all.zip/good.json": ADVISORY}


def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path) -> None:
    link, hard, device = (tarfile.TarInfo(f"{name}.json") for name in ("link", "hard", "device"))
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard.type, hard.linkname = tarfile.LNKTYPE, "good.json"
    device.type = tarfile.CHRTYPE
    good = tarfile.TarInfo("good.json")
    members = [(link, b""), (hard, b""), (device, b""), (good, ADVISORY)]
    path = make_tar(tmp_path / "all.tar.gz", members)

    reasons = refused(path)

    assert set(reasons.values()) == {"a link or device, no file"}
    assert len(reasons) == 3
    assert taken(path) == {"all.tar.gz/good.json": ADVISORY}


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link.json")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")

    assert refused(path) == {"all.zip/link.json": "a link, no file"}


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"one.json": ADVISORY})
    path = make_zip(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes()})

    assert list(refused(path)) == ["outer.zip/inner.zip"]
    assert taken(path) == {}


def test_a_link_out_of_a_folder_is_refused_and_one_inside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_bytes(ADVISORY)
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "one.json").write_bytes(ADVISORY)
    (folder / "inside.json").symlink_to("one.json")
    (folder / "out.json").symlink_to(secret)

    assert list(refused(folder)) == ["feeds/out.json"]
    assert sorted(taken(folder)) == ["feeds/inside.json", "feeds/one.json"]


def test_a_folder_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.json").write_bytes(ADVISORY)
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "one.json").write_bytes(ADVISORY)
    (folder / "linked").symlink_to(outside)

    assert list(taken(folder)) == ["feeds/one.json"]


def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    os.mkfifo(folder / "pipe.json")

    assert refused(folder) == {"feeds/pipe.json": "no regular file"}


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".json.gz", ".json.bz2"])
def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path, ending: str) -> None:
    limits = Limits(document_bytes=1_000_000, ratio=50, ratio_floor=100_000)
    blanks = b" " * 3_000_000
    path = tmp_path / f"bomb{ending}"
    if ending == ".zip":
        make_zip(path, {f"{number}.json": blanks[:900_000] for number in range(9)})
    elif ending == ".tar.gz":
        make_tar(path, [(tarfile.TarInfo(f"{n}.json"), blanks[:900_000]) for n in range(9)])
    else:
        path.write_bytes((gzip if ending.endswith("gz") else bz2).compress(blanks))

    reasons = " ".join(refused(path, limits).values())

    assert "bomb" in reasons or "unpacks to more than" in reasons


def test_a_tar_with_an_endless_header_is_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("one.json")
    member.pax_headers = {"comment": "x" * 3_000_000}
    path = tmp_path / "all.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        member.size = len(ADVISORY)
        archive.addfile(member, io.BytesIO(ADVISORY))

    assert "headers" in refused(path)["all.tar"]


def test_an_import_ends_at_its_bound_of_documents(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "all.zip", {f"{number}.json": b"{}" for number in range(9)})
    limits = Limits(members=4)

    assert len(taken(path, limits)) == 4
    assert "more than 4 documents" in next(iter(refused(path, limits).values()))


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".json.gz", ".json.bz2"])
def test_truncated_archives_are_refused_with_a_reason(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"cut{ending}"
    noise = os.urandom(20_000)
    if ending == ".zip":
        make_zip(path, {"one.json": noise})
    elif ending == ".tar.gz":
        make_tar(path, [(tarfile.TarInfo("one.json"), noise)])
    else:
        path.write_bytes((gzip if ending.endswith("gz") else bz2).compress(noise))
    path.write_bytes(path.read_bytes()[:-9_000])

    reasons = refused(path)

    assert len(reasons) == 1
    assert taken(path) == {}


def test_an_empty_folder_is_a_source_error_with_advice(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()

    with pytest.raises(SourceError) as caught:
        list(documents([folder]))

    assert "holds no advisory documents" in str(caught.value)
    assert "sync" in caught.value.advice


def test_a_path_that_does_not_exist_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(documents([tmp_path / "nowhere"]))


def test_an_import_of_which_nothing_is_understood_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b'{"hello": "world"}')
    understood = [understand(document) for document in documents([tmp_path])]

    with pytest.raises(SourceError, match="nothing in feeds could be read"):
        refuse_if_nothing_understood(understood, "feeds")


def test_one_understood_document_is_enough_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(ADVISORY)
    (tmp_path / "two.json").write_bytes(b"not JSON")
    understood = [understand(document) for document in documents([tmp_path])]

    refuse_if_nothing_understood(understood, "feeds")

    assert [each.format for each in understood] == ["kev 2025.01.02", "unknown"]


def test_a_refused_document_becomes_an_unreadable_row() -> None:
    found = understand(Refused(name="all.zip/x.json", data=b"", reason="a link, no file"))

    row = found.tables["unreadable"][0]

    assert row[0] == "all.zip/x.json"
    assert "a link, no file" in row


def test_the_corpus_in_one_zip_is_the_corpus_in_its_folder(shared: Path, tmp_path: Path) -> None:
    paths = sorted((shared / "data" / "csaf-cisa").glob("icsa-24-2*.json"))
    path = make_zip(tmp_path / "cisa.zip", {each.name: each.read_bytes() for each in paths})

    from_zip = [each.data for each in documents([path])]

    assert from_zip == [each.data for each in documents(paths)]
    assert len(from_zip) > 50

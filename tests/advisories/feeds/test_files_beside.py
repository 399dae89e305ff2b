"""Digest files and signatures beside documents, wherever the documents lie."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.signing import Signer, signing

from cellwarden.advisories.feeds import Refused, Tampered, Verifier, documents, understand
from cellwarden.advisories.feeds.signatures import KeyRing, is_by, judged, lacking_key
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError

ADVISORY = b'{"catalogVersion": "2026.01.02", "count": 0, "vulnerabilities": []}'
SHA256 = hashlib.sha256(ADVISORY).hexdigest()
SHA512 = hashlib.sha512(ADVISORY).hexdigest()
Members = dict[str, bytes]
AGREEING: Members = {
    "kev.json": ADVISORY,
    "kev.json.sha256": f"{SHA256}  kev.json\n".encode(),
    "kev.json.sha512": SHA512.upper().encode(),
}


def as_folder(place: Path, members: Members) -> Path:
    folder = place / "feeds"
    folder.mkdir()
    for name, data in members.items():
        (folder / name).write_bytes(data)
    return folder


def as_zip(place: Path, members: Members) -> Path:
    path = place / "feeds.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def as_tar(place: Path, members: Members) -> Path:
    path = place / "feeds.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def as_file(place: Path, members: Members) -> Path:
    return as_folder(place, members) / next(iter(members))


ANYWHERE = pytest.mark.parametrize("laid", [as_folder, as_zip, as_tar, as_file])
Laid = Callable[[Path, Members], Path]


@ANYWHERE
def test_digest_files_that_agree_are_noted(laid: Laid, tmp_path: Path) -> None:
    (found,) = documents([laid(tmp_path, AGREEING)])

    assert found.data == ADVISORY
    assert found.checked is not None
    assert found.checked.digests == ("sha256", "sha512")
    assert found.checked.signature.state == ""


@ANYWHERE
@pytest.mark.parametrize("ending", ["sha256", "sha512"])
@pytest.mark.parametrize("stated", [b"0" * 64, b"0" * 128, b"", b"kev.json", b"\xff\xfe"])
def test_document_that_its_digest_file_contradicts_is_refused_in_its_place(
    laid: Laid, ending: str, stated: bytes, tmp_path: Path
) -> None:
    members = {**AGREEING, f"kev.json.{ending}": stated, "other.json": ADVISORY + b" "}

    found = list(documents([laid(tmp_path, members)]))

    refused = next(one for one in found if isinstance(one, Tampered))
    assert refused.name.endswith("kev.json")
    assert f"kev.json.{ending}" in refused.reason
    assert understand(refused).tables["unreadable"]
    assert all(one is refused or not isinstance(one, Refused) for one in found)


def test_digest_of_a_packed_file_speaks_of_the_packed_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(ADVISORY)
    stated = hashlib.sha256(packed).hexdigest().encode()

    (found,) = documents([as_folder(tmp_path, {"k.json.gz": packed, "k.json.gz.sha256": stated})])

    assert found.data == ADVISORY
    assert found.checked is not None


@ANYWHERE
def test_signature_without_a_key_is_unknown_and_said_to_be(laid: Laid, tmp_path: Path) -> None:
    members = {"kev.json": ADVISORY, "kev.json.asc": b"-----BEGIN PGP SIGNATURE-----"}

    (found,) = documents([laid(tmp_path, members)])

    assert found.checked is not None
    assert found.checked.signature.state == "not checked"
    assert "feeds.keys" in found.checked.signature.why


def test_document_alone_has_nothing_checked(tmp_path: Path) -> None:
    (found,) = documents([as_folder(tmp_path, {"kev.json": ADVISORY})])

    assert found == Document(name="feeds/kev.json", data=ADVISORY)


# ---- by the real GnuPG ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def signer() -> Iterator[Signer]:
    with signing() as made:
        yield made


@pytest.fixture
def keys(signer: Signer, tmp_path: Path) -> Iterator[Verifier]:
    file = tmp_path / "corvane.asc"
    file.write_bytes(signer.key("psirt@corvane.example"))
    with KeyRing([file]) as ring:
        yield ring


def signed(place: Path, data: bytes, signature: bytes) -> Path:
    return as_folder(place, {"kev.json": data, "kev.json.asc": signature})


def test_signature_by_a_key_of_the_settings_is_checked(
    signer: Signer, keys: Verifier, tmp_path: Path
) -> None:
    path = signed(tmp_path, ADVISORY, signer.sign("psirt@corvane.example", ADVISORY))

    (found,) = documents([path], keys=keys)

    assert found.checked is not None
    assert found.checked.signature.state == "checked"
    assert len(found.checked.signature.signer) == 40


def test_signature_over_other_bytes_refuses_the_document(
    signer: Signer, keys: Verifier, tmp_path: Path
) -> None:
    path = signed(tmp_path, ADVISORY + b" ", signer.sign("psirt@corvane.example", ADVISORY))

    (found,) = documents([path], keys=keys)

    assert isinstance(found, Tampered)
    assert "not over these bytes" in found.reason


def test_signature_by_another_key_is_not_checked_and_says_which(
    signer: Signer, keys: Verifier, tmp_path: Path
) -> None:
    path = signed(tmp_path, ADVISORY, signer.sign("stranger@corvane.example", ADVISORY))

    (found,) = documents([path], keys=keys)

    assert found.checked is not None
    assert found.checked.signature.state == "not checked"
    assert "not among feeds.keys" in found.checked.signature.why


def test_what_is_no_signature_at_all_is_not_checked(keys: Verifier, tmp_path: Path) -> None:
    (found,) = documents([signed(tmp_path, ADVISORY, b"hello")], keys=keys)

    assert found.checked is not None
    assert found.checked.signature.state == "not checked"


@pytest.mark.usefixtures("signer")
def test_file_without_a_key_is_an_input_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    file = tmp_path / "no.asc"
    file.write_bytes(b"no key")

    with pytest.raises(InputError, match="no OpenPGP public key"), KeyRing([file]):
        pass
    with pytest.raises(InputError, match="cannot be read"), KeyRing([tmp_path / "absent.asc"]):
        pass


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("[GNUPG:] GOODSIG 1 x\n[GNUPG:] VALIDSIG AB 2026", "checked"),
        ("[GNUPG:] BADSIG 1 x\n[GNUPG:] VALIDSIG AB 2026", "wrong"),
        ("[GNUPG:] EXPKEYSIG 1 x\n[GNUPG:] VALIDSIG AB 2026", "wrong"),
        ("[GNUPG:] REVKEYSIG 1 x\n[GNUPG:] VALIDSIG AB 2026", "wrong"),
        ("[GNUPG:] ERRSIG 1\n[GNUPG:] NO_PUBKEY 1", "not checked"),
        ("gpgv: VALIDSIG AB", "not checked"),
        ("", "not checked"),
    ],
)
def test_only_a_valid_signature_by_a_key_in_force_is_checked(words: str, state: str) -> None:
    assert judged(words).state == state


def test_the_issuer_of_a_signature_is_known_by_its_key_id(signer: Signer) -> None:
    ring_of = {}
    for name in ("psirt@corvane.example", "stranger@corvane.example"):
        listing = signer.gpg("--with-colons", "--list-keys", name).decode()
        ring_of[name] = next(
            line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:")
        )
    signature = signer.sign("psirt@corvane.example", ADVISORY)

    assert is_by(signature, ring_of["psirt@corvane.example"][-16:])
    assert is_by(signature.replace(b"\n", b"\r\n"), ring_of["psirt@corvane.example"][-16:])
    assert not is_by(signature, ring_of["stranger@corvane.example"][-16:])
    assert not is_by(b"no signature", ring_of["psirt@corvane.example"][-16:])
    assert not is_by(signature, "no key id")


def test_a_ring_knows_its_keys_and_other_keys_give_another_mark(
    signer: Signer, keys: Verifier, tmp_path: Path
) -> None:
    found = keys.verify(ADVISORY, signer.sign("psirt@corvane.example", ADVISORY))
    stranger = keys.verify(ADVISORY, signer.sign("stranger@corvane.example", ADVISORY))
    file = tmp_path / "stranger.asc"
    file.write_bytes(signer.key("stranger@corvane.example"))

    assert keys.knows(found.signer)
    assert lacking_key(found) == ""
    assert not keys.knows(lacking_key(stranger))
    with KeyRing([file]) as other:
        assert other.knows(lacking_key(stranger))
        assert other.mark() != keys.mark()
    with KeyRing([tmp_path / "corvane.asc"]) as same:
        assert same.mark() == keys.mark()


def test_without_gnupg_a_signature_is_not_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key.asc"
    file.write_bytes(b"whatever")
    monkeypatch.setenv("PATH", str(tmp_path))

    with KeyRing([file]) as ring:
        found = ring.verify(ADVISORY, b"signature")

    assert found.state == "not checked"
    assert "gnupg" in found.why

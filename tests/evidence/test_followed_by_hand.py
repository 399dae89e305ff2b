"""From every finding to what proves it: the files of a pack, lines as grep finds them, OpenSSL."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.evidence.conftest import Packed, files_of

ED25519_DER = bytes.fromhex("302a300506032b6570032100")
"""What stands before 32 bytes of an Ed25519 key where OpenSSL reads one (RFC 8410)."""


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(size: int, here: dict[tuple[int, int], bytes], first: int = 0) -> bytes:
    """The RFC 6962 head over ``size`` leaves from ``first`` on: its definition, word by word."""
    if (first, first + size - 1) in here:
        return here[first, first + size - 1]
    left = 1
    while left * 2 < size:
        left *= 2
    return digest(b"\x01", root_of(left, here, first), root_of(size - left, here, first + left))


def span(place: str) -> tuple[int, int]:
    first, _, last = place.partition("-")
    return int(first), int(last or first)


@pytest.fixture(scope="module")
def files(whole: Packed) -> dict[str, bytes]:
    return files_of(whole.data)


@pytest.fixture(scope="module")
def entries(files: dict[str, bytes]) -> dict[str, bytes]:
    """The lines of entries.txt by place."""
    lines = (line.split(b"\t", 1) for line in files["entries.txt"].splitlines())
    return {place.decode(): rest for place, rest in lines}


def table(files: dict[str, bytes], entry: str, kind: str) -> dict[str, bytes]:
    """The lines of rows.txt about one kind of one entry, by the rest of their place."""
    found = {}
    for line in files["rows.txt"].splitlines():
        place, name, rest = line.split(b"\t", 2)
        if place.startswith(f"{entry}.".encode()) and name.decode() == kind:
            found[place.decode().partition(".")[2]] = rest
    return found


def table_root(lines: dict[str, bytes], count: int) -> bytes:
    """The root over a table: 64 row digests are a leaf, and what is left out stands as its hash."""
    leaves: dict[tuple[int, int], bytes] = {}
    digests: dict[int, bytes] = {}
    for place, rest in lines.items():
        first, last = span(place)
        if first < last:
            leaves[first // 64, last // 64] = bytes.fromhex(rest.decode())
        else:
            digests[first] = bytes.fromhex(rest.decode()) if "-" in place else digest(b"\x00", rest)
    for leaf in {row // 64 for row in digests}:
        rows = range(leaf * 64, min(count, leaf * 64 + 64))
        leaves[leaf, leaf] = digest(b"\x00", *(digests[row] for row in rows))
    return root_of(-(-count // 64), leaves)


def test_every_finding_leads_over_rows_and_entries_to_the_signed_root(
    files: dict[str, bytes], entries: dict[str, bytes]
) -> None:
    findings = json.loads(files["findings.json"])
    text = files["checkpoint.note"].decode().partition("\n\n")[0]
    _, size, root = text.split("\n")
    rows: dict[str, list[str]] = {}
    for line in files["rows.txt"].splitlines():
        place, kind, _ = line.decode().split("\t", 2)
        rows.setdefault(place, []).append(kind)
    asked = {(fact, kind) for one in findings for fact in one["evidence"] for kind in rows[fact]}
    tables = {(fact.partition(".")[0], kind) for fact, kind in asked}

    assert len(asked) > 500
    assert all(one["evidence"] for one in findings if one["verdict"] == "fail")
    for entry, kind in tables:
        named = [one for one in json.loads(entries[entry])["tables"] if one["kind"] == kind]
        lines = table(files, entry, kind)
        assert table_root(lines, named[0]["rows"]).hex() == named[0]["root"], (entry, kind)
    pieces = {
        span(place): bytes.fromhex(rest.decode()) if "-" in place else digest(b"\x00", rest)
        for place, rest in entries.items()
    }
    assert base64.b64encode(root_of(int(size), pieces)).decode() == root


def test_openssl_says_the_same_of_the_checkpoint_and_the_manifest(
    whole: Packed, files: dict[str, bytes], tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs Debian's package openssl")
    key = base64.b64decode(files["keys.txt"].decode().split("+", 2)[2])[1:]
    (tmp_path / "key.der").write_bytes(ED25519_DER + key)

    assert hashlib.sha256(key).hexdigest() == whole.fingerprint
    for name in ("checkpoint.note", "manifest.note"):
        text, _, block = files[name].decode().partition("\n\n")
        signature = base64.b64decode(block.split()[2])[4:]
        (tmp_path / "text").write_bytes(text.encode() + b"\n")
        (tmp_path / "signature").write_bytes(signature)
        words = "pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text"
        done = subprocess.run(
            ["openssl", *words.split(), "-sigfile", "signature"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Verified Successfully" in done.stdout, done.stderr


def test_sha256sum_checks_the_manifest_as_it_stands(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    command = "sed '1,3d;/^$/,$d' manifest.note | sha256sum -c --quiet --strict"

    fine = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    (tmp_path / "findings.csv").write_bytes(b"nothing\n")
    changed = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert command.partition(" --quiet")[0] in files["README.txt"].decode()
    assert (fine.returncode, fine.stderr) == (0, b"")
    assert changed.returncode == 1
    assert "findings.csv: FAILED" in changed.stdout


def test_a_personal_cell_in_a_row_is_opened_by_its_commitment(files: dict[str, bytes]) -> None:
    opened = {one["commitment"]: one for one in map(json.loads, files["opened.jsonl"].splitlines())}
    committed = re.findall(r'"(salted-sha256:[0-9a-f]{64})"', files["rows.txt"].decode())

    assert committed
    for commitment in committed:
        if commitment in opened:
            one = opened[commitment]
            value = files[one["file"]] if "file" in one else one["value"].encode()
            found = hashlib.sha256(bytes.fromhex(one["salt"]) + value).hexdigest()
            assert commitment == f"salted-sha256:{found}"
    assert len(set(committed) & opened.keys()) > 100

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cellwarden.ledger.checkpoints import encode_checkpoint, open_checkpoint
from cellwarden.ledger.keys import SignerKey, decode_signer, decode_verifier, encode_verifier
from cellwarden.ledger.notes import decode_note, encode_note, sign_note, verify_note
from cellwarden.ledger.proofs import encode_growth, encode_inclusion

if TYPE_CHECKING:
    from tests.ledger.conftest import SignedLog

GOPATH = Path("/usr/share/gocode")
Go = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Go:
    """The program in ``go/main.go``, built from Debian's packages without any network."""
    if shutil.which("go") is None:
        pytest.skip("needs Debian's package golang-go")
    if not (GOPATH / "src/golang.org/x/mod/sumdb/note").is_dir():
        pytest.skip("needs Debian's package golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    program = folder / "reader"
    source = root / "tests/ledger/go/main.go"
    subprocess.run(["go", "build", "-o", program, source], env=environment, check=True)

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *words], capture_output=True, text=True, check=False)

    return run


def kept(folder: Path, name: str, data: bytes) -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


def test_go_opens_our_checkpoint_and_refuses_a_changed_one(
    go: Go, log: SignedLog, tmp_path: Path
) -> None:
    good = encode_note(log.checkpoint(13))
    vkey = encode_verifier(log.key.verifier)

    opened = go("note", vkey, kept(tmp_path, "good", good))
    refused = go("note", vkey, kept(tmp_path, "bad", good.replace(b"\n13\n", b"\n12\n")))

    assert opened.stdout == "13\n", opened.stderr
    assert refused.returncode != 0
    assert "invalid signature" in refused.stderr


@pytest.mark.parametrize("size", [1, 2, 7, 8, 13])
def test_go_checks_our_proof_of_every_entry(
    go: Go, log: SignedLog, tmp_path: Path, size: int
) -> None:
    vkey = encode_verifier(log.key.verifier)
    for index in range(size):
        proof = kept(tmp_path, "proof", encode_inclusion(log.inclusion(index, size)))
        right = go("record", vkey, proof, kept(tmp_path, "leaf", log.entries[index]))
        wrong = go("record", vkey, proof, kept(tmp_path, "other", b"another entry"))

        assert right.stdout == f"in {index}\n", right.stderr
        assert wrong.returncode != 0


@pytest.mark.parametrize("old_size", [1, 2, 3, 6, 8, 12])
def test_go_checks_our_proof_of_growth(
    go: Go, log: SignedLog, tmp_path: Path, old_size: int
) -> None:
    vkey = encode_verifier(log.key.verifier)
    held = kept(tmp_path, "held", encode_note(log.checkpoint(old_size)))
    proof = log.growth(old_size, 13)
    other = log.growth(old_size - 1 or 4, 13)

    right = go("tree", vkey, held, kept(tmp_path, "proof", encode_growth(proof)))
    wrong = go("tree", vkey, held, kept(tmp_path, "other", encode_growth(other)))

    assert right.stdout == f"grew {old_size} 13\n", right.stderr
    assert wrong.returncode != 0


def test_go_finds_the_cosignature_beside_the_logs_own(
    go: Go, log: SignedLog, auditor: SignerKey, tmp_path: Path
) -> None:
    note = sign_note(log.checkpoint(13), auditor, at_s=1_795_000_000)
    path = kept(tmp_path, "cosigned", encode_note(note))

    found = go("cosigned", encode_verifier(auditor.verifier), path)

    assert found.stdout == "1 1\n", found.stderr


def test_we_read_the_keys_and_the_checkpoint_that_go_makes(go: Go, log: SignedLog) -> None:
    text = encode_checkpoint(log.head(13))

    made = go("make", log.key.name, text).stdout
    skey, vkey, signed = made.split("\n", 2)
    note = decode_note(signed.encode())

    assert decode_signer(skey).verifier == decode_verifier(vkey)
    assert open_checkpoint(note, [decode_verifier(vkey)]) == log.head(13)
    assert len(verify_note(note, [decode_signer(skey).verifier])) == 1

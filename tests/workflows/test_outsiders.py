from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.conftest import anyone_may_act

from cellwarden.entry import exits
from cellwarden.entry.cli import run
from cellwarden.ledger.keys import KeyType, VerifierKey, encode_verifier
from cellwarden.ledger.notes import Note, decode_note, encode_note
from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.model.report import SignedState
from cellwarden.workflows.ledger import checkpoints, cosign
from cellwarden.workflows.ledger.outsiders import known_cosigners
from cellwarden.workflows.ledger.seals import signed_state
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

ORIGIN = "northgate.example/ledger"
AT_S = 1_795_000_000


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A ledger with one entry and one checkpoint."""
    folder = tmp_path / "northgate"
    words = ["-w", str(folder)]
    assert run(["init", str(folder), "--operator", "Northgate"]) == exits.COMPLETE
    anyone_may_act(folder)
    assert run(["ledger", "init", "--origin", ORIGIN, "--actor", "t", *words]) == exits.COMPLETE
    assert run(["ledger", "checkpoint", *words]) == exits.COMPLETE
    return open_workspace(folder)


@pytest.fixture
def anna(tmp_path: Path) -> VerifierKey:
    """The public half of an auditor's key, which lies in ``anna.key``."""
    return cosign.make_key(tmp_path / "anna.key", "auditor.example/anna", KeyType.COSIGNER)


@pytest.fixture
def cosigned(workspace: Workspace, anna: VerifierKey, tmp_path: Path) -> bytes:
    """The checkpoint with the auditor's signature."""
    data = encode_note(checkpoints.make_checkpoint(workspace).note)
    keys = verify_ledger(workspace).keys
    done = cosign.cosign_bytes(data, key_file=tmp_path / "anna.key", log_keys=keys, at_s=AT_S)
    assert anna.name in done.data.decode()
    return done.data


def knowing(workspace: Workspace, *cosigners: str) -> Workspace:
    """The workspace with cosigners in its settings."""
    path = workspace.folder / "cellwarden.toml"
    listed = ", ".join(f'"{one}"' for one in cosigners)
    path.write_text(path.read_text("utf-8") + f"\n[ledger]\ncosigners = [{listed}]\n", "utf-8")
    return open_workspace(workspace.folder)


def sealed(workspace: Workspace) -> SignedState | None:
    """What a report would say now."""
    with workspace.open_state() as state:
        return signed_state(workspace, state, state.log.size())


def forged(data: bytes) -> bytes:
    """The note with other bytes in its last signature, under the same name and key id."""
    note = decode_note(data)
    last = note.signatures[-1]
    changed = msgspec.structs.replace(last, data=last.data[:-1] + bytes([last.data[-1] ^ 1]))
    return encode_note(Note(text=note.text, signatures=(*note.signatures[:-1], changed)))


def test_a_cosigner_whose_key_is_not_known_is_told_as_a_claim(
    workspace: Workspace, cosigned: bytes
) -> None:
    checkpoints.keep_cosigned(workspace, cosigned)

    found = sealed(workspace)

    assert found
    assert found.cosigners == ("auditor.example/anna",)
    assert found.checked_cosigners == ()


@pytest.mark.parametrize("by_file", [True, False])
def test_a_known_cosigner_is_checked(
    workspace: Workspace, cosigned: bytes, anna: VerifierKey, *, by_file: bool
) -> None:
    (workspace.folder / "anna.vkey").write_text(encode_verifier(anna), "utf-8")
    known = knowing(workspace, "anna.vkey" if by_file else encode_verifier(anna))

    checkpoints.keep_cosigned(known, cosigned, known_cosigners(known))

    found = sealed(known)
    assert found
    assert found.checked_cosigners == ("auditor.example/anna",)


def test_a_false_signature_of_a_known_cosigner_is_not_kept(
    workspace: Workspace, cosigned: bytes, anna: VerifierKey, tmp_path: Path
) -> None:
    known = knowing(workspace, encode_verifier(anna))
    (tmp_path / "forged").write_bytes(forged(cosigned))

    code = run(["ledger", "keep", str(tmp_path / "forged"), "-w", str(known.folder)])

    found = sealed(known)
    assert code == exits.INTEGRITY
    assert found
    assert found.cosigners == ()


def test_a_false_signature_that_lies_there_already_stops_the_report(
    workspace: Workspace, cosigned: bytes, anna: VerifierKey
) -> None:
    known = knowing(workspace, encode_verifier(anna))
    kept = checkpoints.keep_cosigned(known, cosigned)
    kept.path.write_bytes(forged(cosigned))

    with pytest.raises(IntegrityError, match=r"signature under .*000000000001\.checkpoint"):
        sealed(known)


def test_a_known_cosigner_who_signed_nothing_is_not_told_as_one(
    workspace: Workspace, anna: VerifierKey
) -> None:
    found = sealed(knowing(workspace, encode_verifier(anna)))

    assert found
    assert found.cosigners == found.checked_cosigners == ()


def test_a_key_that_cannot_be_read_is_named(workspace: Workspace) -> None:
    with pytest.raises(InputError, match=r"missing\.vkey"):
        known_cosigners(knowing(workspace, "missing.vkey"))

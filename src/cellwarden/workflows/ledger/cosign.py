"""Cosign a log's checkpoint on an auditor's machine, holding it against what was signed before."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cellwarden.ledger.checkpoints import Checkpoint, cosign, decode_checkpoint, open_checkpoint
from cellwarden.ledger.keys import (
    KeyType,
    SignerKey,
    VerifierKey,
    decode_signer,
    decode_verifier,
    encode_signer,
    generate_key,
)
from cellwarden.ledger.notes import Note, decode_note, encode_note, verify_note
from cellwarden.ledger.proofs import (
    check_inclusion,
    decode_growth,
    decode_inclusion,
    is_growth,
)
from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.model.times import format_time
from cellwarden.store.objects import disk_refused, write_durably
from cellwarden.workflows.ledger.ledger_keys import private_text, write_private


class Cosigned(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint with a cosignature. ``held_size`` is what it was held against; None at first."""

    data: bytes
    checkpoint: Checkpoint
    held_size: int | None


class ProvenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that a log contains: its number, its bytes, the checkpoint that vouches for it."""

    index: int
    data: bytes
    checkpoint: Checkpoint


def make_key(path: Path, name: str, kind: KeyType) -> VerifierKey:
    """Make a key in a file that only its owner may read, and return its public half.

    Raises:
        InputError: the file is there already, or the name cannot be a key's.
        StoreError: the disk refused.
    """
    if path.exists():
        raise InputError(f"{path} is there already", advice="choose a new file for a new key")
    try:
        key = generate_key(name, kind)
    except ValueError as error:
        raise InputError(
            str(error), advice="take an address of yours, such as auditor.example/anna"
        ) from error
    write_private(path, encode_signer(key) + "\n")
    return key.verifier


def read_verifier(text: str) -> VerifierKey:
    """A verifier key as it is written, or from the file of that name.

    Raises:
        InputError: it is neither.
    """
    try:
        if "+" not in text:
            text = Path(text).read_text("utf-8").strip()
        return decode_verifier(text)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{text!r} is no verifier key: {error}",
            advice="it looks like name+12345678+BASE64; `cellwarden ledger verify` shows that of"
            " a ledger",
        ) from error


def cosign_bytes(
    data: bytes, *, key_file: Path, log_keys: Sequence[VerifierKey], at_s: int
) -> Cosigned:
    """Cosign a checkpoint, or the one at the end of a proof of growth.

    What was cosigned last, for each log, lies beside the key in ``KEY_FILE.seen/``; a checkpoint
    that contradicts it is never signed. The memory is written before the signature is given away.

    Raises:
        InputError: the key or the file cannot be used, or a proof of growth is needed.
        IntegrityError: the log contradicts what was cosigned before, or another key signed.
        StoreError: the disk refused.
    """
    key = _cosigner(key_file)
    note, old_size, path = _shown(data)
    memory = key_file.with_name(key_file.name + ".seen")
    with _alone(memory):
        checkpoint = _opened(note, log_keys)
        kept = memory / (hashlib.sha256(checkpoint.origin.encode()).hexdigest() + ".checkpoint")
        held, held_at_s = _held(kept, key.verifier)
        _refuse_early(at_s, held_at_s)
        if held is not None and checkpoint.size > held.size != old_size:
            raise InputError(
                f"a proof of growth from {held.size} entries is needed, the size of what you"
                f" cosigned last: {kept}",
                advice="send that file to the operator, and cosign the file that they make from"
                " it with `cellwarden ledger growth`",
            )
        try:
            signed = cosign(note, key=key, log_keys=log_keys, held=held, path=path, at_s=at_s)
        except ValueError as error:
            raise IntegrityError(
                f"not cosigned, {checkpoint.origin} does not follow from what you cosigned last:"
                f" {error}",
                advice=f"keep this file and {kept}: if it is the newest that they have, the"
                " two together show that the log was rewritten",
            ) from error
        write_durably(kept, encode_note(signed))
    return Cosigned(
        data=encode_note(signed),
        checkpoint=checkpoint,
        held_size=held.size if held else None,
    )


def check_proof(data: bytes, log_keys: Sequence[VerifierKey]) -> ProvenEntry:
    """Check a proof that carries its entry, with nothing but the log's keys.

    Raises:
        InputError: it is no such proof.
        IntegrityError: it does not hold.
    """
    try:
        proof = decode_inclusion(data)
    except ValueError as error:
        raise InputError(
            f"this is no proof: {error}",
            advice="give the file as `cellwarden ledger prove` wrote it",
        ) from error
    if proof.extra is None:
        raise InputError(
            "this proof does not carry its entry",
            advice="ask for one from `cellwarden ledger prove`, which does",
        )
    try:
        checkpoint = check_inclusion(proof, proof.extra, log_keys)
    except ValueError as error:
        raise IntegrityError(
            f"the proof does not hold: {error}",
            advice="believe nothing in this file; ask for the proof anew and keep this one",
        ) from error
    return ProvenEntry(index=proof.index, data=proof.extra, checkpoint=checkpoint)


def _cosigner(path: Path) -> SignerKey:
    try:
        key = decode_signer(private_text(path).strip())
    except ValueError as error:
        raise InputError(
            f"{path} holds no signer key: {error}", advice="`cellwarden ledger key` makes one"
        ) from error
    if key.type is not KeyType.COSIGNER:
        raise InputError(
            f"the key in {path} signs a log, it does not cosign",
            advice="`cellwarden ledger key FILE --name NAME` makes an auditor's key",
        )
    return key


def _shown(data: bytes) -> tuple[Note, int | None, tuple[bytes, ...]]:
    """The note to cosign, and the proof of growth before it, where there is one."""
    try:
        if is_growth(data):
            proof = decode_growth(data)
            return proof.note, proof.old_size, proof.path
        return decode_note(data), None, ()
    except ValueError as error:
        raise InputError(
            f"this is no checkpoint to cosign: {error}",
            advice="give the file as `cellwarden ledger checkpoint` or `growth` wrote it",
        ) from error


def _opened(note: Note, log_keys: Sequence[VerifierKey]) -> Checkpoint:
    try:
        return open_checkpoint(note, log_keys)
    except ValueError as error:
        raise IntegrityError(
            f"not cosigned, this is not a checkpoint of the log that you know: {error}",
            advice="ask the operator over another channel which keys sign for the log",
        ) from error


def _held(path: Path, key: VerifierKey) -> tuple[Checkpoint | None, int]:
    """What was cosigned last, and when as a POSIX time; nothing, at 0, the first time."""
    if not path.exists():
        return None, 0
    try:
        note = decode_note(path.read_bytes())
        signed = verify_note(note, [key])
        return decode_checkpoint(note.text), max(one.at_s or 0 for one in signed)
    except ValueError as error:
        raise IntegrityError(
            f"{path} is not what you cosigned last: {error}",
            advice="restore it from a backup; without it you cannot see a rewrite",
        ) from error


def _refuse_early(at_s: int, held_at_s: int) -> None:
    """A cosignature says when; one before the last would say that the log shrank."""
    if at_s < held_at_s:
        now, last = (
            format_time(datetime.fromtimestamp(moment, UTC))[:19] for moment in (at_s, held_at_s)
        )
        raise InputError(
            f"the clock says {now}Z, and you cosigned last at {last}Z",
            advice="set the clock of this machine right, then run this again",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One cosigning at a time: two at once could both build on the same memory."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise disk_refused(folder, error) from error

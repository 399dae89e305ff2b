"""Checkpoints (C2SP tlog-checkpoint): which log, how many entries, which root; and cosigning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.keys import KeyType, SignerKey, VerifierKey, from_base64, to_base64
from cellwarden.ledger.notes import Note, sign_note, verify_note

LARGEST_SIZE: Final = 2**63 - 1
_DIGEST_BYTES: Final = 32
_FEWEST_LINES: Final = 3


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one log at one size. ``extensions`` are lines that we keep and never read."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST_SIZE or len(self.root) != _DIGEST_BYTES:
            raise ValueError("a checkpoint has a size from 0 and a root of 32 bytes")
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise ValueError("a checkpoint's lines are single and not empty")


def encode_checkpoint(checkpoint: Checkpoint) -> str:
    """The text that is signed."""
    head = (checkpoint.origin, str(checkpoint.size), to_base64(checkpoint.root))
    return "".join(f"{line}\n" for line in (*head, *checkpoint.extensions))


def decode_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        ValueError: it is not one; says which line is wrong.
    """
    lines = text.split("\n")
    if lines.pop() or len(lines) < _FEWEST_LINES or "" in lines:
        raise ValueError("a checkpoint is at least three lines, none of them empty")
    root = from_base64(lines[2], "the root in a checkpoint")
    return Checkpoint(
        origin=lines[0],
        size=decode_number(lines[1], "the size in a checkpoint"),
        root=root,
        extensions=tuple(lines[3:]),
    )


def decode_number(text: str, what: str) -> int:
    """Read decimal digits without a leading zero, up to 2**63 - 1.

    Raises:
        ValueError: it is no such number; ``what`` names it in the message.
    """
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_SIZE))
    if not digits or str(int(text)) != text or int(text) > LARGEST_SIZE:
        raise ValueError(f"{what} is no plain decimal number")
    return int(text)


def sign_checkpoint(checkpoint: Checkpoint, *keys: SignerKey) -> Note:
    """A checkpoint signed by the log's own keys: one, or two while one takes over."""
    text = encode_checkpoint(checkpoint)
    return sign_note(Note(text=text, signatures=()), *keys, at_s=0)


def open_checkpoint(note: Note, log_keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note that one of the log's keys signed.

    Raises:
        ValueError: no such key signed it, a signature is false, or the text is no checkpoint.
    """
    own = [key for key in log_keys if key.type is KeyType.LOG]
    signed = verify_note(note, own)
    checkpoint = decode_checkpoint(note.text)
    if all(one.key.name != checkpoint.origin for one in signed):
        raise ValueError(f"it is a checkpoint of another log: {checkpoint.origin}")
    return checkpoint


def cosign(
    note: Note,
    *,
    key: SignerKey,
    log_keys: Sequence[VerifierKey],
    held: Checkpoint | None,
    path: Sequence[bytes],
    at_s: int,
) -> Note:
    """Add a cosigner's signature to a checkpoint, if the log kept its word.

    ``held`` is the newest checkpoint of this log that the cosigner has signed before, ``path`` the
    consistency proof from there. Rules: one of the log's keys signed the checkpoint; it is of the
    log that is held; it is not smaller; at the same size it has the same root; at a larger size
    the proof shows that it begins with what is held. A first checkpoint is taken as it comes, for
    there is nothing to hold it against.

    Raises:
        ValueError: a rule is broken; says which.
    """
    if key.type is not KeyType.COSIGNER:
        raise ValueError(f"the key of {key.name} signs logs; a cosigner has a key of its own type")
    checkpoint = open_checkpoint(note, log_keys)
    if held is not None:
        check_extends(held, checkpoint, path)
    return sign_note(note, key, at_s=at_s)


def check_extends(held: Checkpoint, newer: Checkpoint, path: Sequence[bytes]) -> None:
    """Check that a checkpoint extends one that is held from before.

    Raises:
        ValueError: another log, fewer entries, or another past; says which.
    """
    if held.origin != newer.origin:
        raise ValueError(f"{newer.origin} is another log than {held.origin}")
    if newer.size < held.size:
        raise ValueError(f"it has {newer.size} entries, fewer than the {held.size} seen before")
    if held.size:
        merkle.check_consistency(
            old_size=held.size,
            old_root=held.root,
            new_size=newer.size,
            new_root=newer.root,
            path=path,
        )

"""Proofs as text: an entry is in the log (C2SP tlog-proof), a log only grew (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.checkpoints import (
    Checkpoint,
    check_extends,
    decode_number,
    open_checkpoint,
)
from cellwarden.ledger.keys import VerifierKey, from_base64, to_base64
from cellwarden.ledger.notes import LARGEST_NOTE, Note, decode_note, encode_note

LARGEST_PROOF: Final = 4_000_000
"""Bytes: a note, 63 digests, and an entry that commits to every kind."""

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH: Final = 63
_DIGEST_BYTES: Final = 32


class InclusionProof(msgspec.Struct, frozen=True, kw_only=True):
    """That something is entry ``index`` of the log whose checkpoint is ``note``.

    ``path`` holds digests, the leaf's sibling first. ``extra`` is anything beside; we put the
    entry's stored bytes there, so that one file is enough. Nothing vouches for it but the proof.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None


class GrowthProof(msgspec.Struct, frozen=True, kw_only=True):
    """That the log whose checkpoint is ``note`` begins with what it was at ``old_size`` entries."""

    old_size: int
    path: tuple[bytes, ...]
    note: Note


def encode_inclusion(proof: InclusionProof) -> bytes:
    """The bytes of a ``.tlog-proof`` file."""
    extra = [] if proof.extra is None else [f"extra {to_base64(proof.extra)}"]
    return _encode([_FIRST_LINE, *extra, f"index {proof.index}"], proof.path, proof.note)


def decode_inclusion(data: bytes) -> InclusionProof:
    """Read a ``.tlog-proof`` file.

    Raises:
        ValueError: it is too large or malformed; says where.
    """
    lines, note = _decode(data)
    if lines.pop(0) != _FIRST_LINE:
        raise ValueError(f"a proof begins with the line {_FIRST_LINE}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "), "the extra data of a proof")
    if not lines or not lines[0].startswith("index "):
        raise ValueError("a proof says its index before its digests")
    index = decode_number(lines.pop(0).removeprefix("index "), "the index in a proof")
    return InclusionProof(index=index, path=_path(lines), note=note, extra=extra)


def check_inclusion(
    proof: InclusionProof, data: bytes, log_keys: Sequence[VerifierKey]
) -> Checkpoint:
    """Check that these bytes are the entry that the proof speaks of; return its checkpoint.

    Raises:
        ValueError: the checkpoint is not the log's, or the proof is of other bytes.
    """
    checkpoint = _opened(proof.note, tuple(log_keys))
    leaf = merkle.leaf_hash(data)
    if merkle.root_from_proof(leaf, proof.index, checkpoint.size, proof.path) != checkpoint.root:
        raise ValueError(
            f"the proof is of another leaf: with these bytes as entry {proof.index} it leads to"
            " another root than the checkpoint's"
        )
    return checkpoint


def encode_growth(proof: GrowthProof) -> bytes:
    """The body of a request to a witness."""
    return _encode([f"old {proof.old_size}"], proof.path, proof.note)


def decode_growth(data: bytes) -> GrowthProof:
    """Read the body of a request to a witness.

    Raises:
        ValueError: it is too large or malformed; says where.
    """
    lines, note = _decode(data)
    if not lines[0].startswith("old "):
        raise ValueError("a proof of growth begins with the old size")
    old_size = decode_number(lines.pop(0).removeprefix("old "), "the old size")
    if not old_size and lines:
        raise ValueError("nothing can be shown about growth from an empty tree")
    return GrowthProof(old_size=old_size, path=_path(lines), note=note)


def check_growth(
    proof: GrowthProof, held: Checkpoint, log_keys: Sequence[VerifierKey]
) -> Checkpoint:
    """Check that a log only grew since the checkpoint that is held; return the newer one.

    Raises:
        ValueError: it did not, or the proof is from another size.
    """
    checkpoint = open_checkpoint(proof.note, log_keys)
    if proof.old_size != held.size:
        raise ValueError(f"the proof is from {proof.old_size} entries, not from {held.size}")
    check_extends(held, checkpoint, proof.path)
    return checkpoint


def is_growth(data: bytes) -> bool:
    """Whether bytes look like a proof of growth rather than a bare checkpoint."""
    return data.startswith(b"old ")


def _encode(head: list[str], path: Sequence[bytes], note: Note) -> bytes:
    lines = [*head, *(to_base64(digest) for digest in path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + encode_note(note)


def _decode(data: bytes) -> tuple[list[str], Note]:
    """The lines before the first empty one, and the note behind it."""
    if len(data) > LARGEST_PROOF:
        raise ValueError(f"a proof has at most {LARGEST_PROOF} bytes")
    head, blank, rest = data.partition(b"\n\n")
    if not blank or len(rest) > LARGEST_NOTE:
        raise ValueError("a proof is followed by an empty line and a signed checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError("a proof is ASCII text") from error
    return lines, _note(rest)


@lru_cache(maxsize=4)
def _note(data: bytes) -> Note:
    """Many proofs end in one checkpoint: it is read once, and its signature checked once."""
    return decode_note(data)


@lru_cache(maxsize=4)
def _opened(note: Note, log_keys: tuple[VerifierKey, ...]) -> Checkpoint:
    return open_checkpoint(note, log_keys)


def _path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _LONGEST_PATH:
        raise ValueError(f"a proof has at most {_LONGEST_PATH} digests")
    path = tuple(from_base64(line, "a digest in a proof") for line in lines)
    if any(len(digest) != _DIGEST_BYTES for digest in path):
        raise ValueError("a digest in a proof is not 32 bytes long")
    return path

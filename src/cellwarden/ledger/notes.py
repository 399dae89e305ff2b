"""C2SP signed notes: a text and the signatures of several keys, read and written byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from cellwarden.ledger.keys import (
    KEY_ID_BYTES,
    SignerKey,
    VerifierKey,
    check_name,
    encode_verifier,
    from_base64,
    sign_text,
    signed_at,
    signs_text,
    to_base64,
)

LARGEST_NOTE: Final = 1_000_000
"""Bytes. A hundred of the largest signatures known, and the text."""

_MOST_SIGNATURES: Final = 100
_DASH: Final = "\u2014 "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""C2SP forbids those below the blank; we also those above, which steer a terminal as well."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature line: whose, by which key, and the bytes that only the key's type explains."""

    name: str
    key_id: bytes
    data: bytes


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A text ending in a newline, and its signatures in order, those of unknown keys among them."""

    text: str
    signatures: tuple[Signature, ...]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that holds: by which key, and the POSIX time that a cosigner put into it."""

    key: VerifierKey
    at_s: int | None


def encode_note(note: Note) -> bytes:
    """The bytes of a note; what was read comes out as it was."""
    lines = "".join(
        f"{_DASH}{one.name} {to_base64(one.key_id + one.data)}\n" for one in note.signatures
    )
    return f"{note.text}\n{lines}".encode()


def decode_note(data: bytes) -> Note:
    """Read a note. It is worth nothing before :func:`verify_note` has looked at it.

    Raises:
        ValueError: it is too large or malformed; says where.
    """
    if len(data) > LARGEST_NOTE:
        raise ValueError(f"a signed note has at most {LARGEST_NOTE} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("a signed note is UTF-8 text") from error
    if _CONTROL.search(whole):
        raise ValueError("a signed note holds no control characters")
    text, blank, block = whole.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise ValueError("a signed note ends in a blank line and lines of signatures")
    lines = block[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise ValueError(f"a signed note has at most {_MOST_SIGNATURES} signatures")
    return Note(text=text + "\n", signatures=tuple(_signature(line) for line in lines))


def sign_note(note: Note, *keys: SignerKey, at_s: int) -> Note:
    """Add signatures, ``at_s`` being the POSIX time for those that carry one.

    A signature that the same key gave before is replaced; all others stay as they are.

    Raises:
        ValueError: the text doesn't end in a newline, or holds control characters.
    """
    if not note.text.endswith("\n") or _CONTROL.search(note.text):
        raise ValueError("a note's text is lines without control characters")
    fresh = [
        Signature(name=key.name, key_id=key.verifier.id, data=sign_text(key, note.text, at_s=at_s))
        for key in keys
    ]
    signing = {(one.name, one.key_id) for one in fresh}
    kept = [one for one in note.signatures if (one.name, one.key_id) not in signing]
    return Note(text=note.text, signatures=(*kept, *fresh))


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[Verified, ...]:
    """The signatures by these keys; those of other keys prove nothing and are passed over.

    Raises:
        ValueError: none of the keys signed it, or one of them has a signature that is not its own.
    """
    found = tuple(_verified(note, keys))
    if not found:
        raise ValueError(f"none of the trusted keys signed it: it is signed by {signers(note)}")
    return found


def claimed_by(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Those of these keys that a note says it is signed by; whether it is, remains to be seen."""
    said = {(one.name, one.key_id) for one in note.signatures}
    return tuple(key for key in keys if (key.name, key.id) in said)


def signers(note: Note) -> str:
    """Who a note says it is signed by, unverified, as names and key ids."""
    return ", ".join(f"{one.name}+{one.key_id.hex()}" for one in note.signatures) or "nobody"


def merge_signatures(note: Note, other: Note) -> Note:
    """One note with the signatures of both, each once.

    Raises:
        ValueError: they are not signatures over the same text, or they are too many.
    """
    if note.text != other.text:
        raise ValueError("the two notes have different texts")
    fresh = [one for one in other.signatures if one not in note.signatures]
    if len(note.signatures) + len(fresh) > _MOST_SIGNATURES:
        raise ValueError(f"a signed note has at most {_MOST_SIGNATURES} signatures")
    return Note(text=note.text, signatures=(*note.signatures, *fresh))


def _verified(note: Note, keys: Sequence[VerifierKey]) -> Iterator[Verified]:
    for one in note.signatures:
        for key in keys:
            if (one.name, one.key_id) != (key.name, key.id):
                continue
            if not signs_text(key, note.text, one.data):
                raise ValueError(
                    f"the signature of {encode_verifier(key)} is not that key's over this text"
                )
            yield Verified(key=key, at_s=signed_at(key, one.data))


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise ValueError("a signature line begins with a long dash and a blank")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    check_name(name)
    data = from_base64(encoded, f"the signature of {name}")
    if len(data) <= KEY_ID_BYTES:
        raise ValueError(f"the signature of {name} is too short")
    return Signature(name=name, key_id=data[:KEY_ID_BYTES], data=data[KEY_ID_BYTES:])

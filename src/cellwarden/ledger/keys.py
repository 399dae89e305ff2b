"""Ed25519 keys of logs and cosigners, in the text form of golang.org/x/mod/sumdb/note."""

from __future__ import annotations

import binascii
import hashlib
from enum import IntEnum
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_TIME_BYTES: Final = 8
_LATEST: Final = 2**63 - 1
_LONGEST_NAME: Final = 255
_LONGEST_KEY: Final = 512
_PRIVATE: Final = "PRIVATE+KEY+"


class KeyType(IntEnum):
    """What a key's signatures say (C2SP signed-note, "Signature types")."""

    LOG = 1
    """The note's text, as it stands."""
    COSIGNER = 4
    """The text and when it was seen: C2SP tlog-cosignature, ``cosignature/v1``."""


class VerifierKey(msgspec.Struct, frozen=True, kw_only=True):
    """The public half of a key: enough to check its signatures."""

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != KEY_BYTES:
            raise ValueError(f"the key of {self.name} is not {KEY_BYTES} bytes long")

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys apart; no proof of anything."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(material).digest()[:KEY_ID_BYTES]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in hex: what two people read to each other."""
        return hashlib.sha256(self.public).hexdigest()


class SignerKey(msgspec.Struct, frozen=True, kw_only=True):
    """The private half of a key; its seed is never shown."""

    name: str
    type: KeyType
    seed: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.seed) != KEY_BYTES:
            raise ValueError(f"the key of {self.name} is not {KEY_BYTES} bytes long")

    def __repr__(self) -> str:
        return f"SignerKey(name={self.name!r}, type={self.type!r}, seed=...)"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return VerifierKey(name=self.name, type=self.type, public=public.public_bytes_raw())


def generate_key(name: str, kind: KeyType) -> SignerKey:
    """Make a new key from the operating system's randomness.

    Raises:
        ValueError: the name cannot be a key's name.
    """
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    return SignerKey(name=name, type=kind, seed=seed)


def check_name(name: str) -> None:
    """Refuse what cannot be a key's name: empty, too long, with blanks, controls or a plus.

    Raises:
        ValueError: says what is wrong.
    """
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(f"a key's name has 1 to {_LONGEST_NAME} characters")
    if "+" in name or any(letter.isspace() or letter < " " for letter in name):
        raise ValueError(f"a key's name holds no blanks and no plus: {name!r}")


def encode_verifier(key: VerifierKey) -> str:
    """``name+id+base64(type, key)``: what one gives to those who verify."""
    return f"{key.name}+{key.id.hex()}+{to_base64(bytes([key.type]) + key.public)}"


def encode_signer(key: SignerKey) -> str:
    """``PRIVATE+KEY+name+id+base64(type, seed)``: secret."""
    material = to_base64(bytes([key.type]) + key.seed)
    return f"{_PRIVATE}{key.name}+{key.verifier.id.hex()}+{material}"


def decode_verifier(text: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        ValueError: it is malformed, of an unknown type, or its id is that of another key.
    """
    name, key_id, kind, material = _fields(text)
    key = VerifierKey(name=name, type=kind, public=material)
    if key.id != key_id:
        raise ValueError(f"the verifier key of {name} has the id of another key")
    return key


def decode_signer(text: str) -> SignerKey:
    """Read a signer key; no error repeats any of it but its name.

    Raises:
        ValueError: it is malformed, of an unknown type, or its id is that of another key.
    """
    if not text.startswith(_PRIVATE):
        raise ValueError(f"a signer key begins with {_PRIVATE}")
    name, key_id, kind, material = _fields(text.removeprefix(_PRIVATE))
    key = SignerKey(name=name, type=kind, seed=material)
    if key.verifier.id != key_id:
        raise ValueError(f"the signer key of {name} has the id of another key")
    return key


def sign_text(key: SignerKey, text: str, *, at_s: int) -> bytes:
    """Sign a note's text; a cosigner also signs the POSIX time ``at_s`` that it saw it at.

    Raises:
        ValueError: the time is before 1970 or beyond 2**63 - 1.
    """
    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    if key.type is KeyType.LOG:
        return private.sign(text.encode())
    if not 0 <= at_s <= _LATEST:
        raise ValueError(f"{at_s} is no time that can be signed")
    return at_s.to_bytes(_TIME_BYTES, "big") + private.sign(_cosigned(text, at_s))


def signs_text(key: VerifierKey, text: str, signature: bytes) -> bool:
    """Whether a signature is this key's over the text."""
    message = text.encode()
    if key.type is KeyType.COSIGNER:
        at_s = signed_at(key, signature)
        if at_s is None or at_s > _LATEST:
            return False
        message, signature = _cosigned(text, at_s), signature[_TIME_BYTES:]
    if len(signature) != _SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signed_at(key: VerifierKey, signature: bytes) -> int | None:
    """The POSIX time in a cosignature; None in a signature that carries none."""
    if key.type is not KeyType.COSIGNER or len(signature) < _TIME_BYTES:
        return None
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def to_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: str, what: str) -> bytes:
    """Read standard base64, in its one canonical spelling.

    Raises:
        ValueError: it is not; ``what`` names the thing in the message.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:  # binascii.Error is one, and so is what letters beyond ASCII give
        raise ValueError(f"{what} is not base64") from error
    if to_base64(data) != text:
        raise ValueError(f"{what} is not base64 in its canonical spelling")
    return data


def _cosigned(text: str, at_s: int) -> bytes:
    """What a ``cosignature/v1`` signs."""
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _fields(text: str) -> tuple[str, bytes, KeyType, bytes]:
    """Name, id, type and key material of an encoded key, after its prefix."""
    if len(text) > _LONGEST_KEY:
        raise ValueError("the key is too long")
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    check_name(name)
    if len(key_id) != 2 * KEY_ID_BYTES or set(key_id) - set("0123456789abcdef"):
        raise ValueError(f"the key of {name} has no id of eight hex digits")
    material = from_base64(encoded, f"the key of {name}")
    if not material or material[0] not in set(KeyType):
        raise ValueError(f"the key of {name} is of an unknown type")
    return name, bytes.fromhex(key_id), KeyType(material[0]), material[1:]

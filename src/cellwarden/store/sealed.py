"""Sealed objects: each encrypted under a key of its own, so that erasing the key erases them all.

A sealed object is a header, a nonce and AES-256-GCM ciphertext; its name is the digest of these
bytes, which says nothing of what they hold. Key and salt lie in ``keys/<digest>``, for the owner
alone. Without that file the object cannot be read here, in a backup or in a pack.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger.commitments import commitment_to, new_salt
from cellwarden.model.errors import IntegrityError, StoreError
from cellwarden.store.objects import Objects, disk_refused, shred, write_durably

MAGIC: Final = b"cellwarden-sealed-1\n"
_NONCE_BYTES: Final = 12


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says of a sealed object: its digest, and a commitment to what it holds."""

    sha256: str
    commitment: str


class _Key(msgspec.Struct, frozen=True, kw_only=True):
    key: bytes
    salt: bytes
    commitment: str


class SealedObjects:
    """Sealed objects in a folder of objects, and their keys in a folder of keys."""

    def __init__(self, objects: Objects, keys: Path) -> None:
        self._objects = objects
        self._keys = keys

    def put(self, data: bytes) -> Sealed:
        """Seal bytes and keep them durably; the same bytes twice give two objects.

        Raises:
            StoreError: the disk refused.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key, nonce, salt = AESGCM.generate_key(256), secrets.token_bytes(_NONCE_BYTES), new_salt()
        sealed = MAGIC + nonce + AESGCM(key).encrypt(nonce, data, MAGIC)
        digest = hashlib.sha256(sealed).hexdigest()
        commitment = commitment_to(data, salt)
        # The key first: an object without one could never be read, a key without one does no harm.
        held = msgspec.json.encode(_Key(key=key, salt=salt, commitment=commitment))
        write_durably(self._keys / digest, held, mode=0o600)
        self._objects.put(sealed)
        return Sealed(sha256=digest, commitment=commitment)

    def get(self, digest: str) -> bytes:
        """What an object holds, sealed or plain.

        Raises:
            StoreError: there is no such object, or its key was erased.
            IntegrityError: the bytes are not those that were kept.
        """
        data = self._objects.get(digest)
        if not data.startswith(MAGIC):
            return data
        key = self._key(digest)
        if key is None:
            raise StoreError(
                f"object {digest} cannot be opened here: its key is gone, erased or left out of"
                " an export",
                advice="`cellwarden ledger list` shows a redaction, with its reason; what was"
                " imported without keys is read where they are",
            )
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, sealed = data[len(MAGIC) :][:_NONCE_BYTES], data[len(MAGIC) + _NONCE_BYTES :]
        try:
            opened = AESGCM(key.key).decrypt(nonce, sealed, MAGIC)
        except InvalidTag:
            opened = b""
        if commitment_to(opened, key.salt) != key.commitment:
            raise IntegrityError(
                f"the key of object {digest} is not the one that it was sealed with",
                advice="restore the folder `keys` of the workspace's state from a backup",
            )
        return opened

    def is_erased(self, digest: str) -> bool:
        """Whether an object is sealed and its key is gone."""
        return self._objects.get(digest).startswith(MAGIC) and self._key(digest) is None

    def holds(self, digest: str, data: bytes) -> bool:
        """Whether a sealed object holds these bytes, told by its commitment without opening it."""
        key = self._key(digest)
        return key is not None and commitment_to(data, key.salt) == key.commitment

    def commitment_of(self, digest: str) -> str | None:
        """What is committed to for an object; nothing where its key is gone."""
        key = self._key(digest)
        return None if key is None else key.commitment

    def keys(self) -> set[str]:
        """The digests of all objects that have a key, and of those that were never written."""
        if not self._keys.exists():
            return set()
        return {path.name for path in self._keys.iterdir() if path.is_file()}

    def disclosed(self, digest: str) -> tuple[bytes, bytes] | None:
        """Key and salt of an object, for who may open it; nothing where they are gone."""
        key = self._key(digest)
        return None if key is None else (key.key, key.salt)

    def key_file(self, digest: str) -> bytes | None:
        """The bytes of an object's key file; nothing where it has none."""
        try:
            return (self._keys / digest).read_bytes()
        except FileNotFoundError:
            return None

    def erase(self, digest: str) -> bool:
        """Destroy an object's key for good; whether there was one.

        Raises:
            StoreError: the disk refused.
        """
        path = self._keys / digest
        if not path.exists():
            return False
        try:
            shred(path)
        except OSError as error:
            raise disk_refused(path, error) from error
        return True

    def _key(self, digest: str) -> _Key | None:
        held = self.key_file(digest)
        if held is None:
            return None
        try:
            return msgspec.json.decode(held, type=_Key)
        except msgspec.MsgspecError as error:
            raise IntegrityError(
                f"{self._keys / digest} cannot be read: {error}",
                advice="restore the folder `keys` of the workspace's state from a backup",
            ) from error

"""OpenPGP signatures, verified by GnuPG as a separate program against the keys of the settings."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from cellwarden.advisories.feeds.beside import NO_GNUPG, NOT_JUDGED
from cellwarden.model.advisories import Signature
from cellwarden.model.errors import InputError

_PATIENCE_S: Final = 30
_STATUS: Final = "[GNUPG:] "


class KeyRing:
    """The keys that may sign, in a folder of their own that nobody else sees; use it in ``with``.

    Nothing of the user's own key ring is read, no key is fetched, and a signature counts only by
    these keys. Rules: VALIDSIG alone is *checked*; BADSIG, an expired or revoked key is *wrong*;
    a signature by another key, or one that GnuPG cannot judge, is *not checked*.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def __enter__(self) -> Self:
        self._gpg, self._gpgv = shutil.which("gpg"), shutil.which("gpgv")
        self._folder = tempfile.TemporaryDirectory(prefix="cellwarden-keys-")
        self._ring = Path(self._folder.name) / "keys.gpg"
        self._mark = hashlib.sha256(b"gpg" if self._gpg and self._gpgv else b"")
        try:
            for file in self._files:
                self._add(file)
            self._fingerprints = self._listed()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def _add(self, file: Path) -> None:
        """Take one file of public keys, armoured or not, into the ring."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InputError(
                f"{file} is named under feeds.keys and cannot be read: {error.strerror}",
                advice="name a file with OpenPGP public keys, as seen from the workspace's folder",
            ) from error
        self._mark.update(hashlib.sha256(data).digest())
        if self._gpg is None:
            return
        found = self._run(
            (self._gpg, "--no-default-keyring", "--keyring", str(self._ring), "--import"), data
        )
        if f"{_STATUS}IMPORT_OK" not in found:
            raise InputError(
                f"{file} is named under feeds.keys and holds no OpenPGP public key",
                advice="export the provider's key with `gpg --armor --export KEY`",
            )

    def _listed(self) -> tuple[str, ...]:
        """The fingerprints of all keys in the ring, and of their subkeys."""
        if self._gpg is None:
            return ()
        command = (self._gpg, "--no-default-keyring", "--keyring", str(self._ring))
        lines = self._run((*command, "--with-colons", "--list-keys"), b"").splitlines()
        return tuple(line.split(":")[9] for line in lines if line.startswith("fpr:"))

    def knows(self, key: str) -> bool:
        """Whether a fingerprint or key id, in hexadecimal, is of one of the keys."""
        return any(each.endswith(key.upper()) for each in self._fingerprints)

    def mark(self) -> str:
        """What stands for these keys, and for whether GnuPG is there to use them."""
        return self._mark.hexdigest()

    def verify(self, data: bytes, signature: bytes) -> Signature:
        """What a detached signature over some bytes is worth."""
        if self._gpg is None or self._gpgv is None:
            return Signature(state="not checked", why=NO_GNUPG)
        with tempfile.TemporaryDirectory(prefix="signed-", dir=self._folder.name) as place:
            signed, beside = Path(place) / "document", Path(place) / "document.asc"
            signed.write_bytes(data)
            beside.write_bytes(signature)
            words = self._run(
                (self._gpgv, "--keyring", str(self._ring), str(beside), str(signed)), b""
            )
        return judged(words)

    def _run(self, command: tuple[str, ...], data: bytes) -> str:
        """Run GnuPG in our folder; its machine-readable words, empty where it did not end."""
        program, *rest = command
        home = ("--homedir", self._folder.name, "--status-fd", "1")
        quiet = ("--batch", "--no-autostart") if program == self._gpg else ()
        try:
            done = subprocess.run(  # noqa: S603 - a program found by name, with paths of our own
                (program, *home, *quiet, *rest),
                input=data,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("utf-8", "replace")


def judged(words: str) -> Signature:
    """What GnuPG's status lines say of a signature (doc/DETAILS of GnuPG)."""
    said: dict[str, list[str]] = {}
    for line in words.splitlines():
        if line.startswith(_STATUS):
            name, *rest = line.removeprefix(_STATUS).split()
            said.setdefault(name, rest)
    if "BADSIG" in said:
        why = f"it is not over these bytes (key {_first(said, 'BADSIG')})"
        return Signature(state="wrong", why=why)
    for name, why in _SPOILED.items():
        if name in said:
            return Signature(state="wrong", why=f"{why} (key {_first(said, name)})")
    if "VALIDSIG" in said:
        return Signature(state="checked", signer=_first(said, "VALIDSIG"))
    if "NO_PUBKEY" in said:
        why = f"the key {_first(said, 'NO_PUBKEY')}{_LACKING}"
        return Signature(state="not checked", why=why)
    return Signature(state="not checked", why=NOT_JUDGED)


def lacking_key(signature: Signature) -> str:
    """The id of the key without which a signature was not checked; empty where it is not that."""
    lead, lacks, _ = signature.why.partition(_LACKING)
    return lead.rpartition(" ")[2] if lacks and signature.state == "not checked" else ""


def is_by(signature: bytes, key: str) -> bool:
    """Whether a detached signature, armoured or not, names a key id as its issuer's."""
    if not _KEY_ID.fullmatch(key):
        return False
    lines = signature.replace(b"\r", b"").split(b"\n\n", 1)[-1].split(b"\n")
    packed = b"".join(line for line in lines if not line.startswith((b"-", b"=")))
    try:
        packed = base64.b64decode(packed, validate=True)
    except binascii.Error:
        packed = signature
    return bytes.fromhex(key) in packed


_LACKING: Final = " is not among feeds.keys"
_KEY_ID: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){8,32}")


_SPOILED: Final = {
    "EXPKEYSIG": "its key had expired",
    "REVKEYSIG": "its key was revoked",
    "EXPSIG": "the signature has expired",
}


def _first(said: dict[str, list[str]], name: str) -> str:
    return said[name][0] if said[name] else "unknown"

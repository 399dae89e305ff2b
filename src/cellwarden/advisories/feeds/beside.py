"""What stands beside a document: files with its digests, and a detached signature.

Source: CSAF 2.0 and 2.1, sections 7.1.18 (integrity) and 7.1.19 (signatures).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Protocol

from cellwarden.advisories.feeds.reading import Refused
from cellwarden.model.advisories import Checked, Document, Signature

DIGESTS: Final = ("sha256", "sha512")
SIGNATURE: Final = "asc"
ENDINGS: Final = (*(f".{name}" for name in DIGESTS), f".{SIGNATURE}")
"""Endings behind a document's own name."""
LARGEST: Final = 64 * 1024
"""Bytes of a file beside a document; a digest needs a hundred, a signature a few thousand."""
NO_KEYS: Final = "no key is given in the settings, under feeds.keys"
NO_GNUPG: Final = "GnuPG is not installed (package gnupg)"
NOT_JUDGED: Final = "GnuPG could not judge it"

Near = Callable[[str], bytes | None]
"""The bytes of the file beside a document that has an ending; nothing where there is none."""


class Verifier(Protocol):
    """Something that knows keys: a key ring."""

    def verify(self, data: bytes, signature: bytes) -> Signature:
        """What a detached signature over some bytes is worth."""

    def knows(self, key: str) -> bool:
        """Whether a fingerprint or key id, in hexadecimal, is of one of the keys."""

    def mark(self) -> str:
        """What stands for these keys as they are now: other keys, another mark."""


class Tampered(Refused, frozen=True, kw_only=True):
    """A document that is not what stands beside it says: refused, and yet its bytes are there."""


def checked(
    name: str, raw: bytes, data: bytes, near: Near, keys: Verifier | None = None
) -> Document:
    """A document with what the files beside it are worth, or the reason why it is refused.

    Args:
        name: how the document is called in the import.
        raw: its bytes as they lie there, packed or not: what digests and signature speak of.
        data: its bytes unpacked.
        near: the files beside it.
        keys: who verifies signatures; nobody where no key is given.
    """
    agreed: list[str] = []
    for algorithm in DIGESTS:
        text = near(f".{algorithm}")
        if text is None:
            continue
        reason = _differs(algorithm, raw, text)
        if reason:
            reason = f"{reason} {name.rpartition('/')[2]}.{algorithm}"
            found = Checked(digests=tuple(agreed), contradiction=reason)
            return Tampered(name=name, data=data, reason=reason, checked=found)
        agreed.append(algorithm)
    found = Checked(digests=tuple(agreed), signature=_judged(raw, near(f".{SIGNATURE}"), keys))
    if found.objection:
        return Tampered(name=name, data=data, reason=found.objection, checked=found)
    if not agreed and not found.signature.state:
        return Document(name=name, data=data)
    return Document(name=name, data=data, checked=found)


def _judged(raw: bytes, signature: bytes | None, keys: Verifier | None) -> Signature:
    if signature is None:
        return Signature()
    if keys is None:
        return Signature(state="not checked", why=NO_KEYS)
    return keys.verify(raw, signature)


def _differs(algorithm: str, raw: bytes, text: bytes) -> str:
    """Why a digest file does not confirm some bytes; empty where it does."""
    words = text[:1024].decode("ascii", "replace").split()
    stated = words[0].lower() if words else ""
    length = hashlib.new(algorithm).digest_size * 2
    if len(stated) != length or set(stated) - set("0123456789abcdef"):
        return f"no {algorithm} digest stands in"
    found = hashlib.new(algorithm, raw).hexdigest()
    if found != stated:
        return f"its {algorithm} digest is {found[:16]}..., not {stated[:16]}... as in"
    return ""

"""What an advisory document says, in one shape for every format."""

from __future__ import annotations

import hashlib
from functools import cached_property

import msgspec

from cellwarden.model.facts import Row


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature beside a document is worth.

    ``state`` is empty (there is none), *checked* (``signer`` is the fingerprint of the key),
    *not checked* (``why`` says what is lacking) or *wrong*.
    """

    state: str = ""
    signer: str = ""
    why: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What stood beside a document: digests that agree (``sha256`` ...), and its signature.

    ``contradiction`` says which digest file does not agree, and how; empty where none objects.
    """

    digests: tuple[str, ...] = ()
    signature: Signature = Signature()
    contradiction: str = ""

    @property
    def objection(self) -> str:
        """Why the document is not what stands beside it; empty where nothing says so."""
        if self.contradiction or self.signature.state != "wrong":
            return self.contradiction
        return f"the signature beside it is wrong: {self.signature.why}"


class Document(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One raw advisory document as it came in.

    ``name`` is the path inside the import, for messages; ``data`` the raw bytes; ``checked`` what
    the files beside it are worth, nothing where there were none.
    """

    name: str
    data: bytes
    checked: Checked | None = None

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the raw bytes, in hex, worked out once."""
        return hashlib.sha256(self.data).hexdigest()


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed reader understood of one document: rows by kind, see ``kinds/``.

    ``newest_at`` is the newest time that the document gives for its own content (RFC 3339),
    or nothing.
    """

    format: str
    tables: dict[str, list[Row]]
    newest_at: str | None = None

"""What an advisory document says, in one shape for every format."""

from __future__ import annotations

import msgspec

from cellwarden.model.facts import Row


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One raw advisory document as it came in.

    ``name`` is the path inside the import, for messages; ``data`` the raw bytes.
    """

    name: str
    data: bytes


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed reader understood of one document: rows by kind, see ``kinds/``.

    ``newest_at`` is the newest time that the document gives for its own content (RFC 3339),
    or nothing.
    """

    format: str
    tables: dict[str, list[Row]]
    newest_at: str | None = None

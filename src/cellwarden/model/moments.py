"""A moment: which time a reader asks about, and from how much of the ledger."""

from __future__ import annotations

import msgspec


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What was true at ``as_of`` (RFC 3339, UTC), by what was known at ``known_at``.

    ``known_at`` is a ledger size: entries below it were known. Nothing means all of them.
    """

    as_of: str
    known_at: int | None = None

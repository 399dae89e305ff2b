"""The life of one asset as a timeline: events with their proof, and what is not on record."""

from __future__ import annotations

import msgspec


class RowProof(msgspec.Struct, frozen=True, kw_only=True):
    """Where one fact lies in the ledger, and what commits to it; digests in hex.

    ``row_sha256`` is the digest of the row, ``rows_root`` the root of its batch, to which the entry
    commits; ``leaf_sha256`` is the entry's leaf in the ledger's tree. ``checkpoint_size`` is the
    number of entries under the newest signed checkpoint that covers it, or nothing.
    """

    entry: int
    row: int
    kind: str
    recorded_at: str
    row_sha256: str
    rows_root: str
    leaf_sha256: str
    checkpoint_size: int | None = None


class LifeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a history. ``at`` is a date or RFC 3339 time, empty where no time is known.

    ``who`` and ``grade`` are nothing where nobody says. ``fact`` is ``<entry>.<row>``.
    """

    at: str
    phase: str
    what: str
    who: str | None
    source: str
    grade: str | None
    fact: str
    kind: str
    document_id: str | None = None
    proof: RowProof | None = None


class LifeGap(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a whole life that is not on record. ``state`` is unknown or missing.

    ``at`` orders a gap in time (custody); it is empty where no time belongs to it.
    """

    phase: str
    says: str
    state: str
    at: str = ""


class LifeFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the last run says of the asset."""

    id: str
    severity: str
    because: str


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """One asset from approval to disposal, as of a time and a ledger size."""

    asset_id: str
    site_id: str | None
    name: str | None
    manufacturer: str | None
    model: str | None
    serial: str | None
    chemistry: str | None
    lifecycle: str | None
    warranty_until: str | None
    as_of: str
    ledger_size: int
    events: tuple[LifeEvent, ...]
    gaps: tuple[LifeGap, ...]
    findings: tuple[LifeFinding, ...] = ()

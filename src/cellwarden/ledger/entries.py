"""An entry of the ledger: who said it, from which source, when it was recorded, what it says."""

from __future__ import annotations

import msgspec

from cellwarden.ledger.canonical import Value, canonical_json


class TableCommitment(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry commits to for the rows of one kind: how many, in which columns, their root."""

    kind: str
    columns: tuple[str, ...]
    rows: int
    root: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about the world, never changed once it is recorded.

    ``act`` is what was done: register, feeds, decision, exception, correction. ``recorded_at``
    never decreases along the ledger; ``clock_at`` is what the clock said. ``document_sha256``
    names the raw document in the object store, where there is one; ``document_commitment`` is the
    salted commitment to its bytes, where they lie sealed. ``note`` is for people.
    """

    act: str
    actor: str
    source: str
    recorded_at: str
    clock_at: str
    tables: tuple[TableCommitment, ...]
    document_sha256: str | None = None
    document_commitment: str | None = None
    taken_at: str | None = None
    note: str | None = None
    version: int = 1


def encode(entry: Entry) -> bytes:
    """The bytes that are stored and hashed: canonical JSON of every field."""
    value: Value = msgspec.to_builtins(entry, str_keys=True)
    return canonical_json(_lists(value))


def decode(data: bytes) -> Entry:
    """Read stored bytes back.

    Raises:
        msgspec.ValidationError: the bytes are not an entry.
    """
    return msgspec.json.decode(data, type=Entry)


def _lists(value: Value | tuple[Value, ...]) -> Value:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(item) for item in value]
    return value

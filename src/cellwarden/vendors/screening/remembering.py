"""What people decided: a decision holds until either side of it changes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cellwarden.vendors.screening.nouns import Entry, Party, Person


def name_digest(party: Party) -> str:
    """Digest of what a party says of itself: name and country, not its row's id."""
    return _digest([party.name, party.country])


def entry_digest(entry: Entry) -> str:
    """Digest of everything that a list says of an entry, whatever the order of its rows."""
    return _digest(
        [
            entry.list_name,
            entry.id,
            entry.kind,
            sorted([name.text, name.quality.value] for name in entry.names),
            sorted(entry.countries),
            sorted(entry.places),
            entry.reference,
            entry.effective_on,
        ]
    )


def _digest(value: object) -> str:
    import hashlib  # a start-up without answers to digest does not pay for it

    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()


def remembered(decisions: Iterable[Person], name: str, entry: str) -> Person | None:
    """The latest decision about exactly this name and this entry, by their digests.

    None where nobody decided, or where either side has changed since.
    """
    return max(
        (one for one in decisions if one.name_digest == name and one.entry_digest == entry),
        key=lambda one: one.decided_at,
        default=None,
    )

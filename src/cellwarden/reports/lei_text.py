"""What the Global LEI System says, in words: the status of an LEI, why a parent was not named."""

from __future__ import annotations

from typing import Final

from cellwarden.reports.text import printable

_REASONS: Final = {
    "NO_KNOWN_PERSON": "it says that nobody known controls it",
    "NATURAL_PERSONS": "it says that persons control it, whom it does not name",
    "NON_CONSOLIDATING": "whoever controls it does not consolidate it",
    "NO_LEI": "the parent has no LEI",
    "NON_PUBLIC": "it keeps the parent to itself",
    "BINDING_LEGAL_COMMITMENTS": "a duty of secrecy, it says",
    "LEGAL_OBSTACLES": "a law forbids it, it says",
    "CONSENT_NOT_OBTAINED": "the parent did not consent",
    "DETRIMENT_NOT_EXCLUDED": "it fears a disadvantage",
    "DISCLOSURE_DETRIMENTAL": "it fears a disadvantage",
}


def status_text(status: str | None) -> str:
    """The status of an LEI in words: only one that is kept up sounds well."""
    known = {
        None: "status not known",
        "ISSUED": "LEI in force",
        "LAPSED": "LEI lapsed",
        "NOT_LISTED": "LEI in no record",
    }
    return known.get(status) or f"LEI {printable((status or '').lower().replace('_', ' '))}"


def reason_text(reason: str) -> str:
    """Why a parent was not named, in our own words; none of them says that there is no owner."""
    return _REASONS.get(reason) or printable(reason.lower().replace("_", " "))

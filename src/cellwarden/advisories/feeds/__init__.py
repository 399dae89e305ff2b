"""Feeds: advisory documents of every format, from anywhere, as rows.

``documents`` finds them, ``understand`` reads one into rows, ``pack`` keeps the raw bytes,
``export_bundle`` carries them to a site without a network. ``feeds.sync`` fetches.
"""

from __future__ import annotations

from cellwarden.advisories.feeds.beside import NO_GNUPG, NO_KEYS, NOT_JUDGED, Tampered, Verifier
from cellwarden.advisories.feeds.bundle import BundleMeta, export_bundle, is_bundle
from cellwarden.advisories.feeds.intake import documents, refuse_if_nothing_understood
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS, Limits
from cellwarden.advisories.feeds.packing import find, pack, unpack
from cellwarden.advisories.feeds.reading import UNKNOWN_FORMAT, Refused, understand

__all__ = [
    "DEFAULT_LIMITS",
    "NOT_JUDGED",
    "NO_GNUPG",
    "NO_KEYS",
    "UNKNOWN_FORMAT",
    "BundleMeta",
    "Limits",
    "Refused",
    "Tampered",
    "Verifier",
    "documents",
    "export_bundle",
    "find",
    "is_bundle",
    "pack",
    "refuse_if_nothing_understood",
    "understand",
    "unpack",
]

"""Version texts: what a device says of itself, what an advisory says, and which lies where."""

from __future__ import annotations

from cellwarden.advisories.versions.firmware import read_firmware
from cellwarden.advisories.versions.grammar import read_range
from cellwarden.advisories.versions.intervals import doubtful_keys, interval_keys
from cellwarden.advisories.versions.nouns import (
    Alternative,
    Comparator,
    FirmwarePart,
    Placement,
    Quality,
)
from cellwarden.advisories.versions.order import compare_versions, is_readable, version_key
from cellwarden.advisories.versions.ranges import VersionRange

__all__ = [
    "Alternative",
    "Comparator",
    "FirmwarePart",
    "Placement",
    "Quality",
    "VersionRange",
    "compare_versions",
    "doubtful_keys",
    "interval_keys",
    "is_readable",
    "read_firmware",
    "read_range",
    "version_key",
]

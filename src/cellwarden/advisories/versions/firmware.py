"""Reading what a device or a person wrote as its firmware, into named parts."""

from __future__ import annotations

from cellwarden.advisories.versions.nouns import FirmwarePart

_BLANK = frozenset({"", "-", "n/a", "na", "unknown", "none", "null", "?"})


def read_firmware(text: str) -> tuple[FirmwarePart, ...]:
    """The firmware parts that a text names, in its order; nothing where it is blank."""
    cleaned = " ".join(text.split())
    if cleaned.casefold() in _BLANK:
        return ()
    return (FirmwarePart(name="", version=cleaned),)

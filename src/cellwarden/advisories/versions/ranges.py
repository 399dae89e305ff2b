"""A range of versions as an advisory writes it, and the question whether a version lies in it."""

from __future__ import annotations

import msgspec

from cellwarden.advisories.versions.nouns import Alternative, Placement, Quality


class VersionRange(msgspec.Struct, frozen=True, kw_only=True):
    """What an advisory's words say of versions.

    ``qualifiers`` are words that are no version; ``conditions`` those among them that must hold
    before inside may be called affected; ``vulnerabilities`` the ids to which the words restrict
    the statement. ``first_after`` is the first version that the words name as no longer in the
    range, empty where they name none.
    """

    text: str
    quality: Quality
    is_all: bool = False
    alternatives: tuple[Alternative, ...] = ()
    qualifiers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    first_after: str = ""

    def place(self, version: str) -> Placement:
        """Say whether a version text lies in this range; nothing where that cannot be told."""
        if self.is_all:
            return Placement(inside=True, why="every version is meant", conditions=self.conditions)
        return Placement(inside=None, why=f"{self.text!r} against {version!r} cannot be told")


def read_range(text: str, *, kind: str = "range") -> VersionRange:
    """Read an advisory's words; ``kind`` is the statement's: version, range, all or vers."""
    if kind == "all" or text.strip() in {"", "*", "vers:all/*"}:
        return VersionRange(text=text, quality=Quality.READ, is_all=True)
    return VersionRange(text=text, quality=Quality.NOT_UNDERSTOOD)

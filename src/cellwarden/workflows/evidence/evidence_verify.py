"""Verify an evidence pack with the same program that travels in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.reports.evidence import verify


class PackReport(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that holds: the verdict, and what was checked, as label and words."""

    verdict: str
    lines: tuple[tuple[str, str], ...]


def verify_pack(path: Path, keys: Sequence[str]) -> PackReport:
    """Check a pack, as a zip or a folder.

    Raises:
        InputError: there is nothing at that path.
        IntegrityError: a byte, a proof or a signature is not what it should be; says where.
    """
    if not path.exists():
        raise InputError(f"there is no pack at {path}", advice="name the .zip or its folder")
    try:
        verdict, lines = verify.verify(str(path), keys)
    except verify.Bad as problem:
        raise IntegrityError(
            f"the pack does not hold: {problem}",
            advice="keep it as it came, ask its sender for a new one on another way, and compare",
        ) from problem
    return PackReport(verdict=verdict, lines=tuple(lines))

"""What `cellwarden match` says of an inventory, read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from cellwarden.model.matching import Match
from cellwarden.workflows.advisory.match_many import match_lines


def matched(inventory: Path, advisories: Sequence[Path]) -> list[Match]:
    """The lines that the command prints for a CSV inventory, as matches."""
    chunks = match_lines(inventory, advisories, moment=None, progress=lambda *_: None)
    lines = b"".join(chunks).splitlines()
    return [msgspec.json.decode(line, type=Match) for line in lines]

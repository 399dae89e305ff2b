"""Files of a ledger that is being imported: laid beside until its entries are committed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

STAGED: Final = ".import"
"""The folder of them, in the state folder."""

ENTRIES: Final = "entries.ndjson"
"""The entries as they came; they go into the engine, not into the folder."""


def settle_staged(folder: Path, *, entries: int) -> None:
    """Give the files their names where the ledger has its entries; else throw them away."""
    staged = folder / STAGED
    if not staged.exists():
        return
    if entries:
        for path in sorted(staged.rglob("*")):
            if path.is_file() and path.name != ENTRIES:
                target = folder / path.relative_to(staged)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
    shutil.rmtree(staged)

"""Files of a ledger that is being imported: laid beside until its entries are committed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from cellwarden.store.objects import make_durably, sync_folder

STAGED: Final = ".import"
"""The folder of them, in the state folder."""

ENTRIES: Final = "entries.ndjson"
"""The entries as they came; they go into the engine, not into the folder."""


def make_staged_durable(folder: Path) -> None:
    """Make the names of the files that lie beside outlive a power cut; their bytes do already.

    An entry must not be committed before what it rests on can be found again.
    """
    staged = folder / STAGED
    for path in (folder, staged, *staged.rglob("*")):
        if path.is_dir():
            sync_folder(path)


def settle_staged(folder: Path, *, entries: int) -> None:
    """Give the files their names where the ledger has its entries; else throw them away."""
    staged = folder / STAGED
    if not staged.exists():
        return
    if entries:
        renamed = set()
        for path in sorted(staged.rglob("*")):
            if path.is_file() and path.name != ENTRIES:
                target = folder / path.relative_to(staged)
                make_durably(target.parent)
                path.replace(target)
                renamed.add(target.parent)
        for each in sorted(renamed):
            sync_folder(each)
    shutil.rmtree(staged)

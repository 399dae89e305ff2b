"""What came without its keys: a ledger whose export left personal values and keys at home.

Its entries, rows and sealed objects are all here and verify; what they commit to cannot be opened
here. ``closed.json`` says of how many entries that is true, and of which root, so that it cannot
excuse what is missing from another ledger, or from entries that were recorded here later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import IntegrityError

CLOSED: Final = "closed.json"


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """The first so many entries, with this root, came without personal values and keys."""

    entries: int
    root: str


OPEN: Final = Closed(entries=0, root="")


def closed_in(folder: Path) -> Closed:
    """What a state folder cannot open; no entries where everything came along.

    Raises:
        IntegrityError: the file that says so cannot be read.
    """
    try:
        return msgspec.json.decode((folder / CLOSED).read_bytes(), type=Closed)
    except FileNotFoundError:
        return OPEN
    except msgspec.MsgspecError as error:
        raise IntegrityError(
            f"{folder / CLOSED} cannot be read: {error}",
            advice="restore it from a backup, or import the archive into a new workspace",
        ) from error


def note_closed(folder: Path, closed: Closed) -> None:
    """Say what cannot be opened, in a folder that is being filled; nothing where all can."""
    if closed.entries:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CLOSED).write_bytes(msgspec.json.encode(closed))

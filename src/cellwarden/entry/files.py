"""Small files that commands take and give: checkpoints, proofs, timestamps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.console import say, tell
from cellwarden.model.errors import InputError

OutOption = Annotated[
    Path | None, typer.Option("-o", "--out", help="Write to this file, not to the terminal.")
]


def give(data: bytes, out: Path | None) -> None:
    """Write text to a file, else to the terminal.

    Raises:
        StoreError: the disk refused.
    """
    from cellwarden.store.objects import write_durably

    if out is None:
        say(data.decode("utf-8"))
    else:
        write_durably(out, data)
        tell(f"wrote {out}")


def read_proof(path: Path) -> bytes:
    """The bytes of a file, one more than the largest proof at most.

    Raises:
        InputError: it cannot be read.
    """
    from cellwarden.ledger.proofs import LARGEST_PROOF

    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PROOF + 1)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", advice="check the path and that you may read it"
        ) from error

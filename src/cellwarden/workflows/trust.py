"""Check that the ledger, its rows and its documents are what was recorded."""

from __future__ import annotations

import msgspec

from cellwarden.ledger.entries import Entry
from cellwarden.ledger.keys import VerifierKey
from cellwarden.model.errors import IntegrityError
from cellwarden.store.state import State
from cellwarden.workflows.checkpoints import checkpoint_problems, kept_sizes
from cellwarden.workflows.ledger_keys import key_history
from cellwarden.workflows.workspace import Workspace


class LedgerState(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger that was found whole: how many entries and rows, its root, its last entry's time.

    ``keys`` sign for it now; ``checkpoints`` are kept beside it, and agree with it, the newest one
    over ``signed_entries``.
    """

    entries: int
    rows: int
    root: str
    last_recorded_at: str | None
    keys: tuple[VerifierKey, ...] = ()
    checkpoints: int = 0
    signed_entries: int = 0


def verify_ledger(workspace: Workspace) -> LedgerState:
    """Recompute every hash and root from what lies on disk, and hold the checkpoints against it.

    Raises:
        IntegrityError: something is not what was recorded or signed; names the first places.
    """
    with State(workspace.state_folder) as state:
        problems = list(state.problems()) or list(checkpoint_problems(state))
        if problems:
            shown = "\n  ".join(problems[:5])
            more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004 - as many as are shown
            raise IntegrityError(
                f"the ledger of {workspace.folder} is not what was recorded:\n  {shown}{more}",
                advice="keep this folder as it is, restore a backup elsewhere, and find out who"
                " changed these files",
            )
        entries = [entry for _, entry in state.entries()]
        current = key_history(state).current
        signed = kept_sizes(state)
        return LedgerState(
            entries=len(entries),
            rows=sum(table.rows for entry in entries for table in entry.tables),
            root=state.root(),
            last_recorded_at=entries[-1].recorded_at if entries else None,
            keys=current.keys if current else (),
            checkpoints=len(signed),
            signed_entries=max(signed, default=0),
        )


def list_entries(workspace: Workspace) -> list[tuple[int, Entry]]:
    """Every entry of the ledger with its index, in order."""
    with workspace.open_state() as state:
        return list(state.entries())

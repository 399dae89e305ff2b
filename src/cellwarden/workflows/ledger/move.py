"""Move a ledger between workspaces and engines: export it whole, import it whole."""

from __future__ import annotations

from pathlib import Path

from cellwarden.store import transfer
from cellwarden.workflows.ledger.checkpoints import checkpoint_problems
from cellwarden.workflows.workspace import Workspace


def export_whole(workspace: Workspace, archive: Path, *, with_private: bool) -> transfer.Manifest:
    """Write a workspace's ledger to an archive, as ``transfer.export_ledger`` does."""
    with workspace.open_unchecked() as state, state.alone():
        return transfer.export_ledger(state, archive, with_private=with_private)


def import_whole(workspace: Workspace, archive: Path) -> transfer.Manifest:
    """Fill a workspace's empty ledger; as ``transfer.import_ledger`` does.

    Raises:
        IntegrityError: as there, or a checkpoint that came along contradicts the entries; nothing
            is imported then.
    """
    with workspace.open_unchecked() as state, state.alone():
        return transfer.import_ledger(state, archive, also=checkpoint_problems)

"""Who outside vouches for the ledger, as the workspace names them: cosigners and authorities."""

from __future__ import annotations

from pathlib import Path

from cellwarden.ledger.keys import VerifierKey
from cellwarden.workflows.ledger.cosign import read_verifier
from cellwarden.workflows.ledger.timestamps import Authority
from cellwarden.workflows.workspace import Workspace


def known_cosigners(workspace: Workspace) -> tuple[VerifierKey, ...]:
    """The verifier keys under ``[ledger] cosigners``: as they are written, or files with them.

    Raises:
        InputError: one of them is neither.
    """
    return tuple(
        read_verifier(text if "+" in text else str(workspace.folder / text))
        for text in workspace.settings.ledger.cosigners
    )


def known_authority(workspace: Workspace) -> Authority | None:
    """The certificates under ``[ledger] tsa_roots`` and ``tsa_certificate``; None without roots."""
    settings = workspace.settings.ledger
    if not settings.tsa_roots:
        return None
    signer: Path | None = None
    if settings.tsa_certificate:
        signer = workspace.folder / settings.tsa_certificate
    return Authority(roots=workspace.folder / settings.tsa_roots, signer=signer)

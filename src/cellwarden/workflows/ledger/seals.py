"""What a report says of the ledger's newest checkpoint, and who outside vouches for it."""

from __future__ import annotations

from cellwarden.ledger.notes import claimed_by, encode_note, verify_note
from cellwarden.model.errors import IntegrityError
from cellwarden.model.report import SignedState
from cellwarden.model.times import format_time
from cellwarden.store.state import State
from cellwarden.workflows.ledger.checkpoints import Kept, newest_kept
from cellwarden.workflows.ledger.outsiders import known_authority, known_cosigners
from cellwarden.workflows.ledger.timestamps import stamps_of
from cellwarden.workflows.workspace import Workspace


def signed_state(workspace: Workspace, state: State, size: int) -> SignedState | None:
    """The newest kept checkpoint over at most ``size`` entries; nothing where there is none.

    Raises:
        IntegrityError: a kept checkpoint, a signature under it, a token or a statement of keys
            does not hold.
    """
    kept = newest_kept(state, at_most=size)
    if kept is None:
        return None
    others = {one.name for one in kept.note.signatures} - {kept.checkpoint.origin}
    authority = known_authority(workspace)
    stamped = [s for s in stamps_of(state, authority) if s.size == kept.checkpoint.size]
    return SignedState(
        origin=kept.checkpoint.origin,
        size=kept.checkpoint.size,
        root=kept.checkpoint.root.hex(),
        note=encode_note(kept.note).decode("utf-8"),
        cosigners=tuple(sorted(others)),
        checked_cosigners=_checked(workspace, kept),
        stamped_at=tuple(format_time(one.stamped_at) for one in stamped),
        are_stamps_checked=authority is not None,
    )


def _checked(workspace: Workspace, kept: Kept) -> tuple[str, ...]:
    """The names of known cosigners whose signatures hold."""
    keys = claimed_by(kept.note, known_cosigners(workspace))
    if not keys:
        return ()
    try:
        return tuple(sorted({one.key.name for one in verify_note(kept.note, keys)}))
    except ValueError as error:
        raise IntegrityError(
            f"a signature under the kept checkpoint {kept.path.name} does not hold: {error}",
            advice="somebody put a false signature there; restore the folder `checkpoints` from a"
            " backup and ask the cosigner for their signature once more",
        ) from error

"""What a report says of the ledger's newest checkpoint."""

from __future__ import annotations

from cellwarden.ledger.notes import encode_note
from cellwarden.model.report import SignedState
from cellwarden.model.times import format_time
from cellwarden.store.state import State
from cellwarden.workflows.checkpoints import newest_kept
from cellwarden.workflows.timestamps import stamps_of


def signed_state(state: State, size: int) -> SignedState | None:
    """The newest kept checkpoint over at most ``size`` entries; nothing where there is none.

    Raises:
        IntegrityError: a kept checkpoint, a token or a statement of keys does not hold.
    """
    kept = newest_kept(state, at_most=size)
    if kept is None:
        return None
    others = {one.name for one in kept.note.signatures} - {kept.checkpoint.origin}
    stamped = (s for s in stamps_of(state) if s.size == kept.checkpoint.size)
    return SignedState(
        origin=kept.checkpoint.origin,
        size=kept.checkpoint.size,
        root=kept.checkpoint.root.hex(),
        note=encode_note(kept.note).decode("utf-8"),
        cosigners=tuple(sorted(others)),
        stamped_at=tuple(format_time(one.stamped_at) for one in stamped),
    )

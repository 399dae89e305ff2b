"""Sign what the ledger is now, prove entries and growth, and compare with what was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger import merkle
from cellwarden.ledger.checkpoints import (
    Checkpoint,
    decode_checkpoint,
    open_checkpoint,
    sign_checkpoint,
)
from cellwarden.ledger.keys import KeyType, VerifierKey
from cellwarden.ledger.log import problems
from cellwarden.ledger.notes import (
    LARGEST_NOTE,
    Note,
    Verified,
    claimed_by,
    decode_note,
    encode_note,
    merge_signatures,
    verify_note,
)
from cellwarden.ledger.proofs import GrowthProof, InclusionProof, encode_growth, encode_inclusion
from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.store.objects import write_durably
from cellwarden.store.state import State
from cellwarden.workflows.ledger.ledger_keys import KeyHistory, held_keys, key_history, signing_keys
from cellwarden.workflows.workspace import Workspace

_FOLDER: Final = "checkpoints"
_SUFFIX: Final = ".checkpoint"
STAMPED_SUFFIX: Final = ".body"
"""Ends the name of a checkpoint's bare text, kept where an authority stamped it."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A signed checkpoint of this ledger, as it lies in the state folder."""

    path: Path
    note: Note
    checkpoint: Checkpoint


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """That the ledger still begins with what a checkpoint from elsewhere says.

    ``entries`` are in the ledger now. ``signed`` are the signatures that were verified.
    """

    checkpoint: Checkpoint
    entries: int
    signed: tuple[Verified, ...]


def make_checkpoint(workspace: Workspace) -> Kept:
    """Sign the ledger as it is now, and keep the checkpoint.

    Nothing is signed that contradicts an earlier checkpoint. Asked twice at one size, the second
    call gives the same checkpoint, with all signatures that were added meanwhile.

    Raises:
        InputError: the ledger has no key, or it is not here.
        IntegrityError: the ledger is not what was recorded or signed.
        StoreError: the disk refused.
    """
    with workspace.open_state() as state, state.alone():
        _refuse_damage(state)
        history = key_history(state)
        if history.current is None:
            raise InputError(
                "this ledger has no key to sign with",
                advice="`cellwarden ledger init --origin NAME` makes one",
            )
        keys = signing_keys(held_keys(state), history.current)
        leaves = [stored.leaf for stored in state.log.read()]
        checkpoint = Checkpoint(
            origin=history.current.origin, size=len(leaves), root=merkle.root(leaves)
        )
        note = sign_checkpoint(checkpoint, *keys)
        path = _path(state, checkpoint.size)
        if path.exists():
            note = merge_signatures(decode_note(path.read_bytes()), note)
        write_durably(path, encode_note(note))
        return Kept(path=path, note=note, checkpoint=checkpoint)


def keep_cosigned(workspace: Workspace, data: bytes, known: Sequence[VerifierKey] = ()) -> Kept:
    """Add the signatures in a checkpoint that came back from an auditor to the one kept here.

    A signature by a ``known`` cosigner must hold; those of others are kept as they came.

    Raises:
        InputError: these bytes are no checkpoint.
        IntegrityError: it is not a checkpoint of this ledger as it is, or a signature is false.
    """
    with workspace.open_state() as state, state.alone():
        _refuse_damage(state)
        comparison = _compared(state, data, ())
        path = _path(state, comparison.checkpoint.size)
        note = decode_note(data)
        _refuse_false(note, known)
        try:
            if path.exists():
                note = merge_signatures(decode_note(path.read_bytes()), note)
        except ValueError as error:
            raise InputError(
                f"{path.name} cannot take these signatures: {error}",
                advice="sign the ledger anew and have the new checkpoint cosigned",
            ) from error
        write_durably(path, encode_note(note))
        return Kept(path=path, note=note, checkpoint=comparison.checkpoint)


def _refuse_false(note: Note, known: Sequence[VerifierKey]) -> None:
    """A known cosigner's signature is checked before it is kept; others cannot be checked here."""
    claimed = claimed_by(note, known)
    try:
        if claimed:
            verify_note(note, claimed)
    except ValueError as error:
        raise IntegrityError(
            f"this checkpoint was not cosigned as it says: {error}",
            advice="ask the cosigner for the file as they made it; nothing was kept",
        ) from error


def prove_entry(workspace: Workspace, index: int) -> bytes:
    """The proof that an entry is in the ledger, with the entry's bytes (C2SP tlog-proof).

    Raises:
        InputError: there is no such entry, or no checkpoint covers it yet.
        IntegrityError: the ledger is not what was recorded or signed.
    """
    with workspace.open_state() as state:
        _refuse_damage(state)
        size = state.log.size()
        if not 0 <= index < size:
            raise InputError(
                f"the ledger has no entry {index}: it has {size}, counted from 0",
                advice="`cellwarden ledger list` shows every entry with its number",
            )
        newest = newest_kept(state)
        if newest is None or newest.checkpoint.size <= index:
            raise InputError(
                f"no signed checkpoint covers entry {index} yet",
                advice="`cellwarden ledger checkpoint` signs the ledger as it is now",
            )
        leaves = [stored.leaf for stored in state.log.read(0, newest.checkpoint.size)]
        entry = next(state.log.read(index, index + 1))
        return encode_inclusion(
            InclusionProof(
                index=index,
                path=tuple(merkle.inclusion_proof(leaves, index)),
                note=newest.note,
                extra=entry.data,
            )
        )


def prove_growth(workspace: Workspace, held: bytes) -> bytes:
    """The proof that the ledger only grew since a checkpoint that somebody else holds.

    It ends in the newest checkpoint: the body of a request to a witness (C2SP tlog-witness).

    Raises:
        InputError: these bytes are no checkpoint, or nothing newer was signed.
        IntegrityError: the ledger does not begin with what that checkpoint says.
    """
    with workspace.open_state() as state:
        _refuse_damage(state)
        old = _compared(state, held, ()).checkpoint
        newest = newest_kept(state)
        if newest is None or newest.checkpoint.size < old.size or not old.size:
            raise InputError(
                f"no checkpoint was signed here at {old.size} entries or more",
                advice="`cellwarden ledger checkpoint` signs the ledger as it is now",
            )
        leaves = [stored.leaf for stored in state.log.read(0, newest.checkpoint.size)]
        path = tuple(merkle.consistency_proof(leaves, old.size))
        return encode_growth(GrowthProof(old_size=old.size, path=path, note=newest.note))


def compare(workspace: Workspace, data: bytes, trusted: Sequence[VerifierKey]) -> Comparison:
    """Compare the ledger with a checkpoint that was kept elsewhere.

    ``trusted`` are keys that the reader knows from elsewhere; each of them must have signed the
    checkpoint. Without one of the log's, the keys that the ledger itself names are believed, which
    whoever rewrites the ledger can also write.

    Raises:
        InputError: these bytes are no checkpoint.
        IntegrityError: the ledger does not begin with what the checkpoint says, or the checkpoint
            was not signed by the keys; says by what it was caught.
    """
    with workspace.open_state() as state:
        return _compared(state, data, trusted)


def checkpoint_problems(state: State) -> Iterator[str]:
    """What contradicts the checkpoints that are kept here, one sentence each.

    Raises:
        IntegrityError: the ledger's own statements of keys don't hold.
    """
    history = key_history(state)
    kept: list[Kept] = []
    for path in _paths(state):
        try:
            kept.append(_opened(path, history))
        except ValueError as error:
            yield f"the kept checkpoint {path.name} is not one that this ledger signed: {error}"
    yield from _stamped_problems(state)
    roots = _roots(state, [one.checkpoint.size for one in kept])
    agreed = 0
    for one in kept:
        wrong = _disagreement(one.checkpoint, roots, state.log.size(), agreed)
        if wrong:
            yield f"{wrong}; caught by the kept checkpoint {one.path.name}"
            return
        agreed = one.checkpoint.size


def _stamped_problems(state: State) -> Iterator[str]:
    """What contradicts the texts that an authority stamped: they stay when checkpoints go."""
    stamped: dict[str, Checkpoint] = {}
    for path in sorted((state.folder / _FOLDER).glob(f"*{STAMPED_SUFFIX}")):
        try:
            stamped[path.name] = decode_checkpoint(path.read_text("utf-8"))
        except ValueError as error:
            yield f"the stamped text {path.name} is no checkpoint: {error}"
    roots = _roots(state, [one.size for one in stamped.values()]) if stamped else {}
    for name, checkpoint in stamped.items():
        wrong = _disagreement(checkpoint, roots, state.log.size(), 0)
        if wrong:
            yield f"{wrong}; caught by the stamped text {name}"
            return


def kept_sizes(state: State) -> tuple[int, ...]:
    """The sizes that checkpoints are kept of, by their names, the smallest first."""
    return tuple(_size_of(path) for path in _paths(state))


def _size_of(path: Path) -> int:
    return int(path.name.removesuffix(_SUFFIX))


def newest_checkpoint(workspace: Workspace) -> Kept | None:
    """The newest checkpoint that is kept here and that the ledger's keys signed, for printing.

    Raises:
        IntegrityError: a kept checkpoint, or a statement of keys, does not hold.
    """
    with workspace.open_state() as state:
        return newest_kept(state)


def checkpoint_time(signed: Verified) -> datetime | None:
    """When a cosigner says to have seen a checkpoint; None where a signature has no time."""
    return None if signed.at_s is None else datetime.fromtimestamp(signed.at_s, UTC)


def _compared(state: State, data: bytes, trusted: Sequence[VerifierKey]) -> Comparison:
    try:
        note = decode_note(data)
    except ValueError as error:
        raise InputError(
            f"this is no signed checkpoint: {error}",
            advice="give the file as `cellwarden ledger checkpoint` wrote it",
        ) from error
    size = state.log.size()
    checkpoint, signed = _believed(note, key_history(state), trusted)
    wrong = _disagreement(checkpoint, _roots(state, [checkpoint.size]), size, 0)
    if wrong:
        raise IntegrityError(
            f"{wrong}; caught by the checkpoint from elsewhere",
            advice="keep this folder and the checkpoint as they are, restore a backup elsewhere,"
            " and find out who holds the key and who could write here",
        )
    return Comparison(checkpoint=checkpoint, entries=size, signed=signed)


def _believed(
    note: Note, history: KeyHistory, trusted: Sequence[VerifierKey]
) -> tuple[Checkpoint, tuple[Verified, ...]]:
    """The checkpoint in a note from elsewhere, and the signatures on it that hold.

    Before the keys are known the size is only a claim; it may choose among the ledger's own keys.
    """
    told = tuple(key for key in trusted if key.type is KeyType.LOG)
    try:
        own = told or history.keys_at(_claimed_size(note))
        checkpoint = open_checkpoint(note, own)
        for key in trusted:
            verify_note(note, [key])
        return checkpoint, verify_note(note, [*own, *(key for key in trusted if key not in own)])
    except ValueError as error:
        ours = history.current.origin if history.current else "a ledger without a key"
        raise IntegrityError(
            f"the checkpoint from elsewhere does not fit {ours}: {error}",
            advice="either it is of another ledger or was changed, or this ledger was made anew"
            " with a foreign key; ask whoever keeps it for the key that they know, and give it"
            " with --key",
        ) from error


def _claimed_size(note: Note) -> int:
    return decode_checkpoint(note.text).size


def _disagreement(
    checkpoint: Checkpoint, roots: dict[int, bytes], entries: int, agreed: int
) -> str | None:
    """How a ledger contradicts a checkpoint; ``agreed`` is the size up to which all is well."""
    if checkpoint.size not in roots:
        return (
            f"entries were taken away from the end: the ledger has {entries}, and"
            f" {checkpoint.size} were signed"
        )
    if roots[checkpoint.size] != checkpoint.root:
        last = checkpoint.size - 1
        place = f"at entry {last}" if agreed == last else f"between entry {agreed} and entry {last}"
        return (
            f"history was rewritten {place}: something there was changed, moved, put in or left"
            " out after it was signed"
        )
    return None


def _refuse_damage(state: State) -> None:
    """Nothing is signed or proven from a ledger that contradicts itself or its checkpoints."""
    found = list(problems(state.log.read())) or list(checkpoint_problems(state))
    if found:
        raise IntegrityError(
            f"the ledger in {state.folder} is not what was recorded: {found[0]}",
            advice="`cellwarden ledger verify` names everything that is wrong",
        )


def newest_kept(state: State, *, at_most: int | None = None) -> Kept | None:
    """The newest checkpoint that is kept and that the ledger's keys signed.

    ``at_most`` leaves out those over more entries.

    Raises:
        IntegrityError: it, or a statement of keys, does not hold.
    """
    paths = [path for path in _paths(state) if at_most is None or _size_of(path) <= at_most]
    if not paths:
        return None
    try:
        return _opened(paths[-1], key_history(state))
    except ValueError as error:
        raise IntegrityError(
            f"the kept checkpoint {paths[-1]} is not one that this ledger signed: {error}",
            advice="`cellwarden ledger verify` names everything that is wrong",
        ) from error


def _opened(path: Path, history: KeyHistory) -> Kept:
    """A kept checkpoint, verified by the keys that signed at its size."""
    if path.stat().st_size > LARGEST_NOTE:
        raise ValueError("it is too large")
    note = decode_note(path.read_bytes())
    checkpoint = open_checkpoint(note, history.keys_at(_claimed_size(note)))
    if path.name != _name(checkpoint.size):
        raise ValueError(f"it is of {checkpoint.size} entries, which is not what its name says")
    return Kept(path=path, note=note, checkpoint=checkpoint)


def _roots(state: State, sizes: Sequence[int]) -> dict[int, bytes]:
    """The roots at several sizes, from the bytes themselves and not from the hashes beside them."""
    return merkle.roots_at((merkle.leaf_hash(one.data) for one in state.log.read()), sizes)


def _paths(state: State) -> list[Path]:
    """The kept checkpoints, the smallest first."""
    found = (state.folder / _FOLDER).glob(f"*{_SUFFIX}")
    return sorted(path for path in found if path.name.removesuffix(_SUFFIX).isdecimal())


def _path(state: State, size: int) -> Path:
    return state.folder / _FOLDER / _name(size)


def _name(size: int) -> str:
    return f"{size:012d}{_SUFFIX}"

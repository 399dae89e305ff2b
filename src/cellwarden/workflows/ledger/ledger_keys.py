"""The keys that sign for a workspace's ledger: make them, find them, hand over to a new one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger.keyring import KeyStatement, accept_statement, sign_statement
from cellwarden.ledger.keys import (
    KeyType,
    SignerKey,
    VerifierKey,
    decode_signer,
    encode_signer,
    generate_key,
)
from cellwarden.ledger.notes import decode_note, encode_note
from cellwarden.model.errors import InputError, IntegrityError, StoreError
from cellwarden.store.objects import write_durably
from cellwarden.store.state import Draft, State
from cellwarden.workflows.workspace import Workspace

KEY_VARIABLE: Final = "CELLWARDEN_LEDGER_KEY"
"""Holds the signer key, or two while one takes over, parted by blanks; no file is read then."""

_ACT: Final = "key"
_FILE_NAME: Final = "ledger.key"
_OTHERS: Final = 0o077
_OWNER_ONLY: Final = 0o600


class KeyHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Which keys signed from which entry on, in order."""

    statements: tuple[tuple[int, KeyStatement], ...]

    @property
    def current(self) -> KeyStatement | None:
        """What holds now; None where the ledger has no key yet."""
        return self.statements[-1][1] if self.statements else None

    @property
    def ever(self) -> frozenset[VerifierKey]:
        """Every key that was ever named; none of them can be new again."""
        return frozenset(key for _, statement in self.statements for key in statement.keys)

    def keys_at(self, size: int) -> tuple[VerifierKey, ...]:
        """The keys that may sign a checkpoint of this size: those named below it, last."""
        named = [statement.keys for index, statement in self.statements if index < size]
        return named[-1] if named else ()


class KeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a change of keys brought: the entry that tells it, and all keys that sign now."""

    entry: int
    keys: tuple[VerifierKey, ...]


def key_history(state: State) -> KeyHistory:
    """Read the statements of keys from the ledger, each accepted by the one before it.

    Raises:
        IntegrityError: an entry names keys that those before it did not sign.
    """
    found: list[tuple[int, KeyStatement]] = []
    for index, entry in state.entries():
        if entry.act != _ACT or entry.document_sha256 is None:
            continue
        before = found[-1][1] if found else None
        try:
            note = decode_note(state.objects.get(entry.document_sha256))
            found.append((index, accept_statement(note, before)))
        except (ValueError, StoreError) as error:
            raise IntegrityError(
                f"entry {index} names keys of the ledger and cannot be trusted: {error}",
                advice="somebody added a key without holding the one before it; keep this folder"
                " as it is and compare it with a backup",
            ) from error
    return KeyHistory(statements=tuple(found))


def init_ledger_key(
    workspace: Workspace, *, origin: str | None, actor: str, clock_at: str
) -> KeyChange:
    """Make the key that signs for the ledger, and record its public half.

    With ``CELLWARDEN_LEDGER_KEY`` set, that key is used and none is written. A stopped call is
    finished by the next one.

    Raises:
        InputError: the ledger has a key already, or the origin cannot be used.
        StoreError: the disk refused.
    """
    with workspace.open_state() as state, state.alone():
        current = key_history(state).current
        if current is not None:
            raise InputError(
                f"this ledger has a key already, that of {current.origin}",
                advice="`cellwarden ledger rotate` brings in a new one; nothing was overwritten",
            )
        signers = held_keys(state)
        if not signers:
            signers = (_new_key(origin),)
            _write_keys(state, signers)
        if len(signers) != 1 or (origin and signers[0].name != origin):
            raise InputError(
                f"the key at hand is that of {', '.join(key.name for key in signers)}"
                f" and not one of {origin}",
                advice=f"give one key of this ledger in {KEY_VARIABLE}, or name its own origin",
            )
        note = f"{signers[0].verifier.id.hex()} signs for {signers[0].name}"
        return _record(state, signers, actor=actor, clock_at=clock_at, note=note)


def begin_rotation(workspace: Workspace, *, actor: str, clock_at: str) -> KeyChange:
    """Bring in a new key beside the old one; both sign until :func:`finish_rotation`.

    Raises:
        InputError: the ledger has no key, the old one is not here, or two sign already.
        StoreError: the disk refused.
    """
    with workspace.open_state() as state, state.alone():
        current, held, ever = _current(state), held_keys(state), key_history(state).ever
        if len(current.keys) > 1:
            raise InputError(
                "a new key was brought in already, and both sign",
                advice="`cellwarden ledger rotate --finish` retires the old one",
            )
        old = signing_keys(held, current)
        new = tuple(key for key in held if key.verifier not in ever)
        if not new and KEY_VARIABLE in os.environ:
            raise InputError(
                f"{KEY_VARIABLE} holds no new key",
                advice="put a second one into it, after the old one and a blank;"
                f" `cellwarden ledger key FILE --name {current.origin} --for log` makes one",
            )
        if not new:
            new = (_new_key(current.origin),)
            _write_keys(state, (*old, *new))
        note = f"{new[0].verifier.id.hex()} signs beside {old[0].verifier.id.hex()}"
        keys = (*old, new[0])
        return _record(state, keys, actor=actor, clock_at=clock_at, note=note)


def finish_rotation(workspace: Workspace, *, actor: str, clock_at: str) -> KeyChange:
    """Retire the old key: it signs nothing after this entry, and its private half is removed.

    Raises:
        InputError: no rotation was begun, or the new key is not here.
        StoreError: the disk refused.
    """
    with workspace.open_state() as state, state.alone():
        current, held = _current(state), held_keys(state)
        if len(current.keys) == 1:
            raise InputError(
                "there is no old key to retire",
                advice="`cellwarden ledger rotate` brings in a new one first",
            )
        newest = msgspec.structs.replace(current, keys=current.keys[-1:])
        signers = signing_keys(held, newest)
        note = f"{signers[0].verifier.id.hex()} signs alone"
        done = _record(state, signers, actor=actor, clock_at=clock_at, note=note)
        if KEY_VARIABLE not in os.environ:
            _write_keys(state, signers)
        return done


def held_keys(state: State) -> tuple[SignerKey, ...]:
    """The signer keys at hand: from the environment, else from the state folder.

    Raises:
        InputError: a key cannot be read, or others may read the file.
    """
    text = os.environ.get(KEY_VARIABLE)
    place = KEY_VARIABLE
    if text is None:
        path = state.folder / _FILE_NAME
        if not path.exists():
            return ()
        place, text = str(path), private_text(path)
    try:
        return tuple(decode_signer(word) for word in text.split())
    except ValueError as error:
        raise InputError(
            f"{place} holds no signer key: {error}",
            advice="put back the key as it was made; without it nothing can be signed",
        ) from error


def signing_keys(held: Sequence[SignerKey], current: KeyStatement) -> tuple[SignerKey, ...]:
    """Those of the keys at hand that sign for the ledger now.

    Raises:
        InputError: there is none.
    """
    found = tuple(key for key in held if key.verifier in current.keys)
    if not found:
        wanted = ", ".join(key.id.hex() for key in current.keys)
        raise InputError(
            f"the key of {current.origin} is not here: wanted is {wanted}",
            advice=f"put it back from its backup, as {_FILE_NAME} in the state folder or in"
            f" {KEY_VARIABLE}; what was signed before stays provable without it",
        )
    return found


def private_text(path: Path) -> str:
    """The text of a file that only its owner may read.

    Raises:
        InputError: others may read it, or it cannot be read.
    """
    try:
        if path.stat().st_mode & _OTHERS:
            raise InputError(
                f"others may read the private key in {path}",
                advice=f"`chmod 600 {path}`; if others could have read it, take a new key",
            )
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the private key in {path} cannot be read: {error}",
            advice="name the file that holds it; it begins with PRIVATE+KEY",
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises:
        StoreError: the disk refused.
    """
    write_durably(path, text.encode("ascii"), mode=_OWNER_ONLY)


def _current(state: State) -> KeyStatement:
    current = key_history(state).current
    if current is None:
        raise InputError(
            "this ledger has no key yet",
            advice="`cellwarden ledger init --origin NAME` makes one",
        )
    return current


def _new_key(origin: str | None) -> SignerKey:
    try:
        return generate_key(origin or "", KeyType.LOG)
    except ValueError as error:
        raise InputError(
            f"{origin or 'nothing'} cannot be the origin of a ledger: {error}",
            advice="give --origin a name that no other ledger has, such as"
            " northgate.example/ledger",
        ) from error


def _write_keys(state: State, keys: Sequence[SignerKey]) -> None:
    write_private(state.folder / _FILE_NAME, "".join(f"{encode_signer(key)}\n" for key in keys))


def _record(
    state: State,
    keys: Sequence[SignerKey],
    *,
    actor: str,
    clock_at: str,
    note: str,
) -> KeyChange:
    statement = KeyStatement(origin=keys[0].name, keys=tuple(key.verifier for key in keys))
    digest = state.objects.put(encode_note(sign_statement(statement, keys)))
    draft = Draft(
        act=_ACT,
        actor=actor,
        source=statement.origin,
        clock_at=clock_at,
        document_sha256=digest,
        note=note,
    )
    return KeyChange(entry=state.record(draft, {}), keys=statement.keys)

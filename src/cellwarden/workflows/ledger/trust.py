"""Check that the ledger, its rows and its documents are what was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from cellwarden.ledger.commitments import is_commitment
from cellwarden.ledger.entries import Entry, TableCommitment
from cellwarden.ledger.keys import VerifierKey
from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.store.closed import closed_in
from cellwarden.store.facts import read_committed
from cellwarden.store.state import State
from cellwarden.store.wholeness import UNFINISHED, Unreadable
from cellwarden.workflows.ledger.checkpoints import checkpoint_problems, kept_sizes
from cellwarden.workflows.ledger.ledger_keys import key_history
from cellwarden.workflows.workspace import Workspace


class ClockJump(msgspec.Struct, frozen=True, kw_only=True):
    """An entry at which the clock said an earlier time than was recorded before it."""

    entry: int
    clock_at: str
    recorded_at: str


class LedgerState(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger that was found whole: how many entries and rows, its root, its last entry's time.

    ``keys`` sign for it now; ``checkpoints`` are kept beside it, and agree with it, the newest one
    over ``signed_entries``. ``clock_jumps`` are where the clock had jumped back: nothing is wrong
    with the ledger there, yet its times are those of the entry before. ``unreadable`` is what came
    without its keys: its commitments hold, and nobody can open them here.
    """

    entries: int
    rows: int
    root: str
    last_recorded_at: str | None
    keys: tuple[VerifierKey, ...] = ()
    checkpoints: int = 0
    signed_entries: int = 0
    clock_jumps: tuple[ClockJump, ...] = ()
    unreadable: Unreadable | None = None


def verify_ledger(workspace: Workspace) -> LedgerState:
    """Recompute every hash and root from what lies on disk, and hold the checkpoints against it.

    Raises:
        IntegrityError: something is not what was recorded or signed; names the first places.
    """
    with workspace.open_unchecked() as state:
        problems = list(state.problems()) or list(checkpoint_problems(state))
        if problems:
            shown = "\n  ".join(problems[:5])
            more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004 - as many as are shown
            raise IntegrityError(
                f"the ledger of {workspace.folder} is not what was recorded:\n  {shown}{more}",
                advice="an erasure was interrupted: `cellwarden ledger redact --resume` ends it"
                if all(one.endswith(UNFINISHED) for one in problems)
                else "keep this folder as it is, restore a backup elsewhere, and find out who"
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
            clock_jumps=tuple(
                ClockJump(entry=index, clock_at=entry.clock_at, recorded_at=entry.recorded_at)
                for index, entry in enumerate(entries)
                if entry.clock_at < entry.recorded_at
            ),
            unreadable=state.unreadable(),
        )


def list_entries(workspace: Workspace, *, known_at: int | None = None) -> list[tuple[int, Entry]]:
    """Every entry of the ledger with its index, in order; below ``known_at``, where it is given."""
    with workspace.open_state() as state:
        return [pair for pair in state.entries() if known_at is None or pair[0] < known_at]


def named_actors(workspace: Workspace) -> dict[str, str]:
    """The names behind pseudonyms, as far as they are on record and were not erased."""
    with workspace.open_state() as state:
        connection = state.connect(as_of="9999", only={"actor"})
        try:
            found = connection.execute(
                "select actor_id, name from actor where name is not null"
            ).fetchall()
        finally:
            connection.close()
    return dict(found)


class ShownFact(msgspec.Struct, frozen=True, kw_only=True):
    """One fact with the entry that it came with: what a finding cites as ``entry.row``.

    ``redacted`` are the columns whose values were erased; they are known no more, not unknown.
    ``closed`` are those whose values are kept elsewhere, as the ledger came without them.
    """

    kind: str
    entry: Entry
    source: str
    op: str
    cells: dict[str, str]
    redacted: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def show_fact(
    workspace: Workspace, wanted: str, *, known_at: int | None = None
) -> tuple[ShownFact, ...]:
    """What the ledger holds under a fact id; an entry may hold one such row of each kind.

    Raises:
        InputError: this is no fact id, or there is no such fact.
    """
    index, dot, row = wanted.partition(".")
    if not (dot and index.isdigit() and row.isdigit()):
        raise InputError(
            f"{wanted!r} is no fact id", advice="write it as findings do: ENTRY.ROW, such as 2.226"
        )
    with workspace.open_state() as state:
        found = []
        for number, entry in state.entries():
            if number == int(index) and (known_at is None or number < known_at):
                found = [
                    ShownFact(kind=table.kind, entry=entry, **_row(state, table, number, int(row)))
                    for table in entry.tables
                    if int(row) < table.rows
                ]
    if not found:
        raise InputError(
            f"the ledger holds no fact {wanted}", advice="`cellwarden ledger list` shows entries"
        )
    return tuple(found)


def _row(state: State, table: TableCommitment, entry: int, row: int) -> dict[str, Any]:
    connection = state.connect(as_of="9999")
    cursor = connection.execute(
        f'select * from "{table.kind}_history" where entry = ? and row = ?', [entry, row]
    )
    names = [column[0] for column in cursor.description or ()]
    cells = dict(zip(names, cursor.fetchall()[0], strict=True))
    connection.close()
    shown = {name: cells[name] for name in table.columns if cells.get(name)}
    gone = {place.partition(" ") for place in state.redacted_cells().get((entry, table.kind), ())}
    redacted = tuple(sorted(column for number, _, column in gone if number == str(row)))
    told = {"source": cells["source"], "op": cells["op"], "cells": shown, "redacted": redacted}
    return told | {"closed": tuple(_closed(state, table, entry, row, {*shown, *redacted}))}


def _closed(
    state: State, table: TableCommitment, entry: int, row: int, told: Collection[str]
) -> Iterator[str]:
    """The columns of a row that hold a commitment to what never came along."""
    if entry >= closed_in(state.folder).entries:
        return
    committed = read_committed(state.partitions.path(table.kind, entry), table.columns)[row][3:]
    for name, cell in zip(table.columns, committed, strict=True):
        if is_commitment(cell) and name not in told:
            yield name

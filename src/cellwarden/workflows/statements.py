"""Statements: what a person records by a command becomes a fact, in the form of a register cell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from cellwarden.checks import tables
from cellwarden.checks.subject import create_subjects
from cellwarden.collect.values import Misfit, fit
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.workflows.assemble import fetch
from cellwarden.workflows.derived import register_rules
from cellwarden.workflows.vendor.plates import register_plates
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that somebody records: its kind, its cells as written, who, and under which act."""

    kind: str
    cells: dict[str, str]
    actor: str
    act: str


def fitted(kind: str, cells: Mapping[str, str]) -> dict[str, str | None]:
    """Cells as they are recorded; an empty text takes nothing back and says nothing.

    Raises:
        InputError: the kind has no such column, or a cell has not its form; names the column.
    """
    known = kinds()[kind].column_names
    made: dict[str, str | None] = {}
    for column, text in cells.items():
        if column not in known:
            raise InputError(
                f"{kind} has no column {column!r}", advice=f"it has {', '.join(known)}"
            )
        try:
            made[column] = fit(kind, column, text)
        except Misfit as error:
            raise InputError(f"{column}={text!r} does not fit", advice=str(error)) from error
    return made


def record(state: State, statement: Statement, *, clock_at: str) -> tuple[int, str]:
    """Record a fact, what was known of the same thing kept; returns the entry and the subject.

    Raises:
        InputError: a cell does not fit, or the key is not given.
    """
    kind = kinds()[statement.kind]
    new = {name: cell for name, cell in fitted(kind.name, statement.cells).items() if cell}
    missing = [name for name in kind.key if not new.get(name)]
    if missing:
        raise InputError(
            f"{kind.name} needs {', '.join(missing)}", advice="give it as COLUMN=VALUE"
        )
    source = f"{statement.act}s" if not statement.act.endswith("s") else statement.act
    connection = state.connect(as_of="9999")
    subject = kind.subject_of(kind.row(dict(new)))
    columns = ", ".join(f'"{name}"' for name in kind.column_names)
    known = connection.execute(
        f'select {columns} from "{kind.name}" where subject = ?', [subject]
    ).fetchall()
    connection.close()
    before = dict(zip(kind.column_names, known[0], strict=True)) if known else {}
    row = kind.row(before | new)
    draft = Draft(act=statement.act, actor=statement.actor, source=source, clock_at=clock_at)
    return state.record(draft, {kind.name: [Fact(cells=row)]}), subject


def short_id(prefix: str, cells: Mapping[str, str], clock_at: str) -> str:
    """A name for a new thing: its prefix, the day, and six digits of a digest of what it says."""
    text = clock_at + "\0" + "\0".join(f"{name}={cells[name]}" for name in sorted(cells))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{prefix}-{clock_at[2:10].replace('-', '')}-{digest[:6]}"


@contextmanager
def subjects_at(workspace: Workspace, moment: Moment) -> Iterator[duckdb.DuckDBPyConnection]:
    """The subjects of a life, without what needs advisories: those views are empty here."""
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        try:
            register_rules(connection, as_of=moment.as_of)
            register_plates(connection)
            tables.create_missing(connection)
            create_subjects(connection)
            yield connection
        finally:
            connection.close()


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query by column, with dates as ISO text."""
    if not values:
        found: list[dict[str, Any]] = list(fetch(connection, query))
    else:
        cursor = connection.execute(query, list(values))
        names = [column[0] for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{name: _plain(cell) for name, cell in row.items()} for row in found]


def _plain(cell: Any) -> Any:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell

"""What a reading says that its source did not say before, also where it is older than another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cellwarden.model.facts import END, Reading, Row, kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import State

if TYPE_CHECKING:
    import duckdb


def changed_facts(
    connection: duckdb.DuckDBPyConnection, reading: Reading, known: dict[str, set[str]]
) -> dict[str, list[Fact]]:
    """What a reading says that its source did not say before, as facts by kind.

    ``known`` names the kinds that each source has ever spoken of.
    """
    tables: dict[str, list[Fact]] = {}
    said = known.get(reading.source, set())
    for name in sorted(said | reading.tables.keys()):
        kind = kinds()[name]
        before = known_rows(connection, name, reading.source) if name in said else {}
        now = {kind.subject_of(row): row for row in reading.tables.get(name, ())}
        facts = [
            Fact(cells=row, valid_from=reading.taken_at)
            for subject, row in now.items()
            if before.get(subject) != row
        ]
        facts += [
            Fact(cells=row, op=END, valid_from=reading.taken_at)
            for subject, row in before.items()
            if subject not in now
        ]
        if facts:
            tables[name] = facts
    return tables


def known_rows(connection: duckdb.DuckDBPyConnection, kind: str, source: str) -> dict[str, Row]:
    """The rows of a kind by subject, as one source last said them."""
    columns = ", ".join(f'"{name}"' for name in kinds()[kind].column_names)
    rows: Iterable[tuple[str | None, ...]] = connection.execute(
        f'select subject, {columns} from "{kind}_all" where source = ?', [source]
    ).fetchall()
    return {str(row[0]): row[1:] for row in rows}


def next_reading(state: State, reading: Reading) -> str | None:
    """The time of the first reading of the same source that is newer and was recorded before."""
    if reading.taken_at is None:
        return None
    return min(
        (
            entry.taken_at
            for _, entry in state.entries()
            if entry.source == reading.source
            and entry.taken_at is not None
            and entry.taken_at > reading.taken_at
        ),
        default=None,
    )


def late_facts(
    state: State, reading: Reading, later: str, known: dict[str, set[str]]
) -> tuple[dict[str, list[Fact]], dict[str, list[Fact]]]:
    """What a reading says that is recorded after a newer one, and what holds again from that on.

    ``later`` is the time of the newer one. Only changes were recorded of it, against what was known
    then. Where the older one now says something else, what the newer one found is said again.
    """
    said = known.get(reading.source, set()) | reading.tables.keys()
    then = state.connect(as_of=reading.taken_at or "", only=said)
    since = state.connect(as_of=later, only=said)
    try:
        tables = changed_facts(then, reading, known)
        again = {
            kind: _said_again(since, kind, reading.source, facts, later)
            for kind, facts in tables.items()
            if kind in known.get(reading.source, ())
        }
    finally:
        then.close()
        since.close()
    return tables, {kind: facts for kind, facts in again.items() if facts}


def _said_again(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    source: str,
    facts: Iterable[Fact],
    later: str,
) -> list[Fact]:
    """What a newer reading found of the subjects of these facts, where it was not recorded."""
    shape = kinds()[kind]
    rows = known_rows(connection, kind, source)
    told = {
        str(subject)
        for (subject,) in connection.execute(
            f'select distinct subject from "{kind}_history" where source = ? and valid_from = ?',
            [source, later],
        ).fetchall()
    }
    made = []
    for fact in facts:
        subject = shape.subject_of(fact.cells)
        if subject in told:
            continue
        if subject in rows:
            made.append(Fact(cells=rows[subject], valid_from=later))
        elif fact.op != END:
            made.append(Fact(cells=fact.cells, op=END, valid_from=later))
    return made

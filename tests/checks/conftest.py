"""A small fleet in memory: tables of a run, filled by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from cellwarden.checks.subject import create_subjects
from cellwarden.checks.tables import create_missing, definitions
from cellwarden.model.facts import kinds

AS_OF = "2026-11-16 23:59:59"


class Fleet:
    """Tables as the workflow leaves them; every fact gets an entry of its own, counted from 0."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._entries = 0
        create_missing(connection)
        connection.execute("insert into run values (cast(? as timestamp))", [AS_OF])

    def fact(self, kind: str, /, *, source: str = "register.csv", **cells: str) -> str:
        """Record one fact and give its id; the same subject told again replaces the view's row."""
        shape = kinds()[kind]
        subject = shape.subject_of(shape.row(dict(cells)))
        entry, self._entries = self._entries, self._entries + 1
        row = {"entry": entry, "row": 0, "source": source, "subject": subject} | cells
        self.connection.execute(f'delete from "{kind}" where subject = ?', [subject])
        self.connection.execute(
            f'delete from "{kind}_all" where subject = ? and source = ?', [subject, source]
        )
        for suffix in ("", "_all", "_history"):
            self.table(kind + suffix, **row)
        return f"{entry}.0"

    def table(self, name: str, /, **cells: Any) -> None:
        """Insert one row into any table."""
        columns = definitions()[name]
        listed = ", ".join(f'"{column}"' for column in cells)
        places = ", ".join(f"cast(? as {columns[column]})" for column in cells)
        self.connection.execute(
            f'insert into "{name}" ({listed}) values ({places})', list(cells.values())
        )

    def declare(self, about: str, site_id: str = "NG1", *, on: str = "2026-10-01") -> str:
        """Somebody says that everything of a kind is listed; good for 90 days."""
        return self.fact(
            "declaration", about=about, site_id=site_id, declared_on=on, valid_days="90"
        )

    def rows(self, subject: str) -> list[dict[str, Any]]:
        """The rows of one subject, by key."""
        create_subjects(self.connection)
        cursor = self.connection.execute(f"select * from subject_{subject} order by subject")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, subject: str) -> dict[str, Any]:
        """The only row of one subject."""
        (row,) = self.rows(subject)
        return row


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """An empty register, judged as of 16 November 2026."""
    connection = duckdb.connect()
    yield Fleet(connection)
    connection.close()

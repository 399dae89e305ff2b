"""Facts: typed rows about subjects, and what a reader brings home from one source."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Final

import msgspec

Row = tuple[str | None, ...]
"""The cells of one row in its kind's column order; text or nothing, never a number."""

FRAME: Final = ("source", "subject", "op", "valid_from", "valid_to")
"""Columns that every fact has beside those of its kind (and its id: entry, row)."""

ASSERT: Final = "assert"
END: Final = "end"
RETRACT: Final = "retract"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a kind: its name and what a cell says."""

    name: str
    says: str


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of fact: what one row is, its columns in their committed order, and its key.

    The column order is part of what the ledger commits to: columns are only ever appended.
    """

    name: str
    one_row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in their committed order."""
        return tuple(column.name for column in self.columns)

    def subject_of(self, row: Row) -> str:
        """The subject that a row speaks of: its key cells joined by ``/``."""
        names = self.column_names
        return "/".join(row[names.index(part)] or "" for part in self.key)

    def row(self, cells: dict[str, str | None]) -> Row:
        """Order named cells as this kind's columns; what is not named is unknown.

        Raises:
            KeyError: a cell names no column of this kind.
        """
        names = self.column_names
        strange = cells.keys() - set(names)
        if strange:
            raise KeyError(f"{self.name} has no column {', '.join(sorted(strange))}")
        return tuple(cells.get(name) for name in names)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of fact by name, from ``kinds.toml`` beside this file."""
    text = resources.files("cellwarden.model").joinpath("kinds.toml").read_text("utf-8")
    found = {}
    for name, table in tomllib.loads(text).items():
        columns = tuple(Column(name=key, says=says) for key, says in table["columns"].items())
        found[name] = Kind(
            name=name, one_row_is=table["one_row_is"], key=tuple(table["key"]), columns=columns
        )
    return found


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader understood of one document.

    ``tables`` maps a kind's name to its rows. Rows that could not be read stand in the kind
    ``unreadable``. ``document_sha256`` is the digest of the raw bytes, in hex. ``taken_at`` is
    when the source says that it spoke (RFC 3339), or nothing.
    """

    source: str
    document_sha256: str
    taken_at: str | None
    tables: dict[str, list[Row]]

"""Facts: typed rows about subjects, and what a reader brings home from one source."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from typing import Any, Final

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


class Kind(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A kind of fact: what one row is, its columns in their committed order, and its key.

    The column order is part of what the ledger commits to: columns are only ever appended.
    ``personal`` names the columns that can hold data about a living person.
    """

    name: str
    one_row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    personal: tuple[str, ...] = ()

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in their committed order."""
        return tuple(column.name for column in self.columns)

    def subject_of(self, row: Row) -> str:
        """The subject that a row speaks of: its key cells joined by ``/``."""
        return "/".join([row[at] or "" for at in self._key_places])

    @cached_property
    def _key_places(self) -> tuple[int, ...]:
        return tuple(self.column_names.index(part) for part in self.key)

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
    """Every kind of fact by name, from the files of ``kinds/`` beside this one.

    A file holds the kinds of one topic. Cells are text or empty; empty means unknown, never "no".
    Columns stand in the order that the ledger commits to, so new ones go to the end.
    """
    from importlib import resources

    found: dict[str, Kind] = {}
    folder = resources.files("cellwarden.model").joinpath("kinds")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        for name, table in tomllib.loads(file.read_text("utf-8")).items():
            if name in found:
                raise ValueError(f"the kind {name} stands in two files, one of them {file.name}")
            found[name] = _kind(name, table)
    return found


def _kind(name: str, table: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        one_row_is=table["one_row_is"],
        key=tuple(table["key"]),
        columns=tuple(Column(name=key, says=says) for key, says in table["columns"].items()),
        personal=tuple(table.get("personal", ())),
    )


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

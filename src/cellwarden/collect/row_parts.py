"""What each row of a table speaks of: its things, and which cells say what of each."""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.collect import values
from cellwarden.collect.mapping import BUILT_FROM, IN_ONE_CELL, Also, Mapping

_OF_OTHERS: Final = "component"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that each row speaks of: its cells' positions and columns, and their headings.

    ``targets`` are all of them; ``plain`` those whose text is recorded as it stands, ``other`` the
    rest. ``own`` are the positions that the first thing of the row does not read.
    """

    kind: str
    targets: tuple[tuple[int, str], ...]
    plain: tuple[tuple[int, str], ...]
    other: tuple[tuple[int, str], ...]
    own: tuple[int, ...]
    constants: dict[str, str]
    headings: dict[str, str]
    is_merged: bool
    is_first: bool


def parts_of(header: list[str], mapping: Mapping) -> list[Part]:
    """What each row speaks of; the merged asset comes last, when its parts have been looked at."""
    first = Also(kind=mapping.kind, columns=mapping.columns, constants=mapping.constants)
    parts = []
    for position, one in enumerate((first, *mapping.also)):
        targets = tuple(
            (i, one.columns[cell]) for i, cell in enumerate(header) if cell in one.columns
        )
        named = [column for _, column in targets]
        plain_ones = tuple(
            (i, column)
            for i, column in targets
            if column not in IN_ONE_CELL
            and values.takes_any_text(one.kind, column)
            and named.count(column) == 1
        )
        shared = mapping.columns if position else {}
        parts.append(
            Part(
                kind=one.kind,
                targets=targets,
                plain=plain_ones,
                other=tuple(target for target in targets if target not in plain_ones),
                own=tuple(i for i, _ in targets if header[i] not in shared),
                constants=one.constants,
                headings=_headings(one),
                is_merged=bool(mapping.also) and one.kind != _OF_OTHERS,
                is_first=position < 2,  # noqa: PLR2004 - the row itself and its first companion
            )
        )
    return sorted(parts, key=lambda part: part.is_merged)


def dated(parts: list[Part]) -> tuple[int, ...]:
    """The positions of cells that hold dates, for whatever thing of the row."""
    return tuple(
        sorted(
            {
                index
                for part in parts
                for index, column in part.targets
                if values.format_of(part.kind, column) in {"date", "time"}
            }
        )
    )


def key_of(part: Part) -> str:
    """The column of the ids that people write: where it is built, what it is built from."""
    own = values.required(part.kind)[0]
    read = {column for _, column in part.targets}
    if own in read:
        return own
    return next((column for column in BUILT_FROM.get(part.kind, ()) if column in read), own)


def _headings(one: Also) -> dict[str, str]:
    """What the document calls each column; an id that is built goes by what it is built from."""
    found = {column: heading for heading, column in one.columns.items()}
    own = values.required(one.kind)[0]
    sources = [found[column] for column in BUILT_FROM.get(one.kind, ()) if column in found]
    return ({own: sources[0]} if sources else {}) | found


def gather(row: dict[str, str | None], texts: list[str], part: Part) -> tuple[str, str] | None:
    """Fill a row from its cells; returns the column and texts where two cells disagree."""
    width = len(texts)
    for index, column in part.other:
        text = texts[index] if index < width else ""
        if not text:
            continue
        before = row.get(column)
        if before and before != text and column not in part.constants:
            return column, f"{before} / {text}"
        row[column] = text
    return None


def doubted(part: Part, doubts: dict[int, str], unread: dict[int, str]) -> dict[str, str]:
    """Why cells cannot be believed, by column: names and versions in doubt, dates of two readings.

    Both are given by position.
    """
    return {
        column: doubts[index]
        for index, column in part.targets
        if index in doubts and (column in IN_ONE_CELL or values.holds_marks(part.kind, column))
    } | {column: unread[index] for index, column in part.targets if index in unread}

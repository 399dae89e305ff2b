"""What reading a document would bring, shown before anything is recorded."""

from __future__ import annotations

import msgspec

from cellwarden.collect.mapping import Mapping
from cellwarden.collect.readers import Request
from cellwarden.collect.reading import take_in
from cellwarden.model.facts import kinds


class PreviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it would be recorded: its kind, its place, its filled cells by column."""

    kind: str
    line: int | None
    column: str | None
    cells: dict[str, str]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One row or cell that would be unreadable: where, why, and what stood there."""

    file: str
    line: int | None
    column: str | None
    kind: str | None
    reason: str
    text: str | None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a document would bring.

    ``counts`` are rows by kind, without the unreadable ones, which are ``problems``; ``mappings``
    what the headings were taken for, one a table; ``unmapped`` the headings that nothing is read
    from; ``notes`` what was assumed on the way; ``holds_secrets`` is true where a setting of it is
    recorded as a digest alone.
    """

    file: str
    format: str
    counts: dict[str, int]
    rows: tuple[PreviewRow, ...]
    mappings: tuple[Mapping, ...]
    unmapped: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    holds_secrets: bool


def preview(
    name: str,
    data: bytes,
    mapping: Mapping | None = None,
    *,
    kind: str | None = None,
    makers: frozenset[str] = frozenset(),
    digest_key: bytes | None = None,
    limit: int = 10,
) -> Preview:
    """Read a document and tell what it would bring; the first ``limit`` rows of each kind.

    ``kind`` says what the rows of a table are, where neither its name nor a mapping does;
    ``makers`` are the names of known makers, in lower case.

    Raises:
        SourceError: nothing of the document can be read; ``UnmappedError`` where only its headings
            are not understood.
    """
    request = Request(
        name=name, data=data, mapping=mapping, kind=kind, makers=makers, digest_key=digest_key
    )
    reader, intake = take_in(request)
    rows = []
    for name_of_kind, table in intake.tables.items():
        if name_of_kind == "unreadable":
            continue
        names = kinds()[name_of_kind].column_names
        for row, place in zip(table[:limit], intake.places[name_of_kind], strict=False):
            cells = {column: cell for column, cell in zip(names, row, strict=True) if cell}
            rows.append(
                PreviewRow(kind=name_of_kind, line=place.line, column=place.column, cells=cells)
            )
    if any(understood.also for understood in intake.mappings):
        # What one row says of two things stands together.
        rows.sort(key=lambda row: row.line or 0)
    return Preview(
        file=name,
        format=reader.FORMAT,
        counts={kind: len(table) for kind, table in intake.tables.items() if kind != "unreadable"},
        rows=tuple(rows),
        mappings=tuple(intake.mappings),
        unmapped=tuple(intake.unmapped),
        problems=tuple(_problem(row) for row in intake.tables.get("unreadable", ())),
        notes=tuple(intake.notes),
        holds_secrets=intake.holds_secrets,
    )


def _problem(row: tuple[str | None, ...]) -> Problem:
    cells = dict(zip(kinds()["unreadable"].column_names, row, strict=True))
    line = cells["line"]
    return Problem(
        file=cells["file"] or "",
        line=int(line) if line else None,
        column=cells["column"],
        kind=cells["kind"],
        reason=cells["reason"] or "",
        text=cells["text"],
    )

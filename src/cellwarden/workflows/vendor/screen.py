"""Screen: the names of a CSV file against the lists that a user brings, with people's decisions."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.reports.text import printable, visible_json
from cellwarden.vendors.screening import (
    Decision,
    Entry,
    Index,
    Judged,
    Party,
    Person,
    entry_digest,
    name_digest,
    read_list,
    remembered,
    screen,
    table_of,
)

_COLUMNS: Final = ("id", "name", "country")
_HEADER_WITHIN: Final = 30
_DECISIONS: Final = Person.__struct_fields__
_YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def screen_names(
    names: Path, lists: Sequence[Path], *, decisions: Path | None = None
) -> Iterator[Judged]:
    """Judge each name of a CSV file; at least one answer a name, in the file's order.

    An answer that needs somebody carries the digests of both sides in its features; a decision of
    a person about exactly these two takes the place of ours, and says so.

    Raises:
        InputError: a file cannot be used; says the line.
        SourceError: a list is damaged, unknown or empty; says file and line.
    """
    with _without_collector():
        parties = read_names(names)
        by_row = [msgspec.structs.replace(one, id=str(at)) for at, one in enumerate(parties)]
        decided = read_decisions(decisions) if decisions else []
        entries = read_list(lists)
        index = Index(entries)
        by_number = {(entry.list_name, entry.id): entry for entry in entries}
        for answer in screen(by_row, index):
            party = parties[int(answer.id)]
            judged = msgspec.structs.replace(answer, id=party.id)
            if judged.decision is Decision.NONE or judged.list_id is None:
                yield judged
                continue
            entry = by_number[judged.features["list"], judged.list_id]
            yield with_decision(judged, party, entry, decided)


def with_decision(judged: Judged, party: Party, entry: Entry, decided: Sequence[Person]) -> Judged:
    """The answer with the digests of both sides, and with a person's word where one stands."""
    ours, theirs = name_digest(party), entry_digest(entry)
    features = judged.features | {"name_digest": ours, "entry_digest": theirs}
    person = remembered(decided, ours, theirs)
    if person is None:
        return msgspec.structs.replace(judged, features=features)
    features["decided_by"] = person.decided_by
    features["decided_at"] = person.decided_at
    features["reason"] = person.reason
    decision = Decision.MATCH if person.is_same else Decision.NONE
    return msgspec.structs.replace(judged, features=features, decision=decision)


def answer_line(judged: Judged) -> str:
    """One answer as a line of JSON; no character in it can turn or drive a terminal."""
    line = msgspec.json.encode(judged).decode()
    return (line if line.isascii() else visible_json(line)) + "\n"


def answer_row(judged: Judged) -> str:
    """One answer as a line of text for people."""
    entry = f"{judged.list_id} {judged.list_name}" if judged.list_id else "-"
    why = "; ".join(judged.features.get("against", judged.features.get("for", [])))
    return (
        printable(f"{judged.decision.value:<7} {judged.score:.2f}  {judged.id}  {entry}  {why}")
        + "\n"
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """No cycle collection meanwhile: an index makes a million objects and no cycle among them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_names(path: Path) -> list[Party]:
    """The parties of a CSV file; a row without an id is called by its line.

    The header may stand below a title; further columns are passed over. A row without a name is
    a party all the same: it is answered with a review. Rows may share an id. In a file of one
    column commas belong to the name.

    Raises:
        InputError: the file cannot be read or has no column ``name``; says the line.
    """
    rows = _rows(path)
    start, header = _header(path, rows)
    if len(rows[start]) == 1:
        rows = [[",".join(row)] for row in rows]
    found: list[Party] = []
    for line, row in enumerate(rows[start + 1 :], start=start + 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            key: row[at].strip() if at < len(row) else ""
            for key in _COLUMNS
            if (at := header.get(key, -1)) >= 0
        }
        found.append(
            Party(
                id=cells.get("id") or str(line),
                name=cells["name"],
                country=cells.get("country", ""),
            )
        )
    return found


def _rows(path: Path) -> list[list[str]]:
    try:
        return table_of(path)
    except SourceError as error:
        raise InputError(str(error), advice=error.advice) from error


def _header(path: Path, rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        names = [cell.strip().lower() for cell in row]
        if "name" in names:
            return at, {key: names.index(key) for key in _COLUMNS if key in names}
    raise InputError(
        f"{path}: line 1 has no column name",
        advice="the columns are name; optional are id and country",
    )


def read_decisions(path: Path) -> list[Person]:
    """What people decided, from a CSV file with the columns of ``Person``.

    Raises:
        InputError: a column is missing or ``is_same`` is neither yes nor no; says the line.
    """
    rows = _rows(path)
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in _DECISIONS if name not in header]
    if missing:
        raise InputError(
            f"{path}: line 1 has no column {', '.join(missing)}",
            advice=f"the columns are {', '.join(_DECISIONS)}",
        )
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        same = _YES.get(cells.get("is_same", "").lower())
        if same is None or not cells.get("decided_by"):
            raise InputError(
                f"{path}: line {line}: is_same has to be yes or no, and decided_by a name",
                advice="copy the digests from the answer, and say who decided what, and why",
            )
        found.append(
            Person(
                name_digest=cells.get("name_digest", ""),
                entry_digest=cells.get("entry_digest", ""),
                is_same=same,
                decided_by=cells["decided_by"],
                reason=cells.get("reason", ""),
                decided_at=cells.get("decided_at", ""),
            )
        )
    return found

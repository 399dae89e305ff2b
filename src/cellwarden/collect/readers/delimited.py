"""CSV, and its sisters with semicolons, tabs and bars, as spreadsheets and tools write them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Final

from cellwarden.collect import bounds
from cellwarden.collect.cells import Place
from cellwarden.collect.header import HEADER_WITHIN, Line
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import Mapping, kind_of_name, likely_kinds, suggest_mapping
from cellwarden.collect.readers import Request
from cellwarden.collect.tables import read_table
from cellwarden.collect.text import decode

FORMAT: Final = "CSV"

_SUFFIXES: Final = (".csv", ".tsv", ".tab", ".psv", ".txt")
_DELIMITERS: Final = (",", ";", "\t", "|")
_LINES_IN_A_CELL: Final = 200
_MOST_A_HEADING: Final = 3
"""What one heading adds at most where the kind is open: see ``likely_kinds``."""
_DECLARED = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


def claim(name: str, head: bytes) -> int:
    """Sure by the ending; a text file with a separator in its first line is a guess."""
    lowered = name.casefold()
    if lowered.endswith(_SUFFIXES[:-1]):
        return 9
    first = head.split(b"\n", 1)[0]
    separated = any(sign.encode() in first for sign in _DELIMITERS)
    return 2 if separated and lowered.endswith(".txt") else 1 if separated else 0


def read(request: Request, intake: Intake) -> None:
    """Read one delimited table."""
    decoded = decode(request.name, request.data)
    if decoded.note:
        intake.note(f"{request.name}: {decoded.note}")
    # Physical lines end where a spreadsheet ends them; other separators belong to their cell.
    kind = request.kind or kind_of_name(request.name)
    physical = re.split(r"\r\n|\n|\r", decoded.text)
    first = 0
    if physical and (declared := _DECLARED.match(physical[0].lstrip('"'))):
        delimiter, first = declared[1], 1
    else:
        delimiter = _delimiter(physical, kind, request.mapping)
    records = _records(physical, first, delimiter, intake)
    read_table(request.name, records, intake, mapping=request.mapping, kind=request.kind)


def _delimiter(physical: list[str], kind: str | None, mapping: Mapping | None) -> str:
    """The separator under which the most headings are understood."""
    best = (0, 0, _DELIMITERS[0])
    wanted = mapping.understood if mapping else frozenset[str]()
    for delimiter in _DELIMITERS:
        score, widest = 0, 0
        for line in physical[:HEADER_WITHIN]:
            if len(line) > bounds.CELL_CHARACTERS:
                continue
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
            widest = max(widest, len(cells))
            most = len(cells) if mapping else len(set(cells)) * (1 if kind else _MOST_A_HEADING)
            if most <= score or most < best[0]:
                continue  # even if all of it were headings, nothing would change
            if mapping:
                score = max(score, sum(cell in wanted for cell in cells))
            elif kind:
                score = max(score, len(suggest_mapping(cells, kind).understood))
            elif likely := likely_kinds(cells):
                score = max(score, likely[0][0])
        if (score, widest) > best[:2]:
            best = (score, widest, delimiter)
    return best[2]


class _Feed:
    """Hands lines to the CSV parser and counts them, so that a record knows where it began."""

    def __init__(self, physical: list[str], position: int) -> None:
        self.physical = physical
        self.position = position
        self.limit = position

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= min(self.limit, len(self.physical)):
            raise StopIteration
        line = self.physical[self.position]
        self.position += 1
        return line + "\n" if self.position < len(self.physical) else line


def _records(physical: list[str], first: int, delimiter: str, intake: Intake) -> Iterator[Line]:
    """The records of a table with the line where each begins; a broken one is reported.

    After a broken record reading goes on in the line below its first, so that one forgotten
    quotation mark does not swallow the rest of the file.
    """
    csv.field_size_limit(bounds.DOCUMENT_BYTES)
    feed = _Feed(physical, first)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while feed.position < len(physical):
        start = feed.position
        feed.limit = start + _LINES_IN_A_CELL
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = (
                f"the quotation marks of this line do not match ({error}); "
                "a quotation mark inside a quoted cell is written twice"
            )
            place = Place(file=intake.file, line=start + 1)
            intake.unreadable(place, kind=None, reason=reason, text=physical[start])
            feed.position = start + 1
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        yield Line(start + 1, cells)

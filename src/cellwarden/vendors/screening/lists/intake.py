"""From files to entries: tells what each file is, and joins the files of one list."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cellwarden.model.errors import InputError, SourceError
from cellwarden.vendors.screening.lists import consolidated, ofac, plain
from cellwarden.vendors.screening.nouns import Entry

BIGGEST_FILE: Final = 512 * 1024 * 1024
"""Bytes of one list file; the largest public list is a tenth of it."""

BIGGEST_CELL: Final = 1_000_000
"""Characters of one CSV cell; a longer one is a broken quote or an attack."""

_HEAD: Final = 20_000
_PROBED: Final = 50


def read_list(paths: Sequence[Path]) -> list[Entry]:
    """The entries of these list files; alias and address files join those whose numbers they name.

    Raises:
        InputError: a file cannot be read or is too big; names the file.
        SourceError: a file is no list that we know, is damaged, or all of them hold no entry;
            names file and line.
    """
    entries: list[Entry] = []
    joined: list[tuple[Path, str, list[list[str]]]] = []
    listed: dict[str, Entry] = {}
    for path in paths:
        data = _bytes(path)
        if _is_xml(data):
            entries += consolidated.read_xml(path, data)
            continue
        text = decoded(data)
        rows = table(path, text)
        shape = ofac.shape_of(rows)
        if shape == "sdn":
            listed |= ofac.read_entries(path, rows)
        elif shape:
            joined.append((path, shape, rows))
        elif consolidated.is_eu_csv(path, rows):
            entries += consolidated.read_eu_csv(path, rows)
        else:
            entries += plain.read(path, rows)
    for path, shape, rows in joined:
        if not listed:
            raise SourceError(
                f"{path}: {shape} rows, but no file of the entries that they belong to",
                advice="give the list's main file too: --list sdn.csv --list alt.csv",
            )
        ofac.join(shape, rows, listed)
    entries += listed.values()
    if not entries:
        raise SourceError(
            f"{', '.join(map(str, paths))}: no entry",
            advice="an empty list would clear everybody; fetch the file anew",
        )
    return entries


def table_of(path: Path) -> list[list[str]]:
    """The rows of a delimited file in any encoding that ``decoded`` knows.

    Raises:
        InputError: the file cannot be read or is too big.
        SourceError: it is no table; names file and line.
    """
    return table(path, decoded(_bytes(path)))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > BIGGEST_FILE:
            raise InputError(
                f"{path}: more than {BIGGEST_FILE // 2**20} MiB",
                advice="give the list itself, not an archive or a dump",
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", advice="give the path of a list file"
        ) from error


def _is_xml(data: bytes) -> bool:
    start = data[:200]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def decoded(data: bytes) -> str:
    """The text of a file whose encoding nobody said: UTF-8, marked UTF-16, else Windows-1252.

    A byte that Windows-1252 does not know becomes a replacement sign: one bad cell never hides a
    list.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def table(path: Path, text: str) -> list[list[str]]:
    """The rows of a delimited text, comma, semicolon or tab; row n of the result is row n + 1.

    Raises:
        SourceError: a cell is longer than ``BIGGEST_CELL``; names file and line.
    """
    head = text[:_HEAD]
    if "\0" in head:
        raise SourceError(
            f"{path}: line 1: binary data, not a table", advice="export the list as CSV or XML"
        )
    csv.field_size_limit(BIGGEST_CELL)
    delimiter = _delimiter(head)
    rows = _parsed(path, text, delimiter, is_strict=False)
    if len(rows) < text.count("\n"):
        _parsed(path, text, delimiter, is_strict=True)
    return rows


def _parsed(path: Path, text: str, delimiter: str, *, is_strict: bool) -> list[list[str]]:
    """The rows; strictly, where cells span lines: a quote that stays open would swallow entries."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=is_strict)
    start = 1
    rows = []
    try:
        for row in reader:
            rows.append(row)
            start = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            f"{path}: line {start}: {error}",
            advice="mend the quotes of that line; a cell holds at most"
            f" {BIGGEST_CELL:,} characters",
        ) from error
    return rows


def _delimiter(head: str) -> str:
    """Comma, semicolon or tab: which of them divides the most lines into equally many cells."""
    lines = head.splitlines()[:_PROBED]

    def even(delimiter: str) -> tuple[int, int]:
        widths = Counter(map(len, csv.reader(lines, delimiter=delimiter)))
        del widths[0], widths[1]
        width = max(widths, key=lambda one: (widths[one], one), default=0)
        return widths[width], width

    return max(",;\t", key=even)

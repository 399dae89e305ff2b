"""Files that people edit, searched for a value that is to go: else a scan would bring it back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cellwarden.collect.text_within import search
from cellwarden.model.errors import InputError
from cellwarden.store.objects import write_durably
from cellwarden.workflows.evidence.papers import paper_files
from cellwarden.workflows.fleet.register_files import list_register
from cellwarden.workflows.workspace import Workspace

_SHOWN: Final = 8


def holds_text(data: bytes, needle: bytes) -> bool:
    """Whether a document holds a text, also where it is packed."""
    return needle in data or search(data, needle.decode("utf-8", "ignore")).holds


def edited_files(workspace: Workspace) -> Iterator[Path]:
    """Every file that a scan takes people's words from: register, papers, vendors' answers.

    Raises:
        SourceError: something in the register cannot be looked into, so nobody can tell.
    """
    listing = list_register(workspace)
    for problem in listing.problems:
        raise problem
    yield from listing.files
    yield from paper_files(workspace)
    for name in workspace.settings.vendors.answers:
        for path in sorted((workspace.folder / name).rglob("*")):
            if path.is_file():
                yield path


def clean_edited_files(workspace: Workspace, value: str, *, in_register: bool) -> tuple[Path, ...]:
    """Empty the cells of CSV files that are exactly the value, or say where it stands.

    Raises:
        InputError: a file holds it and may not be changed, or not without a person.
    """
    needle = value.encode("utf-8")
    places = [path for path in edited_files(workspace) if holds_text(path.read_bytes(), needle)]
    stubborn = [path for path in places if path.suffix != ".csv" or not in_register]
    if stubborn:
        shown = "\n  ".join(_line_of(path, value) for path in stubborn[:_SHOWN])
        raise InputError(
            f"files of the register still hold the value:\n  {shown}",
            advice="empty those cells, then run this again; --in-register empties the cells of"
            " CSV files that are exactly the value",
        )
    emptied = [(path, _without(path.read_bytes(), value)) for path in places]
    for path, (_, is_clean) in emptied:
        if not is_clean:
            raise InputError(
                f"a cell holds the value and more: {_line_of(path, value)}",
                advice="correct that cell by hand, then run this again",
            )
    for path, (data, _) in emptied:
        write_durably(path, data)
    return tuple(places)


def _line_of(path: Path, value: str) -> str:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if holds_text(line, value.encode("utf-8")):
            return f"{path}, line {number}"
    return str(path)


def _without(data: bytes, value: str) -> tuple[bytes, bool]:
    """A CSV without the cells that are exactly the value, and whether it is free of it then."""
    try:
        text, encoding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.decode("cp1252", "replace"), "cp1252"
        if text.encode("cp1252", "replace") != data:
            return data, False
    dialect = csv.excel if ";" not in text.splitlines()[0] else _Semicolons
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect, lineterminator="\r\n" if "\r\n" in text else "\n")
    for row in csv.reader(io.StringIO(text, newline=""), dialect):
        writer.writerow(["" if cell.strip() == value else cell for cell in row])
    cleaned = out.getvalue()
    return cleaned.encode(encoding), value not in cleaned


class _Semicolons(csv.excel):
    delimiter = ";"

"""Answered questionnaires as files: where they lie, their bytes, and what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.form import read_form
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.returned import Returned, read_workbook
from cellwarden.workflows.vendor.damage import mended
from cellwarden.workflows.workspace import Workspace

_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".json"})


def answer_files(workspace: Workspace) -> Iterator[Path]:
    """Answered questionnaires in the workspace, in the order of their names."""
    for name in workspace.settings.vendors.answers:
        folder = workspace.folder / name
        for path in sorted(folder.rglob("*")):
            is_hidden = any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
            if path.is_file() and not is_hidden and path.suffix.casefold() in _SUFFIXES:
                yield path


def read_answers(name: str, data: bytes, bank: Bank) -> Returned:
    """Read an answered questionnaire by what it is, not by what it is called.

    Raises:
        InputError: it is neither XLSX nor JSON, or cannot be used; the file is named.
    """
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n\xff\xfe\x00")
    try:
        if data[:2] == b"PK":
            return mended(read_workbook(data, bank))
        if start[:1] == b"{":
            return mended(read_form(data))
    except InputError as error:
        raise InputError(f"{name}: {error}", advice=error.advice) from error
    kind = "an old binary workbook" if data[:4] == b"\xd0\xcf\x11\xe0" else "neither XLSX nor JSON"
    raise InputError(f"{name} is {kind}", advice="save the workbook as XLSX (Excel workbook)")


def bytes_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", advice="give the answered XLSX or JSON file"
        ) from error

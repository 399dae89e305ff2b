"""One cell of a document: where it stands, and whether what it says can be recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from cellwarden.collect import bounds, values
from cellwarden.collect.text import cut, has_controls, is_mojibake, undamaged

_PLAIN: Final = 1_000
_MAKER_WORDS: Final = 5
_HARDWARE: Final = re.compile(
    r"(?:(?:hw|hardware|rev|revision|ver|version|v|index|issue|board)\b[\s.:=]*)*"
    r"[a-z0-9]{1,6}(?:[.-][a-z0-9]{1,4}){0,3}",
    re.IGNORECASE,
)
"""What a revision of hardware looks like: ``05``, ``rev C``, ``HW: 1.2``."""

_SERIES: Final = re.compile(r"id\s*=?\s*\d+", re.IGNORECASE)
"""The series that some UPSs print behind their firmware; it belongs to it."""

_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,3}", re.IGNORECASE)
_SPREADSHEET_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#####"}
)
_SHOWN_CHARACTERS: Final = 60


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a document something stands: line from 1, column by name or path."""

    file: str
    line: int | None = None
    column: str | None = None

    def at(self, column: str) -> Place:
        """The same line, in a column."""
        return Place(file=self.file, line=self.line, column=column)

    def __str__(self) -> str:
        words = [self.file]
        if self.line is not None:
            words.append(f"line {self.line}")
        if self.column:
            words.append(f"column {self.column}")
        return ", ".join(words)


def is_plain(text: str) -> bool:
    """Whether a cell can be recorded as it stands in any column that takes text.

    Printable ASCII needs no look at damage; nearly every cell is such text. No word for
    "unknown" ends in a digit, as ids, serials and versions do, and what points at another cell
    and ends in one has a blank in it.
    """
    return (
        text.isascii()
        and text.isprintable()
        and text[:1] != "#"
        and "E+" not in text
        and len(text) < _PLAIN
        and (text[-1:].isdigit() or not values.says_nothing(text))
        and ((text[-1:].isdigit() and " " not in text) or not values.points_elsewhere(text))
    )


def maker_and_model(text: str, makers: frozenset[str]) -> tuple[str | None, str | None]:
    """The maker and the model that one text names; no maker where it begins with no known one.

    ``makers`` are names in lower case. ``APC Smart-UPS 3000`` and ``Eaton / 9PX`` are
    parted, a maker's name alone is no model.
    """
    words = text.split()
    for size in range(min(len(words), _MAKER_WORDS), 0, -1):
        maker = " ".join(words[:size]).rstrip(" /,;:|-")
        if maker.casefold() in makers:
            model = " ".join(words[size:]).lstrip(" /,;:|-")
            return maker, model or None
    for sign in "/,;:|":
        maker, found, model = text.partition(sign)
        if found and " ".join(maker.split()).casefold() in makers:
            return " ".join(maker.split()), model.strip() or None
    return None, text or None


def firmware_and_hardware(
    text: str, order: tuple[str, ...] = ("firmware", "hardware")
) -> tuple[str, str | None]:
    """The firmware and the hardware that one text names, in the order that its heading gives.

    Only what looks like a revision of hardware is parted at a stroke: ``6.4.0 / 05`` and
    ``2.1 / rev C`` are two things; ``AOS 6.4.0 / APP 6.4.0`` and ``UPS 08.8 / ID=18`` are one, the
    firmware, whole as it stands.
    """
    if values.says_nothing(text):
        return text, None
    if order[0] == "hardware":
        hardware, found, firmware = text.partition("/")
    else:
        firmware, found, hardware = text.rpartition("/")
    firmware, hardware = firmware.strip(), hardware.strip()
    is_hardware = _HARDWARE.fullmatch(hardware) and not _SERIES.fullmatch(hardware)
    if not found or not firmware or not (is_hardware or values.says_nothing(hardware)):
        return text, None
    return firmware, hardware or None


def fit_cell(
    kind: str, column: str, text: str, place: Place, note: Callable[[str], None]
) -> str | None:
    """The cell as it is recorded, or nothing where it says that nothing is known.

    ``note`` takes what a person should know of it although it is recorded.

    Raises:
        Misfit: it cannot be believed, or has not the column's format.
    """
    if len(text) > bounds.CELL_CHARACTERS:
        raise values.Misfit(
            f"the cell holds {len(text)} characters; shorten it to {bounds.CELL_CHARACTERS}"
        )
    if text.strip() in _SPREADSHEET_ERRORS:
        raise values.Misfit("the spreadsheet shows an error here; mend its formula")
    if _SHORTENED.fullmatch(text.strip()) and values.holds_marks(kind, column):
        raise values.Misfit(
            "the spreadsheet shortened a long number here and its digits are lost; format the "
            "column as text and write what the label says"
        )
    if values.is_thing(kind) and values.points_elsewhere(text.strip()):
        raise values.Misfit(
            f"{text.strip()!r} points at another cell, and sorting breaks that; "
            "write out what is meant"
        )
    if "\0" in text:
        raise values.Misfit("the cell holds a NUL character; write the text anew")
    if is_mojibake(text):
        text = _mended(kind, column, text, place, note)
    if has_controls(text):
        note(f"{place.at(column)} holds control characters; they are kept as they are")
    return values.fit(kind, column, text)


def _mended(kind: str, column: str, text: str, place: Place, note: Callable[[str], None]) -> str:
    """Damaged text as it was, where that is certain and it names no product.

    Raises:
        Misfit: it is not, or advisories are matched by it.
    """
    found = undamaged(text)
    marks = values.holds_marks(kind, column) or column in values.required(kind)
    if found is None or marks or not values.is_thing(kind):
        raise values.Misfit(
            "characters were damaged by a wrong encoding; write the text anew, save as UTF-8"
        )
    note(
        f"{place.at(column)}: {cut(text, _SHOWN_CHARACTERS)!r} was damaged by a wrong encoding "
        f"and is read as {cut(found, _SHOWN_CHARACTERS)!r}"
    )
    return found

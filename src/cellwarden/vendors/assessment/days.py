"""Days as people and spreadsheets write them; what can be read in two ways is not guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_EPOCH: Final = date(1899, 12, 30)
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_WORDED: Final = re.compile(
    r"(?:(\d{1,2})\.?\s+([A-Za-z]{3,9})|([A-Za-z]{3,9})\s+(\d{1,2}),?)\s+(\d{4})"
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_LAST_MONTH: Final = 12


def read_day(text: str) -> date | None:
    """A day, or nothing where the text is none or can be read in two ways.

    Taken are ISO (``2026-11-16``), day first with dots, month names in English, spreadsheet
    serials, and slashes where one of the numbers can be no month.
    """
    plain = text.strip()
    try:
        return _read(plain)
    except (ValueError, OverflowError):
        return None


def _read(plain: str) -> date | None:
    if found := _ISO.fullmatch(plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(plain):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if found := _SERIAL.fullmatch(plain):
        return _EPOCH + timedelta(days=int(found[1]))
    if found := _WORDED.fullmatch(plain):
        month = (found[2] or found[3])[:3].casefold()
        if month in _MONTHS:
            return date(int(found[5]), _MONTHS.index(month) + 1, int(found[1] or found[4]))
    found = _SLASHED.fullmatch(plain)
    return _slashed(int(found[1]), int(found[2]), int(found[3])) if found else None


def _slashed(first: int, second: int, year: int) -> date | None:
    if first > _LAST_MONTH or first == second:
        return date(year, second, first)
    return date(year, first, second) if second > _LAST_MONTH else None

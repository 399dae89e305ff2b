"""Whether a cell holds what its column wants, and its one recorded spelling (``values.toml``)."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any, Final

from cellwarden.model.facts import kinds

YEARS: Final = range(1970, 2101)
"""Years that a date in a register can lie in; anything else is a slip of the keyboard."""

_ISO_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})$")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s.-]*(?:de |of )?([^\W\d_]{3,})\.?"
    r"[\s,.-]*(?:de )?(\d{4}|\d{2})$"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_NO_DAY = re.compile(
    r"(\d{4}|\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{1,2}|[^\W\d_]{3,}\.?[\s'-]+(\d{4}|\d{2}))$"
)
_SPREADSHEET_SERIAL = re.compile(r"(\d{5})(\.0+)?$")
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_TWO_DIGIT_YEAR_TURNS = 70
_POINTER = re.compile(
    r"(?:wie|siehe|same as|see|comme|voir|come|como|zie|kuten)\s+(?:[^\W\d_]+[\s-]?)?\S*\d\S*",
    re.IGNORECASE,
)
_LONGEST_POINTER: Final = 40
_BEGIN_ELSEWHERE: Final = frozenset("dDiIíÍsSwWaAcCzZkKjJvV\"',-–—„〃")
_VERSION: Final = "version"


class Misfit(ValueError):  # noqa: N818 - not an error of the program: a cell that does not fit
    """A cell does not hold what its column wants; the text says what would be right."""


@cache
def _table() -> dict[str, Any]:
    text = resources.files("cellwarden.collect").joinpath("values.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def register_kinds() -> tuple[str, ...]:
    """The kinds that people and devices may write into a register."""
    return tuple(_table()["kinds"])


@cache
def format_of(kind: str, column: str) -> str | None:
    """The name of a column's format, or nothing where it is free text."""
    wanted = _table()["kinds"].get(kind, {}).get(column)
    return wanted if isinstance(wanted, str) else None


@cache
def is_thing(kind: str) -> bool:
    """Whether rows of a kind are things, which stay in the register with what is known of them."""
    return kind in _table()["things"]["kinds"]


@cache
def identity(kind: str) -> frozenset[str]:
    """The columns without which nobody can tell what a row is of: its key, and its product."""
    return frozenset((*required(kind), *_table()["kinds"].get(kind, {}).get("identity", ())))


@cache
def holds_marks(kind: str, column: str) -> bool:
    """Whether a column holds names and versions, which a spreadsheet must not take for dates."""
    named = {"serial", "part_number", "model"} & {column}
    return bool(named) or column in identity(kind) or format_of(kind, column) == _VERSION


@cache
def takes_any_text(kind: str, column: str) -> bool:
    """Whether a column records what stands there, unless it says that nothing is known."""
    return format_of(kind, column) in {None, _VERSION}


def says_nothing(text: str) -> bool:
    """Whether a cell only says that nothing is known: empty, ``n/a``, ``unbekannt``, ``-``."""
    if not text or len(text) > _longest_blank() + len("()"):
        return not text
    bare = text.casefold()
    return bare in _blank_words() or bare.strip("()[]{}<>«»'\"* ") in _blank_words()


def points_elsewhere(text: str) -> bool:
    """Whether a cell only points at another one: ``dito``, ``wie 0101``, ``same as U-1``."""
    if text[:1] not in _BEGIN_ELSEWHERE or len(text) > _LONGEST_POINTER:
        return False
    return text.casefold() in _elsewhere() or _POINTER.fullmatch(text) is not None


@cache
def required(kind: str) -> tuple[str, ...]:
    """The columns without which a row says nothing: its key, less what may be empty in it."""
    written = _table()["kinds"].get(kind, {}).get("required")
    return tuple(written) if isinstance(written, list) else kinds()[kind].key


@cache
def choices(enumeration: str) -> tuple[str, ...]:
    """The values of an enumeration, in the order of ``values.toml``."""
    return tuple(_table()["spellings"][enumeration])


@cache
def _spellings(enumeration: str) -> dict[str, str]:
    found = {}
    for value, others in _table()["spellings"][enumeration].items():
        for spelling in (value, *others):
            found[spelling.casefold()] = value
    return found


@cache
def _blank_words() -> frozenset[str]:
    return frozenset(_table()["blank"]["words"])


@cache
def _elsewhere() -> frozenset[str]:
    return frozenset(_table()["blank"]["elsewhere"])


@cache
def _longest_blank() -> int:
    return max(map(len, _blank_words()))


@cache
def _is_verbatim(kind: str) -> bool:
    return kind in _table()["blank"]["verbatim"]


def fit(kind: str, column: str, text: str) -> str | None:
    """The cell as it is recorded: verbatim for free text, in one spelling for a format.

    Args:
        kind: the kind of the row.
        column: its column.
        text: the cell; blanks around it do not count.

    Returns:
        The text to record; nothing where the cell is empty or says that nothing is known.

    Raises:
        Misfit: the text has not the column's format.
    """
    cleaned = text.strip()
    if not cleaned:
        return None
    wanted = format_of(kind, column)
    if wanted is None or wanted == _VERSION:
        return None if says_nothing(cleaned) and not _is_verbatim(kind) else cleaned
    if wanted in _FORMATS:
        return None if says_nothing(cleaned) else _FORMATS[wanted](cleaned)
    enumeration = wanted.removesuffix("*")
    several = cleaned.split(";") if wanted.endswith("*") else [cleaned]
    chosen = (_choose(enumeration, part.strip()) for part in several if part.strip())
    return ";".join(value for value in chosen if value) or None


def _choose(enumeration: str, text: str) -> str | None:
    known = _spellings(enumeration).get(text.casefold())
    if known is None and text.casefold() not in _blank_words():
        raise Misfit(f"write one of {', '.join(choices(enumeration))}")
    return known


def fit_date(text: str, *, order: str | None = None) -> str:
    """A date in ISO form.

    Args:
        text: ISO (``2026-11-16``, also with slashes or dots), day first with dots
            (``16.11.2026``, ``16.11.26``), with the month's name (``16 Nov 2026``), a spreadsheet's
            serial number, or with slashes or dashes where only one reading is possible.
        order: how the source writes slashed dates, ``mdy`` or ``dmy``, where that is known.

    Raises:
        Misfit: it is no date, or one that can be read in two ways.
    """
    right = "write the date as 2026-11-16"
    if found := _ISO_DATE.match(text):
        return _day(int(found[1]), int(found[3]), int(found[4]), right)
    if found := _DOTTED.match(text):
        return _day(_year(found[3]), int(found[2]), int(found[1]), right)
    if found := _SLASHED.match(text):
        return _slashed(int(found[1]), int(found[3]), found[4], order)
    if _NO_DAY.match(text):
        raise Misfit(f"the day is not told; {right}")
    return _in_words(text, right)


def _in_words(text: str, right: str) -> str:
    """A date with the name of its month, a spreadsheet's number of days, or an ISO time."""
    if found := _DAY_FIRST.match(text):
        return _day(_year(found[3]), _month(found[2], right), int(found[1]), right)
    if found := _MONTH_FIRST.match(text):
        return _day(_year(found[3]), _month(found[1], right), int(found[2]), right)
    if found := _SPREADSHEET_SERIAL.match(text):
        return _in_range(_SPREADSHEET_EPOCH + timedelta(days=int(found[1])), right)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misfit(right) from error
    return _in_range(moment.date(), right)


def _slashed(first: int, second: int, year_text: str, order: str | None) -> str:
    right = "a date written so can be read in two ways; write it as 2026-11-16"
    year = int(year_text)
    if len(year_text) == len("99"):
        if order is None:
            raise Misfit(right)
        year = _year(year_text)
    months = 12
    if order == "mdy" or (order is None and second > months):
        return _day(year, first, second, right)
    if order == "dmy" or first > months or first == second:
        return _day(year, second, first, right)
    raise Misfit(right)


def _year(text: str) -> int:
    """A year of four digits, or of two: 1970 to 2069."""
    year = int(text)
    if len(text) > len("99"):
        return year
    return year + (1900 if year >= _TWO_DIGIT_YEAR_TURNS else 2000)


def _month(name: str, right: str) -> int:
    """The month that a word begins the name of, in whatever language of ``values.toml``."""
    word = name.casefold()
    meant = {
        number
        for number, names in enumerate(_table()["months"]["names"], start=1)
        if any(full.startswith(word) for full in names)
    }
    if len(meant) != 1:
        raise Misfit(right)
    return meant.pop()


def _day(year: int, month: int, day: int, right: str) -> str:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise Misfit(f"there is no such day; {right}") from error
    return _in_range(found, right)


def _in_range(day: date, right: str) -> str:
    if day.year not in YEARS:
        raise Misfit(f"the year {day.year} cannot be meant; {right}")
    return day.isoformat()


def _fit_time(text: str) -> str:
    try:
        return fit_date(text) if "T" not in text and ":" not in text else _moment(text)
    except Misfit as error:
        raise Misfit("write the time as 2026-11-16T22:00:00Z, or the date alone") from error


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise Misfit("no time") from error
    if moment.year not in YEARS:
        raise Misfit("no time of ours")
    written = moment.isoformat(timespec="seconds")
    return (
        written.removesuffix("+00:00") + "Z"
        if written.endswith("+00:00")
        else (written if moment.tzinfo else written + "Z")
    )


def _fit_decimal(text: str) -> str:
    right = "write a number such as 34.5, without its unit"
    plain = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if "," in plain:
        # 1,234.5 and 34,5 are clear; 1,234 is one or the other.
        if "." in plain and plain.rindex(",") < plain.rindex("."):
            plain = plain.replace(",", "")
        elif plain.count(",") == 1 and not re.search(r",\d{3}$", plain):
            plain = plain.replace(".", "").replace(",", ".")
        else:
            raise Misfit(f"the comma can be read in two ways; {right}")
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", plain):
        raise Misfit(right)
    try:
        return format(Decimal(plain), "f")
    except InvalidOperation as error:
        raise Misfit(right) from error


def _fit_count(text: str) -> str:
    if not re.fullmatch(r"\d{1,9}(\.0+)?", text):
        raise Misfit("write a whole number such as 90")
    return str(int(text.split(".", maxsplit=1)[0]))


def _fit_country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise Misfit("write the two-letter country code of ISO 3166-1, such as FI")
    return text.upper()


def _fit_url(text: str) -> str:
    if not re.match(r"https?://[^\s<>\"]+$", text, re.IGNORECASE):
        raise Misfit("write an address that begins with https:// or http://")
    return text


def _fit_sha256(text: str) -> str:
    plain = text.casefold().removeprefix("sha256:")
    if not re.fullmatch(r"[0-9a-f]{64}", plain):
        raise Misfit("write the 64 hexadecimal digits of SHA-256")
    return plain


_FORMATS: Final = {
    "date": fit_date,
    "time": _fit_time,
    "decimal": _fit_decimal,
    "count": _fit_count,
    "country": _fit_country,
    "url": _fit_url,
    "sha256": _fit_sha256,
}

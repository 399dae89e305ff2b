"""Cells and rows of one document: what was read, cleaned and bounded, and what was not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from cellwarden.advisories.feeds.decoding import Decoded, Unreadable
from cellwarden.model.advisories import Understood
from cellwarden.model.facts import Row, kinds
from cellwarden.model.times import format_time

PROSE: Final = 2_000
"""Descriptions are cut at this many characters; identities never are."""

GLIMPSE: Final = 200
_HARMLESS: Final = ("mailto:", "ftp:", "ftps:", "tel:")
_BLANKS: Final = re.compile(r"[\x00-\x20\x7f-\xa0]")
_OFFSET_WITHOUT_COLON: Final = re.compile(r"([+-]\d\d)(\d\d)$")


class Tables:
    """Rows by kind for one document.

    Reading through it (``text``, ``items`` ...) notes what has the wrong type instead of passing
    over it in silence. ``add`` keeps the document within its budget of characters.
    """

    def __init__(self, source: Decoded) -> None:
        self._name = source.document.name
        self._limits = source.limits
        self._rows: dict[str, list[Row]] = {}
        self._notes = 0
        self._places: dict[tuple[str, str], int] = {}
        self._budget = max(
            source.limits.characters_floor, source.size * source.limits.characters_per_byte
        )
        if source.twice is not None:
            reason = f"the key {source.twice[:80]!r} stands twice in one object; the last was taken"
            self.note(reason)

    def add(self, kind: str, cells: Mapping[str, str | None]) -> None:
        """Append one row; what is not named, and what is blank, is unknown.

        Raises:
            KeyError: a cell names no column of this kind.
            Unreadable: the document unfolds into more than it may.
        """
        blank = _blank(kind)
        filled = {**blank, **cells}
        if len(filled) != len(blank):
            strange = ", ".join(sorted(cells.keys() - blank.keys()))
            raise KeyError(f"{kind} has no column {strange}")
        row = tuple([cell or None for cell in filled.values()])
        self.spend(sum(map(len, filter(None, row))))
        self._rows.setdefault(kind, []).append(row)

    def spend(self, characters: int) -> None:
        """Take from the budget of characters that the document may unfold into.

        Raises:
            Unreadable: it is used up.
        """
        self._budget -= characters
        if self._budget < 0:
            raise Unreadable("it unfolds into far more than its size: references name each other")

    def note(
        self,
        reason: str,
        *,
        kind: str = "",
        line: int | None = None,
        column: str = "",
        text: str = "",
    ) -> None:
        """Record something unreadable; after the bound of notes, one last that says so."""
        self._notes += 1
        if self._notes > self._limits.notes:
            return
        if self._notes == self._limits.notes:
            reason = f"more is unreadable than the {self._limits.notes} places that are listed"
            kind, line, column, text = "", None, "", ""
        place = str(line) if line else ""
        count = self._places[place, column] = self._places.get((place, column), 0) + 1
        if count > 1:
            column = f"{column}[{count}]"  # file, line and column are the key of the row
        cells = (self._name, place, column[:GLIMPSE], kind, reason, text[:GLIMPSE])
        self._rows.setdefault("unreadable", []).append(tuple(cell or None for cell in cells))

    def finish(self, *, format_name: str, newest_at: str | None) -> Understood:
        """Everything that was understood of the document."""
        return Understood(format=format_name, tables=self._rows, newest_at=newest_at)

    def mapping(self, parent: dict[str, Any], key: str) -> dict[str, Any]:
        """An object under a key; empty where absent, noted where it is something else."""
        value = parent.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._wrong(key, "an object", value)
        return {}

    def items(self, parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
        """The objects of a list under a key; what is no object is noted and left out."""
        value = parent.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(key, "a list of objects", value)
            return []
        found = [item for item in value if isinstance(item, dict)]
        if len(found) != len(value):
            self._wrong(key, "a list of objects", value)
        return found

    def texts(self, parent: dict[str, Any], key: str) -> list[str]:
        """The texts of a list under a key; what is no text is noted and left out."""
        value = parent.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(key, "a list of texts", value)
            return []
        found = [item for item in value if isinstance(item, str)]
        if len(found) != len(value):
            self._wrong(key, "a list of texts", value)
        return found

    def text(self, parent: dict[str, Any], key: str) -> str:
        """A text under a key, stripped; empty where absent, noted where it is something else.

        A number is not turned into text: ``1.10`` would come out as ``1.1``.
        """
        value = parent.get(key)
        return value.strip() if isinstance(value, str) else self._verbatim(parent, key)

    def name(self, parent: dict[str, Any], key: str) -> str:
        """A text that names something, verbatim; cut, and noted, where it is absurdly long."""
        value = self._verbatim(parent, key)
        if len(value) <= self._limits.cell_characters:
            return value
        self.note(f"{len(value):,} characters in one name", column=key, text=value)
        return value[: self._limits.cell_characters - 1] + "…"

    def version(self, parent: dict[str, Any], key: str) -> str:
        """A version text, verbatim; where it is absurdly long, words that are no version.

        Half a range would be another range.
        """
        value = self._verbatim(parent, key)
        if len(value) <= self._limits.cell_characters:
            return value
        self.note(f"{len(value):,} characters in one version", column=key, text=value)
        return "unreadably long"

    def identifier(self, parent: dict[str, Any], key: str) -> str:
        """An id of something in this document.

        Raises:
            Unreadable: absurdly long, so that nothing could refer to it.
        """
        value = self.text(parent, key)
        if len(value) > self._limits.id_characters:
            raise Unreadable(f"{key} has {len(value):,} characters", text=value)
        return value

    def moment(self, parent: dict[str, Any], key: str) -> str | None:
        """A time as RFC 3339 in UTC; nothing, and a note, where it cannot be read."""
        value = self.text(parent, key)
        if not value:
            return None
        found = moment(value)
        if found is None:
            self.note("not a date or time", column=key, text=value)
        return found

    def url(self, parent: dict[str, Any], key: str) -> str | None:
        """A web address; nothing where it is another scheme, noted where that could do harm."""
        value = self.text(parent, key)
        if not value:
            return None
        found = web_address(value)
        if found is None and not value.lower().startswith(_HARMLESS):
            self.note("not a web address (http or https); dropped", column=key, text=value)
        return found

    def _verbatim(self, parent: dict[str, Any], key: str) -> str:
        value = parent.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            self._wrong(key, "a text", value)
        return ""

    def _wrong(self, key: str, expected: str, value: object) -> None:
        self.note(f"should be {expected}", column=key, text=str(value)[:GLIMPSE])


def moment(value: str) -> str | None:
    """Read a date or time and write it as RFC 3339 in UTC; nothing where it is neither.

    A date alone is its first instant; a time without an offset is UTC.
    """
    try:
        read = datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", value.strip()))
        aware = read if read.tzinfo else read.replace(tzinfo=UTC)
        return format_time(aware)
    except (ValueError, OverflowError):
        return None


def day(value: str | None) -> str | None:
    """The date of a time that ``moment`` wrote."""
    return value[:10] if value else None


def newest(*moments: str | None) -> str | None:
    """The newest of some times that ``moment`` wrote, which sort as text."""
    return max((value for value in moments if value), default=None)


def web_address(value: str) -> str | None:
    """The address if it is an absolute http or https one without blanks, else nothing."""
    return _web_address(value) if len(value) <= PROSE else None


@lru_cache(maxsize=1024)
def _web_address(value: str) -> str | None:
    """The same for a text of bounded length: one address stands under many weaknesses."""
    if _BLANKS.search(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def prose(value: str) -> str:
    """A description, cut where it is longer than anybody reads."""
    return value if len(value) <= PROSE else value[: PROSE - 1] + "…"


def joined(values: list[str] | dict[str, None], separator: str = " ") -> str | None:
    """Distinct, non-empty values in their order, joined; nothing where there are none."""
    if not values:
        return None
    return separator.join(dict.fromkeys(value for value in values if value)) or None


@cache
def _blank(kind: str) -> dict[str, str | None]:
    """A row of which nothing is known, by column, in the committed order."""
    return dict.fromkeys(kinds()[kind].column_names)

"""Whether a column of dates writes the day or the month first, told by its own cells alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from cellwarden.collect import values
from cellwarden.collect.text import cut

DMY: Final = "dmy"
MDY: Final = "mdy"
ORDERS: Final = (DMY, MDY)
"""What a column mapping may say of a column: the day first, or the month first."""

_NUMBERED = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})$")
_BY_HABIT: Final = "."
"""With dots, a day stands first wherever nothing in the column says otherwise."""

_MONTHS: Final = 12
_DAYS: Final = 31
_SHORT_YEAR: Final = 2
_WORDS: Final = {DMY: "the day first", MDY: "the month first"}
_SHOWN: Final = 30


class _Told(msgspec.Struct, kw_only=True):
    """What the cells of one column that are written with one sign tell.

    ``first`` is, for each order, the line and the text of the first cell that has no other
    reading; ``open`` counts those that have two, and ``example`` is the first of them.
    """

    first: dict[str, tuple[int | None, str]] = {}
    open: int = 0
    example: str = ""

    @property
    def order(self) -> str | None:
        """The order that some cell tells and no cell contradicts."""
        return next(iter(self.first)) if len(self.first) == 1 else None


class DateOrders:
    """What the columns of one document tell; the cells of a column are seen before any is read.

    Rules: a number above 12 decides, for all cells of its column that use the same sign. Where
    cells contradict each other, or none decides, a cell with two readings stays unread; only
    dotted dates have the day first by habit. What a column mapping says holds instead.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._told: dict[tuple[str, str], _Told] = {}

    def see(self, heading: str, text: str, line: int | None) -> bool:
        """Look at one cell; true where its reading rests on what the others say."""
        found = _NUMBERED.match(text)
        if found is None or heading in self._given:
            return False
        told = self._told.setdefault((heading, found[2]), _Told())
        order = _only_order(int(found[1]), int(found[3]), found[4])
        if order is not None:
            told.first.setdefault(order, (line, text))
            return order == MDY or len(found[4]) == _SHORT_YEAR
        if found[1] == found[3] and len(found[4]) > _SHORT_YEAR:
            return False
        told.open += 1
        told.example = told.example or text
        return True

    def read(self, heading: str, text: str) -> str:
        """A cell with its order settled: in ISO form, or as it stands where that says enough.

        Raises:
            Misfit: it has two readings, and nothing says which is meant.
        """
        found = _NUMBERED.match(text)
        if found is None:
            return text
        if heading in self._given:
            return self._as_given(heading, found)
        told = self._told.get((heading, found[2]), _Told())
        is_sure = _only_order(int(found[1]), int(found[3]), found[4]) is not None
        order = told.order
        if order is None and found[2] == _BY_HABIT and not told.first:
            return text
        if order is None and is_sure and len(found[4]) > _SHORT_YEAR:
            order = _only_order(int(found[1]), int(found[3]), found[4])
        if order is None:
            if found[1] == found[3] and len(found[4]) > _SHORT_YEAR:
                return text
            raise values.Misfit(self._open_reason(heading, told))
        return values.fit_date(_slashed(found), order=order)

    def _as_given(self, heading: str, found: re.Match[str]) -> str:
        order = self._given[heading]
        try:
            return values.fit_date(_slashed(found), order=order)
        except values.Misfit as misfit:
            reason = f"the column mapping says that {heading!r} has {_WORDS[order]}: {misfit}"
            raise values.Misfit(reason) from misfit

    def _open_reason(self, heading: str, told: _Told) -> str:
        right = (
            "write it as 2026-11-16, or say in the column mapping, under [dates]:"
            f' "{cut(heading, _SHOWN)}" = "dmy" or "mdy"'
        )
        if told.first:
            (one_at, one), (other_at, other) = (told.first[order] for order in ORDERS)
            return (
                f"day or month may come first, and the column contradicts itself ({one!r}"
                f"{_in_line(one_at)}, {other!r}{_in_line(other_at)}); {right}"
            )
        return f"day or month may come first, and no cell of the column tells; {right}"

    def decided(self) -> dict[str, str]:
        """The orders by which cells with two readings were read, by heading.

        None for a column that uses several signs: an order in a mapping holds for all of them.
        """
        signs = Counter(heading for heading, _ in self._told)
        return {
            heading: told.order
            for (heading, sign), told in self._told.items()
            if told.order and told.open and signs[heading] == 1 and not _is_habit(sign, told.order)
        }

    def notes(self) -> list[str]:
        """What was concluded of each column, in words, with the cell that tells it."""
        told_so = []
        for (heading, sign), told in self._told.items():
            if told.order is None or not told.open or _is_habit(sign, told.order):
                continue
            line, text = told.first[told.order]
            example = told.example.replace(sign, "/").replace(" ", "")
            read = values.fit_date(example, order=told.order)
            told_so.append(
                f"{heading!r} has {_WORDS[told.order]}, as {text!r}{_in_line(line)} tells: "
                f"{told.example!r} is read as {read}"
            )
        return told_so


def _only_order(first: int, second: int, year: str) -> str | None:
    """The only order that two numbers before a year can have; nothing where there are two."""
    if first <= _MONTHS < second <= _DAYS:
        return MDY
    if second <= _MONTHS < first <= _DAYS:
        # 16/11/26 may begin with its year.
        return DMY if len(year) > _SHORT_YEAR or int(year) > _DAYS else None
    return None


def _is_habit(sign: str, order: str) -> bool:
    return sign == _BY_HABIT and order == DMY


def _slashed(found: re.Match[str]) -> str:
    return f"{found[1]}/{found[3]}/{found[4]}"


def _in_line(line: int | None) -> str:
    return "" if line is None else f" in line {line}"

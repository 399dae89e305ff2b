"""Where readers put what they find: checked rows by kind, and every row that could not be read."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import msgspec

from cellwarden.collect import bounds, values
from cellwarden.collect.cells import Place, fit_cell, maker_and_model
from cellwarden.collect.mapping import Mapping
from cellwarden.collect.secrets import digest, is_secret
from cellwarden.collect.text import cut
from cellwarden.model.facts import Row, kinds

_NOTES: Final = 200
_SETTING: Final = "setting"
_DIGESTED = re.compile(r"hmac-sha256:[0-9a-f]{64}")
_SHOWN_LINES: Final = 5
_SHOWN_CHARACTERS: Final = 60


@cache
def _names(kind: str) -> tuple[str, ...]:
    return kinds()[kind].column_names


@cache
def _key(kind: str) -> tuple[int, ...]:
    return tuple(_names(kind).index(part) for part in kinds()[kind].key)


def _subject(kind: str, row: Row) -> str:
    """What ``Kind.subject_of`` gives, without laying out the kind anew for each row."""
    return "/".join(row[index] or "" for index in _key(kind))


def _shown(kind: str | None, text: str | None) -> str | None:
    """What is kept of something unreadable; nothing of a setting, or of what holds a secret."""
    if text is None or kind == _SETTING or is_secret("", text[: 2 * bounds.TEXT_CHARACTERS]):
        return None
    return cut(text, bounds.TEXT_CHARACTERS)


class Intake:
    """Rows of one document on their way into a reading.

    Nothing is lost: a row is recorded, or stands among ``unreadable`` with its place and reason.
    ``notes`` tell what a person should know although no row is lost.
    """

    def __init__(self, file: str, *, makers: frozenset[str] = frozenset()) -> None:
        self.file = file
        self.makers = makers
        self.tables: dict[str, list[Row]] = {}
        self.places: dict[str, list[Place]] = {}
        self.notes: list[str] = []
        self.unmapped: list[str] = []
        self.mappings: list[Mapping] = []
        self.taken_at: str | None = None
        self.holds_secrets = False
        self.digest_key: bytes | None = None
        self._first: dict[tuple[str, str], Place] = {}
        self._unreadable_keys: set[tuple[str | None, ...]] = set()
        self._merged: dict[tuple[str, str], int] = {}
        self._disputed: set[tuple[str, str, str]] = set()
        self._blanks: dict[tuple[str, str], list[int]] = {}

    def note(self, text: str) -> None:
        """Tell something once."""
        if text not in self.notes and len(self.notes) < _NOTES:
            self.notes.append(text)

    def understand_dates(self, mapping: Mapping, orders: dict[str, str]) -> None:
        """Add to a table's mapping how its columns of dates were read, so that it stays so."""
        for index, one in enumerate(self.mappings):
            if orders and one.columns is mapping.columns:
                self.mappings[index] = msgspec.structs.replace(one, dates=orders | one.dates)

    def maker_and_model(self, text: str) -> tuple[str | None, str | None]:
        """The maker and the model that one text names, see ``maker_and_model``."""
        return maker_and_model(text, self.makers)

    def unreadable(self, place: Place, *, kind: str | None, reason: str, text: str | None) -> None:
        """Record that something could not be read, and what would be right."""
        column = place.column
        line = None if place.line is None else str(place.line)
        again = 1
        while (place.file, line, column) in self._unreadable_keys:
            again += 1
            column = f"{place.column or ''} ({again})".strip()
        self._unreadable_keys.add((place.file, line, column))
        row = kinds()["unreadable"].row(
            {
                "file": place.file,
                "line": line,
                "column": column,
                "kind": kind,
                "reason": reason,
                "text": _shown(kind, text),
            }
        )
        self.tables.setdefault("unreadable", []).append(row)
        self.places.setdefault("unreadable", []).append(place)

    def add_row(
        self,
        kind: str,
        cells: dict[str, str | None],
        place: Place,
        *,
        headings: dict[str, str] | None = None,
        damaged: dict[str, str] | None = None,
        fit: dict[str, str | None] | None = None,
    ) -> bool:
        """Record a row that a person wrote.

        A thing with a cell that does not fit stays, the cell is unknown and reported; without its
        key or the names by which advisories are matched, and for every other kind, the whole row
        is unreadable.

        Args:
            kind: its kind.
            cells: text by column of the kind.
            place: where it stands.
            headings: what the document calls the columns, for messages.
            damaged: reasons why cells cannot be believed, by column.
            fit: further cells, known to be recorded as they stand (``is_plain``).

        Returns:
            Whether the row was recorded.
        """
        names = headings or {}
        fitted, faults = self._fit_all(
            kind, cells, place, fit=fit or {}, names=names, damaged=damaged or {}
        )
        if faults and (
            not values.is_thing(kind) or not faults.keys().isdisjoint(values.identity(kind))
        ):
            self._refuse(kind, cells, faults, place, names)
            return False
        for column, why in faults.items():
            self._leave_unknown(kind, place.at(names.get(column, column)), why, cells.get(column))
        if kind == _SETTING:
            self._hide(fitted)
        return self._record(kind, fitted, place, names)

    def _hide(self, cells: dict[str, str | None]) -> None:
        """Put a digest in the place of a secret that a table of settings shows."""
        value, path = cells.get("value"), cells.get("path") or ""
        is_told = cells.get("is_secret") == "yes"
        if not value or _DIGESTED.fullmatch(value) or not (is_told or is_secret(path, value)):
            return
        self.holds_secrets = True
        about = f"{cells.get('component_id')}\0{path}"
        key = self.digest_key
        hidden = None if key is None else digest(value, about=about, key=key)
        cells |= {"value": hidden, "is_secret": "yes"}

    def merge_row(
        self,
        kind: str,
        cells: dict[str, str | None],
        place: Place,
        *,
        fit: dict[str, str | None],
        headings: dict[str, str],
        damaged: dict[str, str],
        tell: bool,
    ) -> None:
        """Record what a row says of a thing that several rows speak of, such as their asset.

        Where two rows differ in a cell, nobody knows which is right: the cell is unknown and the
        later one is reported. Without ``tell`` a refused row is not reported: it was, for its part.
        """
        fitted, faults = self._fit_all(kind, cells, place, fit=fit, names=headings, damaged=damaged)
        if not faults.keys().isdisjoint(values.required(kind)):
            if tell:
                self._refuse(kind, cells, faults, place, headings)
            return
        for column, why in faults.items():
            where = place.at(headings.get(column, column))
            if not self._is_reported(where):
                self._leave_unknown(kind, where, why, cells.get(column))
        row = tuple(map(fitted.get, _names(kind)))
        found = (kind, _subject(kind, row))
        index = self._merged.get(found)
        if index is None:
            self._merged[found] = len(self.tables.setdefault(kind, []))
            self.tables[kind].append(row)
            self.places.setdefault(kind, []).append(place)
            return
        before = self.tables[kind][index]
        if before != row:
            self.tables[kind][index] = self._agreed(kind, before, row, place, headings)

    def _agreed(
        self, kind: str, before: Row, row: Row, place: Place, headings: dict[str, str]
    ) -> Row:
        cells: list[str | None] = []
        subject = _subject(kind, row)
        for column, old, new in zip(_names(kind), before, row, strict=True):
            disputed = (kind, subject, column) in self._disputed
            if old and new and old != new:
                self._disputed.add((kind, subject, column))
                reason = (
                    f"a line above says {old!r} of {subject!r} and this one {new!r}; "
                    "the cell is left unknown until they agree"
                )
                where = place.at(headings.get(column, column))
                self.unreadable(where, kind=kind, reason=reason, text=new)
                cells.append(None)
            else:
                cells.append(None if disputed else old or new)
        return tuple(cells)

    def _fit_all(
        self,
        kind: str,
        cells: dict[str, str | None],
        place: Place,
        *,
        fit: dict[str, str | None],
        names: dict[str, str],
        damaged: dict[str, str],
    ) -> tuple[dict[str, str | None], dict[str, str]]:
        """The cells as they are recorded, and why some cannot be, by column."""
        fitted = dict(fit)
        faults: dict[str, str] = {}
        for column, text in cells.items():
            if not text:
                continue
            if column in damaged:
                faults[column] = damaged[column]
                continue
            try:
                found = fit_cell(kind, column, text, place, self.note)
            except values.Misfit as misfit:
                faults[column] = str(misfit)
                continue
            fitted[column] = found
            if found is None:
                self._note_blank(names.get(column, column), text, place)
        for column in values.required(kind):
            if not fitted.get(column) and column not in faults:
                faults[column] = "this cell must not be empty"
        return fitted, faults

    def _refuse(
        self,
        kind: str,
        cells: dict[str, str | None],
        faults: dict[str, str],
        place: Place,
        names: dict[str, str],
    ) -> None:
        reason = "; ".join(f"{names.get(column, column)}: {why}" for column, why in faults.items())
        first = next(iter(faults))
        where = place.at(names.get(first, first))
        self.unreadable(where, kind=kind, reason=reason, text=cells.get(first) or "")

    def _leave_unknown(self, kind: str, where: Place, why: str, text: str | None) -> None:
        reason = f"{why}; the cell is left unknown, the rest of the row stands"
        self.unreadable(where, kind=kind, reason=reason, text=text)

    def _is_reported(self, where: Place) -> bool:
        line = None if where.line is None else str(where.line)
        return (where.file, line, where.column) in self._unreadable_keys

    def _note_blank(self, heading: str, text: str, place: Place) -> None:
        shown = cut(text.strip(), _SHOWN_CHARACTERS)
        lines = self._blanks.setdefault((heading, shown), [])
        if not lines or lines[-1] != place.line:
            lines.append(place.line or 0)

    def tell_blanks(self) -> None:
        """Note which cells only said that nothing is known; called once, when all is read."""
        for (heading, text), lines in self._blanks.items():
            shown = ", ".join(str(line) for line in lines[:_SHOWN_LINES] if line)
            further = f" and {len(lines) - _SHOWN_LINES} more" if lines[_SHOWN_LINES:] else ""
            where = f" (line {shown}{further})" if shown else ""
            self.note(f"{heading}: {text!r}{where} says that nothing is known; the cell is unknown")
        self._blanks.clear()

    def add_device_row(self, kind: str, cells: dict[str, str | None], place: Place) -> bool:
        """Record a row that a device or a tool wrote; a bad cell is left out and reported.

        Nobody can mend what a device says, and losing the device for a bad date would hide it.
        """
        kept: dict[str, str | None] = {}
        for column, text in cells.items():
            if not text:
                continue
            try:
                kept[column] = fit_cell(kind, column, text, place, self.note)
            except values.Misfit as misfit:
                where = place.at(f"{place.column}.{column}" if place.column else column)
                self._leave_unknown(kind, where, str(misfit), text)
        missing = [column for column in values.required(kind) if not kept.get(column)]
        if missing:
            reason = f"{', '.join(missing)}: needed to tell which {kind} is meant"
            self.unreadable(place, kind=kind, reason=reason, text=None)
            return False
        return self._record(kind, kept, place, {})

    def _record(
        self, kind: str, cells: dict[str, str | None], place: Place, names: dict[str, str]
    ) -> bool:
        row = tuple(map(cells.get, _names(kind)))
        subject = _subject(kind, row)
        first = self._first.setdefault((kind, subject), place)
        if first is not place:
            key = values.required(kind)[0]
            where = f"line {first.line}" if first.line is not None else str(first.column)
            reason = (
                f"{subject!r} stands in this document already, at {where}; "
                "keep one of the two, or give this one a name of its own"
            )
            where_it_stands = place.at(place.column or names.get(key, key))
            self.unreadable(where_it_stands, kind=kind, reason=reason, text=subject)
            return False
        self.tables.setdefault(kind, []).append(row)
        self.places.setdefault(kind, []).append(place)
        return True

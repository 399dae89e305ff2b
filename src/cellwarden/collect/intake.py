"""Where readers put what they find: checked rows by kind, and every row that could not be read."""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.collect import bounds, values
from cellwarden.collect.mapping import Mapping
from cellwarden.collect.text import cut, has_controls, is_mojibake
from cellwarden.model.facts import Row, kinds

_NOTES: Final = 200
_SPREADSHEET_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#####"}
)


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


class Intake:
    """Rows of one document on their way into a reading.

    Nothing is lost: a row is recorded, or stands among ``unreadable`` with its place and reason.
    ``notes`` tell what a person should know although no row is lost.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.tables: dict[str, list[Row]] = {}
        self.places: dict[str, list[Place]] = {}
        self.notes: list[str] = []
        self.unmapped: list[str] = []
        self.mappings: list[Mapping] = []
        self.taken_at: str | None = None
        self.holds_secrets = False
        self._first: dict[tuple[str, str], Place] = {}
        self._unreadable_keys: set[tuple[str | None, ...]] = set()

    def note(self, text: str) -> None:
        """Tell something once."""
        if text not in self.notes and len(self.notes) < _NOTES:
            self.notes.append(text)

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
                "text": None if text is None else cut(text, bounds.TEXT_CHARACTERS),
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
    ) -> bool:
        """Record a row that a person wrote; one bad cell makes the whole row unreadable.

        Args:
            kind: its kind.
            cells: text by column of the kind.
            place: where it stands.
            headings: what the document calls the columns, for messages.

        Returns:
            Whether the row was recorded.
        """
        names = headings or {}
        fitted: dict[str, str | None] = {}
        faults: list[tuple[str, str, str]] = []
        for column, text in cells.items():
            if not text:
                continue
            try:
                fitted[column] = self._fit(kind, column, text, place)
            except values.Misfit as misfit:
                faults.append((names.get(column, column), str(misfit), text))
        faults += [
            (names.get(column, column), "this cell must not be empty", "")
            for column in values.required(kind)
            if not fitted.get(column) and not any(names.get(column, column) == f[0] for f in faults)
        ]
        if faults:
            reason = "; ".join(f"{column}: {why}" for column, why, _ in faults)
            self.unreadable(place.at(faults[0][0]), kind=kind, reason=reason, text=faults[0][2])
            return False
        return self._record(kind, fitted, place)

    def add_device_row(self, kind: str, cells: dict[str, str | None], place: Place) -> bool:
        """Record a row that a device or a tool wrote; a bad cell is left out and reported.

        Nobody can mend what a device says, and losing the device for a bad date would hide it.
        """
        kept: dict[str, str | None] = {}
        for column, text in cells.items():
            if not text:
                continue
            try:
                kept[column] = self._fit(kind, column, text, place)
            except values.Misfit as misfit:
                where = place.at(f"{place.column}.{column}" if place.column else column)
                reason = f"{misfit}; the cell is left unknown, the rest of the row stands"
                self.unreadable(where, kind=kind, reason=reason, text=text)
        missing = [column for column in values.required(kind) if not kept.get(column)]
        if missing:
            reason = f"{', '.join(missing)}: needed to tell which {kind} is meant"
            self.unreadable(place, kind=kind, reason=reason, text=None)
            return False
        return self._record(kind, kept, place)

    def _fit(self, kind: str, column: str, text: str, place: Place) -> str | None:
        if len(text) > bounds.CELL_CHARACTERS:
            raise values.Misfit(
                f"the cell holds {len(text)} characters; shorten it to {bounds.CELL_CHARACTERS}"
            )
        if text.strip() in _SPREADSHEET_ERRORS:
            raise values.Misfit("the spreadsheet shows an error here; mend its formula")
        if "\0" in text:
            raise values.Misfit("the cell holds a NUL character; write the text anew")
        if is_mojibake(text):
            raise values.Misfit(
                "characters were damaged by a wrong encoding; write the text anew, save as UTF-8"
            )
        if has_controls(text):
            self.note(f"{place.at(column)} holds control characters; they are kept as they are")
        return values.fit(kind, column, text)

    def _record(self, kind: str, cells: dict[str, str | None], place: Place) -> bool:
        row = kinds()[kind].row(cells)
        subject = kinds()[kind].subject_of(row)
        first = self._first.setdefault((kind, subject), place)
        if first is not place:
            key = values.required(kind)[0]
            where = f"line {first.line}" if first.line is not None else str(first.column)
            reason = (
                f"{subject!r} stands in this document already, at {where}; "
                "keep one of the two, or give this one a name of its own"
            )
            self.unreadable(place.at(place.column or key), kind=kind, reason=reason, text=subject)
            return False
        self.tables.setdefault(kind, []).append(row)
        self.places.setdefault(kind, []).append(place)
        return True

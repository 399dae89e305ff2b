"""The rows under a table's headings: what each says of one thing or two, and what is no row."""

from __future__ import annotations

import re

import msgspec

from cellwarden.collect import headings, values
from cellwarden.collect.cells import Place, firmware_and_hardware, is_plain
from cellwarden.collect.date_order import DateOrders
from cellwarden.collect.headings import first_word, is_section, is_total, names_firmware
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import (
    BUILT_FROM,
    FIRMWARE_AND_HARDWARE,
    MAKER_AND_MODEL,
    Mapping,
)
from cellwarden.collect.row_parts import Part, dated, doubted, gather, key_of, parts_of
from cellwarden.collect.secrets import is_secret
from cellwarden.collect.text import cut
from cellwarden.model.facts import kinds

_FULL_FROM = 3
"""Titles between rows are known only where the rows fill, on average, at least so many cells."""

_HELD = 10_000
"""At most so many lines are held back until the end of the table, to tell titles from rows."""

_NAMED = 20
_LOOKS_LIKE_AN_ID = re.compile(r"(?=.*\d)\S{2,40}")
_NO_DOUBTS: dict[int, str] = {}
_OF_OTHERS = "component"
_NEVER_SILENT = frozenset({"asset", "component"})


class _Held(msgspec.Struct, frozen=True):
    """A line that may be a title: its number, its cells, their doubts, and its first text."""

    number: int
    texts: list[str]
    doubts: dict[int, str]
    first: str
    position: int


def tell_unread(
    header: list[str], understood: Mapping, given: Mapping | None, intake: Intake, place: Place
) -> None:
    """Name what is not read; firmware, or what a mapping asks for in vain, is never passed over.

    Args:
        header: the headings, empty ones included.
        understood: what is read from them.
        given: the mapping that a person gave, if any.
        intake: where it is told.
        place: the line of the headings.
    """
    unread = dict.fromkeys(
        heading
        for heading in header
        if heading and heading not in understood.understood and heading not in intake.unmapped
    )
    intake.unmapped += unread
    for heading in unread:
        if is_secret(heading, ""):
            intake.note(
                f"{place.file}: {heading!r} looks like secrets; nothing of it is recorded, and the "
                "file itself is kept as it is: take the column out of it"
            )
    for heading in unread:
        is_of_devices = understood.kind in _NEVER_SILENT and heading not in understood.ignored
        if is_of_devices and names_firmware(heading):
            reason = (
                "this column looks like firmware and nothing is read from it; map it in "
                "the column mapping, or name it there under `ignored`"
            )
            intake.unreadable(place.at(heading), kind="component", reason=reason, text=heading)
    for heading in sorted({cell for cell in header if cell and header.count(cell) > 1}):
        intake.note(
            f"{place.file}: {heading!r} heads several columns; rows where they differ are refused"
        )
    wanted = given.understood | given.dates.keys() if given is not None else frozenset[str]()
    for heading in sorted(wanted - set(header)):
        reason = (
            "the column mapping names this heading and the table has none such; "
            "correct the mapping, or the heading"
        )
        intake.unreadable(place.at(heading), kind=understood.kind, reason=reason, text=heading)


class RowsOfTable:
    """Takes the lines under the headings of one table and puts what they say into an intake."""

    def __init__(
        self,
        header: list[str],
        mapping: Mapping,
        intake: Intake,
        file: str,
        *,
        orders: DateOrders | None = None,
    ) -> None:
        self.header = header
        self.mapping = mapping
        self.orders = orders or DateOrders(mapping.dates)
        self.intake = intake
        self.file = file
        self.parts = parts_of(header, mapping)
        self.dated = dated(self.parts)
        self.waiting: list[tuple[Place, list[str], dict[int, str]]] = []
        self.key = key_of(self.parts[0])
        self.is_by_serial = any(p.kind == "asset" and key_of(p) == "serial" for p in self.parts)
        self.mapped = len(mapping.understood)
        self.headings = dict(mapping.columns)
        for also in mapping.also:
            self.headings = also.columns | self.headings
        self.held: list[_Held] = []
        self.left_out: list[str] = []
        self.splits: dict[bool, int] = {}
        self.unsplit: list[str] = []
        self.split_heading = ""
        self.pairs: dict[str, list[bool]] = {}
        self.rows = 0
        self.cells = 0

    def take(self, number: int, cells: list[str], doubts: dict[int, str]) -> None:
        """Take one line."""
        texts = [cell.strip() for cell in cells]
        filled = len(texts) - texts.count("")
        if not filled:
            return
        width = len(self.header)
        if len(texts) > width and any(texts[width:]):
            reason = (
                f"the line has {len(cells)} cells under {width} headings; "
                "look for a separator inside a cell and put that cell in quotation marks"
            )
            surplus = next(text for text in texts[width:] if text)
            place = Place(file=self.file, line=number)
            self.intake.unreadable(place, kind=self.parts[0].kind, reason=reason, text=surplus)
            return
        if (filled == 1 or filled * 2 <= self.mapped) and len(self.held) < _HELD:
            position = next(i for i, text in enumerate(texts) if text)
            if filled == 1 or is_total(texts[position]):
                self.held.append(_Held(number, texts, doubts, texts[position], position))
                return
        if filled > 1 and texts == self.header[: len(texts)]:
            self.intake.note(f"{self.file}: headings that stand again among the rows are no rows")
            return
        self.rows += 1
        self.cells += filled
        self.put(Place(file=self.file, line=number), texts, doubts)

    def finish(self) -> None:
        """Decide about the lines that were held back: titles and totals are named in a note."""
        for place, texts, doubts in self.waiting:
            self._put(place, texts, doubts)
        self.waiting.clear()
        if self.held:
            is_full = self.rows > 1 and self.cells >= self.rows * _FULL_FROM
            shapes, words = self._known() if is_full else (set(), set())
            for line in self.held:
                if is_full and self._is_title(line, shapes, words):
                    self.left_out.append(f"{cut(line.first, 40)!r} (line {line.number})")
                else:
                    self._put(Place(file=self.file, line=line.number), line.texts, line.doubts)
            self.held.clear()
        self._tell_split()
        for note in self.orders.notes():
            self.intake.note(f"{self.file}: {note}")
        self.intake.understand_dates(self.mapping, self.orders.decided())
        if self.left_out:
            shown = ", ".join(self.left_out[:_NAMED])
            further = f" and {len(self.left_out) - _NAMED} more" if self.left_out[_NAMED:] else ""
            self.intake.note(
                f"{self.file}: left out as titles or totals between the rows: {shown}{further}"
            )

    def _known(self) -> tuple[set[str], set[str]]:
        """The shapes and the first words of the ids that whole rows have."""
        kind = self.parts[0].kind
        index = kinds()[kind].column_names.index(self.key)
        ids = [row[index] or "" for row in self.intake.tables.get(kind, ())]
        return {_shape(text) for text in ids}, {first_word(text) for text in ids}

    def _is_title(self, line: _Held, shapes: set[str], words: set[str]) -> bool:
        """Whether a line with hardly a cell is a title; what looks like an id here is a row."""
        if is_total(line.first):
            return True
        if (line.position, self.key) not in self.parts[0].targets:
            return True
        if is_section(line.first) and first_word(line.first) not in words:
            return True
        if _LOOKS_LIKE_AN_ID.fullmatch(line.first):
            return False
        return _shape(line.first) not in shapes

    def put(self, place: Place, texts: list[str], doubts: dict[int, str] = _NO_DOUBTS) -> None:
        """Record what one row says of each of its things; texts stand as the headings do.

        From the first date on that can be read in two ways, rows wait for the end of the table:
        what stands below may tell how it is meant.
        """
        is_open = bool(self.waiting)
        for index in self.dated:
            if index < len(texts) and texts[index]:
                is_open |= self.orders.see(self.header[index], texts[index], place.line)
        if is_open:
            self.waiting.append((place, texts, doubts))
        else:
            self._put(place, texts, doubts)

    def _put(self, place: Place, texts: list[str], doubts: dict[int, str]) -> None:
        texts, unread = self._with_dates(texts)
        width = len(texts)
        sure = [is_plain(text) for text in texts]
        is_known = True
        for part in self.parts:
            if not part.is_first and part.constants and not _any(texts, part.own):
                continue
            damaged = doubted(part, doubts, unread) if doubts or unread else {}
            row: dict[str, str | None] = dict(part.constants)
            fit: dict[str, str | None] = {}
            for index, column in part.plain:
                if index < width and texts[index]:
                    if sure[index] and column not in damaged and column not in row:
                        fit[column] = texts[index]
                    else:
                        row[column] = texts[index]
            clash = gather(row, texts, part)
            if clash is not None:
                self._refuse(place, part, clash)
                is_known = False
                continue
            self._part_cells(row, damaged, part)
            if part.kind in BUILT_FROM:
                _name(part.kind, row, fit, by_serial=self.is_by_serial)
            if part.is_merged:
                self.intake.merge_row(
                    part.kind,
                    row,
                    place,
                    fit=fit,
                    headings=part.headings,
                    damaged=damaged,
                    tell=is_known,
                )
            else:
                known = self.intake.add_row(
                    part.kind, row, place, headings=part.headings, damaged=damaged, fit=fit
                )
                is_known = is_known and known

    def _with_dates(self, texts: list[str]) -> tuple[list[str], dict[int, str]]:
        """The texts with dates in one form, and why some cannot be read, by position."""
        found, unread = texts, dict[int, str]()
        for index in self.dated:
            text = texts[index] if index < len(texts) else ""
            if not text:
                continue
            try:
                read = self.orders.read(self.header[index], text)
            except values.Misfit as misfit:
                unread[index] = str(misfit)
                continue
            if read != text:
                found = [*found[:index], read, *found[index + 1 :]]
        return found, unread

    def _part_cells(self, row: dict[str, str | None], damaged: dict[str, str], part: Part) -> None:
        """Part the cells that hold two columns."""
        if MAKER_AND_MODEL in row:
            self._split(row, damaged, part)
        if FIRMWARE_AND_HARDWARE in row:
            self._part_hardware(row, damaged, part)

    def _split(self, row: dict[str, str | None], damaged: dict[str, str], part: Part) -> None:
        """Part a maker's name from the model behind it; where nobody knows it, nothing is guessed.

        Then the whole text stands as the model, as it would in a list without makers.
        """
        text = row.pop(MAKER_AND_MODEL) or ""
        heading = part.headings[MAKER_AND_MODEL]
        if MAKER_AND_MODEL in damaged:
            damaged["model"] = damaged.pop(MAKER_AND_MODEL)
        maker, model = self.intake.maker_and_model(text)
        row["manufacturer"], row["model"] = maker, model
        is_known = maker is not None
        self.splits[is_known] = self.splits.get(is_known, 0) + (part is self.parts[0])
        if maker is None and len(self.unsplit) < _NAMED and text not in self.unsplit:
            self.unsplit.append(text)
        self.split_heading = heading

    def _part_hardware(
        self, row: dict[str, str | None], damaged: dict[str, str], part: Part
    ) -> None:
        """Part the revision of the hardware from the firmware where one cell holds both."""
        heading = part.headings[FIRMWARE_AND_HARDWARE]
        if FIRMWARE_AND_HARDWARE in damaged:
            damaged["firmware"] = damaged.pop(FIRMWARE_AND_HARDWARE)
        text = row.pop(FIRMWARE_AND_HARDWARE) or ""
        order = headings.firmware_and_hardware(heading) or ("firmware", "hardware")
        row["firmware"], row["hardware"] = firmware_and_hardware(text, order)
        self.pairs.setdefault(heading, []).append(row["hardware"] is not None)

    def _tell_split(self) -> None:
        for heading, parted in self.pairs.items():
            self.intake.note(
                f"{self.file}: {heading!r} holds firmware and hardware; {sum(parted)} of "
                f"{len(parted)} cells were parted, the rest is the firmware as it stands"
            )
        if not self.splits:
            return
        note = (
            f"{self.file}: {self.split_heading!r} holds maker and model; known makers were parted "
            f"from {self.splits.get(True, 0)} of {sum(self.splits.values())} cells"
        )
        if self.unsplit:
            shown = ", ".join(repr(cut(text, 40)) for text in self.unsplit[:5])
            note += (
                f"; no known maker begins {shown}"
                f"{' ...' if self.unsplit[5:] else ''}: their maker is unknown, the whole text is "
                "the model; give the maker a column of its own"
            )
        self.intake.note(note)

    def _refuse(self, place: Place, part: Part, clash: tuple[str, str]) -> None:
        self.intake.unreadable(
            place.at(part.headings[clash[0]]),
            kind=part.kind,
            reason=f"two columns of this name say different things; keep one ({clash[1]})",
            text=clash[1],
        )


def _name(
    kind: str, row: dict[str, str | None], fit: dict[str, str | None], *, by_serial: bool
) -> None:
    """Give an asset without an id its serial, a component that of its asset and part.

    ``by_serial`` says that the table's assets go by their serials.
    """
    if by_serial and kind == _OF_OTHERS:
        _name("asset", row, fit, by_serial=True)
    own = values.required(kind)[0]
    told = (fit.get(column) or row.get(column) for column in BUILT_FROM[kind])
    built = next((text for text in told if text and not values.says_nothing(text)), None)
    if own in fit or own in row or not built:
        return
    part = fit.get("part") or row.get("part") if kind == _OF_OTHERS else None
    row[own] = built if not part or values.says_nothing(part) else f"{built}/{part}"


def _any(texts: list[str], positions: tuple[int, ...]) -> bool:
    return any(position < len(texts) and texts[position] for position in positions)


def _shape(text: str) -> str:
    """What the ids of one habit share: ``NG1-UPS-07`` and ``NG2-PDU-1`` are ``A9-A-9``."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))

"""Plain CSV lists, as people keep them: a header somewhere, a name, what law, since when."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from cellwarden.model.errors import SourceError
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.nouns import Entry, ListedName, Quality

_MEANINGS: Final = {
    "name": "name entity entity_name company company_name organisation organization party"
    " entity_listed name_of_entity legal_name full_name",
    "aliases": "aliases alias aka also_known_as other_names alternate_names alternative_names"
    " alt_names",
    "weak": "weak_aliases weak_aka low_quality_aliases",
    "former": "former_names fka formerly former_name previous_names",
    "country": "country countries country_code nationality country_of_incorporation",
    "address": "address addresses location city",
    "reference": "reference legal_reference law citation authority legal_basis federal_register",
    "effective_on": "effective_on effective_date effective date_effective listed_on date_listed"
    " in_force_from date",
    "id": "id entity_number entity_id list_id number no entry uid",
    "kind": "kind type entity_type schema",
    "list": "list list_name source program programme",
}
_BY_WORD: Final = {word: key for key, words in _MEANINGS.items() for word in words.split()}
_HEADER_WITHIN: Final = 30
_SEPARATORS: Final = re.compile(r"\s*[;|\n]\s*")
_KINDS: Final = {
    **dict.fromkeys(("individual", "person", "natural person", "p"), "individual"),
    **dict.fromkeys(("vessel", "ship"), "vessel"),
    **dict.fromkeys(("aircraft", "airplane"), "aircraft"),
}
_ALIASES: Final = (
    ("aliases", Quality.STRONG),
    ("former", Quality.FORMER),
    ("weak", Quality.WEAK),
)


def read(path: Path, rows: list[list[str]]) -> list[Entry]:
    """The entries of a plain list; its id is the line where it has no id of its own.

    A further row with an entry's id and no name adds its aliases, country and address.

    Raises:
        SourceError: no header with a name column within the first lines, a name is missing, or
            an id comes twice; names file and line.
    """
    at, columns = _header(path, rows)
    found: dict[str, Entry] = {}
    for line, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {key: row[place].strip() for key, place in columns.items() if place < len(row)}
        if not any(cells.values()):
            continue
        known = found.get(cells.get("id", ""))
        if known is not None and not cells.get("name"):
            _join(known, cells)
            continue
        if not cells.get("name"):
            raise SourceError(
                f"{path}: line {line}: an entry without a name",
                advice="name it or delete the row; the rest of a list is no list",
            )
        entry = _entry(path, line, cells)
        if entry.id in found:
            raise SourceError(
                f"{path}: line {line}: id {entry.id} is there twice",
                advice="give each entry an id of its own; aliases go into one cell, divided by ;",
            )
        found[entry.id] = entry
    return list(found.values())


def _header(path: Path, rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            key = _BY_WORD.get(re.sub(r"[^a-z]+", "_", cell.strip().lower()).strip("_"))
            if key and key not in columns:
                columns[key] = place
        if "name" in columns:
            return at, columns
    raise SourceError(
        f"{path}: line 1: no list that we know, and no header with a column `name`",
        advice="give OFAC's sdn.csv, alt.csv, add.csv, the EU or UN consolidated list, or a CSV"
        " with the columns name, aliases, country, reference, effective_on",
    )


def _entry(path: Path, line: int, cells: dict[str, str]) -> Entry:
    kind = cells.get("kind", "").lower()
    entry = Entry(
        id=cells.get("id") or str(line),
        list_name=cells.get("list") or path.stem,
        kind=_KINDS.get(kind, kind),
        names=[ListedName(text=cells["name"], quality=Quality.PRIMARY)],
        countries=set(),
        places=[],
        reference=cells.get("reference", ""),
        effective_on=cells.get("effective_on", ""),
    )
    _join(entry, cells)
    return entry


def _join(entry: Entry, cells: dict[str, str]) -> None:
    """Add the aliases, countries and address of one row to its entry."""
    for key, quality in _ALIASES:
        entry.names += (
            ListedName(text=text, quality=quality)
            for text in _SEPARATORS.split(cells.get(key, ""))
            if text
        )
    codes = (country_code(part) for part in _SEPARATORS.split(cells.get("country", "")))
    entry.countries.update(code for code in codes if code)
    if cells.get("address"):
        entry.places.append(cells["address"])

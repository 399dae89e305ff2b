"""OFAC's CSV files: entries, alternate names and addresses, by entity number, without headers.

Source: OFAC, "SDN Data Format"; ``-0-`` stands for nothing. Nationalities, places of birth and weak
aliases (in single quotes) stand in the remarks.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from cellwarden.model.errors import SourceError
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.nouns import Entry, ListedName, Quality

LIST_NAME: Final = "OFAC"

_NOTHING: Final = "-0-"
_KINDS: Final = {"individual", "vessel", "aircraft", "", _NOTHING}
_ALIASES: Final = {"aka", "fka", "nka", "a.k.a.", "f.k.a.", "n.k.a."}
_SDN_CELLS: Final = 12
_ALT_CELLS: Final = 5
_ADDRESS_CELLS: Final = 6
_PROBED: Final = 20

_ABOUT: Final = {
    "CUBA": "CU",
    "IRAN": "IR",
    "DPRK": "KP",
    "SYRIA": "SY",
    "IRAQ": "IQ",
    "BELARUS": "BY",
    "ZIMBABWE": "ZW",
    "VENEZUELA": "VE",
    "BURMA": "MM",
    "LEBANON": "LB",
    "LIBYA": "LY",
    "SUDAN": "SD",
    "SOMALIA": "SO",
    "YEMEN": "YE",
    "IFSR": "IR",
    "NICARAGUA": "NI",
    "UKRAINE": "RU UA",
    "RUSSIA": "RU",
}
"""The countries that a programme is about: whoever is on it has to do with them.

A company of Crimea writes itself into the one or the other.
"""

_WEAK: Final = re.compile(r"(?<=k\.a\. ')[^';]{1,200}(?=')")
_STATED: Final = re.compile(r"(?:nationality|citizen|POB) ([^;.]{1,200})")


def shape_of(rows: list[list[str]]) -> str:
    """Which of OFAC's files these rows are: ``sdn``, ``alias``, ``address``; empty for none."""
    probed = [row for row in rows[:_PROBED] if row and row[0].strip().isdigit()]
    if not probed or len(probed) < len([row for row in rows[:_PROBED] if any(row)]) - 1:
        return ""
    first = probed[0]
    if len(first) == _SDN_CELLS and all(_cell(row, 2).lower() in _KINDS for row in probed):
        return "sdn"
    if len(first) == _ALT_CELLS and all(_cell(row, 2).lower() in _ALIASES for row in probed):
        return "alias"
    if len(first) == _ADDRESS_CELLS and all(_cell(row, 1).isdigit() for row in probed):
        return "address"
    return ""


def _cell(row: list[str], at: int) -> str:
    value = row[at].strip() if at < len(row) else ""
    return "" if value == _NOTHING else value


def read_entries(path: Path, rows: list[list[str]]) -> dict[str, Entry]:
    """Entries by entity number.

    Raises:
        SourceError: a number comes twice with two names; names the line.
    """
    found: dict[str, Entry] = {}
    for line, row in enumerate(rows, start=1):
        number, name = _cell(row, 0), _cell(row, 1)
        if not number.isdigit() or not name:
            continue
        known = found.get(number)
        if known is not None and known.names[0].text != name:
            raise SourceError(
                f"{path}: line {line}: entity {number} is there twice, with two names",
                advice="fetch the list anew; two downloads were joined in this file",
            )
        remarks = row[11] if len(row) >= _SDN_CELLS else ""
        names = [ListedName(text=name, quality=Quality.PRIMARY)]
        if "k.a. '" in remarks:
            names += (
                ListedName(text=weak, quality=Quality.WEAK) for weak in _WEAK.findall(remarks)
            )
        entry = Entry(
            id=number,
            list_name=LIST_NAME,
            kind=_cell(row, 2).lower() or "organisation",
            names=names,
            reference=_cell(row, 3),
        )
        _add_countries(entry, row, remarks)
        found[number] = entry
    return found


def _add_countries(entry: Entry, row: list[str], remarks: str) -> None:
    """Nationality, citizenship and place of birth, the programme's country, a vessel's flag."""
    codes = {country_code(_cell(row, 9))}
    if entry.kind == "individual":
        codes.update(country_code(s.rpartition(",")[2]) for s in _STATED.findall(remarks))
    if entry.reference:
        codes.update(
            code
            for programme in entry.reference.split("] [")
            for code in _ABOUT.get(
                programme.strip("[] ").partition("-")[0].rstrip("1234567890"), ""
            ).split()
        )
    entry.countries.update(codes - {""})


def join(shape: str, rows: list[list[str]], entries: dict[str, Entry]) -> None:
    """Add the names of an alias file, or the places of an address file, to their entries."""
    for row in rows:
        entry = entries.get(_cell(row, 0))
        if entry is None:
            continue
        if shape == "alias":
            text = _cell(row, 3)
            former = _cell(row, 2).lower().startswith("f")
            weak = "weak" in _cell(row, 4).lower()
            quality = Quality.WEAK if weak else Quality.FORMER if former else Quality.STRONG
            if text:
                entry.names.append(ListedName(text=text, quality=quality))
        else:
            code = country_code(_cell(row, 4))
            if code:
                entry.countries.add(code)
            place = f"{_cell(row, 2)} {_cell(row, 3)} {_cell(row, 4)}".strip()
            if place:
                entry.places.append(place)

"""Consolidated lists: the European Union's as CSV and XML, the United Nations' as XML.

Source: European Commission, "Consolidated financial sanctions list" (FSF 1.1 layout); United
Nations Security Council, consolidated list (CONSOLIDATED_LIST layout).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cellwarden.model.errors import SourceError
from cellwarden.vendors.screening.lists import markup
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.nouns import Entry, ListedName, Quality

EU: Final = "EU"
UN: Final = "UN"

_EU_COLUMNS: Final = ("Entity_LogicalId", "NameAlias_WholeName")
_EU_PARTS: Final = ("First", "Middle", "Last")
_RECORDS: Final = frozenset({"sanctionEntity", "INDIVIDUAL", "ENTITY"})
_HEADER_WITHIN: Final = 20


def is_eu_csv(path: Path, rows: list[list[str]]) -> bool:
    """Whether these rows are the European Union's list in CSV, wherever its header stands.

    Raises:
        SourceError: they are, but for a column that is missing; names line and column.
    """
    if _eu_header(rows) is not None:
        return True
    for line, row in enumerate(rows[:_HEADER_WITHIN], start=1):
        cells = {cell.strip().lstrip("\ufeff") for cell in row}
        if any(cell.startswith(("Entity_", "NameAlias_")) for cell in cells):
            missing = ", ".join(name for name in _EU_COLUMNS if name not in cells)
            raise SourceError(
                f"{path}: line {line}: the European Union's list without the column {missing}",
                advice="fetch the list anew, in the full CSV layout (1.1)",
            )
    return False


def _eu_header(rows: list[list[str]]) -> int | None:
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if set(_EU_COLUMNS) <= {cell.strip().lstrip("\ufeff") for cell in row}:
            return at
    return None


def read_eu_csv(path: Path, rows: list[list[str]]) -> list[Entry]:
    """The entries of the European Union's CSV, many rows each, joined by their logical id.

    Raises:
        SourceError: a row has a name and no id; names file and line.
    """
    header = _eu_header(rows) or 0
    columns = {cell.strip().lstrip("\ufeff"): at for at, cell in enumerate(rows[header])}

    def cell(row: list[str], name: str) -> str:
        at = columns.get(name, -1)
        return row[at].strip() if 0 <= at < len(row) else ""

    found: dict[str, Entry] = {}
    for line, row in enumerate(rows[header + 1 :], start=header + 2):
        number = cell(row, "Entity_LogicalId")
        name = cell(row, "NameAlias_WholeName") or " ".join(
            filter(None, (cell(row, f"NameAlias_{part}Name") for part in _EU_PARTS))
        )
        if not number:
            if name:
                raise SourceError(
                    f"{path}: line {line}: a name without Entity_LogicalId",
                    advice="fetch the list anew; rows were shifted in this file",
                )
            continue
        entry = found.get(number)
        if entry is None:
            entry = found[number] = Entry(
                id=number,
                list_name=EU,
                kind=_eu_kind(
                    cell(row, "Entity_SubjectType")
                    or cell(row, "Entity_SubjectType_ClassificationCode")
                ),
                names=[],
                countries=set(),
                places=[],
                reference=cell(row, "Entity_Regulation_NumberTitle"),
                effective_on=cell(row, "Entity_Regulation_EntryIntoForceDate"),
            )
        weak = cell(row, "NameAlias_Strong").lower() in {"false", "no", "0"}
        _add_name(entry, name, weak=weak)
        for column in (
            "Address_CountryIso2Code",
            "Citizenship_CountryIso2Code",
            "BirthDate_CountryIso2Code",
        ):
            _add_country(entry, cell(row, column))
        place = " ".join(filter(None, (cell(row, "Address_Street"), cell(row, "Address_City"))))
        if place:
            entry.places.append(place)
    return [entry for entry in found.values() if entry.names]


def _eu_kind(word: str) -> str:
    word = word.lower()
    if word in {"p", "person"}:
        return "individual"
    return "organisation" if word else ""


def _add_name(entry: Entry, text: str, *, weak: bool) -> None:
    text = text.strip()
    if not text or any(name.text == text for name in entry.names):
        return
    sure = Quality.STRONG if entry.names else Quality.PRIMARY
    entry.names.append(ListedName(text=text, quality=Quality.WEAK if weak else sure))


def _add_country(entry: Entry, text: str) -> None:
    code = country_code(text)
    if code:
        entry.countries.add(code)


def read_xml(path: Path, data: bytes) -> list[Entry]:
    """The entries of a European Union or United Nations list in XML.

    Raises:
        SourceError: it is neither of the two, or no sound XML; names file and line.
    """
    root, records = markup.records(path, data, _RECORDS)
    if not records:
        raise SourceError(
            f"{path}: line 1: <{root}> is no list that we know",
            advice="give the European Union's or the United Nations' consolidated list, or a CSV",
        )
    return [
        entry
        for record in records
        if (
            entry := _eu(path, record) if record.tag == "sanctionEntity" else _un(path, record)
        ).names
    ]


def _eu(path: Path, record: markup.Node) -> Entry:
    number = record.attributes.get("logicalId", "")
    regulation = next(record.all("regulation"), None)
    subject = next(record.all("subjectType"), None)
    kind = subject.attributes.get("classificationCode", "") if subject else ""
    law = regulation.attributes if regulation else {}
    entry = Entry(
        id=_number(path, record, number),
        list_name=EU,
        kind=_eu_kind(kind),
        names=[],
        countries=set(),
        places=[],
        reference=law.get("numberTitle", ""),
        effective_on=law.get("entryIntoForceDate", ""),
    )
    for alias in record.all("nameAlias"):
        whole = alias.attributes.get("wholeName", "") or " ".join(
            filter(None, (alias.attributes.get(f"{part.lower()}Name") for part in _EU_PARTS))
        )
        _add_name(entry, whole, weak=alias.attributes.get("strong", "") == "false")
    for tag in ("address", "citizenship", "birthdate"):
        for node in record.all(tag):
            _add_country(entry, node.attributes.get("countryIso2Code", ""))
            if tag == "address":
                street, city = node.attributes.get("street", ""), node.attributes.get("city", "")
                entry.places.append(f"{street} {city}".strip())
    return entry


def _un(path: Path, record: markup.Node) -> Entry:
    entry = Entry(
        id=_number(path, record, record.first("REFERENCE_NUMBER") or record.first("DATAID")),
        list_name=UN,
        kind="individual" if record.tag == "INDIVIDUAL" else "organisation",
        names=[],
        countries=set(),
        places=[],
        reference=record.first("UN_LIST_TYPE"),
        effective_on=record.first("LISTED_ON"),
    )
    parts = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    _add_name(entry, " ".join(filter(None, map(record.first, parts))), weak=False)
    _add_name(entry, record.first("NAME_ORIGINAL_SCRIPT"), weak=False)
    for alias in record.children:
        if alias.tag.endswith("_ALIAS"):
            weak = alias.first("QUALITY").lower() == "low"
            for text in alias.first("ALIAS_NAME").split(";"):
                _add_name(entry, text, weak=weak)
        elif alias.tag.endswith(("_ADDRESS", "_PLACE_OF_BIRTH")):
            _add_country(entry, alias.first("COUNTRY"))
            if alias.tag.endswith("_ADDRESS"):
                entry.places.append(f"{alias.first('STREET')} {alias.first('CITY')}".strip())
        elif alias.tag == "NATIONALITY":
            for value in alias.all("VALUE"):
                _add_country(entry, value.text)
    return entry


def _number(path: Path, record: markup.Node, number: str) -> str:
    if not number:
        raise SourceError(
            f"{path}: line {record.line}: <{record.tag}> without a number of its own",
            advice="fetch the list anew; an answer has to name the entry",
        )
    return number

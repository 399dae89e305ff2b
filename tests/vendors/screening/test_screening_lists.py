from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cellwarden.model.errors import InputError, SourceError
from cellwarden.vendors.screening import Entry, read_list
from cellwarden.vendors.screening.lists import intake
from cellwarden.vendors.screening.nouns import Quality

SDN = (
    '36,"HAVEL STAR LINE",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'HSL\'."\r\n'
    '99,"OLVERT, Jan",individual,"SDGT] [IFSR",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 1 Jan 1960; nationality Germany; POB Lyon, France."\r\n'
)
ALT = '36,12,"aka","HAVELSTERN",-0- \r\n36,13,"fka","ODERSTERN",-0- \r\n'
ADD = '36,25,"Quay 4","Havana","Cuba",-0- \r\n'

EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export"><sanctionEntity logicalId="4711">
<regulation numberTitle="2024/1" entryIntoForceDate="2024-02-01"/>
<subjectType code="enterprise" classificationCode="E"/>
<nameAlias wholeName="Nordlicht Werke" strong="true"/>
<nameAlias wholeName="NLW" strong="false"/>
<address city="Minsk" street="Ring 1" countryIso2Code="BY"/></sanctionEntity></export>"""

UN_XML = """<CONSOLIDATED_LIST><ENTITIES><ENTITY><DATAID>7</DATAID>
<FIRST_NAME>Ostwind Trading</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPe.999</REFERENCE_NUMBER><LISTED_ON>2020-01-02</LISTED_ON>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Ostwind Shipping</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ADDRESS><CITY>Nampo</CITY><COUNTRY>Democratic People's Republic of Korea</COUNTRY>
</ENTITY_ADDRESS></ENTITY></ENTITIES><INDIVIDUALS><INDIVIDUAL><DATAID>8</DATAID>
<FIRST_NAME>Jan</FIRST_NAME><SECOND_NAME>Olvert</SECOND_NAME>
<REFERENCE_NUMBER>KPi.998</REFERENCE_NUMBER><NATIONALITY><VALUE>Germany</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Jan</ALIAS_NAME></INDIVIDUAL_ALIAS>
</INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"""

EU_CSV = (
    "fileGenerationDate;Entity_LogicalId;Entity_SubjectType;Entity_Regulation_NumberTitle;"
    "NameAlias_WholeName;Address_City;Address_CountryIso2Code\n"
    "1;4711;E;2024/1;Nordlicht Werke;;\n"
    "1;4711;E;2024/1;Северное Сияние;;\n"
    "1;4711;E;2024/1;;Minsk;BY\n"
)

PLAIN = (
    "Section 1260H list,,,,\n,,,,\n"
    "Name,Aliases,Country,Reference,Effective date\n"
    'Tidewater Cell Co.,"TCC; Tidewater Cells",China,Sec. 1260H,2024-01-31\n'
)


EU_HEAD = "Entity_LogicalId;NameAlias_LastName;NameAlias_FirstName;NameAlias_WholeName\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Entry]]:
    """Read files with these contents as one list."""

    def write_and_read(*contents: str | bytes) -> list[Entry]:
        paths = []
        for at, content in enumerate(contents):
            path = tmp_path / f"list{at}.dat"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return read_list(paths)

    return write_and_read


def test_alias_and_address_rows_join_the_entry_whose_number_they_name(
    read: Callable[..., list[Entry]],
) -> None:
    entries = read(ALT, ADD, SDN)

    entry = next(one for one in entries if one.id == "36")
    assert [(name.text, name.quality) for name in entry.names] == [
        ("HAVEL STAR LINE", Quality.PRIMARY),
        ("HSL", Quality.WEAK),
        ("HAVELSTERN", Quality.STRONG),
        ("ODERSTERN", Quality.FORMER),
    ]
    assert entry.countries == {"CU"}
    assert entry.places == ["Quay 4 Havana Cuba"]


def test_nationality_and_place_of_birth_are_read_from_the_remarks(
    read: Callable[..., list[Entry]],
) -> None:
    entry = next(one for one in read(SDN) if one.id == "99")

    assert entry.kind == "individual"
    assert entry.countries == {"DE", "FR", "IR"}


@pytest.mark.parametrize("content", [EU_XML, EU_CSV])
def test_the_european_list_is_told_by_its_content(
    read: Callable[..., list[Entry]], content: str
) -> None:
    (entry,) = read(content)

    assert (entry.id, entry.list_name, entry.reference) == ("4711", "EU", "2024/1")
    assert len(entry.names) == 2
    assert entry.countries == {"BY"}


def test_the_list_of_the_united_nations_is_told_by_its_content(
    read: Callable[..., list[Entry]],
) -> None:
    company, person = read(UN_XML)

    assert (company.id, company.effective_on) == ("KPe.999", "2020-01-02")
    assert company.countries == {"KP"}
    assert [name.text for name in person.names] == ["Jan Olvert", "The Jan"]
    assert person.names[1].quality is Quality.WEAK


def test_a_plain_list_keeps_its_law_and_date_below_a_moved_header(
    read: Callable[..., list[Entry]],
) -> None:
    (entry,) = read(PLAIN)

    assert [name.text for name in entry.names] == ["Tidewater Cell Co.", "TCC", "Tidewater Cells"]
    assert (entry.id, entry.reference, entry.effective_on) == ("4", "Sec. 1260H", "2024-01-31")
    assert entry.countries == {"CN"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_gives_the_same_names(
    read: Callable[..., list[Entry]], encoding: str
) -> None:
    (entry,) = read("name,country\nSociété Générique,France\n".encode(encoding))

    assert entry.names[0].text == "Société Générique"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ALT, "no file of the entries"),
        ("", "no list that we know"),
        ("a,b\n1,2\n", "no header with a column `name`"),
        ("name\n,\nx\n\n", "no such"),
        ("name,id\nA,1\nB,1\n", "line 3: id 1 is there twice"),
        ("name,country\n,China\n", "line 2: an entry without a name"),
        ("name,country\n", "no entry"),
        ("a\0b,c\n", "binary data"),
        ("<x><y/></x>", "<x> is no list that we know"),
        ("<export><sanctionEntity", "line 1"),
        ("<export><sanctionEntity/></export>", "without a number"),
        (SDN + '36,"OTHER",-0- ,"CUBA",,,,,,,,\r\n', "line 3: entity 36 is there twice"),
        (EU_CSV + "1;;E;x;Nobody;;\n", "line 5: a name without Entity_LogicalId"),
    ],
)
def test_what_is_no_list_is_refused_by_file_and_line(
    read: Callable[..., list[Entry]], content: str, says: str
) -> None:
    if says == "no such":
        assert len(read(content)) == 1
        return

    with pytest.raises(SourceError, match=says) as refused:
        read(content)

    assert refused.value.advice
    assert "list0.dat" in str(refused.value)


def bomb() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb(), "a document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "a document type"),
        ("<ENTITY>" * 60, "nested deeper"),
        ("<ENTITY>" + "<A/>" * 20_001 + "</ENTITY>", "a record of more than"),
        ("<ENTITY><A>" + "x" * 1_000_002 + "</A></ENTITY>", "a record of more than"),
    ],
)
def test_hostile_markup_is_refused(
    read: Callable[..., list[Entry]], content: str, says: str
) -> None:
    with pytest.raises(SourceError, match=says):
        read(content)


def test_a_cell_of_ten_million_characters_is_refused_by_line(
    read: Callable[..., list[Entry]],
) -> None:
    with pytest.raises(SourceError, match="line 2: field larger"):
        read("name\n" + "x" * 10_000_000 + "\n")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_list([tmp_path / "nowhere.csv"])
    with pytest.raises(InputError, match="directory"):
        read_list([tmp_path])


def test_a_file_beyond_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.csv"
    path.write_text("name\nx\n")
    monkeypatch.setattr(intake, "BIGGEST_FILE", 3)

    with pytest.raises(InputError, match="more than"):
        read_list([path])


def test_every_row_of_the_real_list_finds_its_entry(shared: Path) -> None:
    folder = shared / "data" / "sanctions"

    entries = read_list([folder / name for name in ("sdn.csv", "alt.csv", "add.csv")])

    assert len(entries) > 7_000
    assert sum(len(entry.names) for entry in entries) > 17_000
    assert sum(bool(entry.countries) for entry in entries) > 6_000


def test_a_further_row_with_an_entrys_number_adds_aliases_and_countries(
    read: Callable[..., list[Entry]],
) -> None:
    (entry,) = read("No.,Name,Alias,Country\n2,Tidewater Cell,,\n2,,TWC;Tide Cells,China\n")

    assert [name.text for name in entry.names] == ["Tidewater Cell", "TWC", "Tide Cells"]
    assert (entry.id, entry.countries) == ("2", {"CN"})


def test_a_quote_that_stays_open_swallows_no_entry(read: Callable[..., list[Entry]]) -> None:
    with pytest.raises(SourceError, match="line 2: "):
        read('id,name\n1,"Tidewater Ltd\n2,Quarro Ltd\n')
    with pytest.raises(SourceError, match="line 2: "):
        read('id,name\n1,"Tidewater Ltd\n2,Quarro Ltd\n3,"Havel Ltd"\n')

    assert len(read('id,name\n1,"Tidewater\nLtd"\n2,Quarro Ltd\n')) == 2


def test_commas_in_names_hide_no_semicolon(read: Callable[..., list[Entry]]) -> None:
    entries = read("Entity;Country\nA, B, C Co., Ltd.;China\nD, E, F Co., Ltd.;China\n")

    assert [entry.names[0].text for entry in entries] == [
        "A, B, C Co., Ltd.",
        "D, E, F Co., Ltd.",
    ]


def test_the_unions_list_without_a_column_is_told_by_its_column(
    read: Callable[..., list[Entry]],
) -> None:
    with pytest.raises(SourceError, match=r"line 1: .* without the column NameAlias_WholeName"):
        read("Entity_LogicalId;Entity_SubjectType;NameAlias_Name\n1;E;Quarro\n")


def test_a_name_of_the_unions_list_may_come_in_parts(read: Callable[..., list[Entry]]) -> None:
    (entry,) = read(EU_HEAD + "9;Olvert;Jan;\n")

    assert entry.names[0].text == "Jan Olvert"

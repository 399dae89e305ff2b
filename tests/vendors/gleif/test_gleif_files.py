"""Files of the Global LEI System: both formats, what they say of themselves, hostile ones."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vendors.gleif.written import (
    DELTA,
    ULTIMATE,
    Entity,
    Link,
    Record,
    Silence,
    lei,
    put,
    sheet,
    xml,
)

from cellwarden.model.errors import InputError, SourceError
from cellwarden.vendors.gleif.files import look_at, read
from cellwarden.vendors.gleif.nouns import LeiRecord, Level, NotNamed, Parent, Problem, Raw
from cellwarden.vendors.gleif.records import entity_of, not_named_of, parent_of

ONE: Final = lei("ONE")
TWO: Final = lei("TWO")
RECORDS: Final[dict[Level, list[Record]]] = {
    Level.ENTITIES: [
        Entity(lei=ONE, name='Helio "Power" & Söhne, GmbH', form="GmbH", others=("Old Helio",)),
        Entity(lei=TWO, name="Barge Energy Ltd", country="GB", status="LAPSED"),
    ],
    Level.PARENTS: [
        Link(child=ONE, parent=TWO),
        Link(child=ONE, parent=TWO, type=ULTIMATE, until="2031-01-31"),
    ],
    Level.NOT_NAMED: [Silence(lei=ONE, reason="NATURAL_PERSONS")],
}
NAMES: Final = {
    Level.ENTITIES: "lei2",
    Level.PARENTS: "rr",
    Level.NOT_NAMED: "repex",
}


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def all_of(path: Path) -> list[Raw]:
    return list(read(look_at(path), silent))


@pytest.mark.parametrize("ending", ["xml", "xml.zip", "csv", "csv.zip"])
@pytest.mark.parametrize("level", list(Level))
def test_every_level_is_read_from_every_format(tmp_path: Path, level: Level, ending: str) -> None:
    records = RECORDS[level]
    text = xml(records) if ending.startswith("xml") else sheet(records)
    path = put(
        tmp_path, f"20261102-0800-gleif-goldencopy-{NAMES[level]}-golden-copy.{ending}", text
    )

    file = look_at(path)

    assert file.header.level is level
    assert file.header.dated_on == date(2026, 11, 2)
    assert file.header.is_whole
    assert len(all_of(path)) == len(records)


def test_xml_and_csv_say_the_same(tmp_path: Path) -> None:
    made = {Level.ENTITIES: entity_of, Level.PARENTS: parent_of, Level.NOT_NAMED: not_named_of}

    for level, records in RECORDS.items():
        plain = put(tmp_path, f"20261102-{level}.xml", xml(records))
        table = put(tmp_path, f"20261102-{level}.csv", sheet(records))

        assert [made[level](raw) for raw in all_of(plain)] == [
            made[level](raw) for raw in all_of(table)
        ]


def test_what_a_record_says_is_taken_as_it_stands(tmp_path: Path) -> None:
    entities = all_of(put(tmp_path, "a.xml", xml(RECORDS[Level.ENTITIES])))
    parents = all_of(put(tmp_path, "b.xml", xml(RECORDS[Level.PARENTS])))

    assert entity_of(entities[0]) == LeiRecord(
        lei=ONE,
        name='Helio "Power" & Söhne, GmbH',
        names=("Old Helio",),
        country="DE",
        form="GmbH",
        registration=None,
        entity_status="ACTIVE",
        status="ISSUED",
        renewal_on="2027-06-30",
    )
    assert parent_of(parents[1]) == Parent(
        child=ONE,
        parent=TWO,
        kind="ultimate",
        since_on="2019-07-01",
        until_on="2031-01-31",
        is_active=True,
    ), "the period of the relationship counts, never the accounting year"


def test_an_element_where_text_should_be_is_no_text(tmp_path: Path) -> None:
    text = xml([Entity(lei=ONE, name="Helio GmbH")]).replace("Helio", "Helio<b>x</b><LEI>y</LEI>")

    (raw,) = all_of(put(tmp_path, "e.xml", text))

    assert raw.cells["lei"] == ONE


def test_a_branch_or_a_fund_is_no_parent() -> None:
    raw = Raw(1, {"child": ONE, "parent": TWO, "type": "IS_INTERNATIONAL_BRANCH_OF"}, [], [])

    assert parent_of(raw) is None


@pytest.mark.parametrize("word", ["ANNULLED", "DUPLICATE", "RETIRED"])
def test_a_void_relationship_record_is_no_parent_any_more(tmp_path: Path, word: str) -> None:
    (raw,) = all_of(put(tmp_path, "r.xml", xml([Link(child=ONE, parent=TWO, registration=word)])))

    found = parent_of(raw)

    assert isinstance(found, Parent)
    assert not found.is_active


@pytest.mark.parametrize("bad", ["", "X", ONE[:-1] + "0", ONE + "1", ONE[:19] + "\u0661"])
def test_wrong_check_digits_are_a_problem_with_its_line(tmp_path: Path, bad: str) -> None:
    path = put(tmp_path, "e.xml", xml([Entity(lei=bad, name="Nobody GmbH")]))

    found = [entity_of(raw) for raw in all_of(path)]

    assert [type(one) for one in found] == [Problem]
    assert isinstance(found[0], Problem)
    assert found[0].line == 4
    assert "LEI" in found[0].reason


@given(st.dictionaries(st.sampled_from(["lei", "name", "category", "reason", "type"]), st.text()))
def test_no_cells_whatever_break_a_record(cells: dict[str, str]) -> None:
    raw = Raw(7, dict(cells), [], [])

    for made in (entity_of, parent_of, not_named_of):
        found = made(raw)
        assert found is None or isinstance(found, LeiRecord | Parent | NotNamed | Problem)


def test_a_file_of_changes_is_not_whole(tmp_path: Path) -> None:
    plain = put(tmp_path, "a.xml", xml(RECORDS[Level.PARENTS], content=DELTA))
    table = put(
        tmp_path, "20261102-gleif-goldencopy-rr-last-day.csv", sheet(RECORDS[Level.PARENTS])
    )

    assert not look_at(plain).header.is_whole
    assert not look_at(table).header.is_whole


def test_a_table_without_a_day_asks_for_one(tmp_path: Path) -> None:
    path = put(tmp_path, "entities.csv", sheet(RECORDS[Level.ENTITIES]))

    with pytest.raises(InputError, match="from which day"):
        look_at(path)

    assert look_at(path, dated_on=date(2026, 10, 1)).header.dated_on == date(2026, 10, 1)


LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" if n else "&a;"}">' for n in range(9))
    + "]><LEIData><LEIRecords><LEIRecord>&a8;</LEIRecord></LEIRecords></LEIData>"
)
OUTSIDE: Final = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<LEIData><LEIRecords><LEIRecord><LEI>&x;</LEI></LEIRecord></LEIRecords></LEIData>"
)
DEEP: Final = "<LEIData><LEIRecords>" + "<LEIRecord>" * 60
LONG: Final = (
    "<LEIData><LEIRecords><LEIRecord><LEI>" + "A" * 300_000 + "</LEI></LEIRecord></LEIRecords>"
)
TAGS: Final = (
    "<LEIData><LEIRecords><LEIRecord>"
    + "".join(f"<t{n}/>" for n in range(6_000))
    + "</LEIRecord></LEIRecords></LEIData>"
)
ATTRIBUTE: Final = '<LEIData><LEIRecords><LEIRecord a="' + "x" * (6 * 2**20)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (DEEP, "nested deeper"),
        (LONG, "more than 200,000 characters"),
        (TAGS, "different tags"),
        (ATTRIBUTE, "a tag of more than"),
        ("<LEIData><LEIRecords><LEIRecord></LEIData>", "mismatched tag"),
        (xml(RECORDS[Level.ENTITIES])[:-40], "no element found|unclosed"),
        (xml(RECORDS[Level.ENTITIES], count=7), "its header says 7"),
    ],
    ids=["laughs", "outside", "deep", "long", "tags", "attribute", "crossed", "cut", "fewer"],
)
def test_hostile_and_cut_markup_is_refused_with_file_and_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = put(tmp_path, "20261102-hostile.xml", text)

    with pytest.raises(SourceError, match=says) as caught:
        all_of(path)

    assert "20261102-hostile.xml" in str(caught.value)
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LEI,Name\r\nX,Y\r\n", "headings are none of a golden copy"),
        ("\x00\x01\x02", "headings are none"),
        ("", "headings are none"),
        (sheet(RECORDS[Level.ENTITIES])[:-30], "cut off or damaged"),
        (sheet(RECORDS[Level.ENTITIES]) + '"open', "cut off or damaged"),
        (sheet([Entity(lei=ONE, name="x" * 200_000)]), "cut off or damaged"),
        (sheet(RECORDS[Level.ENTITIES]) + "," * 5_000_000, "a line of more than"),
        (sheet(RECORDS[Level.ENTITIES]) + "\0\n", "cut off or damaged"),
    ],
    ids=["foreign", "binary", "empty", "cut", "quote", "cell", "line", "nul"],
)
def test_tables_that_are_foreign_or_cut_are_refused(tmp_path: Path, text: str, says: str) -> None:
    path = put(tmp_path, "20261102-golden-copy.csv", text)

    with pytest.raises(SourceError, match=says):
        all_of(path)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    many: list[Record] = [Entity(lei=lei(f"E{n}"), name=f"Entity {n}") for n in range(400)]
    path = put(tmp_path, "20261102-lei2.xml.zip", xml(many))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(SourceError, match="damaged or cut off"):
        all_of(path)


def test_an_archive_with_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    many: list[Record] = [Entity(lei=lei(f"E{n}"), name=f"Entity {n}") for n in range(400)]
    path = put(tmp_path, "20261102-lei2.csv.zip", sheet(many))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(SourceError, match="damaged or cut off"):
        all_of(path)


def test_an_archive_of_two_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "20261102-two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", "<a/>")
        archive.writestr("b.csv", "LEI")

    with pytest.raises(SourceError, match="2 XML or CSV files"):
        look_at(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_no_bytes_whatever_do_more_than_refuse(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "20261102-any.xml"
    path.write_bytes(data)

    with pytest.raises((SourceError, InputError)):
        all_of(path)


_STREAMED: Final = """
    import resource, sys
    from pathlib import Path
    from cellwarden.vendors.gleif.files import look_at, read
    from cellwarden.vendors.gleif.records import entity_of
    path = Path(sys.argv[1])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(entity_of(raw) is not None for raw in read(look_at(path), lambda d, t: None))
    print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("ending", ["xml", "csv.zip"])
def test_two_hundred_thousand_records_take_no_more_memory_than_a_few(
    tmp_path: Path, ending: str
) -> None:
    few: list[Record] = [Entity(lei=lei(f"Z{n:06}"), name=f"Entity {n}") for n in range(500)]
    head, first, rest = (
        xml(few, count=200_000).partition("<lei:LEIRecord>")
        if ending == "xml"
        else sheet(few).partition('"Z0000')
    )
    body, last, tail = (first + rest).partition("</lei:LEIRecords>")
    text = head + body * 400 + last + tail
    path = put(tmp_path, f"20261102-lei2-golden-copy.{ending}", text)
    size_kib = len(text) // 1024
    del text

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_STREAMED), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )

    count, grown_kib = map(int, done.stdout.split())
    assert count == 200_000
    assert grown_kib < 12_000, f"{grown_kib} KiB more, for a file of {size_kib} KiB"

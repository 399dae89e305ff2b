"""CSV and its sisters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.header import HEADER_WITHIN
from cellwarden.collect.mapping import kind_of_name, likely_kinds, suggest_mapping
from cellwarden.collect.readers import delimited
from cellwarden.collect.text import is_mojibake
from cellwarden.collect.values import says_nothing
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading, kinds

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]

ANY_CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from("\",;\t|\n'#="),
    max_size=20,
).filter(lambda text: not is_mojibake(text) and not text.startswith("#"))
CELLS = ANY_CELLS.filter(lambda text: not text.strip() or not says_nothing(text.strip()))


def written(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), delimiter=st.sampled_from(",;\t|")
)
def test_rows_come_back_from_csv_as_they_were_written(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    header = ["component_id", "manufacturer", "model", "firmware"]
    table = [header, *([f"c{i}", *row] for i, row in enumerate(rows))]

    reading = collect.read("components.csv", written(table, delimiter))

    expected = [
        kinds()["component"].row(
            {name: cell.strip() or None for name, cell in zip(header, row, strict=True)}
        )
        for row in table[1:]
    ]
    assert reading.tables.get("component", []) == expected
    assert "unreadable" not in reading.tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_unicode_encoding_gives_the_same_rows(encoding: str, rows_of: RowsOf) -> None:
    text = "asset_id;name;manufacturer\nNG3-UPS-01;Pääkeskus;Müller Größe\n"

    reading = collect.read("assets.csv", text.encode(encoding))

    assert rows_of(reading, "asset") == [
        {"asset_id": "NG3-UPS-01", "name": "Pääkeskus", "manufacturer": "Müller Größe"}
    ]


def test_windows_text_is_read_and_the_assumption_is_told(rows_of: RowsOf) -> None:
    data = "asset_id,name\nA1,Müller\n".encode("cp1252")

    seen = collect.preview("assets.csv", data)

    assert rows_of(collect.read("assets.csv", data), "asset")[0]["name"] == "Müller"
    assert "Windows-1252, since line 2 is not UTF-8" in seen.notes[0]


@pytest.mark.parametrize(
    "cell", ["M�ller".encode(), "Müller Ã¼".encode(), "�".encode(), "1â€“2 ü".encode()]
)
def test_a_damaged_cell_is_left_unknown_and_its_row_stays(cell: bytes, rows_of: RowsOf) -> None:
    data = b"asset_id,name\nA1," + cell + b"\nA2,M\xc3\xbcller\n"

    reading = collect.read("assets.csv", data)

    assert rows_of(reading, "asset") == [{"asset_id": "A1"}, {"asset_id": "A2", "name": "Müller"}]
    [bad] = rows_of(reading, "unreadable")
    assert (bad["file"], bad["line"], bad["column"], bad["kind"]) == (
        "assets.csv",
        "2",
        "name",
        "asset",
    )
    assert "write the text anew" in bad["reason"]


def test_bytes_that_are_not_utf8_cost_only_their_cell_where_the_rest_is(rows_of: RowsOf) -> None:
    data = "asset_id,name\nA1,Müller\n".encode() + b"A2,M\xc3ller\n"

    reading = collect.read("assets.csv", data)

    assert rows_of(reading, "asset") == [{"asset_id": "A1", "name": "Müller"}, {"asset_id": "A2"}]
    assert rows_of(reading, "unreadable")[0]["line"] == "3"


def test_headings_are_found_below_title_lines(rows_of: RowsOf) -> None:
    data = b"Battery register,,\nas of October,,\n,,\nAsset Tag,S/N,Vendor\nNG1-UPS-01,77,APC\n"

    reading = collect.read("assets.csv", data)

    assert rows_of(reading, "asset") == [
        {"asset_id": "NG1-UPS-01", "serial": "77", "manufacturer": "APC"}
    ]


def test_the_kind_is_told_by_the_headings_where_the_name_says_nothing(rows_of: RowsOf) -> None:
    reading = collect.read("export-17.csv", b"component_id,asset_id,firmware\nc1,a1,v6.7.2\n")

    assert rows_of(reading, "component") == [
        {"component_id": "c1", "asset_id": "a1", "firmware": "v6.7.2"}
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("register/assets-ng1.csv", "asset"),
        ("parties.csv", "party"),
        ("match_decisions.csv", "match_decision"),
        ("Support (old).csv", "support"),
        ("site.csv", "site"),
    ],
)
def test_the_file_name_tells_the_kind(name: str, kind: str) -> None:
    assert collect.kind_of_name(name) == kind


def test_a_later_row_of_the_same_id_says_where_the_first_stands(rows_of: RowsOf) -> None:
    data = b"asset_id,model\nA1,one\nA2,two\nA1,three\n"

    reading = collect.read("assets.csv", data)

    assert [row["model"] for row in rows_of(reading, "asset")] == ["one", "two"]
    [bad] = rows_of(reading, "unreadable")
    assert bad["line"] == "4"
    assert "at line 2" in bad["reason"]


def test_cells_beyond_the_headings_make_a_row_unreadable(rows_of: RowsOf) -> None:
    data = b"asset_id,model,serial\nA1,one,,,\nA2,Smart, UPS,77\nA3\n"

    reading = collect.read("assets.csv", data)

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A1", "A3"]
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["text"]) == ("3", "77")


def test_two_columns_of_one_name_must_agree(rows_of: RowsOf) -> None:
    data = b"asset_id,serial,serial\nA1,7,\nA2,7,7\nA3,7,8\n"

    reading = collect.read("assets.csv", data)

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A1", "A2"]
    assert rows_of(reading, "unreadable")[0]["text"] == "7 / 8"


def test_a_forgotten_quotation_mark_does_not_swallow_the_file(rows_of: RowsOf) -> None:
    rows = "".join(f"A{i},model {i}\n" for i in range(2, 500))
    data = f'asset_id,model\nA1,"one\n{rows}'.encode()

    reading = collect.read("assets.csv", data)

    assert len(reading.tables["asset"]) == 498
    [bad] = rows_of(reading, "unreadable")
    assert bad["line"] == "2"
    assert "quotation marks" in bad["reason"]


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends(rows_of: RowsOf) -> None:
    data = b'asset_id,model\r\nA1,"Smart, ""UPS""\r\n750"\r\nA2,x\r\n'

    reading = collect.read("assets.csv", data)

    assert rows_of(reading, "asset")[0]["model"] == 'Smart, "UPS"\n750'
    assert rows_of(reading, "asset")[1]["asset_id"] == "A2"


def test_a_nul_character_makes_its_cell_unreadable(rows_of: RowsOf) -> None:
    reading = collect.read("assets.csv", b"asset_id,model\nA1,a\x00b\nA2,fine\n")

    assert rows_of(reading, "asset") == [{"asset_id": "A1"}, {"asset_id": "A2", "model": "fine"}]
    assert "NUL" in rows_of(reading, "unreadable")[0]["reason"]


def test_a_cell_of_ten_million_characters_is_unreadable_and_the_rest_goes_on(
    rows_of: RowsOf,
) -> None:
    data = b"asset_id,model\nA1," + b"x" * 10_000_000 + b"\nA2,fine\n"

    reading = collect.read("assets.csv", data)

    assert rows_of(reading, "asset") == [{"asset_id": "A1"}, {"asset_id": "A2", "model": "fine"}]
    [bad] = rows_of(reading, "unreadable")
    assert "10000000 characters" in bad["reason"]
    assert len(bad["text"]) == 200


def test_every_fault_of_a_row_is_named_at_once(rows_of: RowsOf) -> None:
    data = b"asset_id,Batterietyp,Garantie bis\n,plutonium,04/03/2027\n"

    reading = collect.read("assets.csv", data)

    [bad] = rows_of(reading, "unreadable")
    assert bad["column"] == "Batterietyp"
    for words in ("lead_acid", "2026-11-16", "asset_id: this cell must not be empty"):
        assert words in bad["reason"]


def test_identity_strings_are_taken_verbatim(rows_of: RowsOf) -> None:
    strings = [
        "AOS 6.4.0 / APP 6.4.0",
        "UPS 09.3 (ID18)",
        "PW9130  700VA-T      700i",
        "=2+3",
        "UPS 06.5 / ID=18",
    ]
    data = written([["component_id", "firmware"], *([f"c{i}", s] for i, s in enumerate(strings))])

    reading = collect.read("components.csv", data)

    assert [row["firmware"] for row in rows_of(reading, "component")] == strings


def test_control_characters_are_kept_and_flagged(rows_of: RowsOf) -> None:
    data = b"asset_id,name\nA1,\x1b[31mred\n"

    seen = collect.preview("assets.csv", data)

    assert rows_of(collect.read("assets.csv", data), "asset")[0]["name"] == "\x1b[31mred"
    assert any("control characters" in note and "line 2" in note for note in seen.notes)


def test_a_spreadsheet_error_is_no_value(rows_of: RowsOf) -> None:
    reading = collect.read("components.csv", b"component_id,firmware\nc1,#N/A\n")

    assert rows_of(reading, "component") == [{"component_id": "c1"}]
    assert "mend its formula" in rows_of(reading, "unreadable")[0]["reason"]


def test_a_declared_separator_is_believed(rows_of: RowsOf) -> None:
    reading = collect.read("assets.csv", b"sep=;\nasset_id;model\nA1;a,b\n")

    assert rows_of(reading, "asset") == [{"asset_id": "A1", "model": "a,b"}]


def test_a_table_without_known_headings_is_refused_with_a_next_step() -> None:
    with pytest.raises(SourceError, match=r"assets.csv.*asset_id not found.*foo, bar") as refused:
        collect.read("assets.csv", b"foo,bar\n1,2\n")

    assert "asset_id" in refused.value.advice


def test_headings_of_no_kind_are_refused_with_a_next_step() -> None:
    with pytest.raises(SourceError, match="neither its name nor its headings") as refused:
        collect.read("table.csv", b"foo,bar\n1,2\n")

    assert "assets.csv" in refused.value.advice


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(SourceError, match=r"assets.csv is empty"):
        collect.read("assets.csv", b"\xef\xbb\xbf\r\n")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(SourceError, match="holds no text"):
        collect.read("assets.csv", bytes(range(32)) * 20)


@settings(max_examples=80, deadline=None)
@given(
    data=st.binary(max_size=200), name=st.sampled_from(["assets.csv", "components.tsv", "x.csv"])
)
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(
    data: bytes, name: str, attempt: Attempt
) -> None:
    head = b"asset_id,component_id,model\n"

    outcome = attempt(name, head + data)

    assert isinstance(outcome, SourceError) or outcome.source == name


HEADINGS = ("asset_id", "Serial", "Hersteller", "Modell", "Firmware", "site", "x", "", "NG1/UPS")


def score_of(cells: list[str], kind: str | None) -> int:
    """How much of one line is understood as headings."""
    if kind:
        return len(suggest_mapping(cells, kind).understood)
    likely = likely_kinds(cells)
    return likely[0][0] if likely else 0


@given(
    st.lists(
        st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=6).flatmap(
            lambda cells: st.sampled_from([",", ";", "\t", "|"]).map(lambda sign: sign.join(cells))
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["assets.csv", "list.csv"]),
)
@settings(max_examples=60)
def test_the_separator_is_that_of_the_best_line_of_all_lines(lines: list[str], name: str) -> None:
    kind = kind_of_name(name)
    asked = {
        sign: [
            [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]
            for line in lines
        ]
        for sign in (",", ";", "\t", "|")
    }
    ranked = [
        (max(score_of(cells, kind) for cells in rows), max(map(len, rows)), sign)
        for sign, rows in asked.items()
    ]
    best = max(ranked, key=lambda one: one[:2])  # of equal ones the first

    chosen = delimited._delimiter(lines, kind, None)

    assert len(lines) <= HEADER_WITHIN
    assert chosen == best[2]

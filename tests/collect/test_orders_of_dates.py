"""Which of two numbers of a date is the day: told by the column, by a mapping, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.collect import Preview, dump_mapping, load_mapping, preview, read
from cellwarden.collect.date_order import DateOrders
from cellwarden.collect.values import Misfit
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds


def shown(*dates: str, mapping: str = "") -> Preview:
    rows = "".join(f"U{place},APC,9PX,{text}\n" for place, text in enumerate(dates, 1))
    data = f"Asset,Vendor,Model,Installed on\n{rows}".encode()
    given = load_mapping(mapping) if mapping else None
    return preview("fleet.csv", data, given, limit=100)


def installed(found: Preview) -> list[str | None]:
    return [row.cells.get("installed_on") for row in found.rows if row.kind == "asset"]


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        (["03/04/2026", "11/16/2026"], ["2026-03-04", "2026-11-16"]),
        (["11/16/2026", "03/04/2026"], ["2026-11-16", "2026-03-04"]),
        (["03/04/2026", "16/11/2026"], ["2026-04-03", "2026-11-16"]),
        (["03-04-2026", "16-11-2026"], ["2026-04-03", "2026-11-16"]),
        (["3/4/26", "11/16/2026"], ["2026-03-04", "2026-11-16"]),
        (["03.04.2026", "11.16.2026"], ["2026-03-04", "2026-11-16"]),
        (["03.04.2026", "16.11.2026"], ["2026-04-03", "2026-11-16"]),
        (["03.04.2026"], ["2026-04-03"]),
        (["04/04/2026"], ["2026-04-04"]),
    ],
)
def test_a_number_above_12_decides_for_its_column(dates: list[str], read_as: list[str]) -> None:
    found = shown(*dates)

    assert installed(found) == read_as
    assert found.problems == ()


def test_the_preview_says_what_was_concluded_and_from_which_cell() -> None:
    found = shown("03/04/2026", "11/16/2026")

    assert (
        "fleet.csv: 'Installed on' has the month first, as '11/16/2026' in line 3 tells: "
        "'03/04/2026' is read as 2026-03-04"
    ) in found.notes


def test_where_nothing_decides_the_cell_stays_unknown_with_its_place_and_the_next_step() -> None:
    found = shown("03/04/2026", "2026-11-16")

    [problem] = found.problems
    assert installed(found) == [None, "2026-11-16"]
    assert (problem.line, problem.column, problem.text) == (2, "Installed on", "03/04/2026")
    assert "no cell of the column tells" in problem.reason
    assert '[dates]: "Installed on" = "dmy" or "mdy"' in problem.reason


def test_cells_that_contradict_each_other_decide_nothing() -> None:
    found = shown("16/11/2026", "03/04/2026", "11/16/2026")

    [problem] = found.problems
    assert installed(found) == ["2026-11-16", None, "2026-11-16"]
    assert "contradicts itself ('16/11/2026' in line 2, '11/16/2026' in line 4)" in problem.reason


def test_dotted_dates_that_contradict_each_other_have_no_habit_left() -> None:
    found = shown("16.11.2026", "03.04.2026", "11.16.2026")

    assert installed(found) == ["2026-11-16", None, "2026-11-16"]


def test_a_column_decides_only_for_itself_and_for_its_own_sign() -> None:
    data = (
        b"Asset,Vendor,Model,Installed on,Warranty until\n"
        b"U1,APC,9PX,11/16/2026,03/04/2027\nU2,APC,9PX,03.04.2026,\n"
    )

    found = preview("fleet.csv", data)

    first, second = (row.cells for row in found.rows if row.kind == "asset")
    assert (first["installed_on"], second["installed_on"]) == ("2026-11-16", "2026-04-03")
    assert "warranty_until" not in first
    assert [problem.column for problem in found.problems] == ["Warranty until"]


def test_a_year_of_two_digits_does_not_tell_where_it_stands() -> None:
    found = shown("16/11/26", "03/04/2026")

    assert installed(found) == [None, None]
    assert len(found.problems) == 2


ORDERED = """
kind = "asset"

[columns]
"Asset" = "asset_id"
"Vendor" = "manufacturer"
"Model" = "model"
"Installed on" = "installed_on"

[dates]
"Installed on" = "mdy"
"""


def test_a_mapping_names_the_order_and_refuses_what_contradicts_it() -> None:
    found = shown("03/04/2026", "3.4.26", "16/11/2026", mapping=ORDERED)

    [problem] = found.problems
    assert installed(found) == ["2026-03-04", "2026-03-04", None]
    assert problem.line == 4
    assert "the column mapping says that 'Installed on' has the month first" in problem.reason


def test_a_mapping_with_another_word_for_an_order_is_refused_with_its_line() -> None:
    with pytest.raises(InputError, match=r"line 11.*'us' is no order of dates"):
        load_mapping(ORDERED.replace('"mdy"', '"us"'))


def test_a_mapping_that_orders_a_heading_that_is_not_there_is_told() -> None:
    found = shown("2026-11-16", mapping=ORDERED + '"Opened" = "dmy"\n')

    assert [problem.column for problem in found.problems] == ["Opened"]


def test_what_was_concluded_goes_into_the_mapping_and_holds_from_then_on() -> None:
    [mapping] = shown("03/04/2026", "11/16/2026").mappings

    text = dump_mapping(mapping)
    again = shown("03/04/2026", mapping=text)

    assert load_mapping(text) == mapping
    assert mapping.dates == {"Installed on": "mdy"}
    assert installed(again) == ["2026-03-04"]


def test_dots_by_habit_need_no_word_in_the_mapping() -> None:
    found = shown("03.04.2026", "16.11.2026")

    [mapping] = found.mappings
    assert mapping.dates == {}
    assert not any("first" in note for note in found.notes)


def test_rows_keep_their_order_and_titles_are_still_left_out() -> None:
    lines = ["Asset,Vendor,Model,Serial,Installed on", "Halle 1,,,,"]
    lines += [f"U-{place},APC,9PX,S{place},0{place}/04/2026" for place in range(1, 6)]
    lines += ["U-6,APC,9PX,S6,11/16/2026", "Total,,,,6"]

    found = preview("fleet.csv", "\n".join(lines).encode(), limit=100)

    ids = [row.cells["asset_id"] for row in found.rows if row.kind == "asset"]
    assert ids == [f"U-{place}" for place in range(1, 7)]
    assert any("'Halle 1'" in note for note in found.notes)


def test_rows_of_a_yaml_file_tell_each_other() -> None:
    text = (
        "assets:\n"
        "- {asset_id: U1, manufacturer: APC, model: 9PX, installed_on: 03/04/2026}\n"
        "- {asset_id: U2, manufacturer: APC, installed_on: 11/16/2026}\n"
    )

    found = preview("fleet.yaml", text.encode())

    assert installed(found) == ["2026-03-04", "2026-11-16"]


def test_an_exception_whose_expiry_has_two_readings_is_not_taken() -> None:
    data = (
        b"exception_id,accepts,reason,approver,requested_by,expires_on\nX1,C1,why,A,B,03/04/2026\n"
    )

    reading = read("exceptions.csv", data)

    assert "exception" not in reading.tables
    [row] = reading.tables["unreadable"]
    assert "day or month may come first" in str(
        row[kinds()["unreadable"].column_names.index("reason")]
    )


DAYS = st.dates(date(1990, 1, 1), date(2069, 12, 31))
SIGNS = st.sampled_from("/-.")


def written(day: date, order: str, sign: str) -> str:
    parts = (day.day, day.month) if order == "dmy" else (day.month, day.day)
    return sign.join([f"{parts[0]:02}", f"{parts[1]:02}", str(day.year)])


@given(days=st.lists(DAYS, min_size=1), order=st.sampled_from(["dmy", "mdy"]), sign=SIGNS)
def test_a_column_in_one_order_is_read_rightly_or_not_at_all(
    days: Sequence[date], order: str, sign: str
) -> None:
    decisive = any(day.day > 12 for day in days)
    orders = DateOrders({})
    for line, day in enumerate(days):
        orders.see("on", written(day, order, sign), line)

    for day in days:
        text = written(day, order, sign)
        if decisive:
            assert read_back(orders, text) == day.isoformat()
        elif sign != "." and day.day != day.month:
            with pytest.raises(Misfit):
                orders.read("on", text)


def read_back(orders: DateOrders, text: str) -> str:
    from cellwarden.collect.values import fit_date

    return fit_date(orders.read("on", text))

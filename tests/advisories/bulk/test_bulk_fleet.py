from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwarden.advisories.bulk import FleetRange, FleetVerdicts, match_fleet
from cellwarden.advisories.versions import read_range

Row = tuple[str | None, str | None, str | None]
Answers = Counter[tuple[str, str, str, int, bool]]

PRODUCTS = {("APC", "AP7902B"): 1, ("APC", "AP8641"): 1, ("Eaton", "PXGMS"): 2, ("Eaton", "9PX"): 3}
VERSIONS = ["", "unknown", "6.7.2", "V6.7.2", "6.9.6", "6.10", "7", "2024-05-01", "4.0 SP1", "1.4b"]
RANGES = ["vers:all/*", "<= 6.9.6", "< V7.0", ">= 6.0 and < 6.9", "6.7.2", "vers:all/<V6.10"]
STRANGE = [
    "4.x",
    "prior to the update of May",
    "< 2024-06-01",
    "4.0 SP1 and earlier",
    "NMC2 <= 6.9.6",
]


def matched(
    folder: Path, rows: list[Row], ranges: list[FleetRange]
) -> tuple[Answers, FleetVerdicts]:
    """The answers of the sets, by the words of the fleet."""
    path = folder / "fleet.parquet"
    names = ("manufacturer", "model", "firmware")
    columns = {
        name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)
    }
    pq.write_table(pa.table(columns), path)
    connection = duckdb.connect()
    verdicts = match_fleet(connection, fleet=path, products=PRODUCTS, ranges=ranges)
    found = connection.execute(
        "select p.product_id, f.firmware, v.range_id, v.is_inside, v.components from verdict v"
        " join (select distinct product_id from product) p on p.product_id = v.product_id"
        " join fleet_version f on f.version_id = v.version_id"
    ).fetchall()
    connection.close()
    answers: Answers = Counter()
    for product, firmware, number, is_inside, components in found:
        answers[str(product), firmware, "", number, is_inside] += components
    return answers, verdicts


def row_by_row(rows: list[Row], ranges: list[FleetRange]) -> Answers:
    """The same, one component after the other."""
    answers: Answers = Counter()
    for manufacturer, model, firmware in rows:
        product = PRODUCTS.get((manufacturer or "", model or ""))
        for one in ranges:
            if one.product_id == product:
                inside = read_range(one.text, kind=one.kind).place(firmware or "").inside
                if inside is not False:
                    answers[str(product), firmware or "", "", one.range_id, bool(inside)] += 1
    return answers


def ranges_of(texts: list[tuple[int, str]]) -> list[FleetRange]:
    return [
        FleetRange(range_id=number, product_id=product, text=text)
        for number, (product, text) in enumerate(texts)
    ]


rows = st.lists(
    st.tuples(
        st.sampled_from(["APC", "Eaton", None]),
        st.sampled_from(["AP7902B", "AP8641", "PXGMS", "9PX", "unheard of", None]),
        st.sampled_from([*VERSIONS, None]),
    ),
    max_size=30,
)
range_texts = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(RANGES + STRANGE)), max_size=12)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(rows=rows, texts=range_texts)
def test_sets_answer_as_one_component_after_the_other(
    tmp_path: Path, rows: list[Row], texts: list[tuple[int, str]]
) -> None:
    ranges = ranges_of(texts)

    answers, verdicts = matched(tmp_path, rows, ranges)

    expected = row_by_row(rows, ranges)
    assert answers == expected
    assert verdicts.inside == sum(count for key, count in expected.items() if key[-1])
    assert verdicts.open == sum(count for key, count in expected.items() if not key[-1])


def test_range_texts_of_the_real_corpus_are_answered_alike(tmp_path: Path, shared: Path) -> None:
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as file:
        texts = sorted({row["version_text"] for row in csv.DictReader(file)})[::15]
    ranges = ranges_of([(2, text) for text in texts])
    fleet: list[Row] = [("Eaton", "PXGMS", version) for version in VERSIONS]

    answers, verdicts = matched(tmp_path, fleet, ranges)

    assert len(texts) > 250
    assert answers == row_by_row(fleet, ranges)
    assert verdicts.compared_exactly < verdicts.cells


def test_all_versions_hold_a_blank_one_and_nothing_else_does(tmp_path: Path) -> None:
    ranges = ranges_of([(1, "vers:all/*"), (1, "<= 6.9.6")])

    answers, _ = matched(tmp_path, [("APC", "AP7902B", None)], ranges)

    assert answers == Counter({("1", "", "", 0, True): 1, ("1", "", "", 1, False): 1})


def test_same_product_and_version_is_counted_and_decided_once(tmp_path: Path) -> None:
    one: Row = ("APC", "AP7902B", "6.7.2")
    other: Row = ("APC", "AP8641", "6.7.2")
    fleet = [one] * 1000 + [other] * 500

    answers, verdicts = matched(tmp_path, fleet, ranges_of([(1, "<= 6.9.6")]))

    assert answers == Counter({("1", "6.7.2", "", 0, True): 1500})
    assert (verdicts.pairs, verdicts.cells) == (2, 1)


@pytest.mark.parametrize("fleet", [[], [("Nobody", "Nothing", "1.0")]])
def test_fleet_without_a_known_product_has_no_verdict(tmp_path: Path, fleet: list[Row]) -> None:
    answers, verdicts = matched(tmp_path, fleet, ranges_of([(1, "vers:all/*")]))

    assert answers == Counter()
    assert (verdicts.inside, verdicts.open) == (0, 0)


@pytest.mark.parametrize("step", ["pairs", "meetings", "cells", "decided", "verdicts", "counts"])
def test_statement_has_a_twin_on_spark(step: str, root: Path) -> None:
    folder = root / "src" / "cellwarden" / "advisories" / "bulk" / "sql"
    statement = (folder / f"{step}.sql").read_text("utf-8")

    twins = sqlglot.transpile(
        statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )

    assert len(twins) == 1
    assert sqlglot.parse_one(twins[0], read="spark") is not None

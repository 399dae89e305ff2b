"""Every view and every compiled SELECT has a twin in Spark's dialect."""

from __future__ import annotations

import re

import pytest
import sqlglot

from cellwarden.checks.check import load_catalogue
from cellwarden.checks.subject import PARTS, part_sql, subjects
from cellwarden.checks.verdict_sql import counts_sql, verdicts_sql

NO_TWIN = ("json_array", "strlen", "list_contains", "struct_pack", "arg_max_null")


def texts() -> dict[str, str]:
    found = {f"part_{name}": part_sql(name) for name in PARTS}
    for subject in subjects().values():
        checks = [check for check in load_catalogue() if check.subject == subject.name]
        found[subject.view] = subject.sql
        found[f"verdicts of {subject.name}"] = verdicts_sql(subject, checks)
        found[f"counts of {subject.name}"] = counts_sql(f"verdict_{subject.name}", checks)
    return found


@pytest.mark.parametrize(("name", "text"), list(texts().items()), ids=list(texts()))
def test_it_becomes_spark_sql_that_reads_back(name: str, text: str) -> None:
    (twin,) = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )

    back = sqlglot.parse_one(twin, read="spark")

    # The writer may hoist a WITH, so the text is compared only once it has settled.
    settled = back.sql("spark")
    assert sqlglot.parse_one(settled, read="spark").sql("spark") == settled, name


@pytest.mark.parametrize(("name", "text"), list(texts().items()), ids=list(texts()))
def test_it_calls_nothing_that_has_no_twin(name: str, text: str) -> None:
    called = set(re.findall(r"\b([a-z_]+)\(", text.lower()))

    assert not called.intersection(NO_TWIN), name


@pytest.mark.parametrize("name", [*PARTS, *subjects()])
def test_every_view_says_what_one_row_is(name: str) -> None:
    text = part_sql(name) if name in PARTS else subjects()[name].sql

    assert text.startswith("-- One row: ")

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from cellwarden.model.facts import FRAME, kinds
from cellwarden.store import kind_tables
from cellwarden.store.facts import Partitions


@pytest.mark.parametrize(
    "name",
    ["by_source", "by_source_mixed", "by_source_once", "one_source", "merged", "empty"],
)
@pytest.mark.parametrize("kind", ["component", "window", "exception"])
def test_every_view_has_a_spark_twin(name: str, kind: str) -> None:
    template = kind_tables._template(name)
    names = kinds()[kind].column_names
    text = template.format(
        kind=kind,
        made="view",
        columns=", ".join(f'"{column}"' for column in names),
        nulls=", ".join(f'cast(null as varchar) as "{column}"' for column in names),
        merged_columns=", ".join(
            f'max_by("{column}", case when "{column}" is not null then seen end) as "{column}"'
            for column in names
        ),
        observed="null",
        order=kind_tables._NEWEST_FIRST,
        files="[]",
        as_of="2026-11-16T23:59:59.000000Z",
    )

    twin = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )

    assert len(twin) == 1
    assert sqlglot.parse_one(twin[0], read="spark") is not None


def test_a_kind_has_a_partition_only_where_rows_were_written(tmp_path: Path) -> None:
    partitions = Partitions(tmp_path)

    assert partitions.entries_of("component", 10) == []


def test_every_kind_names_its_key_among_its_columns() -> None:
    for kind in kinds().values():
        assert set(kind.key) <= set(kind.column_names), kind.name
        frame = {"entry", "row", *FRAME}
        assert not frame & set(kind.column_names), f"{kind.name} has a column of the frame"

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.ledger.rows import rows_root
from cellwarden.model.errors import InputError, StoreError
from cellwarden.model.facts import ASSERT, Row, kinds
from cellwarden.store import bulk
from cellwarden.store.facts import Fact, read_committed
from cellwarden.store.state import Draft, State

PRODUCT = kinds()["product"]
TEXT = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
ROWS = st.lists(
    st.tuples(st.text(min_size=1, max_size=6), *[TEXT] * (len(PRODUCT.columns) - 1)),
    min_size=1,
    max_size=200,
)


def draft(taken_at: str | None = None) -> Draft:
    return Draft(
        act="register",
        actor="tester",
        source="register/products.csv",
        clock_at="2026-11-01T00:00:00Z",
        taken_at=taken_at,
    )


def table(rows: list[Row]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, pa.string()) for column in columns], names=list(PRODUCT.column_names)
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    rows=ROWS, since=st.one_of(st.none(), st.just("2026-10-01T00:00:00Z")), cut=st.integers(1, 9)
)
def test_rows_by_the_million_commit_to_what_single_rows_commit_to(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], since: str | None, cut: int
) -> None:
    target = tmp_path_factory.mktemp("bulk") / "rows.parquet"
    whole = table(rows)
    pieces = [whole.slice(at, cut) for at in range(0, len(rows), cut)]

    with patch.object(bulk, "_CHUNK", 64):
        made = bulk.write_bulk(target, PRODUCT, pieces, entry=3, source="s", valid_from=since)

    committed = [(ASSERT, since, None, *row) for row in rows]
    assert made.root == rows_root(committed).hex()
    assert made.rows == len(rows)
    assert read_committed(target, PRODUCT.column_names) == committed


@pytest.mark.parametrize(
    "odd", ["\x0b", "\x1f", "\x00", "\\u000B", "\x7f", "\u2028", "𝟙", "\\", '"']
)
def test_a_character_that_engines_write_differently_commits_alike(tmp_path: Path, odd: str) -> None:
    row = ("P1", f"a{odd}b", *[None] * (len(PRODUCT.columns) - 2))

    made = bulk.write_bulk(
        tmp_path / "rows", PRODUCT, [table([row])], entry=0, source="s", valid_from=None
    )

    assert made.root == rows_root([(ASSERT, None, None, *row)]).hex()


def test_a_bulk_import_is_seen_by_the_views_and_verifies_as_single_rows_do(tmp_path: Path) -> None:
    rows: list[Row] = [
        ("Maker", f"Model {n}", *[None] * (len(PRODUCT.columns) - 2)) for n in range(150)
    ]
    facts = [Fact(cells=row, valid_from="2026-10-01") for row in rows]

    with State(tmp_path / "bulk") as state, State(tmp_path / "single") as single:
        state.record_bulk(draft("2026-10-01"), "product", [table(rows)])
        single.record(draft("2026-10-01"), {"product": facts})
        seen = (
            state.connect(as_of="9999").sql("select count(*), max(model) from product").fetchall()
        )
        found = (list(state.problems()), state.root(), single.root())

    assert seen == [(150, "Model 99")]
    assert found[0] == []
    assert found[1] == found[2]


@pytest.mark.parametrize(
    ("strange", "says"),
    [
        (pa.table({"manufacturer": pa.array(["a"]), "colour": pa.array(["red"])}), "colour"),
        (pa.table({"manufacturer": pa.array([7])}), "int64, not text"),
    ],
)
def test_a_table_that_does_not_fit_records_nothing(
    tmp_path: Path, strange: pa.Table, says: str
) -> None:
    with State(tmp_path) as state:
        with pytest.raises(InputError, match=says):
            state.record_bulk(draft(), "product", [strange])
        size = state.log.size()

    assert size == 0
    assert not list(tmp_path.rglob("*.pending"))


@pytest.fixture
def small_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_in_the_middle_of_a_bulk_import_records_nothing(tmp_path: Path) -> None:
    import hashlib

    rows: list[Row] = [
        (hashlib.sha256(str(n).encode()).hexdigest(), *[None] * (len(PRODUCT.columns) - 1))
        for n in range(40_000)
    ]

    with State(tmp_path) as state:
        with pytest.raises(StoreError, match="cannot write"):
            state.record_bulk(draft(), "product", [table(rows)])
        size = state.log.size()

    assert size == 0
    assert not list(tmp_path.rglob("*.pending"))

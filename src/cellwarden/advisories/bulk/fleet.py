"""A fleet of millions against many ranges: one pass over its columns, then sets of distinct pairs.

The way: the distinct (manufacturer, model, firmware) of the fleet; their products, interned by
whoever knows which names mean which product; the distinct (version, range text) that meet; one
answer for each of those, by comparing ranks of order-preserving keys, or, where a key cannot say,
by the scheme's exact comparison; and the answers joined back. No step is a loop over components.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cellwarden.advisories.bulk.cells import RangeText, rank, read_text
from cellwarden.advisories.versions.spelling import is_blank

if TYPE_CHECKING:
    import duckdb


class FleetRange(msgspec.Struct, frozen=True, kw_only=True):
    """One range of one product: ``product_id`` is interned, ``kind`` the statement's."""

    range_id: int
    product_id: int
    text: str
    kind: str = "range"


class FleetVerdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What came out, as tables of the connection.

    ``fleet_version``: version_id, firmware. ``pair``: product_id, version_id, components.
    ``verdict``: product_id, version_id, range_id, is_inside, components; true is inside, false is
    open (it cannot be told), and what lies outside has no row. ``pairs`` counts the distinct
    (manufacturer, model, firmware) of the fleet, ``cells`` the distinct (version, range text)
    that met; ``inside`` and ``open`` count components times ranges.
    """

    pairs: int
    cells: int
    compared_exactly: int
    inside: int
    open: int


def match_fleet(
    connection: duckdb.DuckDBPyConnection,
    *,
    fleet: Path,
    products: Mapping[tuple[str, str], int],
    ranges: Iterable[FleetRange],
) -> FleetVerdicts:
    """Match a Parquet file with the columns manufacturer, model and firmware against ranges.

    ``products`` gives the product that a manufacturer and a model mean; a pair without one is of
    no product that an advisory names. An absent firmware counts as blank.
    """
    range_texts = load_ranges(connection, products, ranges)
    return match_loaded(connection, fleet=fleet, range_texts=range_texts)


def load_ranges(
    connection: duckdb.DuckDBPyConnection,
    products: Mapping[tuple[str, str], int],
    ranges: Iterable[FleetRange],
) -> list[RangeText]:
    """Bring products and ranges into tables; read each distinct range text once."""
    texts: dict[tuple[str, str], int] = {}
    columns: list[tuple[int, int, int]] = []
    for one in ranges:
        text_id = texts.setdefault((one.text, one.kind), len(texts))
        columns.append((one.range_id, one.product_id, text_id))
    range_texts = [read_text(text_id, *words) for words, text_id in texts.items()]
    names = list(products)
    _load(
        connection,
        "product",
        {
            "manufacturer": [maker for maker, _ in names],
            "model": [model for _, model in names],
            "product_id": list(products.values()),
        },
    )
    _load(
        connection,
        "fleet_range",
        {name: [row[at] for row in columns] for at, name in enumerate(_RANGE_COLUMNS)},
    )
    _load(
        connection,
        "range_text",
        {
            "text_id": [text.text_id for text in range_texts],
            "mode": [text.mode.value for text in range_texts],
            "outside": ["open" if text.outside is None else "outside" for text in range_texts],
        },
    )
    return range_texts


_RANGE_COLUMNS = ("range_id", "product_id", "text_id")


def match_loaded(
    connection: duckdb.DuckDBPyConnection, *, fleet: Path, range_texts: list[RangeText]
) -> FleetVerdicts:
    """Match a fleet against ranges that ``load_ranges`` brought in."""
    load_versions(connection, fleet, range_texts)
    for step in ("makers", "names"):
        run(connection, step, fleet=str(fleet))
    for step in ("pairs", "meetings", "cells", "decided"):
        run(connection, step)
    asked = ask_schemes(connection, range_texts)
    run(connection, "verdicts")
    counts = run(connection, "counts").fetchone() or (0, 0, 0, 0)
    pairs, cells, inside, open_ = (int(count) for count in counts)
    return FleetVerdicts(
        pairs=pairs, cells=cells, compared_exactly=asked, inside=inside, open=open_
    )


def load_versions(
    connection: duckdb.DuckDBPyConnection, fleet: Path, range_texts: list[RangeText]
) -> None:
    """Number the distinct versions of the fleet and rank their keys among those of the ranges."""
    texts = [text for (text,) in run(connection, "versions", fleet=str(fleet)).fetchall()]
    ranks, spans = rank(texts, range_texts)
    _load(
        connection,
        "fleet_version",
        {
            "version_id": list(range(len(texts))),
            "firmware": texts,
            "rank": [ranks[text] for text in texts],
            "is_blank": [is_blank(text) for text in texts],
        },
    )
    _load(
        connection,
        "span",
        {
            "text_id": [span.text_id for span in spans],
            "low": [span.low for span in spans],
            "high": [span.high for span in spans],
            "is_inside": [span.is_inside for span in spans],
        },
    )


def ask_schemes(connection: duckdb.DuckDBPyConnection, range_texts: list[RangeText]) -> int:
    """Settle by exact comparison what keys could not say; returns how many cells that were."""
    rows = connection.execute(
        "select d.version_id, v.firmware, d.text_id from decided d"
        " join fleet_version v on v.version_id = d.version_id where d.answer = 'ask'"
    ).fetchall()
    words = {True: "inside", False: "outside", None: "open"}
    answers = [words[range_texts[text].range.place(version).inside] for _, version, text in rows]
    _load(
        connection,
        "answer",
        {
            "version_id": [row[0] for row in rows],
            "text_id": [row[2] for row in rows],
            "answer": answers,
        },
    )
    connection.execute(
        "update decided set answer = a.answer from answer a"
        " where a.version_id = decided.version_id and a.text_id = decided.text_id"
    )
    return len(rows)


def run(
    connection: duckdb.DuckDBPyConnection, step: str, **bound: str
) -> duckdb.DuckDBPyConnection:
    """Run one of the statements beside this file."""
    folder = resources.files("cellwarden.advisories.bulk").joinpath("sql")
    statement = folder.joinpath(f"{step}.sql").read_text("utf-8")
    return connection.execute(statement, bound or None)


_TYPES = {
    "product_id": "int32",
    "range_id": "int32",
    "text_id": "int32",
    "version_id": "int32",
    "rank": "int32",
    "low": "int32",
    "high": "int32",
    "is_blank": "bool_",
    "is_inside": "bool_",
}


def _load(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, list[Any]]
) -> None:
    """Make a table of these columns, replacing one of that name."""
    import pyarrow as pa

    arrow = pa.table(
        {
            column: pa.array(cells, getattr(pa, _TYPES.get(column, "string"))())
            for column, cells in columns.items()
        }
    )
    connection.register("incoming", arrow)
    connection.execute(f"create or replace temp table {name} as select * from incoming")
    connection.unregister("incoming")

"""A made-up fleet with the skew of the CISA corpus: how many ranges a product has, in which words.

Products are the corpus's own, each several times over; their ranges are the corpus's own words. A
component's product is drawn by its number of ranges, its version from those that the words name
and their neighbours, the first ones far more often. The seed is fixed.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cellwarden.advisories.bulk import FleetRange

SEED = 20260429
UNREADABLE = ("", "unknown", "see label", "rev. C")
MOST_VERSIONS = 12
ROW_GROUP = 1 << 20


class Made(NamedTuple):
    """The Parquet file of components, the products' ids by name, and the ranges."""

    fleet: Path
    products: dict[tuple[str, str], int]
    ranges: list[FleetRange]


def make_fleet(leaves: Path, folder: Path, *, components: int, ranges: int) -> Made:
    """Write ``components`` rows to a Parquet file and make ``ranges`` ranges; both repeatable.

    ``leaves`` is the CSV of every product leaf of the corpus.
    """
    words: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    with leaves.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words[row["vendor"], row["product"]].append(row["version_text"])
    copies = -(-ranges // sum(len(texts) for texts in words.values()))
    products = {
        (vendor, f"{product} mark {copy}"): place * copies + copy
        for place, (vendor, product) in enumerate(words)
        for copy in range(copies)
    }
    made = (
        FleetRange(range_id=0, product_id=place * copies + copy, text=text)
        for copy in range(copies)
        for place, texts in enumerate(words.values())
        for text in texts
    )
    numbered = [
        FleetRange(range_id=number, product_id=one.product_id, text=one.text)
        for number, one in enumerate(islice(made, ranges))
    ]
    path = folder / f"fleet-{components}.parquet"
    if not path.is_file():
        _write(path, words, copies=copies, components=components)
    return Made(fleet=path, products=products, ranges=numbered)


def _write(
    path: Path, words: dict[tuple[str, str], list[str]], *, copies: int, components: int
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a repeatable fleet, no secret
    slots, pool = [], []
    for place, ((vendor, product), texts) in enumerate(words.items()):
        slots += [(place, vendor, product)] * len(texts)
        for step, version in enumerate(versions_near(texts, chance)):
            pool.append((place, step, version))
    connection = duckdb.connect()
    connection.execute("create table slot (slot integer, place integer, vendor text, product text)")
    connection.execute("create table pool (place integer, step integer, version text)")
    _insert(connection, "slot", [(number, *slot) for number, slot in enumerate(slots)])
    _insert(connection, "pool", pool)
    rows = connection.sql(
        f"""
          with drawn as (
            select i, hash(i + {SEED}) % {len(slots)} as slot,
              floor({copies} * pow(hash(i * 3 + {SEED}) % 1000003 / 1000003.0, 3))::integer as copy,
              hash(i * 7 + {SEED}) % 1000003 / 1000003.0 as chance
            from range({components}) r(i)
          ), sized as (select place, count(*) as versions from pool group by place)
          select
            'S' || (i % 900) || '-A' || (i // 9000) || '/c' || (i % 9000 // 900) as component_id,
            s.vendor as manufacturer, s.product || ' mark ' || d.copy as model,
            p.version as firmware
          from drawn d join slot s on s.slot = d.slot join sized z on z.place = s.place
          join pool p on p.place = s.place
            and p.step = floor(z.versions * pow(d.chance, 3))::integer
        """
    )
    _as_the_store_writes(rows, path)
    connection.close()


def _as_the_store_writes(rows: duckdb.DuckDBPyRelation, path: Path) -> None:
    """Facts lie in Parquet as pyarrow writes it, with zstd; so does this fleet."""
    reader = rows.to_arrow_reader()
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in reader:
            waiting.append(batch)
            if sum(one.num_rows for one in waiting) >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    names = [column[0] for column in connection.execute(f"select * from {table}").description or ()]
    arrow = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
    connection.register("incoming", arrow)
    connection.execute(f"insert into {table} select * from incoming")
    connection.unregister("incoming")


def versions_near(texts: list[str], chance: random.Random) -> list[str]:
    """Versions that the words of ranges name, their neighbours, and now and then none at all."""
    named = list(
        dict.fromkeys(v for text in texts for v in re.findall(r"[vV]?\d+(?:\.\d+)+", text))
    )
    chance.shuffle(named)
    found = named[: MOST_VERSIONS // 2] or ["1.0", "1.1", "2.0"]
    for version in list(found):
        head, _, last = version.rpartition(".")
        found += [f"{head}.{int(last) + 1}", f"{head}.{max(int(last) - 1, 0)}"]
    found = list(dict.fromkeys(found))[:MOST_VERSIONS]
    chance.shuffle(found)
    if chance.random() < 0.2:  # noqa: PLR2004 - one product in five has a part that nobody read
        found.append(chance.choice(UNREADABLE))
    return found

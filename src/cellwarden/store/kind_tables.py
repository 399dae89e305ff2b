"""Kinds as tables: the facts of every kind at one moment, in one database that can be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from cellwarden.ledger.commitments import PREFIX
from cellwarden.model.facts import FRAME, Kind, kinds
from cellwarden.store.facts import EACH_ONCE, Partitions
from cellwarden.store.lanes import side_by_side
from cellwarden.store.personal import PersonalCells

if TYPE_CHECKING:
    import duckdb
    import pyarrow.parquet as pq

MOST_IN_MEMORY: Final = 200_000
"""Rows of a kind up to which a judgement keeps them in memory."""

_NEWEST_FIRST: Final = "coalesce(valid_from, '') desc, entry desc, row desc"

# When a kind's own column says when it was observed, that orders the sources of one subject.
_OBSERVED: Final = {"component": "read_at", "support": "checked_on", "setting": "taken_at"}


class _Made(NamedTuple):
    """What a kind was made of, and whether its ends are tables or views."""

    files: list[Path]
    beside: list[Path]
    made: str


class KindTables:
    """An in-memory DuckDB with ``<kind>``, ``<kind>_all`` and ``<kind>_history`` for every kind.

    ``as_of`` is the time that the facts must hold at (RFC 3339 in UTC); ``only`` names the kinds
    that are wanted, as making all of them takes its time. A view reads its files anew for every
    question; a kind of at most ``kept`` rows is read once, into tables: for who asks many times.
    """

    def __init__(
        self,
        partitions: Partitions,
        personal: PersonalCells,
        *,
        as_of: str,
        only: Collection[str] | None = None,
        kept: int = 0,
    ) -> None:
        import duckdb

        self.connection = duckdb.connect(":memory:", config={"threads": 2})
        self.connection.execute("set global timezone = 'UTC'")
        self._partitions = partitions
        self._personal = personal
        self._as_of = as_of
        self._wanted = kinds() if only is None else only
        self._kept = kept
        self._made: dict[str, _Made] = {}

    def bring_to(self, known_at: int, lane: duckdb.DuckDBPyConnection | None = None) -> None:
        """Show what was recorded below a ledger size; a kind that got nothing new stays as it is.

        Statements go through ``lane`` where the connection itself is asked other things meanwhile.
        """
        side_by_side(
            lane or self.connection,
            lambda lane, kind: self._bring_kind_to(known_at, lane, kind),
            self._wanted,
        )

    def _bring_kind_to(self, known_at: int, lane: duckdb.DuckDBPyConnection, kind: str) -> None:
        files = self._partitions.entries_of(kind, known_at)
        beside = self._personal.files(kind, known_at)
        before = self._made.get(kind)
        if before is not None:
            if (before.files, before.beside) == (files, beside):
                return
            for name in (f"{kind}_history", kind):
                lane.execute(f'drop {before.made} "{name}"')
        is_kept = 0 < sum(_footer(file).rows for file in files) <= self._kept
        made = _Made(files, beside, "table" if is_kept else "view")
        for statement in _statements(kind, files, beside, self._as_of, made.made):
            lane.execute(statement)
        self._made[kind] = made


def _statements(
    kind: str, files: list[Path], beside: list[Path], as_of: str, made: str
) -> Iterable[str]:
    """The statements that define a kind; ``made`` is what its ends become, views or tables."""
    shape = kinds()[kind]
    names = shape.column_names
    words = {
        "made": made,
        "kind": kind,
        "columns": ", ".join(f'"{name}"' for name in names),
        "nulls": ", ".join(f'cast(null as varchar) as "{name}"' for name in names),
        "merged_columns": ",\n  ".join(
            f'max_by("{name}", case when "{name}" is not null then seen end) as "{name}"'
            for name in names
        ),
        "observed": _OBSERVED.get(kind, "null"),
        "rows": _rows_sql(shape, files),
        "personal": f"select * from read_parquet({_list_sql(beside)}, union_by_name = true)"
        " union all by name "
        if beside
        else "",
        "personal_nulls": ", ".join(
            ["cast(null as bigint) as entry", 'cast(null as bigint) as "row"']
            + [f'cast(null as varchar) as "{name}"' for name in shape.personal]
        ),
        "personal_columns": ",\n  ".join(_uncovered(name, shape) for name in names),
        "as_of": as_of,
    }
    history = "history_personal" if shape.personal else "history"
    yield _template(history if files else "empty").format(**words)
    seen = [_footer(file) for file in files]
    days = {day for one in seen for day in one.days}
    is_told = all(one.days for one in seen)
    words["order"] = "entry desc, row desc" if is_told and len(days) == 1 else _NEWEST_FIRST
    mixed = not is_told or (None in days and len(days) > 1)
    sources = {one.source for one in seen}
    once = len(sources) == len(seen) and all(one.is_each_once for one in seen)
    chosen = "by_source_once" if once else "by_source_mixed" if mixed else "by_source"
    yield _template(chosen).format(**words)
    yield _template("merged" if len(sources) > 1 else "one_source").format(**words)


def _rows_sql(kind: Kind, files: Sequence[Path]) -> str:
    """The rows of partitions in the kind's columns; opening each file for its names costs most."""
    wanted = {"entry", "row", *FRAME, *kind.column_names}
    if all(_footer(file).columns >= wanted for file in files):
        return f"select * from read_parquet({_list_sql(files)})"
    nulls = ", ".join(f'cast(null as varchar) as "{name}"' for name in kind.column_names)
    return (
        f"select * from read_parquet({_list_sql(files)}, union_by_name = true)"
        f" union all by name select {nulls} where false"
    )


class _Footer(msgspec.Struct, frozen=True, kw_only=True):
    """What the foot of a partition says: who wrote it, columns, rows, and from when rows hold.

    ``is_each_once`` where no two of its rows are about the same subject.

    ``days`` are the first and the last, and nothing among them where a row has none; none at all
    where the foot does not say.
    """

    source: str
    is_each_once: bool
    columns: frozenset[str]
    rows: int
    days: frozenset[str | None]


@lru_cache(maxsize=10_000)
def _footer(file: Path) -> _Footer:
    """The foot of a partition; a partition never changes."""
    import pyarrow.parquet as pq

    foot = pq.read_metadata(file)
    schema = foot.schema.to_arrow_schema()
    told = schema.metadata or {}
    return _Footer(
        source=told.get(b"source", b"").decode(),
        is_each_once=told.get(b"subjects") == EACH_ONCE,
        columns=frozenset(schema.names),
        rows=foot.num_rows,
        days=frozenset(_days(foot, schema.names)),
    )


def _days(foot: pq.FileMetaData, names: Sequence[str]) -> set[str | None]:
    at = list(names).index("valid_from")
    found: set[str | None] = set()
    for group in range(foot.num_row_groups):
        column = foot.row_group(group).column(at)
        told = column.statistics
        if told is None or not told.has_null_count:
            return set()
        if told.null_count:
            found.add(None)
        if told.null_count < column.num_values:
            if not told.has_min_max:
                return set()
            found |= {told.min, told.max}
    return found


def _list_sql(files: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "]"


def _uncovered(name: str, kind: Kind) -> str:
    """A column as readers see it: a commitment gives way to what it stands for."""
    if name not in kind.personal:
        return f'h."{name}"'
    is_commitment = f"h.\"{name}\" like '{PREFIX}%'"
    return f'case when {is_commitment} then p."{name}" else h."{name}" end as "{name}"'


@cache
def _template(name: str) -> str:
    return resources.files("cellwarden.store").joinpath(f"views/{name}.sql").read_text("utf-8")

"""Derived tables: what subjects read beside the facts, worked out anew for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cellwarden import frameworks
from cellwarden.advisories import identity
from cellwarden.checks import tables
from cellwarden.lifecycle import ruling
from cellwarden.model.report import Exposure, FeedAge

if TYPE_CHECKING:
    import duckdb

    from cellwarden.checks import Check


def register_known(
    connection: duckdb.DuckDBPyConnection, *, as_of: str, catalogue: Sequence[Check]
) -> None:
    """Fill what subjects read beside the facts and that needs no matching."""
    register_rules(connection, as_of=as_of)
    fill(connection, "known_product", _known_products(connection))
    fill(connection, "known_framework", _known_frameworks(catalogue))


def register_matched(
    connection: duckdb.DuckDBPyConnection,
    *,
    exposures: Sequence[Exposure],
    feeds: Sequence[FeedAge],
    advisories_of: Mapping[str, frozenset[str]],
) -> None:
    """Fill what subjects read of advisories, with their exact types."""
    fill(connection, "exposure_row", [_flat(exposure) for exposure in exposures])
    evidence = _feed_evidence(connection)
    rows = []
    for age in feeds:
        known = age.documents > 0
        rows.append(
            {
                "feed": age.feed,
                "documents": age.documents if known else None,
                "newest_at": age.newest_at,
                "imported_at": age.imported_at or None,
                "age_days": age.age_days,
                "is_stale": age.is_stale if known else None,
                "evidence": evidence.get(age.feed, []),
            }
        )
    fill(connection, "feed_row", rows)
    fill(
        connection,
        "known_vendor",
        [{"manufacturer": name, "advisories": len(ids)} for name, ids in advisories_of.items()],
    )


def register_rules(connection: duckdb.DuckDBPyConnection, *, as_of: str) -> None:
    """Fill what no fact changes: the time of the run, and the rules of a life."""
    fill(connection, "run", [{"as_of": as_of[:19].replace("T", " ")}])
    fill(connection, "transport_rule", ruling.transport_rows())
    fill(connection, "wipe_rule", ruling.wipe_rows())
    fill(connection, "technique_rule", ruling.technique_rows())
    fill(connection, "notice_rule", ruling.notice_rows())


def fill(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Make one of the tables that subjects read beside the facts, and put these rows into it."""
    import pyarrow as pa

    columns = tables.definitions()[name]
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(f'create or replace table "{name}" ({listed})')
    if not rows:
        return
    held = pa.table({column: [row[column] for row in rows] for column in columns})
    connection.register("held", held)
    casts = ", ".join(f'cast("{column}" as {kind})' for column, kind in columns.items())
    connection.execute(f'insert into "{name}" select {casts} from held')
    connection.unregister("held")


def _flat(exposure: Exposure) -> dict[str, Any]:
    row = {name: getattr(exposure, name) for name in exposure.__struct_fields__}
    row["state"] = exposure.state.value
    row["evidence"] = list(exposure.evidence)
    clock = exposure.clock
    for part in ("total", "vendor", "window", "operator"):
        row[f"clock_{part}_days"] = getattr(clock, f"{part}_days") if clock else None
    row["clock_open_part"] = clock.open_part if clock else None
    return row


def _feed_evidence(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """For each feed the newest fact that it brought."""
    rows = connection.sql(
        """
        select feed, max_by(cast(entry as varchar) || '.' || cast(row as varchar),
          lpad(cast(entry as varchar), 12, '0') || lpad(cast(row as varchar), 12, '0'))
        from feed_document group by feed
        union all
        select 'ssvc', max_by(cast(entry as varchar) || '.' || cast(row as varchar),
          lpad(cast(entry as varchar), 12, '0') || lpad(cast(row as varchar), 12, '0'))
        from vulnerability where exploitation is not null having count(*) > 0
        """
    ).fetchall()
    return {feed: [fact] for feed, fact in rows}


def _known_products(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """For each product in the register, how many firmware parts it is known to hold, if it is."""
    rows = connection.sql(
        "select distinct manufacturer, model from asset where model is not null"
        " union select distinct manufacturer, model from component where model is not null"
    ).fetchall()
    known = []
    for manufacturer, model in sorted(rows, key=str):
        if found := identity.known_parts(manufacturer or "", model):
            count, names, source = found
            known.append(
                {
                    "manufacturer": manufacturer,
                    "model": model,
                    "firmware_parts": count,
                    "part_names": "; ".join(names),
                    "source": source,
                }
            )
    return known


def _known_frameworks(catalogue: Sequence[Check]) -> list[dict[str, Any]]:
    """For each framework, how many controls are mapped, and to how many no check speaks."""
    served = {name for check in catalogue for name in check.requirements}
    found = []
    for one in frameworks.catalogues().values():
        mapped = frameworks.requirements_of(one.label)
        silent = sum(served.isdisjoint(requirements) for requirements in mapped.values())
        found.append(
            {
                "framework": one.id,
                "name": one.name,
                "controls": len(mapped),
                "controls_without_check": silent,
            }
        )
    return found

"""Where sources differ about one part or asset: which was taken, and what the others say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from cellwarden.model.facts import kinds

if TYPE_CHECKING:
    import duckdb

_KINDS: Final = ("component", "asset")
_OBSERVED: Final = {"component": "read_at", "asset": "null"}
_NEVER_DISPUTED: Final = frozenset({"read_at"})


def disputes(
    connection: duckdb.DuckDBPyConnection, subjects: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Sentences about every cell in which sources differ, by the id of the component or asset.

    The value in force is that of the source that observed the subject last (ADR 0006).
    """
    wanted = sorted(set(subjects))
    found: dict[str, list[str]] = {}
    for kind in _KINDS:
        held: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for subject, column, source, cell, seen in _told(connection, kind, wanted):
            held.setdefault((subject, column), []).append((source, cell, seen))
        for (subject, column), told in held.items():
            found.setdefault(subject, []).append(_sentence(column, told))
    return {subject: tuple(sentences) for subject, sentences in found.items()}


def _told(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: list[str]
) -> list[tuple[str, str, str, str, str]]:
    """Each source's cell of every disputed column, the one in force first."""
    shape = kinds()[kind]
    columns = [
        name for name in shape.column_names if name not in shape.key and name not in _NEVER_DISPUTED
    ]
    listed = ", ".join(f'"{name}"' for name in columns)
    return connection.execute(
        f"""
        with told as (
          select subject, source, {listed},
            coalesce({_OBSERVED[kind]}, valid_from, '') as observed,
            coalesce({_OBSERVED[kind]}, valid_from, '')
              || '/' || lpad(cast(entry as varchar), 12, '0')
              || '/' || lpad(cast(row as varchar), 12, '0') as seen
          from "{kind}_all"
          where subject in (select unnest(?))
        ),
        several as (select subject from told group by subject having count(distinct source) > 1),
        said as (
          unpivot (select * from told where subject in (select subject from several))
          on {listed} into name told_column value cell
        )
        select subject, told_column, source, cell, substr(observed, 1, 10)
        from said
        qualify count(distinct cell) over (partition by subject, told_column) > 1
        order by subject, told_column, seen desc
        """,
        [subjects],
    ).fetchall()


def _sentence(column: str, told: list[tuple[str, str, str]]) -> str:
    (source, cell, seen), *others = told
    when = f" of {seen}" if seen else ""
    differing = "; ".join(f"{other} says {text!r}" for other, text, _ in others if text != cell)
    return f"{column.replace('_', ' ')}: {cell!r} is taken from {source}{when}; {differing}"

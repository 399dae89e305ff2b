"""What each check said in a scope and on what evidence, from the tables that judging left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.checks import verdict_sql
from cellwarden.checks.check import Check
from cellwarden.checks.compiled import CompiledChecks
from cellwarden.checks.judge import SAMPLED, CheckCount
from cellwarden.checks.subject import Subject, subject_named
from cellwarden.model.coverage import CheckStanding, Grade
from cellwarden.model.findings import Verdict
from cellwarden.model.ids import FactId

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_UNKNOWN: Final = -1
_FACT: Final = re.compile(r"\d+\.\d+")
_WORDS: Final = {
    verdict_sql.FAIL: (Verdict.FAIL, "fails"),
    verdict_sql.PASS: (Verdict.PASS, "passes"),
    verdict_sql.NOT_APPLICABLE: (Verdict.NOT_APPLICABLE, "not_applicable"),
    _UNKNOWN: (Verdict.UNKNOWN, "unknowns"),
}


def standings(
    connection: DuckDBPyConnection,
    compiled: CompiledChecks,
    *,
    entry_times: Mapping[int, str],
    site_id: str | None = None,
) -> tuple[CheckStanding, ...]:
    """The standing of every check after ``judge`` on this connection, by id.

    ``entry_times`` says of each ledger entry when its source spoke. With a site, only what stands
    there counts. A pass is graded by the column that its subject names for what the check asks
    (``graded_by``), a grade that is not stated being a claim; else the row itself is its document.
    """
    _keep_times(connection, entry_times)
    found: list[CheckStanding] = []
    for name in compiled.selects:
        about = compiled.about(name)
        subject = subject_named(name)
        _keep_evidence(connection, subject, site_id)
        grades = [grade_column(check, compiled) for check in about]
        counted = [_counted(connection, subject, grade, n) for n, grade in enumerate(grades)]
        named = {one for rows in counted for row in rows for one in row[-1]}
        facts = _facts_of(connection, subject, named)
        for check, rows in zip(about, counted, strict=True):
            found.append(_standing(check, rows, facts))
    return tuple(sorted(found, key=lambda one: one.check))


def counted(
    connection: DuckDBPyConnection, compiled: CompiledChecks, counts: Sequence[CheckCount]
) -> tuple[CheckStanding, ...]:
    """The standing of every check without times and facts: cheap enough for every run."""
    by_check = {count.check: count for count in counts}
    numbers: dict[str, int] = {}
    found = []
    for check in sorted(compiled.checks, key=lambda one: one.id):
        number = numbers[check.subject] = numbers.get(check.subject, -1) + 1
        count = by_check[check.id]
        grade = grade_column(check, compiled) if count.passes else None
        claimed = _claimed(connection, check, grade, number) if grade else 0
        found.append(
            CheckStanding(
                check=check.id,
                title=check.title,
                asks=check.asks,
                severity=check.severity,
                requirements=check.requirements,
                fails=count.fails,
                passes=count.passes,
                unknowns=count.unknowns,
                not_applicable=count.not_applicable,
                grades={Grade.CLAIMED: claimed, Grade.DOCUMENTED: count.passes - claimed},
            )
        )
    return tuple(found)


def _claimed(connection: DuckDBPyConnection, check: Check, column: str, number: int) -> int:
    """How many passes of one check rest on no better than a claim, as a column says."""
    subject = subject_named(check.subject)
    better = ", ".join(f"'{grade.value}'" for grade in (Grade.DOCUMENTED, Grade.TESTED))
    rows = connection.execute(
        f"""
        select count(*) from verdict_{subject.name} as v
        join {subject.view} as s on s.subject = v.subject
        where v."c{number}" = {verdict_sql.PASS}
          and coalesce(lower(s."{column}") not in ({better}), true)
        """
    ).fetchall()
    return int(rows[0][0])


def evidence_of(
    connection: DuckDBPyConnection, checks: Sequence[Check], *, site_id: str | None = None
) -> tuple[FactId, ...]:
    """Every fact behind every verdict of these checks, each once; after ``judge``.

    What is shown by the whole ledger, such as that a feed never came, is no single fact.
    """
    found: set[str] = set()
    for name in {check.subject for check in checks}:
        rows = connection.execute(
            f"select distinct unnest(evidence) from {subject_named(name).view}"
            " where $site is null or site_id = $site",
            {"site": site_id},
        ).fetchall()
        found |= {fact for (fact,) in rows if fact and _FACT.fullmatch(fact)}
    return tuple(FactId(fact) for fact in sorted(found, key=_by_place))


def grade_column(check: Check, compiled: CompiledChecks) -> str | None:
    """The column of the check's subject that says how what it asks is known; None for none."""
    asked = set(compiled.mentioned[check.id])
    for column, graded in subject_named(check.subject).graded_by.items():
        if asked & {column, *graded}:
            return column
    return None


def _keep_times(connection: DuckDBPyConnection, entry_times: Mapping[int, str]) -> None:
    import pyarrow as pa

    held = pa.table(
        {
            "entry": pa.array(list(entry_times), pa.int64()),
            "at": pa.array(list(entry_times.values()), pa.string()),
        }
    )
    connection.register("held", held)
    connection.execute("create or replace temp table entry_time as select * from held")
    connection.unregister("held")


def _keep_evidence(connection: DuckDBPyConnection, subject: Subject, site_id: str | None) -> None:
    """One row: one subject in scope, with the times of its facts and its grades."""
    grades = "".join(f', s."{name}"' for name in subject.graded_by)
    connection.execute(
        f"""
        create or replace temp table evidence_{subject.name} as
        with fact as (
          select subject, unnest(evidence) as id from {subject.view}
        ),
        aged as (
          select f.subject, min(t."at") as oldest_at, max(t."at") as newest_at
          from fact as f
          join entry_time as t on t.entry = try_cast(split_part(f.id, '.', 1) as bigint)
          group by f.subject
        )
        select s.subject, a.oldest_at, a.newest_at{grades}
        from {subject.view} as s left join aged as a on a.subject = s.subject
        where $site is null or s.site_id = $site
        """,
        {"site": site_id},
    )


def _counted(
    connection: DuckDBPyConnection, subject: Subject, column: str | None, number: int
) -> list[tuple[Any, ...]]:
    """Verdict, grade, count, oldest, newest and the first subjects by name of one check."""
    listed = ", ".join(f"'{grade.value}'" for grade in Grade)
    grade = (
        f"""case when lower(e."{column}") in ({listed}) then lower(e."{column}")"""
        f" else '{Grade.CLAIMED.value}' end"
        if column
        else f"'{Grade.DOCUMENTED.value}'"
    )
    return connection.execute(
        f"""
        select greatest(v."c{number}", {_UNKNOWN}) as verdict, {grade} as grade, count(*),
          min(e.oldest_at), max(e.newest_at), min(v.subject, {SAMPLED})
        from verdict_{subject.name} as v
        join evidence_{subject.name} as e on e.subject = v.subject
        group by all order by all
        """
    ).fetchall()


def _facts_of(
    connection: DuckDBPyConnection, subject: Subject, named: set[str]
) -> dict[str, list[str]]:
    if not named:
        return {}
    rows = connection.execute(
        f"select subject, evidence from {subject.view} where list_contains($named, subject)",
        {"named": sorted(named)},
    ).fetchall()
    return {name: [fact for fact in facts or () if fact] for name, facts in rows}


def _standing(
    check: Check, rows: Sequence[tuple[Any, ...]], facts: Mapping[str, list[str]]
) -> CheckStanding:
    counts = dict.fromkeys((word for _, word in _WORDS.values()), 0)
    grades: dict[Grade, int] = {}
    sample: dict[str, tuple[FactId, ...]] = {}
    times: list[str] = []
    for number, grade, count, oldest, newest, names in rows:
        verdict, word = _WORDS[number]
        counts[word] += count
        if verdict is Verdict.PASS:
            grades[Grade(grade)] = grades.get(Grade(grade), 0) + count
        if verdict in {Verdict.PASS, Verdict.FAIL}:
            times += [one for one in (oldest, newest) if one]
        behind = [*sample.get(verdict, ()), *(f for name in names for f in facts.get(name, ()))]
        sample[verdict.value] = tuple(FactId(fact) for fact in dict.fromkeys(behind))
    return CheckStanding(
        check=check.id,
        title=check.title,
        asks=check.asks,
        severity=check.severity,
        requirements=check.requirements,
        grades=grades,
        oldest_at=min(times, default=None),
        newest_at=max(times, default=None),
        sample=sample,
        **counts,
    )


def _by_place(fact: str) -> tuple[int, int]:
    entry, _, row = fact.partition(".")
    return int(entry), int(row)


def with_accepted(
    found: Sequence[CheckStanding], accepted: Mapping[str, int]
) -> tuple[CheckStanding, ...]:
    """The standings with how many failures of each check an exception accepts."""
    return tuple(
        msgspec.structs.replace(one, accepted=min(one.fails, accepted.get(one.check, 0)))
        for one in found
    )

"""The engine: judges every subject by every check in one pass, and makes findings of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from cellwarden.checks import verdict_sql
from cellwarden.checks.check import Check
from cellwarden.checks.compiled import CompiledChecks
from cellwarden.checks.sentences import fill, not_known, places
from cellwarden.checks.subject import Subject, Subjects, subject_named
from cellwarden.checks.tables import create_missing
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Verdict, finding_id
from cellwarden.model.ids import CheckId, FactId, SubjectId
from cellwarden.store.lanes import side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ControlsFor = Callable[[tuple[str, ...]], tuple[str, ...]]
"""From requirement ids to the controls that they serve."""

SAMPLED: Final = 5
"""How many subjects of a group of unknowns are named, with their evidence."""

_PASS_UNIT: Final = 1 << 31
_AT_ONCE: Final = 1_000


class CheckCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often one check gave each verdict."""

    check: CheckId
    fails: int = 0
    passes: int = 0
    unknowns: int = 0
    not_applicable: int = 0


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a catalogue says of a fleet: counts for every check, findings for what needs somebody.

    ``passes_by_site`` counts passes, with nothing as the key of what stands at no known site.
    """

    counts: tuple[CheckCount, ...]
    findings: tuple[Finding, ...]
    passes_by_site: dict[str | None, int]

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """How often each verdict was given, over all checks."""
        return {
            Verdict.FAIL: sum(count.fails for count in self.counts),
            Verdict.PASS: sum(count.passes for count in self.counts),
            Verdict.UNKNOWN: sum(count.unknowns for count in self.counts),
            Verdict.NOT_APPLICABLE: sum(count.not_applicable for count in self.counts),
        }


def judge(
    connection: DuckDBPyConnection,
    compiled: CompiledChecks,
    *,
    controls_for: ControlsFor = lambda _: (),
    subjects: Subjects | None = None,
) -> Judgement:
    """Judge the tables of a run (see ``tables``; missing ones count as empty) by checks.

    Each failure becomes a finding; unknowns become one for each check, missing column, site and
    vendor. The verdicts stay on the connection: ``verdict_<subject>``, one row a subject, one
    column ``c<n>`` a check in the order of the ids, numbers as in ``verdict_sql``. Some of the
    ``subjects`` may be defined already.

    Raises:
        InputError: a check cannot be run; names it.
    """
    about = [
        _About(subject_named(name), compiled.about(name), compiled, controls_for)
        for name in compiled.selects
    ]
    create_missing(connection)
    subjects = subjects or Subjects(kept=compiled.selects)
    subjects.define(connection, subjects.ready(connection))
    with _any_order(connection):
        side_by_side(connection, _keep_verdicts, about)
    counts: list[CheckCount] = []
    findings: list[Finding] = []
    passes: Counter[str | None] = Counter()
    told = side_by_side(connection, _told, about)
    for counted, passed, found in told:
        counts += counted
        passes += passed
        findings += found
    return Judgement(
        counts=tuple(sorted(counts, key=lambda count: count.check)),
        findings=tuple(sorted(findings, key=_worst_first)),
        passes_by_site=dict(passes),
    )


def uncovered(judgement: Judgement) -> tuple[CheckId, ...]:
    """The checks that did not both fail somewhere and pass somewhere: nobody saw them decide."""
    return tuple(c.check for c in judgement.counts if not (c.fails and c.passes))


class _About(NamedTuple):
    """One subject with the checks on it."""

    subject: Subject
    checks: list[Check]
    compiled: CompiledChecks
    controls_for: ControlsFor

    def told(self, number: int) -> _Told:
        """One of the checks with what its findings have in common."""
        check = self.checks[number]
        return _Told(
            check=check,
            mentioned=self.compiled.mentioned[check.id],
            common=_common(check, self.controls_for),
        )


class _Told(NamedTuple):
    """A check that has findings, the columns that it mentions, and what its findings share."""

    check: Check
    mentioned: tuple[str, ...]
    common: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a finding of its failure tells."""
        due = self.check.deadline.column
        told = (*self.mentioned, *places(self.check.says), *places(self.check.remedy))
        return (*told, due) if due else told


def _keep_verdicts(connection: DuckDBPyConnection, about: _About) -> None:
    import duckdb

    name = about.subject.name
    try:
        connection.execute(
            f"create or replace table verdict_{name} as {about.compiled.selects[name]}"
        )
    except duckdb.Error as error:
        raise _culprit(connection, about.subject, about.checks, error) from error


@contextmanager
def _any_order(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let rows be written in any order: a third faster, and every reader here sorts anyway."""
    asked = connection.execute("select current_setting('preserve_insertion_order')").fetchone()
    connection.execute("set preserve_insertion_order = false")
    try:
        yield
    finally:
        kept = "true" if asked and asked[0] else "false"
        connection.execute(f"set preserve_insertion_order = {kept}")


def _culprit(
    connection: DuckDBPyConnection, subject: Subject, checks: Sequence[Check], error: Exception
) -> Exception:
    """The check that cannot be run, found by running them one by one; else the error itself."""
    import duckdb

    for check in checks:
        try:
            alone = verdict_sql.verdicts_sql(subject, [check])
            connection.execute(f"select max(c0) from ({alone}) as judged").fetchall()
        except duckdb.Error as problem:
            return InputError(
                f"the check {check.topic}/{check.id} cannot be run: {problem}",
                advice="correct its predicates, or take its file out of the folder of checks",
            )
    return error


def _told(
    connection: DuckDBPyConnection, about: _About
) -> tuple[list[CheckCount], Counter[str | None], list[Finding]]:
    """What the verdicts on one subject say: counts, passes by site, findings."""
    passes: Counter[str | None] = Counter()
    counts = _count(connection, about.subject, about.checks, passes)
    return counts, passes, list(_findings(connection, about, counts))


def _count(
    connection: DuckDBPyConnection,
    subject: Subject,
    checks: Sequence[Check],
    passes: Counter[str | None],
) -> list[CheckCount]:
    by_site = connection.execute(
        verdict_sql.counts_sql(f"verdict_{subject.name}", checks)
    ).fetchall()
    found = []
    for number, check in enumerate(checks):
        tally: Counter[str] = Counter()
        for site, rows, *sums in by_site:
            passed, failed = divmod(int(sums[2 * number]), _PASS_UNIT)
            skipped = int(sums[2 * number + 1])
            tally["passes"] += passed
            tally["fails"] += failed
            tally["not_applicable"] += skipped
            tally["unknowns"] += rows - passed - failed - skipped
            passes[site] += passed
        found.append(CheckCount(check=check.id, **tally))
    return found


def _findings(
    connection: DuckDBPyConnection, about: _About, counts: Sequence[CheckCount]
) -> Iterator[Finding]:
    failing = [number for number, count in enumerate(counts) if count.fails]
    unknown = [number for number, count in enumerate(counts) if count.unknowns]
    groups = _unknown_groups(connection, about.subject, unknown) if unknown else {}
    named = {name for rows in groups.values() for group in rows for name in group.names}
    told = {number: about.told(number) for number in (*failing, *groups)}
    evidence: dict[str, tuple[FactId, ...]] = {}
    for row in _shown(connection, about.subject, {n: told[n] for n in failing}, named):
        evidence[row.subject] = row.evidence
        for number in row.fails:
            yield _fail(about.subject, told[number], row)
    for number, rows in groups.items():
        for group in rows:
            yield _unknown(about.subject, told[number], group, evidence)


def _unknown_groups(
    connection: DuckDBPyConnection, subject: Subject, numbers: Sequence[int]
) -> dict[int, list[_Group]]:
    """Unknowns of each check together, by the check's number.

    ``min(x, n)`` keeps the n smallest while it passes; it runs on our own verdicts only.
    """
    each = "\nunion all\n".join(
        f'select {number} as number, -"c{number}" as place, site_id, vendor, count(*) as rows,'
        f" min(subject, {SAMPLED}) as names"
        f' from verdict_{subject.name} where "c{number}" < 0 group by all'
        for number in numbers
    )
    found: dict[int, list[_Group]] = {number: [] for number in numbers}
    for number, *group in connection.execute(f"select * from (\n{each}\n) order by all").fetchall():
        found[number].append(_Group(*group))
    return found


class _Group(NamedTuple):
    """Rows for which one column is missing: its place among those mentioned, and some by name."""

    place: int
    site_id: str | None
    vendor: str | None
    rows: int
    names: list[str]


class _Shown(NamedTuple):
    """One row of a subject that a person will read: its cells as text, and what it fails."""

    subject: str
    site_id: str | None
    vendor: str | None
    evidence: tuple[FactId, ...]
    cells: dict[str, str | None]
    fails: tuple[int, ...]


def _shown(
    connection: DuckDBPyConnection,
    subject: Subject,
    failing: Mapping[int, _Told],
    named: Collection[str],
) -> Iterator[_Shown]:
    """The rows that fail a check or are named, evidence joined, and nothing else; by subject."""
    if not failing and not named:
        return
    wanted = list(dict.fromkeys(name for told in failing.values() for name in told.columns))
    wanted = list(dict.fromkeys((*subject.identity, *wanted)))
    cells = "".join(f', cast(s."{name}" as varchar)' for name in wanted)
    fails = "".join(f'"c{number}" = {verdict_sql.FAIL}, ' for number in failing)
    rows = connection.execute(
        f"""
        select s.subject, s.site_id, s.vendor, s.evidence, [{fails}false] as fails{cells}
        from {subject.view} as s join verdict_{subject.name} as v on v.subject = s.subject
        where list_contains(fails, true)
          or s.subject in (select unnest(cast($named as varchar[])))
        order by s.subject
        """,
        {"named": sorted(named)},
    )
    while batch := rows.fetchmany(_AT_ONCE):
        for name, site, vendor, evidence, failed, *values in batch:
            row = dict(zip(wanted, values, strict=True))
            numbers = tuple(n for n, is_failed in zip(failing, failed, strict=False) if is_failed)
            yield _Shown(name, site, vendor, _facts(evidence), row, numbers)


def _fail(subject: Subject, told: _Told, row: _Shown) -> Finding:
    check, due = told.check, told.check.deadline.column
    day = row.cells[due] if due else None
    witnesses = dict.fromkeys((*subject.identity, *told.mentioned))
    return Finding(
        id=finding_id(check.id, row.subject),
        title=check.title,
        subject=SubjectId(row.subject),
        verdict=Verdict.FAIL,
        severity=check.severity,
        because=fill(check.says, row.cells),
        remedy=fill(check.remedy, row.cells),
        site_id=row.site_id,
        vendor=row.vendor,
        evidence=row.evidence,
        witness={column: row.cells[column] for column in witnesses},
        properties=check.properties,
        deadline_on=day,
        deadline_reason=subject.says[due] if day and due else None,
        **told.common,
    )


def _unknown(
    subject: Subject, told: _Told, unknown: _Group, evidence: Mapping[str, tuple[FactId, ...]]
) -> Finding:
    check = told.check
    place, site, vendor, count, names = unknown
    missing = told.mentioned[place - 1]
    says = subject.says[missing]
    group = f"{site or '-'}/{vendor or '-'}"
    return Finding(
        # One group keeps its id while its members come and go.
        id=finding_id(check.id, f"{group}/{missing} not known"),
        title=check.asks,
        subject=SubjectId(names[0] if count == 1 else f"{group}/*"),
        verdict=Verdict.UNKNOWN,
        severity=check.unknown_severity,
        because=not_known(
            says=says, count=count, noun=subject.noun, plural=subject.plural, named=names
        ),
        remedy=f"Find out and record: {says}.",
        site_id=site,
        vendor=vendor,
        evidence=tuple(dict.fromkeys(fact for name in names for fact in evidence.get(name, ()))),
        witness={missing: None},
        properties=("unknown",),
        count=count,
        **told.common,
    )


def _common(check: Check, controls_for: ControlsFor) -> dict[str, Any]:
    return {
        "check": check.id,
        "topic": check.topic,
        "subject_kind": check.subject,
        "why_it_matters": check.why,
        "requirements": check.requirements,
        "controls": controls_for(check.requirements),
    }


def _facts(evidence: list[str] | None) -> tuple[FactId, ...]:
    return tuple(FactId(fact) for fact in dict.fromkeys(evidence or ()) if fact)


def _worst_first(finding: Finding) -> tuple[int, str, str, str]:
    return (finding.severity.rank, finding.verdict.value, finding.check, finding.subject)

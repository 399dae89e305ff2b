"""Scan: bring the ledger up to date, match, triage, judge, and put it all into one report."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cellwarden import __version__, checks, frameworks
from cellwarden.advisories import triage
from cellwarden.model.errors import CellwardenError
from cellwarden.model.findings import Finding
from cellwarden.model.matching import Component, Match
from cellwarden.model.moments import Moment
from cellwarden.model.report import REPORT_SCHEMA, Exposure, FeedAge, Report, Run
from cellwarden.model.times import format_time, parse_time
from cellwarden.store.kind_tables import KindTables
from cellwarden.store.lanes import aside
from cellwarden.workflows import assemble, derived
from cellwarden.workflows.advisory.feed_ages import feed_ages
from cellwarden.workflows.advisory.match import matches_of
from cellwarden.workflows.beside import ALONE, Beside, Later
from cellwarden.workflows.evidence.paper_tables import register_papers
from cellwarden.workflows.fleet import summarise
from cellwarden.workflows.fleet.publish import get_ready
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.fleet.runs import changes_between, keep_run, last_run_before, run_id
from cellwarden.workflows.fleet.sources import NothingKnownError, import_configured, outdated
from cellwarden.workflows.ledger.seals import signed_state
from cellwarden.workflows.life import lives
from cellwarden.workflows.vendor.assess_tables import begin_grading, register_vendors
from cellwarden.workflows.vendor.dated_rules import register_dated_rules
from cellwarden.workflows.vendor.import_gleif import import_if_changed
from cellwarden.workflows.vendor.party_tables import register_parties
from cellwarden.workflows.vendor.receive import begin_answers, record_answers
from cellwarden.workflows.vendor.screen_register import screen_if_changed
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

    from cellwarden.store.state import State


class JudgedFleet(NamedTuple):
    """A report, the checks that it was judged by, and the connection that holds the verdicts."""

    report: Report
    compiled: checks.CompiledChecks
    connection: duckdb.DuckDBPyConnection


class ScanOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A finished scan: its report, and the sources that could not be read on the way."""

    report: Report
    source_errors: tuple[CellwardenError, ...]


def scan(
    workspace: Workspace,
    *,
    now: datetime,
    actor: str,
    asked_as_of: str | None,
    progress: Progress,
    beside: Beside = ALONE,
) -> ScanOutcome:
    """Scan a workspace and keep the run; files may be read by the process ``beside``.

    A file of the register that cannot be read at all doesn't stop the scan, nor does a configured
    feed that is absent, empty, unreadable or older than policy; they are in the outcome.

    Raises:
        SourceError: the register holds nothing at all.
        StoreError: the ledger could not be written.
        InputError: a check file of the workspace's own is wrong.
    """
    clock_at = format_time(now)
    as_of = workspace.as_of(now, asked_as_of)
    moment = Moment(as_of=as_of)
    with workspace.open_state() as state:
        with state.alone():
            begun = begin_answers(workspace, state, beside)
            register = record_register(
                workspace,
                state,
                clock_at=clock_at,
                actor=actor,
                progress=progress,
                beside=beside,
            )
            get_ready(beside)
            tables = state.tables_to_judge(moment)
            size = state.log.size()
            with aside(tables.connection, lambda lane: tables.bring_to(size, lane)) as shown:
                answers = record_answers(
                    workspace,
                    state,
                    begun,
                    beside=beside,
                    as_of=parse_time(as_of).date(),
                    clock_at=clock_at,
                    actor=actor,
                    progress=progress,
                )
                compiled = start_checks(workspace, beside)
                identifiers = import_if_changed(
                    workspace, state, clock_at=clock_at, actor=actor, progress=progress
                )
                lists = screen_if_changed(
                    workspace,
                    state,
                    on=parse_time(as_of).date(),
                    clock_at=clock_at,
                    actor=actor,
                    progress=progress,
                )
                absent = import_configured(
                    workspace, state, clock_at=clock_at, actor=actor, progress=progress
                )
                shown.result()
        with judged_fleet(
            workspace,
            state,
            moment=moment,
            started_at=clock_at,
            progress=progress,
            beside=beside,
            compiled=compiled,
            tables=tables,
        ) as judged:
            report = judged.report
    keep_run(workspace, report)
    required = set(workspace.settings.feeds.required)
    if any(isinstance(problem, NothingKnownError) for problem in absent):
        required.discard("advisories")
    old = outdated(required, report.feeds)
    problems = (*register.problems, *answers, *identifiers, *lists, *absent, *old)
    return ScanOutcome(report=report, source_errors=problems)


def report_at(
    workspace: Workspace, moment: Moment, *, started_at: str, progress: Progress
) -> Report:
    """Judge the fleet anew for a moment; nothing is read in, recorded or kept.

    Raises:
        InputError: a check file of the workspace's own is wrong.
    """
    with (
        workspace.open_state() as state,
        judged_fleet(
            workspace, state, moment=moment, started_at=started_at, progress=progress
        ) as judged,
    ):
        return judged.report


@contextlib.contextmanager
def judged_fleet(
    workspace: Workspace,
    state: State,
    *,
    moment: Moment,
    started_at: str,
    progress: Progress,
    beside: Beside = ALONE,
    compiled: Later[checks.CompiledChecks] | None = None,
    tables: KindTables | None = None,
) -> Iterator[JudgedFleet]:
    """The report of a moment with the tables that it was judged on, which end with the block.

    ``tables`` of that moment may show a part of the ledger already.

    Raises:
        InputError: a check file of the workspace's own is wrong.
    """
    compiled = compiled or start_checks(workspace, beside)
    tables = tables or state.tables_to_judge(moment)
    connection = tables.connection
    try:
        tables.bring_to(state.size_of(moment))
        report = _judge(
            connection,
            workspace,
            state,
            moment=moment,
            started_at=started_at,
            progress=progress,
            beside=beside,
            compiled=compiled,
        )
        yield JudgedFleet(report=report, compiled=compiled.value(), connection=connection)
    finally:
        connection.close()


def _judge(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    state: State,
    *,
    moment: Moment,
    started_at: str,
    progress: Progress,
    beside: Beside,
    compiled: Later[checks.CompiledChecks],
) -> Report:
    as_of = moment.as_of
    size = state.size_of(moment)
    day = parse_time(as_of).date()
    assessed = begin_grading(connection, workspace, beside, as_of=day)
    asked = compiled.value()
    catalogue = asked.checks
    derived.register_known(connection, as_of=as_of, catalogue=catalogue)
    register_papers(connection, workspace, state, as_of=as_of)
    subjects = checks.Subjects(kept=asked.selects)
    ready = subjects.ready(connection)
    with aside(connection, lambda lane: subjects.define(lane, ready)) as defined:
        matched = _match(connection, workspace, state, as_of=as_of, progress=progress)
        derived.register_matched(
            connection,
            exposures=matched.exposures,
            feeds=matched.feeds,
            advisories_of=matched.advisories_of,
        )
        register_parties(connection, as_of=day)
        register_dated_rules(connection, workspace, on=day)
        register_vendors(
            connection, workspace, assessed.value(), exposures=matched.exposures, as_of=day
        )
        defined.result()
    progress("judging", 0, len(catalogue))
    judgement = checks.judge(
        connection, asked, controls_for=frameworks.controls_for, subjects=subjects
    )
    progress("judging", len(catalogue), len(catalogue))
    feeds, exposures, facts = matched.feeds, matched.exposures, matched.facts
    previous = last_run_before(workspace, as_of=as_of, ledger_size=size)
    dated = checks.set_deadlines(_first_seen(judgement.findings, previous, as_of), catalogue)
    accepted, exceptions = checks.accept(
        dated, assemble.fetch(connection, assemble.EXCEPTIONS), as_of=as_of
    )
    findings = tuple(sorted(accepted, key=_worst_first))
    root, digest = state.root(size), checks.catalogue_sha256(catalogue)
    report = Report(
        schema=REPORT_SCHEMA,
        run=Run(
            id=run_id(ledger_root=root, catalogue_sha256=digest, as_of=as_of),
            operator=workspace.settings.workspace.operator,
            workspace=workspace.settings.workspace.name or workspace.folder.resolve().name,
            as_of=as_of,
            started_at=started_at,
            version=__version__,
            ledger_size=size,
            ledger_root=root,
            catalogue_sha256=digest,
            checkpoint=signed_state(workspace, state, size),
        ),
        previous_run=previous.run.id if previous else None,
        feeds=feeds,
        coverage=summarise.coverage(
            connection,
            matches=matched.matches,
            advisories_of=matched.advisories_of,
            checks=len(catalogue),
            verdicts=judgement.verdicts,
            understood=assemble.understood(matched.components),
        ),
        findings=findings,
        exposures=exposures,
        blast_radii=triage.blast_radii(exposures, facts),
        changes=(),
        actions=triage.actions(findings, exposures, facts, as_of=parse_time(as_of)),
        sites=summarise.site_summaries(connection, findings, judgement.passes_by_site),
        vendors=summarise.vendor_summaries(
            connection, findings, exposures, assemble.maker_names(connection)
        ),
        exceptions=exceptions,
        places=summarise.places(connection, findings, exposures),
        lives=lives.with_findings(
            lives.lives(
                connection,
                lives.told_lives(connection),
                as_of=as_of,
                ledger_size=size,
            ),
            findings,
        ),
        frameworks=frameworks.summaries(checks.counted(connection, asked, judgement.counts)),
    )
    if previous is None:
        return report
    return msgspec.structs.replace(report, changes=changes_between(previous, report))


class _Matched(NamedTuple):
    """What the advisories say of the fleet, and what it was triaged with."""

    feeds: tuple[FeedAge, ...]
    components: list[Component]
    matches: list[Match]
    facts: triage.TriageFacts
    exposures: tuple[Exposure, ...]
    advisories_of: dict[str, frozenset[str]]


def _match(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    state: State,
    *,
    as_of: str,
    progress: Progress,
) -> _Matched:
    feeds = feed_ages(connection, workspace, state, as_of)
    components = assemble.fleet(connection)
    matches = matches_of(connection, components, progress=progress)
    facts = assemble.triage_facts(connection, state, matches=matches, feeds=feeds, as_of=as_of)
    return _Matched(
        feeds=feeds,
        components=components,
        matches=matches,
        facts=facts,
        exposures=triage.triage(matches, facts, as_of=parse_time(as_of)),
        advisories_of=assemble.advisories_by_maker(connection),
    )


def start_checks(workspace: Workspace, beside: Beside) -> Later[checks.CompiledChecks]:
    """Have the check catalogue read, which no fact changes, with the workspace's own checks."""
    return beside.start(checks.compiled_catalogue, own_check_folders(workspace))


def own_check_folders(workspace: Workspace) -> tuple[Path, ...]:
    """The folders with check files of the workspace's own."""
    return tuple(workspace.folder / name for name in workspace.settings.checks.paths)


def _first_seen(findings: Sequence[Finding], previous: Report | None, as_of: str) -> list[Finding]:
    seen = {finding.id: finding.first_seen_on for finding in previous.findings} if previous else {}
    return [
        msgspec.structs.replace(finding, first_seen_on=seen.get(finding.id) or as_of[:10])
        for finding in findings
    ]


def _worst_first(finding: Finding) -> tuple[bool, str, int, str, str, str]:
    return (
        finding.exception_id is not None,
        finding.verdict.value,
        finding.severity.rank,
        finding.deadline_on or "9999",
        finding.check,
        finding.subject,
    )

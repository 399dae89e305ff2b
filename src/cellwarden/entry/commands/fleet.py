"""Commands about a whole fleet: init, scan, today, explain, diff, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cellwarden.entry import exits
from cellwarden.entry.console import complain, progress, say, show, tell
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AlsoWorkspaceOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceArgument,
    WorkspaceOption,
    now,
    the_workspace,
    who_acts,
)
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time

if TYPE_CHECKING:
    from cellwarden.model.report import Report
    from cellwarden.workflows.beside import Beside
    from cellwarden.workflows.fleet.scan import ScanOutcome
    from cellwarden.workflows.workspace import Workspace

FORMATS: Final = "csv, cyclonedx, exposures-csv, html, json, markdown, openvex or sarif"
RunOption = Annotated[str | None, typer.Option(help="A run's id; the last one, if not given.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands on the app."""
    app.callback()(_main)
    for command in _commands():
        app.command()(command)


def names() -> frozenset[str]:
    """What these commands are called."""
    return frozenset(command.__name__ for command in _commands())


def _commands() -> tuple[Callable[..., int | None], ...]:
    return (init, scan, today, explain, blast, diff, report)


def _main(
    *,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and leave.")
    ] = False,
) -> None:
    """Can you trust the batteries that keep your data center up, and everyone near them?"""


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make or fill.")],
    operator: Annotated[
        str, typer.Option(help="Whose fleet it is, for the head of reports.")
    ] = "Unnamed operator",
) -> None:
    """Make a workspace: settings, register, advisory folder."""
    from cellwarden.workflows.fleet.init import init_workspace

    made = init_workspace(folder, operator=operator)
    say("\n".join(str(path) for path in made))
    tell(f"next: fill {folder}/register, put advisories into {folder}/advisories, then")
    tell(f"      cellwarden scan {folder}")
    tell(f"more files, such as: cellwarden register template document contract -w {folder}")


def scan(
    workspace: WorkspaceArgument = HERE,
    *,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="End with 1 on findings of this severity or worse, or with this property: "
            "known-exploited, no-fix, support-ended, unknown. Repeats.",
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file (TOML) with rules for the gate.")
    ] = None,
    output_format: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"Also write the report so: {FORMATS}. Repeats."),
    ] = None,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
    also: AlsoWorkspaceOption = None,
) -> int:
    """Scan a fleet: read, match, judge, write the report."""
    from cellwarden.workflows.beside import beside

    workspace = the_workspace(workspace, also)
    with beside() as hand:
        from cellwarden.reports import terminal
        from cellwarden.reports.lines import gate_failed
        from cellwarden.workflows.fleet.catalogue import all_checks
        from cellwarden.workflows.fleet.gate import (
            failures,
            load_policy,
            refuse_unknown_names,
            rules_from_words,
            unjudged,
        )
        from cellwarden.workflows.fleet.sources import nothing_registered
        from cellwarden.workflows.workspace import open_workspace

        opened = open_workspace(workspace)
        rules = rules_from_words([*opened.settings.gate.fail_on, *(fail_on or ())])
        rules += load_policy(policy) if policy else ()
        outcome, written = _scanned(
            opened, hand, as_of=as_of, actor=actor, formats=output_format or ()
        )
    show(terminal.summary(outcome.report, "" if workspace == HERE else str(workspace)))
    for path in written:
        say(f"report: {path}")
    code = exits.COMPLETE
    if policy:
        names = {str(check.id) for check in all_checks(workspace)}
        refuse_unknown_names(rules, outcome.report, names)
    failed = failures(rules, outcome.report.findings)
    for failure in failed:
        tell(gate_failed(failure.because, failure.findings))
        code = exits.GATE_FAILED
    errors = list(outcome.source_errors)
    if bare := nothing_registered(outcome.report.coverage):
        errors.append(bare)
    if not failed and (
        stale := unjudged(rules, outcome.report.feeds, told=opened.settings.feeds.required)
    ):
        errors.append(stale)
    for error in errors:
        complain(error)
        code = max(code, exits.code_of(error))
    if rules and code == exits.COMPLETE:
        ages = ", ".join(
            f"{age.feed} of {(age.newest_at or '?')[:10]}" for age in outcome.report.feeds
        )
        tell(f"gate: passed, judged on {ages}")
    return code


def _scanned(
    workspace: Workspace,
    hand: Beside,
    *,
    as_of: str | None,
    actor: str | None,
    formats: Sequence[str],
) -> tuple[ScanOutcome, tuple[Path, ...]]:
    """Scan and write the reports, with a bar."""
    from cellwarden.workflows.fleet.publish import start_page, write_reports
    from cellwarden.workflows.fleet.scan import scan as run_scan

    with progress() as bar:
        outcome = run_scan(
            workspace,
            now=now(),
            actor=who_acts(actor),
            asked_as_of=as_of,
            progress=bar,
            beside=hand,
        )
        page = start_page(hand, workspace, outcome.report.run)
        return outcome, write_reports(workspace, outcome.report, formats, page=page)


def today(
    workspace: WorkspaceArgument = HERE,
    *,
    role: Annotated[
        str | None, typer.Option(help="security, facilities, procurement or auditor; all else.")
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    also: AlsoWorkspaceOption = None,
) -> None:
    """What to do first: five actions for each role."""
    from cellwarden.reports import terminal

    found = _looked_at(the_workspace(workspace, also), as_of=as_of, known_at=known_at)
    show(terminal.today(found, role))


def explain(
    finding: Annotated[str, typer.Argument(help="A finding's id, or its beginning.")],
    *,
    workspace: WorkspaceOption = HERE,
    run: RunOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Explain a finding: why, evidence, deadline, remedy."""
    from cellwarden.reports import terminal
    from cellwarden.workflows.fleet.publish import find_finding

    found = _looked_at(workspace, run=run, as_of=as_of, known_at=known_at)
    wanted = find_finding(found, finding)
    show(terminal.finding(found, wanted))


def blast(
    vulnerability: Annotated[str, typer.Argument(help="A CVE id or the publisher's own id.")],
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Show everything that one vulnerability touches."""
    from cellwarden.reports import terminal

    found = _looked_at(workspace, as_of=as_of, known_at=known_at)
    show(terminal.blast_radius(found, vulnerability))


def diff(
    before: Annotated[str, typer.Argument(help="The earlier run's id.")],
    after: Annotated[str, typer.Argument(help="The later run's id.")],
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Show what changed between two runs."""
    from cellwarden.reports import terminal
    from cellwarden.reports.standing import data_age_line
    from cellwarden.workflows.fleet.runs import changes_between, load_run
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    earlier, later = load_run(opened, before), load_run(opened, after)
    changed = changes_between(earlier, later)
    age = data_age_line(later)
    show(terminal.changes(changed, earlier.run.id, later.run.id, age=age))


def report(
    workspace: WorkspaceArgument = HERE,
    *,
    output_format: Annotated[str, typer.Option("--format", help=f"{FORMATS}.")] = "json",
    run: RunOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here; to standard output, if not given."),
    ] = None,
    also: AlsoWorkspaceOption = None,
) -> None:
    """Write a kept run's report again, in any format."""
    from cellwarden.reports.formats import in_pieces
    from cellwarden.store.objects import write_durably

    folder = the_workspace(workspace, also)
    found = _looked_at(folder, run=run, as_of=as_of, known_at=known_at)
    pieces = in_pieces(output_format, found)
    if output is None or str(output) == "-":
        sys.stdout.writelines(pieces)
        return
    write_durably(output, (piece.encode() for piece in pieces))
    say(str(output))


def _looked_at(
    workspace: Path,
    *,
    run: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Report:
    """The kept run that is meant, or a judgement made anew for another moment."""
    from cellwarden.workflows.fleet.runs import load_run
    from cellwarden.workflows.fleet.scan import report_at
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    if as_of is None and known_at is None:
        return load_run(opened, run)
    if run is not None:
        raise InputError(
            "--run names a kept run, --as-of and --known-at another moment",
            advice="give the one or the other",
        )
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    with progress() as bar:
        return report_at(opened, moment, started_at=format_time(now()), progress=bar)

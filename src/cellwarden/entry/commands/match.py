"""Commands about matching: match, match explain, match waiting, match confirm, reject, withdraw."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from cellwarden.entry.console import progress, say, tell, width
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceOption,
    now,
    who_acts,
)
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time
from cellwarden.reports.text import printable

app = typer.Typer(
    help="Is it this product, is it this version?",
    invoke_without_command=True,
)

_MOST_TOLD: Final = 10
ComponentArgument = Annotated[str, typer.Argument(help="A component's id.")]
AdvisoryArgument = Annotated[str, typer.Argument(help="An advisory's id.")]
ReasonOption = Annotated[str, typer.Option(help="How you know.")]


@app.callback()
def match(
    context: typer.Context,
    *,
    inventory: Annotated[
        Path | None,
        typer.Option(
            help="A CSV inventory, or - for standard input: component_id, manufacturer, model,"
            " part, firmware; optional role, hardware, part_number, serial, site_id, asset_id."
        ),
    ] = None,
    advisories: Annotated[
        list[Path] | None,
        typer.Option(
            help="Advisory files, folders or archives. Repeats, or several in a row."
            " Without it, those that the workspace has imported."
        ),
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="jsonl or table.")] = "jsonl",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Match an inventory against advisories without a register, one line a match."""
    if context.invoked_subcommand is not None:
        return
    if inventory is None:
        raise InputError(
            "match needs --inventory FILE.csv",
            advice="and --advisories PATH, or a workspace; or use `match explain`, `match waiting`,"
            " `match confirm`, `match reject`, `match withdraw` in a workspace",
        )
    if str(inventory) == "-":
        inventory = Path("/dev/stdin")
    if output_format not in {"jsonl", "table"}:
        raise InputError(f"--format {output_format}: unknown", advice="use jsonl or table")
    from cellwarden.entry.main import HELD
    from cellwarden.workflows.advisory.match_many import match_lines
    from cellwarden.workflows.workspace import open_workspace

    source = advisories or open_workspace(workspace)
    moment = (
        None if isinstance(source, list) else source.moment(now(), as_of=as_of, known_at=known_at)
    )
    unread: list[str] = []
    with progress() as bar:
        found = match_lines(
            inventory, source, moment=moment, progress=bar, tell=unread.append, hold=HELD.append
        )
        if output_format == "table":
            say(_table(found))
        else:
            sys.stdout.flush()
            for lines in found:
                sys.stdout.buffer.write(lines)
    told = list(dict.fromkeys(unread))
    for words in told[:_MOST_TOLD]:
        tell(printable(words))
    if len(told) > _MOST_TOLD:
        tell(f"and {len(told) - _MOST_TOLD} more")


def _table(found: Iterable[bytes]) -> str:
    import msgspec

    from cellwarden.model.matching import Match
    from cellwarden.reports.lines import match_table

    lines = b"".join(found).splitlines()
    return match_table([msgspec.json.decode(line, type=Match) for line in lines], width=width())


@app.command()
def explain(
    component: ComponentArgument,
    advisory: AdvisoryArgument,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Why an advisory touches a component, or why it speaks of another product."""
    from cellwarden.reports.lines import explanation_text
    from cellwarden.workflows.advisory.match import explain_match
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    found = explain_match(opened, component, advisory, moment=moment)
    say(explanation_text(found, width=width()))


@app.command()
def waiting(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The weak candidates that wait for a person's yes or no."""
    from cellwarden.reports.lines import match_table
    from cellwarden.workflows.advisory.match import waiting_matches
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    with progress() as bar:
        found = waiting_matches(opened, moment=moment, progress=bar)
    if not found:
        say("no match waits for a person")
        return
    say(match_table(found, width=width()))
    tell("next: cellwarden match confirm|reject COMPONENT ADVISORY --reason ...")


@app.command()
def confirm(
    component: ComponentArgument,
    advisory: AdvisoryArgument,
    *,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that a component is the product that an advisory names."""
    _decide(component, advisory, reason, workspace, actor, is_same_product=True)


@app.command()
def reject(
    component: ComponentArgument,
    advisory: AdvisoryArgument,
    *,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that a component is not the product that an advisory names."""
    _decide(component, advisory, reason, workspace, actor, is_same_product=False)


@app.command()
def withdraw(
    component: ComponentArgument,
    advisory: AdvisoryArgument,
    *,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Take a confirm or reject back: the match waits for a person once more."""
    from cellwarden.workflows.advisory.match import withdraw_decision
    from cellwarden.workflows.workspace import open_workspace

    entry = withdraw_decision(
        open_workspace(workspace),
        component,
        advisory,
        reason=reason,
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"recorded as entry {entry}; the next scan asks again")


def _decide(
    component: str,
    advisory: str,
    reason: str,
    workspace: Path,
    actor: str | None,
    *,
    is_same_product: bool,
) -> None:
    from cellwarden.workflows.advisory.match import Decision, record_decision
    from cellwarden.workflows.workspace import open_workspace

    decision = Decision(
        component_id=component,
        advisory_id=advisory,
        is_same_product=is_same_product,
        reason=reason,
        decided_by=who_acts(actor),
    )
    entry = record_decision(open_workspace(workspace), decision, clock_at=format_time(now()))
    say(f"recorded as entry {entry}; the next scan uses it")
    tell("next: `cellwarden match withdraw` takes it back, should it turn out to be wrong")

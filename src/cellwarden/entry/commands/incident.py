"""Commands about incidents: incident open, notice, close, list, show."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.console import say, show, tell
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    ColumnsArgument,
    KnownAtOption,
    WorkspaceOption,
    columns_of,
    now,
    who_acts,
)
from cellwarden.model.times import format_time

app = typer.Typer(help="Incidents: who was told when, which deadlines run.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The incident's id.")]


@app.callback()
def incident() -> None:
    """Incidents: who was told when, which deadlines run."""


@app.command("open")
def open_(
    columns: ColumnsArgument = None, *, workspace: WorkspaceOption = HERE, actor: ActorOption = None
) -> None:
    """Record an incident; its deadlines run from now, or from noticed_at.

    For example: title="Gas alarm" site_id=NG1 asset_ids="A;B" party_ids=X regimes="nis2;gdpr".
    """
    from cellwarden.workflows.life.incidents import open_incident
    from cellwarden.workflows.workspace import open_workspace

    entry, name = open_incident(
        open_workspace(workspace),
        columns_of(columns),
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{name} opened, entry {entry}")
    tell(f"next: cellwarden incident show {name} (who has to be told, and until when)")


@app.command()
def notice(
    name: NameArgument,
    columns: ColumnsArgument = None,
    *,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that somebody was told.

    For example: audience=authority stage=early_warning regime=nis2 told="National CSIRT".
    """
    from cellwarden.workflows.life.incidents import give_notice
    from cellwarden.workflows.workspace import open_workspace

    entry, made = give_notice(
        open_workspace(workspace),
        name,
        columns_of(columns),
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{made} recorded as entry {entry}")


@app.command()
def close(
    name: NameArgument,
    columns: ColumnsArgument = None,
    *,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Close an incident; refused while somebody waits to be told."""
    from cellwarden.workflows.life.incidents import close_incident
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=format_time(now()))
    entry = close_incident(opened, name, columns_of(columns), actor=who_acts(actor), moment=moment)
    say(f"{name} closed, entry {entry}")


@app.command("list")
def list_(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Every incident, open ones first, with the notices that are overdue."""
    from cellwarden.reports import registers
    from cellwarden.workflows.life.incidents import list_incidents
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    found = list_incidents(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
    if not found:
        say("no incident is on record; that is not the same as none")
        return
    show(registers.incidents(found))


@app.command("show")
def show_(
    name: NameArgument,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """One incident against every deadline that applies."""
    from cellwarden.reports import registers
    from cellwarden.workflows.life.incidents import show_incident
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    one = show_incident(opened, name, opened.moment(now(), as_of=as_of, known_at=known_at))
    show(registers.incident(one.cells, one.notices, one.duties))

"""Commands about exceptions and risks: exception add, list, review; risk add, list, show."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.console import say, show
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

exceptions = typer.Typer(
    help="Accepted findings: add one, list them, review one.", no_args_is_help=True
)
risks = typer.Typer(help="The risk register: add, list, show.", no_args_is_help=True)


@exceptions.callback()
def exception() -> None:
    """Accepted findings: add one, list them, review one."""


@risks.callback()
def risk() -> None:
    """The risk register: add, list, show."""


@exceptions.command("add")
def add_exception(
    check: Annotated[str, typer.Argument(help="The check's id, or the id of a weakness.")],
    subject: Annotated[
        str, typer.Argument(help="The finding's subject; an asterisk for every one.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why it is accepted.")],
    requester: Annotated[str, typer.Option(help="Who asks for it.")],
    approver: Annotated[str, typer.Option(help="Who approves it; somebody else.")],
    measure: Annotated[str, typer.Option(help="What is done instead.")],
    expires: Annotated[str, typer.Option(help="Its last day: 2027-03-31; within a year.")],
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Accept a finding for a time, approved by somebody else."""
    from cellwarden.workflows.life.acceptances import add_exception as add
    from cellwarden.workflows.workspace import open_workspace

    cells = {
        "check": check,
        "accepts": subject,
        "reason": reason,
        "requester": requester,
        "approver": approver,
        "measure": measure,
        "expires_on": expires,
    }
    entry, name = add(
        open_workspace(workspace),
        cells,
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{name} recorded as entry {entry}; it holds to {expires}, the next scan uses it")


@exceptions.command("list")
def list_exceptions(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Every exception: in force, expired or refused, and what it covers."""
    from cellwarden.reports import registers
    from cellwarden.workflows.life.acceptances import list_exceptions as found
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    all_of_them = found(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
    if not all_of_them:
        say("no exception is on record")
        return
    show(registers.exceptions(all_of_them))


@exceptions.command("review")
def review_exception(
    name: Annotated[str, typer.Argument(help="The exception's id.")],
    *,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that you looked and its reason still holds."""
    from cellwarden.workflows.life.acceptances import review_exception as review
    from cellwarden.workflows.workspace import open_workspace

    entry = review(
        open_workspace(workspace),
        name,
        reviewer=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{name} reviewed, entry {entry}")


@risks.command("add")
def add_risk(
    columns: ColumnsArgument = None, *, workspace: WorkspaceOption = HERE, actor: ActorOption = None
) -> None:
    """Record a risk, or more about one (risk_id=).

    A new one needs title, owner, treatment (mitigate, accept, transfer, avoid) and review_on.
    """
    from cellwarden.workflows.life.acceptances import put_risk
    from cellwarden.workflows.workspace import open_workspace

    entry, name = put_risk(
        open_workspace(workspace),
        columns_of(columns),
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{name} recorded as entry {entry}")


@risks.command("list")
def list_risks(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The open risks, worst first: owner, treatment, next review."""
    from cellwarden.reports import registers
    from cellwarden.workflows.life.acceptances import list_risks as found
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    all_of_them = found(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
    if not all_of_them:
        say("no open risk is on record")
        return
    show(registers.risks(all_of_them))


@risks.command("show")
def show_risk(
    name: Annotated[str, typer.Argument(help="The risk's id.")],
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """One risk with the findings that feed it and the controls that it touches."""
    from cellwarden.reports import registers
    from cellwarden.workflows.life.acceptances import show_risk as found
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    one = found(opened, name, opened.moment(now(), as_of=as_of, known_at=known_at))
    show(registers.risk(one.cells, one.findings, one.controls))

"""Commands about retention: retention run, hold, lift, holds."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.console import say, show, tell
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

app = typer.Typer(
    help="How long things are kept: run the policy, set and lift holds.", no_args_is_help=True
)

ApproverOption = Annotated[str, typer.Option(help="Who approved it; not who asks.")]
ReasonOption = Annotated[str, typer.Option(help="Why.")]


@app.callback()
def retention() -> None:
    """How long things are kept: run the policy, set and lift holds."""


@app.command("run")
def run_(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what falls due, why, and what holds it.")
    ] = False,
    approver: ApproverOption = "",
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Erase what was kept for long enough; --as-of and --known-at only with --dry-run."""
    from cellwarden.reports import documents_text
    from cellwarden.workflows.ledger import retention as work
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    if dry_run:
        show(
            documents_text.retention(
                work.plan(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
            )
        )
        return
    if as_of or known_at:
        raise InputError(
            "what is due is erased by today's date and today's knowledge",
            advice="add --dry-run to ask about another moment",
        )
    done = work.run(opened, approver=approver, actor=who_acts(actor), clock_at=format_time(now()))
    show(documents_text.retention(done.items, is_done=True))
    if done.entry is None:
        say("nothing was due, nothing was erased")
        return
    say(f"recorded as entry {done.entry}: {done.cells} cells and {done.papers} papers erased")
    for path in done.removed:
        say(f"removed {path}, which held it")
    tell("not reached: backups, exports and packs that left this folder, and copies of the disk")


@app.command()
def hold(
    scope: Annotated[
        str, typer.Argument(help="everything, a kind such as ticket, or KIND/ID: document/DOC-1.")
    ],
    *,
    reason: ReasonOption,
    approver: ApproverOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Set a legal hold: nothing in its scope is erased until it is lifted."""
    from cellwarden.workflows.ledger.holds import set_hold
    from cellwarden.workflows.workspace import open_workspace

    entry, name = set_hold(
        open_workspace(workspace),
        scope,
        reason=reason,
        approver=approver,
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{name} holds {scope} from now on, entry {entry}")


@app.command()
def lift(
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id.")],
    *,
    reason: ReasonOption,
    approver: ApproverOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Lift a legal hold; the next run of the policy may erase what it held."""
    from cellwarden.workflows.ledger.holds import lift_hold
    from cellwarden.workflows.workspace import open_workspace

    entry = lift_hold(
        open_workspace(workspace),
        hold_id,
        reason=reason,
        approver=approver,
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{hold_id} lifted, entry {entry}")
    tell("next: `cellwarden retention run --dry-run` shows what falls due without it")


@app.command()
def holds(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Every legal hold: what it covers, since when, and why."""
    from cellwarden.reports import documents_text
    from cellwarden.workflows.ledger.holds import list_holds
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    found = list_holds(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
    if not found:
        say("no legal hold is on record")
        return
    show(documents_text.holds(found))

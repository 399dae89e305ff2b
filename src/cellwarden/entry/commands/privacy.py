"""Commands that erase for good: ledger redact."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.console import say, tell
from cellwarden.entry.words import HERE, ActorOption, WorkspaceOption, now, who_acts
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time


def add_to(ledger: typer.Typer) -> None:
    """Put these commands on the ledger's group."""
    ledger.command()(redact)


def redact(
    *,
    value: Annotated[
        str | None, typer.Option(help="Erase every personal cell and paper that holds this text.")
    ] = None,
    fact: Annotated[str | None, typer.Option(metavar="ENTRY.ROW", help="Erase one cell.")] = None,
    column: Annotated[str | None, typer.Option(help="Which column of --fact.")] = None,
    document: Annotated[str | None, typer.Option(metavar="ID", help="Erase one paper.")] = None,
    reason: Annotated[str, typer.Option(help="Why; never what.")] = "",
    approver: Annotated[str, typer.Option(help="Who approved; not who asks.")] = "",
    in_register: Annotated[
        bool, typer.Option("--in-register", help="Empty such cells in the register's CSV files.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish what an interrupted redaction left.")
    ] = False,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Erase personal data for good. The ledger and all its proofs go on holding."""
    from cellwarden.reports.text import printable
    from cellwarden.workflows.ledger import redact as work
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    if resume:
        say(f"finished: {work.resume(opened)} cells and papers were left and are gone")
        return
    if not approver.strip():
        raise InputError(
            "a redaction needs somebody who approved it", advice="name them in --approver"
        )
    asked = work.Asked(
        value=value,
        fact=fact,
        column=column,
        document=document,
        reason=reason,
        requester=who_acts(actor),
        approver=approver,
    )
    done = work.redact(opened, asked, clock_at=format_time(now()), in_register=in_register)
    say(f"recorded as entry {done.entry}: {done.cells} cells and {done.papers} papers erased")
    for path in done.register:
        say(f"emptied in {path}")
    for path in done.removed:
        say(f"removed {path}, which held it")
    for sentence in done.unread:
        say(printable(f"not looked into: {sentence}"))
    if done.unread:
        tell("next: look at those yourself; --document ID erases one that holds it")
    tell("not reached: backups, exports and packs that left this folder, and copies of the disk")

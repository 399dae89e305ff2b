"""Commands about the ledger: ledger verify, ledger list."""

from __future__ import annotations

import typer

from cellwarden.entry.console import say
from cellwarden.entry.words import HERE, WorkspaceOption

app = typer.Typer(help="What was recorded, and that it still is.", no_args_is_help=True)


@app.command()
def verify(*, workspace: WorkspaceOption = HERE) -> None:
    """Recompute every hash and root from what lies on disk; exit 4 where something differs."""
    from cellwarden.workflows.trust import verify_ledger
    from cellwarden.workflows.workspace import open_workspace

    state = verify_ledger(open_workspace(workspace))
    say(f"whole: {state.entries} entries, {state.rows} rows")
    say(f"root:  {state.root}")
    say(f"last:  {state.last_recorded_at or 'nothing recorded yet'}")


@app.command("list")
def list_(*, workspace: WorkspaceOption = HERE) -> None:
    """Every entry: when, who, what, from which source."""
    from cellwarden.reports.text import printable
    from cellwarden.workflows.trust import list_entries
    from cellwarden.workflows.workspace import open_workspace

    for index, entry in list_entries(open_workspace(workspace)):
        rows = ", ".join(f"{table.rows} {table.kind}" for table in entry.tables)
        say(printable(f"{index:>6}  {entry.recorded_at[:19]}  {entry.actor}  {entry.act}"))
        say(printable(f"        {entry.source}: {rows or 'no rows'}"))

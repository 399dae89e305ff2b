"""Commands about checks: checks list, checks show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.console import say, width
from cellwarden.entry.words import HERE, WorkspaceOption

app = typer.Typer(help="The check catalogue: list, show, pages.", no_args_is_help=True)


@app.command("list")
def list_(*, workspace: WorkspaceOption = HERE) -> None:
    """Every check: its id, severity and what it asks."""
    from cellwarden.reports.lines import check_table
    from cellwarden.workflows.fleet.catalogue import all_checks

    say(check_table(all_checks(workspace), width=width()))


@app.command()
def show(
    check: Annotated[str, typer.Argument(help="A check's id.")],
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """One check whole: why it matters, whom it applies to, what violates it, its controls."""
    from cellwarden.workflows.fleet.catalogue import check_page

    say(check_page(workspace, check))


@app.command()
def pages(
    target: Annotated[Path, typer.Argument(help="The folder to write them to.")],
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Write a documentation page for every check, your own included."""
    from cellwarden.workflows.fleet.catalogue import write_pages

    say(f"{target}: {write_pages(workspace, target)} files")

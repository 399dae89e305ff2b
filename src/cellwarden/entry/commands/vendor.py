"""The group vendor, and vendor screen; files beside this one add the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.words import HERE, ActorOption, WorkspaceOption
from cellwarden.model.errors import InputError

app = typer.Typer(help="Vendors: screen, ask, grade, compare, sign.", no_args_is_help=True)


@app.callback()
def vendor() -> None:
    """Vendors: screen, ask, grade, compare, sign."""


@app.command()
def screen(
    *,
    names: Annotated[
        Path | None,
        typer.Option(help="A CSV file: name; optional country, id. Without it, the register."),
    ] = None,
    lists: Annotated[
        list[Path] | None,
        typer.Option(
            "--list",
            help="OFAC sdn/alt/add CSV, EU CSV or XML, UN XML, or a plain CSV. Repeats, or several"
            " in a row.",
        ),
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="What people decided: a CSV file, see docs/screening.md.")
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="jsonl or table.")] = "jsonl",
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Screen names, or the register, against lists: none, review or match, each with reasons."""
    if output_format not in {"jsonl", "table"}:
        raise InputError(f"--format {output_format}: unknown", advice="use jsonl or table")
    if names is None:
        from cellwarden.entry.commands.vendor_screening import screen_workspace

        screen_workspace(workspace, lists or [], actor)
        return
    if not lists:
        raise InputError("Missing option '--list'", advice="give the lists: --list FILE...")
    import sys

    from cellwarden.workflows.vendor.screen import answer_line, answer_row, screen_names

    write = sys.stdout.write
    tell = answer_line if output_format == "jsonl" else answer_row
    for judged in screen_names(names, lists, decisions=decisions):
        write(tell(judged))

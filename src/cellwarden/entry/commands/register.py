"""Commands about the register: register import, kinds, template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.console import say, tell, width
from cellwarden.entry.words import HERE, WorkspaceOption

app = typer.Typer(help="Preview and import what people and devices wrote.", no_args_is_help=True)


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV, XLSX, YAML, JSON, CycloneDX, NetBox, upsc, SNMP walk or configuration.",
        ),
    ],
    *,
    kind: Annotated[
        str | None, typer.Option(help="What each row is: asset, component ...; told if not given.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="What the columns mean, as a TOML file; guessed if not given."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show how the columns would be read.")
    ] = False,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Put files into the register with a column mapping; the next scan records them.

    The first that cannot be read ends it; those before it are in the register.
    """
    from cellwarden.workflows.fleet.intake import refuse_one_mapping_for_all

    refuse_one_mapping_for_all(files, mapping)
    for file in files:
        _import_one(file, workspace, kind=kind, mapping=mapping, dry_run=dry_run)
    if dry_run:
        what = "the file goes" if len(files) == 1 else "the files go"
        tell(f"next: nothing was recorded; without --dry-run {what} into the register")


def _import_one(
    file: Path, workspace: Path, *, kind: str | None, mapping: Path | None, dry_run: bool
) -> None:
    from cellwarden.reports.lines import preview_text
    from cellwarden.workflows.fleet.intake import bring_in, preview_file, require_rows
    from cellwarden.workflows.workspace import open_workspace

    preview = preview_file(file, kind=kind, mapping=mapping)
    say(preview_text(preview, width=width()))
    require_rows(preview)
    if dry_run:
        return
    for path in bring_in(open_workspace(workspace), file, kind=kind, mapping=mapping):
        say(f"written: {path}")
    if preview.holds_secrets:
        tell(f"note: {file.name} lies there as it was, secrets too: its owner alone may read it,")
        tell("      and .gitignore names it, so that a register kept in git goes without it")


@app.command()
def kinds() -> None:
    """The kinds of fact that people write, and what each column says."""
    from cellwarden.collect.values import register_kinds
    from cellwarden.reports.lines import kinds_text

    say(kinds_text(register_kinds(), width=width()))


@app.command()
def template(
    kind: Annotated[
        list[str], typer.Argument(help="A kind of fact, such as document; `register kinds`.")
    ],
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Write an empty file into the register: its headings, and under each what belongs there."""
    from cellwarden.workflows.fleet.init import write_templates
    from cellwarden.workflows.workspace import open_workspace

    for path in write_templates(open_workspace(workspace), kind):
        say(f"written: {path}")
    tell("next: fill it from its third line on, and scan; the line of remarks is passed over")

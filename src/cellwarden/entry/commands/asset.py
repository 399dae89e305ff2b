"""Commands about one asset: asset history."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.console import say, show
from cellwarden.entry.words import HERE, AsOfOption, KnownAtOption, WorkspaceOption, now
from cellwarden.model.errors import InputError

app = typer.Typer(
    help="One asset: its life from approval to disposal, with proofs.", no_args_is_help=True
)


@app.callback()
def asset() -> None:
    """One asset: its life from approval to disposal, with proofs."""


@app.command()
def history(
    serial: Annotated[
        str, typer.Argument(help="A serial of the asset or of a part of it, or the asset's id.")
    ],
    *,
    output_format: Annotated[
        str, typer.Option("--format", help="table, json or markdown.")
    ] = "table",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Tell the whole life of an asset: who, when, source, grade, proof; gaps shown as gaps."""
    if output_format not in {"table", "json", "markdown"}:
        raise InputError(f"--format {output_format}: unknown", advice="use table, json or markdown")
    import msgspec

    from cellwarden.reports import timeline
    from cellwarden.reports.text import visible_json
    from cellwarden.workflows.life.lives import asset_life
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    told = asset_life(opened, serial, moment)
    if output_format == "json":
        say(visible_json(msgspec.json.format(msgspec.json.encode(told), indent=2).decode()))
    elif output_format == "markdown":
        say(timeline.markdown(told))
    else:
        show(timeline.life(told, workspace="" if workspace == HERE else str(workspace)))

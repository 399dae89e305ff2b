"""Commands about retirement: retire start, status, record, close."""

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
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time

app = typer.Typer(
    help="Take an asset out of service, with evidence.",
    no_args_is_help=True,
)

AssetArgument = Annotated[str, typer.Argument(help="The asset's id, or a serial of it.")]


@app.callback()
def retire() -> None:
    """Take an asset out of service, with evidence."""


@app.command()
def start(
    asset: AssetArgument,
    columns: ColumnsArgument = None,
    *,
    reason: Annotated[str, typer.Option(help="Why it is retired.")],
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Begin a retirement, with what is known of the asset.

    Columns that matter later: destination (recycling, reuse, return_to_vendor, storage),
    holds_memory, has_cloud_data, is_damaged (yes or no), weight_kg.
    """
    from cellwarden.workflows.life import retire as workflow
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=format_time(now()))
    cells = {"reason": reason} | columns_of(columns)
    entry, file = workflow.start(opened, asset, cells, actor=who_acts(actor), moment=moment)
    say(f"{file} begun, entry {entry}")
    tell(f"next: cellwarden retire status {asset}")


@app.command()
def status(
    asset: Annotated[
        str | None, typer.Argument(help="An asset's id or serial; every retirement, if not given.")
    ] = None,
    *,
    output_format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """What is done, what is missing, what comes next."""
    if output_format not in {"table", "json"}:
        raise InputError(f"--format {output_format}: unknown", advice="use table or json")
    import msgspec

    from cellwarden.reports import retirements
    from cellwarden.workflows.life import retire as workflow
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    found = workflow.status(opened, asset, opened.moment(now(), as_of=as_of, known_at=known_at))
    if output_format == "json":
        say(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif asset is not None:
        show(retirements.one(found[0]))
    elif not found:
        say("no asset is retired or on its way out")
    else:
        show(retirements.several(found))


@app.command("record")
def record_(
    step: Annotated[
        str,
        typer.Argument(
            help="file, approval, data, telemetry, wipe, access, transport, handover or disposal."
        ),
    ],
    asset: AssetArgument,
    columns: ColumnsArgument = None,
    *,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record one step as evidence."""
    from cellwarden.workflows.life import retire as workflow
    from cellwarden.workflows.workspace import open_workspace

    entry, subject = workflow.put(
        open_workspace(workspace),
        step,
        asset,
        columns_of(columns),
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    say(f"{subject} recorded as entry {entry}")


@app.command()
def close(
    asset: AssetArgument, *, workspace: WorkspaceOption = HERE, actor: ActorOption = None
) -> None:
    """Close the file; refused while it has a hole."""
    from cellwarden.workflows.life import retire as workflow
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=format_time(now()))
    entry, standing = workflow.close(opened, asset, actor=who_acts(actor), moment=moment)
    say(f"{standing.retirement_id} of {standing.asset_id} closed, entry {entry}")

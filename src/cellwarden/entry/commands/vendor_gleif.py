"""Commands about legal entity identifiers: vendor import-gleif, candidates, identify."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.commands.vendor_assessment import (
    FormatOption,
    VendorArgument,
    opened_on,
    wants_json,
    write_json,
)
from cellwarden.entry.console import progress, say, tell, width
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    DecidedOption,
    KnownAtOption,
    WorkspaceOption,
    now,
    who_acts,
)
from cellwarden.model.errors import InputError


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group ``vendor``."""
    app.command("import-gleif")(import_)
    for command in (candidates, identify):
        app.command()(command)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Level 1, level 2, reporting exceptions: XML or CSV, plain or .zip.",
        ),
    ],
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Keep every entity, not only those that matter here.")
    ] = False,
    dated: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="The files' day, where neither they nor names tell it."),
    ] = None,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Import files of the Global LEI System: names, statuses, and who consolidates whom."""
    from cellwarden.reports.gleif_text import imported_text
    from cellwarden.workflows.vendor.import_gleif import import_gleif

    opened, _, clock_at = opened_on(workspace, None)
    with progress() as bar:
        done = import_gleif(
            opened,
            files,
            everything=everything,
            dated_on=_day(dated),
            clock_at=clock_at,
            actor=who_acts(actor),
            progress=bar,
        )
    say(imported_text(done, width=width()))
    if done.waiting:
        tell("next: `cellwarden vendor candidates` shows who waits for your yes or no")
    else:
        tell("next: `cellwarden scan` judges names, countries, parents and statuses")


def candidates(
    *,
    everything: DecidedOption = False,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Entities that parties without an LEI may be, by their names; a person has to say."""
    from cellwarden.reports.gleif_text import candidates_text
    from cellwarden.workflows.vendor.identify import candidates as found
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    rows = found(opened, opened.moment(now(), as_of=as_of, known_at=known_at), decided=everything)
    if wants_json(output_format):
        write_json(rows)
        return
    say(candidates_text(rows, width=width()) if rows else "no candidate waits for a decision")


def identify(
    vendor: VendorArgument,
    lei: Annotated[str, typer.Argument(help="The LEI of the entity.")],
    *,
    reason: Annotated[str, typer.Option(help="What you compared, and why.")],
    is_not: Annotated[
        bool, typer.Option("--not", help="They are not the same; it is never offered again.")
    ] = False,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that a party is the entity with this LEI, or that it is not."""
    from cellwarden.workflows.vendor.identify import identify as decide

    opened, today, clock_at = opened_on(workspace, None)
    who = who_acts(actor)
    entry = decide(
        opened,
        vendor,
        lei,
        is_same=not is_not,
        reason=reason,
        on=today,
        clock_at=clock_at,
        actor=who,
    )
    say(f"{vendor} {'is not' if is_not else 'is'} {lei.upper()}: {who}, entry {entry}")
    if not is_not:
        tell("next: import the files once more, so that its record and its parents are kept")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--dated {text}: no day", advice="write it as 2026-11-01") from error

"""Commands about evidence that leaves the house: export a pack, verify one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.console import progress, say, tell, width
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    WorkspaceOption,
    now,
    who_acts,
)

app = typer.Typer(help="Evidence packs: export one, verify one.", no_args_is_help=True)


@app.command()
def pack(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The pack to write.")],
    *,
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what speaks to this framework.")
    ] = None,
    scope: Annotated[
        str | None, typer.Option(metavar="SITE", help="Only what stands at this site.")
    ] = None,
    period: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FROM TO", help="The days it covers; judged as of the last one."),
    ] = None,
    with_sources: Annotated[
        bool, typer.Option("--with-sources", help="Take along the files that entries came from.")
    ] = False,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who receives it, for the ledger.")
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Write findings, coverage and documents with everything that proves them, signed."""
    from cellwarden.reports.lines import labelled
    from cellwarden.reports.text import plural
    from cellwarden.workflows.evidence.evidence_pack import Wanted, export_pack, period_of
    from cellwarden.workflows.workspace import open_workspace

    opened, clock = open_workspace(workspace), now()
    days = period_of(period)
    wanted = Wanted(
        framework=framework,
        site_id=scope,
        period=days,
        with_sources=with_sources,
        handed_to=to,
    )
    with progress() as bar:
        done = export_pack(
            opened,
            out,
            wanted,
            as_of=opened.as_of(clock, as_of or (days[1] if days else None)),
            now=clock,
            actor=who_acts(actor),
            progress=bar,
        )
    proven = (
        f"{plural(done.entries, 'entry', 'entries')} of {done.checkpoint_size},"
        f" {plural(done.rows, 'row')}, {plural(done.documents, 'document')}"
    )
    lines = [
        ("scope", wanted.words),
        ("files", f"{plural(done.files, 'file')}, {plural(done.bytes, 'byte')}"),
        ("proves", proven),
        ("manifest", done.manifest_sha256),
        ("recorded", f"as entry {done.entry}"),
        *(("left out", one) for one in done.left_out),
    ]
    say(f"{done.path}\n{labelled(lines, width=width())}")
    if not done.is_signed:
        tell("the manifest is not signed: the ledger's key is not here, so nothing but entries,")
        tell("rows and documents is proven")
    for key in done.keys:
        tell("next: give the auditor the pack, and on another way this fingerprint:")
        tell(f"  {key.fingerprint}")


@app.command()
def verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The .zip, or its folder.")],
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A fingerprint or verifier key that you know. Repeats."),
    ] = None,
) -> None:
    """Check every byte, proof and signature of a pack, as its own verify.py does."""
    from cellwarden.reports.lines import labelled
    from cellwarden.workflows.evidence.evidence_verify import verify_pack

    report = verify_pack(pack, key or ())
    say(labelled(report.lines, width=width()))
    say(report.verdict)

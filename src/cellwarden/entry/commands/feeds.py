"""Commands about advisory data: feeds import, status, sync, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry import exits
from cellwarden.entry.console import complain, progress, say, tell
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceOption,
    now,
    who_acts,
)
from cellwarden.model.times import format_time
from cellwarden.reports.text import printable

app = typer.Typer(help="Advisory data: import, age, synchronise, export.", no_args_is_help=True)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, .zip, .tar.gz, bundles.")],
    *,
    require_manifest: Annotated[
        bool,
        typer.Option("--require-manifest", help="Take only bundles whose manifest lists all."),
    ] = False,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> int:
    """Import advisories: CSAF, CVE, NVD, KEV, EPSS, OpenVEX, CycloneDX VEX."""
    from cellwarden.workflows.advisory.feeds import (
        archives_without_manifest,
        import_feeds,
    )
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    for name in archives_without_manifest(paths, are_refused=require_manifest):
        tell(f"{printable(name)}: without a manifest; nothing says whether all of it came")
    with opened.open_state() as state, state.alone(), progress() as bar:
        outcome = import_feeds(
            state,
            paths,
            clock_at=format_time(now()),
            actor=who_acts(actor),
            progress=bar,
            keys=opened.signing_keys,
        )
    where = "nothing new" if outcome.entry is None else f"entry {outcome.entry}"
    say(
        f"{where}: {outcome.documents} documents imported, {outcome.known} known already, "
        f"{outcome.older} older than what is known, {len(outcome.unreadable)} unreadable"
    )
    refused = {f"{one.name}: {one.reason}" for one in outcome.contradicted}
    for reason in [one for one in outcome.unreadable if one not in refused][:10]:
        tell(f"unreadable: {printable(reason)}")
    for line in outcome.checks:
        tell(printable(line))
    for one in outcome.contradicted:
        complain(one.error)
    required = opened.settings.feeds.required
    is_required = any(one.feed in required for one in outcome.contradicted)
    return exits.code_of(outcome.contradicted[0].error) if is_required else exits.COMPLETE


@app.command()
def status(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """How old each feed is, how much it holds, and how much of the fleet it speaks of."""
    from cellwarden.reports.lines import feed_table
    from cellwarden.workflows.advisory.feed_exchange import feed_status
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    with progress() as bar:
        found = feed_status(opened, moment=moment, progress=bar)
    say(feed_table(found))


@app.command()
def sync(*, workspace: WorkspaceOption = HERE, actor: ActorOption = None) -> int:
    """Fetch what is new from the HTTPS sources in the settings, and import it."""
    from cellwarden.workflows.advisory.sync import sync_feeds
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    with progress() as bar:
        outcome = sync_feeds(
            opened, clock_at=format_time(now()), actor=who_acts(actor), progress=bar
        )
    say("\n".join(outcome.lines))
    for error in outcome.problems:
        complain(error)
    return max((exits.code_of(error) for error in outcome.problems), default=exits.COMPLETE)


@app.command()
def export(
    bundle: Annotated[Path, typer.Argument(help="The .zip to write.")],
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Write all imported documents to one digest-listed bundle for an air-gapped site."""
    from cellwarden.workflows.advisory.feed_exchange import export_feeds
    from cellwarden.workflows.workspace import open_workspace

    opened, made_at = open_workspace(workspace), now()
    moment = opened.moment(made_at, as_of=as_of or format_time(made_at), known_at=known_at)
    count = export_feeds(opened, bundle, moment=moment, made_at=format_time(made_at))
    say(f"{bundle}: {count} documents; import it there with `cellwarden feeds import`")


@app.command()
def correct(
    advisory: Annotated[str, typer.Argument(help="The advisory's id.")],
    leaf: Annotated[str, typer.Argument(help="The product id inside it, or * for all.")],
    field: Annotated[str, typer.Argument(help="vendor, product, version_text or status.")],
    value: Annotated[str, typer.Argument(help="What it should say.")],
    *,
    reason: Annotated[str, typer.Option(help="How you know, and from where.")],
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record a local correction of an advisory, with your name; every later match names it."""
    from cellwarden.workflows.advisory.feed_exchange import Correction, record_correction
    from cellwarden.workflows.workspace import open_workspace

    correction = Correction(
        advisory_id=advisory,
        leaf_id=leaf,
        field=field,
        value=value,
        reason=reason,
        author=who_acts(actor),
    )
    entry = record_correction(open_workspace(workspace), correction, clock_at=format_time(now()))
    say(f"recorded as entry {entry}; the next scan uses it")

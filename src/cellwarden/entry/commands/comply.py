"""Commands about frameworks: what they ask, and how far the evidence reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cellwarden.entry.console import progress, say, tell, width
from cellwarden.entry.words import HERE, AsOfOption, KnownAtOption, WorkspaceOption, now
from cellwarden.model.times import format_time

app = typer.Typer(help="Frameworks: what they ask, and what is evidenced.", no_args_is_help=True)

FrameworkOption = Annotated[
    str, typer.Option("--framework", metavar="ID", help="The framework; `comply list` names them.")
]
SiteOption = Annotated[
    str | None, typer.Option("--site", metavar="SITE", help="Only what stands at this site.")
]


@app.command("list")
def list_() -> None:
    """Every framework: its id, version, date, source, and how much of it is mapped."""
    from cellwarden.reports.frameworks_text import framework_table
    from cellwarden.workflows.evidence.comply import listed

    say(framework_table(listed(), width=width()))


@app.command()
def show(
    framework: Annotated[str, typer.Argument(help="A framework's id.")],
    control: Annotated[str | None, typer.Argument(help="A control's own identifier.")] = None,
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """A framework's controls, or one of them: what it asks and which checks speak to it."""
    from cellwarden.reports.frameworks_text import control_page, control_table
    from cellwarden.workflows.evidence.comply import explained, listed_one

    if control is None:
        say(control_table(listed_one(framework), width=width()))
    else:
        say(control_page(explained(framework, control, workspace), width=width()))


@app.command()
def coverage(
    framework: FrameworkOption,
    *,
    site: SiteOption = None,
    output_format: Annotated[
        Literal["table", "json", "csv", "markdown", "html"], typer.Option("--format")
    ] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """For each control: its checks, their verdicts, the evidence, its grade and age, the gaps."""
    from cellwarden.reports.coverage_formats import render
    from cellwarden.store.objects import write_durably
    from cellwarden.workflows.evidence.comply import coverage_of
    from cellwarden.workflows.workspace import open_workspace

    opened, clock = open_workspace(workspace), now()
    moment = opened.moment(clock, as_of=as_of, known_at=known_at)
    with progress() as bar:
        found = coverage_of(
            opened,
            framework,
            moment=moment,
            site_id=site,
            started_at=format_time(clock),
            progress=bar,
        )
    text = render(output_format, found, width=width())
    if output is not None:
        write_durably(output, text.encode("utf-8"))
        say(str(output))
        return
    say(text)
    if output_format == "table":
        tell(f"next: cellwarden evidence pack OUT.zip --framework {found.framework}")


@app.command()
def oscal(
    framework: FrameworkOption,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to fill.")],
    site: SiteOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Write OSCAL assessment results and a plan of action and milestones."""
    from cellwarden.workflows.evidence.comply import write_oscal
    from cellwarden.workflows.workspace import open_workspace

    opened, clock = open_workspace(workspace), now()
    moment = opened.moment(clock, as_of=as_of, known_at=known_at)
    with progress() as bar:
        written = write_oscal(
            opened,
            framework,
            out,
            moment=moment,
            site_id=site,
            started_at=format_time(clock),
            progress=bar,
        )
    say("\n".join(str(path) for path in written))

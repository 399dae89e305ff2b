"""Commands about screening the register: vendor hits, clear and confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cellwarden.entry.commands.vendor_assessment import opened_on
from cellwarden.entry.console import say, show, tell
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
from cellwarden.reports.text import printable

NameArgument = Annotated[str, typer.Argument(metavar="PARTY", help="A name as hits show it.")]
EntryArgument = Annotated[
    str, typer.Argument(metavar="LIST_ID", help="The entry's number, or LIST/NUMBER.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="What you compared, and why.")]


def screen_workspace(workspace: Path, lists: list[Path], actor: str | None) -> None:
    """Screen the register of a workspace, record it, and tell what came out."""
    from cellwarden.workflows.vendor.screen_register import screen_register

    opened, today, clock_at = opened_on(workspace, None)
    done = screen_register(opened, lists, on=today, clock_at=clock_at, actor=who_acts(actor))
    say(
        f"{done.names} names held against {done.entries} entries:"
        f" {done.matches} match, {done.reviews} to review"
    )
    for name in done.lists:
        say(f"  list: {printable(name)}")
    if done.unnamed:
        say(f"not screened, because no name is on record: {', '.join(done.unnamed)}")
    say(
        f"recorded as entry {done.entry}" if done.entry is not None else "as it was recorded before"
    )
    tell("next: `cellwarden vendor hits` shows each with its reasons")


def hits(
    *,
    everything: DecidedOption = False,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Hits of screening that wait for a person: name, entry, score and why."""
    from cellwarden.reports import screening_text
    from cellwarden.workflows.vendor.screen_register import hits as found
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    rows = found(opened, opened.moment(now(), as_of=as_of, known_at=known_at), decided=everything)
    if not rows:
        say("no hit is on record" if everything else "no hit waits for a decision")
        return
    show(screening_text.hits(rows))


def clear(
    name: NameArgument,
    list_id: EntryArgument,
    *,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that a hit is somebody else; it holds until either side changes."""
    _decide(name, list_id, reason, workspace, actor, is_same=False)


def confirm(
    name: NameArgument,
    list_id: EntryArgument,
    *,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Record that a hit is the listed party; it holds until either side changes."""
    _decide(name, list_id, reason, workspace, actor, is_same=True)


def _decide(
    name: str,
    list_id: str,
    reason: str,
    workspace: Path,
    actor: str | None,
    *,
    is_same: bool,
) -> None:
    from cellwarden.workflows.vendor.decide_hit import decide_hit

    opened, today, clock_at = opened_on(workspace, None)
    who = who_acts(actor)
    entry = decide_hit(
        opened,
        name,
        list_id,
        is_same=is_same,
        reason=reason,
        on=today,
        clock_at=clock_at,
        actor=who,
    )
    word = "confirmed" if is_same else "cleared"
    say(f"{name} and {list_id}: {word} by {who}, entry {entry}")


def add_to(group: typer.Typer) -> None:
    """Put these commands into the group vendor."""
    for command in (hits, clear, confirm):
        group.command()(command)

"""Commands about documents: document add, replace, list, show, get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cellwarden.entry.console import say, show, tell
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceOption,
    now,
    who_acts,
)
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time

if TYPE_CHECKING:
    from cellwarden.workflows.evidence.documents import KeptDocument

app = typer.Typer(
    help="Evidence on paper: keep, replace, list, show, get it back.", no_args_is_help=True
)

FileArgument = Annotated[Path, typer.Argument(help="The file; it is sealed and kept.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The document's id.")]
TitleOption = Annotated[str, typer.Option(help="Its title; the file's name, if not given.")]
TypeOption = Annotated[
    str, typer.Option("--type", help="contract, certificate, report, record, recording, photo ...")
]
AboutKindOption = Annotated[
    str, typer.Option(help="What it speaks of: party, product, asset, component, site, incident.")
]
AboutOption = Annotated[str, typer.Option(help="Which one of them, by id.")]
PartyOption = Annotated[str, typer.Option(help="Whose paper it is.")]
FromOption = Annotated[
    str, typer.Option("--from", help="From where it came: portal, mail, visit, reader.")
]
ReceivedOption = Annotated[str, typer.Option(help="When it came; now, if not given.")]
EffectiveFromOption = Annotated[str, typer.Option(help="Since when it holds.")]
EffectiveToOption = Annotated[str, typer.Option(help="The last day on which it holds.")]
GradeOption = Annotated[
    str, typer.Option(help="What it can prove at most: claimed, documented or tested.")
]
StrengthOption = Annotated[str, typer.Option(help="policy, record or report.")]
ScopeOption = Annotated[
    str, typer.Option(help="Products and versions that it covers, separated by semicolons.")
]
ClassificationOption = Annotated[
    str, typer.Option(help="public, internal, confidential or personal.")
]
VersionOption = Annotated[str, typer.Option(help="Its own version or issue.")]
RetentionOption = Annotated[str, typer.Option(help="Its class in the retention policy.")]
ReferenceOption = Annotated[str, typer.Option(help="The number that it carries itself.")]
NewIdOption = Annotated[str, typer.Option("--id", help="Its id; one is made, if not given.")]


@app.callback()
def document() -> None:
    """Evidence on paper: keep, replace, list, show, get it back."""


@app.command()
def add(
    file: FileArgument,
    *,
    type_: TypeOption,
    about_kind: AboutKindOption,
    about: AboutOption,
    grade: GradeOption,
    came_from: FromOption,
    document_id: NewIdOption = "",
    title: TitleOption = "",
    party: PartyOption = "",
    received_at: ReceivedOption = "",
    effective_from: EffectiveFromOption = "",
    effective_to: EffectiveToOption = "",
    strength: StrengthOption = "",
    scope: ScopeOption = "",
    classification: ClassificationOption = "",
    version: VersionOption = "",
    retention: RetentionOption = "",
    reference: ReferenceOption = "",
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Keep a file as evidence: sealed, named by its digest, committed to by the ledger."""
    from cellwarden.workflows.evidence.documents import add_document
    from cellwarden.workflows.workspace import open_workspace

    cells = {
        "document_id": document_id,
        "title": title,
        "type": type_,
        "about_kind": about_kind,
        "about_id": about,
        "party_id": party,
        "came_from": came_from,
        "received_at": received_at,
        "effective_from": effective_from,
        "effective_to": effective_to,
        "grade": grade,
        "strength": strength,
        "scope": scope,
        "classification": classification,
        "version": version,
        "retention": retention,
        "reference": reference,
    }
    _say_kept(
        add_document(
            open_workspace(workspace),
            file,
            cells,
            actor=who_acts(actor),
            clock_at=format_time(now()),
        )
    )


@app.command()
def replace(
    replaced: IdArgument,
    file: FileArgument,
    *,
    grade: GradeOption,
    came_from: FromOption,
    document_id: NewIdOption = "",
    title: TitleOption = "",
    received_at: ReceivedOption = "",
    effective_from: EffectiveFromOption = "",
    effective_to: EffectiveToOption = "",
    strength: StrengthOption = "",
    classification: ClassificationOption = "",
    version: VersionOption = "",
    retention: RetentionOption = "",
    reference: ReferenceOption = "",
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Keep a newer issue of a document; the old one stays, and both say so."""
    from cellwarden.workflows.evidence.documents import replace_document
    from cellwarden.workflows.workspace import open_workspace

    cells = {
        "document_id": document_id,
        "title": title,
        "came_from": came_from,
        "received_at": received_at,
        "effective_from": effective_from,
        "effective_to": effective_to,
        "grade": grade,
        "strength": strength,
        "classification": classification,
        "version": version,
        "retention": retention,
        "reference": reference,
    }
    _say_kept(
        replace_document(
            open_workspace(workspace),
            replaced,
            file,
            cells,
            actor=who_acts(actor),
            clock_at=format_time(now()),
        )
    )


@app.command("list")
def list_(
    *,
    about: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what speaks of this, or is theirs.")
    ] = None,
    type_: Annotated[
        str | None, typer.Option("--type", help="Only this type: certificate ...")
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Every document: grade, when it holds, whether it is kept, what rests on it."""
    from cellwarden.reports import documents_text
    from cellwarden.workflows.evidence.documents import list_documents
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    found = list_documents(opened, moment, about=about, of_type=type_)
    if not found:
        say("no such document is on record")
        return
    show(documents_text.documents(found))


@app.command("show")
def show_(
    document_id: IdArgument,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """One document whole: how it stands, its issues, what rests on it, and its proof."""
    from cellwarden.reports import documents_text
    from cellwarden.workflows.evidence.documents import show_document
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    found = show_document(opened, document_id, moment)
    show(
        documents_text.document(
            found.cells, found.standing, found.versions, found.citations, found.proof
        )
    )


@app.command()
def get(
    document_id: IdArgument,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Write to this file; never over one.")],
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Write what a document holds to a file, after checking it against the ledger."""
    from cellwarden.store.objects import write_durably
    from cellwarden.workflows.evidence.documents import get_document
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    data = get_document(opened, document_id, moment)
    if out.exists():
        raise InputError(f"{out} is there already", advice="name another file in -o")
    write_durably(out, data, mode=0o600)
    say(f"{out}: {len(data)} bytes, readable for you alone")
    tell("it came from somebody else: open it with care")


def _say_kept(kept: KeptDocument) -> None:
    say(f"{kept.document_id} kept as entry {kept.entry}: {kept.bytes} bytes of {kept.media_type}")
    say(f"sealed under {kept.sha256}")
    for name in kept.also:
        say(f"{name} holds the same bytes")

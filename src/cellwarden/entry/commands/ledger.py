"""Commands about the ledger: verify, list, and what lets others verify it: keys and checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cellwarden.entry.console import say, tell
from cellwarden.entry.files import OutOption, give, read_proof
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    KnownAtOption,
    WorkspaceOption,
    now,
    who_acts,
)
from cellwarden.model.errors import InputError
from cellwarden.model.times import format_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cellwarden.ledger.notes import Verified
    from cellwarden.workflows.ledger.ledger_keys import KeyChange
    from cellwarden.workflows.ledger.trust import LedgerState
    from cellwarden.workflows.workspace import Workspace

app = typer.Typer(help="What was recorded, and that it still is.", no_args_is_help=True)

CheckpointArgument = Annotated[
    Path, typer.Argument(metavar="CHECKPOINT", help="A file with a signed checkpoint.")
]


@app.command()
def verify(
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="CHECKPOINT", help="A signed checkpoint that was kept elsewhere."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="A verifier key that must have signed CHECKPOINT. Repeats."),
    ] = None,
    tsa_root: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="Check kept timestamps against these root certificates."),
    ] = None,
    tsa_certificate: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="The authority's own certificate, where it is apart."),
    ] = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Recompute every hash and root from what lies on disk; exit 4 where something differs.

    With --against, the ledger must also begin with what that checkpoint says. Only that shows a
    history that was rewritten and signed anew by whoever holds the key.
    """
    from cellwarden.ledger.keys import encode_verifier
    from cellwarden.workflows.ledger.checkpoints import compare
    from cellwarden.workflows.ledger.cosign import read_verifier
    from cellwarden.workflows.ledger.trust import verify_ledger
    from cellwarden.workflows.workspace import open_workspace

    if key and against is None:
        raise InputError("--key says who signed CHECKPOINT", advice="give --against CHECKPOINT")
    opened = open_workspace(workspace)
    state = verify_ledger(opened)
    found = None
    if against is not None:
        found = compare(opened, read_proof(against), [read_verifier(text) for text in key or ()])
    say(f"whole: {state.entries} entries, {state.rows} rows")
    say(f"root:  {state.root}")
    say(f"last:  {state.last_recorded_at or 'nothing recorded yet'}")
    for one in state.keys:
        say(f"key:   {encode_verifier(one)}")
    if state.checkpoints:
        say(f"signed: {state.signed_entries} entries, by {state.checkpoints} checkpoints kept here")
    _say_unreadable(state)
    _say_clock_jumps(state)
    _say_stamps(opened, tsa_root, tsa_certificate)
    if found is None:
        tell(
            "not shown by this: a history rewritten and signed anew; --against CHECKPOINT shows it"
        )
        return
    say(f"agrees with {against}: {found.checkpoint.size} of {found.entries} entries")
    _say_signatures(found.signed)


def _say_unreadable(state: LedgerState) -> None:
    one = state.unreadable
    if one is None or not one.entries:
        return
    say(
        f"not readable here: {one.cells} personal cells, {one.objects} sealed files of the first"
        f" {one.entries} entries"
    )
    say("  they were left out of the export; what commits to them holds, and their sealed bytes")


def _say_clock_jumps(state: LedgerState) -> None:
    shown = 3
    for jump in state.clock_jumps[:shown]:
        say(
            f"clock: at entry {jump.entry} it had jumped back to {jump.clock_at[:19]}Z; the entry"
            f" stands at {jump.recorded_at[:19]}Z, as the one before it"
        )
    if len(state.clock_jumps) > shown:
        say(f"clock: and at {len(state.clock_jumps) - shown} more entries")
    if state.clock_jumps:
        tell("next: set the clock right; recorded times never go back, the clock's own are kept")


def _say_stamps(opened: Workspace, root: Path | None, signer: Path | None) -> None:
    from cellwarden.workflows.ledger.outsiders import known_authority
    from cellwarden.workflows.ledger.timestamps import Authority, stamps

    authority = Authority(roots=root, signer=signer) if root else known_authority(opened)
    for one in stamps(opened, authority):
        said = "holds" if one.is_checked else "not checked; --tsa-root PEM checks it"
        say(f"stamped: {one.size} entries at {format_time(one.stamped_at)[:19]}Z: {said}")
        if not one.is_checked:
            tell(f"  without us: {one.command}")


@app.command()
def timestamp(
    *,
    tsa: Annotated[
        str | None, typer.Option(metavar="URL", help="Ask this time-stamping authority (HTTPS).")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Further certificates to trust for --tsa.")
    ] = None,
    request: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the request, to be carried.")
    ] = None,
    response: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answer that came back.")
    ] = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Have an authority sign that the newest checkpoint existed now (RFC 3161)."""
    from cellwarden.workflows.ledger import timestamps
    from cellwarden.workflows.workspace import open_workspace

    if sum(one is not None for one in (tsa, request, response)) != 1:
        raise InputError(
            "say how: --tsa URL, or --request FILE and later --response FILE",
            advice="an air-gapped site carries the two files",
        )
    opened = open_workspace(workspace)
    if request is not None:
        data, kept = timestamps.make_request(opened)
        give(data, request)
        tell(
            f"over the checkpoint of {kept.checkpoint.size} entries; bring the answer back with"
            " --response"
        )
        return
    if response is not None:
        stamp = timestamps.keep_response(opened, read_proof(response))
    else:
        stamp = timestamps.ask_authority(opened, tsa or "", ca_file=ca)
    say(f"stamped: {stamp.size} entries at {format_time(stamp.stamped_at)[:19]}Z, {stamp.path}")
    tell(f"not checked yet; `ledger verify --tsa-root PEM`, or without us: {stamp.command}")


@app.command("list")
def list_(*, workspace: WorkspaceOption = HERE, known_at: KnownAtOption = None) -> None:
    """Every entry: when, who, what, from which source."""
    from cellwarden.reports.text import printable
    from cellwarden.workflows.ledger.trust import list_entries, named_actors
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    size = opened.moment(now(), known_at=known_at).known_at
    names = named_actors(opened)
    for index, entry in list_entries(opened, known_at=size):
        rows = ", ".join(f"{table.rows} {table.kind}" for table in entry.tables)
        say(
            printable(
                f"{index:>6}  {entry.recorded_at[:19]}  {_who(entry.actor, names)}  {entry.act}"
            )
        )
        say(printable(f"        {entry.source}: {rows or 'no rows'}"))


@app.command()
def init(
    *,
    origin: Annotated[
        str | None,
        typer.Option(help="The ledger's own name, such as northgate.example/ledger."),
    ] = None,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Make the key that signs for this ledger; never overwrites one.

    The key lies in .state/ledger.key, for its owner only; or set CELLWARDEN_LEDGER_KEY to a key.
    """
    from cellwarden.workflows.ledger.ledger_keys import init_ledger_key
    from cellwarden.workflows.workspace import open_workspace

    made = init_ledger_key(
        open_workspace(workspace),
        origin=origin,
        actor=who_acts(actor),
        clock_at=format_time(now()),
    )
    _say_keys(made)
    tell("next: give that key to your auditors, and back up the private one, apart from the ledger")


@app.command()
def rotate(
    *,
    finish: Annotated[bool, typer.Option("--finish", help="Retire the old key.")] = False,
    workspace: WorkspaceOption = HERE,
    actor: ActorOption = None,
) -> None:
    """Bring in a new signing key beside the old one; both sign until --finish retires the old."""
    from cellwarden.workflows.ledger.ledger_keys import begin_rotation, finish_rotation
    from cellwarden.workflows.workspace import open_workspace

    step = finish_rotation if finish else begin_rotation
    made = step(open_workspace(workspace), actor=who_acts(actor), clock_at=format_time(now()))
    _say_keys(made)


@app.command()
def checkpoint(*, out: OutOption = None, workspace: WorkspaceOption = HERE) -> None:
    """Sign the ledger as it is now. Give the checkpoint to somebody else to keep."""
    from cellwarden.ledger.notes import encode_note
    from cellwarden.workflows.ledger.checkpoints import make_checkpoint
    from cellwarden.workflows.workspace import open_workspace

    made = make_checkpoint(open_workspace(workspace))
    give(encode_note(made.note), out)
    tell(f"signed: {made.checkpoint.size} entries; kept as {made.path}")


@app.command()
def prove(
    entry: Annotated[int, typer.Argument(help="The entry's number; `ledger list` shows it.")],
    *,
    out: OutOption = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Prove that an entry is in the ledger, against the newest checkpoint (C2SP tlog-proof)."""
    from cellwarden.workflows.ledger.checkpoints import prove_entry
    from cellwarden.workflows.workspace import open_workspace

    give(prove_entry(open_workspace(workspace), entry), out)


@app.command()
def growth(
    held: CheckpointArgument, *, out: OutOption = None, workspace: WorkspaceOption = HERE
) -> None:
    """Prove that the ledger only grew since CHECKPOINT, to the newest one (C2SP tlog-witness)."""
    from cellwarden.workflows.ledger.checkpoints import prove_growth
    from cellwarden.workflows.workspace import open_workspace

    give(prove_growth(open_workspace(workspace), read_proof(held)), out)


@app.command()
def export(
    archive: Annotated[Path, typer.Argument(help="The .zip to write.")],
    *,
    public: Annotated[
        bool,
        typer.Option("--public", help="Leave out personal values and the keys of sealed papers."),
    ] = False,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Write the whole ledger to one archive, byte for byte, to move or to keep it."""
    from cellwarden.workflows.ledger.move import export_whole
    from cellwarden.workflows.workspace import open_workspace

    made = export_whole(open_workspace(workspace), archive, with_private=not public)
    say(f"{archive}: {made.entries} entries, {len(made.members)} files, root {made.root}")
    if made.is_private:
        tell(
            "it holds personal values and keys: whoever gets it can read them; --public leaves"
            " them out"
        )


@app.command("import")
def import_(
    archive: Annotated[Path, typer.Argument(help="What `ledger export` wrote.")],
    *,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Fill an empty workspace's ledger from an archive, on any engine; every byte is checked."""
    from cellwarden.workflows.ledger.move import import_whole
    from cellwarden.workflows.workspace import open_workspace

    made = import_whole(open_workspace(workspace), archive)
    say(f"imported: {made.entries} entries, {len(made.members)} files, root {made.root}")
    if made.cannot_open.entries:
        tell(
            f"not readable here: personal cells and sealed files of {made.cannot_open.entries}"
            " entries, left out\nof the export; `cellwarden ledger verify` shows that what commits"
            " to them holds"
        )


@app.command()
def keep(cosigned: CheckpointArgument, *, workspace: WorkspaceOption = HERE) -> None:
    """Keep the signatures of a checkpoint that an auditor cosigned; later proofs carry them."""
    from cellwarden.workflows.ledger.checkpoints import keep_cosigned
    from cellwarden.workflows.ledger.outsiders import known_cosigners
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    known = known_cosigners(opened)
    kept = keep_cosigned(opened, read_proof(cosigned), known)
    say(f"{kept.path}: {len(kept.note.signatures)} signatures over {kept.checkpoint.size} entries")


def _who(actor: str, names: Mapping[str, str]) -> str:
    """An actor, with the name behind a pseudonym where it is known."""
    return f"{actor} ({names[actor]})" if actor in names else actor


def _say_keys(made: KeyChange) -> None:
    from cellwarden.ledger.keys import encode_verifier

    say(f"recorded as entry {made.entry}; who signs now:")
    for one in made.keys:
        say(f"  {encode_verifier(one)}")


def _say_signatures(signed: Sequence[Verified]) -> None:
    from cellwarden.workflows.ledger.checkpoints import checkpoint_time

    for one in signed:
        at = checkpoint_time(one)
        seen = f", seen {format_time(at)[:19]}Z" if at else ""
        say(f"  signed by {one.key.name}+{one.key.id.hex()}{seen}")


@app.command()
def show(
    fact: Annotated[str, typer.Argument(help="A fact's id as findings cite it, such as 2.226.")],
    *,
    workspace: WorkspaceOption = HERE,
    known_at: KnownAtOption = None,
) -> None:
    """Show one fact: what it says, who recorded it, when, from which source."""
    from cellwarden.reports.text import printable
    from cellwarden.workflows.ledger.trust import named_actors, show_fact
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    size = opened.moment(now(), known_at=known_at).known_at
    names = named_actors(opened)
    for one in show_fact(opened, fact, known_at=size):
        say(f"{one.kind} ({one.op})")
        for name, value in one.cells.items():
            say(printable(f"  {name}: {value}"))
        for name in one.redacted:
            say(printable(f"  {name}: (redacted)"))
        for name in one.closed:
            say(printable(f"  {name}: (not readable here: it was left out of the export)"))
        say(printable(f"  said by {one.source}"))
        say(printable(f"  recorded {one.entry.recorded_at} by {_who(one.entry.actor, names)}"))
        if one.entry.document_sha256:
            say(f"  document sha256 {one.entry.document_sha256}")

"""Commands for whoever holds a ledger to its word from outside; none needs a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cellwarden.entry.console import say, tell
from cellwarden.entry.files import OutOption, give, read_proof
from cellwarden.entry.words import now

LogKeyOption = Annotated[
    list[str],
    typer.Option("--log", help="A verifier key of the log, or a file with it. Repeats."),
]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the group of the ledger."""
    for command in (key, cosign, check):
        app.command()(command)


def key(
    file: Annotated[Path, typer.Argument(help="The file to make; for its owner only.")],
    *,
    name: Annotated[str, typer.Option(help="Whose key, such as auditor.example/anna.")],
    made_for: Annotated[
        Literal["auditor", "log"], typer.Option("--for", help="To cosign, or to sign a log.")
    ] = "auditor",
) -> None:
    """Make a key of your own; needs no workspace."""
    from cellwarden.ledger.keys import KeyType, encode_verifier
    from cellwarden.workflows.ledger.cosign import make_key

    kind = KeyType.COSIGNER if made_for == "auditor" else KeyType.LOG
    say(encode_verifier(make_key(file, name, kind)))


def cosign(
    shown: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT", help="A signed checkpoint, or what `ledger growth` wrote."
        ),
    ],
    *,
    key_file: Annotated[Path, typer.Option("--key", help="The file with your own key.")],
    log: LogKeyOption,
    out: OutOption = None,
) -> None:
    """Add your signature to somebody's checkpoint, on your own machine; needs no workspace.

    What you cosigned last lies in KEY.seen/ beside your key. A checkpoint that contradicts it is
    refused with exit 4.
    """
    from cellwarden.workflows.ledger.cosign import cosign_bytes, read_verifier

    done = cosign_bytes(
        read_proof(shown),
        key_file=key_file,
        log_keys=[read_verifier(text) for text in log],
        at_s=int(now().timestamp()),
    )
    give(done.data, out)
    if done.held_size is None:
        tell(f"cosigned: {done.checkpoint.size} entries; the first of this log, taken as it came")
    else:
        tell(f"cosigned: {done.checkpoint.size} entries, grown from {done.held_size}")


def check(
    proof: Annotated[Path, typer.Argument(help="What `ledger prove` wrote.")], *, log: LogKeyOption
) -> None:
    """Check the proof of an entry with nothing but the log's key; needs no workspace."""
    from cellwarden.reports.text import printable
    from cellwarden.workflows.ledger.cosign import check_proof, read_verifier

    found = check_proof(read_proof(proof), [read_verifier(text) for text in log])
    say(printable(found.data.decode("utf-8", errors="replace")))
    tell(f"holds: entry {found.index} of {found.checkpoint.size} in {found.checkpoint.origin}")

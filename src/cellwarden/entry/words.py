"""Arguments and options that several commands take, each described once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from cellwarden.model.errors import InputError

WorkspaceArgument = Annotated[
    Path,
    typer.Argument(
        metavar="[WORKSPACE]",
        help="The workspace's folder; here, if not given.",
        show_default=False,
    ),
]
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="The workspace's folder.", show_default=False)
]
AlsoWorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The same, as other commands take it."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", help="Speak for this date or time instead of now."),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME|SIZE",
        help="Use only what the ledger knew then: a time, or its size in entries.",
    ),
]
DecidedOption = Annotated[
    bool, typer.Option("--all", help="Decided ones too; else those nobody has decided.")
]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", help="Who does this: best a pseudonym; operator, if not given."),
]
ColumnsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="COLUMN=VALUE...", help="What is recorded: done_on=2026-11-16 result=passed"
    ),
]
HERE = Path()
_NOBODY_NAMED: Final = "operator"


def now() -> datetime:
    """The clock; only doors look at it."""
    return datetime.now(UTC)


def the_workspace(argument: Path, option: Path | None) -> Path:
    """The workspace's folder, given as an argument or as the option.

    Raises:
        InputError: both are given, and they differ.
    """
    if option is None:
        return argument
    if argument not in {HERE, option}:
        raise InputError(f"two workspaces: {argument} and {option}", advice="name one of them")
    return option


def who_acts(actor: str | None) -> str:
    """Who acts: as said, else the operator; never a login name, which nobody could erase."""
    return actor or _NOBODY_NAMED


def columns_of(words: list[str] | None) -> dict[str, str]:
    """Words such as ``done_on=2026-11-16`` as cells by column.

    Raises:
        InputError: a word has no equals sign, or names its column twice.
    """
    cells: dict[str, str] = {}
    for word in words or ():
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise InputError(
                f"{word!r} is no COLUMN=VALUE", advice="write it as done_on=2026-11-16"
            )
        if name.strip() in cells:
            raise InputError(f"{name.strip()} is given twice", advice="give each column once")
        cells[name.strip()] = value
    return cells

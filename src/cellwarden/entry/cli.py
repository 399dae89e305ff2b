"""The command line: one app, its groups, and the way from errors to exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer

from cellwarden.entry import exits
from cellwarden.entry.commands import fleet
from cellwarden.entry.console import complain
from cellwarden.entry.help_texts import polish
from cellwarden.model.errors import CellwardenError, InputError, StoreError


class Group(NamedTuple):
    """A group of commands: the module of ``entry.commands`` whose ``app`` it is, and more of them.

    Each of ``more`` has an ``add_to``, which puts its commands on that app.
    """

    module: str
    app: str = "app"
    more: tuple[str, ...] = ()


GROUPS: Final = {
    "asset": Group("asset"),
    "retire": Group("retire"),
    "exception": Group("acceptance", app="exceptions"),
    "risk": Group("acceptance", app="risks"),
    "incident": Group("incident"),
    "match": Group("match"),
    "feeds": Group("feeds"),
    "register": Group("register"),
    "checks": Group("catalogue"),
    "ledger": Group("ledger", more=("privacy", "auditor")),
    "document": Group("document"),
    "retention": Group("retention"),
    "comply": Group("comply"),
    "evidence": Group("evidence"),
    "vendor": Group(
        "vendor",
        more=(
            "vendor_assessment",
            "vendor_screening",
            "vendor_rules",
            "vendor_signals",
            "vendor_parties",
            "vendor_gleif",
            "vendor_onboard",
            "vendor_contract",
        ),
    ),
}
"""The groups in the order of the help. Only the one that is asked for is loaded."""


@cache
def app_for(word: str) -> typer.Typer:
    """The app as far as a command needs it; with every group where the word is no command."""
    app = typer.Typer(
        name="cellwarden",
        help="Can you trust the batteries that keep your data center up, and everyone near them?",
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    fleet.add_to(app)
    wanted = (word,) if word in GROUPS else () if word in fleet.names() else GROUPS
    for name in wanted:
        app.add_typer(_group(name), name=name)
    return app


def whole_app() -> typer.Typer:
    """The app with every command."""
    return app_for("")


@cache
def _group(name: str) -> typer.Typer:
    group = GROUPS[name]
    app: typer.Typer = getattr(_commands(group.module), group.app)
    for module in group.more:
        _commands(module).add_to(app)
    return app


def _commands(module: str) -> Any:
    return import_module(f"cellwarden.entry.commands.{module}")


_SEVERAL = frozenset({"--advisories", "--list"})
"""Options that take several values in a row, as shells expand them: ``--advisories *.json``."""


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code; an error is told on stderr, never as a trace."""
    try:
        app = app_for(next(iter(words), ""))
        command = typer.main.get_command(app)
        polish(command)
        code = command.main(args=spread(words), prog_name="cellwarden", standalone_mode=False)
        sys.stdout.flush()
    except CellwardenError as error:
        complain(error)
        code = exits.code_of(error)
    except typer.TyperException as error:
        _tell_misuse(error)
        code = exits.CANNOT_USE
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("cellwarden: stopped; what was recorded before is safe\n")
        code = exits.CANNOT_USE
    except (BrokenPipeError, SystemExit):
        # Whoever read us has seen enough (typer makes that an exit). Our own codes are returned
        # and never raised.
        _write_no_more()
        code = exits.COMPLETE
    except OSError as error:
        if error.filename is not None:  # a file of ours has an error of its own
            raise
        _write_no_more()
        reason = error.strerror or str(error)
        complain(StoreError(f"standard output: {reason}", advice="write where there is room"))
        code = exits.SOURCE_OR_STORE
    return code if isinstance(code, int) else exits.COMPLETE


def _tell_misuse(error: typer.TyperException) -> None:
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(error.format_message() + "\n")
    else:
        context = getattr(error, "ctx", None)
        asked = context.command_path if context is not None else "cellwarden"
        complain(InputError(error.format_message(), advice=f"`{asked} --help` lists the words"))


def _write_no_more() -> None:
    """What is left to write goes nowhere, without a trace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def spread(words: Sequence[str]) -> list[str]:
    """Repeat an option of ``_SEVERAL`` before each of the values that follow it."""
    spread_out: list[str] = []
    several = ""
    fresh = False
    for word in words:
        if word.startswith("-"):
            several, fresh = (word, True) if word in _SEVERAL else ("", False)
            spread_out.append(word)
        elif several and not fresh:
            spread_out += [several, word]
        else:
            spread_out.append(word)
            fresh = False
    return spread_out

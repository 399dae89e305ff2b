"""The command line: one app, its groups, and the way from errors to exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from cellwarden.entry import exits
from cellwarden.entry.commands import (
    acceptance,
    asset,
    auditor,
    catalogue,
    comply,
    document,
    evidence,
    feeds,
    fleet,
    incident,
    ledger,
    match,
    privacy,
    register,
    retention,
    retire,
    vendor,
    vendor_assessment,
    vendor_contract,
    vendor_gleif,
    vendor_onboard,
    vendor_parties,
    vendor_rules,
    vendor_screening,
    vendor_signals,
)
from cellwarden.entry.console import complain
from cellwarden.model.errors import CellwardenError, InputError

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
privacy.add_to(ledger.app)
auditor.add_to(ledger.app)
app.add_typer(asset.app, name="asset")
app.add_typer(retire.app, name="retire")
app.add_typer(acceptance.exceptions, name="exception")
app.add_typer(acceptance.risks, name="risk")
app.add_typer(incident.app, name="incident")
app.add_typer(match.app, name="match")
app.add_typer(feeds.app, name="feeds")
app.add_typer(register.app, name="register")
app.add_typer(catalogue.app, name="checks")
app.add_typer(ledger.app, name="ledger")
app.add_typer(document.app, name="document")
app.add_typer(retention.app, name="retention")
app.add_typer(comply.app, name="comply")
app.add_typer(evidence.app, name="evidence")
app.add_typer(vendor.app, name="vendor")
vendor_assessment.add_to(vendor.app)
vendor_screening.add_to(vendor.app)
vendor_rules.add_to(vendor.app)
vendor_signals.add_to(vendor.app)
vendor_parties.add_to(vendor.app)
vendor_gleif.add_to(vendor.app)
vendor.app.command()(vendor_onboard.onboard)
vendor.app.add_typer(vendor_contract.app, name="contract")


_SEVERAL = frozenset({"--advisories", "--list"})
"""Options that take several values in a row, as shells expand them: ``--advisories *.json``."""


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code; an error is told on stderr, never as a trace."""
    try:
        code = app(args=spread(words), prog_name="cellwarden", standalone_mode=False)
        sys.stdout.flush()
    except CellwardenError as error:
        complain(error)
        return exits.code_of(error)
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
            return exits.CANNOT_USE
        complain(InputError(error.format_message(), advice="`cellwarden --help` lists the words"))
        return exits.CANNOT_USE
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("cellwarden: stopped; what was recorded before is safe\n")
        return exits.CANNOT_USE
    except (BrokenPipeError, SystemExit):
        # Whoever read us has seen enough (typer makes that an exit): what is left to write goes
        # nowhere, without a trace. Our own codes are returned and never raised.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.COMPLETE
    return code if isinstance(code, int) else exits.COMPLETE


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

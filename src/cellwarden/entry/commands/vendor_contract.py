"""Commands about contracts: vendor contract list, add, clause, done, breach."""

from __future__ import annotations

from typing import Annotated

import typer

from cellwarden.entry.commands.vendor_assessment import VendorArgument, opened_on, read_at
from cellwarden.entry.console import say, width
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceOption,
    who_acts,
)

app = typer.Typer(help="Contracts as promises: list, add, done, broken.", no_args_is_help=True)

ContractArgument = Annotated[str, typer.Argument(help="The contract's id.")]
ClauseArgument = Annotated[str, typer.Argument(help="The clause's id.")]
PaperOption = Annotated[str | None, typer.Option("--document", help="The paper that shows it.")]
DayOption = Annotated[str | None, typer.Option("--on", help="The day; today, if not given.")]


def add_to(vendors: typer.Typer) -> None:
    """Put these commands on the group of vendors, as a group of their own."""
    vendors.add_typer(app, name="contract")


@app.command("list")
def list_(
    vendor: Annotated[str | None, typer.Argument(help="A party; all, if not given.")] = None,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Contracts clause by clause: promised, due, done, broken, and what each lacks."""
    from cellwarden.reports.vendor_text import contracts_text
    from cellwarden.workflows.vendor.contracts import contracts

    opened, today, size = read_at(workspace, as_of, known_at)
    say(contracts_text(contracts(opened, vendor, as_of=today, known_at=size), width=width()))


@app.command()
def add(
    vendor: VendorArgument,
    contract: ContractArgument,
    *,
    title: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    signed: Annotated[str | None, typer.Option(help="The day of the signature.")] = None,
    until: Annotated[str | None, typer.Option(help="Its last day.")] = None,
    document: PaperOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Write a contract down, or what changed in one."""
    from cellwarden.workflows.vendor.contracts import add_contract

    opened, today, clock_at = opened_on(workspace, as_of)
    cells = {
        "contract_id": contract,
        "party_id": vendor,
        "title": title,
        "signed_on": signed,
        "effective_to": until,
        "document_id": document,
    }
    entry = add_contract(opened, cells, as_of=today, clock_at=clock_at, actor=who_acts(actor))
    say(f"recorded as entry {entry}; add its promises with `vendor contract clause`")


@app.command()
def clause(
    contract: ContractArgument,
    clause_id: ClauseArgument,
    *,
    type_: Annotated[str, typer.Option("--type", help="incident_notice, audit_right, sla ...")],
    text: Annotated[str, typer.Option(help="What is promised, in words.")],
    amount: Annotated[str | None, typer.Option(help="The number in it.")] = None,
    unit: Annotated[str | None, typer.Option(help="hours, days or pieces.")] = None,
    due: Annotated[str | None, typer.Option(help="The day by which it is to be done.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Write one promise of a contract down."""
    from cellwarden.workflows.vendor.contracts import add_clause

    opened, today, clock_at = opened_on(workspace, as_of)
    cells = {
        "clause_id": clause_id,
        "contract_id": contract,
        "type": type_,
        "text": text,
        "amount": amount,
        "unit": unit,
        "promised_on": today.isoformat(),
        "due_on": due,
    }
    entry = add_clause(opened, cells, as_of=today, clock_at=clock_at, actor=who_acts(actor))
    say(f"recorded as entry {entry}")


@app.command()
def done(
    clause_id: ClauseArgument,
    *,
    on: DayOption = None,
    document: PaperOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Record that a promise was kept."""
    from cellwarden.workflows.vendor.contracts import add_clause

    opened, today, clock_at = opened_on(workspace, as_of)
    cells = {"clause_id": clause_id, "done_on": on or today.isoformat(), "document_id": document}
    entry = add_clause(opened, cells, as_of=today, clock_at=clock_at, actor=who_acts(actor))
    say(f"recorded as entry {entry}")


@app.command()
def breach(
    clause_id: ClauseArgument,
    *,
    document: PaperOption,
    on: DayOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Record that a promise was broken, with what shows it; the vendor is due at once."""
    from cellwarden.workflows.vendor.contracts import add_clause

    opened, today, clock_at = opened_on(workspace, as_of)
    cells = {
        "clause_id": clause_id,
        "breached_on": on or today.isoformat(),
        "document_id": document,
    }
    entry = add_clause(opened, cells, as_of=today, clock_at=clock_at, actor=who_acts(actor))
    say(f"recorded as entry {entry}; `cellwarden vendor due` now lists this vendor")

"""The command vendor onboard: from the first request to a signature, with its memo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cellwarden.entry.commands.vendor_assessment import (
    OutputOption,
    VendorArgument,
    opened_on,
    read_at,
    write_bytes,
)
from cellwarden.entry.console import say, tell, width
from cellwarden.entry.words import (
    HERE,
    ActorOption,
    AsOfOption,
    KnownAtOption,
    WorkspaceOption,
    who_acts,
)
from cellwarden.model.errors import InputError

_VERBS = ("start", "status", "approve", "sign", "memo")


def add_to(app: typer.Typer) -> None:
    """Put the command on the group of vendors."""
    app.command()(onboard)


def onboard(
    vendor: VendorArgument,
    verb: Annotated[str, typer.Argument(help="start, status, approve, sign or memo.")] = "status",
    *,
    side: Annotated[
        str | None, typer.Option(help="security, facilities or procurement, to approve for.")
    ] = None,
    answer: Annotated[
        str, typer.Option(help="approved, approved_with_conditions or refused.")
    ] = "approved",
    conditions: Annotated[str | None, typer.Option(help="What has to hold for it.")] = None,
    contract: Annotated[str | None, typer.Option(help="The contract that is signed.")] = None,
    output: OutputOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    actor: ActorOption = None,
) -> None:
    """Take a vendor on: start, three approvals by other people, sign; nobody does it alone."""
    if verb not in _VERBS:
        raise InputError(f"vendor onboard {verb}: unknown", advice=f"use {', '.join(_VERBS)}")
    from cellwarden.workflows.vendor import onboard as work

    opened, today, clock_at = opened_on(workspace, as_of)
    by = who_acts(actor)
    if verb == "start":
        name, entry = work.start(opened, vendor, as_of=today, clock_at=clock_at, actor=by)
        say(f"{name} started, entry {entry}")
    elif verb == "approve":
        entry = work.approve(
            opened,
            vendor,
            side=side or "",
            answer=answer,
            conditions=conditions,
            as_of=today,
            clock_at=clock_at,
            actor=by,
        )
        say(f"recorded as entry {entry}")
    elif verb == "sign":
        signed = work.sign(
            opened, vendor, contract_id=contract, as_of=today, clock_at=clock_at, actor=by
        )
        say(f"signed, entry {signed.entry}; memo SHA-256 {signed.memo_sha256}")
        _write_memo(signed.memo, output or opened.reports_folder / f"memo-{vendor.casefold()}")
        return
    opened, today, size = read_at(workspace, as_of, known_at)
    way = work.way_of(opened, vendor, as_of=today, known_at=size)
    _tell(way, today)
    if verb == "memo":
        from cellwarden.workflows.vendor.memo import memo_of

        base = output or opened.reports_folder / f"memo-{way.onboarding.party_id.casefold()}"
        _write_memo(memo_of(way, as_of=today), base)


def _tell(way: Any, today: Any) -> None:
    from cellwarden.reports.vendor_text import way_text
    from cellwarden.vendors.onboarding import holding, step_of

    step = step_of(way.onboarding, today).value
    say(way_text(way, step, holding(way.onboarding), width=width()))
    if way.open_points:
        tell(f"next: cellwarden vendor {_step(way.open_points[0], way.onboarding.party_id)}")
    elif way.onboarding.signed_on is None:
        tell(f"next: cellwarden vendor onboard {way.onboarding.party_id} sign")


def _step(point: str, party: str) -> str:
    """The command that goes on from an open point: an approval, a follow-up, else what to ask."""
    from cellwarden.vendors.onboarding import SIDES

    side = point.split(" ", 1)[0]
    if side in SIDES:
        return f"onboard {party} approve --side {side}"
    if point.startswith("asked, "):
        return f"questionnaire {party}"
    return f"follow-ups {party}" if point.startswith("follow-up ") else f"ask {party}"


def _write_memo(memo: Any, base: Path) -> None:
    from cellwarden.reports.paper import paper_html, paper_markdown

    for suffix, text in ((".html", paper_html(memo)), (".md", paper_markdown(memo))):
        write_bytes(text.encode(), base.with_name(base.name.removesuffix(".html") + suffix))

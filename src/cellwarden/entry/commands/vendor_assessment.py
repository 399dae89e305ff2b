"""Commands about assessing vendors, from the questionnaire to the score and the business case."""

from __future__ import annotations

import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cellwarden.entry.console import say, tell, width
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
from cellwarden.model.times import format_time, parse_time

VendorArgument = Annotated[str, typer.Argument(help="A party's id or legal name.")]
VendorsArgument = Annotated[list[str], typer.Argument(help="Parties, by id or legal name.")]
FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group ``vendor``."""
    for command in (questionnaire, receive, review, score, ask, compare, due, attest, case):
        app.command()(command)
    app.command("follow-ups")(follow_ups)


def questionnaire(
    vendor: VendorArgument,
    *,
    tier: Annotated[
        int | None, typer.Option(help="1, 2 or 3; told from the sites served if not given.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="The product that is assessed.")] = None,
    version: Annotated[str | None, typer.Option(help="Its firmware version.")] = None,
    due_on: Annotated[str | None, typer.Option("--due", help="Day of the answers.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Ask anew though one is under way.")] = False,
    output: OutputOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Write a vendor's questionnaire as XLSX and JSON, with what is open from before."""
    from cellwarden.workflows.vendor.assess import Request, make_questionnaire

    opened, today, clock_at = opened_on(workspace, as_of)
    made = make_questionnaire(
        opened,
        Request(
            vendor=vendor,
            tier=tier,
            product=product,
            version=version,
            due_on=parse_time(due_on).date() if due_on else None,
            is_new=new,
        ),
        folder=output or opened.folder / "questionnaires",
        as_of=today,
        clock_at=clock_at,
        actor=who_acts(actor),
    )
    say(f"{made.assessment_id}: {made.questions} questions, {made.because}")
    say(f"answers due on {made.due_on}; {made.open_follow_ups} follow-ups travel with it")
    for path in made.files:
        say(f"written: {path}")
    tell("next: send one of them; `cellwarden vendor receive FILE` takes it back")


def receive(
    file: Annotated[Path, typer.Argument(help="The answered XLSX or JSON file.")],
    *,
    vendor: Annotated[str | None, typer.Option(help="Refuse it unless it is this party's.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Take an answered questionnaire back: every word is recorded, vague ones are asked again."""
    from cellwarden.reports.vendor_text import receipt_text
    from cellwarden.workflows.vendor.receive import receive as take

    opened, today, clock_at = opened_on(workspace, as_of)
    receipt = take(
        opened, file, as_of=today, clock_at=clock_at, actor=who_acts(actor), vendor=vendor
    )
    say(receipt_text(receipt, width=width()))
    if receipt.waiting:
        tell(f"next: cellwarden vendor questionnaire {receipt.party_id}, and send it again")
    else:
        tell(f"next: cellwarden vendor score {receipt.party_id}")


def follow_ups(
    vendor: VendorArgument,
    *,
    close: Annotated[
        str | None, typer.Option(help="Close this one, in your name, after a clear reply.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Needed where no clear reply came.")] = "",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    actor: ActorOption = None,
) -> None:
    """What we asked back about vague words; each must close before a signature."""
    from cellwarden.reports.vendor_text import follow_ups_text
    from cellwarden.workflows.vendor.assess_score import standing_of
    from cellwarden.workflows.vendor.review import close_follow_up

    opened, today, clock_at = opened_on(workspace, as_of)
    if close:
        review_id, entry = close_follow_up(
            opened,
            vendor,
            close,
            reason=reason,
            as_of=today,
            clock_at=clock_at,
            actor=who_acts(actor),
        )
        say(f"closed by {review_id}, entry {entry}")
        return
    _, today, size = read_at(workspace, as_of, known_at)
    found = standing_of(opened, vendor, as_of=today, known_at=size).dossier
    say(follow_ups_text(found.name, found.follow_ups, width=width()))


def review(
    vendor: VendorArgument,
    question: Annotated[str, typer.Argument(help="A question's id.")],
    *,
    decision: Annotated[
        str,
        typer.Option(
            help="accept_choice, accept_not_applicable, grade, test_passed, test_failed, admission."
        ),
    ],
    reason: Annotated[str, typer.Option(help="What you saw.")],
    objective: Annotated[str, typer.Option(help="Which objective; * for all.")] = "*",
    grade: Annotated[str | None, typer.Option(help="policy, record or report.")] = None,
    evidence: Annotated[str | None, typer.Option(help="The vendor's piece of evidence.")] = None,
    document: Annotated[str | None, typer.Option(help="The paper that was seen.")] = None,
    product: Annotated[str | None, typer.Option(help="The product that it speaks of.")] = None,
    version: Annotated[str | None, typer.Option(help="The version that it speaks of.")] = None,
    on: Annotated[str | None, typer.Option(help="The day of the test or decision.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day on which it holds.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Record a reviewer's decision: an accepted answer, a paper seen, a test, an admission."""
    from cellwarden.vendors.assessment.reviewing import Decided
    from cellwarden.workflows.vendor.review import Judgement, record_review

    if decision not in set(Decided):
        raise InputError(f"--decision {decision}: unknown", advice=f"use {', '.join(Decided)}")
    opened, today, clock_at = opened_on(workspace, as_of)
    review_id, entry = record_review(
        opened,
        Judgement(
            vendor=vendor,
            question=question,
            decision=Decided(decision),
            objective=objective,
            reason=reason,
            grade=grade,
            evidence_id=evidence,
            document_id=document,
            product=product,
            version=version,
            decided_on=_day(on),
            expires_on=_day(until),
        ),
        as_of=today,
        clock_at=clock_at,
        actor=who_acts(actor),
    )
    say(f"recorded as {review_id}, entry {entry}")


def score(
    vendor: VendorArgument,
    *,
    brief: Annotated[bool, typer.Option("--brief", help="Leave out the objectives.")] = False,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """What a vendor can prove: the interval, the gates, and every step of the arithmetic."""
    from cellwarden.reports.vendor_text import score_text
    from cellwarden.workflows.vendor.assess_score import standing_of

    opened, today, size = read_at(workspace, as_of, known_at)
    standing = standing_of(opened, vendor, as_of=today, known_at=size)
    if wants_json(output_format):
        write_json(standing)
        return
    say(score_text(standing, steps=not brief, width=width()))


def ask(
    vendor: VendorArgument,
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The cheapest question whose answer could change the decision."""
    from cellwarden.reports.vendor_text import ask_text
    from cellwarden.workflows.vendor.assess_score import standing_of

    opened, today, size = read_at(workspace, as_of, known_at)
    say(ask_text(standing_of(opened, vendor, as_of=today, known_at=size), width=width()))


def compare(
    vendors: VendorsArgument,
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Vendors side by side on common questions: who is ahead, or what would separate them."""
    from cellwarden.reports.vendor_text import compare_text
    from cellwarden.workflows.vendor.assess_score import side_by_side

    opened, today, size = read_at(workspace, as_of, known_at)
    side = side_by_side(opened, vendors, as_of=today, known_at=size)
    if wants_json(output_format):
        write_json(side)
        return
    say(compare_text(side, width=width()))


def due(
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Who has to be assessed again, and why: by the calendar, or at once."""
    from cellwarden.reports.vendor_text import due_text
    from cellwarden.workflows.vendor.reassess import vendors_due

    opened, today, size = read_at(workspace, as_of, known_at)
    items, run = vendors_due(opened, as_of=today, known_at=size)
    if wants_json(output_format):
        write_json(items)
        return
    say(due_text(items, run, width=width()))
    first = next((item for item in items if item.due.is_due), None)
    if first is not None:
        tell(f"next: cellwarden vendor questionnaire {first.party_id} --new")


def attest(
    vendor: VendorArgument,
    *,
    output: OutputOption = None,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Write the assessment as a CycloneDX 1.6 attestation."""
    from cellwarden.vendors.assessment.attestation import attestation
    from cellwarden.workflows.vendor.assess_score import standing_of

    opened, today, size = read_at(workspace, as_of, known_at)
    found = standing_of(opened, vendor, as_of=today, known_at=size).dossier
    data = attestation(
        found.bank,
        found.graded,
        found.score,
        assessment_id=found.row["assessment_id"] or "",
        operator=opened.settings.workspace.operator,
        on=today,
    )
    write_bytes(data, output)


def case(
    vendors: VendorsArgument,
    *,
    output: OutputOption = None,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 1,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The business case of some vendors as HTML and Markdown, price beside the score."""
    from cellwarden.reports.paper import paper_html, paper_markdown
    from cellwarden.workflows.vendor.case import case_of

    opened, today, size = read_at(workspace, as_of, known_at)
    found, paper = case_of(opened, vendors, as_of=today, seed=seed, known_at=size)
    name = "case-" + "-".join(item.offer.vendor.casefold() for item in found.vendors)
    base = output or opened.reports_folder / name
    say("\n".join(textwrap.wrap(f"By expected cost: {found.sentence}", width())))
    say("\n".join(textwrap.wrap(f"Cost and price together: {found.with_price}", width())))
    for suffix, text in ((".html", paper_html(paper)), (".md", paper_markdown(paper))):
        write_bytes(text.encode(), base.with_name(base.name.removesuffix(".html") + suffix))


def opened_on(workspace: Path, as_of: str | None) -> tuple[Any, date, str]:
    """The workspace, the day that is spoken for, and the clock."""
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    clock = now()
    return opened, parse_time(opened.as_of(clock, as_of)).date(), format_time(clock)


def read_at(
    workspace: Path, as_of: str | None, known_at: str | None
) -> tuple[Any, date, int | None]:
    """The workspace, the day that is asked about, and the ledger size that was known."""
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    moment = opened.moment(now(), as_of=as_of, known_at=known_at)
    return opened, parse_time(moment.as_of).date(), moment.known_at


def _day(text: str | None) -> date | None:
    return parse_time(text).date() if text else None


def wants_json(output_format: str) -> bool:
    """Whether JSON was asked for; anything but text and json is refused."""
    if output_format not in {"text", "json"}:
        raise InputError(f"--format {output_format}: unknown", advice="use text or json")
    return output_format == "json"


def write_json(value: object) -> None:
    """Write one value as JSON to standard output."""
    import msgspec

    data = msgspec.json.encode(value, enc_hook=_plain)
    sys.stdout.write(msgspec.json.format(data, indent=2).decode() + "\n")


def _plain(value: object) -> object:
    from fractions import Fraction

    if isinstance(value, Fraction):
        return {"exact": str(value), "value": float(value)}
    raise TypeError(type(value).__name__)


def write_bytes(data: bytes, path: Path | None) -> None:
    """Write a file, or to stdout where no place is given.

    Raises:
        InputError: the place cannot be written to.
    """
    if path is None:
        sys.stdout.write(data.decode())
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", advice="give another --output"
        ) from error
    say(f"written: {path}")

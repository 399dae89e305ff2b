"""Record what our reviewers decide: accepted answers, papers seen, tests, closed follow-ups."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.vendors.assessment.answers import EvidenceKind
from cellwarden.vendors.assessment.questions import Question
from cellwarden.vendors.assessment.reviewing import Decided
from cellwarden.vendors.assessment.vagueness.follow_ups import close
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.decided_rows import CLOSE
from cellwarden.workflows.vendor.dossier import (
    Cells,
    bank_of,
    facts_of,
    follow_ups_of,
    latest_assessment,
    party_named,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

    from cellwarden.store.state import State

SOURCE: Final = "reviews"
_WHOLE: Final = frozenset({Decided.ACCEPT_CHOICE, Decided.ACCEPT_NOT_APPLICABLE})
"""Decisions that may be about a whole question."""
_SEEN: Final = frozenset({EvidenceKind.POLICY, EvidenceKind.RECORD, EvidenceKind.REPORT})


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer wants recorded about one answer of a vendor's latest assessment."""

    vendor: str
    question: str
    decision: Decided
    objective: str = "*"
    reason: str = ""
    grade: str | None = None
    evidence_id: str | None = None
    document_id: str | None = None
    product: str | None = None
    version: str | None = None
    decided_on: date | None = None
    expires_on: date | None = None


def record_review(
    workspace: Workspace, judgement: Judgement, *, as_of: date, clock_at: str, actor: str
) -> tuple[str, int]:
    """Record one decision; returns its id and its entry.

    Raises:
        InputError: no such vendor, question or objective; a grade without a paper; no reason.
        PermissionRefused: the vendor would judge itself.
    """
    if not judgement.reason.strip():
        raise InputError(
            "a review needs a reason", advice="say in --reason what you saw, for those who audit"
        )
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        party, row = _under_way(connection, judgement.vendor, as_of)
        if actor.strip().casefold() in {
            (party["party_id"] or "").casefold(),
            (party["name"] or "").casefold(),
        }:
            raise PermissionRefused(
                f"{actor} cannot review its own answers",
                advice="a reviewer of ours decides: give --actor",
            )
        question = bank_of(workspace).questions.get(judgement.question)
        if question is None:
            raise InputError(
                f"the bank has no question {judgement.question!r}",
                advice=f"`cellwarden vendor score {party['party_id']}` lists them",
            )
        _must_fit(judgement, question)
        cells: Cells = {
            "question": judgement.question,
            "objective": judgement.objective,
            "decision": judgement.decision.value,
            "grade": judgement.grade if judgement.decision is Decided.GRADE else None,
            "evidence_id": judgement.evidence_id,
            "document_id": judgement.document_id,
            "entity": row["entity"],
            "product": judgement.product or row["product"],
            "version": judgement.version or row["version"],
            "reason": judgement.reason,
            "decided_on": (judgement.decided_on or as_of).isoformat(),
            "expires_on": judgement.expires_on.isoformat() if judgement.expires_on else None,
        }
        return _record(state, connection, row, cells, as_of=as_of, clock_at=clock_at, actor=actor)


def close_follow_up(
    workspace: Workspace,
    vendor: str,
    follow_up_id: str,
    *,
    reason: str,
    as_of: date,
    clock_at: str,
    actor: str,
) -> tuple[str, int]:
    """Close one follow-up in a reviewer's name; without a clear reply only with a reason.

    Raises:
        InputError: the vendor has no such follow-up.
        PermissionRefused: nobody is named, or there is neither a clear reply nor a reason.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        _, row = _under_way(connection, vendor, as_of)
        items = follow_ups_of(connection, row["assessment_id"] or "")
        found = [item for item in items if item.id.startswith(follow_up_id.casefold())]
        if len(found) != 1 or not follow_up_id:
            raise InputError(
                f"{row['party_id']} has no single follow-up {follow_up_id!r}",
                advice=f"`cellwarden vendor follow-ups {row['party_id']}` lists them",
            )
        closed = close(found[0], by=actor, on=as_of, reason=reason)
        cells: Cells = {
            "question": closed.question,
            "objective": "*",
            "decision": CLOSE,
            "evidence_id": closed.id,
            "reason": closed.reason,
            "decided_on": as_of.isoformat(),
        }
        return _record(state, connection, row, cells, as_of=as_of, clock_at=clock_at, actor=actor)


def _under_way(
    connection: duckdb.DuckDBPyConnection, vendor: str, as_of: date
) -> tuple[Cells, Cells]:
    party = party_named(connection, vendor)
    row = latest_assessment(connection, party["party_id"] or "", as_of)
    if row is None:
        raise InputError(
            f"{party['name']} was never asked",
            advice=f"ask with `cellwarden vendor questionnaire {party['party_id']}`",
        )
    return party, row


def _must_fit(judgement: Judgement, question: Question) -> None:
    objectives = ", ".join(question.objectives)
    if judgement.objective == "*" and judgement.decision not in _WHOLE:
        raise InputError(
            f"{judgement.decision} is about one objective of {question.id}",
            advice=f"give --objective, one of {objectives}",
        )
    if judgement.objective not in {"*", *question.objectives}:
        raise InputError(
            f"{question.id} has no objective {judgement.objective!r}",
            advice=f"give one of {objectives}",
        )
    if judgement.decision is Decided.GRADE:
        if judgement.grade not in _SEEN:
            raise InputError(
                f"{judgement.grade!r} is no grade of a paper",
                advice="give --grade policy, record or report; a test of ours is --test",
            )
        if not judgement.document_id and not judgement.evidence_id:
            raise InputError(
                "a grade without a paper proves nothing",
                advice="name what you saw with --document or --evidence",
            )


def _record(
    state: State,
    connection: duckdb.DuckDBPyConnection,
    row: Cells,
    cells: Cells,
    *,
    as_of: date,
    clock_at: str,
    actor: str,
) -> tuple[str, int]:
    assessment_id = row["assessment_id"] or ""
    taken = {r["review_id"] for r in facts_of(connection, "review")}
    connection.close()
    count = 1
    while (review_id := f"{assessment_id}-R{count:03d}") in taken:
        count += 1
    frame: Cells = {"review_id": review_id, "assessment_id": assessment_id, "reviewer": actor}
    fact = Fact(cells=kinds()["review"].row(frame | cells), valid_from=as_of.isoformat())
    draft = Draft(act="review", actor=actor, source=SOURCE, clock_at=clock_at)
    return review_id, state.record(draft, {"review": [fact]})

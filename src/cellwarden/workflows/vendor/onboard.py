"""Onboarding: start, approve, sign, and the memo that stands under a signature."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.reports.paper import Paper, paper_markdown
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.vendors.onboarding import (
    Approval,
    Onboarding,
    PassedBy,
    must_be_approvable,
    must_be_signable,
    open_points,
)
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.assess_score import partners_of
from cellwarden.workflows.vendor.contracts import contracts_in
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import (
    Cells,
    Dossier,
    facts_of,
    grade,
    latest_assessment,
    party_named,
)
from cellwarden.workflows.vendor.memo import Way, memo_of
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "onboarding"
STEP: Final = "signature"


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A signature: its entry, and the memo under it with its digest."""

    entry: int
    memo: Paper
    memo_sha256: str


def start(
    workspace: Workspace, vendor: str, *, as_of: date, clock_at: str, actor: str
) -> tuple[str, int]:
    """Begin: somebody wants this vendor. Returns the onboarding's id and entry.

    Raises:
        InputError: no such party, or one is under way already.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        party = party_named(connection, vendor)
        row = _under_way(connection, party["party_id"] or "")
        if row is not None and not row["signed_on"]:
            raise InputError(
                f"{row['onboarding_id']} is under way since {row['started_on']}",
                advice=f"`cellwarden vendor onboard {party['party_id']} status` shows what is open",
            )
        assessment = latest_assessment(connection, party["party_id"] or "", as_of)
        taken = {r["onboarding_id"] for r in facts_of(connection, "onboarding")}
        connection.close()
        count = 1
        while (name := f"{party['party_id']}-ON-{as_of.year}-{count}") in taken:
            count += 1
        cells: Cells = {
            "onboarding_id": name,
            "party_id": party["party_id"],
            "assessment_id": assessment["assessment_id"] if assessment else None,
            "requester": actor,
            "started_on": as_of.isoformat(),
        }
        return name, _record(
            state, "onboarding", cells, as_of=as_of, clock_at=clock_at, actor=actor
        )


def way_of(workspace: Workspace, vendor: str, *, as_of: date, known_at: int | None = None) -> Way:
    """Where a vendor's onboarding stands.

    Raises:
        InputError: no such party, or nobody has started.
    """
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        found = _way(connection, workspace, vendor, as_of=as_of)
        connection.close()
    return found


def approve(
    workspace: Workspace,
    vendor: str,
    *,
    side: str,
    answer: str,
    conditions: str | None,
    as_of: date,
    clock_at: str,
    actor: str,
) -> int:
    """Record one side's word.

    Raises:
        InputError: no such side or answer; nothing is under way.
        PermissionRefused: the requester would approve, or one person two sides.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        way = _way(connection, workspace, vendor, as_of=as_of)
        connection.close()
        must_be_approvable(way.onboarding, side=side, approver=actor, answer=answer)
        cells: Cells = {
            "approval_id": f"{way.onboarding.id}-{side}-{as_of.isoformat()}",
            "step": STEP,
            "about_kind": "party",
            "about_id": way.onboarding.party_id,
            "side": side,
            "requester": way.onboarding.requester,
            "approver": actor,
            "answer": answer,
            "conditions": conditions,
            "decided_at": as_of.isoformat(),
        }
        return _record(state, "approval", cells, as_of=as_of, clock_at=clock_at, actor=actor)


def sign(
    workspace: Workspace,
    vendor: str,
    *,
    contract_id: str | None,
    as_of: date,
    clock_at: str,
    actor: str,
) -> Signed:
    """Sign, if nothing stands against it; the memo is kept in the object store.

    Raises:
        InputError: nothing is under way, or it is signed.
        PermissionRefused: names everything that is open.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        way = _way(connection, workspace, vendor, as_of=as_of)
        must_be_signable(way.onboarding, by=actor, as_of=as_of)
        contract = next(
            (
                {name: r[name] for name in kinds()["contract"].column_names}
                for r in facts_of(connection, "contract")
                if r["contract_id"] == contract_id
            ),
            None,
        )
        connection.close()
        if contract_id and contract is None:
            raise InputError(
                f"there is no contract {contract_id!r}",
                advice="write it down with `cellwarden vendor contract add`",
            )
        memo = memo_of(way, as_of=as_of, signed_by=actor)
        kept = state.sealed.put(paper_markdown(memo).encode())
        row = {name: way.row[name] for name in kinds()["onboarding"].column_names}
        signed = {"signed_on": as_of.isoformat(), "signed_by": actor}
        tables = {
            "onboarding": [
                _fact(
                    "onboarding",
                    {**row, **signed, "contract_id": contract_id, "memo_sha256": kept.sha256},
                    as_of,
                )
            ]
        }
        if contract is not None:
            tables["contract"] = [_fact("contract", {**contract, **signed}, as_of)]
        draft = Draft(
            act="sign",
            actor=actor,
            source=SOURCE,
            clock_at=clock_at,
            document_sha256=kept.sha256,
            document_commitment=kept.commitment,
        )
        return Signed(entry=state.record(draft, tables), memo=memo, memo_sha256=kept.sha256)


def _way(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, vendor: str, *, as_of: date
) -> Way:
    party = party_named(connection, vendor)
    party_id = party["party_id"] or ""
    row = _under_way(connection, party_id)
    if row is None:
        raise InputError(
            f"nobody has asked to take on {party['name'] or party_id}",
            advice=f"start with `cellwarden vendor onboard {party_id} start`",
        )
    assessment = latest_assessment(connection, party_id, as_of)
    found = grade(connection, workspace, party, assessment, as_of=as_of) if assessment else None
    onboarding = _onboarding(connection, row, found)
    return Way(
        party=party,
        row=row,
        onboarding=onboarding,
        dossier=found,
        partners=partners_of(connection, workspace, party, as_of=as_of),
        contracts=contracts_in(connection, party_id, as_of=as_of),
        open_points=open_points(onboarding, as_of),
    )


def _onboarding(
    connection: duckdb.DuckDBPyConnection, row: Cells, found: Dossier | None
) -> Onboarding:
    party_id = row["party_id"] or ""
    started_on = day_of(row["started_on"]) or date.min
    return Onboarding(
        id=row["onboarding_id"] or "",
        party_id=party_id,
        requester=row["requester"] or "",
        started_on=started_on,
        approvals=tuple(_approvals(connection, party_id)),
        against=against(found),
        passes=tuple(_passes(connection, party_id)),
        answers_on=_answers_on(connection, found),
        signed_on=day_of(row["signed_on"]),
        signed_by=row["signed_by"],
    )


def against(found: Dossier | None) -> tuple[tuple[str, str], ...]:
    """Everything that stands against a signature: what an exception has to name, and words."""
    if found is None:
        return (("assessment", "never assessed: nothing is proven"),)
    points = []
    overall = found.score.overall
    if found.answered_on is None:
        points.append(("assessment", "asked, and no answer has come"))
    elif not any(item.counts for q in found.score.questions for item in q.graded):
        points.append(("assessment", "no question applies"))
    points += [("score", r) for r in found.decision.because if r.startswith("the low end")]
    points += [
        (f"gate:{gate.gate}", f"the gate {gate.gate} is {gate.state.value}")
        for gate in found.gates
        if not gate.lets_pass
    ]
    points += [
        (f"follow-up:{item.id}", f"follow-up {item.id} on {item.question} is {item.state.value}")
        for item in found.open_follow_ups
    ]
    if overall is None and not points:
        points.append(("assessment", "not assessed"))
    return tuple(points)


def _approvals(connection: duckdb.DuckDBPyConnection, party_id: str) -> list[Approval]:
    return [
        Approval(
            id=row["approval_id"] or "",
            side=row["side"] or "",
            approver=row["approver"] or "",
            answer=row["answer"] or "",
            decided_on=on,
            conditions=row["conditions"],
            document_id=row["document_id"],
        )
        for row in facts_of(connection, "approval")
        if row["step"] == STEP and row["about_id"] == party_id and (on := day_of(row["decided_at"]))
    ]


def _passes(connection: duckdb.DuckDBPyConnection, party_id: str) -> list[PassedBy]:
    return [
        PassedBy(
            id=row["exception_id"] or "",
            about=row["check"] or "",
            reason=row["reason"] or "",
            requester=row["requester"] or "",
            approver=row["approver"] or "",
            expires_on=day_of(row["expires_on"]),
        )
        for row in facts_of(connection, "exception")
        if row["accepts"] == party_id
    ]


def _answers_on(connection: duckdb.DuckDBPyConnection, found: Dossier | None) -> date | None:
    """The day on which answers or decisions about them last changed."""
    if found is None:
        return None
    days = [
        on
        for row in facts_of(connection, "review")
        if row["assessment_id"] == found.row["assessment_id"] and (on := day_of(row["decided_on"]))
    ]
    return max([*days, *([found.answered_on] if found.answered_on else [])], default=None)


def _under_way(connection: duckdb.DuckDBPyConnection, party_id: str) -> Cells | None:
    rows = [r for r in facts_of(connection, "onboarding") if r["party_id"] == party_id]
    return max(rows, key=lambda r: (r["started_on"] or "", r["onboarding_id"] or ""), default=None)


def _fact(kind: str, cells: Cells, as_of: date) -> Fact:
    return Fact(cells=kinds()[kind].row(cells), valid_from=as_of.isoformat())


def _record(
    state: State, kind: str, cells: Cells, *, as_of: date, clock_at: str, actor: str
) -> int:
    draft = Draft(act="onboard", actor=actor, source=SOURCE, clock_at=clock_at)
    return state.record(draft, {kind: [_fact(kind, cells, as_of)]})

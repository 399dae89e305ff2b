"""The memo under a signature: score, gates, open points, approvals, promises, evidence."""

from __future__ import annotations

from datetime import date

import msgspec

from cellwarden.reports.paper import Paper, Section, Table
from cellwarden.vendors.onboarding import (
    SIDES,
    Onboarding,
    Step,
    holding,
    passed_by,
    step_of,
)
from cellwarden.workflows.vendor.assess_score import Partner
from cellwarden.workflows.vendor.contracts import Contract
from cellwarden.workflows.vendor.dossier import Cells, Dossier


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor's way to a signature with everything that it rests on."""

    party: Cells
    row: Cells
    onboarding: Onboarding
    dossier: Dossier | None
    partners: tuple[Partner, ...]
    contracts: tuple[Contract, ...]
    open_points: tuple[str, ...]


def memo_of(way: Way, *, as_of: date, signed_by: str | None = None) -> Paper:
    """What people read before they sign, and keep afterwards."""
    name = way.party["name"] or way.party["party_id"] or ""
    step = step_of(way.onboarding, as_of)
    if signed_by is not None or step is Step.SIGNED:
        verdict = f"Signed by {signed_by or way.onboarding.signed_by}."
        is_good: bool | None = True
        if way.open_points:
            verdict = f"{verdict[:-1]}, and {len(way.open_points)} points are open today."
            is_good = False
    elif way.open_points:
        verdict = f"Not to be signed yet: {len(way.open_points)} points are open."
        is_good = False
    else:
        verdict = "Nothing stands against a signature."
        is_good = True
    return Paper(
        kind="Onboarding memo",
        title=name,
        dated=f"{way.onboarding.id}, as of {as_of.isoformat()}, requested by"
        f" {way.onboarding.requester} on {way.onboarding.started_on}",
        verdict=verdict,
        is_good=is_good,
        sections=tuple(
            section
            for section in (
                _open(way, as_of),
                _score(way.dossier),
                _gates(way.dossier),
                _found(way.dossier),
                _partners(way),
                _approvals(way),
                _promises(way),
                _evidence(way),
            )
            if section is not None
        ),
        foot="The score decides nothing by itself: the low end, the gates and the follow-ups have"
        " to allow a signature, and three sides give it. Price is no part of it.",
    )


def _open(way: Way, as_of: date) -> Section:
    passed = [
        f"{words}; passed by {item.id}, approved by {item.approver} until {item.expires_on}:"
        f" {item.reason}"
        for about, words in way.onboarding.against
        if (item := passed_by(way.onboarding, about, as_of)) is not None
    ]
    return Section(
        title="Open points",
        words=() if way.open_points or passed else ("None.",),
        points=(*way.open_points, *passed),
    )


def _score(found: Dossier | None) -> Section:
    if found is None or found.score.overall is None:
        return Section(title="Score", words=("Not assessed: nothing is proven.",))
    rows = [
        (
            domain.replace("-", " "),
            *(
                (f"{float(i.low):.2f}", f"{float(i.high):.2f}", f"{float(i.coverage):.2f}")
                if i
                else ("not asked", "", "")
            ),
        )
        for domain, i in (*found.score.by_domain.items(), ("all", found.score.overall))
    ]
    return Section(
        title="Score",
        words=(
            (
                f"Assessment {found.row['assessment_id']}, {found.row['product']}"
                f" {found.row['version'] or ''}, tier {found.row['tier']},"
                f" answered {found.answered_on}."
            ),
        ),
        table=Table(
            heads=("Part", "Proven", "Not disproven", "Known"),
            rows=tuple(rows),
            numbers=frozenset({1, 2, 3}),
        ),
    )


def _gates(found: Dossier | None) -> Section | None:
    if found is None:
        return None
    return Section(
        title="Gates, outside the average",
        table=Table(
            heads=("Gate", "State", "Why"),
            rows=tuple((g.gate.replace("-", " "), g.state.value, g.because) for g in found.gates),
        ),
    )


def _found(found: Dossier | None) -> Section | None:
    if found is None or not found.score.findings:
        return None
    return Section(title="Answers that are contradicted", points=found.score.findings)


def _partners(way: Way) -> Section | None:
    if not way.partners:
        return None
    return Section(
        title="Who works for it at our sites",
        words=("Each is assessed by itself; nothing is inherited.",),
        table=Table(
            heads=("Partner", "Part", "Stands"),
            rows=tuple((p.name, p.role.replace("_", " "), p.says) for p in way.partners),
        ),
    )


def _approvals(way: Way) -> Section:
    held = holding(way.onboarding)
    rows = tuple(
        (
            side,
            held[side].approver if side in held else "waiting",
            held[side].answer.replace("_", " ") if side in held else "",
            held[side].decided_on.isoformat() if side in held else "",
            (held[side].conditions or "") if side in held else "",
        )
        for side in SIDES
    )
    return Section(
        title="Approvals",
        table=Table(heads=("Side", "By", "Answer", "On", "Conditions"), rows=rows),
    )


def _promises(way: Way) -> Section:
    if not way.contracts:
        return Section(title="Promises", words=("No contract is recorded.",))
    rows = tuple(
        (
            contract.id,
            clause.type.replace("_", " "),
            f"{clause.amount or ''} {clause.unit or ''}".strip(),
            state.value,
            clause.text,
        )
        for contract in way.contracts
        for clause, state in contract.clauses
    )
    lacking = tuple(
        f"{contract.id} lacks: {', '.join(name.replace('_', ' ') for name in contract.missing)}"
        for contract in way.contracts
        if contract.missing
    )
    return Section(
        title="Promises",
        points=lacking,
        table=Table(heads=("Contract", "Clause", "Number", "State", "Words"), rows=rows),
    )


def _evidence(way: Way) -> Section:
    ids = [f"onboarding: fact {way.row['fact_id']}"]
    if way.dossier is not None:
        ids.append(f"assessment: fact {way.dossier.row['fact_id']}")
        if way.dossier.row["document_sha256"]:
            ids.append(f"answers as they came: SHA-256 {way.dossier.row['document_sha256']}")
        rests = sorted(
            {
                item.rests_on
                for question in way.dossier.score.questions
                for item in question.graded
                if item.rests_on and item.known > 0 and "answered" not in item.rests_on
            }
        )
        ids.append(f"grades rest on: {', '.join(rests) or 'claims alone'}")
    ids += [f"approval {a.id}" for a in holding(way.onboarding).values()]
    ids += [f"contract {c.id}: paper {c.document_id}" for c in way.contracts if c.document_id]
    return Section(title="Evidence", points=tuple(ids))

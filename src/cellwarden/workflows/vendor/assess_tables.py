"""What the checks read of vendors: one row a party to assess, a weighty answer, a certification."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.report import Exposure
from cellwarden.vendors.assessment.gates import GateState
from cellwarden.workflows.beside import Beside, Later
from cellwarden.workflows.derived import fill
from cellwarden.workflows.vendor.assess import tier_of
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import (
    Cells,
    Dossier,
    Record,
    facts_of,
    graded,
    latest_assessment,
    record_of,
)
from cellwarden.workflows.vendor.reassess import judge_due, parties_to_assess
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

HEAVY: Final = 5
"""The weight from which a bare claim is too little."""
CLAIM: Final = 0.2
MOST_FACTS: Final = 20
_SCHEME: Final = re.compile(
    r"\b(?:IEC\s*62443-4-[12]|UL\s*2941|UL\s*2900(?:-\d){0,2})\b", re.IGNORECASE
)


def begin_grading(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, beside: Beside, *, as_of: date
) -> Later[list[Dossier]]:
    """Have the latest assessment of each party graded, which reads all that vendors wrote."""
    records = [
        record_of(connection, party, row, as_of=as_of)
        for party in parties_to_assess(connection)
        if (row := latest_assessment(connection, party["party_id"] or "", as_of)) is not None
    ]
    return beside.start(_graded, workspace, records, as_of)


def _graded(workspace: Workspace, records: Sequence[Record], as_of: date) -> list[Dossier]:
    return [graded(workspace, record, as_of) for record in records]


def register_vendors(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    assessed: Sequence[Dossier],
    *,
    exposures: Sequence[Exposure],
    as_of: date,
) -> None:
    """Fill the tables that the subjects of vendors read."""
    parties = list(parties_to_assess(connection))
    dossiers = {found.party["party_id"] or "": found for found in assessed}
    answers: dict[str, list[Cells]] = {}
    for row in facts_of(connection, "answer"):
        answers.setdefault(row["assessment_id"] or "", []).append(row)
    fill(
        connection,
        "assessment_row",
        [
            _assessment(
                connection,
                workspace,
                party,
                dossiers.get(party["party_id"] or ""),
                exposures=exposures,
                as_of=as_of,
            )
            for party in parties
        ],
    )
    fill(
        connection,
        "claim_row",
        [
            row
            for found in dossiers.values()
            if found.answered_on
            for row in _claims(found, answers.get(found.row["assessment_id"] or "", []))
        ],
    )
    papers = facts_of(connection, "document")
    fill(
        connection,
        "certificate_row",
        [
            row
            for party in parties
            for row in _certificates(party, dossiers.get(party["party_id"] or ""), papers, answers)
        ],
    )


def _assessment(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    party: Cells,
    found: Dossier | None,
    *,
    exposures: Sequence[Exposure],
    as_of: date,
) -> dict[str, Any]:
    judged = judge_due(connection, workspace, party, exposures, as_of=as_of)
    row: dict[str, Any] = {
        "party_id": party["party_id"],
        "name": judged.name,
        "is_asked": found is not None,
        "is_answered": found is not None and found.answered_on is not None,
        "criticality": judged.criticality,
        "wanted_tier": tier_of(connection, party)[0],
        "is_signed": any(
            r["party_id"] == party["party_id"] and (day_of(r["signed_on"]) or as_of) < as_of
            for r in facts_of(connection, "onboarding")
            if r["signed_on"]
        ),
        "evidence": [party["fact_id"]],
    }
    empty = dict.fromkeys(
        (
            "answers_due_on", "answered_on", "reassess_on", "tier", "proven", "not_disproven",
            "threshold", "gates_shut", "gates_unknown", "gates", "open_follow_ups",
            "late_follow_ups", "events", "event",
        )
    )  # fmt: skip
    if found is None:
        return empty | row
    overall = found.score.overall
    late = [
        r
        for r in facts_of(connection, "follow_up")
        if r["follow_up_id"] in {item.id for item in found.open_follow_ups}
        and (day_of(r["due_on"]) or as_of) < as_of
    ]
    shut = [g for g in found.gates if g.state is GateState.SHUT]
    unknown = [g for g in found.gates if g.state is GateState.UNKNOWN]
    facts = [fact for event in judged.due.events for fact in event.facts]
    return row | {
        "answers_due_on": found.row["due_on"],
        "answered_on": found.answered_on,
        "reassess_on": judged.due.due_on,
        "tier": int(found.row["tier"] or 1),
        "proven": float(overall.low) if overall else None,
        "not_disproven": float(overall.high) if overall else None,
        "threshold": float(workspace.settings.vendors.threshold),
        "gates_shut": len(shut),
        "gates_unknown": len(unknown),
        "gates": ", ".join(g.gate for g in (shut or unknown)) or None,
        "open_follow_ups": len(found.open_follow_ups),
        "late_follow_ups": len(late),
        "events": len(judged.due.events),
        "event": "; ".join(f"{e.on} {e.says}" for e in judged.due.events[:3]) or None,
        "evidence": [
            *row["evidence"],
            found.row["fact_id"],
            *(r["fact_id"] for r in late),
            *facts,
        ][:MOST_FACTS],
    }


def _claims(found: Dossier, answers: Sequence[Cells]) -> Iterator[dict[str, Any]]:
    facts: dict[str, list[str]] = {}
    for row in answers:
        facts.setdefault(row["question"] or "", []).append(row["fact_id"] or "")
    for item in found.score.questions:
        name = item.question.id
        if item.question.weight < HEAVY or name not in facts:
            continue
        against = [one for graded in item.graded for one in graded.contradicted_by]
        known = max(float(graded.known) for graded in item.graded)
        yield {
            "party_id": found.row["party_id"],
            "name": found.name,
            "question": name,
            "weight": item.question.weight,
            "known": known,
            "is_claimed": known > 0,
            "is_contradicted": bool(against),
            "contradicted_by": "; ".join(dict.fromkeys(against)) or None,
            "evidence": [found.row["fact_id"], *facts[name], *_facts_in(against)][:MOST_FACTS],
        }


def _facts_in(ids: Sequence[str]) -> list[str]:
    """The facts that our own evidence names."""
    return [hit[1] for text in ids if (hit := re.search(r"\(fact (\d+\.\d+)\)", text))]


def _certificates(
    party: Cells,
    found: Dossier | None,
    papers: Sequence[Cells],
    answers: dict[str, list[Cells]],
) -> Iterator[dict[str, Any]]:
    """One row for each certification that is claimed or held; the best certificate counts."""
    claimed: dict[str, list[str]] = {}
    rows = answers.get(found.row["assessment_id"] or "", []) if found else []
    for row in rows:
        words = " ".join(row[name] or "" for name in ("value", "evidence_id", "quote"))
        for scheme in _schemes(words):
            claimed.setdefault(scheme, []).append(row["fact_id"] or "")
    held: dict[str, list[Cells]] = {}
    for paper in papers:
        if paper["type"] == "certificate" and paper["about_id"] == party["party_id"]:
            for scheme in _schemes(f"{paper['title'] or ''} {paper['reference'] or ''}"):
                held.setdefault(scheme, []).append(paper)
    product = (found.row["product"] if found else None) or ""
    for scheme in sorted(claimed.keys() | held.keys()):
        best = max(held.get(scheme, []), key=lambda p: p["effective_to"] or "9999", default=None)
        covers = None
        if best is not None and best["scope"] and product:
            covers = any(
                f"{part.strip()} ".startswith(f"{product} ") for part in best["scope"].split(";")
            )
        yield {
            "party_id": party["party_id"],
            "name": party["name"] or party["party_id"],
            "scheme": scheme,
            "is_held": best is not None,
            "covers_product": covers,
            "product": product or None,
            "expires_on": day_of(best["effective_to"]) if best else None,
            "evidence": [*claimed.get(scheme, []), *([best["fact_id"]] if best else [])][
                :MOST_FACTS
            ],
        }


def _schemes(text: str) -> set[str]:
    """The certification schemes that a text names, in one spelling; UL 2900-2-2 is UL 2900."""
    return {
        re.sub(r"\s+", " ", re.sub(r"^(IEC|UL)", r"\1 ", hit.group().upper())).removesuffix("-2-2")
        for hit in _SCHEME.finditer(text)
    }

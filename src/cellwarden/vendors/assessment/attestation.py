"""An assessment as CycloneDX 1.6 declarations: claims, the evidence behind them, attestations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from cellwarden.vendors.assessment.answers import Assessment
from cellwarden.vendors.assessment.grading import Graded
from cellwarden.vendors.assessment.questions import Bank, Question
from cellwarden.vendors.assessment.scoring import QuestionScore, Score

SPEC: Final = "1.6"
_SPACE: Final = uuid.UUID("4f6f0f2e-6c6b-5b1a-9d5f-0b1f8d3a7c21")
"""Makes the serial number the same for the same assessment on the same day."""


def attestation(
    bank: Bank, assessment: Assessment, score: Score, *, assessment_id: str, operator: str, on: date
) -> bytes:
    """Write who claims what, what shows it, and how far that is known, one claim an objective.

    Conformance is c of our grading, confidence is k; a contradiction goes to the counter-claims'
    evidence, so nobody reads a claim without what speaks against it.
    """
    serial = uuid.uuid5(_SPACE, f"{assessment_id}/{on.isoformat()}/{operator}")
    scored = list(score.questions)
    document: dict[str, Any] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": f"{on.isoformat()}T00:00:00Z",
            "component": {
                "type": "device",
                "bom-ref": "assessed",
                "name": assessment.product or assessment.entity,
                "version": assessment.version or "unknown",
                "supplier": {"name": assessment.entity},
            },
        },
        "definitions": {"standards": [_standard(bank, assessment)]},
        "declarations": {
            "assessors": [
                {
                    "bom-ref": "vendor",
                    "thirdParty": False,
                    "organization": {"name": assessment.entity},
                },
                {"bom-ref": "operator", "thirdParty": True, "organization": {"name": operator}},
            ],
            "attestations": [_attested(scored, assessment_id)],
            "claims": [c for item in scored for c in _claims(item, assessment)],
            "evidence": [e for item in scored for e in _evidence(item.question, assessment)],
            "targets": {
                "organizations": [{"bom-ref": "entity", "name": assessment.entity}],
                "components": [
                    {
                        "type": "device",
                        "bom-ref": "product",
                        "name": assessment.product or assessment.entity,
                        "version": assessment.version or "unknown",
                    }
                ],
            },
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _standard(bank: Bank, assessment: Assessment) -> dict[str, Any]:
    return {
        "bom-ref": "bank",
        "name": "Cellwarden question bank",
        "version": f"tier {assessment.tier}",
        "requirements": [
            {
                "bom-ref": f"{question.id}/{name}",
                "identifier": f"{question.id}/{name}",
                "title": question.asks,
                "text": says,
            }
            for question in bank.of_tier(assessment.tier)
            for name, says in question.objectives.items()
        ],
    }


def _attested(scored: list[QuestionScore], assessment_id: str) -> dict[str, Any]:
    return {
        "summary": f"Assessment {assessment_id}",
        "assessor": "operator",
        "map": [
            {
                "requirement": f"{graded.question}/{graded.objective}",
                "claims": [f"claim:{graded.question}/{graded.objective}"],
                "counterClaims": [],
                "conformance": {
                    "score": float(graded.met),
                    "rationale": "; ".join(graded.steps),
                },
                "confidence": {
                    "score": float(graded.known),
                    "rationale": _rationale(graded),
                },
            }
            for item in scored
            for graded in item.graded
        ],
    }


def _rationale(graded: Graded) -> str:
    against = ", ".join(graded.contradicted_by)
    return f"rests on {graded.rests_on or 'nothing'}" + (
        f"; against it: {against}" if against else ""
    )


def _claims(item: QuestionScore, assessment: Assessment) -> Iterator[dict[str, Any]]:
    question = item.question
    answer = assessment.answers.get(question.id)
    for graded in item.graded:
        pieces = answer.evidence.get(graded.objective, ()) if answer else ()
        place = f"{question.id}/{graded.objective}"
        claim: dict[str, Any] = {
            "bom-ref": f"claim:{place}",
            "target": "product" if question.about == "product" else "entity",
            "predicate": question.objectives[graded.objective],
            "reasoning": (answer.text if answer else "") or "no words were given",
        }
        for key, shows in (("evidence", True), ("counterEvidence", False)):
            refs = [f"evidence:{place}:{at}" for at, e in enumerate(pieces) if e.shows_met is shows]
            if refs:
                claim[key] = refs
        yield claim


def _evidence(question: Question, assessment: Assessment) -> Iterator[dict[str, Any]]:
    answer = assessment.answers.get(question.id)
    if answer is None:
        return
    for objective, pieces in answer.evidence.items():
        if objective not in question.objectives:
            continue
        for at, item in enumerate(pieces):
            found: dict[str, Any] = {
                "bom-ref": f"evidence:{question.id}/{objective}:{at}",
                "propertyName": f"{question.id}/{objective}",
                "description": f"{item.kind.value}: {item.quote or item.id}",
                "data": [{"name": item.id, "contents": {"attachment": {"content": item.id}}}],
            }
            if item.issued_on:
                found["created"] = f"{item.issued_on.isoformat()}T00:00:00Z"
            if item.expires_on:
                found["expires"] = f"{item.expires_on.isoformat()}T00:00:00Z"
            yield found

"""Answers as facts and back: one row for the words, each choice, slot, piece of evidence, N/A."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from cellwarden.model.facts import Row, kinds
from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)

Cells = Mapping[str, str | None]
"""One row of a kind, by column."""

_DATES: Final = ("issued_on", "expires_on", "reaffirmed_on")
_TEXTS: Final = ("entity", "product", "version", "quote")


def answer_rows(
    assessment_id: str, answers: Mapping[str, Answer], *, by: str | None, on: date
) -> dict[str, list[Row]]:
    """What a vendor answered as rows of the kind ``answer``, by question.

    What only a reviewer of ours may say is no answer and gives no row.
    """
    kind = kinds()["answer"]
    frame = {"assessment_id": assessment_id, "answered_by": by, "answered_on": on.isoformat()}
    return {
        question: [kind.row({**frame, "question": question, **cells}) for cells in _pieces(given)]
        for question, given in answers.items()
    }


def assessment_of(assessment: Cells, rows: Iterable[Cells]) -> Assessment:
    """One assessment from its row and those of its answers, as the vendor gave them."""
    pieces: dict[str, list[Cells]] = {}
    for row in sorted(rows, key=_order):
        pieces.setdefault(row["question"] or "", []).append(row)
    return Assessment(
        vendor=assessment["party_id"] or "",
        entity=assessment["entity"] or "",
        product=assessment["product"] or "",
        version=assessment["version"] or "",
        tier=int(assessment["tier"] or 1),
        answers={question: _answer(found) for question, found in pieces.items()},
    )


def as_given(answer: Answer) -> Answer:
    """An answer without what only we may say: acceptances, and what a change of facts voided."""
    return msgspec.structs.replace(
        answer,
        choice_accepted_by=None,
        not_applicable={
            name: NotApplicable(reason=claim.reason)
            for name, claim in answer.not_applicable.items()
        },
        evidence={
            name: tuple(
                msgspec.structs.replace(item, voided_on=None, voided_by=None) for item in items
            )
            for name, items in answer.evidence.items()
            if items
        },
    )


def _pieces(given: Answer) -> Iterator[dict[str, str | None]]:
    if given.text:
        yield {"part": "text", "value": given.text}
    for position, option in enumerate(given.choice):
        yield {"part": "choice", "position": str(position), "value": option}
    for slot, text in given.slots.items():
        yield {"part": "slot", "name": slot, "value": text}
    for objective, items in given.evidence.items():
        for position, item in enumerate(items):
            yield {
                "part": "evidence",
                "name": objective,
                "position": str(position),
                **_evidence_cells(item),
            }
    for objective, claim in given.not_applicable.items():
        yield {"part": "not_applicable", "name": objective, "value": claim.reason}


def _evidence_cells(item: Evidence) -> dict[str, str | None]:
    cells: dict[str, str | None] = {
        "evidence_id": item.id,
        "grade": item.kind.value,
        "shows_met": "yes" if item.shows_met else "no",
        "document_ids": item.id,
    }
    cells |= {name: getattr(item, name) for name in _TEXTS}
    for name in _DATES:
        day: date | None = getattr(item, name)
        cells[name] = day.isoformat() if day else None
    return cells


def _order(row: Cells) -> tuple[str, str, str, int]:
    return (
        row["question"] or "",
        row["part"] or "",
        row["name"] or "",
        int(row["position"] or 0),
    )


def _answer(rows: Sequence[Cells]) -> Answer:
    evidence: dict[str, tuple[Evidence, ...]] = {}
    for row in rows:
        if row["part"] == "evidence":
            name = row["name"] or ""
            evidence[name] = (*evidence.get(name, ()), _evidence(row))
    return Answer(
        text=next((row["value"] or "" for row in rows if row["part"] == "text"), ""),
        choice=tuple(row["value"] or "" for row in rows if row["part"] == "choice"),
        slots={row["name"] or "": row["value"] or "" for row in rows if row["part"] == "slot"},
        evidence=evidence,
        not_applicable={
            row["name"] or "*": NotApplicable(reason=row["value"] or "")
            for row in rows
            if row["part"] == "not_applicable"
        },
    )


def _evidence(row: Cells) -> Evidence:
    dates = {name: date.fromisoformat(text) for name in _DATES if (text := row[name])}
    return Evidence(
        id=row["evidence_id"] or "",
        kind=EvidenceKind(row["grade"] or "claim"),
        shows_met=row["shows_met"] == "yes",
        entity=row["entity"],
        product=row["product"],
        version=row["version"],
        quote=row["quote"],
        issued_on=dates.get("issued_on"),
        expires_on=dates.get("expires_on"),
        reaffirmed_on=dates.get("reaffirmed_on"),
    )

"""What comes back from a vendor: what does not fit the bank, and what only we may say."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.questions import Bank, Question


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's answers as its own words, and notes on what was taken back or does not fit."""

    assessment: Assessment
    notes: tuple[str, ...]


def from_vendor(bank: Bank, assessment: Assessment) -> Received:
    """Take a vendor's file for what it is: its word.

    Evidence in its own favour counts as a claim until a reviewer of ours has seen the paper and
    grades it; acceptances of choices and of *not applicable* are ours alone and are taken out.
    Bad news keeps its kind, but a test is ours: the vendor's own becomes a record.
    """
    notes: list[str] = list(misfits(bank, assessment))
    answers = {name: _own_words(name, a, notes) for name, a in assessment.answers.items()}
    return Received(
        assessment=msgspec.structs.replace(assessment, answers=answers), notes=tuple(notes)
    )


def misfits(bank: Bank, assessment: Assessment) -> Iterator[str]:
    """What in an assessment the bank knows nothing of: it would count for nothing unseen."""
    for name, answer in assessment.answers.items():
        question = bank.questions.get(name)
        if question is None:
            yield f"{name}: no such question"
            continue
        if question.tier > assessment.tier:
            yield f"{name}: is not asked in tier {assessment.tier}"
        yield from _misfits_of_answer(question, answer)


def fit_choices(bank: Bank, name: str, answer: Answer) -> Answer:
    """Choices in the spelling of the bank: people write *None* for *none*, or two in one line."""
    question = bank.questions.get(name)
    if question is None or not answer.choice:
        return answer
    known = {" ".join(option.casefold().split()): option for option in question.options}
    chosen = []
    for text in answer.choice:
        whole = " ".join(text.casefold().split())
        parts = [whole] if whole in known else [p.strip() for p in whole.split(";") if p.strip()]
        is_known = bool(parts) and all(part in known for part in parts)
        chosen += [known[part] for part in parts] if is_known else [text]
    return msgspec.structs.replace(answer, choice=tuple(dict.fromkeys(chosen)))


def _misfits_of_answer(question: Question, answer: Answer) -> Iterator[str]:
    for option in answer.choice:
        if option not in question.options:
            known = ", ".join(question.options) or "it has none"
            yield f"{question.id}: {option!r} is no option; write one of: {known}"
    if question.type == "single" and len(answer.choice) > 1:
        yield f"{question.id}: {len(answer.choice)} options chosen, one is asked for"
    for slot in answer.slots:
        if slot not in question.slots:
            yield f"{question.id}: asks for no {slot}"
    for objective in answer.evidence:
        if objective not in question.objectives:
            yield f"{question.id}: has no objective {objective}"
    for objective in answer.not_applicable:
        if objective != "*" and objective not in question.objectives:
            yield f"{question.id}: has no objective {objective}"


def _own_words(name: str, answer: Answer, notes: list[str]) -> Answer:
    if answer.choice_accepted_by is not None:
        notes.append(f"{name}: only a reviewer of ours accepts a choice")
    waived = {}
    for objective, claim in answer.not_applicable.items():
        if claim.accepted_by is not None or claim.accepted_on is not None:
            notes.append(f"{name}/{objective}: only a reviewer of ours accepts *not applicable*")
        waived[objective] = NotApplicable(reason=claim.reason)
    evidence = {
        objective: tuple(_as_word(f"{name}/{objective}", item, notes) for item in items)
        for objective, items in answer.evidence.items()
    }
    return msgspec.structs.replace(
        answer, choice_accepted_by=None, not_applicable=waived, evidence=evidence
    )


def _as_word(place: str, item: Evidence, notes: list[str]) -> Evidence:
    if item.shows_met and item.kind is not EvidenceKind.CLAIM:
        notes.append(f"{place}: {item.id}, a {item.kind.value}, is a claim until we have seen it")
        return msgspec.structs.replace(item, kind=EvidenceKind.CLAIM)
    if item.kind is EvidenceKind.TEST:
        notes.append(f"{place}: {item.id} is the vendor's own test, a record to us")
        return msgspec.structs.replace(item, kind=EvidenceKind.RECORD)
    return item

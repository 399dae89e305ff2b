"""What an answer in plain words claims: every objective of its question, unless it is vague."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, EvidenceKind
from cellwarden.vendors.assessment.questions import Bank, Question
from cellwarden.vendors.assessment.vagueness.anchors import is_plain_denial
from cellwarden.vendors.assessment.vagueness.phrases import folded
from cellwarden.vendors.assessment.vagueness.rules import read_answer

_FIRST: Final = re.compile(r"[.;!?]\s")
"""Where the first sentence of an answer ends."""


def with_claims(bank: Bank, assessment: Assessment, answered_on: date) -> Assessment:
    """Add the vendor's word (grade 0.2) to the objectives that have no evidence.

    A vague answer claims nothing, nor does one that begins with a flat no: there a reviewer of
    ours has to say which objective is conceded. A choice claims what it does not concede.
    """
    answers = dict(assessment.answers)
    for name, answer in assessment.answers.items():
        question = bank.questions.get(name)
        if question is None or not _claims(question, answer, assessment):
            continue
        conceded = {o for option in answer.choice for o in question.admits.get(option, ())}
        said = Evidence(
            id=f"{name}: answered",
            kind=EvidenceKind.CLAIM,
            shows_met=True,
            entity=assessment.entity,
            product=assessment.product,
            version=assessment.version,
            issued_on=answered_on,
        )
        evidence = {
            objective: (said,)
            for objective in question.objectives
            if objective not in conceded and not answer.evidence.get(objective)
        }
        answers[name] = msgspec.structs.replace(answer, evidence={**answer.evidence, **evidence})
    return msgspec.structs.replace(assessment, answers=answers)


def _claims(question: Question, answer: Answer, assessment: Assessment) -> bool:
    if not answer.text.strip() and not answer.slots:
        return False
    if is_plain_denial(folded(_FIRST.split(answer.text.strip(), maxsplit=1)[0])):
        return False
    others = {name: other.text for name, other in assessment.answers.items()}
    reading = read_answer(question, answer.text, given=answer.slots, other_answers=others)
    return not reading.is_vague

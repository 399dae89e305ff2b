from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.model.facts import kinds
from cellwarden.vendors.assessment.answers import (
    Answer,
    Assessment,
    Evidence,
    EvidenceKind,
    NotApplicable,
)
from cellwarden.vendors.assessment.attestation import attestation
from cellwarden.vendors.assessment.bank import shipped_bank
from cellwarden.vendors.assessment.changing import Change, ChangeKind, void
from cellwarden.vendors.assessment.claims import with_claims
from cellwarden.vendors.assessment.grading import grade_question
from cellwarden.vendors.assessment.reviewing import Decided, Paper, Review, apply_reviews
from cellwarden.vendors.assessment.rows import answer_rows, as_given, assessment_of
from cellwarden.vendors.assessment.scoring import score

BANK = shipped_bank()
TODAY = date(2026, 11, 16)
SAID = date(2026, 6, 1)
WORDS = st.text(min_size=1, max_size=30)
EVIDENCE = st.builds(
    Evidence,
    id=WORDS,
    kind=st.sampled_from(EvidenceKind),
    shows_met=st.booleans(),
    entity=st.none() | WORDS,
    product=st.none() | WORDS,
    version=st.none() | WORDS,
    issued_on=st.none() | st.dates(),
    expires_on=st.none() | st.dates(),
    reaffirmed_on=st.none() | st.dates(),
    quote=st.none() | WORDS,
)
ANSWERS = st.builds(
    Answer,
    text=st.text(max_size=30),
    choice=st.lists(WORDS, max_size=3).map(tuple),
    choice_accepted_by=st.none() | WORDS,
    slots=st.dictionaries(st.sampled_from(["mechanism", "owner"]), WORDS),
    evidence=st.dictionaries(WORDS, st.lists(EVIDENCE, max_size=3).map(tuple), max_size=3),
    not_applicable=st.dictionaries(
        WORDS, st.builds(NotApplicable, reason=WORDS, accepted_by=st.none() | WORDS), max_size=2
    ),
)


def assessment(**answers: Answer) -> Assessment:
    return Assessment(
        vendor="HELIO",
        entity="Helio Power GmbH",
        product="H-9",
        version="3.1",
        tier=1,
        answers={name.replace("_", "-"): answer for name, answer in answers.items()},
    )


def shown(kind: EvidenceKind, **more: object) -> Evidence:
    values: dict[str, object] = {
        "id": "E",
        "kind": kind,
        "shows_met": True,
        "entity": "Helio Power GmbH",
        "product": "H-9",
        "version": "3.1",
        "issued_on": SAID,
    }
    return Evidence(**(values | more))  # type: ignore[arg-type]  # names as in the struct


@settings(deadline=None)
@given(st.dictionaries(WORDS.filter(lambda w: "/" not in w), ANSWERS, max_size=3))
def test_answers_come_back_from_their_rows_as_the_vendor_gave_them(
    answers: dict[str, Answer],
) -> None:
    given_ = {name: as_given(answer) for name, answer in answers.items()}
    names = kinds()["answer"].column_names
    row = {
        "party_id": "V",
        "entity": "E",
        "product": "P",
        "version": "1",
        "tier": "2",
    }

    rows = answer_rows("A-1", answers, by=None, on=TODAY)
    cells = [dict(zip(names, row_, strict=True)) for found in rows.values() for row_ in found]
    back = assessment_of(row, reversed(cells))

    assert back.answers == {name: a for name, a in given_.items() if a != Answer()}


@given(ANSWERS)
def test_no_two_rows_of_an_answer_are_one_subject(answer: Answer) -> None:
    kind = kinds()["answer"]
    distinct = msgspec.structs.replace(
        answer,
        evidence={n: e for n, e in answer.evidence.items() if "/" not in n},
        not_applicable={},
    )

    rows = answer_rows("A-1", {"q": distinct}, by=None, on=TODAY)["q"]

    subjects = [kind.subject_of(row) for row in rows]
    assert len(subjects) == len(set(subjects))


def test_a_clear_answer_claims_its_objectives_and_a_vague_or_flat_no_does_not() -> None:
    clear = Answer(text="All 38 accounts use FIDO2 hardware keys under policy IAM-04.")
    for answer, claimed in (
        (clear, 3),
        (Answer(text="We use strong authentication."), 0),
        (Answer(text="No. Only a password."), 0),
        (Answer(choice=("none",)), 0),
        (Answer(), 0),
    ):
        found = with_claims(BANK, assessment(support_mfa=answer), SAID)
        assert len(found.answers["support-mfa"].evidence) == claimed, answer


def test_a_choice_that_concedes_claims_only_the_rest() -> None:
    answer = Answer(
        text="Per device: FIDO2 for the five administrators under policy IAM-04.", choice=("none",)
    )

    found = with_claims(BANK, assessment(support_mfa=answer), SAID)

    assert set(found.answers["support-mfa"].evidence) == {"enrolment"}


def known(found: Assessment, objective: str, question: str = "support-mfa") -> tuple[float, float]:
    graded = grade_question(BANK.questions[question], found, TODAY)
    one = next(item for item in graded if item.objective == objective)
    return float(one.met), float(one.known)


@pytest.mark.parametrize(
    ("kind", "question", "objective", "stands"),
    [
        (ChangeKind.OWNER, "support-mfa", "every-account", False),
        (ChangeKind.PARTNER, "support-mfa", "every-account", False),
        (ChangeKind.FIRMWARE, "support-mfa", "every-account", True),
        (ChangeKind.COMPONENT, "support-mfa", "every-account", True),
        (ChangeKind.FIRMWARE, "secure-boot-enforced", "enforced", False),
        (ChangeKind.COMPONENT, "secure-boot-enforced", "enforced", False),
        (ChangeKind.OWNER, "secure-boot-enforced", "enforced", True),
    ],
)
def test_a_change_voids_what_it_touches(
    kind: ChangeKind, question: str, objective: str, *, stands: bool
) -> None:
    answer = Answer(evidence={objective: (shown(EvidenceKind.REPORT),)})
    given_ = assessment(**{question.replace("-", "_"): answer})
    change = Change(kind=kind, on=SAID + timedelta(days=1), says="changed", facts=())

    found = void(BANK, given_, [change], SAID)

    assert known(found, objective, question) == ((1, 0.8) if stands else (0, 0))


def test_evidence_for_the_new_firmware_stands() -> None:
    answer = Answer(evidence={"enforced": (shown(EvidenceKind.REPORT),)})
    change = Change(
        kind=ChangeKind.FIRMWARE, on=SAID + timedelta(days=1), says="x", facts=(), version="3.1"
    )

    found = void(BANK, assessment(secure_boot_enforced=answer), [change], SAID)

    assert known(found, "enforced", "secure-boot-enforced") == (1, 0.8)


@pytest.mark.parametrize(("days", "worth"), [(1, 0), (3, 0.2)])
def test_what_was_re_affirmed_after_the_last_change_keeps_a_rest(days: int, worth: float) -> None:
    again = shown(EvidenceKind.REPORT, reaffirmed_on=SAID + timedelta(days=days))
    changes = [
        Change(kind=ChangeKind.OWNER, on=SAID + timedelta(days=at), says="sold", facts=())
        for at in (1, 2)
    ]

    found = void(
        BANK, assessment(support_mfa=Answer(evidence={"every-account": (again,)})), changes, SAID
    )

    assert known(found, "every-account")[1] == worth


def reviewed(decision: Decided, **more: object) -> Assessment:
    values: dict[str, object] = {
        "id": "R-1",
        "question": "support-mfa",
        "objective": "every-account",
        "decision": decision,
        "reviewer": "Ann",
        "decided_on": SAID,
        "reason": "seen",
        "entity": "Helio Power GmbH",
    }
    said = Answer(text="x", evidence={"every-account": (shown(EvidenceKind.CLAIM),)})
    papers = {"RULES": Paper(at_most=EvidenceKind.POLICY, effective_to=None)}
    review = Review(**(values | more))  # type: ignore[arg-type]  # names as in the struct
    return apply_reviews(assessment(support_mfa=said), [review], papers)


def test_what_a_reviewer_can_decide() -> None:
    def graded(paper: str) -> Assessment:
        return reviewed(Decided.GRADE, grade=EvidenceKind.REPORT, document_id=paper)

    assert known(graded("IR-1"), "every-account") == (1, 0.8)
    assert known(graded("RULES"), "every-account") == (1, 0.4)
    assert known(reviewed(Decided.TEST_PASSED), "every-account") == (1, 1)
    assert known(reviewed(Decided.TEST_FAILED), "every-account") == (0, 1)
    assert known(reviewed(Decided.ADMISSION), "every-account") == (0, 1)


def test_a_failed_test_is_a_contradiction_of_the_vendors_word() -> None:
    found = reviewed(Decided.TEST_FAILED)

    assert score(BANK, found, TODAY).findings == ("support-mfa/every-account: contradicted by R-1",)


def test_a_word_that_was_voided_since_is_contradicted_all_the_same() -> None:
    change = Change(kind=ChangeKind.OWNER, on=SAID + timedelta(days=1), says="sold", facts=())
    voided = void(BANK, assessment(support_mfa=Answer(evidence={
        "every-account": (shown(EvidenceKind.CLAIM),)
    })), [change], SAID)  # fmt: skip
    test = Review(
        id="R-2",
        question="support-mfa",
        objective="every-account",
        decision=Decided.TEST_FAILED,
        reviewer="Ann",
        decided_on=TODAY,
    )

    found = apply_reviews(voided, [test], {})

    assert score(BANK, found, TODAY).findings


def test_an_assessment_is_a_valid_cyclonedx_attestation() -> None:
    found = with_claims(
        BANK,
        assessment(
            support_mfa=Answer(
                text="All 38 accounts use FIDO2 hardware keys under policy IAM-04.",
                evidence={
                    "every-account": (
                        shown(EvidenceKind.REPORT, expires_on=TODAY),
                        shown(EvidenceKind.TEST, id="T", shows_met=False),
                    )
                },
            )
        ),
        SAID,
    )

    data = attestation(
        BANK, found, score(BANK, found, TODAY), assessment_id="A", operator="Desk", on=TODAY
    )

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(data.decode()) is None
    document = json.loads(data)["declarations"]
    (contradicted,) = [
        c for c in document["claims"] if c["bom-ref"] == "claim:support-mfa/every-account"
    ]
    assert contradicted["counterEvidence"] == ["evidence:support-mfa/every-account:1"]
    mapped = {m["requirement"]: m for m in document["attestations"][0]["map"]}
    assert mapped["support-mfa/every-account"]["conformance"]["score"] == 0
    assert mapped["support-mfa/every-account"]["confidence"]["score"] == 1

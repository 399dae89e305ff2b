from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.vendors.assessment.answers import Answer, Assessment
from cellwarden.vendors.assessment.bank import shipped_bank
from cellwarden.vendors.assessment.vagueness.follow_ups import (
    FollowUpState,
    close,
    follow_ups,
    reply,
    still_open,
)
from cellwarden.vendors.assessment.vagueness.phrases import phrase_lists
from cellwarden.vendors.assessment.vagueness.rules import Reading, read_answer

BANK = shipped_bank()
LABELLED = Path(__file__).parent / "labelled"
SETS = (
    *("worked", "held-apart", "hard", "hard-held-apart", "fresh"),
    *("second", "second-held-apart", "third", "third-held-apart"),
    *("fourth", "fourth-held-apart", "adversarial", "adversarial-held-apart"),
)
AS_OF = date(2026, 11, 16)


class Quality(NamedTuple):
    precision: float
    recall: float


def labelled(name: str) -> list[dict[str, Any]]:
    text = (LABELLED / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def quality(name: str) -> Quality:
    rows = labelled(name)
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        answers[row["vendor"]][row["question"]] = row["answer"]
    flagged = [
        row["vague"]
        for row in rows
        if read_answer(
            BANK.questions[row["question"]],
            row["answer"],
            other_answers=answers[row["vendor"]],
        ).is_vague
    ]
    right = sum(flagged)
    return Quality(right / len(flagged), right / sum(row["vague"] for row in rows))


def read(question: str, text: str, **more: Any) -> Reading:
    return read_answer(BANK.questions[question], text, **more)


HELD_APART = ("held-apart", "second-held-apart", "third-held-apart", "fourth-held-apart")


@pytest.mark.parametrize("name", [*HELD_APART, "hard-held-apart", "adversarial-held-apart"])
def test_the_half_held_apart_is_the_one_that_was_recorded(name: str) -> None:
    recorded = (LABELLED / f"{name}.sha256").read_text("ascii").strip()

    digest = hashlib.sha256((LABELLED / f"{name}.jsonl").read_bytes()).hexdigest()

    assert digest == recorded


def test_at_least_250_different_answers_are_labelled() -> None:
    rows = labelled("worked") + labelled("held-apart")

    assert len({row["answer"] for row in rows}) >= 250
    assert {row["question"] for row in rows} <= BANK.questions.keys()


def test_nine_of_ten_are_found_and_nine_of_ten_found_are_vague_on_halves_held_apart() -> None:
    for name in HELD_APART:
        found = quality(name)

        assert found.precision >= 0.9
        assert found.recall >= 0.9


def test_the_figures_in_the_documentation_are_those_of_today() -> None:
    page = (Path(__file__).parents[3] / "docs" / "assessment.md").read_text("utf-8")

    for name in SETS:
        found = quality(name)
        figures = f"{len(labelled(name))} | {found.precision:.2f} | {found.recall:.2f}"
        assert f"| `{name}` | {figures} |" in page


@pytest.mark.parametrize(
    ("rule", "question", "text", "quoted"),
    [
        ("hedge", "incident-notice", "We normally tell customers.", "normally"),
        ("future", "sbom-supplied", "SBOMs are on our roadmap.", "roadmap"),
        ("marketing", "segmentation", "A world-class design.", "world-class"),
        ("evasion", "owners", "That is confidential.", "confidential"),
        ("empty", "signing-keys", "We follow best practices.", "best practices"),
        ("missing version", "secure-boot-enforced", "It starts well. Really.", "It starts well."),
        ("missing owner", "legal-entities", "Good companies.", "Good companies."),
    ],
)
def test_an_objection_quotes_the_words_it_objects_to(
    rule: str, question: str, text: str, quoted: str
) -> None:
    reading = read(question, text)

    quotes = {item.rule: item.quote for item in reading.objections}
    assert reading.is_vague
    assert quoted in quotes[rule]
    assert quotes[rule] in text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("signature-verified", "No."),
        ("telemetry-readers", "We do not know who can read it."),
        ("incident-notice", "72"),
        ("leavers", "24 hours"),
        ("signature-verified", "BG-2 since 3.4: Ed25519, checked by the bootloader."),
        ("secure-boot-enforced", "We do not support secure boot."),
        ("owners", "My brother and I, half each."),
        ("cloud-loss", "Not tested by us."),
        ("leavers", "We have to admit that nobody checks it."),
        ("service-partners", "See Partners-2026-10.xlsx."),
        ("telemetry-storage", "On two servers in Rotterdam, and Kestrel holds the keys."),
        ("signature-verified", "From 5.0, due 30 June 2027, Ed25519; owner: H. Okafor."),
    ],
)
def test_an_honest_no_and_a_bare_value_are_clear(question: str, text: str) -> None:
    assert not read(question, text).is_vague


@pytest.mark.parametrize(
    ("question", "text", "rule"),
    [
        ("critical-spares", "Lead times range between 2 and 52 weeks.", "hedge"),
        ("certifications", "Certified for all products by an accredited body.", "abstract"),
        ("telemetry-readers", "EU only.", "missing owner"),
        ("service-partners", "see attached", "missing owner"),
        ("session-recorded", "N/A", "missing mechanism"),
        ("no-standing-access", "We don't let just anyone in.", "missing mechanism"),
        ("component-origin", "Our Long Standing Global Suppliers In Asia.", "missing owner"),
        ("past-incidents", "Customers need not worry, not once.", "missing date"),
    ],
)
def test_words_that_only_sound_precise_are_vague(question: str, text: str, rule: str) -> None:
    reading = read(question, text)

    assert reading.is_vague
    assert rule in {item.rule for item in reading.objections}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("rollback-refused", "GW-2 3.4 and MC-40 4.1 follow the version hygiene of NIST 800-193."),
        ("update-channel", "USB and OTA are each covered by the provisions of SEC-STD-9."),
        ("cloud-loss", "GW-2 3.4 was awarded readiness class A in our 2026 programme."),
    ],
)
def test_pointing_at_a_paper_or_a_programme_says_nothing(question: str, text: str) -> None:
    assert read(question, text).is_vague


def test_who_and_when_stand_for_a_way_that_no_list_knows() -> None:
    text = "Olga Berg rings two former employers before the first visit, since 4 May 2025."

    assert not read("technician-vetting", text).is_vague


def test_silence_is_no_vague_answer() -> None:
    reading = read("signature-verified", "  ")

    assert not reading.is_vague
    assert reading.because == "no answer"


def test_slots_filled_beside_the_text_count_and_placeholders_do_not() -> None:
    text = "It is done."
    filled = {"mechanism": "Ed25519 in the bootloader", "scope": "BG-2"}
    hollow = {"mechanism": "n/a", "scope": "various"}

    assert not read("signature-verified", text, given=filled).is_vague
    assert read("signature-verified", text, given=hollow).is_vague


def test_the_same_text_under_two_questions_is_reuse_even_with_a_word_changed() -> None:
    text = "Programme PP-7 of 2025 covers 61 firms in 12 countries under policy ISP-1."
    others = {"partner-controls": text.replace("covers", "spans")}

    reading = read("service-partners", text, other_answers=others)

    assert reading.is_vague
    assert reading.objections[0].rule == "reuse"


def test_words_copied_from_a_brochure_are_found() -> None:
    brochure = "With CV-Link 2 every gateway verifies each image before it is written to flash."
    text = (
        "Every gateway verifies each image before it is written to flash: Ed25519, CV-Link 2, 2.3."
    )

    assert read("signature-verified", text, brochures=(brochure,)).objections[0].rule == "copied"
    assert not read("signature-verified", text).is_vague


def test_look_alike_and_invisible_letters_hide_no_phrase() -> None:
    plain = read("segmentation", "A world-class design.")

    for disguised in ("A world\u2011class design.", "A ｗorld-class design."):
        assert [o.rule for o in read("segmentation", disguised).objections] == [
            o.rule for o in plain.objections
        ]


def test_no_list_names_a_phrase_twice() -> None:
    for name, entry in phrase_lists().items():
        assert len(set(entry.phrases)) == len(entry.phrases), name


@settings(max_examples=60)
@given(st.text(max_size=400), st.sampled_from(sorted(BANK.questions)))
def test_any_text_is_read_and_every_quote_stands_in_it(text: str, question: str) -> None:
    reading = read(question, text)

    for item in reading.objections:
        assert item.quote in text
    assert bool(reading.objections) or not reading.is_vague


def assessment(**texts: str) -> Assessment:
    answers = {name.replace("_", "-"): Answer(text=text) for name, text in texts.items()}
    return Assessment(
        vendor="Corvane Energy",
        entity="Corvane Energy Inc",
        product="CX-100",
        version="1.3",
        tier=1,
        answers=answers,
    )


def test_each_vague_answer_opens_a_follow_up_and_a_clear_one_does_not() -> None:
    said = assessment(
        support_mfa="Yes, MFA is used where possible.",
        signature_verified="No. The CX-100 takes any image.",
    )

    (opened,) = follow_ups(BANK, said, AS_OF)

    assert opened.question == "support-mfa"
    assert "“" in opened.text
    assert "where possible" in opened.text
    assert follow_ups(BANK, said, AS_OF)[0].id == opened.id


def test_a_bare_tick_in_the_vendors_favour_opens_a_follow_up_and_an_admission_does_not() -> None:
    said = Assessment(
        vendor="V",
        entity="E",
        product="P",
        version="1",
        tier=1,
        answers={
            "signature-verified": Answer(choice=("all parts",)),
            "support-mfa": Answer(choice=("none",)),
        },
    )

    (opened,) = follow_ups(BANK, said, AS_OF)

    assert opened.question == "signature-verified"
    assert [(o.rule, o.quote) for o in opened.objections] == [("bare tick", "all parts")]


def test_a_follow_up_closes_by_a_clear_reply_and_a_named_reviewer() -> None:
    (opened,) = follow_ups(BANK, assessment(support_mfa="We use strong MFA."), AS_OF)

    again = reply(opened, BANK, "Rest assured, it is state of the art.")
    clear = reply(again, BANK, "FIDO2 keys for all 38 accounts, policy IAM-07.")
    closed = close(clear, by="R. Iyer", on=AS_OF)

    assert again.state is FollowUpState.OPEN
    assert again.objections != opened.objections
    assert clear.state is FollowUpState.ANSWERED
    assert still_open((opened, clear, closed)) == (opened, clear)
    assert closed.closed_by == "R. Iyer"


def test_saying_it_again_is_no_reply() -> None:
    text = "Strong MFA protects each and every one of our accounts at all times."
    (opened,) = follow_ups(BANK, assessment(support_mfa=text), AS_OF)

    again = reply(opened, BANK, text)

    assert again.state is FollowUpState.OPEN
    assert again.objections[0].rule == "reuse"


@pytest.mark.parametrize("by", ["", "  ", "corvane energy"])
def test_nobody_and_the_vendor_itself_close_no_follow_up(by: str) -> None:
    (opened,) = follow_ups(BANK, assessment(support_mfa="We use strong MFA."), AS_OF)

    with pytest.raises(PermissionRefused):
        close(opened, by=by, on=AS_OF, reason="seen on site")


def test_an_unanswered_follow_up_needs_a_reason_to_close() -> None:
    (opened,) = follow_ups(BANK, assessment(support_mfa="We use strong MFA."), AS_OF)

    with pytest.raises(PermissionRefused, match="no clear reply"):
        close(opened, by="R. Iyer", on=AS_OF)

    closed = close(opened, by="R. Iyer", on=AS_OF, reason="seen on site")
    assert closed.state is FollowUpState.CLOSED
    with pytest.raises(InputError, match="is closed"):
        reply(closed, BANK, "FIDO2")

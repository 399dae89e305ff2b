from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.bank import bank_in, read_bank, shipped_bank
from cellwarden.vendors.assessment.questions import AREA_OF_TOPIC, DOMAINS

QUESTION = """
[locks]
asks = "Which lock is on the cabinet?"
why = "Open cabinets are opened."
topic = "architecture"
tier = 1
weight = 3
type = "single"
options = ["key", "none"]
admits = { none = ["locked"] }
slots = ["mechanism"]
requirements = ["R18"]
objectives = { locked = "There is a lock.", listed = "Key holders are listed." }
"""


def test_shipped_bank_asks_25_60_and_90_questions() -> None:
    bank = shipped_bank()

    counts = [len(bank.of_tier(tier)) for tier in (1, 2, 3)]

    assert counts == [25, 60, 90]


def test_every_tier_asks_in_every_domain_and_every_area_of_the_checklist() -> None:
    bank = shipped_bank()

    for tier in (1, 2, 3):
        asked = bank.of_tier(tier)

        assert {q.domain for q in asked} == set(DOMAINS)
        assert {q.area for q in asked} == set(AREA_OF_TOPIC.values())


def test_every_topic_is_asked_about() -> None:
    topics = {q.topic for q in shipped_bank().questions.values()}

    assert topics == set(AREA_OF_TOPIC)


def test_all_five_gates_are_asked_in_the_smallest_tier() -> None:
    gates = [q.gate for q in shipped_bank().of_tier(1) if q.gate]

    assert sorted(gates) == [
        "listed-entity",
        "no-exit-path",
        "no-mfa",
        "standing-access",
        "unsigned-firmware",
    ]


def test_no_two_questions_or_objectives_say_the_same() -> None:
    questions = shipped_bank().questions.values()

    asked = [q.asks for q in questions]
    sentences = [(q.id, text) for q in questions for text in q.objectives.values()]

    assert len(set(asked)) == len(asked)
    assert len(set(sentences)) == len(sentences)


def test_one_more_table_is_one_more_question() -> None:
    two = QUESTION + QUESTION.replace("[locks]", "[seals]")

    bank = read_bank({"firmware-trust.toml": two})

    assert list(bank.questions) == ["locks", "seals"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("tier = 1", "tier = 4", "firmware-trust.toml: locks.tier: Invalid enum value 4"),
        ("weight = 3", "weight = 2", "locks.weight: Invalid enum value 2"),
        ("weight = 3", 'weight = "3"', "locks.weight: Expected `int`, got `str`"),
        ("tier = 1", "tier = 1\ncolour = 1", "locks: Object contains unknown field `colour`"),
        ('why = "Open', 'while = "Open', "locks"),
        ('topic = "architecture"', 'topic = "weather"', "locks.topic: weather is none of"),
        ('options = ["key", "none"]', "", "locks.options: belong to single and multiple"),
        ('{ none = ["locked"] }', '{ never = ["locked"] }', "locks.admits: never is no option"),
        ('{ none = ["locked"] }', '{ none = ["open"] }', "locks.admits: open is no objective"),
        (', listed = "Key holders are listed."', "", "locks.objectives: 1 of them"),
        ('["R18"]', '["R73"]', "locks.requirements: R73 is none of R01 to R72"),
        ("tier = 1", 'tier = 1\ngate = "no-mfa"', "locks.gate: gate and gate_objectives belong"),
        (
            "tier = 1",
            'tier = 1\nasked_if = { question = "doors", is = ["yes"] }',
            "locks.asked_if: no question doors",
        ),
        (
            "tier = 1",
            'tier = 1\nasked_if = { question = "locks", is = ["key"] }',
            "locks.asked_if: the branches run in a circle",
        ),
        ("[locks]", "[Locks!]", "no TOML"),
        ("[locks]", '["../locks"]', "is no table with a name of"),
        ("tier = 1", 'tier = 1\nid = "other"', "locks.id: is given by the table's"),
    ],
)
def test_a_fault_is_named_by_file_and_key(old: str, new: str, fault: str) -> None:
    text = QUESTION.replace(old, new)

    with pytest.raises(InputError) as refused:
        read_bank({"firmware-trust.toml": text})

    assert fault in str(refused.value)
    assert refused.value.advice


def test_all_faults_come_in_one_message() -> None:
    bad = QUESTION.replace("tier = 1", "tier = 9")

    with pytest.raises(InputError) as refused:
        read_bank({"access.toml": bad, "evidence.toml": bad, "weather.toml": QUESTION})

    assert [name in str(refused.value) for name in ("access.toml", "evidence", "weather")] == [
        True,
        True,
        True,
    ]


def test_one_question_in_two_files_is_a_fault() -> None:
    with pytest.raises(InputError, match=r"locks: stands in access\.toml too"):
        read_bank({"access.toml": QUESTION, "evidence.toml": QUESTION})


def test_branches_of_several_questions_in_a_circle_are_a_fault() -> None:
    def asking(name: str, after: str) -> str:
        branch = f'asked_if = {{ question = "{after}", is = ["key"] }}'
        return QUESTION.replace("[locks]", f"[{name}]").replace("tier = 1", f"tier = 1\n{branch}")

    with pytest.raises(InputError, match="circle"):
        read_bank({"access.toml": asking("a", "b") + asking("b", "c") + asking("c", "b")})


def test_a_users_own_folder_is_a_bank(tmp_path: Path) -> None:
    (tmp_path / "access.ours.toml").write_text(QUESTION, "utf-8")

    bank = bank_in(tmp_path)

    assert bank.questions["locks"].domain == "access"


def test_an_empty_folder_and_a_file_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no question bank"):
        bank_in(tmp_path)

    (tmp_path / "access.toml").write_bytes("[k]\nasks = 'Tür'".encode("cp1252"))
    with pytest.raises(InputError, match="is not UTF-8"):
        bank_in(tmp_path)

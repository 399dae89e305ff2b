from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.vendors.screening import (
    Decision,
    Entry,
    Index,
    Judged,
    ListedName,
    Party,
    Person,
    entry_digest,
    name_digest,
    remembered,
    screen,
)
from cellwarden.vendors.screening.nouns import Quality


def entry(number: str, *names: str, kind: str = "organisation", country: str = "") -> Entry:
    qualities = [Quality.PRIMARY] + [Quality.STRONG] * len(names)
    return Entry(
        id=number,
        list_name="test",
        kind=kind,
        names=[ListedName(text=n, quality=q) for n, q in zip(names, qualities, strict=False)],
        countries={country} - {""},
    )


ENTRIES = [
    entry("1", "NORDLICHT BATTERIEWERKE OAO", "NLBW", country="RU"),
    entry("2", "OLVERTSEN, Jan Mikhailovich", kind="individual", country="RU"),
    entry("3", "FIRST AMBER OCEAN GMBH", country="DE"),
    entry("4", "QUARRO", country="RU"),
    entry("5", "HAVELSTERN", kind="vessel"),
    entry("6", "XIN HAI TRADING CO., LTD", country="CN"),
]
INDEX = Index(ENTRIES)


def ask(name: str, country: str = "") -> Judged:
    return next(screen([Party(id="a", name=name, country=country)], INDEX))


@pytest.mark.parametrize(
    ("name", "country", "number"),
    [
        ("ОАО «Нордлихт Батериверке»", "RU", "1"),
        ("Batteriewerke Nordlicht GmbH", "", "1"),
        ("NORDLICHT BATTERIEWERK", "RU", "1"),
        ("Jan Olvertsen", "RU", "2"),
        ("J. M. Olvertsen", "RU", "2"),
        ("Quarro LLC", "RU", "4"),
        ("Xinhai Trade Company Limited", "CN", "6"),
    ],
)
def test_the_same_party_in_other_words_is_found(name: str, country: str, number: str) -> None:
    answer = ask(name, country)

    assert answer.list_id == number
    assert answer.decision is not Decision.NONE


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Nordlicht Solar Roofing GmbH", "DE"),
        ("Second Amber Ocean GmbH", "DE"),
        ("Olvertsen Bakery", ""),
        ("Battery Company", ""),
        ("Peter Olvertsen", "NO"),
    ],
)
def test_a_near_miss_is_no_match(name: str, country: str) -> None:
    assert ask(name, country).decision is not Decision.MATCH


def test_the_country_that_differs_leaves_it_to_a_person() -> None:
    answer = ask("Quarro", "NZ")

    assert answer.decision is Decision.REVIEW
    assert answer.features["against"] == ["the country differs"]


def test_a_company_form_on_a_vessels_name_leaves_it_to_a_person() -> None:
    assert ask("Havelstern").decision is Decision.MATCH
    assert ask("Havelstern Ltd").decision is Decision.REVIEW


def test_an_acronym_of_the_words_leaves_it_to_a_person() -> None:
    answer = ask("FAO GmbH", "DE")

    assert answer.decision is not Decision.MATCH


def test_every_answer_explains_itself() -> None:
    answer = ask("ОАО Nordlicht Batteriewerke", "RU")

    assert answer.decision is Decision.MATCH
    assert len(answer.features["for"]) >= 2
    assert answer.features["legal_form"] == "agrees"
    assert answer.features["country"] == "agrees"
    assert answer.features["tokens"]


@pytest.mark.parametrize("name", ["แบตเตอรี่", "", "«»", "A" * 1_500])
def test_a_name_that_cannot_be_read_is_never_cleared(name: str) -> None:
    answer = ask(name)

    assert answer.decision is Decision.REVIEW
    assert answer.list_id is None


def test_a_name_far_from_every_entry_gets_one_answer_none() -> None:
    answers = list(screen([Party(id="7", name="Pacifica Grid Storage LLC")], INDEX))

    assert [(one.id, one.decision) for one in answers] == [("7", Decision.NONE)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_every_name_is_answered_and_no_score_leaves_its_range(texts: list[str]) -> None:
    parties = [Party(id=str(at), name=text) for at, text in enumerate(texts)]

    answers = list(screen(parties, INDEX))

    assert {one.id for one in answers} == {party.id for party in parties}
    assert all(0 <= one.score <= 1 for one in answers)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ENTRIES), st.randoms(use_true_random=False))
def test_word_order_and_case_never_hide_an_entry(listed: Entry, random: object) -> None:
    words = listed.names[0].text.lower().replace(",", "").split()
    random.shuffle(words)  # type: ignore[attr-defined]  # hypothesis types it as object

    answer = ask(" ".join(words))

    assert answer.list_id == listed.id
    assert answer.decision is not Decision.NONE


PARTY = Party(id="1", name="Nordlicht", country="RU")


def person(at: str, *, is_same: bool, party: Party = PARTY, of: Entry = ENTRIES[0]) -> Person:
    return Person(
        name_digest=name_digest(party),
        entry_digest=entry_digest(of),
        is_same=is_same,
        decided_by="Ada",
        reason="another company, seen on its register page",
        decided_at=at,
    )


def test_the_latest_decision_of_a_person_is_remembered() -> None:
    decisions = [person("2026-01-02", is_same=True), person("2026-01-01", is_same=False)]

    found = remembered(decisions, name_digest(PARTY), entry_digest(ENTRIES[0]))

    assert found == decisions[0]


@pytest.mark.parametrize(
    "change",
    [{"name": "Nordlicht AG"}, {"country": "DE"}],
)
def test_a_decision_ends_when_the_name_changes(change: dict[str, str]) -> None:
    changed = msgspec.structs.replace(PARTY, **change)

    found = remembered(
        [person("2026-01-01", is_same=False)], name_digest(changed), entry_digest(ENTRIES[0])
    )

    assert found is None


def test_a_decision_ends_when_the_entry_changes_and_not_when_its_rows_move() -> None:
    names = ENTRIES[0].names
    moved = msgspec.structs.replace(ENTRIES[0], names=names[::-1])
    more = msgspec.structs.replace(
        ENTRIES[0], names=[*names, ListedName(text="NBW", quality=Quality.STRONG)]
    )
    decisions = [person("2026-01-01", is_same=False)]

    assert remembered(decisions, name_digest(PARTY), entry_digest(moved))
    assert remembered(decisions, name_digest(PARTY), entry_digest(more)) is None


def test_the_row_of_a_name_is_no_part_of_it() -> None:
    elsewhere = msgspec.structs.replace(PARTY, id="900")

    assert name_digest(elsewhere) == name_digest(PARTY)

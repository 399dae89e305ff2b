from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.vendors.screening.abjad import bones
from cellwarden.vendors.screening.hearing import sound
from cellwarden.vendors.screening.names import take_apart
from cellwarden.vendors.screening.spelling import LONGEST, spell, tokens


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Завод «Звёзды»", "zavod zvezdy"),
        ("Харків", "kharkiv"),
        ("Ђорђе", "djordje"),
        ("Ντένα", "dena"),
        ("김정은", "kim jong un"),
        ("丹东", "dandong"),
        ("電池", "battery"),
        ("東莞", "dong"),
        ("バッテリー", "battery"),
        ("ひかり", "hikari"),
        ("بانک سامان", "bank saman"),
        ("Łódź Straße Þór", "lodz strasse thor"),
        ("Ｂａｔｔｅｒｙ", "battery"),
        ("O'Hara & Söhne", "ohara sohne"),
        ("S.p.A.", "spa"),
        ("A.A. Raspletin", "aa raspletin"),
    ],
)
def test_each_script_has_one_plain_spelling(written: str, plain: str) -> None:
    assert " ".join(tokens(spell(written).text)) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tschemesow", "chemesov"),
        ("chong", "jong"),
        ("wekselberg", "vekselberg"),
        ("hassan", "hasan"),
        ("mourov", "murov"),
        ("sergiy", "sergii"),
    ],
)
def test_spellings_of_several_languages_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_consonants_survive_a_script_without_vowels() -> None:
    assert bones(sound(spell("نصرالله").text)) == bones(sound("nasrallah"))


@pytest.mark.parametrize(
    ("text", "form", "rest"),
    [
        ("ООО «Совфрахт»", "LLC", ["sovfrakht"]),
        ("Sovfracht Gesellschaft mit beschränkter Haftung", "GmbH", ["sovfracht"]),
        ("LACNO, spol. s r.o.", "s.r.o.", ["lacno"]),
        ("Doncoaltrade Sp. z o.o.", "sp. z o.o.", ["doncoaltrade"]),
        ("Minerales, S.A. de C.V.", "SA de CV", ["mineral"]),
        ("Oy Langvik Ab", "Oy", ["langvik"]),
        ("丹东鸿祥有限公司", "Ltd", ["dandong", "hong", "xiang"]),
        ("Swiss Services S.à r.l.", "SARL", ["switzerland", "service"]),
        ("株式会社ヒカリ", "KK", ["hikari"]),
    ],
)
def test_legal_forms_of_many_languages_are_taken_off(text: str, form: str, rest: list[str]) -> None:
    name = take_apart(text)

    assert name.form == form
    assert name.tokens == rest


def test_a_name_of_nothing_but_a_legal_form_keeps_its_words() -> None:
    assert take_apart("The Company Ltd").tokens


def test_lookalike_letters_of_another_script_are_read_as_they_look() -> None:
    spelt = spell("Nіru Bаttery")

    assert spelt.text == "niru battery"
    assert spelt.has_lookalikes


def test_hidden_and_turning_characters_fall_away_and_are_told() -> None:
    spelt = spell("\u202ePars\u200bian\u202c Bank")

    assert spelt.text == "parsian bank"
    assert spelt.has_hidden


def test_a_name_in_a_script_that_we_cannot_read_says_so() -> None:
    assert spell("แบตเตอรี่").is_unread
    assert not spell("Батарея").is_unread


def test_a_name_of_ten_million_characters_is_cut_and_says_so() -> None:
    spelt = spell("a" * 10_000_000)

    assert len(spelt.text) == LONGEST
    assert spelt.is_cut


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_spelt_in_lower_case_ascii(text: str) -> None:
    for token in take_apart(text).tokens:
        assert token.isascii()
        assert token == token.lower()
        assert " " not in token


@pytest.mark.parametrize(
    "hidden",
    [
        "\x1b[31mOrdan Cells\x1b[0m Ltd",
        "Ordan\x07 Cells Ltd",
        "Ordan\u200b Cells Ltd",
    ],
)
def test_what_steers_a_terminal_hides_no_name(hidden: str) -> None:
    assert spell(hidden).text.split() == spell("Ordan Cells Ltd").text.split()

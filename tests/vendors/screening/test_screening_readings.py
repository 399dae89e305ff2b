from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.screening import Decision, Entry, Index, ListedName, Party, screen
from cellwarden.vendors.screening.abjad import likeness
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.nouns import Quality
from cellwarden.vendors.screening.patronymics import other_patronymic
from cellwarden.vendors.screening.romanised import (
    chinese_persons,
    from_pinyin,
    from_wade,
    korean,
    korean_person,
)


def entry(name: str, *, kind: str = "organisation", country: str = "", **more: str) -> Entry:
    return Entry(
        id=more.get("number", "1"),
        list_name=more.get("list_name", "L"),
        kind=kind,
        names=[ListedName(text=name, quality=Quality.PRIMARY)],
        countries={country} - {""},
    )


def decision(asked: str, listed: Entry, country: str = "") -> Decision:
    (answer,) = screen([Party(id="q", name=asked, country=country)], Index([listed]))
    return answer.decision


@pytest.mark.parametrize(
    ("asked", "listed", "country"),
    [
        ("Bae Won-uk", "PAE, Won Uk", "KP"),
        ("Lee Chun-hwan", "RI, Ch'un-hwan", "KP"),
        ("양태철", "RYANG, Tae Chol", "KP"),
        ("Chou Chien-shu", "ZHOU, Jianshu", "CN"),
        ("Lo Ch'uan-hsü", "LUO, Chuanxu", "CN"),
        ("قاسم سلیمانی", "SOLEIMANI, Qasem", "IR"),
        ("דן גרטלר", "GERTLER, Dan", "IL"),
        ("Слободан Тешић", "TESIC, Slobodan", "RS"),
        ("Dragolyub Kunarats", "KUNARAC, Dragoljub", "RS"),
        ("高山清司", "TAKAYAMA, Kiyoshi", "JP"),
        ("Sergueï Tchemezov", "CHEMEZOV, Sergei", "RU"),
        ("Mikhaïl Cheremet", "SHEREMET, Mikhail Sergeyevich", "UA"),
        ("A. S. Morenets", "MORENETS, Aleksei Sergeyevich", "RU"),
    ],
)
def test_a_person_is_found_in_every_script_and_romanisation(
    asked: str, listed: str, country: str
) -> None:
    person = entry(listed, kind="individual", country=country)

    assert decision(asked, person, country) is Decision.MATCH


@pytest.mark.parametrize(
    ("asked", "listed", "country"),
    [
        ("Korea Hyeoksin Trading Corp.", "KOREA HYOKSIN TRADING CORPORATION", "KP"),
        ("조선단군무역회사", "KOREA TANGUN TRADING CORPORATION", "KP"),
        ("بانک سپه", "BANK SEPAH", "IR"),
        ("Bank Saderat Iran", "بانک صادرات ایران", "IR"),
        ("شرکت ملی نفت ایران", "NATIONAL IRANIAN OIL COMPANY", "IR"),
        ("Yamaguchi-gumi", "山口組", "JP"),
        ("アスコテック・ジャパン株式会社", "ASCOTEC JAPAN K.K.", "JP"),
        ("Yuanjing Nengyuan Youxian Gongsi", "远景能源有限公司", "CN"),
        ("Gazpromneft PAO", "ПАО «Газпром нефть»", "RU"),
        ("Marshallcapital Partners", "MARSHALL CAPITAL PARTNERS", "RU"),
        ("Petro Park S.r.l.", "PETROPARK S.R.L.", "IT"),
        ("Sirna General Trading Co FZE", "SIMA GENERAL TRADING CO FZE", "AE"),
        ("9th Ocean GmbH & Co. KG", "NINTH OCEAN GMBH & CO. KG", "DE"),
        ("CATL", "Contemporary Amperex Technology Company, Limited (CATL)", "CN"),
        ("Raytronic Corporation, Limtied", "RAYTRONIC CORPORATION, LIMITED", "CN"),
        ("Guisanes Sociedad por Acciones Simplificada", "GUISANES S.A.S.", "CO"),
        ("Korea South-South Cooperation", "KOREA SOUTH-SOUTH COOPERATION CORPORATION", "KP"),
    ],
)
def test_a_company_is_found_in_every_script_form_and_slip(
    asked: str, listed: str, country: str
) -> None:
    assert decision(asked, entry(listed, country=country), country) is Decision.MATCH


@pytest.mark.parametrize(
    ("asked", "listed", "kind", "country"),
    [
        ("Tenth Ocean GmbH & Co. KG", "NINTH OCEAN GMBH & CO. KG", "organisation", "DE"),
        ("Argo II", "ARGO I", "vessel", ""),
        ("Shanghai Boyue Chemical", "SHANGHAI BOYLE CHEMICAL", "organisation", "CN"),
        ("Naryshkin Sergey Petrovich", "NARYSHKIN, Sergey Yevgenyevich", "individual", "RU"),
        ("S. P. Chemezov", "CHEMEZOV, Sergey Viktorovich", "individual", "RU"),
        ("عمار الأسد", "ASSAD, Maher", "individual", "SY"),
        ("M. Khan", "KHAN, Haji Mohammad", "individual", ""),
        ("Bid Company Limited", "BYD Company, Limited", "organisation", "CN"),
    ],
)
def test_a_near_miss_is_no_match(asked: str, listed: str, kind: str, country: str) -> None:
    assert decision(asked, entry(listed, kind=kind, country=country), country) is not Decision.MATCH


def test_an_entry_of_one_list_hides_none_of_another() -> None:
    index = Index(
        [
            entry("Hana Electronics JVC", country="KP", list_name="first"),
            entry("Hana Electronics", country="KP", list_name="second"),
        ]
    )

    answers = screen([Party(id="q", name="Hana Electronics JVC", country="KP")], index)

    assert {answer.features["list"] for answer in answers} == {"first", "second"}


def test_an_answer_says_in_which_reading_the_names_met() -> None:
    listed = entry("PAE, Won Uk", kind="individual", country="KP")

    (answer,) = screen([Party(id="q", name="Bae Won-uk", country="KP")], Index([listed]))

    assert answer.features["read_as"] == "korean"
    assert sorted(answer.features["tokens"]) == ["pe=pe 0.97", "wonuk=wonuk 0.97"]


def test_pinyin_and_wade_giles_have_one_spelling() -> None:
    pairs = [("zhou", "chou"), ("xiaohong", "hsiaohung"), ("jinhua", "chinhua"), ("luo", "lo")]

    for pinyin, wade in pairs:
        assert from_pinyin(pinyin) == from_wade(wade) != ""
    assert from_pinyin("smith") == ""
    assert chinese_persons(["john", "smith"], 0) == []


@pytest.mark.parametrize(
    ("south", "north"), [("hyeoksin", "hyoksin"), ("yang", "ryang"), ("lee", "ri"), ("gim", "kim")]
)
def test_korean_romanisations_have_one_spelling(south: str, north: str) -> None:
    assert korean(south) == korean(north)


def test_an_english_name_is_no_korean_one() -> None:
    assert korean_person(["kim", "basinger"], 0) == []


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_word_is_wholly_like_itself_without_its_vowels(word: str) -> None:
    bare = word.translate(str.maketrans("", "", "aeiou"))

    assert 0.0 <= likeness(bare, word) <= 1.0
    assert likeness(bare, word) >= likeness(bare + "m", word)


def test_only_a_patronymic_that_differs_tells_persons_apart() -> None:
    listed = entry("CHEMEZOV, Sergey Viktorovich", kind="individual")

    assert other_patronymic(listed, ["petrovich"]) == "petrovich"
    assert other_patronymic(listed, ["p"]) == "p"
    assert other_patronymic(listed, ["wiktorowitsch"]) == ""
    assert other_patronymic(listed, ["v", "moscow"]) == ""
    assert other_patronymic(entry("CHEMEZOV, Sergei", kind="individual"), ["petrovich"]) == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Korea, Democratic People's Republic of", "KP"),
        ("Republic of Korea", "KR"),
        ("Республика Беларусь", ""),
        ("Republic of Belarus", "BY"),
        ("The Netherlands", "NL"),
        ("Hong Kong SAR", "HK"),
        ("Россия", "RU"),
        ("España", "ES"),
        ("DR Congo", "CD"),
        ("Republic of the Congo", "CG"),
        ("Republic of", ""),
        ("", ""),
    ],
)
def test_a_country_is_known_however_it_is_written(written: str, code: str) -> None:
    assert country_code(written) == code


WRITTEN = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "Kim",
            "Xi",
            "Lo",
            "abd",
            "ООО",
            "山口",
            "組",
            "بانک",
            "ال",
            "(CATL)",
            "I",
            "9th",
            "ה",
            "ー",
        ]
    ),
    max_size=6,
).map(" ".join)


@given(listed=WRITTEN, asked=WRITTEN, country=st.sampled_from(["", "KP", "CN", "JP", "RS", "IR"]))
def test_any_two_names_can_be_compared(listed: str, asked: str, country: str) -> None:
    index = Index(
        [
            entry(listed, kind=kind, country=country, number=kind)
            for kind in ("individual", "organisation", "vessel")
        ]
    )

    answers = list(screen([Party(id="q", name=asked, country=country)], index))

    assert answers
    assert all(0.0 <= answer.score <= 1.0 for answer in answers)


@given(WRITTEN, st.sampled_from(["individual", "organisation"]))
def test_a_listed_name_with_letters_is_never_cleared(name: str, kind: str) -> None:
    answers = screen([Party(id="q", name=name)], Index([entry(name, kind=kind)]))

    if any(char.isascii() and char.isalpha() for char in name):
        assert any(answer.score > 0.0 or answer.decision is Decision.REVIEW for answer in answers)


def test_words_behind_the_last_that_is_compared_clear_nobody() -> None:
    padding = " ".join(f"padding{at}" for at in range(30))
    index = Index([entry("BANK MELLI IRAN", country="IR")])

    (answer,) = screen([Party(id="q", name=f"{padding} Bank Melli Iran")], index)

    assert answer.decision is Decision.REVIEW
    assert "24 words" in answer.features["why"]


def test_a_name_that_is_turned_round_by_an_override_is_read_as_an_eye_reads_it() -> None:
    index = Index([entry("GRODNO AZOT OAO", number="E-1")])

    (found,) = screen([Party(id="1", name="\u202etoza ondorg\u202c OAO")], index)

    assert (found.list_id, found.decision) == ("E-1", Decision.MATCH)
    assert found.features["read_as"] == "as seen"
    assert found.features["hidden_characters"] is True


@pytest.mark.parametrize(
    "name", ["MV Dawnlight", "M/V DAWNLIGHT", "m.v. Dawnlight", "MT Dawnlight"]
)
def test_what_stands_before_a_ships_name_is_no_part_of_it(name: str) -> None:
    index = Index([entry("DAWNLIGHT", kind="vessel")])

    (found,) = screen([Party(id="1", name=name)], index)

    assert found.decision is Decision.MATCH
    assert found.features["legal_form"] == "agrees"

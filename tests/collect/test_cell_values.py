"""What cells may hold."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.collect import values
from cellwarden.collect.text import has_controls, is_mojibake, undamaged
from cellwarden.model.facts import kinds


@pytest.mark.parametrize(
    ("kind", "column", "text", "recorded"),
    [
        ("asset", "warranty_until", "2027-12-31", "2027-12-31"),
        ("asset", "warranty_until", "31.12.2027", "2027-12-31"),
        ("asset", "warranty_until", "2027/12/31", "2027-12-31"),
        ("asset", "warranty_until", "12/31/2027", "2027-12-31"),
        ("asset", "warranty_until", "31/12/2027", "2027-12-31"),
        ("asset", "warranty_until", "05/05/2027", "2027-05-05"),
        ("asset", "warranty_until", "2027-12-31T00:00:00", "2027-12-31"),
        ("asset", "warranty_until", "n/a", None),
        ("asset", "capacity_kwh", "34,5", "34.5"),
        ("asset", "capacity_kwh", "1,234.50", "1234.50"),
        ("asset", "capacity_kwh", "1.234,5", "1234.5"),
        ("asset", "chemistry", "LiFePO4", "lithium_ion"),
        ("asset", "lifecycle", "Active", "in_service"),
        ("site", "country", "fi", "FI"),
        ("site", "air_gapped", "Ja", "yes"),
        ("site", "air_gapped", "Kyllä", "yes"),
        ("site", "air_gapped", "non", "no"),
        ("component", "role", "Network Management Card", "network_card"),
        ("component", "patch_cadence_days", "90.0", "90"),
        ("component", "read_at", "2026-10-01", "2026-10-01"),
        ("component", "read_at", "2026-10-01 06:30", "2026-10-01T06:30:00Z"),
        ("component", "read_at", "2026-10-01T06:30:00+02:00", "2026-10-01T06:30:00+02:00"),
        ("component", "firmware", "  AOS 6.4.0 / APP 6.4.0 ", "AOS 6.4.0 / APP 6.4.0"),
        ("support", "status", "?", "unknown"),
        ("support", "status", "End of Life", "ended"),
        ("party", "role", "maker; cloud", "manufacturer;cloud_operator"),
        ("release", "sha256", "SHA256:" + "AB" * 32, "ab" * 32),
        ("release", "notes_url", "https://example.org/n", "https://example.org/n"),
    ],
)
def test_a_cell_is_recorded_in_one_spelling(
    kind: str, column: str, text: str, recorded: str | None
) -> None:
    assert values.fit(kind, column, text) == recorded


@pytest.mark.parametrize(
    ("kind", "column", "text", "right"),
    [
        ("asset", "warranty_until", "04/03/2027", "2026-11-16"),
        ("asset", "warranty_until", "2027-02-30", "no such day"),
        ("asset", "warranty_until", "0027-02-03", "year 27"),
        ("asset", "warranty_until", "soon", "2026-11-16"),
        ("asset", "capacity_kwh", "34.5 kWh", "without its unit"),
        ("asset", "capacity_kwh", "1,234", "two ways"),
        ("asset", "capacity_kwh", "9" * 400, "34.5"),
        ("asset", "chemistry", "plutonium", "lead_acid"),
        ("site", "air_gapped", "maybe", "yes, no"),
        ("site", "country", "Finland", "two-letter"),
        ("component", "patch_cadence_days", "monthly", "whole number"),
        ("release", "notes_url", "javascript:alert(1)", "https://"),
        ("release", "notes_url", "data:text/html,x", "https://"),
        ("release", "sha256", "abc", "64"),
        ("window", "opens_at", "tonight", "2026-11-16T22:00:00Z"),
    ],
)
def test_a_cell_that_does_not_fit_says_what_would(
    kind: str, column: str, text: str, right: str
) -> None:
    with pytest.raises(values.Misfit, match=right):
        values.fit(kind, column, text)


def test_every_format_is_of_a_column_that_exists() -> None:
    for kind in values.register_kinds():
        columns = kinds()[kind].column_names
        named = [
            name for name in values._table()["kinds"][kind] if name not in {"required", "identity"}
        ]
        assert set(named) <= set(columns)
        assert values.identity(kind) <= set(columns)
        for name in named:
            wanted = values.format_of(kind, name)
            assert wanted is not None
            known = wanted in values._FORMATS or wanted == "version"
            assert known or values.choices(wanted.removesuffix("*"))


def test_no_spelling_means_two_values() -> None:
    for name, table in values._table()["spellings"].items():
        spelled = [word.casefold() for key, words in table.items() for word in {key, *words}]
        assert len(spelled) == len(set(spelled)), name


def test_every_value_that_a_kind_names_can_be_chosen() -> None:
    for name in values._table()["spellings"]:
        for choice in values.choices(name):
            assert values._choose(name, choice) == choice


@given(day=st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31)))
def test_every_day_comes_back_from_every_clear_notation(day: dt.date) -> None:
    notations = (day.isoformat(), day.strftime("%d.%m.%Y"), day.strftime("%Y/%m/%d"))

    assert {values.fit_date(text) for text in notations} == {day.isoformat()}
    assert values.fit_date(day.strftime("%m/%d/%Y"), order="mdy") == day.isoformat()
    assert values.fit_date(day.strftime("%d/%m/%Y"), order="dmy") == day.isoformat()


@given(text=st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x17F), min_size=1))
def test_text_read_in_the_wrong_encoding_is_known(text: str) -> None:
    damaged = "".join(
        bytes([byte]).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in text.encode()
    )

    assert is_mojibake(damaged)


@given(text=st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x17F), min_size=1))
def test_text_read_in_the_wrong_encoding_is_never_brought_back_as_other_text(text: str) -> None:
    damaged = text.encode().decode("latin-1")

    assert undamaged(damaged) in {text, None}


@pytest.mark.parametrize(
    ("damaged", "text"),
    [("MÃ¼ller", "Müller"), ("straÃŸe", "straße"), ("M\ufffdller", None), ("Müller Ã¼", None)],
)
def test_only_whole_damage_is_brought_back(damaged: str, text: str | None) -> None:
    assert undamaged(damaged) == text


@pytest.mark.parametrize(
    "text", ["n/a", "N/A", "-", "k.A.", "unbekannt", "unknown", "siehe Typenschild", "tbd", " "]
)
@pytest.mark.parametrize("column", ["firmware", "hardware", "validated_firmware", "serial"])
def test_a_placeholder_is_no_version(column: str, text: str) -> None:
    assert values.fit("component", column, text) is None


@pytest.mark.parametrize("text", ["UPS 06.5 / ID=18", "NA-2.1", "1", "v-", "2019-06-04"])
def test_what_only_resembles_a_placeholder_is_kept(text: str) -> None:
    assert values.fit("component", "firmware", text) == text


def test_no_placeholder_ends_in_a_digit() -> None:
    assert not [word for word in values._blank_words() if word[-1].isdigit()]


def test_a_setting_keeps_a_value_that_looks_like_a_placeholder() -> None:
    assert values.fit("setting", "value", "n/a") == "n/a"


@pytest.mark.parametrize(
    "text",
    ["Pääkeskus", "Größe", "São Paulo", "MAÇÃ", "Ångström", "Île-d’Âme", "€ 5", "日本", "Łódź"],
)
def test_honest_text_is_no_mojibake(text: str) -> None:
    assert not is_mojibake(text)


@pytest.mark.parametrize("text", ["\x1b[31m", "a\x00b", "\u202egnp.exe", "\x9b2J", "\u2066x"])
def test_characters_that_act_are_known(text: str) -> None:
    assert has_controls(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14-Mar-21", "2021-03-14"),
        ("March 14, 2021", "2021-03-14"),
        ("12. März 2021", "2021-03-12"),
        ("1 de marzo de 2021", "2021-03-01"),
        ("1er juin 2016", "2016-06-01"),
        ("31.12.27", "2027-12-31"),
        ("14-03-2021", "2021-03-14"),
    ],
)
def test_a_date_that_can_be_read_in_one_way_only_is_read(text: str, day: str) -> None:
    assert values.fit("asset", "installed_on", text) == day


@pytest.mark.parametrize("text", ["2021", "05/2022", "2021-05", "Mar 2021", "juin 2016"])
def test_a_month_is_no_day(text: str) -> None:
    with pytest.raises(values.Misfit, match="the day is not told"):
        values.fit("asset", "installed_on", text)


@pytest.mark.parametrize("text", ["3-4-2021", "3/4/2021", "1 ma 2021", "32 May 2021"])
def test_a_date_of_two_readings_or_none_is_not_guessed(text: str) -> None:
    with pytest.raises(values.Misfit):
        values.fit("asset", "installed_on", text)

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.versions import (
    Quality,
    doubtful_keys,
    interval_keys,
    read_range,
    version_key,
)

LONGEST_VERSION = 120
NUMBERS = st.lists(
    st.sampled_from(["0", "1", "2", "3", "10", "20", "1000", "2019"]), min_size=1, max_size=3
).map(".".join)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", ""])


@pytest.mark.parametrize("text", ["vers:all/*", "*", "All versions", "", "vers:generic/*"])
@pytest.mark.parametrize("version", ["", "-", "n/a", "V1.0", "\x00\x1b[31m"])
def test_all_versions_hold_a_blank_or_unreadable_one_too(text: str, version: str) -> None:
    assert read_range(text).place(version).inside is True


def test_the_whole_product_is_meant_whatever_its_version_text_says() -> None:
    assert read_range("Relion 670", kind="all").place("").inside is True


@pytest.mark.parametrize("version", ["", "unknown", "garbage", "?"])
def test_a_range_and_a_version_nobody_knows_are_undetermined_with_a_reason(version: str) -> None:
    placement = read_range("< V2.41").place(version)

    assert placement.inside is None
    assert "cannot be told" in placement.why


def test_words_that_are_not_understood_put_nothing_outside() -> None:
    found = read_range("Versions including affected FTP server", kind="version")

    assert found.quality is Quality.NOT_UNDERSTOOD
    assert found.place("6.9").inside is None


def test_a_hardware_generation_before_the_range_becomes_a_condition() -> None:
    found = read_range("NMC2 <= 6.9.6")

    assert found.conditions == ("NMC2",)
    assert found.quality is Quality.LOSSY
    assert found.place("v6.7.2").inside is True
    assert found.place("v6.7.2").conditions == ("NMC2",)
    assert found.place("6.9.8").inside is False


def test_harmless_words_are_kept_but_set_no_condition() -> None:
    found = read_range("8.2 (all editions)", kind="version")

    assert found.qualifiers == ("all editions",)
    assert found.conditions == ()


def test_a_series_id_before_the_range_becomes_a_condition() -> None:
    found = read_range("SMT Series ID=18: UPS 09.8 and prior")

    assert found.conditions == ("SMT Series", "ID=18")
    assert found.place("UPS 10.1").inside is False


def test_words_beside_a_bound_that_nobody_understands_put_nothing_outside() -> None:
    found = read_range("<= 4.1 | <= Froblet release")

    assert found.place("4.0").inside is True
    assert found.place("5.0").inside is None


def test_letters_behind_a_bound_are_not_taken_for_words() -> None:
    assert read_range("Versions prior to V6.00 KA").place("V6.00").inside is None


def test_cve_ids_in_the_words_restrict_the_statement() -> None:
    found = read_range("<= 2.4.17  (CVE-2022-3386 and CVE-2022-3385 only)")

    assert found.vulnerabilities == ("CVE-2022-3386", "CVE-2022-3385")
    assert found.conditions == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("< 1.42", "1.42"),
        ("vers:all/>=V2.0<V2.1 SP1", "V2.1 SP1"),
        ("<= 6.9.6", ""),
        ("<v36.011_v35.013_v34.014", "v34.014 | v35.013 | v36.011"),
        ("All versions prior to V1.5.1", "V1.5.1"),
    ],
)
def test_the_first_version_after_a_range_is_named_where_the_words_name_it(
    text: str, first: str
) -> None:
    assert read_range(text).first_after == first


def test_keys_of_a_plain_range_are_half_open_intervals() -> None:
    found = interval_keys(read_range(">= 1.0 | < 2.0"))
    inside, outside = version_key("1.9.9"), version_key("2.0")

    assert found is not None
    assert inside is not None
    assert outside is not None
    assert any(low <= inside < high for low, high in found)
    assert not any(low <= outside < high for low, high in found)


def test_a_range_with_packs_has_no_keys_and_is_left_to_the_exact_comparison() -> None:
    assert interval_keys(read_range("< V5.1 SP1 HF4")) is None


def test_a_number_alone_has_no_key_because_it_may_stand_for_its_whole_branch() -> None:
    assert version_key("6") is None


@given(st.lists(st.tuples(SIGNS, NUMBERS), min_size=1, max_size=3), NUMBERS)
def test_keys_place_a_version_as_the_exact_comparison_does(
    bounds: list[tuple[str, str]], version: str
) -> None:
    found = read_range(" | ".join(sign + bound for sign, bound in bounds))
    intervals, key = interval_keys(found), version_key(version)
    if intervals is None or key is None:
        return

    exact = found._look(version).inside
    by_key = True if any(a <= key < b for a, b in intervals) else None
    if by_key is None and not any(a <= key < b for a, b in doubtful_keys(found)):
        by_key = False

    assert by_key is exact


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_and_any_version_are_answered_without_an_error(words: str, version: str) -> None:
    placement = read_range(words).place(version)

    assert placement.inside in {True, False, None}


@given(
    st.text(alphabet="0123456789.|<>=vVxX*-_ ()SPand,/:", max_size=40),
    st.text(alphabet="0123456789.vV-_ abSP()", max_size=20),
)
def test_version_like_noise_is_answered_without_an_error(words: str, version: str) -> None:
    for kind in ("range", "version", "vers"):
        assert read_range(words, kind=kind).place(version).why


def test_a_hostile_cell_is_answered_at_once_and_puts_nothing_outside() -> None:
    long = "9." * 5_000_000

    assert read_range("< 2.0").place(long).inside is None
    assert read_range(long).place("1.0").inside is None


def test_every_text_of_the_corpus_is_read_and_holds_its_own_bound(shared: Path) -> None:
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as lines:
        texts = sorted({row["version_text"] for row in csv.DictReader(lines)} - {"No version"})

    wrong = []
    for text in texts:
        found = read_range(text)
        certain = [one for one in found.alternatives if one.is_certain]
        for alternative in certain:
            for one in alternative.comparators:
                is_exact = one.op in {"=", "is"} and len(one.bounds[0]) <= LONGEST_VERSION
                if is_exact and not one.prefix and found.place(one.bounds[0]).inside is not True:
                    wrong.append((text, one.bounds))

    assert len(texts) > 4000
    assert wrong == []


def test_every_bound_of_the_corpus_lies_on_its_own_side(shared: Path) -> None:
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as lines:
        texts = sorted({row["version_text"] for row in csv.DictReader(lines)})

    wrong = []
    for text in texts:
        found = read_range(text)
        if len(found.alternatives) != 1 or len(found.alternatives[0].comparators) != 1:
            continue
        one = found.alternatives[0].comparators[0]
        expected = one.op in {"<=", ">=", "=", "is"}
        if not one.prefix and len(one.bounds) == 1 and len(one.bounds[0]) <= LONGEST_VERSION:
            inside = found.place(one.bounds[0]).inside
            if inside is not expected and text != "No version" and not found.doubt:
                wrong.append((text, one.bounds, inside))

    assert wrong == []


def test_no_text_of_the_corpus_puts_a_word_outside(shared: Path) -> None:
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as lines:
        texts = sorted({row["version_text"] for row in csv.DictReader(lines)})

    outside = [
        (text, word)
        for text in texts
        for word in ("", "garbage", "PM-H", "9SX5Ki", "iStars_SWV053", "2767,10,2738,11")
        if read_range(text).place(word).inside is False
    ]

    assert outside == []


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        ("< 01012022", "12312021", True),
        ("< 01012022", "12312022", False),
        ("< FW_01012022", "FW_12312021", True),
        ("< 70050_update_05032019-482", "70050_update_11072018-460", True),
        ("< 1.2 build 01022022", "1.2 build 02012022", None),  # either order of day and month
        ("< 01012022", "1.5", None),
    ],
)
def test_day_with_the_year_last_counts_as_a_day_and_not_as_a_number(
    text: str, version: str, expected: object
) -> None:
    assert read_range(text).place(version).inside is expected

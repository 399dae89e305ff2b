from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.versions import compare_versions, version_key
from cellwarden.advisories.versions.scheme import Parsed, Scheme
from cellwarden.advisories.versions.schemes import scheme_named, schemes
from cellwarden.advisories.versions.spelling import spell

EVERY = pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme.table.name)
NUMBER = st.integers(0, 30).map(str) | st.sampled_from(["00", "01", "07", "010", "1000"])
DAYS = ["06162022", "12012021", "20220616", "25122022", "2019-09-21", "may 2018", "june 1 2018"]
DAYS += ["03.04.2019", "04.03.2019", "21.06.2018", "06.2018", "3.4.2018"]
BEHIND = st.sampled_from(
    [
        *(
            "",
            " sp{}",
            " sp{} hf{}",
            " r{}",
            " update {}",
            "-rc{}",
            " beta {}",
            " build {}",
            "-r{}",
        ),
        *("({})", "-{}", "_{}", "a", "b", "z", "aa", " f", ".06162022", ".12012021", "-20220616"),
        *("_{}.{}", "-{}.{}a", "({})e{}", "({})ea", " foo", ".gbb", "r{}c{}spc{}", "d{}"),
        ".hw{}.{}",
    ]
)
BEFORE = st.sampled_from(["", "", "", "a", "b.", "v", "100r001c", "hw"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Versions in many styles, few enough numbers that equal ones come often."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([*DAYS, "fb", "w", "1-02-08", "2-1", "1_2_3"]))
    numbers = ".".join(draw(st.lists(NUMBER, min_size=1, max_size=4)))
    behind = draw(BEHIND)
    filled = behind.format(*(draw(NUMBER) for _ in range(behind.count("{}"))))
    return spell(draw(BEFORE) + numbers + filled).text


def read(scheme: Scheme, text: str) -> Parsed:
    parsed = scheme.read(text)
    assert parsed is not None, f"{scheme.table.name} does not read {text!r}"
    return parsed


@EVERY
def test_examples_ascend_by_order_and_by_key(scheme: Scheme) -> None:
    for chain in scheme.table.ascending:
        for low, high in combinations([read(scheme, text) for text in chain], 2):
            assert (scheme.compare(low, high), scheme.compare(high, low)) == (-1, 1)
            assert scheme.key(low) < scheme.key(high)


@EVERY
def test_equal_examples_have_one_key(scheme: Scheme) -> None:
    for chain in scheme.table.equal:
        for one, other in combinations([read(scheme, text) for text in chain], 2):
            assert scheme.compare(one, other) == 0
            assert scheme.key(one) == scheme.key(other)


@EVERY
def test_examples_without_an_order_are_not_compared(scheme: Scheme) -> None:
    for one, other in scheme.table.not_comparable:
        assert scheme.compare(read(scheme, one), read(scheme, other)) is None
        assert scheme.compare(read(scheme, other), read(scheme, one)) is None


@EVERY
def test_foreign_examples_are_not_read(scheme: Scheme) -> None:
    assert [text for text in scheme.table.foreign if scheme.read(text) is not None] == []


@EVERY
def test_a_scheme_explains_itself_with_examples(scheme: Scheme) -> None:
    assert scheme.table.says
    assert scheme.table.source
    assert scheme.table.ascending
    assert scheme.table.foreign


@given(texts(), texts())
def test_keys_sort_as_the_exact_order_wherever_it_answers(one: str, other: str) -> None:
    for scheme in schemes():
        a, b = scheme.read(one), scheme.read(other)
        if a is None or b is None or a.family != b.family:
            continue
        order = scheme.compare(a, b)
        if order is not None:
            keys = scheme.key(a), scheme.key(b)
            assert order == (keys[0] > keys[1]) - (keys[0] < keys[1]), scheme.table.name


@given(texts(), texts())
def test_turning_two_versions_round_turns_their_order(one: str, other: str) -> None:
    for scheme in schemes():
        a, b = scheme.read(one), scheme.read(other)
        if a is None or b is None:
            continue
        forth, back = scheme.compare(a, b), scheme.compare(b, a)
        assert (forth is None) == (back is None)
        assert forth is None or back is None or forth == -back


@given(texts())
def test_every_version_equals_itself(text: str) -> None:
    for scheme in schemes():
        parsed = scheme.read(text)
        assert parsed is None or scheme.compare(parsed, parsed) == 0


@given(st.lists(NUMBER, min_size=2, max_size=5), st.lists(NUMBER, min_size=2, max_size=5))
def test_the_quick_key_of_plain_numbers_is_the_key_of_their_scheme(
    one: list[str], other: list[str]
) -> None:
    dotted = scheme_named("dotted")

    for numbers in (one, other):
        parsed = dotted.read(".".join(numbers))
        is_nought = not any(int(number) for number in numbers)
        expected = dotted.key(parsed) if parsed and not is_nought else None
        assert version_key("V" + ".".join(numbers)) == expected


def test_a_pack_outranks_an_update_and_none_lies_below_any() -> None:
    assert compare_versions("V2.0 Update 3", "V2.0 SP1") == -1
    assert compare_versions("V2.0", "V2.1 SP1") == -1


def test_a_date_as_last_number_sorts_by_day_and_not_by_its_digits() -> None:
    assert compare_versions("1.42.12012021", "1.42.06162022") == -1


def test_a_version_and_a_date_have_no_order() -> None:
    assert compare_versions("V5", "2019-09") is None


def test_prefixes_and_padding_make_no_difference() -> None:
    assert compare_versions("1.0", "v01.00") == 0
    assert compare_versions("V 4.87", "4.87.0") == 0

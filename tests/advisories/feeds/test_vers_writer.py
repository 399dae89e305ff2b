"""Constraints that we write: what they hold is what was meant."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.feeds.vers import Interval, complement, only, write, write_all_but
from cellwarden.advisories.versions import read_range

VERSIONS = range(-1, 12)


def holds(text: str, version: int) -> bool:
    """Whether a ``vers:`` text holds a whole number; read as its specification says."""
    constraints = text.split("/", 1)[1].split("|")
    if constraints == ["*"]:
        return True
    parsed = []
    for constraint in constraints:
        sign = constraint.rstrip("0123456789.")
        parsed.append((sign, int(unquote(constraint[len(sign) :]).split(".")[0])))
    if any(sign == "!=" and bound == version for sign, bound in parsed):
        return False
    if any(sign == "" and bound == version for sign, bound in parsed):
        return True
    spans = [(sign, bound) for sign, bound in parsed if sign not in {"", "!="}]
    if not spans:
        return all(sign == "!=" for sign, _ in parsed)
    return in_spans(spans, version)


def in_spans(spans: list[tuple[str, int]], version: int) -> bool:
    """Pair lower with upper bounds from left to right."""
    position = 0
    while position < len(spans):
        sign, bound = spans[position]
        if sign.startswith("<"):
            if fits(sign, version, bound):
                return True
            position += 1
            continue
        if position + 1 < len(spans) and spans[position + 1][0].startswith("<"):
            upper, top = spans[position + 1]
            if fits(sign, version, bound) and fits(upper, version, top):
                return True
            position += 2
            continue
        if fits(sign, version, bound):
            return True
        position += 1
    return False


def fits(sign: str, version: int, bound: int) -> bool:
    return {
        "<": version < bound,
        "<=": version <= bound,
        ">": version > bound,
        ">=": version >= bound,
    }[sign]


def within(interval: Interval, version: int) -> bool:
    above = interval.low is None or (
        version >= int(interval.low) if interval.includes_low else version > int(interval.low)
    )
    below = interval.high is None or (
        version <= int(interval.high) if interval.includes_high else version < int(interval.high)
    )
    return above and below


bounds = st.none() | st.integers(0, 10)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = draw(bounds), draw(bounds)
    if low is not None and high is not None:
        low, high = sorted((low, high))
        if low == high:
            return only(str(low))
    return Interval(
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        includes_low=draw(st.booleans()),
        includes_high=draw(st.booleans()),
    )


@given(intervals())
@settings(max_examples=100)
def test_a_written_interval_holds_what_the_interval_holds(interval: Interval) -> None:
    text = write([interval])

    assert [holds(text, version) for version in VERSIONS] == [
        within(interval, version) for version in VERSIONS
    ]


@given(st.lists(intervals(), max_size=5))
@settings(max_examples=100)
def test_a_complement_holds_exactly_what_the_intervals_leave_over(listed: list[Interval]) -> None:
    left = complement(listed)

    assert left is not None
    for version in VERSIONS:
        is_listed = any(within(each, version) for each in listed)
        assert any(within(each, version) for each in left) is not is_listed


@given(st.lists(intervals(), min_size=1, max_size=4))
@settings(max_examples=100)
def test_a_written_complement_holds_exactly_what_is_left_over(listed: list[Interval]) -> None:
    text = write_all_but(listed)

    assert text is not None
    for version in VERSIONS:
        is_listed = any(within(each, version) for each in listed)
        assert (bool(text) and holds(text, version)) is not is_listed


@given(st.lists(intervals(), min_size=1, max_size=3))
@settings(max_examples=60)
def test_our_own_reader_understands_what_we_write(listed: list[Interval]) -> None:
    text = write_all_but(listed)
    assert text is not None

    read = read_range(text, kind="vers") if text else None

    for version in range(1, 12):  # a nought may stand for a version that nobody read
        is_left = not any(within(each, version) for each in listed)
        assert (read is not None and read.place(str(version)).inside) is is_left


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=100)
def test_any_version_text_survives_its_quoting(version: str) -> None:
    text = write([Interval(high=version)])

    assert text.count("|") == 0
    assert text.count("/") == 1
    assert unquote(text.removeprefix("vers:generic/<")) == version


def test_versions_with_letters_are_not_put_in_order_by_us() -> None:
    assert write_all_but([only("1.0a"), Interval(low="2.0", high="3.0")]) is None


@pytest.mark.parametrize("scheme", ["generic", "git"])
def test_the_scheme_stands_in_front(scheme: str) -> None:
    assert write([only("1")], scheme=scheme) == f"vers:{scheme}/1"

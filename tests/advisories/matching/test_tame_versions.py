"""Tame versions: between two points, every range of the corpus says one and the same of them."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.matching import Matcher
from cellwarden.advisories.matching import matcher as long_way
from cellwarden.advisories.matching.nouns import read
from cellwarden.advisories.matching.tame import COUNTS, key_of, points
from cellwarden.advisories.plain import read_plain
from cellwarden.advisories.versions.order import version_key
from cellwarden.model.matching import Component, Match, Remedy, Statement

FAMILIES = (
    *("MX-V4.1.1.24", "<= 5.028", "= 1.07", "7.2x", ">=v2.001.x", "< V3.X.17", "< SP3 Update 6"),
    *("<= 15.2(6)E0a", "vers:all/<V5.2 SP 3 HF 13", "<= 3.4.2 Build 16102416", "2018 R2", "<= U61"),
    *("< 6.5.1.5-4.3.1.8", "<1.000.HW00.21.20190812", "<v36.011_v35.013_v34.014", "1.1 *"),
)


@cache
def wordings(shared: Path) -> tuple[str, ...]:
    """The corpus's version texts that keys alone do not decide."""
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["version_text"] for row in csv.DictReader(file)}
    return tuple(sorted(text for text in texts if text and read(text, "range").plan is None))


@st.composite
def versions(draw: st.DrawFn, text: str) -> str:
    """A version, most often tame and near a number of the text."""
    named = [int(n) for n in re.findall(r"\d{1,3}", text)] or [1]
    near = st.builds(
        lambda n, step: max(n + step, 0),
        st.sampled_from(named),
        st.integers(min_value=-2, max_value=2),
    )
    far = st.one_of(near, st.integers(min_value=0, max_value=999), st.sampled_from((0, 1, 10, 100)))
    numbers = draw(st.lists(far, min_size=2, max_size=4))
    return draw(st.sampled_from(("", "", "V", "v0"))) + ".".join(map(str, numbers))


def said(text: str, status: str, leaf: str) -> Statement:
    return Statement(
        advisory_id="A1",
        leaf_id=leaf,
        status=status,
        vulnerabilities=("V1",),
        vendor="Corvane Energy",
        product="CBC-200",
        version_text=text,
    )


def answers(statements: list[Statement], shown: list[str], fix: str) -> list[Match]:
    components = [
        Component(
            component_id=f"C{at}", manufacturer="Corvane Energy", model="CBC-200", firmware=version
        )
        for at, version in enumerate(shown)
    ]
    return list(Matcher(statements, fixes={"A1": (Remedy(fix),)}).match(components))


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_first_tame_version_of_a_span_answers_for_all_of_them(
    data: st.DataObject, shared: Path
) -> None:
    texts = wordings(shared)
    text = data.draw(st.one_of(st.sampled_from(FAMILIES), st.sampled_from(texts)))
    beside = data.draw(st.one_of(st.just(""), st.sampled_from(texts)))
    status = data.draw(st.sampled_from(("affected", "affected", "fixed", "not_affected")))
    fix = data.draw(st.sampled_from(("", "Update to V2.4.2 or later.", f"Update to {text}")))
    shown = data.draw(st.lists(versions(text), min_size=10, max_size=40))
    statements = [said(text, status, "1"), *([said(beside, "affected", "2")] if beside else [])]

    short = answers(statements, shown, fix)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_way, "compiled", lambda *_: None)
        assert short == answers(statements, shown, fix)


@pytest.mark.parametrize("count", COUNTS)
def test_points_are_tame_versions_in_the_order_of_their_keys(count: int) -> None:
    found = points(["V4.8 SP5", "5.028", "<= 1.0.9", "2016.4"], count)

    keys = [key_of(point) for point in found]

    assert keys == sorted(set(keys))
    for point in found:
        text = ".".join(map(str, point))
        plain = read_plain(text)
        assert plain is not None
        assert plain.tame == count
        assert version_key(text) == key_of(point)


@pytest.mark.parametrize("text", ["1.2.3.4", "5.028", "1.2000", "7", "1.2 SP1", "r1.2", "", "1..2"])
def test_what_may_be_a_build_a_year_or_a_fraction_is_not_tame(text: str) -> None:
    plain = read_plain(text)
    assert plain is None or plain.tame == 0

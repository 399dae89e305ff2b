"""Sentences: filled once, as plain text, with what is missing said to be unknown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.checks.sentences import fill, not_known, places


def test_a_template_is_filled_once() -> None:
    assert fill("{a} is {b}", {"a": "{b}", "b": "2"}) == "{b} is 2"


def test_a_missing_cell_reads_unknown() -> None:
    assert fill("{a} runs {b}.", {"a": "X"}) == "X runs unknown."


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("0", "0 parts"),
        ("1", "1 part"),
        ("2", "2 parts"),
        ("11", "11 parts"),
        (None, "unknown parts"),
    ],
)
def test_a_noun_agrees_with_its_count(count: str | None, expected: str) -> None:
    said = fill("{n} part(s) of {m}", {"n": count, "m": "1 module(s)"})

    assert said == f"{expected} of 1 module(s)"


@pytest.mark.parametrize("template", ["{a.b}", "{a[0]}", "{0}", "{}", "{a!r}", "{a:>9}", "{", "}"])
def test_a_brace_holds_the_name_of_a_column_and_nothing_else(template: str) -> None:
    with pytest.raises(ValueError, match="brace"):
        places(template)


@given(cell=st.text(max_size=400))
def test_no_cell_brings_control_characters_or_endless_text(cell: str) -> None:
    said = fill("{a}", {"a": cell})

    assert not {unicodedata.category(c) for c in said} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(said) <= 123


def test_an_unknown_names_a_few_and_counts_the_rest() -> None:
    said = not_known(says="the site", count=8, noun="part", plural="parts", named=list("abcdefgh"))

    assert said == "Not known for 8 parts: the site (a, b, c, d, e and 3 more)."

"""Names as words and codes: folding, wildcards, spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.identity.words import (
    chunks,
    folded,
    is_wildcard,
    shortened,
    spellings,
    wildcard,
)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("ap7xxxx", "ap7902b"),
        ("ap8xxx", "ap8641"),
        ("ap8xxx", "ap8858eu3"),
        ("apdu9xxx", "apdu9959na3"),
        ("emaxxx", "emab05"),
        ("bmxp34*", "bmxp342020"),
        ("140noe771x1", "140noe77111"),
    ],
)
def test_wildcard_fits_the_models_that_it_stands_for(pattern: str, code: str) -> None:
    assert is_wildcard(pattern)
    assert wildcard(pattern).fullmatch(code)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("ap8xxx", "ap7902b"), ("apdu9xxx", "apdu10150sm"), ("emaxxx", "eamb28")],
)
def test_wildcard_does_not_fit_other_models(pattern: str, code: str) -> None:
    assert not wildcard(pattern).fullmatch(code)


def test_code_is_one_with_hyphen_space_and_neither() -> None:
    assert "netman204" in spellings(chunks("Netman-204"))
    assert "netman204" in spellings(chunks("NetMan 204"))
    assert {"netman", "204"} <= spellings(chunks("netman204"))


def test_variant_letters_can_be_left_away() -> None:
    assert shortened("ups5000e") == "ups5000"
    assert shortened("cs141") == ""


@given(st.text(max_size=200))
def test_folding_a_folded_name_changes_nothing(text: str) -> None:
    once = folded(text)

    assert folded(once) == once

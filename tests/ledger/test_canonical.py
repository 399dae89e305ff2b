from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger.canonical import canonical_json

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["arrays", "french", "unicode", "weird"])
def test_published_vectors_come_out_byte_for_byte(shared: Path, name: str) -> None:
    given_text = (shared / "suites/jcs/input" / f"{name}.json").read_text("utf-8")
    expected = (shared / "suites/jcs/output" / f"{name}.json").read_bytes()
    value = json.loads(given_text)

    encoded = canonical_json(value)

    assert encoded == expected


@pytest.mark.parametrize("name", ["structures", "values"])
def test_published_vectors_with_floats_are_refused(shared: Path, name: str) -> None:
    value = json.loads((shared / "suites/jcs/input" / f"{name}.json").read_text("utf-8"))

    with pytest.raises(ValueError, match="float"):
        canonical_json(value)


@given(VALUES)
def test_reading_the_canonical_form_gives_the_value_back(value: object) -> None:
    encoded = canonical_json(value)  # type: ignore[arg-type]  # the strategy makes such values

    assert json.loads(encoded) == value
    assert canonical_json(json.loads(encoded)) == encoded


def test_keys_are_ordered_by_utf16_units_and_not_by_code_points() -> None:
    encoded = canonical_json({"\U0001f600": 1, "\ufb33": 2})

    assert encoded.decode().index("\U0001f600") < encoded.decode().index("\ufb33")


@pytest.mark.parametrize("value", [1.5, [float("nan")], {"a": 2.0}, 2**53])
def test_a_value_without_an_exact_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"float|2\*\*53"):
        canonical_json(value)  # type: ignore[arg-type]  # that is what is tested


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")

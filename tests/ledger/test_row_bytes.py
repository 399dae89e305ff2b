"""The bytes of a row are those that RFC 8785 gives to an array of texts and nulls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger.canonical import canonical_json
from cellwarden.ledger.rows import row_bytes

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.none() | TEXT, max_size=6))
def test_a_row_is_written_as_canonical_json(cells: list[str | None]) -> None:
    assert row_bytes(tuple(cells)) == canonical_json(list(cells))


def test_every_character_is_written_as_in_canonical_json() -> None:
    planes = [range(0xD800), range(0xE000, 0x110000)]
    characters = [chr(code) for plane in planes for code in plane]

    assert row_bytes(characters) == canonical_json(list(characters))


def test_half_a_surrogate_pair_has_no_bytes() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        row_bytes(("\ud800",))

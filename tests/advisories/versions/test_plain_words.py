from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.versions.plain import in_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vers:generic/*", "all versions"),
        ("vers:generic/<=all%20versions", "all versions"),
        ("vers:generic/<=4.05", "<= 4.05"),
        ("vers:generic/>=1.0|<2.0", ">= 1.0 and < 2.0"),
        ("vers:generic/>=1.0|<2.0|>=3.0|<3.4", ">= 1.0 and < 2.0, >= 3.0 and < 3.4"),
        ("vers:generic/<=%3C%3D%201.43.03312023", "<= 1.43.03312023"),
        ("vers:generic/1.0|1.2", "1.0, 1.2"),
        ("vers:generic/!=7.20", "!= 7.20"),
        ("vers:all/<V1.3", "vers:all/<V1.3"),
        ("NMC2 <= 6.9.6", "NMC2 <= 6.9.6"),
        ("", ""),
    ],
)
def test_our_own_constraints_are_said_as_people_say_them(text: str, words: str) -> None:
    assert in_words(text) == words


@given(st.text(max_size=40))
def test_any_text_has_words_and_others_stay_verbatim(text: str) -> None:
    assert in_words(text) == text or text.startswith("vers:generic/")
    assert isinstance(in_words("vers:generic/" + text), str)

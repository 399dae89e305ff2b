"""How a token sounds, alike for the spellings of several languages."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_SOUNDS: Final = (
    ("yy", "y"),
    *(("aye", "ae"), ("eye", "ee"), ("iye", "ie"), ("oye", "oe")),
    *(("shch", "S"), ("tsch", "J"), ("dzh", "J"), ("sch", "S"), ("tch", "J"), ("kh", "H")),
    *(("zh", "Z"), ("sh", "S"), ("ch", "J"), ("ts", "C"), ("tz", "C"), ("ck", "K"), ("ph", "F")),
    *(("th", "T"), ("gh", "G"), ("dh", "D"), ("dj", "J"), ("qu", "K"), ("ce", "Se"), ("ci", "Si")),
    *(("cy", "Si"), ("oo", "u"), ("ou", "u"), ("ee", "i"), ("ae", "a"), ("oe", "o"), ("ue", "u")),
    *(
        ("ohr", "or"),
        ("oh\n", "o\n"),
        ("iy", "i"),
        ("yi", "i"),
        ("ij", "i"),
        ("yj", "i"),
        ("iu", "u"),
        ("ia", "a"),
        ("yo", "o"),
        ("ya", "a"),
    ),
    *(("yu", "u"), ("ie", "e"), ("ye", "e"), ("x", "ks"), ("w", "v"), ("q", "k"), ("y", "i")),
    ("c", "k"),
)
"""What is heard for what is written, in this order; capitals are not read again."""

_TWICE: Final = tuple((letter * 2, letter) for letter in "abcdefghijklmnoprstuvz")


def sounds(text: str) -> str:
    """How tokens sound, one a line, alike for the spellings of several languages.

    Tschemesow sounds as chemesov does. Sibilants and velars keep letters of their own, doubled
    letters count once. All tokens of a list go through at once: a hundred replacements each.
    """
    text += "\n"
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    text = text[:-1].lower()
    for twice, once in _TWICE:
        text = text.replace(twice, once)
    return text


@lru_cache(maxsize=50_000)
def sound(token: str) -> str:
    """How one token sounds."""
    return sounds(token)

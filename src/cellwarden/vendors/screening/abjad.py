"""Names written without short vowels beside names written with them: Arabic, Persian, Hebrew.

A letter of an abjad that stands for a long vowel is written w, y or a; a Latin spelling has it as
a vowel, as a consonant, or not at all. Consonants have to agree in their order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

LEAST: Final = 0.8
"""How alike a word and a spelling of it have to be at least."""

_BONES: Final = str.maketrans("bdgzjqc", "ptksksk", "aeiouyhwv")
_VOWELS: Final = frozenset("aeiou")
_FREE: Final = {"a": 0.15, "y": 0.35, "i": 0.35, "w": 0.35, "v": 0.35, "u": 0.35, "h": 0.3}
"""What it costs to leave a letter of the abjad out; other letters cost 1."""

_UNWRITTEN: Final = 0.05
"""What it costs that a Latin vowel has no letter."""

_LONG: Final = {
    frozenset(pair)
    for pair in ("vu", "vo", "wu", "wo", "ie", "ia", "ae", "ao", "ya", "ye", "yi", "uo", "vw")
}
_ALIKE: Final = {
    frozenset(pair) for pair in ("pb", "td", "kg", "zs", "fp", "fv", "bv", "zd", "jz", "sh", "gj")
}


def bones(sounded: str) -> str:
    """The consonants of a sound, voiced ones as voiceless: what survives most transcriptions."""
    return sounded.translate(_BONES)


@lru_cache(maxsize=100_000)
def likeness(bare: str, full: str) -> float:
    """How well a word of an abjad (as it sounds) is one with vowels, 0 to 1."""
    before = [0.0]
    for letter in full:
        before.append(before[-1] + _left_out(letter))
    for mine in bare:
        row = [before[0] + _FREE.get(mine, 1.0)]
        for at, theirs in enumerate(full, start=1):
            row.append(
                min(
                    row[-1] + _left_out(theirs),
                    before[at] + _FREE.get(mine, 1.0),
                    before[at - 1] + _exchanged(mine, theirs),
                )
            )
        before = row
    return max(0.0, 1.0 - before[-1] / max(len(bones(full)) + 0.5, 2.0))


def _left_out(letter: str) -> float:
    return _UNWRITTEN if letter in _VOWELS else 0.3 if letter in "hy" else 1.0


def _exchanged(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 0.0
    pair = frozenset((mine, theirs))
    return 0.03 if pair in _LONG else 0.2 if pair in _ALIKE else 1.5

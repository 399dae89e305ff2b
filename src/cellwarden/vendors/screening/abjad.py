"""Names without short vowels, or with too many, beside Latin ones: Arabic, Hebrew, katakana.

A letter of an abjad that stands for a long vowel is written w, y or a; a Latin spelling has it as
a vowel, as a consonant, or not at all; katakana puts a vowel behind each consonant. Consonants have
to agree in their order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

LEAST: Final = 0.8
"""How alike a word and a spelling of it have to be at least."""

_BONES: Final = str.maketrans("bdgzjqc", "ptksksk", "aeiouyhwv")
_VOWELS: Final = frozenset("aeiou")
_FREE: Final = {"a": 0.15, "y": 0.35, "i": 0.35, "w": 0.35, "v": 0.35, "h": 0.3} | {
    "u": 0.15,
    "o": 0.15,
    "e": 0.3,
}
"""What it costs to leave a letter of the abjad, or a vowel of kana, out; other letters cost 1."""

_UNWRITTEN: Final = 0.05
"""What it costs that a Latin vowel has no letter."""

_LAST_H: Final = 0.1
_WRITTEN_H: Final = 0.5
"""What it costs that a Latin h, or y, has no letter: at the end it is none."""

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
    last = len(full) - 1
    left_out = [_left_out(letter, is_last=at == last) for at, letter in enumerate(full)]
    for cost in left_out:
        before.append(before[-1] + cost)
    for mine in bare:
        row = [before[0] + _FREE.get(mine, 1.0)]
        for at, theirs in enumerate(full, start=1):
            row.append(
                min(
                    row[-1] + left_out[at - 1],
                    before[at] + _FREE.get(mine, 1.0),
                    before[at - 1] + _exchanged(mine, theirs),
                )
            )
        before = row
    return max(0.0, 1.0 - before[-1] / max(len(bones(full)) + 0.5, 2.0))


def _left_out(letter: str, *, is_last: bool) -> float:
    if letter in _VOWELS:
        return _UNWRITTEN
    return _LAST_H if letter == "h" and is_last else _WRITTEN_H if letter in "hy" else 1.0


def _exchanged(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 0.0
    pair = frozenset((mine, theirs))
    return 0.03 if pair in _LONG else 0.2 if pair in _ALIKE else 1.5

"""What stands behind a version's numbers in steps: release, service pack, update, fix, build."""

from __future__ import annotations

from typing import Final

from cellwarden.advisories.plain import number_key
from cellwarden.advisories.versions.numerals import order_numbers, order_unless_extended, sign
from cellwarden.advisories.versions.scheme import Atom, Parsed

BUILD: Final = 5
"""Rank of a build: where it is left out it is not nought but unknown."""

WORDS: Final[dict[str, tuple[int, str]]] = {
    "r": (1, "r"),
    "q": (1, "q"),
    "ma": (1, "ma"),
    "sp": (2, "sp"),
    "service pack": (2, "sp"),
    "fp": (2, "fp"),
    "feature pack": (2, "fp"),
    "mp": (2, "mp"),
    "ip": (2, "ip"),
    "sr": (4, "sr"),
    "ru": (2, "ru"),
    "v": (2, "v"),
    "update": (3, "update"),
    "upd": (3, "update"),
    "u": (3, "update"),
    "qu": (3, "qu"),
    "cu": (3, "cu"),
    "uc": (3, "uc"),
    "tc": (3, "tc"),
    "tcu": (3, "tcu"),
    "l": (3, "l"),
    "m": (3, "m"),
    "hf": (4, "hf"),
    "hotfix": (4, "hf"),
    "hot fix": (4, "hf"),
    "hotfixrev": (4, "hf"),
    "patch": (4, "patch"),
    "p": (4, "patch"),
    "security patch": (4, "security patch"),
    "ir": (4, "ir"),
    "s": (4, "s"),
}
"""A word, with the step that it counts and the one word that it is short for."""

_STEPS: Final = (1, 2, 3, 4, BUILD)


def order_levels(a: Parsed, b: Parsed) -> int | None:
    """The order of two versions with steps: numbers first, then each step, none below any.

    Nothing where one only adds numbers to the other, unless both have steps behind them; where
    two words count the same step; or where one leaves a build out.
    """
    if not a.tail and not b.tail:
        return order_unless_extended(a, b) if a.numbers != b.numbers else 0
    is_whole = all(one.segments and one.tail and one.tail[-1][0] != BUILD for one in (a, b))
    order = order_numbers(a, b) if is_whole else order_unless_extended(a, b)
    if order != 0:
        return order
    ours = {atom[0]: atom for atom in a.tail}
    theirs = {atom[0]: atom for atom in b.tail}
    for step in _STEPS:
        one, other = ours.get(step), theirs.get(step)
        if one == other:
            continue
        if one is None or other is None:
            return None if step == BUILD else sign(one is not None, other is not None)
        if one[1] != other[1]:
            return None
        return sign(one[2:], other[2:]) or None
    return 0


def level_key(parsed: Parsed) -> bytes:
    """Bytes that sort as :func:`order_levels` does wherever it answers."""
    present = {atom[0]: atom for atom in parsed.tail}
    return number_key(parsed.numbers) + b"".join(_step_key(present.get(s)) for s in _STEPS)


def _step_key(atom: Atom | None) -> bytes:
    if atom is None:
        return b"\0"
    _, word, numbers, letters = atom
    return b"\1" + word.encode() + b"\0" + number_key(numbers) + letters.encode() + b"\0"

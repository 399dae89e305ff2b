"""The words of a list: which of them a word could be, by letters, sound, consonants or look.

Blocks are tokens: the same token, one with the same consonants, one that shares its first letters,
its last ones, or its first and last one, and differs by little.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from typing import Final

from rapidfuzz.distance.OSA import normalized_similarity
from rapidfuzz.process import extract

from cellwarden.vendors.screening import abjad, tables
from cellwarden.vendors.screening.abjad import bones
from cellwarden.vendors.screening.hearing import sound, sounds
from cellwarden.vendors.screening.romanised import MARKS

LEAST_ALIKE: Final = 0.79
"""Normalised similarity (optimal string alignment) below which tokens are different words."""

_LEAST_SHORT: Final = 0.74
"""The same for words of four letters: one letter may differ."""

_LEAST_BARE: Final = 0.86
"""The same for words without vowels: each letter tells more."""

_SAME_SOUND: Final = 0.97
_MARKED: Final = 0.97
"""How alike two tokens are that a romanisation's own spelling makes the same."""

_MOST_ALIKE_WITHOUT_VOWELS: Final = 0.95

_AFFIX: Final = 3
_SHORTEST_FUZZY: Final = 4
_SHORTEST_LISTED: Final = 6
"""Letters from which a word that is listed may still be another one that is misspelt."""

_SHORTEST_BONES: Final = 2
_LEAST_WITH_ONE_BONE: Final = 0.88

_SEEN_ALIKE: Final = 0.93
"""How alike two tokens are that a scanner or an eye takes for each other: sirna and sima."""

_RESPELT: Final = 0.95
_OTHER_LANGUAGES: Final = (
    (("j", "y"),),
    (("tch", "ch"), ("ch", "sh"), ("ou", "u")),
    (("sz", "sh"), ("cz", "ch"), ("rz", "zh"), ("ie", "e"), ("io", "yo")),
    (("ch", "kh"),),
    (("z", "ts"),),
    (("c", "ts"),),
    (("x", "sh"),),
    (("ts", "c"), ("ch", "c"), ("sh", "s"), ("zh", "z"), ("kh", "h"), ("ly", "lj"), ("y", "j")),
)
"""What other languages write for what English writes, and English for Serbian without marks."""

_SHORTEST_RESPELT: Final = 5
_ARTICLE: Final = re.compile(r"(?:[aeu]l|a(?:([dnrstz])|sh(?=sh))(?=\1))(?=[a-z]{5})")
"""An Arabic article that nobody wrote apart: albathali, assadr."""

_ADJECTIVE: Final = re.compile(r"([a-z]{5,})sk(?:iy|ij|ii|y|i|aya|aja|oe|oye|oje|ogo|ie|iye)")
"""A Russian adjective of a place: sevastopolskiy."""


class Vocabulary:
    """The tokens of a list's names, in blocks. Built once; reading changes nothing but caches.

    ``holders``: which names hold a token. ``joined``: tokens that are two neighbours as one.
    ``bare``: tokens that are written without vowels.
    """

    def __init__(
        self, holders: Mapping[str, list[int]], joined: Container[str], bare: Container[str]
    ) -> None:
        self.holders = holders
        self._alike: dict[tuple[str, bool], dict[str, float]] = {}
        self._heard: dict[str, str] = {}
        self._same_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._same_bones: defaultdict[str, list[str]] = defaultdict(list)
        self._bare_bones: defaultdict[str, list[str]] = defaultdict(list)
        self._same_look: defaultdict[str, list[str]] = defaultdict(list)
        self._starts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._ends: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._frames: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._block(joined, bare)

    def _block(self, joined: Container[str], bare: Container[str]) -> None:
        """Blocks by sound, consonants, first and last letters, of the list's and known words."""
        tokens = [*self.holders, *(word for word in tables.words()[0] if word not in self.holders)]
        heard = sounds("\n".join(tokens)).split("\n")
        skeletons = bones("\n".join(heard)).split("\n")
        for token, sounded, skeleton in zip(tokens, heard, skeletons, strict=True):
            if token[0] in MARKS:
                continue
            self._same_sound[sounded].append(token)
            self._same_bones[skeleton].append(token)
            if token in joined:
                continue
            if token in bare:
                self._bare_bones[skeleton].append(token)
            if len(token) >= _SHORTEST_FUZZY:
                self._same_look[_look(token)].append(token)
                one = (sounded, token)
                self._starts[sounded[:_AFFIX]].append(one)
                self._ends[sounded[-_AFFIX:]].append(one)
                self._frames[token[0] + token[-1]].append(one)

    def alike(self, token: str, *, is_abjad: bool) -> dict[str, float]:
        """Tokens of the list that could be this one, each with how alike they are (0 to 1)."""
        key = (token, is_abjad)
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = self._search(token, is_abjad=is_abjad)
        return found

    def hear(self, tokens: Iterable[str]) -> None:
        """Find out how many tokens sound at once, before they are looked for one by one."""
        new = list(set(tokens) - self._heard.keys())
        if new:
            self._heard.update(zip(new, sounds("\n".join(new)).split("\n"), strict=True))

    def _sound(self, token: str) -> str:
        return self._heard.get(token) or sound(token)

    def sounding(self, token: str) -> dict[str, float]:
        """Tokens of the list that are this one, or sound the same."""
        found = {token: 1.0} if token in self.holders else {}
        for other in self._same_sound.get(self._sound(token), ()):
            meant = tables.words()[0].get(other, other)
            if meant in self.holders:
                found.setdefault(meant, _SAME_SOUND)
        return found

    def _search(self, token: str, *, is_abjad: bool) -> dict[str, float]:
        _, classes, _ = tables.words()
        holders = self.holders
        if token[0] in MARKS:
            return {token: _MARKED} if token in holders else {}
        if token.isdigit() or (token in classes and not is_abjad):
            found = {token: 1.0} if token in holders else {}
            if classes.get(token) == "person":
                sounded = sound(token)
                self._without_vowels(sounded, self._bare_bones.get(bones(sounded), ()), found)
            return found
        found = self.sounding(token)
        sounded = self._sound(token)
        shortest = _SHORTEST_LISTED if token in found else _SHORTEST_FUZZY
        if len(token) >= shortest:
            self._misspelt(token, sounded, found, is_abjad=is_abjad)
        if token not in found or _ADJECTIVE.fullmatch(token):
            self._respelt(token, found)
        for other in _other_endings(token):
            if other in holders:
                found.setdefault(other, _SAME_SOUND)
        skeleton = bones(sounded)
        if is_abjad and skeleton and token not in tables.translated():
            self._with_vowels(sounded, self._same_bones.get(skeleton, ()), found)
        elif skeleton in self._bare_bones:
            self._without_vowels(sounded, self._bare_bones[skeleton], found)
        return found

    def _respelt(self, token: str, found: dict[str, float]) -> None:
        """Add what a token is as other languages write it, and what looks like it."""
        spelt = tables.words()[0]
        for stem in _stems(token):
            for other in self.sounding(stem):
                found[other] = max(found.get(other, 0.0), _RESPELT)
        for other in self._same_look.get(_look(token), ()):
            meant = spelt.get(other, other)
            if meant in self.holders:
                found[meant] = max(found.get(meant, 0.0), _SEEN_ALIKE)
        for changes in _OTHER_LANGUAGES if len(token) >= _SHORTEST_RESPELT else ():
            plain = token
            for theirs, english in changes:
                plain = plain.replace(theirs, english)
            if plain == token:
                continue
            for other in self.sounding(plain):
                found[other] = max(found.get(other, 0.0), _RESPELT)

    def _with_vowels(self, bare: str, others: Iterable[str], found: dict[str, float]) -> None:
        """Add the tokens that a word written without vowels can be."""
        spelt = tables.words()[0]
        least = abjad.LEAST if len(bones(bare)) >= _SHORTEST_BONES else _LEAST_WITH_ONE_BONE
        for other in others:
            meant = spelt.get(other, other)
            value = abjad.likeness(bare, sound(other))
            if value >= least and meant in self.holders:
                value = min(value, _MOST_ALIKE_WITHOUT_VOWELS)
                found[meant] = max(found.get(meant, 0.0), value)

    def _without_vowels(self, full: str, others: Iterable[str], found: dict[str, float]) -> None:
        """Add the listed words, written without vowels, that a word can be."""
        for other in others:
            value = abjad.likeness(sound(other), full)
            if value >= abjad.LEAST:
                value = min(value, _MOST_ALIKE_WITHOUT_VOWELS)
                found[other] = max(found.get(other, 0.0), value)

    def _misspelt(
        self, token: str, sounded: str, found: dict[str, float], *, is_abjad: bool
    ) -> None:
        """Add tokens that differ by little, in writing or in sound, to what was found."""
        near = [
            *self._starts.get(sounded[:_AFFIX], ()),
            *self._ends.get(sounded[-_AFFIX:], ()),
            *self._frames.get(token[0] + token[-1], ()),
        ]
        spelt, classes, _ = tables.words()
        least = _LEAST_SHORT if len(token) == _SHORTEST_FUZZY else LEAST_ALIKE
        if is_abjad and token not in tables.translated():
            least = _LEAST_BARE
        for at_text, text in ((0, sounded), (1, token)):
            choices = [one[at_text] for one in near]
            for _, value, at in extract(
                text, choices, scorer=normalized_similarity, score_cutoff=least, limit=None
            ):
                other = near[at][1]
                meant = spelt.get(other, other)
                if value <= found.get(meant, 0.0) or meant not in self.holders:
                    continue
                if other.isdigit() or (meant in classes and len(other) <= _SHORTEST_FUZZY):
                    continue
                found[meant] = min(value, _SAME_SOUND)


def _stems(token: str) -> list[str]:
    """A word without the article or the adjective's ending that were written with it."""
    article, adjective = _ARTICLE.match(token), _ADJECTIVE.fullmatch(token)
    found = [token[article.end() :]] if article else []
    return [*found, adjective[1]] if adjective else found


def _other_endings(token: str) -> tuple[str, ...]:
    """A word with or without the last h that many leave out: kave and kaveh."""
    if len(token) < _SHORTEST_FUZZY or not token.isalpha():
        return ()
    if token.endswith(("ah", "eh")):
        return (token[:-1],)
    return (f"{token}h",) if token.endswith(("a", "e")) else ()


_LOOKS: Final = str.maketrans("0158i", "olsbl")


def _look(token: str) -> str:
    """What a scanner makes of a token, and of every token that it takes for it."""
    return token.translate(_LOOKS).replace("rn", "m").replace("vv", "w").replace("cl", "d")

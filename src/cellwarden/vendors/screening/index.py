"""The index: which listed names could be meant, found through tokens that are alike.

Blocks are tokens: the same token, one with the same consonants, one that shares its first letters,
its last ones, or its first and last one, and differs by little. A name's tokens weigh by their
rarity in the list; words of the trade and fillers weigh less wherever they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import Final

from rapidfuzz.distance.OSA import normalized_similarity
from rapidfuzz.process import extract

from cellwarden.vendors.screening import abjad, names, tables
from cellwarden.vendors.screening.abjad import bones
from cellwarden.vendors.screening.names import Name
from cellwarden.vendors.screening.nouns import Entry, ListedName, Quality
from cellwarden.vendors.screening.readings import Kind, other_readings
from cellwarden.vendors.screening.romanised import MARKS
from cellwarden.vendors.screening.spelling import sound, sounds

LEAST_ALIKE: Final = 0.79
"""Normalised similarity (optimal string alignment) below which tokens are different words."""

_LEAST_SHORT: Final = 0.74
"""The same for words of four letters: one letter may differ."""

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
_SHORT_PART: Final = 4
_LONGEST_JOINED: Final = 14
_SMALLEST_CORPUS: Final = 4_000
"""Names that rarity is reckoned against at least: a list of twenty knows nothing of frequency."""

_MOST: Final = {"fluff": 0.3, "trade": 0.5, "place": 0.5, "stop": 0.1, "person": 0.75}
"""The most that a word of each class weighs; a telling word weighs up to 1."""

_SHORTEST_ACRONYM: Final = 3
_LONGEST_ACRONYM: Final = 6

_LEAST: Final = 0.12
_LETTER: Final = 0.15
"""Weight of a single letter: an initial or a remnant."""

_NUMBER: Final = 0.5
"""The most that a number weighs."""

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

_SHORTEST_SPLIT: Final = 7
_SHORTEST_PART: Final = 3

_CANDIDATES: Final = 14
_NAMES_OF_ONE: Final = 5
_NEAR: Final = 0.33
_NEAR_LISTED: Final = 0.6
"""Shares of the asked name's weight, or of the listed name's, from which they are compared."""

_HEAVY: Final = 0.5
_LIGHT: Final = 0.55
"""Where a token of weight ``_HEAVY`` is shared, those of a smaller part find nobody new."""


class Listed:
    """One listed name in the index: entry, quality, parts, and the weight of its tokens."""

    __slots__ = ("at", "entry", "name", "quality", "text", "total", "units")

    def __init__(self, at: int, entry: Entry, text: str, quality: Quality, name: Name) -> None:
        self.at = at
        self.entry = entry
        self.text = text
        self.quality = quality
        self.name = name
        self.units: dict[str, tuple[int, int]] = {}
        self.total = 0.0


class Index:
    """Listed names by the tokens that they hold. Built once; reading changes nothing but caches."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.listed: list[Listed] = []
        self.holders: defaultdict[str, list[int]] = defaultdict(list)
        self.weight: dict[str, float] = {}
        self._alike: dict[tuple[str, bool], dict[str, float]] = {}
        self._joined: set[str] = set()
        self._heard: dict[str, str] = {}
        self._same_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._same_bones: defaultdict[str, list[str]] = defaultdict(list)
        self._bare_bones: defaultdict[str, list[str]] = defaultdict(list)
        self._bare: set[str] = set()
        self._same_look: defaultdict[str, list[str]] = defaultdict(list)
        self._starts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._ends: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._frames: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.acronyms: defaultdict[str, list[int]] = defaultdict(list)
        for entry in entries:
            self._add(entry)
        self._weigh()
        self._block()

    def _add(self, entry: Entry) -> None:
        seen: set[str] = set()
        is_person = entry.kind == "individual"
        kind: Kind = "person" if is_person else "other"
        countries = frozenset(entry.countries)
        for listed_name in entry.names:
            text = listed_name.text
            if text in seen:
                continue
            seen.add(text)
            name = names.take_apart(text, is_person=is_person)
            if not name.tokens:
                continue
            self._list(entry, listed_name, name)
            if _SHORTEST_ACRONYM <= len(name.words) <= _LONGEST_ACRONYM:
                self.acronyms[name.initials()].append(len(self.listed) - 1)
            for other in other_readings(text, name, countries, kind):
                self._list(entry, listed_name, other)

    def _list(self, entry: Entry, listed_name: ListedName, name: Name) -> None:
        at = len(self.listed)
        listed = Listed(at, entry, listed_name.text, listed_name.quality, name)
        self._take_units(listed)
        for unit in listed.units:
            self.holders[unit].append(at)
        if name.spelt.is_abjad:
            self._bare.update(name.tokens)
        self.listed.append(listed)

    def _take_units(self, listed: Listed) -> None:
        """The tokens of a name, and its short neighbours as one: nasr allah is nasrallah."""
        tokens = listed.name.tokens
        units = listed.units
        for place, token in enumerate(tokens):
            if token not in units:
                units[token] = (place, 1)
        if listed.name.is_marked():
            return
        for place, (first, second) in enumerate(pairwise(listed.name.written)):
            short = len(first) <= _SHORT_PART or len(second) <= _SHORT_PART
            if short and len(first) + len(second) <= _LONGEST_JOINED:
                joined = first + second
                if joined not in units:
                    units[joined] = (place, 2)
                    if joined not in self.holders:
                        self._joined.add(joined)
        self._joined.difference_update(tokens)

    def _weigh(self) -> None:
        """Weight of each token: 1 for one that a single name holds, less the more hold it."""
        classes = tables.words()[1]
        corpus = max(len(self.listed), _SMALLEST_CORPUS)
        full = log(corpus)
        weight = self.weight
        for token, holders in self.holders.items():
            rarity = max(_LEAST, 1.0 - log(len(holders)) / full)
            kind = classes.get(token)
            weight[token] = min(rarity, _MOST[kind]) if kind else rarity
            if token.isdigit():
                weight[token] = min(weight[token], _NUMBER)
            elif len(token) == 1:
                weight[token] = _LETTER
        known = weight.__getitem__
        for listed in self.listed:
            listed.total = sum(map(known, listed.name.tokens))

    def _block(self) -> None:
        """Blocks by sound, consonants, first and last letters, of the list's and known words."""
        tokens = [*self.holders, *(word for word in tables.words()[0] if word not in self.holders)]
        heard = sounds("\n".join(tokens)).split("\n")
        skeletons = bones("\n".join(heard)).split("\n")
        joined = self._joined
        for token, sounded, skeleton in zip(tokens, heard, skeletons, strict=True):
            if token[0] in MARKS:
                continue
            self._same_sound[sounded].append(token)
            self._same_bones[skeleton].append(token)
            if token in joined:
                continue
            if token in self._bare:
                self._bare_bones[skeleton].append(token)
            if len(token) >= _SHORTEST_FUZZY:
                self._same_look[_look(token)].append(token)
                one = (sounded, token)
                self._starts[sounded[:_AFFIX]].append(one)
                self._ends[sounded[-_AFFIX:]].append(one)
                self._frames[token[0] + token[-1]].append(one)

    def weight_of(self, token: str) -> float:
        """A token's weight: its own, or for one that the list does not know, its class's most."""
        known = self.weight.get(token)
        if known is not None:
            return known
        if token.isdigit():
            return _NUMBER
        if len(token) == 1:
            return _LETTER
        kind = tables.words()[1].get(token)
        return _MOST[kind] if kind else 1.0

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
            self._misspelt(token, sounded, found)
        if token not in found:
            self._respelt(token, found)
        skeleton = bones(sounded)
        if is_abjad and skeleton and token not in tables.translated():
            self._with_vowels(sounded, self._same_bones.get(skeleton, ()), found)
        elif skeleton in self._bare_bones:
            self._without_vowels(sounded, self._bare_bones[skeleton], found)
        return found

    def _respelt(self, token: str, found: dict[str, float]) -> None:
        """Add what a token is as other languages write it, and what looks like it."""
        spelt = tables.words()[0]
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

    def apart(self, token: str) -> list[str]:
        """A token that nobody listed as two that are: marshallcapital; empty where it is not."""
        if len(token) < _SHORTEST_SPLIT or not token.isalpha() or token[0] in MARKS:
            return []
        spelt = tables.words()[0]
        best: list[str] = []
        weight = 0.0
        for at in range(_SHORTEST_PART, len(token) - _SHORTEST_PART + 1):
            parts = [spelt.get(part, part) for part in (token[:at], token[at:])]
            if all(part in self.holders and part not in self._joined for part in parts):
                total = sum(self.weight[part] for part in parts)
                if total > weight:
                    best, weight = parts, total
        return best

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

    def _misspelt(self, token: str, sounded: str, found: dict[str, float]) -> None:
        """Add tokens that differ by little, in writing or in sound, to what was found."""
        near = [
            *self._starts.get(sounded[:_AFFIX], ()),
            *self._ends.get(sounded[-_AFFIX:], ()),
            *self._frames.get(token[0] + token[-1], ()),
        ]
        spelt, classes, _ = tables.words()
        least = _LEAST_SHORT if len(token) == _SHORTEST_FUZZY else LEAST_ALIKE
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

    def candidates(
        self, asked: float, found: Sequence[dict[str, float]], singles: int
    ) -> list[Listed]:
        """The listed names that share the most weight with a name that weighs ``asked``.

        ``found`` gives for each of its tokens, the first ``singles``, or joined neighbours, the
        list's tokens that are alike. Heavy tokens find names; light ones only put those in order.
        How heavy is told by what each token most likely is, not by rare words that it is not.
        """
        shared: defaultdict[int, float] = defaultdict(float)
        holders = self.holders
        weight = self.weight
        shares = [
            {token: weight[token] * value for token, value in alike.items()} for alike in found
        ]
        best = max(
            (weight[max(alike, key=alike.__getitem__)] for alike in found[:singles] if alike),
            default=0.0,
        )
        least = _LIGHT * best if best >= _HEAVY else 0.0
        light: dict[str, float] = {}
        for one in shares:
            for token, share in one.items():
                if share < least:
                    light[token] = share
                    continue
                for at in holders[token]:
                    shared[at] += share
        listed = self.listed
        near = _NEAR * asked
        scored = []
        for at, share in shared.items():
            other = listed[at]
            if share >= near or share >= _NEAR_LISTED * other.total:
                more = sum(light[token] for token in light.keys() & other.units.keys())
                scored.append(((share + more) / (asked + other.total), at))
        if len(scored) <= _CANDIDATES:
            return [listed[at] for _, at in scored]
        return self._best(nlargest(2 * _CANDIDATES, scored))

    def _best(self, scored: list[tuple[float, int]]) -> list[Listed]:
        """The best ``_CANDIDATES``; no entry crowds the others out with its aliases."""
        names: defaultdict[int, int] = defaultdict(int)
        kept = []
        for _, at in scored:
            one = self.listed[at]
            names[id(one.entry)] += 1
            if names[id(one.entry)] <= _NAMES_OF_ONE:
                kept.append(one)
        return kept[:_CANDIDATES]


_LOOKS: Final = str.maketrans("0158ij", "olsbll")


def _look(token: str) -> str:
    """What a scanner makes of a token, and of every token that it takes for it."""
    return token.translate(_LOOKS).replace("rn", "m").replace("vv", "w").replace("cl", "d")

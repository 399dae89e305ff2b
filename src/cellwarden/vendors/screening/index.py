"""The index: which listed names could be meant, found through tokens that are alike.

A name's tokens weigh by their rarity in the list; words of the trade and fillers weigh less
wherever they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import Final

from cellwarden.vendors.screening import names, tables
from cellwarden.vendors.screening.names import Name
from cellwarden.vendors.screening.nouns import Entry, ListedName, Quality
from cellwarden.vendors.screening.readings import Kind, other_readings
from cellwarden.vendors.screening.romanised import MARKS
from cellwarden.vendors.screening.vocabulary import Vocabulary

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
        self._joined: set[str] = set()
        self._bare: set[str] = set()
        self.acronyms: defaultdict[str, list[int]] = defaultdict(list)
        for entry in entries:
            self._add(entry)
        self._weigh()
        self.words = Vocabulary(self.holders, self._joined, self._bare)

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
            self._bare.update(set(name.tokens) - tables.translated())
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

    def candidates(
        self, asked: float, found: Sequence[dict[str, float]], singles: int, country: str
    ) -> list[Listed]:
        """The listed names that share the most weight with a name that weighs ``asked``.

        ``found`` gives for each of its tokens, the first ``singles``, or joined neighbours, the
        list's tokens that are alike. Heavy tokens find names; light ones only put those in order.
        Namesakes of the ``country`` (ISO code, or empty) come first.
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
        return self._best(nlargest(2 * _CANDIDATES, scored), country)

    def _best(self, scored: list[tuple[float, int]], country: str) -> list[Listed]:
        """The best ``_CANDIDATES``; no entry crowds the others out with its aliases."""
        names: defaultdict[int, int] = defaultdict(int)
        kept = []
        for _, _, at in sorted(
            ((share, country in self.listed[at].entry.countries, at) for share, at in scored),
            reverse=True,
        ):
            one = self.listed[at]
            names[id(one.entry)] += 1
            if names[id(one.entry)] <= _NAMES_OF_ONE:
                kept.append(one)
        return kept[:_CANDIDATES]

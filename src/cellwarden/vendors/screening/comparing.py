"""Two names side by side: which tokens pair off, and what share of each name that covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from cellwarden.vendors.screening import tables
from cellwarden.vendors.screening.index import Index, Listed
from cellwarden.vendors.screening.names import Name
from cellwarden.vendors.screening.nouns import Entry, Party

Places = Callable[[Entry], frozenset[str]]

_JOINED: Final = 3
_LONGEST_JOINED: Final = 20
_JOINS_ALIKE: Final = 0.96
"""Joined neighbours on both sides have to sound the same: liu fangwei is not li fangwei."""

_KNOWN: Final = 0.9
_INITIAL: Final = 0.6
_LETTER: Final = 0.15
"""What of the asked name hangs on one initial, however many stand in one word."""

_ACRONYM: Final = 0.9
_ACRONYM_ALONE: Final = 0.7
"""What an acronym is worth where no alias says so and nothing else agrees."""

_LONGEST_INITIALS: Final = 3
_SHORTEST_ACRONYM: Final = 2
_LONGEST_ACRONYM: Final = 6
_CUT_SHORT: Final = range(3, 7)
_WORTH_ITS_PLACES: Final = 0.6
"""Share of the listed name from which its addresses are worth taking apart."""

_IN_PLACE: Final = 0.15
"""What is left of the weight of a token that is the entry's town or country."""


class Asked:
    """A party's name with everything that its comparisons share."""

    __slots__ = ("found", "name", "party", "spans", "total", "weights")

    def __init__(self, party: Party, name: Name, index: Index) -> None:
        self.party = party
        self.name = name
        tokens = self.name.tokens
        is_abjad = self.name.spelt.is_abjad
        self.weights = [index.weight_of(token) for token in tokens]
        self.spans: list[tuple[int, int]] = []
        self.found: list[dict[str, float]] = []
        for start, token in enumerate(tokens):
            alike = index.words.alike(token, is_abjad=is_abjad)
            self.spans.append((start, 1))
            self.found.append(alike)
            if alike and token not in alike:
                self.weights[start] = max(index.weight[other] for other in alike)
        self._join(index, is_abjad=is_abjad)
        self.total = sum(self.weights)

    def _join(self, index: Index, *, is_abjad: bool) -> None:
        """Neighbours written apart: dandong hong xiang is dandong hongxiang."""
        for start, size, joined in neighbours(self.name):
            alike = (
                index.words.alike(joined, is_abjad=True)
                if is_abjad
                else index.words.sounding(joined)
            )
            if alike:
                self.spans.append((start, size))
                self.found.append(alike)
                self._share_weight(start, size, max(index.weight[other] for other in alike))

    def with_words_apart(self, index: Index) -> Asked | None:
        """The name with the words that nobody listed taken apart; None where there are none."""
        tokens: list[str] = []
        for token, alike in zip(self.name.tokens, self.found, strict=False):
            is_known = any(value >= _KNOWN for value in alike.values())
            tokens += (not is_known and index.apart(token)) or [token]
        if len(tokens) == len(self.name.tokens):
            return None
        return Asked(self.party, self.name.read_as("words apart", tokens), index)

    def _share_weight(self, start: int, size: int, whole: float) -> None:
        """Parts of one word weigh together no more than it does."""
        parts = sum(self.weights[start : start + size])
        if parts > whole:
            for at in range(start, start + size):
                self.weights[at] *= whole / parts


def neighbours(name: Name) -> Iterator[tuple[int, int, str]]:
    """Start, count and text of two or three neighbouring tokens as one.

    They are joined as they are written, and as they are known: petro park is petropark.
    """
    tokens = name.tokens
    if name.is_marked():
        return
    for size in range(2, _JOINED + 1):
        for start in range(len(tokens) - size + 1):
            known = "".join(tokens[start : start + size])
            written = "".join(name.written[start : start + size])
            for joined in (written,) if written == known else (written, known):
                if len(joined) <= _LONGEST_JOINED:
                    yield start, size, joined


class Compared:
    """What two names have in common.

    ``asked_share`` and ``listed_share``: matched weight over all weight, of either side.
    ``pairs``: token, listed token, how alike; ``pair_weights``: of one listed word in each;
    ``paired``: where these stand in both names.
    ``telling``: weight of what was matched. ``heaviest`` and ``heaviest_left``: weight of the most
    telling word that paired, and of the most telling one on either side that did not;
    ``said_beside``: of the most telling one of the asked name that did not, places left out.
    """

    __slots__ = (
        "acronym",
        "asked_share",
        "family_met",
        "heaviest",
        "heaviest_left",
        "in_order",
        "initialled",
        "initials",
        "least_alike",
        "left_asked",
        "left_listed",
        "listed",
        "listed_share",
        "pair_weights",
        "paired",
        "pairs",
        "said_beside",
        "telling",
        "weights",
    )

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        self.pairs: list[tuple[str, str, float]] = []
        self.weights: list[float] = []
        self.pair_weights: list[float] = []
        self.paired: list[tuple[int, int]] = []
        self.asked_share = 0.0
        self.listed_share = 0.0
        self.telling = 0.0
        self.heaviest = 0.0
        self.heaviest_left = 0.0
        self.said_beside = 0.0
        self.least_alike = 1.0
        self.in_order = True
        self.initials = 0
        self.initialled = 0
        self.acronym = False
        self.family_met = True
        self.left_asked: list[str] = []
        self.left_listed: list[str] = []


def compare(asked: Asked, listed: Listed, weight: Mapping[str, float], places: Places) -> Compared:
    """Pair the tokens of two names off, the heaviest pair first; each token pairs once.

    ``weight``: of the list's tokens. ``places`` gives the folded words of an entry's addresses and
    countries: a token of the asked name that is one of them, and nothing else, hardly counts.
    """
    result = Compared(listed)
    free_asked = [True] * len(asked.name.tokens)
    free_listed = [True] * len(listed.name.tokens)
    result.weights = [weight[token] for token in listed.name.tokens]
    gained_asked, gained_listed = _pair(asked, listed, result, free_asked, free_listed)
    more_asked, more_listed = _abbreviations(asked, listed, result, free_asked, free_listed)
    gained_asked += more_asked
    gained_listed += more_listed
    total = asked.total
    is_near = gained_listed >= _WORTH_ITS_PLACES * listed.total
    for at, free in enumerate(free_asked):
        if free:
            token = asked.name.tokens[at]
            result.left_asked.append(token)
            if is_near and token in places(listed.entry):
                total -= asked.weights[at] * (1 - _IN_PLACE)
            else:
                result.said_beside = max(result.said_beside, asked.weights[at])
    result.heaviest_left = result.said_beside
    for weight_there, free in zip(result.weights, free_listed, strict=True):
        if free:
            result.heaviest_left = max(result.heaviest_left, weight_there)
        else:
            result.heaviest = max(result.heaviest, weight_there)
    result.left_listed = [
        token for token, free in zip(listed.name.tokens, free_listed, strict=True) if free
    ]
    result.asked_share = min(1.0, gained_asked / total) if total else 0.0
    result.listed_share = min(1.0, gained_listed / listed.total) if listed.total else 0.0
    result.telling = gained_listed
    if listed.entry.kind == "individual":
        result.family_met = _family_met(asked, listed, result, free_listed)
    return result


def _family_met(asked: Asked, listed: Listed, result: Compared, free_listed: list[bool]) -> bool:
    """Whether the listed family name was paired: with the asked one, where both tell theirs."""
    theirs = listed.name.family_size()
    if not theirs:
        return True
    mine = asked.name.family_size()
    if mine:
        return any(one < mine and other < theirs for one, other in result.paired)
    return not all(free_listed[:theirs])


def _pair(
    asked: Asked, listed: Listed, result: Compared, free_asked: list[bool], free_listed: list[bool]
) -> tuple[float, float]:
    units = listed.units
    options = []
    for (start, size), alike in zip(asked.spans, asked.found, strict=True):
        for token, value in alike.items():
            place = units.get(token)
            if place is not None and (value >= _JOINS_ALIKE or size == 1 or place[1] == 1):
                theirs = sum(result.weights[place[0] : place[0] + place[1]])
                options.append(
                    (theirs * value - 0.01 * (size + place[1]), value, -start, size, token)
                )
    options.sort(reverse=True)
    gained_asked = gained_listed = 0.0
    order = []
    for _, value, before, size, token in options:
        start = -before
        begin, length = units[token]
        if length == 1 and not free_listed[begin]:
            begin = _again(token, listed.name.tokens, free_listed, begin)
        my_places, their_places = range(start, start + size), range(begin, begin + length)
        if not all(free_asked[at] for at in my_places) or not all(
            free_listed[at] for at in their_places
        ):
            continue
        for at in my_places:
            free_asked[at] = False
        for at in their_places:
            free_listed[at] = False
        worth = 1 - 1.6 * (1 - value)
        gained_asked += worth * sum(asked.weights[at] for at in my_places)
        theirs = sum(result.weights[at] for at in their_places)
        gained_listed += worth * theirs
        result.pair_weights.append(theirs / length)
        result.pairs.append(("".join(asked.name.tokens[at] for at in my_places), token, value))
        result.least_alike = min(result.least_alike, value)
        order.append((start, begin))
    result.paired = order
    order.sort()
    result.in_order = all(one[1] <= two[1] for one, two in pairwise(order))
    return gained_asked, gained_listed


def _again(token: str, tokens: list[str], free: list[bool], taken: int) -> int:
    """Where a word stands once more and is free: south-south; ``taken`` where it does not."""
    return next((at for at, other in enumerate(tokens) if free[at] and other == token), taken)


def _abbreviations(
    asked: Asked, listed: Listed, result: Compared, free_asked: list[bool], free_listed: list[bool]
) -> tuple[float, float]:
    """Initials of a person's names, acronyms of an organisation's words, and words cut short."""
    gained_asked = gained_listed = 0.0
    is_person = listed.entry.kind == "individual"
    for at, token in enumerate(asked.name.tokens):
        if not free_asked[at] or not token.isalpha():
            continue
        rest = [place for place, free in enumerate(free_listed) if free]
        if is_person and result.pairs and len(token) <= _LONGEST_INITIALS:
            chosen = _initialled(token, rest, listed.name)
            worth = _INITIAL
            result.initials += len(chosen)
            result.initialled += bool(chosen)
        elif (
            not is_person
            and _SHORTEST_ACRONYM <= len(token) <= _LONGEST_ACRONYM
            and token in listed.name.initials()
        ):
            chosen = [place for place in rest if listed.name.tokens[place][0] in token]
            worth = _ACRONYM if result.pairs else _ACRONYM_ALONE
            result.acronym = result.acronym or bool(chosen)
        elif not is_person and len(token) in _CUT_SHORT and not asked.found[at]:
            chosen = _cut_short(token, rest, listed.name.tokens)
            worth = _ACRONYM
        else:
            continue
        if not chosen:
            continue
        free_asked[at] = False
        loss = min(asked.weights[at], _LETTER * len(token)) if is_person else asked.weights[at]
        gained_asked += asked.weights[at] - (1 - worth) * loss
        for place in chosen:
            free_listed[place] = False
            gained_listed += worth * result.weights[place]
        result.pair_weights.append(max(result.weights[place] for place in chosen))
        result.pairs.append((token, " ".join(listed.name.tokens[place] for place in chosen), worth))
    return gained_asked, gained_listed


def _cut_short(token: str, rest: list[int], tokens: list[str]) -> list[int]:
    """The place of a word of the trade that a token is the beginning of: inv is investment."""
    classes = tables.words()[1]
    return [
        place for place in rest if tokens[place].startswith(token) and tokens[place] in classes
    ][:1]


def _initialled(letters: str, rest: list[int], name: Name) -> list[int]:
    """The places of the tokens whose first letters these are; none where one letter has none.

    A name begins as it is written, or as it is known: Evgeniy is yevgeny.
    """
    chosen: list[int] = []
    for letter in letters:
        place = next(
            (
                place
                for place in rest
                if place not in chosen and letter in {name.tokens[place][0], name.written[place][0]}
            ),
            None,
        )
        if place is None:
            return []
        chosen.append(place)
    return chosen

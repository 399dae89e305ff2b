"""The decision: what the agreements of two names, and of what is known beside them, amount to.

``match`` takes a high score, at least two agreements of different kinds, and nothing that speaks
against it; ``review`` is for a person; the rest is ``none``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from math import sqrt
from typing import Any, Final

from cellwarden.vendors.screening import names, spelling
from cellwarden.vendors.screening.comparing import Asked, Compared, compare, neighbours
from cellwarden.vendors.screening.index import Index, Listed
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.names import Name
from cellwarden.vendors.screening.nouns import Decision, Entry, Judged, Party, Quality
from cellwarden.vendors.screening.readings import other_readings

MATCH: Final = 0.86
REVIEW: Final = 0.74
MOST_ANSWERS: Final = 8
"""Entries that are told of one name; nobody reads more namesakes."""

_EXACT: Final = 0.985
_BELOW_BEST: Final = 0.1
_TELLING: Final = 0.7
"""Weight from which one matched token tells two names apart from most others."""

_LONG: Final = 5
_MOSTLY: Final = 0.8
_MOST_PLACES: Final = 50
_WHOLE: Final = 0.9
_WITH_INITIALS: Final = 0.8
_SURE: Final = 1.7
_SURE_PERSON: Final = 2.3
"""Weight of words spelt alike from which it is the same one, whatever the country."""

_MIDDLE_NAMES: Final = 0.8
"""How much of a person's unmentioned names is forgiven where all that was mentioned agrees."""

_TELLING_PERSON: Final = 1.25
"""Weight of matched names from which all of it is forgiven: Kim Chol tells little."""

_OTHER_FAMILY: Final = 0.75
_CLEARLY: Final = 0.1
_TELLS_LITTLE: Final = 0.4
_NOT_THE_TELLING_WORD: Final = 0.9
"""Where the word that tells a company most from others has no counterpart."""

_COUNTRY: Final = {"agrees": 0.03, "differs": -0.06, "unknown": 0.0}
_OTHER_FORM: Final = 0.03
_OTHER_NUMBERS: Final = 0.25
_WEAK_ALIAS: Final = 0.08
_FORMLESS: Final = {"vessel", "aircraft", "individual"}


def screen(parties: Iterable[Party], index: Index) -> Iterator[Judged]:
    """Judge every party against the index; at least one answer a party, the best first.

    A party that no entry came near to gets one answer with decision ``none`` and, where one was
    compared at all, the nearest entry.
    """
    named = [(party, _named(party)) for party in parties]
    index.hear(token for _, read in named for name in read for token in name.tokens)
    index.hear(
        joined for _, read in named for name in read for _, _, joined in neighbours(name)
    )
    places = _Places()
    for party, read in named:
        best: dict[int, Weighed] = {}
        readings = [Asked(party, name, index) for name in read]
        for asked in readings:
            candidates = index.candidates(asked.total, asked.found)
            for listed in _with_acronyms(asked, candidates, index):
                weighed = Weighed(asked, compare(asked, listed, index.weight, places))
                key = id(listed.entry)
                if key not in best or weighed.rank() > best[key].rank():
                    best[key] = weighed
        yield from _answers(readings[0], sorted(best.values(), key=Weighed.rank, reverse=True))


def _named(party: Party) -> list[Name]:
    """The party's name in all its readings, the plain one first."""
    name = names.take_apart(party.name)
    countries = frozenset({country_code(party.country)} - {""})
    return [name, *other_readings(party.name, name, countries, is_person=None)]


class _Places:
    """Folded words of the addresses of entries, each taken apart once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str]] = {}

    def __call__(self, entry: Entry) -> frozenset[str]:
        known = self._known.get(id(entry))
        if known is None:
            known = frozenset(names.words_of(" ".join(entry.places[:_MOST_PLACES])))
            self._known[id(entry)] = known
        return known


def _with_acronyms(asked: Asked, candidates: list[Listed], index: Index) -> list[Listed]:
    """The candidates, and names whose initials the asked name is."""
    if len(asked.name.tokens) != 1:
        return candidates
    token = asked.name.tokens[0]
    known = {listed.at for listed in candidates}
    more = (index.listed[at] for at in index.acronyms.get(token, ())[:MOST_ANSWERS])
    return candidates + [listed for listed in more if listed.at not in known]


def _answers(asked: Asked, weighed: list[Weighed]) -> Iterator[Judged]:
    """What is told: everything that needs somebody, without namesakes far behind a sure match."""
    if not weighed or (weighed[0].decision is Decision.NONE and _unread(asked)):
        yield _unanswered(asked)
        return
    best = weighed[0]
    if best.decision is Decision.NONE:
        yield best.judged()
        return
    for at, one in enumerate(weighed[:MOST_ANSWERS]):
        is_behind = one.score < best.score - _BELOW_BEST
        if one.decision is Decision.NONE or (at and best.decision is Decision.MATCH and is_behind):
            continue
        if one.decision is Decision.MATCH and best.is_whole() and not one.is_whole():
            one.against.append("another entry has the whole name")
            one.decision = Decision.REVIEW
        yield one.judged()


def _unread(asked: Asked) -> str:
    """Why a name could not be read whole; empty where it was."""
    spelt = asked.name.spelt
    if spelt.is_cut:
        return f"only the first {spelling.LONGEST} characters were compared"
    if spelt.is_unread:
        return "its script cannot be read"
    return "" if asked.name.tokens else "it has no letters"


def _unanswered(asked: Asked) -> Judged:
    """No entry came near: none, or a person's part where the name could not be read."""
    unread = _unread(asked)
    return Judged(
        id=asked.party.id,
        list_id=None,
        list_name=None,
        score=0.0,
        features={"why": unread or "no listed name shares a telling word"},
        decision=Decision.REVIEW if unread else Decision.NONE,
    )


class Weighed:
    """A pair of names with score and decision; its features are written out only when told."""

    __slots__ = ("against", "agreements", "asked", "compared", "decision", "score", "supporting")

    def __init__(self, asked: Asked, compared: Compared) -> None:
        self.asked = asked
        self.compared = compared
        self.agreements = _agreements(asked, compared)
        self.score, self.against = _score(compared, self.agreements)
        self.supporting = _supporting(compared, self.agreements)
        self.decision = Decision.NONE
        if self.score >= REVIEW:
            is_sure = self.score >= MATCH and len(self.supporting) > 1 and not self.against
            self.decision = Decision.MATCH if is_sure else Decision.REVIEW

    def rank(self) -> tuple[bool, bool, float]:
        """Matches before reviews, reviews before the rest, the higher score first."""
        decision = self.decision
        return decision is Decision.MATCH, decision is not Decision.NONE, self.score

    def is_whole(self) -> bool:
        """Whether no word of either name is left over."""
        return not self.compared.left_asked and not self.compared.left_listed

    def judged(self) -> Judged:
        """The answer, with everything that explains it."""
        listed = self.compared.listed
        features = _features(self.asked, self.compared, self.agreements)
        features["for"] = self.supporting
        if self.against:
            features["against"] = self.against
        return Judged(
            id=self.asked.party.id,
            list_id=listed.entry.id,
            list_name=listed.text,
            score=round(self.score, 3),
            features=features,
            decision=self.decision,
        )


def _agreements(asked: Asked, compared: Compared) -> dict[str, str]:
    """Whether form, country and numbers agree, differ, or are unknown."""
    listed = compared.listed
    country = country_code(asked.party.country)
    form = _agreement(asked.name.families, listed.name.families, loose="company")
    if asked.name.families and listed.entry.kind in _FORMLESS:
        dropped = set(asked.name.words) - set(asked.name.tokens)
        form = "unknown" if dropped & set(listed.name.tokens) else "differs"
    return {
        "legal_form": form,
        "country": _agreement({country} - {""}, listed.entry.countries),
        "numbers": _agreement(asked.name.numbers(), listed.name.numbers()),
    }


def _features(asked: Asked, compared: Compared, agreements: dict[str, str]) -> dict[str, Any]:
    listed = compared.listed
    entry = listed.entry
    name = asked.name
    features: dict[str, Any] = {
        "list": entry.list_name,
        "alias": listed.quality.value,
        "name_covered": round(compared.asked_share, 3),
        "entry_covered": round(compared.listed_share, 3),
        "tokens": [f"{mine}={theirs} {value:.2f}" for mine, theirs, value in compared.pairs],
        **agreements,
    }
    told = {
        "only_in_name": compared.left_asked,
        "only_in_entry": compared.left_listed,
        "word_order": "" if compared.in_order else "differs",
        "script": name.spelt.script if name.spelt.script != "latin" else "",
        "lookalike_letters": name.spelt.has_lookalikes,
        "hidden_characters": name.spelt.has_hidden,
        "cut_to": spelling.LONGEST if name.spelt.is_cut else 0,
        "kind": entry.kind,
        "reference": entry.reference,
        "effective_on": entry.effective_on,
    }
    features.update({key: value for key, value in told.items() if value})
    return features


def _agreement(mine: AbstractSet[str], theirs: AbstractSet[str], *, loose: str = "") -> str:
    if not mine or not theirs:
        return "unknown"
    if mine & theirs or loose in mine | theirs:
        return "agrees"
    return "differs"


def _score(compared: Compared, features: dict[str, str]) -> tuple[float, list[str]]:
    """The score, 0 to 1, and what forbids a match whatever the score."""
    entry = compared.listed.entry
    theirs = compared.listed_share
    pairs = len(compared.pairs)
    whole = _WITH_INITIALS if compared.initials else _WHOLE
    is_person = entry.kind == "individual"
    if is_person and pairs > 1 and compared.asked_share > whole and compared.family_met:
        is_telling = compared.telling >= _TELLING_PERSON
        theirs += (_MIDDLE_NAMES if is_telling else _MIDDLE_NAMES / 4) * (1 - theirs)
    score = sqrt(compared.asked_share * theirs)
    if not compared.family_met:
        score *= _OTHER_FAMILY
    is_beside = compared.heaviest_left > compared.heaviest + _CLEARLY
    if not is_person and is_beside:
        score *= _NOT_THE_TELLING_WORD
    if compared.heaviest < _TELLS_LITTLE:
        score *= _NOT_THE_TELLING_WORD
    score += _COUNTRY[features["country"]]
    if features["legal_form"] == "differs":
        score -= _OTHER_FORM
    if features["numbers"] == "differs":
        score -= _OTHER_NUMBERS
    if compared.listed.quality is Quality.WEAK:
        score -= _WEAK_ALIAS
    return max(0.0, min(1.0, score)), _against(compared, features, score)


def _against(compared: Compared, features: dict[str, str], score: float) -> list[str]:
    """What forbids a match, whatever the score."""
    entry = compared.listed.entry
    is_alike = compared.least_alike >= _EXACT
    sure = _SURE_PERSON if entry.kind == "individual" else _SURE
    is_sure = is_alike and compared.telling >= sure and score >= MATCH
    one_short = len(compared.pairs) == 1 and len(compared.pairs[0][1]) < _LONG
    agrees = features["country"] == "agrees"
    form_agrees = features["legal_form"] == "agrees"
    found = {
        "the country differs": features["country"] == "differs" and not is_sure,
        "the numbers differ": features["numbers"] == "differs",
        "a weak alias": compared.listed.quality is Quality.WEAK and not (agrees and is_alike),
        "an acronym stands for words": compared.acronym,
        f"the entry is a {entry.kind}": entry.kind in _FORMLESS
        and features["legal_form"] == "differs",
        "one short word": one_short and not agrees and not (form_agrees and is_alike),
        "each has words of its own": bool(compared.left_asked and compared.left_listed),
        "the name says more": compared.asked_share < _MOSTLY,
    }
    return [reason for reason, holds in found.items() if holds]


def _supporting(compared: Compared, features: dict[str, str]) -> list[str]:
    """The agreements of different kinds."""
    found = []
    if compared.asked_share >= MATCH and compared.listed_share >= MATCH:
        found.append("each covers the other")
    tokens = [value for _, _, value in compared.pairs]
    if len(tokens) > 1 and compared.telling >= _TELLING:
        found.append("several words")
    if compared.least_alike >= _EXACT and tokens:
        found.append("spelt alike")
    if features["country"] == "agrees":
        found.append("country")
    if features["legal_form"] == "agrees":
        found.append("legal form")
    longest = max((len(theirs) for _, theirs, _ in compared.pairs), default=0)
    if longest >= 2 * _LONG and compared.telling >= _TELLING:
        found.append("a long rare word")
    return found

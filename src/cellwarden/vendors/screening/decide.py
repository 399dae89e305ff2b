"""The decision: what the agreements of two names, and of what is known beside them, amount to.

``match`` takes a high score, at least two agreements of different kinds, and nothing that speaks
against it; ``review`` is for a person; the rest is ``none``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

from cellwarden.vendors.screening import names, spelling, weighing
from cellwarden.vendors.screening.comparing import Asked, Compared, compare, neighbours
from cellwarden.vendors.screening.index import Index, Listed
from cellwarden.vendors.screening.lists.places import country_code
from cellwarden.vendors.screening.names import Name
from cellwarden.vendors.screening.nouns import Decision, Entry, Judged, Party
from cellwarden.vendors.screening.readings import other_readings
from cellwarden.vendors.screening.romanised import MARKS

MOST_ANSWERS: Final = 14
"""Entries that are told of one name; nobody reads more namesakes."""

_BELOW_BEST: Final = 0.1
_MOST_PLACES: Final = 50
_FORMLESS: Final = frozenset({"vessel", "aircraft", "individual"})


def screen(parties: Iterable[Party], index: Index) -> Iterator[Judged]:
    """Judge every party against the index; at least one answer a party, the best first.

    A party that no entry came near to gets one answer with decision ``none`` and, where one was
    compared at all, the nearest entry.
    """
    named = [(party, _named(party)) for party in parties]
    index.words.hear(token for _, read in named for name in read for token in name.tokens)
    index.words.hear(
        joined for _, read in named for name in read for _, _, joined in neighbours(name)
    )
    places = _Places()
    for party, read in named:
        best: dict[int, Weighed] = {}
        country = country_code(party.country)
        readings = [Asked(party, name, index) for name in read]
        apart = readings[0].with_words_apart(index)
        if apart is not None:
            readings.append(apart)
        for asked in readings:
            candidates = index.candidates(asked.total, asked.found, len(asked.name.tokens), country)
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
    return [name, *other_readings(party.name, name, countries, "unknown")]


class _Places:
    """Folded words of the addresses and of all the names of entries, each taken apart once.

    Who takes the given name of one alias and the family name of another still means the entry.
    """

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str]] = {}

    def __call__(self, entry: Entry) -> frozenset[str]:
        known = self._known.get(id(entry))
        if known is None:
            told = [*entry.places[:_MOST_PLACES], *(one.text for one in entry.names)]
            known = frozenset(names.words_of(" ".join(told)))
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
    """What is told: everything that needs somebody, without namesakes far behind a sure match.

    Only a namesake of the same list falls behind: each list asks for itself.
    """
    if not weighed or (weighed[0].decision is Decision.NONE and _unread(asked)):
        yield _unanswered(asked)
        return
    best = weighed[0]
    if best.decision is Decision.NONE:
        yield best.judged()
        return
    best_of: dict[str, Weighed] = {}
    for one in weighed[:MOST_ANSWERS]:
        best = best_of.setdefault(one.compared.listed.entry.list_name, one)
        is_behind = one.score < best.score - _BELOW_BEST
        if one.decision is Decision.NONE or (best.decision is Decision.MATCH and is_behind):
            continue
        if one.decision is Decision.MATCH and best.is_whole() and not one.is_whole():
            one.forbidden = "another entry has the whole name"
            one.decision = Decision.REVIEW
        yield one.judged()


def _unread(asked: Asked) -> str:
    """Why a name could not be read whole; empty where it was."""
    spelt = asked.name.spelt
    if spelt.is_cut:
        return f"only {names.MOST_TOKENS} words of {spelling.LONGEST} characters were compared"
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

    __slots__ = ("agreements", "asked", "compared", "decision", "forbidden", "patronymic", "score")

    def __init__(self, asked: Asked, compared: Compared) -> None:
        self.asked = asked
        self.compared = compared
        self.agreements = _agreements(asked, compared)
        self.score, self.patronymic = weighing.score(compared, self.agreements)
        self.forbidden = ""
        self.decision = Decision.NONE
        if self.score >= weighing.REVIEW:
            is_sure = (
                self.score >= weighing.MATCH
                and len(weighing.supporting(compared, self.agreements)) > 1
                and not self.against()
            )
            self.decision = Decision.MATCH if is_sure else Decision.REVIEW

    def against(self) -> list[str]:
        """What speaks against the two being one."""
        found = weighing.against(self.compared, self.agreements, self.score, self.patronymic)
        return [*found, self.forbidden] if self.forbidden else found

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
        features["for"] = weighing.supporting(self.compared, self.agreements)
        if against := self.against():
            features["against"] = against
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
    if asked.name.reading == "ship":
        form = "agrees" if listed.entry.kind == "vessel" else "differs"
    elif asked.name.is_marked() and listed.entry.kind == "individual":
        form = "unknown"
    elif asked.name.families and listed.entry.kind in _FORMLESS:
        dropped = set(asked.name.words) - set(asked.name.tokens)
        form = "unknown" if dropped & set(listed.name.tokens) else "differs"
    return {
        "legal_form": form,
        "country": _agreement({country} - {""}, listed.entry.countries),
        "numbers": _agreement(asked.name.numbers(), listed.name.numbers())
        if listed.entry.kind != "individual"
        else "unknown",
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
        "tokens": [
            f"{_shown(mine)}={_shown(theirs)} {value:.2f}" for mine, theirs, value in compared.pairs
        ],
        **agreements,
    }
    told = {
        "only_in_name": [_shown(token) for token in compared.left_asked],
        "only_in_entry": [_shown(token) for token in compared.left_listed],
        "word_order": "" if compared.in_order else "differs",
        "script": name.spelt.script if name.spelt.script != "latin" else "",
        "read_as": name.reading or listed.name.reading,
        "lookalike_letters": name.spelt.has_lookalikes,
        "hidden_characters": name.spelt.has_hidden,
        "cut_to": spelling.LONGEST if name.spelt.is_cut else 0,
        "kind": entry.kind,
        "reference": entry.reference,
        "effective_on": entry.effective_on,
    }
    features.update({key: value for key, value in told.items() if value})
    return features


def _shown(token: str) -> str:
    """A token without the marks of its romanisation."""
    return "".join(char for char in token if char not in MARKS)


def _agreement(mine: AbstractSet[str], theirs: AbstractSet[str], *, loose: str = "") -> str:
    if not mine or not theirs:
        return "unknown"
    if mine & theirs or loose in mine | theirs:
        return "agrees"
    return "differs"

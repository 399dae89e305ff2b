"""Names taken apart: words that tell, words that fill, legal form, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance.OSA import normalized_similarity
from rapidfuzz.process import extractOne

from cellwarden.vendors.screening import spelling, tables

MOST_TOKENS: Final = 24
"""Tokens of a name that are compared; a longer one is a text."""

_LONGEST_FORM: Final = 5
_LONGEST_PHRASE: Final = 5
_ORDINALS: Final = {
    word: str(at)
    for at, words in enumerate(
        [
            "first 1st",
            "second 2nd ii",
            "third 3rd iii",
            "fourth 4th iv",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th vii",
            "eighth 8th viii",
            "ninth 9th ix",
            "tenth 10th",
            "eleventh 11th",
            "twelfth 12th xii",
            "thirteenth 13th xiii",
            "fourteenth 14th xiv",
            "fifteenth 15th xv",
            "sixteenth 16th",
            "seventeenth 17th",
            "eighteenth 18th",
            "nineteenth 19th",
            "twentieth 20th",
        ],
        start=1,
    )
    for word in words.split()
}
_CARDINALS: Final = {
    word: str(at)
    for at, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        start=1,
    )
}
_NUMBER_WORDS: Final = _ORDINALS | _CARDINALS
_NUMBER: Final = re.compile(r"\d+")
_LAST_NUMERALS: Final = {"i": "1", "v": "5", "vi": "6", "x": "10", "xi": "11"}
"""Roman numerals that elsewhere are an initial, or a Chinese name."""


_NO_FAMILY: Final[AbstractSet[str]] = frozenset()


class Name:
    """A name as the rules see it.

    ``tokens``: the folded words in their order, without forms, stop words and titles;
    ``written``: the same before each became the one spelling of its word.
    ``families``: families of its legal forms, and ``form`` the first form's name. ``reading``
    names how it was read; empty for the plain one.
    """

    __slots__ = ("families", "form", "reading", "spelt", "tokens", "words", "written")

    def __init__(
        self, spelt: spelling.Spelling, words: list[str], tokens: list[str], written: list[str]
    ) -> None:
        self.spelt = spelt
        self.words = words
        self.tokens = tokens
        self.written = written
        self.families: AbstractSet[str] = _NO_FAMILY
        self.form = ""
        self.reading = ""

    def read_as(self, reading: str, tokens: list[str]) -> Name:
        """The same name with other tokens; ``reading`` says what they are."""
        name = Name(self.spelt, self.words, tokens, tokens)
        name.families = self.families
        name.form = self.form
        name.reading = reading
        return name

    def is_marked(self) -> bool:
        """Whether its tokens are a romanisation's own, which no neighbour joins."""
        return self.reading in {"korean", "wade-giles"}

    def initials(self) -> str:
        """The first letter of every word."""
        return "".join(word[0] for word in self.words)

    def numbers(self) -> AbstractSet[str]:
        """Its numbers as digits; a last I, V, VI, X or XI is one."""
        found = {digits[0] for token in self.tokens if (digits := _NUMBER.match(token))}
        last = _LAST_NUMERALS.get(self.tokens[-1]) if len(self.tokens) > 1 else None
        return found | {last} if last else found

    def with_last_numeral(self) -> list[str]:
        """The tokens with a last I, V, VI, X or XI as a number; none where it does not end so."""
        last = _LAST_NUMERALS.get(self.tokens[-1]) if len(self.tokens) > 1 else None
        return [*self.tokens[:-1], last] if last else []

    def family_size(self) -> int:
        """How many tokens stood before a comma: the family name of ``A, B``; 0 without one."""
        before, comma, _ = self.spelt.text.partition(",")
        if not comma:
            return 0
        classes = tables.words()[1]
        family = [token for token in spelling.tokens(before) if classes.get(token) != "stop"]
        return min(len(family), len(self.tokens))


def take_apart(text: str, *, is_person: bool = False) -> Name:
    """A name's parts; never empty-handed: a name of nothing but forms and stop words keeps them.

    A person has no legal form: Se and Co are names.
    """
    return from_spelling(spelling.spell(text), is_person=is_person)


def from_spelling(spelt: spelling.Spelling, *, is_person: bool) -> Name:
    """The parts of a name that was spelt already; as ``take_apart``."""
    raw = spelling.tokens(spelt.text)
    del raw[MOST_TOKENS * 2 + 1 :]
    kept, families, form = raw, None, ""
    if not is_person:
        kept, families, form = _without_forms(raw)
    spelt_as, classes, phrases = tables.words()
    if "abd" in spelt.text or "din" in spelt.text:
        kept = [part for token in kept for part in _arabic_parts(token, spelt_as)]
    if not _phrase_starts().isdisjoint(kept):
        kept = _with_phrases(kept, phrases)
    if "an" in kept:
        kept = _without_article(kept)
    written = [token for token in kept if classes.get(token) != "stop"] or kept or raw
    spelt.is_cut |= len(written) > MOST_TOKENS or len(raw) > MOST_TOKENS * 2
    del written[MOST_TOKENS:]
    number = _ORDINALS if is_person else _NUMBER_WORDS
    tokens = [number.get(token) or spelt_as.get(token, token) for token in written]
    name = Name(spelt, raw, tokens, written)
    if families:
        name.families = families
        name.form = form
    return name


def _without_article(tokens: list[str]) -> list[str]:
    """The tokens without an Arabic an, which stands before n alone: Chang An keeps his."""
    behind = [*tokens[1:], ""]
    return [
        one for one, after in zip(tokens, behind, strict=True) if one != "an" or after[:1] != "n"
    ]


def words_of(text: str) -> list[str]:
    """The folded words of a text that is no name: an address."""
    spelt_as, _, phrases = tables.words()
    found = _with_phrases(spelling.tokens(spelling.spell(text).text), phrases)
    return [spelt_as.get(word, word) for word in found]


def _without_forms(raw: list[str]) -> tuple[list[str], set[str], str]:
    """The tokens without legal forms, the families of these, and the first form's name."""
    starts = _form_starts()
    known = tables.forms()
    kept: list[str] = []
    families: set[str] = set()
    first = ""
    at = 0
    count = len(raw)
    while at < count:
        if raw[at] not in starts:
            meant = _misspelt_form(raw[at]) if at and raw[at][0] in _LONG_STARTS else ""
            if meant:
                families.add(known[meant,][0])
                first = first or known[meant,][1]
            else:
                kept.append(raw[at])
            at += 1
            continue
        for size in range(min(_LONGEST_FORM, count - at), 0, -1):
            found = known.get(tuple(raw[at : at + size]))
            if found:
                families.add(found[0])
                first = first or found[1]
                at += size
                break
        else:
            kept.append(raw[at])
            at += 1
    return kept, families, first


_SERVANT: Final = re.compile(r"abd[aeou](?:l|([dnrstz])(?=\1))([a-z]{3,})")
_OF_FAITH: Final = re.compile(r"([a-z]{3,}?)(?:[aeiu]dd?in[e]?)")


def _arabic_parts(token: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Abdulkhaliq as abd khaliq, nureddin as nur din: what others write apart."""
    if token in known:
        return (token,)
    if token.startswith("abd") and (found := _SERVANT.fullmatch(token)):
        return ("abd", found[2])
    if token.endswith(("din", "dine")) and (found := _OF_FAITH.fullmatch(token)):
        return (found[1], "din")
    return (token,)


_LONG_FORMS: Final = [
    "limited",
    "company",
    "corporation",
    "incorporated",
    "aktiengesellschaft",
    "compania",
    "sirketi",
    "kabushiki",
]
_LONG_STARTS: Final = frozenset(form[0] for form in _LONG_FORMS)
_SHORTEST_FORM: Final = 6
_NEARLY: Final = 0.85


@lru_cache(maxsize=20_000)
def _misspelt_form(word: str) -> str:
    """The long legal form that a word is but for a letter; empty where it is none, or is known."""
    if len(word) < _SHORTEST_FORM or word in tables.words()[0]:
        return ""
    found = extractOne(word, _LONG_FORMS, scorer=normalized_similarity, score_cutoff=_NEARLY)
    return found[0] if found else ""


@cache
def _form_starts() -> frozenset[str]:
    return frozenset(form[0] for form in tables.forms())


@cache
def _phrase_starts() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in tables.words()[2])


def _with_phrases(tokens: list[str], phrases: dict[tuple[str, ...], str]) -> list[str]:
    """The tokens with known phrases as one word: hong kong is hongkong."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 1, -1):
            found = phrases.get(tuple(tokens[at : at + size]))
            if found:
                out.append(found)
                at += size
                break
        else:
            out.append(tokens[at])
            at += 1
    return out

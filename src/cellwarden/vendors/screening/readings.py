"""Other readings of a name: without its brackets, by letter, in Japanese, as others romanise it.

A name is compared in each of its readings, and the best one counts. A reading is a whole name; its
``reading`` says which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from cellwarden.vendors.screening import names, romanised, spelling, tables
from cellwarden.vendors.screening.names import Name

_BRACKETS: Final = re.compile(r"\s*[(（\[]([^()（）\[\]]{1,80})[)）\]]\s*")
_SHORTEST_ALIAS: Final = 3
_LONGEST_ALIAS: Final = 8
_WORDS_OF_A_PERSON: Final = 3
_JAPANESE: Final = re.compile("[ぁ-ヿ]|株式会社|株式會社|有限会社|合同会社")

_SHIP: Final = re.compile(
    r"\s*(?:m\.?\s?/?\s?[vt]|s\.?\s?/?\s?s|m\.?\s?/?\s?y)\.?\s+(?=\S)", re.IGNORECASE
)
"""What stands before a ship's name: MV, M/T, S.S."""

_OVERRIDE: Final = re.compile("\u202e([^\u202c]*)\u202c?")
"""Letters that the override turns round: an eye reads them from their end."""

_SHIP_FORM: Final = frozenset({"ship"})

Kind = Literal["person", "other", "unknown"]
"""What bears a name; of a name that is asked for nobody knows."""


def other_readings(text: str, name: Name, countries: frozenset[str], kind: Kind) -> list[Name]:
    """The readings of a name beside the one that it has; ``countries`` are its ISO codes."""
    found = _readings(text, name, countries, kind)
    return [one for one in found if one.tokens and one.tokens != name.tokens]


def _readings(text: str, name: Name, countries: frozenset[str], kind: Kind) -> Iterator[Name]:
    is_person = kind == "person"
    if "(" in text or "（" in text or "[" in text:
        yield from _without_brackets(text, is_person=is_person)
    if kind == "unknown" and name.families and _is_initials(name):
        yield _named("initials", name.spelt, is_person=True)
    if kind == "unknown" and (afloat := _SHIP.match(text)):
        ship = names.take_apart(text[afloat.end() :])
        ship.reading = "ship"
        ship.families = _SHIP_FORM
        yield ship
    if "\u202e" in text:
        seen = spelling.spell(_OVERRIDE.sub(lambda found: found[1][::-1], text))
        seen.has_hidden = True
        yield _named("as seen", seen, is_person=is_person)
    if not text.isascii():
        yield from _in_other_letters(text, name, countries, is_person=is_person)
    if is_person and not countries.isdisjoint(romanised.SOUTH_SLAVIC_COUNTRIES):
        yield name.read_as("balkan", romanised.as_heard_in_the_balkans(name.tokens))
    if kind == "other" and (short := _abbreviation(name)):
        yield name.read_as("abbreviation", [short])
    if not is_person and (numbered := name.with_last_numeral()):
        yield name.read_as("numeral", numbered)
    yield from _romanised(name, countries, kind)


def _romanised(name: Name, countries: frozenset[str], kind: Kind) -> Iterator[Name]:
    """The name as the systems for Korean and Chinese have it in common."""
    script = name.spelt.script
    is_latin = script == "latin"
    is_korean = not countries.isdisjoint(romanised.KOREAN_COUNTRIES)
    if script == "hangul" or (is_latin and is_korean):
        yield name.read_as("korean", _korean(name, kind))
    elif is_latin and (kind == "unknown" or (kind == "person" and not countries)):
        yield name.read_as("korean", romanised.korean_person(name.words, _family_words(name)))
    if is_latin and kind != "other" and romanised.may_be_chinese(name.words):
        for tokens in romanised.chinese_persons(name.words, _family_words(name)):
            yield name.read_as("wade-giles", tokens)


def _abbreviation(name: Name) -> str:
    """The first word, where it is what the words behind it begin with; empty where it is not."""
    first, *rest = name.written
    is_short = _SHORTEST_ALIAS <= len(first) == len(rest)
    return first if is_short and first == "".join(word[0] for word in rest) else ""


def _is_initials(name: Name) -> bool:
    """Whether what was taken for a legal form can be initials, or a family name: A. S., Pao."""
    dropped = set(name.words) - set(name.written)
    if all(len(word) == 1 for word in dropped):
        return True
    return dropped == {name.words[0]} and len(name.words) <= _WORDS_OF_A_PERSON


def _family_words(name: Name) -> int:
    """Words before the comma, stop words too: Lo and An are family names."""
    before, comma, _ = name.spelt.text.partition(",")
    return len(spelling.tokens(before)) if comma else 0


def _korean(name: Name, kind: Kind) -> list[str]:
    person = romanised.korean_person(name.words, _family_words(name))
    if person or kind == "person":
        return person
    return romanised.korean_company(name.tokens, tables.words()[1])


def _without_brackets(text: str, *, is_person: bool) -> Iterator[Name]:
    """The name beside its brackets, and an abbreviation that stands in them."""
    outside = _BRACKETS.sub(" ", text).strip()
    beside = names.take_apart(outside, is_person=is_person)
    beside.reading = "without brackets"
    classes = tables.words()[1]
    insides = _BRACKETS.findall(text)
    is_place = any(_is_place(inside) for inside in insides)
    if not is_place and any(token not in classes and len(token) > 1 for token in beside.tokens):
        yield beside
    for inside in insides:
        word = inside.strip().replace(".", "")
        is_short = _SHORTEST_ALIAS <= len(word) <= _LONGEST_ALIAS
        if is_short and word.isalpha() and word.isupper() and outside:
            alias = names.take_apart(word, is_person=True)
            if not set(alias.tokens) & classes.keys() and (word.lower(),) not in tables.forms():
                alias.reading = "abbreviation in brackets"
                yield alias


def _is_place(text: str) -> bool:
    """Whether a bracket says which branch it is: Panama, (S) Pte, South Africa, No. 2."""
    classes, countries = tables.words()[1], tables.countries()
    words = names.words_of(text)
    if " ".join(words) in countries:
        return True
    return any(
        classes.get(word) == "place" or word in countries or len(word) == 1 or word.isdigit()
        for word in words
    )


def _in_other_letters(
    text: str, name: Name, countries: frozenset[str], *, is_person: bool
) -> Iterator[Name]:
    script = name.spelt.script
    slavic = romanised.south_slavic(text, countries) if script == "cyrillic" else ""
    if slavic:
        yield _named("south slavic", spelling.spell(slavic), is_person=is_person)
    if script not in {"latin", "cyrillic", "greek"}:
        yield _named("by letter", spelling.spell_by_letter(text), is_person=is_person)
    if script in {"cjk", "katakana", "hiragana"} and ("JP" in countries or _JAPANESE.search(text)):
        yield _named("japanese", spelling.spell(_japanese(text)), is_person=is_person)


def _named(reading: str, spelt: spelling.Spelling, *, is_person: bool) -> Name:
    name = names.from_spelling(spelt, is_person=is_person)
    name.reading = reading
    return name


def _japanese(text: str) -> str:
    """The text with the words that we can read in Japanese spelt out, the longest first."""
    known, longest = tables.japanese()
    out: list[str] = []
    at = 0
    while at < len(text):
        for size in range(min(longest, len(text) - at), 0, -1):
            found = known.get(text[at : at + size])
            if found:
                out.append(f" {found} ")
                at += size
                break
        else:
            out.append(text[at])
            at += 1
    return "".join(out)

"""Says of one answer whether it is vague, and quotes the words that make it so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.vendors.assessment.questions import Question, Slot
from cellwarden.vendors.assessment.vagueness.anchors import anchors, concedes, is_plain_denial
from cellwarden.vendors.assessment.vagueness.phrases import folded, phrase_lists, places

SOFT: Final = ("hedge", "future", "marketing", "empty", "evasion")
"""The lists whose words an answer is better without."""
LONGEST_QUOTE: Final = 160
SHORTEST_REUSED: Final = 40
"""Characters from which the same text under two questions counts as reuse."""
SAME_PERCENT: Final = 92
"""Likeness of two texts, out of 100, from which one is the other with a word changed."""
COPIED_WORDS: Final = 8
"""Words in a row that an answer may not share with a brochure."""
ENOUGH: Final = 2
"""Checkable details that carry an answer in spite of soft words."""
_BARE_VALUE: Final = re.compile(
    r"\s*(?:about|within|max\.?|up to)?\s*\d[\d.,]*\s*(?:%|[a-z]+\s?[a-z]*)?\s*\.?\s*",
    re.IGNORECASE,
)
_PLACEHOLDER: Final = re.compile(
    r"\W*(?:n/?a|tb[adc]|various|several|all|any|see above|see below|yes|ok|x+)?\W*", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"[^.!?;]+[.!?;]?")

SLOT_ASKS: Final[dict[Slot, str]] = {
    "mechanism": "which mechanism does it",
    "scope": "for which products, parts or firms this holds",
    "version": "from which firmware or hardware version",
    "owner": "which person, role or firm answers for it",
    "date": "when, how long or how often",
    "document": "which document shows it",
}


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with an answer: the rule, the words it objects to, what to ask."""

    rule: str
    quote: str
    says: str
    asks: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules see in one answer; ``named`` are the slots that it fills.

    Objections may stand beside a clear answer: one hedge among many details is only noted.
    """

    is_vague: bool
    objections: tuple[Objection, ...]
    named: tuple[Slot, ...]
    because: str


def read_answer(
    question: Question,
    text: str,
    *,
    given: Mapping[str, str] | None = None,
    other_answers: Mapping[str, str] | None = None,
    brochures: tuple[str, ...] = (),
) -> Reading:
    """Judge one answer.

    ``given`` are slots filled beside the text, ``other_answers`` what the vendor answered, by
    question, ``brochures`` its public texts, from which an answer should not be copied.
    An empty text is no vague answer but no answer: it gets no objection.
    """
    plain = folded(text)
    if not plain.strip() and not given:
        return _reading([], (), is_vague=False, because="no answer")
    found = anchors(plain)
    filled = {
        slot for slot in question.slots if not _PLACEHOLDER.fullmatch((given or {}).get(slot, ""))
    }
    named = tuple(slot for slot in question.slots if slot in found or slot in filled)
    spans = {span for slot_spans in found.values() for span in slot_spans}
    details = len({plain[start:end].casefold() for start, end in spans}) + len(filled)
    objections = _soft_words(text, plain)
    reused = _reuse(question, text, other_answers or {}) or _copied(text, brochures)
    if reused is not None:
        objections.insert(0, reused)
        return _reading(objections, named, is_vague=True, because=reused.says)
    if question.type in {"number", "date"} and _BARE_VALUE.fullmatch(plain):
        return _reading([], named, is_vague=False, because="the value itself")
    is_vague, because = _judged(
        plain, details, objections, names_the_heart=question.slots[0] in named
    )
    if is_vague:
        objections.extend(_missing(question, text, named))
    return _reading(objections, named, is_vague=is_vague, because=because)


def _judged(
    plain: str, details: int, objections: list[Objection], *, names_the_heart: bool
) -> tuple[bool, str]:
    """The first slot of a question is its heart: details beside it do not stand for it."""
    rules = {item.rule for item in objections}
    if is_plain_denial(plain) and "evasion" not in rules:
        return False, "a plain denial can be graded"
    if "evasion" not in rules and concedes(plain) and len(rules) <= details:
        return False, "it concedes something"
    if not names_the_heart:
        return True, objections[0].says if objections else "It names nothing that was asked for."
    if not rules or (details >= ENOUGH and details > len(rules - {"empty"})):
        return False, f"{details} details can be checked"
    return True, objections[0].says


def _soft_words(text: str, plain: str) -> list[Objection]:
    lists = phrase_lists()
    return [
        Objection(
            rule=name,
            quote=_quote(text, *hits[0]),
            says=lists[name].says,
            asks=lists[name].asks,
        )
        for name in SOFT
        if (hits := places(name, plain))
    ]


def _missing(question: Question, text: str, named: tuple[Slot, ...]) -> list[Objection]:
    first = _SENTENCE.search(text)
    quote = first.group().strip() if first else text.strip()
    return [
        Objection(
            rule=f"missing {slot}",
            quote=quote[:LONGEST_QUOTE],
            says=f"It names no {slot}.",
            asks=f"Say {SLOT_ASKS[slot]}.",
        )
        for slot in question.slots
        if slot not in named
    ]


def _reuse(question: Question, text: str, others: Mapping[str, str]) -> Objection | None:
    from rapidfuzz import fuzz

    mine = _squeezed(text)
    if len(mine) < SHORTEST_REUSED:
        return None
    for other, theirs in others.items():
        if other != question.id and fuzz.ratio(mine, _squeezed(theirs)) >= SAME_PERCENT:
            return Objection(
                rule="reuse",
                quote=text.strip()[:LONGEST_QUOTE],
                says=f"The same words answer {other}.",
                asks="Answer this question with words of its own.",
            )
    return None


def _copied(text: str, brochures: tuple[str, ...]) -> Objection | None:
    words = _squeezed(text).split()
    runs = [" ".join(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1)]
    for brochure in brochures:
        public = f" {_squeezed(brochure)} "
        for run in runs:
            if f" {run} " in public:
                return Objection(
                    rule="copied",
                    quote=text.strip()[:LONGEST_QUOTE],
                    says=f"The words '{run}' stand in the vendor's public text.",
                    asks="Answer this question with words of its own.",
                )
    return None


@lru_cache(maxsize=4_096)
def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", folded(text).casefold()).strip()


def _quote(text: str, start: int, end: int) -> str:
    """The words themselves with a little around them, cut at blanks, as the vendor wrote them."""
    left = text.rfind(" ", 0, max(0, start - 30)) + 1
    right = text.find(" ", min(len(text), end + 30))
    return text[left : len(text) if right < 0 else right].strip()[:LONGEST_QUOTE]


def _reading(
    objections: list[Objection],
    named: tuple[Slot, ...],
    *,
    is_vague: bool,
    because: str,
) -> Reading:
    return Reading(is_vague=is_vague, objections=tuple(objections), named=named, because=because)

"""Says of one answer whether it is vague, and quotes the words that make it so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.vendors.assessment.questions import Question, Slot
from cellwarden.vendors.assessment.vagueness.anchors import (
    FILE,
    anchors,
    concedes,
    is_plain_denial,
    owns_up,
    proper_names,
    speaks_plainly,
    wide_ranges,
)
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
_WORTH: Final[frozenset[Slot]] = frozenset({"mechanism", "owner", "date"})
"""Slots that say what is done, by whom or when; codes alone only say about what."""

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
    found = _named_things(question, plain)
    filled = {
        slot for slot in question.slots if not _PLACEHOLDER.fullmatch((given or {}).get(slot, ""))
    }
    named = tuple(slot for slot in question.slots if slot in found or slot in filled)
    spans = {span for slot_spans in found.values() for span in slot_spans}
    details = len({plain[start:end].casefold() for start, end in spans}) + len(filled)
    points = question.slots[0] != "document" and bool(places("pointing", plain))
    if points:
        details -= len(found.get("document", ()))
    objections = _soft_words(text, plain)
    reused = _reuse(question, text, other_answers or {}) or _copied(text, brochures)
    if reused is not None:
        objections.insert(0, reused)
        return _reading(objections, named, is_vague=True, because=reused.says)
    if question.type in {"number", "date"} and _BARE_VALUE.fullmatch(plain):
        return _reading([], named, is_vague=False, because="the value itself")
    is_vague, because = _judged(
        plain,
        details,
        objections,
        names_the_heart=question.slots[0] in named,
        slots_named=0 if points else _said_beside(question, named),
        points=points,
    )
    if is_vague:
        objections.extend(() if objections else _of_list("abstract", text, plain))
        objections.extend(_missing(question, text, named))
    return _reading(objections, named, is_vague=is_vague, because=because)


def _named_things(question: Question, plain: str) -> Mapping[Slot, Sequence[tuple[int, int]]]:
    """What can be checked, by slot; names with a capital where the question asks for somebody.

    To a question for a file, a named file is the answer.
    """
    found = {slot: list(spans) for slot, spans in anchors(plain).items()}
    for slot in ("owner", "scope"):
        names = proper_names(plain) if slot in question.slots else []
        if names:
            found[slot] = [*found.get(slot, ()), *names]
    files = [hit.span() for hit in FILE.finditer(plain)] if question.type == "file" else []
    if files:
        heart = question.slots[0]
        found[heart] = [*found.get(heart, ()), *files]
    return found


def _judged(
    plain: str,
    details: int,
    objections: list[Objection],
    *,
    names_the_heart: bool,
    slots_named: int,
    points: bool,
) -> tuple[bool, str]:
    """Whether an answer is vague, and why: the first line that holds decides.

    The first slot of a question is its heart: details beside it do not stand for it. Words that
    stay general weigh as soft ones do where few details stand beside them.
    """
    rules = {item.rule for item in objections}
    evades = "evasion" in rules
    stays_general = points or bool(places("abstract", plain))
    is_plain = speaks_plainly(plain)
    owns = owns_up(plain) or (is_plain and concedes(plain, details=0))
    says_it_plainly = (
        is_plain
        and not (rules or stays_general or places("boast", plain))
        and not any(map(str.isdigit, plain))
    )
    softness = len(rules - {"empty"}) + stays_general
    lines = (
        (is_plain_denial(plain) and not evades, False, "a plain denial can be graded"),
        (
            concedes(plain, details=details) and not evades and len(rules) <= details,
            False,
            "it concedes something",
        ),
        (owns and rules <= {"hedge"}, False, "it owns up to a weakness"),
        (not names_the_heart and says_it_plainly, False, "it says something plain"),
        (
            not names_the_heart
            and not rules
            and slots_named >= ENOUGH
            and details >= ENOUGH + 2 * stays_general,
            False,
            f"{details} other details can be checked",
        ),
        (not names_the_heart and not rules, True, "It names nothing that was asked for."),
        (not names_the_heart, True, _first_says(objections)),
        (not rules and not stays_general, False, f"{details} details can be checked"),
        (not rules and details >= ENOUGH, False, f"{details} details can be checked"),
        (not rules, True, phrase_lists()["abstract"].says),
        (details >= ENOUGH and details > softness, False, f"{details} details can be checked"),
        (True, True, _first_says(objections)),
    )
    return next((is_vague, because) for holds, is_vague, because in lines if holds)


def _said_beside(question: Question, named: tuple[Slot, ...]) -> int:
    """How many slots are named, where that can stand for a heart that is not: never for a paper."""
    return len(named) if question.slots[0] != "document" and _WORTH.intersection(named) else 0


def _first_says(objections: list[Objection]) -> str:
    return objections[0].says if objections else ""


def _soft_words(text: str, plain: str) -> list[Objection]:
    return [item for name in SOFT for item in _of_list(name, text, plain)]


def _of_list(name: str, text: str, plain: str) -> list[Objection]:
    """The objection to the first words of a list that stand in a text; none where none do."""
    hits = [*places(name, plain), *(wide_ranges(plain) if name == "hedge" else ())]
    if not hits:
        return []
    told = phrase_lists()[name]
    quote = _quote(text, *min(hits))
    return [Objection(rule=name, quote=quote, says=told.says, asks=told.asks)]


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

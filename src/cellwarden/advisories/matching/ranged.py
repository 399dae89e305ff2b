"""One statement ranged: between which keys of plain versions it says the same, and what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from cellwarden.advisories.answered import ALL
from cellwarden.advisories.matching.nouns import Line, read
from cellwarden.advisories.matching.reached import usable
from cellwarden.advisories.matching.tame import COUNTS, is_beyond, key_of, points
from cellwarden.advisories.plain import number_key, stripped
from cellwarden.advisories.versions import VersionRange
from cellwarden.advisories.versions.intervals import LOWEST
from cellwarden.advisories.versions.numerals import LONGEST_NUMBER
from cellwarden.advisories.versions.plain import in_words
from cellwarden.model.matching import MatchState

_MOST_NUMBERS: Final = 12
_MOST_DIGITS: Final = 8
"""Of the numbers in a plain version, and one more."""
_PLACEHOLDERS: Final = re.compile("[\ufdd0-\ufdd3]")


class Said(msgspec.Struct, frozen=True, gc=False):
    """What a statement says of every version in one span, as a verdict has it.

    In ``why``, :data:`SHOWN` stands for the version.
    """

    state: MatchState
    why: str
    fixed_in: str
    is_listed: bool
    is_off_line: bool


SHOWN: Final = "\ufdd0"
"""Stands for the version in words that many share; Unicode keeps the character for no text."""


class Spans(msgspec.Struct, frozen=True):
    """The spans between keys of plain versions, and what a statement says in each.

    ``cuts`` are keys; ``said`` has one place for each span between them: nothing where nobody
    asked yet, false where the statement does not speak of such a version.
    """

    cuts: tuple[bytes, ...]
    said: list[Said | bool | None]


class Answers(msgspec.Struct, frozen=True):
    """What statements of one wording say of plain versions.

    ``spans`` are those of all versions with a key (:data:`ALL`), or of tame versions by how many
    numbers they have; see :class:`plain.Plain`. Any other version has to be asked about by
    itself; ``known`` are those that were.
    """

    spans: dict[int, Spans]
    known: dict[str, Said | bool] = msgspec.field(default_factory=dict)

    def of(self, count: int) -> Spans | None:
        """The spans for tame versions of so many numbers; nothing where there are none."""
        return self.spans.get(ALL) or self.spans.get(count)


def unasked(cuts: Mapping[int, tuple[bytes, ...]]) -> Answers:
    """Answers that nobody has asked for yet."""
    return Answers({count: Spans(ends, [None] * (len(ends) + 1)) for count, ends in cuts.items()})


class Ranged(msgspec.Struct, frozen=True):
    """What is known of one statement before any component is seen; the same for all of them.

    ``named`` are the fixed versions that its document names for it. ``answers`` is the number of
    its :class:`Answers`; nothing where it speaks of one of a device's parts. ``is_all`` where the
    version decides nothing; ``is_shared`` where the version alone decides. ``is_on_host`` where a
    known device is named, so that a network card in it changes the answer.
    """

    advisory_id: str
    source: str
    range: str
    vulnerabilities: tuple[str, ...]
    is_affected: bool
    is_plain: bool
    is_all: bool
    is_on_host: bool
    is_shared: bool
    named: tuple[str, ...]
    answers: int | None


def ranged(line: Line, named: tuple[str, ...], answers: int | None) -> Ranged:
    """What is known of one statement; ``named`` are the fixes that its document names for it."""
    statement, words = line.statement, line.range
    shown = in_words(statement.version_text)
    texts = (statement.version_text, shown, line.place, line.range_text, *named)
    is_affected = statement.status == "affected"
    is_shared = not (line.claim.branch or words.conditions)
    return Ranged(
        advisory_id=statement.advisory_id,
        source=line.place,
        range=shown or "all versions",
        vulnerabilities=tuple(sorted(set(statement.vulnerabilities))),
        is_affected=is_affected,
        is_plain=not (line.notes or any(has_placeholder(text) for text in texts)),
        is_all=is_affected and words.is_all and is_shared and not line.contradicts,
        is_on_host=bool(line.claim.hosts),
        is_shared=is_shared,
        named=named,
        answers=answers,
    )


def has_placeholder(text: str) -> bool:
    """True for a text that holds a character which stands for something else here."""
    return _PLACEHOLDERS.search(text) is not None


def wording(line: Line, named: tuple[str, ...]) -> tuple[Any, ...]:
    """What a statement's answers for versions depend on: equal for statements that say the same."""
    said = msgspec.structs.replace(
        line.statement, advisory_id="", vulnerabilities=(), vendor="", product="", family="",
        full_name="", part_numbers=(), cpe="", purl="",
        leaf_id=line.statement.leaf_id.rpartition("/")[2] if "/" in line.statement.leaf_id else "",
    )  # fmt: skip
    own = (line.range_text, line.range_kind, line.contradicts, line.beside, line.part_words)
    return said, own, line.besides, line.claim.branch, line.claim.cards, named


def cuts(line: Line, named: tuple[str, ...]) -> dict[int, tuple[bytes, ...]]:
    """The keys at which the answer for plain versions may change; nothing where keys do not tell.

    These are the ends of every range that is asked, and, since lines and branches of versions are
    told by their first numbers, where versions begin and end that share them with one that the
    words name. There may be more cuts than needed, never fewer. Where a range needs a closer look
    there are cuts for tame versions alone, by how many numbers they have.
    """
    words, fixes = line.range, usable(line, named)
    bounds = _bounds(words)
    asked = {*fixes.versions, *fixes.starts}
    if line.lists_versions:
        asked |= bounds
    if line.statement.status == "fixed":
        asked.add(line.statement.version_text)
    ranges = [words, *([read(line.besides, "range")] if line.besides else [])]
    ranges = [one for one in ranges if not one.is_all]
    ranges += [read(f">= {text}", "range") for text in asked]
    if line.has_two_ends:
        ranges += [read(end.strip(), "range") for end in line.range_text.split("|")]
    texts = {*bounds, *asked, line.claim.branch, *_beside(line)}
    if any(one.plan is None for one in ranges):
        if any(is_beyond(one) for one in ranges):
            return {}
        texts = texts.union(*map(_bounds, ranges))
        return {count: tuple(map(key_of, points(texts, count))) for count in COUNTS}
    found: set[bytes] = set()
    for one in ranges:
        if one.plan is not None:
            found.update(end for span in (*one.plan.inside, *one.plan.open) for end in span)
    for text in texts:
        found.update(_beginnings(text))
    if line.claim.branch:
        found.update(_digits(line.claim.branch))
    return {ALL: tuple(sorted(found - {LOWEST}))}


def _beside(line: Line) -> Iterator[str]:
    """The versions that other leaves name, where they tell which branch this one leaves alone."""
    if line.beside is not None:
        for text, kind, _ in line.beside.affected:
            yield from _bounds(read(text, kind))


def _bounds(words: VersionRange) -> set[str]:
    return {b for one in words.alternatives for c in one.comparators for b in c.bounds}


@lru_cache(maxsize=16384)
def _beginnings(text: str) -> tuple[bytes, ...]:
    """Where the versions begin and end that share their first numbers with a text."""
    numbers = [int(n) for n in re.findall(r"\d+", text)[:_MOST_NUMBERS] if len(n) <= LONGEST_NUMBER]
    return tuple(_around(tuple(numbers[: end + 1]) for end in range(len(numbers))))


def _digits(branch: str) -> Iterator[bytes]:
    """Where the digits of a first number become more, or begin with those of a version line."""
    first = int(re.findall(r"\d+", branch)[0])
    for power in range(_MOST_DIGITS):
        for number in (1, first, first + 1):
            yield number_key((number * 10**power,))


def _around(beginnings: Iterable[tuple[int, ...]]) -> Iterator[bytes]:
    for numbers in beginnings:
        for key in {number_key(stripped(numbers)), number_key(numbers)}:
            yield key
            yield key + b"\0"
            yield key[:-1] + b"\xff"

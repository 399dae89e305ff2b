"""Answering, before any component is seen, for every name that advisories use themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

import msgspec

from cellwarden.advisories.answered import (
    ALL,
    CONSTANT,
    UNKNOWN,
    Answers,
    Spans,
    name_of,
    packed_numbers,
)
from cellwarden.advisories.books import Times, bound, plain
from cellwarden.advisories.matching.many import Encode, as_text
from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.quick import Quick
from cellwarden.advisories.matching.sounding import version_between
from cellwarden.advisories.matching.tame import COUNTS
from cellwarden.advisories.versions.intervals import HIGHEST, LOWEST
from cellwarden.model.matching import Component

_SOME_VERSION: Final = "1.0.0"


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """One advisory's rows, as JSON lines, for the versions between keys; ``cuts`` part them.

    ``texts`` has one more than there are cuts: nothing where the rows are not known.
    """

    cuts: tuple[bytes, ...]
    texts: tuple[bytes | None, ...]


Group = dict[int, Rows]
"""What one advisory says of one name, by kind of version: CONSTANT, ALL, or a tame count."""


Groups = tuple[Group, ...]
"""All that advisories say of one name."""


def named(prepared: Prepared) -> list[Component]:
    """A component for each maker and product as the statements write them."""
    said = (line.statement for line in prepared.lines)
    names = dict.fromkeys((one.vendor, one.product) for one in said)
    return [
        Component(component_id="", manufacturer=maker, model=product, firmware=_SOME_VERSION)
        for maker, product in names
    ]


def answered(
    prepared: Prepared, wanted: Sequence[Component], encode: Encode
) -> Iterator[tuple[str, Groups]]:
    """What advisories say of each name, where everything is known but the version.

    A name is left out where firmware says more than a version, or where an advisory has to be
    looked at for each component. Ask for a few hundred at once: what was seen of them stays in
    memory until the last.
    """
    matcher = Matcher(prepared)
    for component in wanted:
        if not matcher.is_bare(component):
            continue
        _, groups = matcher.look(component)
        found = tuple(_rows(group.quick, encode) for group in groups if group.quick)
        if len(found) == len(groups):
            yield name_of(component), found


def _rows(quick: Quick, encode: Encode) -> Group:
    if quick.is_constant:
        return {CONSTANT: _spans(quick, ALL, (), encode)}
    known = {count: quick.cuts(count) for count in (ALL, *COUNTS)}
    if (cuts := known[ALL]) is not None:
        return {ALL: _spans(quick, ALL, cuts, encode)}
    return {
        count: _spans(quick, count, cuts, encode)
        for count, cuts in known.items()
        if cuts is not None
    }


def _spans(quick: Quick, count: int, cuts: tuple[bytes, ...], encode: Encode) -> Rows:
    kept: list[bytes] = []
    texts: list[bytes | None] = []
    for low, high in pairwise(chain((LOWEST,), cuts, (HIGHEST,))):
        text = _one(quick, count, (low, high), encode)
        if texts and text == texts[-1]:
            continue
        if texts:
            kept.append(low)
        texts.append(text)
    return Rows(tuple(kept), tuple(texts))


def _one(quick: Quick, count: int, span: tuple[bytes, bytes], encode: Encode) -> bytes | None:
    """The rows of one span; nothing where no version was found that lies in it."""
    asked = version_between(*span, count)
    if asked is None:
        return None
    found = quick.span(asked)
    if not found.is_shared:
        return None
    found.text = found.text or as_text(found, asked, encode)
    return found.text


def book_of(found: Iterable[tuple[str, Groups]], times: Times) -> bytes:
    """The book of all answers by name; a text that many names share is in it once."""
    numbers: dict[bytes, int] = {}
    pages = [(name, plain(_merged(groups, numbers))) for name, groups in found]
    return bound(pages, times, numbers)


def _merged(groups: Groups, numbers: dict[bytes, int]) -> Answers:
    """What all advisories together say of a name, so that one look finds the rows of all."""
    if all(CONSTANT in group for group in groups):
        return {CONSTANT: _together([group[CONSTANT] for group in groups], numbers)}
    found: Answers = {}
    for count in (ALL, *COUNTS):
        rows = [group.get(CONSTANT) or group.get(ALL) or group.get(count) for group in groups]
        known = [one for one in rows if one is not None]
        if len(known) == len(groups):
            found[count] = _together(known, numbers)
            if count == ALL:
                break
    return found


def _together(rows: Sequence[Rows], numbers: dict[bytes, int]) -> Spans:
    cuts = sorted({cut for one in rows for cut in one.cuts})
    texts: list[int] = []
    for low in (LOWEST, *cuts):
        for one in rows:
            text = one.texts[bisect_right(one.cuts, low)]
            texts.append(UNKNOWN if text is None else numbers.setdefault(text, len(numbers)))
    return Spans(tuple(cuts), packed_numbers(texts))

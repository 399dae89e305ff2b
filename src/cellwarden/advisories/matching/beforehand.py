"""Answering, before any component is seen, for every name that advisories use themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from cellwarden.advisories.answered import ALL, CONSTANT, Group, Groups, Rows, name_of
from cellwarden.advisories.matching.many import Encode, as_text
from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.quick import Quick
from cellwarden.advisories.matching.sounding import versions_between
from cellwarden.advisories.matching.tame import COUNTS
from cellwarden.advisories.versions.intervals import HIGHEST, LOWEST
from cellwarden.model.matching import Component

_SOME_VERSION: Final = "1.0.0"


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
    asked = next(versions_between(*span, count), None)
    if asked is None:
        return None
    found = quick.span(asked)
    return as_text(found, asked, encode) if found.is_shared else None

"""The short way for the many: one answer for all plain versions between two keys.

What it says is what the long way says of one of them, with the version taken out of its words.
Where it cannot be sure that the others get the same, it says nothing and the long way is taken.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from cellwarden.advisories.answered import ALL
from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.matching.decide import verdict
from cellwarden.advisories.matching.nouns import Chosen, Line, Verdict
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.ranged import SHOWN, Ranged, Said, has_placeholder
from cellwarden.advisories.matching.telling import match_of, sentence
from cellwarden.advisories.matching.together import together
from cellwarden.advisories.versions.order import version_key
from cellwarden.advisories.versions.ranges import LONGEST_IN_WORDS
from cellwarden.model.matching import Component, Match, MatchState

ANY: Final = Component(component_id="\ufdd1", part="\ufdd2", firmware="\ufdd3")
"""Stands for the component in rows that many share."""

_ODD: Final = "000"
"""Before a version's first number: the same number, in a spelling that no other word has."""

Pair = tuple[int, Ranged, Identity]
"""One statement that may speak of an identity: its line's number, what it says, the answer."""


class Asked(NamedTuple):
    """What a component is asked about: the one version that it shows, if any, with its key.

    ``version`` is the text of ``chosen`` for words. The key is nothing where more than plain
    numbers has to be looked at; ``tame`` is how many of them there are where they are tame.
    """

    version: str
    key: bytes | None
    chosen: Chosen
    tame: int = 0

    @property
    def part(self) -> str:
        """The part that the version is of."""
        return self.chosen.part


class Span(msgspec.Struct):
    """The rows of one advisory for all versions between two keys, for ``ANY`` component.

    They hold for one version alone where not ``is_shared``. ``text`` is theirs who write rows:
    what they made of them, kept for the next component.
    """

    rows: tuple[Match, ...]
    is_shared: bool
    text: bytes = b""

    def of(self, component: Component, asked: Asked) -> Iterator[Match]:
        """The rows of one component."""
        for row in self.rows:
            yield Match(
                component_id=component.component_id,
                part=asked.part,
                advisory_id=row.advisory_id,
                vulnerabilities=row.vulnerabilities,
                state=row.state,
                confidence=row.confidence,
                candidate=row.candidate,
                range=row.range,
                version=component.firmware,
                why=row.why.replace(SHOWN, asked.version),
                fixed_in=row.fixed_in,
                source=row.source,
            )


class Quick:
    """One advisory's statements for one identity, with the rows of every span met so far."""

    __slots__ = ("_pairs", "_prepared", "_said", "_seen", "_shared", "_spans", "is_constant")

    def __init__(self, pairs: Sequence[Pair], prepared: Prepared, seen: Evidence) -> None:
        self._pairs = pairs
        self._prepared = prepared
        self._seen = seen
        self.is_constant = all(_is_constant(one, identity) for _, one, identity in pairs)
        self._spans: dict[int, tuple[tuple[bytes, ...], list[Span | None]] | None] = {}
        self._said: dict[tuple[int, int, int], Said | bool] = {}
        self._shared: dict[tuple[Said | bool, ...], Span] = {}

    def cuts(self, count: int) -> tuple[bytes, ...] | None:
        """The keys at which any of the statements may answer otherwise; nothing where keys fail.

        ``count`` is that of the tame versions that are meant.
        """
        return () if self.is_constant else _cuts(self._pairs, self._prepared, count)

    def span(self, asked: Asked) -> Span:
        """The rows for a version and, where keys tell, for all that lie in the same span."""
        spans = self._of(asked)
        if spans is None:
            return self._made(asked, None)
        cuts, known = spans
        at = bisect_right(cuts, asked.key) if cuts and asked.key is not None else 0
        found = known[at]
        if found is None:
            found = self._made(
                asked, Chosen(asked.part, (SHOWN,)) if self.is_constant else oddly(asked)
            )
            if found.is_shared:
                known[at] = found
        return found

    def _of(self, asked: Asked) -> tuple[tuple[bytes, ...], list[Span | None]] | None:
        """The spans that hold for versions of the asked one's kind; nothing where keys fail."""
        if asked.key is None and not self.is_constant:
            return None
        count = ALL if self.is_constant else asked.tame
        if count not in self._spans:
            cuts = self.cuts(count)
            self._spans[count] = None if cuts is None else (cuts, [None] * (len(cuts) + 1))
        return self._spans[count]

    def _made(self, asked: Asked, odd: Chosen | None) -> Span:
        """The rows of a whole span, asked about in an odd spelling, or of one version alone."""
        said = tuple([self._says(at, asked, odd) for at in range(len(self._pairs))])
        if odd is None:
            return Span(self._rows(said), is_shared=False)
        found = self._shared.get(said)
        if found is None:
            found = self._shared[said] = Span(self._rows(said), is_shared=True)
        return found

    def _rows(self, said: tuple[Said | bool, ...]) -> tuple[Match, ...]:
        """The rows that come of what each statement says."""
        if len(said) == 1:
            return (_row(self._pairs[0], said[0]),) if isinstance(said[0], Said) else ()
        lines = self._prepared.lines
        verdicts = [
            Verdict(
                state=one.state, line=lines[number], identity=identity, part="", version=SHOWN,
                why=one.why, fixed_in=one.fixed_in, is_listed=one.is_listed,
                is_off_line=one.is_off_line,
            )
            for (number, _, identity), one in zip(self._pairs, said, strict=True)
            if isinstance(one, Said)
        ]  # fmt: skip
        advisory_id = self._pairs[0][1].advisory_id
        return tuple(match_of(ANY, advisory_id, one) for one in together(verdicts))

    def _says(self, place: int, asked: Asked, odd: Chosen | None) -> Said | bool:
        """What one statement says; what depends on nothing but the version is kept for all."""
        number, one, identity = self._pairs[place]
        lines, key = self._prepared.lines, asked.key
        is_certain = identity.answer is Answer.SAME and not identity.is_series_open
        if one.answers is None or key is None or not (one.is_shared and is_certain):
            return self._says_here(place, asked, odd)
        answers = self._prepared.answers[one.answers]
        spans = answers.of(asked.tame)
        if odd is None or spans is None:
            said = answers.known.get(asked.version)
            if said is None:
                said = say(lines[number], one, identity, asked.chosen, self._seen)
                answers.known[asked.version] = said
            return said
        at = bisect_right(spans.cuts, key)
        kept = spans.said[at]
        if kept is None:
            kept = spans.said[at] = say(lines[number], one, identity, odd, self._seen)
        return kept

    def _says_here(self, place: int, asked: Asked, odd: Chosen | None) -> Said | bool:
        """What one statement says of this identity, kept for each span of its own."""
        number, one, identity = self._pairs[place]
        line = self._prepared.lines[number]
        if odd is None:
            return say(line, one, identity, asked.chosen, self._seen)
        kind = at = 0
        if one.answers is not None and asked.key is not None and not _is_constant(one, identity):
            spans = self._prepared.answers[one.answers].of(asked.tame)
            if spans is None:
                return say(line, one, identity, odd, self._seen)
            kind, at = asked.tame, bisect_right(spans.cuts, asked.key)
        kept = self._said.get((place, kind, at))
        if kept is None:
            kept = self._said[place, kind, at] = say(line, one, identity, odd, self._seen)
        return kept


def say(line: Line, one: Ranged, identity: Identity, chosen: Chosen, seen: Evidence) -> Said | bool:
    """What one statement says, as the long way has it; false where it does not speak of it.

    An odd spelling of the version gives way to ``SHOWN``.
    """
    found = verdict(line, identity, chosen, seen, one.named)
    if found is None:
        return False
    why = found.why
    if chosen.versions and chosen.versions[0].startswith(_ODD):
        why = why.replace(chosen.versions[0], SHOWN)
    return Said(
        state=found.state,
        why=why,
        fixed_in=found.fixed_in,
        is_listed=found.is_listed,
        is_off_line=found.is_off_line,
    )


def oddly(asked: Asked) -> Chosen | None:
    """The same numbers in a spelling that no other word has, to be found again in what is said.

    Nothing where that spelling is not read as the same, or is too long for words.
    """
    odd = _ODD + asked.version.lstrip("vV")
    if len(odd) > LONGEST_IN_WORDS or version_key(odd) != asked.key:
        return None
    return Chosen(asked.part, (odd,))


def _row(pair: Pair, said: Said) -> Match:
    """The row of a statement that stands alone; as :mod:`together` and :mod:`telling` have it."""
    _, one, identity = pair
    return Match(
        component_id=ANY.component_id,
        part=ANY.part,
        advisory_id=one.advisory_id,
        vulnerabilities=one.vulnerabilities,
        state=said.state,
        confidence=identity.confidence,
        candidate=identity.answer is Answer.CANDIDATE,
        range=one.range,
        version=ANY.firmware,
        why=f"{sentence(identity.why)} {sentence(said.why)}",
        fixed_in="" if said.state is MatchState.NOT_AFFECTED else said.fixed_in,
        source=one.source,
    )


def _is_constant(one: Ranged, identity: Identity) -> bool:
    """True where a statement says the same of every version, also of one that was not read."""
    is_open = identity.answer is Answer.CANDIDATE or identity.is_series_open
    return one.is_affected and (one.is_all or is_open)


def _cuts(pairs: Sequence[Pair], prepared: Prepared, count: int) -> tuple[bytes, ...] | None:
    """The keys at which any of the statements may answer otherwise; nothing where keys fail.

    ``count`` is that of the tame versions that are meant.
    """
    known: list[tuple[bytes, ...]] = []
    for _, one, identity in pairs:
        if one.answers is None or _is_constant(one, identity):
            continue
        spans = prepared.answers[one.answers].of(count)
        if spans is None:
            return None
        known.append(spans.cuts)
    return known[0] if len(known) == 1 else tuple(sorted({cut for cuts in known for cut in cuts}))


def compiled(pairs: Sequence[Pair], prepared: Prepared, seen: Evidence) -> Quick | None:
    """The short way for one advisory and one identity; nothing where it is not plain enough."""
    for _, one, identity in pairs:
        if not one.is_plain or (seen.cards and one.is_on_host) or has_placeholder(identity.why):
            return None
        if one.answers is None and not _is_constant(one, identity):
            return None
    return Quick(pairs, prepared, seen)

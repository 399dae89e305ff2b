"""A fleet held open for changes: one changed advisory is matched with what it can reach alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from cellwarden.advisories.identity import Claim, Evidence, catalogue, claim_keys
from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.model.matching import Component, Match, Remedy, Statement


class FleetIndex:
    """Which components an advisory can speak of, by the words that both sides share.

    Built once from a matcher and a fleet; :meth:`changed` then costs what one advisory costs.
    """

    def __init__(self, matcher: Matcher, components: Sequence[Component]) -> None:
        self._matcher = matcher
        self._components = components
        alike: dict[int, list[int]] = {}
        shown: dict[int, Evidence] = {}
        for number, component in enumerate(components):
            seen = matcher.evidence(component)
            shown[id(seen)] = seen
            alike.setdefault(id(seen), []).append(number)
        self._alike = [alike[key] for key in shown]
        self._by_word: dict[str, list[int]] = {}
        for place, seen in enumerate(shown.values()):
            for word in _words(seen):
                self._by_word.setdefault(word, []).append(place)
        self._sorted = sorted(self._by_word)

    def changed(
        self, advisory_id: str, statements: Iterable[Statement], *, fixes: Sequence[Remedy] = ()
    ) -> Iterator[Match]:
        """The advisory's rows after it changed; they replace all that it had before."""
        alone = self._matcher.alone(advisory_id, statements, fixes)
        yield from alone.match(self._reached(alone.claims(), advisory_id))

    def _reached(self, claims: Iterable[Claim], advisory_id: str) -> list[Component]:
        places: set[int] = set()
        for claim in claims:
            for _, kind, text in claim_keys(claim):
                places.update(self._places(kind, text))
        numbers = {n for place in places for n in self._alike[place]}
        decided = self._matcher.decided_subjects(advisory_id)
        if decided:
            numbers.update(
                n
                for n, c in enumerate(self._components)
                if c.component_id in decided or f"{c.manufacturer}|{c.model}" in decided
            )
        return [self._components[n] for n in sorted(numbers)]

    def _places(self, kind: str, text: str) -> Iterator[int]:
        if kind == "known":
            text = f" {text}"
        if kind != "stem":
            yield from self._by_word.get(text, ())
            return
        at = bisect_left(self._sorted, text)
        while at < len(self._sorted) and self._sorted[at].startswith(text):
            yield from self._by_word[self._sorted[at]]
            at += 1


def _words(seen: Evidence) -> set[str]:
    children = catalogue().children
    known = {*seen.lineage, *seen.cards}
    known.update(child for one in tuple(known) for child in children.get(one, ()))
    whole = {key[0] for key in seen.keys}
    return {
        *seen.tokens,
        *seen.codes,
        *seen.order_numbers,
        *seen.firmware_words,
        *whole,
        *(f" {k}" for k in known),
    }

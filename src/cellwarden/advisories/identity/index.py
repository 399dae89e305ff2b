"""Finding the claims that a component can be, without looking at all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cellwarden.advisories.identity.catalogue import catalogue
from cellwarden.advisories.identity.nouns import Claim, Evidence, Wanted
from cellwarden.advisories.identity.vendors import ANYONE, initials, is_alike, relatives
from cellwarden.advisories.identity.wording import says_line_alone
from cellwarden.advisories.identity.words import (
    is_wildcard,
    shortened,
    stem,
    word_lists,
)

Key = tuple[str, str, str]


def claim_keys(claim: Claim) -> Iterator[Key]:
    """Every key under which a claim has to be found so that no component misses it.

    A key is (maker, kind, text). Kinds: name, order number, known product, code, wildcard stem,
    word (for rows that say at least as much), part (for rows that say less), line (for rows that
    say nothing else).
    """
    for vendor in (*claim.vendors, ""):
        for text in (*claim.key, *claim.short, *claim.unspaced):
            yield vendor, "name", text
        for text in claim.variants:
            yield vendor, "code", text
        for number in claim.order_numbers:
            yield vendor, "order", number
        for pattern in claim.number_patterns:
            yield vendor, "stem", stem(pattern)
        for product in claim.hosts | claim.cards:
            yield vendor, "known", product
        if claim.hosts:
            continue
        for wanted in claim.wanted:
            yield from _wanted_keys(vendor, wanted)


def _wanted_keys(vendor: str, wanted: Wanted) -> Iterator[Key]:
    if wanted.codes:
        for kind, text in _code_keys(wanted):
            yield vendor, kind, text
    elif wanted.wildcards and all(is_wildcard(pattern) for pattern in wanted.wildcards):
        for pattern in wanted.wildcards:
            yield vendor, "stem", stem(pattern)
    elif wanted.words:
        yield vendor, "word", max(wanted.words, key=_rarity)
    elif wanted.wildcards:
        yield vendor, "word", max(wanted.line, key=_rarity)
    else:
        for word in _rarest(wanted):
            yield vendor, "word", word
    for word in wanted.words:
        yield vendor, "part", word


def _code_keys(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """The keys of a name with codes: the rarest of them, what is left of it, and the line."""
    code = max(wanted.codes, key=_rarity)
    yield "code", code
    if short := shortened(code):
        yield "code", short
    for line in wanted.line:
        yield "line", line


def _rarest(wanted: Wanted) -> Iterator[str]:
    """The rarest of a name's small words, of those that are not of its line, and of its details."""
    small = (*wanted.details, *wanted.line, *wanted.editions, *wanted.generic)
    for words in (small, [word for word in small if word not in wanted.line], wanted.details):
        if words:
            yield max(words, key=_rarity)


def _rarity(word: str) -> tuple[int, str]:
    """Long words are rare; ties by the alphabet, so that the choice never varies."""
    return len(word), word


def evidence_keys(seen: Evidence, alike: Iterable[str] = ()) -> Iterator[Key]:
    """The keys that a component looks up; the counterpart of :func:`claim_keys`.

    ``alike`` are makers that may be the component's under a longer or shorter name.
    """
    circle = dict.fromkeys((*(v for one in seen.vendors for v in relatives(one)), *alike))
    vendors = (*circle, ANYONE) if seen.vendors else ("",)
    products = _products(seen)
    stems = {
        code[:size]
        for code in (*seen.codes, *seen.tokens)
        for size in range(2, min(len(code), 12) + 1)
    }
    lines = sorted(seen.tokens & word_lists().line) if says_line_alone(seen) else ()
    longest = max(seen.words, key=_rarity, default="")
    for vendor in vendors:
        for key in seen.keys:
            yield vendor, "name", key[0]
        for number in seen.order_numbers:
            yield vendor, "order", number
        for product in products:
            yield vendor, "known", product
        for token in (*seen.tokens, *seen.firmware_words):
            yield vendor, "code", token
            yield vendor, "word", token
        for text in stems:
            yield vendor, "stem", text
        if longest:
            yield vendor, "part", longest
        for line in lines:
            yield vendor, "line", line


def _products(seen: Evidence) -> frozenset[str]:
    children = catalogue().children
    families = (*seen.lineage, *seen.cards)
    below = {child for one in families for child in children.get(one, ())}
    return frozenset((*seen.lineage, *below, *seen.cards))


def keyed(claims: Iterable[Claim]) -> dict[Key, list[int]]:
    """The numbers of the claims under each of their keys."""
    found: dict[Key, list[int]] = {}
    for number, claim in enumerate(claims):
        for key in dict.fromkeys(claim_keys(claim)):
            found.setdefault(key, []).append(number)
    return found


class ClaimIndex:
    """Claims by the keys that a component can look up; claims are numbered from 0.

    ``by_key`` is what :func:`keyed` gives for the claims, where somebody kept it.
    """

    def __init__(self, claims: Sequence[Claim], by_key: dict[Key, list[int]] | None = None) -> None:
        self.claims = claims
        self.by_key = keyed(claims) if by_key is None else by_key
        self.vendors = frozenset(vendor for vendor, _, _ in self.by_key)
        self._by_first: dict[str, list[str]] = {}
        for vendor in sorted(self.vendors):
            if vendor.startswith("~"):
                self._by_first.setdefault(vendor.split(" ")[0], []).append(vendor)
                self._by_first.setdefault(f"~{initials(vendor)}", []).append(vendor)

    def _alike(self, vendors: tuple[str, ...]) -> tuple[str, ...]:
        firsts = (vendor.split(" ")[0] for vendor in vendors if vendor.startswith("~"))
        near = {there for first in firsts for there in self._by_first.get(first, ())}
        return tuple(sorted(v for v in near if any(is_alike(v, here) for here in vendors)))

    def near(self, seen: Evidence) -> list[int]:
        """The numbers of the claims that are worth judging, in their order."""
        alike = self._alike(seen.vendors)
        if seen.vendors and not (
            alike
            or any(
                v in self.vendors for vendor in seen.vendors for v in (*relatives(vendor), ANYONE)
            )
        ):
            return []
        found: set[int] = set()
        for key in evidence_keys(seen, alike):
            hit = self.by_key.get(key)
            if hit:
                found.update(hit)
        return sorted(found)

"""The conditions of a range: what else has to be so before a version in it is affected."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cellwarden.advisories.identity import Evidence
from cellwarden.advisories.identity.words import chunks, compact, word_lists
from cellwarden.advisories.matching.nouns import Chosen, Line


@lru_cache(maxsize=16384)
def _condition_words(condition: str) -> tuple[str, ...]:
    noise = word_lists().noise
    return tuple(compact(c) for c in chunks(condition) if c not in noise)


def holds(condition: str, line: Line, chosen: Chosen, seen: Evidence) -> bool:
    """True where the register, or the part that was compared, shows that a condition is met."""
    words = _condition_words(condition)
    if not words:
        return True
    shown = {compact(c) for c in chunks(chosen.part)} | {p.casefold() for p in line.part_words}
    shown |= {"id", "ups", *seen.series_ids} if seen.series_ids & line.claim.series_ids else set()
    if line.claim.cards & set(seen.cards):
        shown |= {"nmc2", "nmc3", "nmc1", "aos"} & set(words)
    of_product = set(line.claim.key) | {
        w for one in line.claim.wanted for w in (*one.words, *one.codes, *one.generic)
    }
    return all(word in seen.tokens or word in shown or word in of_product for word in words)


def has_versions_in_conditions(line: Line, part: str) -> bool:
    """True where a part's own versions stand in a condition: *with Wireless Battery Module v17*."""
    own = set(_condition_words(part))
    numbered = (one for one in line.range.conditions if any(sign.isdigit() for sign in one))
    named = (word for one in numbered for word in _condition_words(one))
    return bool(own) and own <= _in_singular(own, named)


def _in_singular(part: set[str], words: Iterable[str]) -> set[str]:
    """Words, and those in the plural as the part's own words write them."""
    return {word if word in part else word.removesuffix("s") for word in words}

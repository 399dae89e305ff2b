"""Names of the register that an entity of the file may be: weak candidates for a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from cellwarden.vendors.gleif.nouns import LeiRecord
from cellwarden.vendors.screening.names import Name, take_apart

MOST_OF_ONE: Final = 20
"""Candidates that one party may have; a name with more of them tells nothing."""


_START: Final = 4
"""Letters of a telling word by which a name is looked at more closely; legal forms tell nothing."""
_WORDS: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One party of the register, by the names that it goes by."""

    party: str
    names: tuple[str, ...]
    country: str | None


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """One entity that a party may be, with what speaks for it and against it."""

    party: str
    record: LeiRecord
    why: str


class NameIndex:
    """The parties that have no LEI, by the words of their names without the legal form."""

    def __init__(self, parties: Iterable[Known]) -> None:
        self._by_words: defaultdict[frozenset[str], list[tuple[Known, Name]]] = defaultdict(list)
        self._starts: set[str] = set()
        for one in parties:
            for name in one.names:
                parts = take_apart(name)
                if parts.tokens:
                    self._by_words[frozenset(parts.tokens)].append((one, parts))
                    self._starts |= {token[:_START] for token in parts.tokens}

    def like(self, record: LeiRecord) -> Iterator[Likeness]:
        """The parties whose words are all of the entity's and no others; each party once."""
        told: set[str] = set()
        for name in (record.name, *record.names):
            if name.isascii() and not self._may_start(name):
                continue
            parts = take_apart(name)
            for party, known in self._by_words.get(frozenset(parts.tokens), ()):
                if party.party not in told:
                    told.add(party.party)
                    why = _why(party, known, record, parts)
                    yield Likeness(party=party.party, record=record, why=why)

    def _may_start(self, name: str) -> bool:
        """A cheap look before the name is taken apart: whether any word begins like a known one."""
        return any(word[:_START].lower() in self._starts for word in _WORDS.findall(name))


def same_name(ours: Iterable[str], theirs: str) -> bool:
    """Whether one of our names is theirs: the same words, and no other legal form."""
    other = take_apart(theirs)
    for name in ours:
        parts = take_apart(name)
        forms = {parts.form, other.form} - {""}
        if set(parts.tokens) == set(other.tokens) and len(forms) < 2:  # noqa: PLR2004 - two differ
            return True
    return False


def _why(party: Known, ours: Name, record: LeiRecord, theirs: Name) -> str:
    said = ["same words"]
    if ours.form and theirs.form:
        said.append(
            "same legal form" if ours.form == theirs.form else f"{ours.form} against {theirs.form}"
        )
    if party.country and record.country:
        said.append(
            "same country"
            if party.country == record.country
            else f"{party.country} against {record.country}"
        )
    return ", ".join(said)

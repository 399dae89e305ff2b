"""Versions as a product counts them, where its own way of writing them is known."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cellwarden.advisories.identity import Claim, catalogue
from cellwarden.advisories.identity.words import compact, word_lists

_DECIMAL: Final = re.compile(r"(?<![\d.])(\d{1,3}\.\d)(\d)(?![\d.])")
_LEAD: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{2,15})[ _:]+(?=[vV]?\.?\d)")
_SAYS_NOTHING: Final = frozenset({"release", "build", "software", "version", "update", "patch"})
_LETTER: Final = re.compile(r"([A-Za-z])(?=\d+\.\d)")


@lru_cache(maxsize=65536)
def lead_of(version: str) -> str:
    """The word before a version's numbers, as names are compared: ALEOS, CPCI85; else empty."""
    found = _LEAD.match(version)
    word = compact(found[1].casefold()) if found else ""
    return "" if word in _SAYS_NOTHING or word in word_lists().noise else word


def has_own_way(claim: Claim) -> bool:
    """True where a product that a claim names is known to write versions in its own way."""
    known = catalogue().products
    return any(known[host].decimals or known[host].letters for host in claim.hosts)


def counted(claim: Claim, version: str, words: str) -> str:
    """A version without the word that is the product itself, its letters, and as it counts.

    ``ALEOS 4.16.0`` is version 4.16.0 of what the advisory calls ALEOS; 1.52 of a Sunny WebBox is
    its 1.5.2. A letter that the range's ``words`` write as well stays.
    """
    if version[:1].isalpha():
        lead = lead_of(version)
        if lead and any(lead in (*w.words, *w.codes) for w in claim.wanted):
            version = version[_end_of_lead(version) :]
    if not (claim.hosts and has_own_way(claim)):
        return version
    known = [catalogue().products[host] for host in claim.hosts]
    found = _LETTER.match(version)
    letter = found[1].casefold() if found else ""
    if letter and any(letter in one.letters for one in known) and not _writes(letter, words):
        version = version[1:]
    return _DECIMAL.sub(r"\1.\2", version) if any(one.decimals for one in known) else version


def counted_range(claim: Claim, text: str) -> str:
    """The words of a range, as the product counts."""
    if claim.hosts and any(catalogue().products[host].decimals for host in claim.hosts):
        return _DECIMAL.sub(r"\1.\2", text)
    return text


def _end_of_lead(version: str) -> int:
    found = _LEAD.match(version)
    return found.end() if found else 0


def _writes(letter: str, words: str) -> bool:
    return re.search(rf"(?<![a-z]){letter}\d", words.casefold()) is not None

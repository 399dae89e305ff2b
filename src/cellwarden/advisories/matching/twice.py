"""Leaves that say their versions twice, in a cell and behind their full name, and not alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cellwarden.advisories.matching.nouns import read
from cellwarden.advisories.versions import VersionRange, is_readable
from cellwarden.advisories.versions.spelling import plain

_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)*")
_VERSION: Final = r"[a-z]*\d[\w.*]*"
_ALIKE: Final = re.compile(
    r"\(?(?:all )?(?:(?:firmware|software) )?(?:(?:versions?|releases?) )?(?:"
    rf"(?P<last>{_VERSION}) (?:and|or) (?:prior|earlier|lower|below|older)(?: versions)?"
    rf"|(?:prior to|before) (?:version )?(?P<first_after>{_VERSION})"
    rf"|(?:prior to and including|up to and including) (?P<included>{_VERSION})"
    rf"|(?P<one>{_VERSION})(?: (?:to|through|-) (?P<other>{_VERSION}))?"
    r")\)?"
)
"""How most full names say what their cell says; the rest is read."""
_SPELLING: Final = re.compile(r"\s|(?<![a-z0-9.])v(?=\d)")
_ENDS: Final = frozenset({"<", "<=", "="})
_EVERY: Final = "all versions"
_FIRST: Final = "0.1"
_MOST_WORDS: Final = 4


@lru_cache(maxsize=16384)
def said_besides(full_name: str, text: str, kind: str) -> str:
    """The words behind a full name, where they hold a version that the cell leaves out.

    *PI Coresight: 2016 R2 and earlier versions* stands beside the cell ``< 2016 R2``. Empty where
    both say the same, where the cell says more, or where the words are not well understood.
    """
    _, colon, words = full_name.rpartition(":")
    words = words.strip()
    if not colon or not words or _is_alike(words, text):
        return ""
    ours = read(text, kind)
    if ours.is_all or not ours.alternatives:
        return ""
    if plain(words).casefold() == _EVERY:
        return "*"
    theirs = read(words, "range")
    if not _is_sound(theirs) or _is_less_read(theirs, ours, words):
        return ""
    return words if _leaves_out(ours, theirs) else ""


def _is_alike(words: str, text: str) -> bool:
    """True where nothing has to be read to see that words and cell say the same."""
    cell = _SPELLING.sub("", text.casefold())
    if _SPELLING.sub("", words.casefold()) == cell:
        return True
    found = _ALIKE.fullmatch(words.casefold())
    if found is None:
        return False
    if one := found["one"]:
        said = f">={one}|<={found['other']}" if found["other"] else one
    elif last := found["last"] or found["included"]:
        said = f"<={last}"
    else:
        said = f"<{found['first_after']}"
    return _SPELLING.sub("", said) == cell


def _is_sound(words: VersionRange) -> bool:
    """True where every alternative is certain, ends somewhere and names nothing but versions."""
    if words.is_all or words.doubt or not words.alternatives:
        return False
    return all(
        one.is_certain and any(c.op in _ENDS for c in one.comparators) for one in words.alternatives
    ) and all(_is_version(bound) for bound in _bounds(words))


def _is_version(bound: str) -> bool:
    return len(bound.split()) <= _MOST_WORDS and is_readable(bound)


def _numbers(words: VersionRange) -> set[str]:
    return {number for bound in _bounds(words) for number in _NUMBERS.findall(bound)}


def _is_less_read(theirs: VersionRange, ours: VersionRange, words: str) -> bool:
    """True where the words name all that the cell names, and less of it was understood.

    *All 7.9 versions prior to 7.9.21* says no more than ``>= 7.9 | < 7.9.21``.
    """
    known = _numbers(ours)
    return known <= set(_NUMBERS.findall(words)) and not known <= _numbers(theirs)


def _leaves_out(ours: VersionRange, theirs: VersionRange) -> bool:
    bounds = dict.fromkeys((*_bounds(ours), *_bounds(theirs)))
    versions = [_FIRST, *bounds]
    if _numbers(ours) != _numbers(theirs):
        versions += [version for bound in bounds for version in _around(bound)]
    return any(
        ours.place(version).inside is False and theirs.place(version).inside is True
        for version in versions
    )


def _bounds(words: VersionRange) -> list[str]:
    return [b for one in words.alternatives for c in one.comparators for b in c.bounds]


def _around(bound: str) -> Iterator[str]:
    """The versions right before and behind a bound that ends in a number."""
    head, point, last = bound.rpartition(".")
    if point and last.isdecimal():
        yield f"{head}.{int(last) + 1}"
        yield f"{head}.{max(int(last) - 1, 0)}"

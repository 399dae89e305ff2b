"""Constraints that we wrote ourselves, said as people say them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

OURS: Final = "vers:generic/"
"""How feeds begin a constraint that they put together; other texts stay verbatim."""

_COMPARATOR: Final = re.compile(r"(<=|>=|!=|<|>|=)?\s*(.*)", re.DOTALL)
_EVERY: Final = frozenset({"*", "all", "all versions"})


def in_words(text: str) -> str:
    """``vers:generic/>=1.0|<2.0`` as ``>= 1.0 and < 2.0``; what is not ours comes back verbatim."""
    if not text.startswith(OURS):
        return text
    said: list[str] = []
    for item in text.removeprefix(OURS).split("|"):
        sign, version = _read(unquote(item))
        if version.casefold() in _EVERY:
            return "all versions"
        said.append(f"{sign} {version}".strip())
    words = ""
    for before, now in zip(["", *said], said, strict=False):
        closes = before.startswith(">") and now.startswith("<")
        words += (" and " if closes else ", " if words else "") + now
    return words


def _read(item: str) -> tuple[str, str]:
    """Sign and version; where a maker wrote a sign into the version, the inner one is meant."""
    sign, rest = "", item
    while found := _COMPARATOR.fullmatch(rest):
        if not found[1]:
            break
        sign, rest = found[1], found[2]
    return sign, rest.strip()

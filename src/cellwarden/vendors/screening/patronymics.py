"""Patronymics: who is the child of another father is another person."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.vendors.screening import spelling
from cellwarden.vendors.screening.hearing import sound
from cellwarden.vendors.screening.nouns import Entry

_PATRONYMIC: Final = re.compile(
    r"[a-z]{2,}[aeoy][vwu](?:ich|ych|ic|yc|itch|itsch|ytsch|icz|ycz|na)|[a-z]{2,}inichna"
)


def other_patronymic(entry: Entry, left: list[str]) -> str:
    """What in ``left``, words that the entry has not, names another father than the entry does.

    A patronymic, or a single letter that begins none of the entry's; empty where nothing does, or
    the entry names no father.
    """
    initials = [token for token in left if len(token) == 1]
    theirs = [token for token in left if _PATRONYMIC.fullmatch(token)]
    if not initials and not theirs:
        return ""
    ours = _of(entry)
    if not ours:
        return ""
    for token in theirs:
        if all(sound(token)[:4] != sound(known)[:4] for known in ours):
            return token
    starts = {known[0] for known in ours}
    return next((token for token in initials if token not in starts), "")


def _of(entry: Entry) -> list[str]:
    """The patronymics behind the commas of an entry's names."""
    found = []
    for name in entry.names:
        given = name.text.partition(",")[2]
        found += [
            token
            for token in spelling.tokens(spelling.spell(given).text)
            if _PATRONYMIC.fullmatch(token)
        ]
    return found

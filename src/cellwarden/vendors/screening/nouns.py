"""The values of screening: a party, an entry of a list, an answer, a person's decision."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Decision(StrEnum):
    """What the rules say of a name and an entry."""

    NONE = "none"
    REVIEW = "review"
    MATCH = "match"


class Quality(StrEnum):
    """How sure the list is that a name belongs to its entry."""

    PRIMARY = "primary"
    STRONG = "strong"
    FORMER = "former"
    WEAK = "weak"


class ListedName(msgspec.Struct, frozen=True, kw_only=True):
    """One spelling under which a list knows an entry."""

    text: str
    quality: Quality


class Entry(msgspec.Struct, kw_only=True):
    """One entity of a list, with everything that its rows say.

    ``id`` is the list's own number. ``kind`` is ``individual``, ``organisation``, ``vessel``,
    ``aircraft`` or empty where the list does not say. ``countries`` are ISO 3166 alpha-2 codes.
    ``reference`` and ``effective_on`` (ISO 8601) are verbatim; empty where the list has none.
    A reader fills an entry row by row; once it has been read nobody changes it.
    """

    id: str
    list_name: str
    kind: str = ""
    names: list[ListedName] = []
    countries: set[str] = set()
    places: list[str] = []
    reference: str = ""
    effective_on: str = ""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One name to screen; ``country`` is verbatim and empty where nobody said it."""

    id: str
    name: str
    country: str = ""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one party and one entry.

    ``score`` lies in 0 to 1. ``list_id`` and ``list_name`` are None where no entry came near.
    ``features`` explains the score: each is a measure, or a word, that a person can check.
    """

    id: str
    list_id: str | None
    list_name: str | None
    score: float
    features: dict[str, Any]
    decision: Decision


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person's decision about one name and one entry, bound to what both sides said then."""

    name_digest: str
    entry_digest: str
    is_same: bool
    decided_by: str
    reason: str
    decided_at: str

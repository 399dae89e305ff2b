"""Screening: names against the lists that a user brings, with a reason for every answer."""

from __future__ import annotations

from cellwarden.vendors.screening.decide import screen
from cellwarden.vendors.screening.index import Index
from cellwarden.vendors.screening.lists import read_list, table_of
from cellwarden.vendors.screening.nouns import Decision, Entry, Judged, ListedName, Party, Person
from cellwarden.vendors.screening.remembering import entry_digest, name_digest, remembered

__all__ = [
    "Decision",
    "Entry",
    "Index",
    "Judged",
    "ListedName",
    "Party",
    "Person",
    "entry_digest",
    "name_digest",
    "read_list",
    "remembered",
    "screen",
    "table_of",
]

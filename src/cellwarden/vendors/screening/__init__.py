"""Screening: names against the lists that a user brings, with a reason for every answer."""

from __future__ import annotations

from cellwarden.vendors.screening.decide import screen
from cellwarden.vendors.screening.index import Index
from cellwarden.vendors.screening.list_days import list_day
from cellwarden.vendors.screening.lists import read_list, table_of
from cellwarden.vendors.screening.nouns import Decision, Entry, Judged, ListedName, Party, Person
from cellwarden.vendors.screening.owned import OwnedHit, owned_hits
from cellwarden.vendors.screening.ownership import Holding
from cellwarden.vendors.screening.remembering import entry_digest, name_digest, remembered

__all__ = [
    "Decision",
    "Entry",
    "Holding",
    "Index",
    "Judged",
    "ListedName",
    "OwnedHit",
    "Party",
    "Person",
    "entry_digest",
    "list_day",
    "name_digest",
    "owned_hits",
    "read_list",
    "remembered",
    "screen",
    "table_of",
]

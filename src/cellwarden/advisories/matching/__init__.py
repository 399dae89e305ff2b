"""Which component is touched by which advisory: product and version, explained in words."""

from __future__ import annotations

from cellwarden.advisories.matching.beforehand import Groups, answered, book_of, named
from cellwarden.advisories.matching.fleet import FleetIndex
from cellwarden.advisories.matching.kept import draft, dump, joined, load, worked_out
from cellwarden.advisories.matching.many import Lines
from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.advisories.matching.nouns import (
    Considered,
    Correction,
    Decision,
    Explanation,
)
from cellwarden.advisories.matching.people import corrections_of
from cellwarden.advisories.matching.prepared import Prepared, prepare
from cellwarden.advisories.matching.remedies import versions_named

__all__ = [
    "Considered",
    "Correction",
    "Decision",
    "Explanation",
    "FleetIndex",
    "Groups",
    "Lines",
    "Matcher",
    "Prepared",
    "answered",
    "book_of",
    "corrections_of",
    "draft",
    "dump",
    "joined",
    "load",
    "named",
    "prepare",
    "versions_named",
    "worked_out",
]

"""Which component is touched by which advisory: product and version, explained in words."""

from __future__ import annotations

from cellwarden.advisories.matching.fixes import versions_named
from cellwarden.advisories.matching.fleet import FleetIndex
from cellwarden.advisories.matching.kept import Times, dump, load, rules_digest
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

__all__ = [
    "Considered",
    "Correction",
    "Decision",
    "Explanation",
    "FleetIndex",
    "Lines",
    "Matcher",
    "Prepared",
    "Times",
    "corrections_of",
    "dump",
    "load",
    "prepare",
    "rules_digest",
    "versions_named",
]

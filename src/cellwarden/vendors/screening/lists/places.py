"""Countries as lists and people write them."""

from __future__ import annotations

from functools import lru_cache

from cellwarden.vendors.screening import spelling, tables


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country's code or name; empty where we do not know it."""
    known = tables.countries()
    plain = " ".join(spelling.tokens(spelling.spell(text.strip()).text))
    return known.get(plain, "")

"""Countries as lists and people write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cellwarden.vendors.screening import spelling, tables

_WHAT_IT_IS: Final = re.compile(
    r"^(?:the )?(?:(?:federal |islamic |arab |socialist |democratic )*(?:republic|kingdom|"
    r"state|commonwealth) of )?(?:the )?| (?:republic|kingdom|sar)(?: of)?$"
)
"""What stands around a country's name: the Republic of Belarus is Belarus."""


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country's code or name; empty where we do not know it."""
    known = tables.countries()
    plain = " ".join(spelling.tokens(spelling.spell(text.strip()).text))
    return known.get(plain) or known.get(_WHAT_IT_IS.sub("", plain), "")

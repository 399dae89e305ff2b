"""The phrase lists of ``phrases.toml``, and where their phrases stand in a text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import msgspec

LONGEST_ANSWER: Final = 20_000
"""Characters of one answer that are looked at; no question needs more."""

_LOOKALIKES: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " "}
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", " ")
)
"""One character for one, so that a place in the folded text is a place in the answer."""


class PhraseList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list of phrases shows, what a follow-up asks, and the phrases."""

    says: str
    asks: str
    phrases: tuple[str, ...]


@cache
def phrase_lists() -> dict[str, PhraseList]:
    """Every list by name."""
    folder = resources.files("cellwarden.vendors.assessment.vagueness")
    tables = tomllib.loads(folder.joinpath("phrases.toml").read_text("utf-8"))
    return msgspec.convert(tables, dict[str, PhraseList])


def folded(text: str) -> str:
    """Look-alike quotes, dashes and blanks made plain; every place stays where it was."""
    plain = text[:LONGEST_ANSWER].translate(_LOOKALIKES)
    return "".join(
        wide if len(wide := unicodedata.normalize("NFKC", letter)) == 1 else letter
        for letter in plain
    )


@lru_cache(maxsize=4_096)
def places(list_name: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where phrases of a list stand in a folded text, as (start, end), without overlaps.

    The answers of a vendor are read when they come in and again when they are graded.
    """
    return tuple(found.span() for found in _pattern(list_name).finditer(text))


@cache
def _pattern(list_name: str) -> re.Pattern[str]:
    """One expression for a list, longest phrases first; blanks match any run of blanks."""
    ordered = sorted(phrase_lists()[list_name].phrases, key=len, reverse=True)
    options = "|".join(
        re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s{1,9}") for phrase in ordered
    )
    return re.compile(rf"(?<![\w-])(?:{options})(?![\w-])", re.IGNORECASE)

"""Product names as words and codes that can be compared: folding, splitting, wildcards."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

import msgspec

LONGEST_TEXT: Final = 2000
"""Characters of a name that are looked at; the rest of a hostile cell is not read."""

_MARKS: Final = str.maketrans(
    {"™": " ", "®": " ", "©": " ", "_": " ", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-"}
    | {"’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "\u00a0": " "}
)
_CHUNK: Final = re.compile(r"[^\W_][^\W_.+'*-]*(?:[.+'*-]+[^\W_]+)*[+*]*")
_NOT_A_WORD: Final = re.compile(r"[^\w/.+]+")
_RATING: Final = re.compile(
    r"\d+(?:[.,]\d+)?(?:kva|va|kw|w|v|vac|vdc|hz|ah|wh|u|kwh|mva)|\d+-\d+v(?:ac|dc)?|\d+x\d+[va]|\d{1,3}a"
)
_ORDER_NUMBER: Final = re.compile(
    r"[0-9][a-z]{1,2}[a-z0-9]{2,5}-?[a-z0-9]{4,6}(?:-?[a-z0-9]{4})?|[0-9]{7,}|[0-9a-z]{6,}-[0-9a-z-]{4,}"
)
_NAME_NUMBER: Final = re.compile(r"([a-z]{3,})(\d{2,})")
_WILD: Final = re.compile(r"\d+[a-z]*x{2,}|\dx(?=\d|$)|[a-z]{2,}\d*x{2,}$|\*$")
_MEMBER: Final = re.compile(r"(\d{4}|[a-z]{2,4}\d{3,4})\.\d{2,3}")
"""``3232.700``: one of the series 3232; ``POL909.50`` is a POL909."""
_SHORT_WILD: Final = re.compile(r"\d{1,2}(?:x{2,}|x\d)")
_VARIANT: Final = re.compile(r"([a-z]+\d{2,})[a-z]{1,3}")
_GENERATION: Final = re.compile(r"\b([a-z]{2,}\d{2,}[a-z]*)(v\d)(?![\w.])")
"""``RS416v2`` is the RS416 of the second generation."""
_RELEASE: Final = re.compile(r"r\d")
"""``R6`` behind a name is its release."""
_PLURAL: Final = re.compile(r"\b([A-Z]{2,})s\b")
"""``ESLs`` are several ESL."""
_MARKED: Final = re.compile(r"\((?:TM|R)\)", re.IGNORECASE)
"""A trade mark written with letters."""
_SHORT_CODE: Final = re.compile(r"[a-z]{1,3}(?:-[a-z]{1,3})+")
"""``DS-SC``: letters alone, and still a model code."""
_SHORTEST_PLURAL: Final = 6
_SHORTEST_STEM: Final = 2
_LONG_STEM: Final = 4


class Words(msgspec.Struct, frozen=True):
    """The fixed word lists of ``words.toml``."""

    noise: frozenset[str]
    generic: frozenset[str]
    line: frozenset[str]
    edition: frozenset[str]
    software: frozenset[str]
    family_codes: frozenset[str]
    series_codes: frozenset[str]
    family_members: frozenset[str]
    device_parts: frozenset[str]
    beside_parts: frozenset[str]
    card_parts: frozenset[str]
    no_card_roles: frozenset[str]
    part_roles: frozenset[str]
    part_words: frozenset[str]
    corporate: frozenset[str]
    division: frozenset[str]
    opposed: frozenset[str]


def toml_table(name: str) -> dict[str, Any]:
    """One of the TOML files that lie beside this module."""
    text = resources.files("cellwarden.advisories.identity").joinpath(name).read_text("utf-8")
    return tomllib.loads(text)


@cache
def word_lists() -> Words:
    """What single words are worth."""
    table = toml_table("words.toml")
    return Words(**{key: frozenset(words) for key, words in table.items()})


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """A name in lower case, NFKC, with plain dashes and single spaces; trademark signs removed."""
    text = _PLURAL.sub(r"\1", text[:LONGEST_TEXT])
    if "(" in text:
        text = _MARKED.sub(" ", text)
    if not text.isascii():
        text = _repaired(text).translate(_MARKS)
        text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    else:
        text = text.replace("_", " ")
    return " ".join(text.casefold().split())


def _repaired(text: str) -> str:
    """UTF-8 that was read as Windows-1252 comes back: ``GeutebrÃ¼ck`` is ``Geutebrück``."""
    if "Ã" not in text and "â" not in text:
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """A folded name as words alone, with a space before and after, for finding phrases."""
    return f" {' '.join(_NOT_A_WORD.split(folded(text)))} "


@lru_cache(maxsize=65536)
def chunks(text: str) -> tuple[str, ...]:
    """The words of a folded name: hyphens stay inside what holds a digit, and split the rest."""
    out: list[str] = []
    for found in _CHUNK.findall(_GENERATION.sub(r"\1 \2", folded(text))):
        chunk = found.rstrip(".'-").removesuffix("-series")
        if (
            any(letter.isdigit() for letter in chunk)
            or "*" in chunk
            or _SHORT_CODE.fullmatch(chunk)
        ):
            out.append(chunk.replace("'", ""))
        else:
            out.extend(part for part in re.split(r"[-.']+", chunk) if part)
    return tuple(out)


@lru_cache(maxsize=16384)
def is_kind(word: str) -> bool:
    """True for a word that says what kind of thing something is, also of several: servers."""
    generic = word_lists().generic
    return word in generic or (
        len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and word[:-1] in generic
    )


def compact(chunk: str) -> str:
    """A model code without its hyphens: ``NetMan-204`` and ``netman204`` are one."""
    return chunk.replace("-", "")


def is_rating(chunk: str) -> bool:
    """True for ``3000va``, ``230v``, ``2u``: sizes, which name no product."""
    return _RATING.fullmatch(chunk) is not None


def ratings(parts: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """The sizes among a name's words, by unit."""
    found: dict[str, set[str]] = {}
    for part in parts:
        if is_rating(part):
            found.setdefault(part.lstrip("0123456789.,x-"), set()).add(part)
    return tuple((unit, frozenset(sizes)) for unit, sizes in sorted(found.items()))


def is_order_number(chunk: str) -> bool:
    """True for what looks like a maker's order number: ``6ep4134-3ab00-2ay0``."""
    return _ORDER_NUMBER.fullmatch(chunk) is not None


def is_code(chunk: str) -> bool:
    """True for a model code: letters with digits, at least three digits, or ``DS-SC``."""
    if _SHORT_CODE.fullmatch(chunk):
        return True
    if chunk.isalpha() or is_rating(chunk) or _RELEASE.fullmatch(chunk):
        return False
    if chunk.isdigit():
        return len(chunk) >= 3  # noqa: PLR2004 - 204, 9130; shorter numbers are details
    return any(c.isdigit() for c in chunk) and any(c.isalpha() for c in chunk)


def shortened(code: str) -> str:
    """A model code without the letters of its variant: ``ups5000e`` is one of ``ups5000``."""
    found = _VARIANT.fullmatch(code)
    return found.group(1) if found else ""


def is_wildcard(chunk: str) -> bool:
    """True for ``ap8xxx``, ``apdu9xxx``, ``78x00``, ``bmxp34*``, and for a series: ``rtu5##``."""
    if "#" in chunk or ("*" in chunk and len(stem(chunk)) >= _LONG_STEM):
        return True
    return _WILD.search(compact(chunk)) is not None and len(stem(chunk)) >= _SHORTEST_STEM


def is_short_wildcard(chunk: str) -> bool:
    """True for ``3xxx``, ``48xx``, ``1x1``: wildcards that mean something only behind a name."""
    return _SHORT_WILD.fullmatch(chunk) is not None


def stem(chunk: str) -> str:
    """The fixed letters before a wildcard's first free place."""
    text = compact(chunk)
    for free in "*#":
        if free in text:
            return text[: text.index(free)]
    found = _WILD.search(text)
    if found is None:
        return text
    piece = found.group()
    return text[
        : found.start() + len(piece) - len(piece.lstrip("0123456789abcdefghijklmnopqrstuvw"))
    ]


@lru_cache(maxsize=16384)
def wildcard(chunk: str) -> re.Pattern[str]:
    """The pattern of a wildcard; at its end there may be more free places than x's, or fewer."""
    text = compact(chunk)
    if "#" in text:
        return re.compile(re.escape(text).replace(r"\#", r"\d") + "[a-z]{0,2}")
    if "*" in text:
        return re.compile(r"[0-9a-z]*".join(map(re.escape, text.split("*"))))
    head = stem(chunk)
    rest = text[len(head) :]
    tail = len(rest) - len(rest.rstrip("x"))
    middle = "".join("[0-9a-z]" if c == "x" else re.escape(c) for c in rest[: len(rest) - tail])
    end = f"[0-9a-z]{{{max(tail - 2, 1)},{tail + 8}}}" if tail else ""
    return re.compile(re.escape(head) + middle + end)


def spellings(parts: tuple[str, ...]) -> frozenset[str]:
    """Every way in which a name's words may be written together or apart.

    ``("netman", "204")`` also gives ``netman204``; ``("px3-5493u-k2",)`` also gives ``px3``, and
    ``("3232.700",)`` ``3232``.
    """
    found: set[str] = set()
    small: list[str] = []
    for chunk in parts[:64]:
        found.add(compact(chunk))
        pieces = chunk.split("-")
        found.update(piece for piece in pieces if piece)
        for piece in pieces:
            match = _NAME_NUMBER.fullmatch(piece)
            if match:
                found.update(match.groups())
            if member := _MEMBER.fullmatch(piece):
                found.add(member.group(1))
            if piece:
                small.append(piece)
    for here, there in pairwise(small):
        found.add(here + there)
    for one, two, three in zip(small, small[1:], small[2:], strict=False):
        found.add(one + two + three)
    return frozenset(found)

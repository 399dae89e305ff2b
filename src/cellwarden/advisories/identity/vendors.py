"""Makers: which names are one maker, and how makers stand to each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity.words import folded, plain, toml_table, word_lists

ANYONE: Final = "*"
"""The maker of an advisory product whose vendor is not named, or is "multiple"."""

_NOBODY: Final = frozenset(
    {"", "n/a", "na", "unknown", "generic", "multiple", "various", "none", "oem"}
)
_WORDS_TOO: Final = frozenset(
    {"alpha", "starline", "aros", "sixnet", "metasys", "illustra", "toyopuc", "tyco", "trend"}
    | {"subnet", "sae"}
)
"""Makers' names that also begin product names of others."""
_SHORTEST_NAME: Final = 3
_NOBODY_STARTS: Final = ("multiple ", "----")
_LEGAL: Final = re.compile(
    r"[\s,.]+(?:inc|llc|ltd|limited|gmbh|ag|se|s\.?p\.?a|sa|co|corp|corporation|company|kg|plc|bv|b\.v|srl|"
    r"d\.?o\.?o|s\.?r\.?o|sp\.? z o\.? ?o|n\.?v|oyj|a\.s|aps|kft|pty|pte|oy|ab|a/s|as|"
    r"international|technologies|technology|systems|electronics)\.?$"
)
_LIST: Final = re.compile(r"\s*(?:,\s*(?:and\s+)?|\band\b|/|&|\|)\s*")

_SIGNS: Final = re.compile(r"[-,&]")
_IN_PARENTHESES: Final = re.compile(r"\s*\(.*?\)")
_MOST_LEGAL_WORDS: Final = 5
_SHORTEST_SLUG: Final = 2
_OWNED: Final = re.compile(r"an? (?:subsidiary|affiliate|division|brand|part) of ")


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """One maker as ``vendors.toml`` knows it."""

    id: str
    name: str
    names: tuple[str, ...]
    nicknames: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    source: str


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """How two makers stand to each other: one group, or one sells the other's things."""

    kind: str
    why: str


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """All makers, by every name that they go by."""

    vendors: dict[str, Vendor]
    by_name: dict[str, str]
    by_nickname: dict[str, str]
    brand_pattern: re.Pattern[str]
    by_brand: dict[str, str]
    relations: dict[tuple[str, str], Relation]


@cache
def registry() -> Registry:
    """The makers of ``vendors.toml``."""
    table = toml_table("vendors.toml")
    relations = table.pop("relation")
    oems = table.pop("oem")
    vendors = {
        key: Vendor(
            id=key,
            name=row["name"],
            names=tuple(folded(name) for name in row["names"]),
            nicknames=tuple(row.get("nicknames", ())),
            brands=tuple(row.get("brands", ())),
            source=row["source"],
        )
        for key, row in table.items()
    }
    by_brand = {brand: v.id for v in vendors.values() for brand in v.brands}
    longest_first = sorted(by_brand, key=lambda brand: (-len(brand), brand))
    pattern = "|".join(re.escape(brand.strip()) for brand in longest_first)
    return Registry(
        vendors=vendors,
        by_name={name: v.id for v in vendors.values() for name in v.names},
        by_nickname={nick: v.id for v in vendors.values() for nick in v.nicknames},
        brand_pattern=re.compile(rf"(?<=\s)(?:{pattern})(?=[\s\d])"),
        by_brand={brand.strip(): vendor for brand, vendor in by_brand.items()},
        relations=_relations(vendors, relations, oems),
    )


def _relations(
    vendors: dict[str, Vendor], owned: list[dict[str, str]], oems: list[dict[str, str]]
) -> dict[tuple[str, str], Relation]:
    found: dict[tuple[str, str], Relation] = {}
    for row in owned:
        brand, owner = row["brand"], row["owner"]
        why = row.get("why", f"{vendors[brand].name} belongs to {vendors[owner].name}")
        found[brand, owner] = found[owner, brand] = Relation(kind="group", why=why)
    for row in oems:
        for maker in row["maker"]:
            why = f"{vendors[row['seller']].name} sells devices with parts by {vendors[maker].name}"
            found.setdefault((row["seller"], maker), Relation(kind="oem", why=why))
    return found


@lru_cache(maxsize=16384)
def vendor_ids(name: str, *, nicknames: bool = False) -> tuple[str, ...]:
    """The makers that a vendor text names; none where it names nobody.

    A maker that ``vendors.toml`` does not know has its own folded name, without its legal form,
    as id. ``nicknames`` also reads the device type names of network monitors.
    """
    text = folded(name).strip(" .,;-\"'")
    if text in _NOBODY or text.startswith(_NOBODY_STARTS):
        return ()
    known = registry()
    found = _known(known, text, nicknames=nicknames)
    if found:
        return (found,)
    pieces = [_OWNED.sub("", piece) for piece in _LIST.split(text) if piece]
    if len(pieces) > 1:
        long = [piece for piece in pieces if not _is_legal(piece)]
        listed = {p: _known(known, p, nicknames=nicknames) or f"~{_bare(p)}" for p in long}
        if any(not one.startswith("~") for one in listed.values()):
            return tuple(sorted(set(listed.values())))
        if len(long) > 1:
            return tuple(sorted({f"~{_bare(piece)}" for piece in long} | {f"~{_bare(text)}"}))
    return (f"~{_bare(text)}",)


def _is_legal(piece: str) -> bool:
    return _LEGAL.fullmatch(f" {piece}") is not None


def _known(known: Registry, text: str, *, nicknames: bool) -> str | None:
    if nicknames and text in known.by_nickname:
        return known.by_nickname[text]
    for form in _forms(text):
        if form in known.by_name:
            return known.by_name[form]
    return _whose_division(known, _bare(text))


def _whose_division(known: Registry, text: str) -> str | None:
    """The maker of whom a name says a division or country too: Honeywell Building Technologies."""
    words = text.split(" ")
    lists = word_lists()
    for size in range(min(len(words) - 1, 3), 0, -1):
        head = " ".join(words[:size])
        if len(head) < _SHORTEST_NAME or head in _WORDS_TOO or head not in known.by_name:
            continue
        rest = {word for piece in words[size:] for word in piece.strip(" ,.&-").split("-") if word}
        return known.by_name[head] if rest <= lists.division | lists.corporate else None
    return None


def _forms(text: str) -> Iterator[str]:
    """A company's name with less and less of its legal form, then without hyphens and commas."""
    shorter = tuple(_shortened(text))
    yield from shorter
    for one in shorter:
        if (flat := " ".join(_SIGNS.sub(" ", one).split())) != one:
            yield flat


@lru_cache(maxsize=16384)
def _bare(text: str) -> str:
    """A company's name without its legal form and what stands in parentheses."""
    *_, shortest = _shortened(text)
    return shortest


def _shortened(text: str) -> Iterator[str]:
    """A company's name, the same without parentheses, and without one legal word after another."""
    yield text
    shorter = _IN_PARENTHESES.sub("", text)
    for _ in range(_MOST_LEGAL_WORDS):
        if shorter and shorter != text:
            yield shorter
            text = shorter
        shorter = _LEGAL.sub("", text).strip(" ,.&-")


@lru_cache(maxsize=65536)
def branded(text: str) -> tuple[str, ...]:
    """The makers whose brand words stand in a product text."""
    known = registry()
    found = known.brand_pattern.findall(plain(text))
    if "-" in text:
        found += known.brand_pattern.findall(f" {folded(text)} ")
    return tuple(dict.fromkeys(known.by_brand[brand] for brand in found))


@lru_cache(maxsize=65536)
def leading_vendor(text: str) -> tuple[str, str] | None:
    """A maker's name at the start of a product text: its id, and the text without it."""
    known = registry()
    words = folded(text).split(" ")
    if "-" in words[0]:
        words = [*words[0].split("-"), *words[1:]] if _is_hyphenated(words[0]) else words
    for size in (4, 3, 2, 1):
        if len(words) <= size:
            continue
        head = " ".join(words[:size]).strip(" ,|/")
        if head in known.by_name and head not in _WORDS_TOO:
            return known.by_name[head], " ".join(words[size:])
    return None


def _is_hyphenated(word: str) -> bool:
    """True for a whole name with hyphens for its spaces, as identifiers have: ``abb-power-one``."""
    pieces = word.split("-")
    return len(pieces) > _SHORTEST_SLUG and all(piece.isalpha() for piece in pieces[:2])


@lru_cache(maxsize=65536)
def without_maker(text: str, vendors: tuple[str, ...]) -> str:
    """A folded product text without the name of an unlisted maker at its start."""
    for vendor in vendors:
        name = vendor.removeprefix("~")
        if vendor != name and len(name) >= _SHORTEST_NAME and text.startswith(f"{name} "):
            return text[len(name) + 1 :]
    return text


def without_name(text: str, maker: str) -> str:
    """A folded product text without a maker's name at its start, as a cell has the name."""
    name = folded(maker)
    return text.removeprefix(f"{name} ") if len(name) >= _SHORTEST_NAME else text


@lru_cache(maxsize=65536)
def maker_at_start(text: str, makers: frozenset[str]) -> str:
    """The unlisted maker, of those given, whose name begins a text; empty where none does."""
    words = folded(text).split(" ")
    for size in range(min(len(words) - 1, 4), 0, -1):
        if (name := " ".join(words[:size]).strip(" ,")) in makers:
            return name
    return ""


@cache
def maker_names() -> frozenset[str]:
    """Every name of the makers of ``vendors.toml``, folded; none that also begins a product's."""
    return frozenset(registry().by_name.keys() - _WORDS_TOO)


def makers_named(vendors: Iterable[str]) -> frozenset[str]:
    """The names of unlisted makers that may begin a product text; common words are none."""
    lists = word_lists()
    common = lists.generic | lists.line | lists.edition | lists.noise | _WORDS_TOO
    names = {vendor.removeprefix("~") for vendor in vendors if vendor.startswith("~")}
    return frozenset(n for n in names if len(n) >= _SHORTEST_NAME and n not in common)


@lru_cache(maxsize=16384)
def is_alike(one: str, other: str) -> bool:
    """True where one unlisted maker's name begins with the other's: Satel, Satel Iberia."""
    if one == other or not (one.startswith("~") and other.startswith("~")):
        return False
    short, long = sorted((one, other), key=len)
    if short.removeprefix("~") == initials(long):
        return True
    return len(short) > _SHORTEST_NAME and long.startswith(f"{short} ")


def initials(vendor: str) -> str:
    """The first letters of an unlisted maker's name of three words or more: ICL; else nothing."""
    words = vendor.removeprefix("~").split(" ")
    return "".join(word[0] for word in words) if len(words) > 2 else ""  # noqa: PLR2004 - ICL


def _is_same_company(one: str, other: str) -> bool:
    """True where the longer of two names only says what kind of company it is: Optigo Networks."""
    short, long = sorted((one, other), key=len)
    return set(long.removeprefix(short).split()) <= word_lists().corporate


@lru_cache(maxsize=16384)
def relation(component: str, advisory: str) -> Relation | None:
    """How the component's maker stands to the advisory's; nothing where they are strangers."""
    if component == advisory:
        return Relation(kind="same", why="the maker is the same")
    if advisory == ANYONE:
        return Relation(kind="unnamed", why="the advisory names no single maker")
    if is_alike(component, advisory) and _is_same_company(component, advisory):
        return Relation(kind="longer", why=f"{vendor_name(advisory)} is the same company's name")
    if is_alike(component, advisory):
        names = f"{vendor_name(component)} and {vendor_name(advisory)}"
        return Relation(kind="alike", why=f"whether {names} are one maker is not known")
    return registry().relations.get((component, advisory))


@cache
def relatives(vendor: str) -> tuple[str, ...]:
    """A maker and all whose advisories may speak of its products."""
    pairs = registry().relations
    return (vendor, *sorted(there for here, there in pairs if here == vendor))


def vendor_name(vendor: str) -> str:
    """What people call a maker."""
    known = registry().vendors.get(vendor)
    return known.name if known else vendor.lstrip("~")

"""Products that more than one text names: what ``products.toml`` and ``series.toml`` know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import msgspec

from cellwarden.advisories.identity.vendors import relatives
from cellwarden.advisories.identity.words import compact, plain, stem, toml_table, wildcard

Found = tuple[str, re.Pattern[str], re.Pattern[str] | None]
"""A product, the phrases that name it in a text, and those that say it is another one."""


class CardByVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A card that the firmware version's shape reveals, on hosts with these model codes."""

    card: str
    codes: tuple[str, ...]
    version: str


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of ``products.toml``.

    ``own_count`` names the cards on which a host's application counts versions otherwise than the
    card's operating system; ``one_product`` is true for a card that is the same product whatever
    it sits in; ``decimals`` and ``letters`` say how it writes versions.
    """

    id: str
    name: str
    vendor: str
    role: str = "host"
    parent: str = ""
    group: str = ""
    codes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    series_ids: tuple[str, ...] = ()
    os_versions: dict[str, str] = {}
    own_count: tuple[str, ...] = ()
    one_product: bool = False
    cards: tuple[CardByVersion, ...] = ()
    card_codes: dict[str, tuple[str, ...]] = {}
    decimals: bool = False
    letters: tuple[str, ...] = ()
    holds: int | None = None
    holds_names: tuple[str, ...] = ()
    source: str = ""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All known products, and the patterns that find them in a text."""

    products: dict[str, Product]
    register: tuple[Found, ...]
    advisory: tuple[Found, ...]
    children: dict[str, tuple[str, ...]]


@cache
def catalogue() -> Catalogue:
    """The products of ``products.toml``."""
    products: dict[str, Product] = {}
    register: list[Found] = []
    advisory: list[Found] = []
    for key, row in toml_table("products.toml").items():
        products[key] = _product(key, row)
        says = row.get("says", [])
        for out, extra in ((register, "register"), (advisory, "advisory")):
            phrases = [*says, *row.get(extra, [])]
            alone = row.get(f"{extra}_alone", [])
            if phrases or alone:
                never = row.get(f"{extra}_not", [])
                says_it = _phrases(phrases, alone)
                out.append((key, says_it, _phrases(never) if never else None))
    children: dict[str, list[str]] = {}
    for product in products.values():
        if product.parent:
            children.setdefault(product.parent, []).append(product.id)
    return Catalogue(
        products=products,
        register=tuple(register),
        advisory=tuple(advisory),
        children={key: tuple(value) for key, value in children.items()},
    )


def _product(key: str, row: dict[str, Any]) -> Product:
    cards = tuple(
        CardByVersion(
            card=card,
            codes=tuple(code.lower() for code in rule["codes"]),
            version=rule["version"],
        )
        for card, rule in row.get("card_by_version", {}).items()
    )
    return Product(
        id=key,
        name=row["name"],
        vendor=row["vendor"],
        role=row.get("role", "host"),
        parent=row.get("parent", ""),
        group=row.get("group", ""),
        codes=tuple(code.lower() for code in row.get("codes", [])),
        parts=tuple(row.get("parts", [])),
        series_ids=tuple(row.get("series_ids", [])),
        os_versions=dict(row.get("os_versions", {})),
        own_count=tuple(row.get("own_count", [])),
        one_product=row.get("one_product", False),
        cards=cards,
        card_codes={
            card: tuple(code.lower() for code in codes)
            for card, codes in row.get("card_by_code", {}).items()
        },
        decimals=row.get("decimals", False),
        letters=tuple(row.get("letters", [])),
        holds=row.get("holds"),
        holds_names=tuple(row.get("holds_names", [])),
        source=row["source"],
    )


def _phrases(phrases: list[str], alone: Sequence[str] = ()) -> re.Pattern[str]:
    """A pattern of phrases, and of those behind which nothing but a version may stand."""
    ways = [rf"(?:{_one_of(phrases)})(?= )"] if phrases else []
    if alone:
        ways.append(rf"(?:{_one_of(alone)})(?= (?:v?\d|$))")
    return re.compile(rf" (?:{'|'.join(ways)})")


def _one_of(phrases: Sequence[str]) -> str:
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase) for phrase in ordered)


def code_fits(pattern: str, code: str) -> bool:
    """True where a model code is of a pattern such as ``ap8xxx``; an empty pattern fits none."""
    if not pattern:
        return False
    if stem(pattern) == compact(pattern):
        return compact(pattern) == code
    return wildcard(pattern).fullmatch(code) is not None


@cache
def _by_first_letters() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for product in catalogue().products.values():
        for code in product.codes:
            found.setdefault(stem(code)[:2], []).append((product.id, code))
    return {key: tuple(value) for key, value in found.items()}


@lru_cache(maxsize=65536)
def products_of_code(code: str) -> tuple[str, ...]:
    """The known products to which a model code belongs, whatever the maker."""
    near = _by_first_letters().get(code[:2], ())
    return tuple(dict.fromkeys(product for product, pattern in near if code_fits(pattern, code)))


@cache
def of_vendor(vendor: str) -> frozenset[str]:
    """The known products that a maker's name, or one of its group, may stand for."""
    circle = set(relatives(vendor))
    return frozenset(p.id for p in catalogue().products.values() if p.vendor in circle)


def named_in(text: str, *, advisory: bool, vendors: tuple[str, ...]) -> tuple[str, ...]:
    """The known products that a text names, of these makers or of any where none is given."""
    flat = plain(text)
    patterns = catalogue().advisory if advisory else catalogue().register
    allowed = frozenset().union(*(of_vendor(v) for v in vendors)) if vendors else None
    return tuple(
        key
        for key, says, never in patterns
        if (allowed is None or key in allowed)
        and says.search(flat)
        and not (never is not None and never.search(flat))
    )


@cache
def lineage(product: str) -> tuple[str, ...]:
    """A product and the families above it."""
    entry = catalogue().products[product]
    return (product, *lineage(entry.parent)) if entry.parent else (product,)


@lru_cache(maxsize=4096)
def known_parts(manufacturer: str, model: str) -> tuple[int, tuple[str, ...], str] | None:
    """How many firmware-bearing parts a product is known to hold, their names, and the source.

    Nothing where nobody has written it down. For the question whether a cabinet that the register
    lists as one thing is really one.
    """
    text = f"{manufacturer} {model}"
    best: Product | None = None
    for key in named_in(text, advisory=False, vendors=()):
        for step in lineage(key):
            entry = catalogue().products[step]
            if entry.holds is not None and (best is None or entry.holds > (best.holds or 0)):
                best = entry
    if best is None or best.holds is None:
        return None
    return best.holds, best.holds_names, best.source


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern of one maker's catalogue numbers, and the name that advisories use for them."""

    vendor: str
    pattern: str
    says: str
    source: str


@cache
def numbered() -> dict[str, tuple[Numbered, ...]]:
    """The patterns of ``numbers.toml`` by maker, in their order."""
    found: dict[str, list[Numbered]] = {}
    for one in msgspec.convert(toml_table("numbers.toml")["number"], tuple[Numbered, ...]):
        found.setdefault(one.vendor, []).append(one)
    return {vendor: tuple(patterns) for vendor, patterns in found.items()}


@lru_cache(maxsize=16384)
def name_of_number(number: str, vendors: tuple[str, ...]) -> str:
    """What a catalogue number is called; empty where nobody has written it down."""
    for vendor in vendors:
        for one in numbered().get(vendor, ()):
            if wildcard(one.pattern.lower()).fullmatch(number):
                return one.says
    return ""


class SeriesLine(msgspec.Struct, frozen=True, kw_only=True):
    """One series of a notice: its IDs and the last affected version of the UPS firmware."""

    series: str
    ids: tuple[str, ...]
    last: str


class SeriesNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Which Smart-UPS series a vulnerability touches, as Schneider Electric listed them."""

    vulnerabilities: tuple[str, ...]
    product: str
    source: str
    lines: tuple[SeriesLine, ...]


@cache
def series_notices() -> tuple[SeriesNotice, ...]:
    """The notices of ``series.toml``."""
    return msgspec.convert(tuple(toml_table("series.toml")["notice"]), tuple[SeriesNotice, ...])

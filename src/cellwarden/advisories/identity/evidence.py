"""Reading what a register row shows of its own identity, from every column that it fills."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from cellwarden.advisories.identity.catalogue import (
    Product,
    catalogue,
    code_fits,
    lineage,
    name_of_number,
    named_in,
    of_vendor,
)
from cellwarden.advisories.identity.claims import abbreviations, named_by_code, sequence
from cellwarden.advisories.identity.nouns import Evidence
from cellwarden.advisories.identity.vendors import (
    branded,
    leading_vendor,
    registry,
    vendor_ids,
    without_maker,
    without_name,
)
from cellwarden.advisories.identity.wanted import BRANCH, spelled_out
from cellwarden.advisories.identity.words import (
    chunks,
    compact,
    folded,
    is_code,
    is_order_number,
    is_rating,
    ratings,
    spellings,
    word_lists,
)
from cellwarden.model.matching import Component

_LONGEST_DETAIL: Final = 2
_LONGEST_LETTERS: Final = 4
_SHORTEST_PLURAL: Final = 6
_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_LINE: Final = re.compile(rf"(?:^|-|(?<=[a-z]{{3}})(?=v)){BRANCH.pattern}$")
"""A version line, also behind a hyphen or at the end of a name that is written as one word."""
_LABEL: Final = re.compile(r"^[\"']*(?:(?:the|model|product|device)(?:\s*:\s*|\s+))?|[\"']+$")
_SERIAL: Final = re.compile(
    r"[\s,;(]+(?:s/n|sn|serial(?: no\.?| number)?)[\s.:#]+[\w-]*\d[\w-]*\)?$"
)
_MOST_MAKERS: Final = 2
_NUMBER: Final = re.compile(r"v?\d+(?:\.\d+)+\S*")
_APC_UPS_FIRMWARE: Final = re.compile(r"\d{1,3}\.\w{1,4}\s?\.[a-z]\b")


class PartShown(msgspec.Struct, frozen=True):
    """One firmware part as far as identity looks at it: name, version, and series id.

    ``lead`` is the word before the version of a part without a name.
    """

    name: str
    version: str
    series_id: str = ""
    lead: str = ""


class Columns(msgspec.Struct, frozen=True):
    """The columns that speak of identity; the same for all components alike."""

    manufacturer: str
    model: str
    part: str
    part_number: str
    hardware: str
    role: str


def columns_of(component: Component) -> Columns:
    """The identity columns of a component."""
    return Columns(
        component.manufacturer,
        component.model,
        component.part,
        component.part_number,
        component.hardware,
        component.role,
    )


@lru_cache(maxsize=131072)
def read_columns(columns: Columns) -> Evidence:
    """What the identity columns show, before any firmware is looked at."""
    vendors, rest = _vendors(columns)
    nickname = folded(columns.manufacturer)
    nickname = nickname if nickname in registry().by_nickname else ""
    texts = [t for t in (rest, columns.model, columns.part, columns.hardware) if t]
    lists = word_lists()
    read = [_model_text(text, vendors, columns.manufacturer) for text in texts]
    parts = tuple(c for text in read for c in chunks(spelled_out(text)))
    shown = parts + tuple(chunks(columns.part_number))
    codes = tuple(
        dict.fromkeys(
            compact(c)
            for c in shown
            if is_code(c) and not _NUMBER.fullmatch(c) and c not in lists.line
        )
    )
    codes = _joined(codes, parts, vendors)
    catalogued = {code: name for code in codes if (name := name_of_number(code, vendors))}
    names = tuple(dict.fromkeys(catalogued.values()))
    called = tuple(c for name in names for c in chunks(name))
    parts, shown = parts + called, shown + called
    codes = tuple(dict.fromkeys((*codes, *(compact(c) for c in called if is_code(c)))))
    plain_words = [c for c in parts if c.isalpha() and c not in lists.noise]
    short = set(abbreviations(columns.model))
    known = catalogue().products
    whole = " ".join([nickname, *texts, columns.part_number])
    named = dict.fromkeys(named_in(whole, advisory=False, vendors=vendors))
    allowed = frozenset().union(*(of_vendor(v) for v in vendors)) if vendors else None
    for product in named_by_code(codes):
        if allowed is None or product in allowed:
            named[product] = None
    hosts = tuple(p for p in named if known[p].role == "host")
    above = {step for host in hosts for step in lineage(host)[1:]}
    return Evidence(
        text=folded(f"{columns.manufacturer[:200]} {columns.model[:200]} {columns.part[:200]}"),
        vendors=vendors,
        keys=_keys(columns, texts, vendors) | {sequence(name) for name in names},
        tokens=spellings(shown)
        | _numbered(codes, vendors)
        | _in_number(parts)
        | _own_name(columns.model, vendors),
        codes=codes,
        words=tuple(dict.fromkeys(c for c in plain_words if _decides(c) and c not in short)),
        editions=tuple(c for c in plain_words if c in lists.edition),
        generic=tuple(dict.fromkeys(c for c in plain_words if c in lists.generic)),
        details=tuple(c for c in parts if len(c) <= _LONGEST_DETAIL and c not in lists.noise),
        hosts=tuple(h for h in hosts if h not in above),
        lineage=frozenset(step for host in hosts for step in lineage(host)),
        cards=_with_families(p for p in named if known[p].role == "card"),
        card_why="the register names it",
        is_thin=not columns.model.strip() and not columns.part.strip(),
        is_card=_role(columns) == "network_card",
        is_device=_role(columns) in lists.no_card_roles,
        is_part=_role(columns) in lists.part_roles
        and not any(known[p].role == "card" for p in named),
        order_numbers=_order_numbers(columns).union(catalogued),
        catalogued=frozenset(catalogued),
        families=tuple(compact(c) for c in called if is_code(c)),
        family_words=frozenset(
            c for c in called if c.isalpha() and (_decides(c) or c in lists.line)
        ),
        branches=tuple(m.group(1) for c in parts if (m := _LINE.search(c))),
        ratings=ratings(parts),
        firmware_words=_part_as_firmware(columns.part),
    )


def _part_as_firmware(part: str) -> frozenset[str]:
    """The code that a part column gives to a firmware: ETA4."""
    found = chunks(part)
    return frozenset(map(compact, found if len(found) == 1 and is_code(found[0]) else ()))


def _numbered(codes: tuple[str, ...], vendors: tuple[str, ...]) -> frozenset[str]:
    """A bare number behind its maker's short name: the 751 of SEL is the ``SEL-751``."""
    short = [vendor for vendor in vendors if vendor.isalpha() and len(vendor) <= _LONGEST_LETTERS]
    return frozenset(name + code for name in short for code in codes if code.isdigit())


def _in_number(parts: tuple[str, ...]) -> frozenset[str]:
    """Words in their other number: *meters* where a row says *meter*."""
    generic = word_lists().generic
    return frozenset(
        other
        for word in parts
        for other in (f"{word}s", word.removesuffix("s"))
        if (word in generic and other in generic)
        or (word.isalpha() and len(word) >= _SHORTEST_PLURAL and word not in generic)
    )


def _with_families(products: Iterable[str]) -> tuple[str, ...]:
    """Products and the families above them, the products first."""
    own = tuple(products)
    return tuple(dict.fromkeys((*own, *(step for one in own for step in lineage(one)))))


def _decides(word: str) -> bool:
    """True for a word that tells one product from another."""
    lists = word_lists()
    is_common = word in lists.generic or word in lists.edition or word in lists.line
    return len(word) > _LONGEST_DETAIL and not is_common


def _role(columns: Columns) -> str:
    return "_".join(columns.role.casefold().split())


def _vendors(columns: Columns) -> tuple[tuple[str, ...], str]:
    """The makers that a row names, and what its manufacturer cell says beside the maker."""
    makers: list[str] = []
    rest = ""
    for maker in vendor_ids(columns.manufacturer, nicknames=True):
        if not maker.startswith("~"):
            makers.append(maker)
        else:
            rest = columns.manufacturer
    lead = leading_vendor(columns.manufacturer)
    if lead and not makers and any(letter.isdigit() for letter in lead[1]):
        makers.append(lead[0])
        rest = lead[1]
    if not makers:
        makers.extend(branded(columns.manufacturer))
    for text in (columns.model, columns.part, columns.part_number):
        lead = leading_vendor(text)
        if lead:
            makers.append(lead[0])
        makers.extend(branded(text))
    if not makers:
        rest = ""
    makers.extend(vendor_ids(columns.manufacturer, nicknames=True))
    return tuple(dict.fromkeys(makers)), rest


@lru_cache(maxsize=65536)
def _model_text(text: str, vendors: tuple[str, ...], manufacturer: str) -> str:
    """A model text without the maker at its start, and without what says that it is one."""
    text = _LABEL.sub("", _SERIAL.sub("", folded(text)))
    for _ in range(_MOST_MAKERS):
        shorter = without_name(text, manufacturer)
        if shorter == text:
            lead = leading_vendor(text)
            shorter = lead[1] if lead else without_maker(text, vendors)
        text = shorter
    return text


def _own_name(model: str, vendors: tuple[str, ...]) -> frozenset[str]:
    """The words of an unlisted maker that begin a model's text: they may be the product's name."""
    text = folded(model)
    shorter = without_maker(text, vendors)
    return spellings(chunks(text.removesuffix(shorter))) if shorter != text else frozenset()


def _joined(
    codes: tuple[str, ...], parts: tuple[str, ...], vendors: tuple[str, ...]
) -> tuple[str, ...]:
    """The model codes, where ``ap 8641`` is one code of a known product."""
    allowed = frozenset().union(*(of_vendor(v) for v in vendors)) if vendors else None
    for letters, number in pairwise(parts):
        whole = letters + compact(number)
        if number[0].isdigit() and letters.isalpha() and len(letters) <= _LONGEST_LETTERS:
            known = named_by_code((whole,))
            if known and (allowed is None or not allowed.isdisjoint(known)):
                codes = tuple(whole if code == compact(number) else code for code in codes)
    return codes


def _keys(
    columns: Columns, texts: list[str], vendors: tuple[str, ...]
) -> frozenset[tuple[str, ...]]:
    joined = {columns.model, columns.part, f"{columns.model} {columns.part}", " ".join(texts)}
    joined.add(f"{columns.model} ({columns.part_number})")
    joined.add(columns.part_number)
    joined.update(short for text in (columns.model, columns.part) for short in abbreviations(text))
    joined |= {_model_text(text, vendors, columns.manufacturer) for text in tuple(joined)}
    return frozenset(key for text in joined if (key := sequence(text)))


def _order_numbers(columns: Columns) -> frozenset[str]:
    found = {compact(c) for c in chunks(columns.part_number) if is_code(c)}
    for text in (columns.model, columns.part):
        found.update(compact(c) for c in chunks(text) if is_order_number(c) and not is_rating(c))
    return frozenset(found)


@lru_cache(maxsize=131072)
def with_firmware(base: Evidence, shown: tuple[PartShown, ...]) -> Evidence:
    """The same row with what its firmware texts reveal: the card's generation, the series."""
    known = catalogue().products
    names = {folded(part.name) for part in shown if part.name}
    cards = list(base.cards)
    why = base.card_why
    for card in _cards_by_code(base):
        if not any(known[c].group == known[card].group for c in cards):
            cards.append(card)
            why = f"this model always holds the {known[card].name}"
    for part in shown:
        found = _card_of(base, part)
        if found and not any(known[c].group == known[found].group for c in cards):
            cards.append(found)
            label = f"{part.name} {part.version}".strip()
            why = f"firmware {label} runs on the {known[found].name}"
    lists = word_lists()
    first_words = {name.split(" ")[0] for name in names}
    only_device = bool(names) and first_words <= lists.device_parts
    old_ups = (
        "apc" in base.vendors
        and len(shown) == 1
        and _APC_UPS_FIRMWARE.fullmatch(folded(shown[0].version)) is not None
    )
    ids = {part.series_id for part in shown if part.series_id}
    by_id = [p.id for p in known.values() if ids & set(p.series_ids) and _may_be(base, p)]
    lines = {step for host in by_id for step in lineage(host)}
    return msgspec.structs.replace(
        base,
        cards=tuple(cards),
        card_why=why,
        is_card=base.is_card or (bool(names) and first_words <= lists.card_parts),
        is_device=base.is_device or (not cards and not base.is_card and (only_device or old_ups)),
        series_ids=base.series_ids | ids,
        firmware_words=base.firmware_words.union(part.lead for part in shown if part.lead),
        lineage=base.lineage | lines,
        hosts=tuple(dict.fromkeys((*base.hosts, *by_id))),
    )


def _may_be(base: Evidence, product: Product) -> bool:
    return bool(base.lineage & set(lineage(product.id)))


def _card_of(base: Evidence, part: PartShown) -> str | None:
    """The card that one firmware part reveals."""
    known = catalogue().products
    allowed = (
        frozenset().union(*(of_vendor(v) for v in base.vendors)) if base.vendors else frozenset()
    )
    version = _ZEROS.sub("", folded(part.version))
    name = folded(part.name)
    if named := [key for key in _cards_named(name) if key in allowed]:
        return named[0]
    for key in allowed:
        for one, shape in known[key].os_versions.items():
            if name == folded(one) and re.search(shape, version):
                return key
    for host in base.lineage:
        if name and not _is_of(host, name):
            continue
        for rule in known[host].cards:
            fits = any(code_fits(p, c) for p in rule.codes for c in base.codes)
            if fits and re.search(rule.version, version):
                return rule.card
    return None


@lru_cache(maxsize=4096)
def _cards_named(name: str) -> tuple[str, ...]:
    """The cards of several generations that a firmware part's name tells: ``NMC3 AOS``."""
    known = catalogue().products
    found = named_in(name, advisory=False, vendors=()) if name else ()
    return tuple(key for key in found if known[key].role == "card" and known[key].group)


@lru_cache(maxsize=16384)
def _is_of(host: str, name: str) -> bool:
    """True where a firmware part's name says no more than the host itself: ``Rack PDU``."""
    own = {folded(part) for part in catalogue().products[host].parts} - {"aos"}
    return name in own or host in named_in(name, advisory=False, vendors=())


def _cards_by_code(base: Evidence) -> tuple[str, ...]:
    """The cards that a host's model code alone reveals."""
    known = catalogue().products
    return tuple(
        card
        for host in sorted(base.lineage)
        for card, patterns in known[host].card_codes.items()
        if any(code_fits(p, c) for p in patterns for c in base.codes)
    )


def firmware_matters(base: Evidence) -> bool:
    """True where an unnamed firmware version can reveal which product this is."""
    known = catalogue().products
    return any(known[host].cards or known[host].card_codes for host in base.lineage) or (
        "apc" in base.vendors
    )

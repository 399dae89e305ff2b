"""Reading the product that an advisory statement names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from cellwarden.advisories.identity.catalogue import (
    catalogue,
    lineage,
    named_in,
    products_of_code,
)
from cellwarden.advisories.identity.nouns import Claim, Wanted
from cellwarden.advisories.identity.vendors import (
    ANYONE,
    branded,
    leading_vendor,
    vendor_ids,
    without_maker,
    without_name,
)
from cellwarden.advisories.identity.wanted import BRANCH, wanted_in
from cellwarden.advisories.identity.words import (
    chunks,
    compact,
    folded,
    is_code,
    is_order_number,
    is_wildcard,
    plain,
    ratings,
    word_lists,
)
from cellwarden.model.matching import Statement

_PARENTHESES: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SERIES: Final = re.compile(
    r"\bid\s*[=:]?\s*(\d{2,4}(?:\s*/\s*\d{2,4})*)|series[ _](\d{2,4})[ _]ups"
)
_HINT: Final = re.compile(r"nmc|network|\bid\b|series")
_LEAVES_OUT: Final = re.compile(r"\s*(?:incl|excl|except|without|not )")
_LETTER_X: Final = re.compile(r"[a-z]+\d{2,}x")
_VERSION_LINE: Final = re.compile(r"(?<!hardware )\bversions? (\d{1,4}(?:\.\d+)+)(?!\S)")
"""``CMU Firmware Version 12.4`` is of the V12.4 line."""
_ABBREVIATED: Final = range(3, 7)
"""Words of a name that people abbreviate to their first letters."""
_TYPE: Final = re.compile(r"\btype\s?=\s?(\S+)")
_TOLD_CODE: Final = re.compile(r"([A-Z]{2,4}-?\d{1,4}) (?=[A-Z]?\.?\d)")
"""A model before a version: ``VS4 A.07.107``."""
_BOXES: Final = re.compile(r"\s*[\u25a1\u25a0\u2610]\s*")
"""Boxes stand for letters and digits that are free."""
_BARE: Final = re.compile(r"v\d")
_ANDS: Final = re.compile(r"\s+and\s+|\s+&\s+|,\s+|\s+/\s+")
_LETTERS_CODE: Final = re.compile(
    r"[(\[]\s*([a-z]{0,2}[A-Z]{3,}(?:-[A-Z]{2,})+|[a-z]{1,2}[A-Z]{3,})\s*[)\]]"
)
"""A code without digits in a name's brackets: ``Manager Touch (eBMGR-TCH)``."""
_SHORT_NAME: Final = re.compile(r"(\S+(?:\s+\S+)+)\s+\(([A-Za-z]{2,6})\)")
_SERIAL: Final = re.compile(
    r"[\s,(]*\b(?:serial (?:number|no)|(?:devices |units )?(?:manufactured|produced|built)"
    r" (?:between|before|after|prior|from|until|since))\b.*$"
)
_AND_EARLIER: Final = re.compile(r"\b(?:and|or) (?:earlier|prior|lower|below|later|newer|higher)\b")
_NUMBER_PATTERN: Final = re.compile(
    r"\b(?=[a-z0-9-]*\d?)([a-z0-9]{3,}(?:-[a-z0-9]+)*\*[a-z0-9*-]*)"
)
_APPOSITION: Final = re.compile(
    r"(?<=[a-z])(?<!\bon)(?<!\bby)(?<!\bof)(?<!\bin)(?<!\bto)(?<!\bas)(?<!\bis)(?<!\bfor)(?<!\bwith)(?<!\band)"
    r"(?<!ing) an? [a-z]{3}.*$"
)
"""What a name is, told behind it: ``CBAS Web a Web Building Management System``."""
_BUILT_UPON: Final = re.compile(
    r"\s+(?:(?:as\s+)?built\s+(?:up)?on|with\s+cpu\s+variants?"
    r"|that\s+(?:utilize|use)|using(?=\s(?!nmc)[a-z]{3,}\d+(?:/|$)))\s(.*)$"
)
"""What a product is made of is no part of its name, but has to be there."""


def read_claim(statement: Statement) -> Claim:
    """What product a statement speaks of. Statements with the same texts share one claim."""
    product = statement.product or statement.family or statement.full_name.split(":", 1)[0]
    product = _without_bound(product, statement.version_text)
    claim = _claim(
        statement.vendor, product, statement.part_numbers, statement.cpe, statement.requires
    )
    version = statement.version_text if statement.version_kind != "vers" else ""
    if code := _TOLD_CODE.match(_tail(statement.full_name).strip()):
        claim = _with_told_code(claim, compact(code[1].casefold()))
    if not claim.vendors or not (claim.hosts or claim.cards or _HINT.search(version.casefold())):
        return claim
    return _with_surroundings(claim, f"{statement.hardware} {version} {_tail(statement.full_name)}")


def _without_bound(product: str, version: str) -> str:
    """A name without its last word where all below that name is meant: ``< PI Vision 2020``."""
    op, bound = version[:1], version[1:].strip()
    name, _, last = product.strip().rpartition(" ")
    is_below_itself = op == "<" and bound.casefold() == product.strip().casefold()
    return name if is_below_itself and name and last[:1].isdigit() else product


@lru_cache(maxsize=16384)
def _with_told_code(claim: Claim, code: str) -> Claim:
    """The claim with the model that its versions begin with: ``SureSigns: VS4 A.07.107``."""
    wanted = tuple(
        w if w.codes or w.wildcards else msgspec.structs.replace(w, beside=(*w.beside, code))
        for w in claim.wanted
    )
    return msgspec.structs.replace(claim, wanted=wanted)


@lru_cache(maxsize=65536)
def _claim(
    vendor: str,
    product: str,
    part_numbers: tuple[str, ...],
    cpe: str,
    requires: tuple[str, ...],
) -> Claim:
    if cpe and not product:
        vendor, product = _of_cpe(cpe)
    text = _TYPE.sub(r"(\1)", folded(_BOXES.sub("*", product)))
    makers = [*vendor_ids(vendor), *_abbreviated(vendor), *branded(text)]
    lead = leading_vendor(text)
    if lead is not None:
        makers.append(lead[0])
        text = lead[1]
    vendors = tuple(dict.fromkeys(makers)) or (ANYONE,)
    text = without_maker(without_name(text, vendor), vendors)
    serial = _SERIAL.search(text)
    text = text[: serial.start()] if serial else text
    text = without_apposition(text)
    within = _BUILT_UPON.search(text)
    text = _VERSION_LINE.sub(r"v\1", text[: within.start()] if within else text)
    within_it = _wanted(within.group(1), without=()) if within else ()
    pieces, others = _by_other_makers(text)
    vendors = tuple(dict.fromkeys((*vendors, *others)))
    named = named_in(product, advisory=True, vendors=() if vendors == (ANYONE,) else vendors)
    known = catalogue().products
    cards = _narrowest({p for p in named if known[p].role == "card"})
    branches = {m.group(1) for c in chunks(text) if (m := BRANCH.fullmatch(c))}
    is_one_line = len(branches) == 1 and not _AND_EARLIER.search(text)
    return Claim(
        vendor_text=vendor,
        text=product,
        vendors=vendors,
        key=sequence(text),
        wanted=tuple(
            msgspec.structs.replace(w, beside=tuple(c for need in within_it for c in need.codes))
            for piece in pieces
            for w in _wanted(piece, without=named if cards else ())
        ),
        hosts=frozenset(_narrowest({p for p in named if known[p].role == "host"})),
        cards=frozenset(cards),
        series_ids=_series_ids(product),
        order_numbers=_order_numbers(text, part_numbers),
        number_patterns=_number_patterns(text),
        requires=(
            *(w for need in requires for w in _wanted(_required(need), without=())),
            *_serial(serial.group() if serial else ""),
            *within_it,
        ),
        branch=branches.pop() if is_one_line else "",
        is_generation=is_one_line and _is_generation(text),
        ratings=ratings(chunks(text)),
        short=tuple(dict.fromkeys((*abbreviations(text), *_initials(product), *_initials(text)))),
        variants=(*_variants(text), *map(_letters_code, _LETTERS_CODE.findall(product))),
        unspaced=_unspaced(product, text),
    )


def _unspaced(product: str, text: str) -> tuple[str, ...]:
    """A name as one word, with all that a key leaves out: ``lynxfirmware``, ``ewoncosy``.

    Without its brackets where they hold order numbers alone.
    """
    inside = [c for piece in _PARENTHESES.findall(text) for c in chunks(piece)]
    if inside and not all(map(is_order_number, inside)):
        return ()
    whole = {
        "".join(map(compact, told))
        for name in (product, text)
        if (told := chunks(_PARENTHESES.sub(" ", folded(name)))) and len(told) > 1
    }
    return tuple(sorted(whole - set(sequence(text))))


def _abbreviated(vendor: str) -> tuple[str, ...]:
    """The maker under the short name that stands behind its own: Dover Fueling Solutions (DFS)."""
    found = _SHORT_NAME.fullmatch(vendor)
    if found is None:
        return ()
    letters = "".join(word[0] for word in found[1].split()).casefold()
    return vendor_ids(found[2]) if found[2].casefold() in letters else ()


def without_apposition(text: str) -> str:
    """A folded name without what it is, told behind it."""
    return _APPOSITION.sub("", text)


def _is_generation(text: str) -> bool:
    """True where a bare ``v2`` stands behind a model's code: it may be the hardware's."""
    return any(
        _BARE.fullmatch(there) and any(letter.isdigit() for letter in here) and len(here) > 2  # noqa: PLR2004 - PCS 7 V9
        for here, there in pairwise(chunks(text))
    )


def _by_other_makers(text: str) -> tuple[list[str], list[str]]:
    """The products of ``smartRTU and INEA ME-RTU``, and the makers that stand inside the text."""
    pieces = _ANDS.split(text)
    leads = [leading_vendor(piece) for piece in pieces]
    if len(pieces) == 1 or not any(leads[1:]):
        return [text], []
    shown = [lead[1] if lead else piece for lead, piece in zip(leads, pieces, strict=True)]
    return shown, [lead[0] for lead in leads if lead]


def _serial(words: str) -> tuple[Wanted, ...]:
    """The serial numbers or days to which a product text is restricted, as a thing to be shown."""
    if not words:
        return ()
    head, _, rest = words.strip(" ,()").removeprefix("devices ").partition(" ")
    return (Wanted(words=(head,), generic=(rest,)),)


def _initials(text: str) -> Iterator[str]:
    """What people call a name of several words: PME, SESU."""
    words = chunks(_PARENTHESES.sub(" ", folded(text)))
    if len(words) in _ABBREVIATED and all(word.isalpha() for word in words):
        yield "".join(word[0] for word in words)


def abbreviations(text: str) -> Iterator[str]:
    """The abbreviations in a name's brackets: ``Power Monitoring Expert (PME)`` is PME."""
    text = folded(text) if "(" in text else ""
    letters = "".join(word[0] for word in chunks(_PARENTHESES.sub(" ", text)))
    for inside in _PARENTHESES.findall(text):
        words = chunks(inside)
        if words and words[0].isalpha() and len(words[0]) > 2 and words[0] in letters:  # noqa: PLR2004 - PME
            yield from sequence(inside)
            yield from sequence(f"{text.split(' ')[0]} {inside}")


def _variants(text: str) -> tuple[str, ...]:
    """The model codes in a name's brackets: ``7SA82 (CP100)``."""
    return tuple(
        compact(chunk)
        for inside in _PARENTHESES.findall(text)
        if not _LEAVES_OUT.match(inside)
        for chunk in chunks(inside)
        if is_code(chunk)
        and not is_order_number(chunk)
        and (not is_wildcard(chunk) or _LETTER_X.fullmatch(chunk))
        and "*" not in chunk
    )


def _letters_code(text: str) -> str:
    return compact(folded(text))


def _number_patterns(text: str) -> tuple[str, ...]:
    """The order numbers with an asterisk in a name's brackets: ``(part numbers BMXP34*)``."""
    inside = " ".join(_PARENTHESES.findall(text))
    return tuple(dict.fromkeys(compact(found) for found in _NUMBER_PATTERN.findall(inside)))


@lru_cache(maxsize=16384)
def _with_surroundings(claim: Claim, around: str) -> Claim:
    """The claim with the card and the series that stand beside the product's name."""
    near = named_in(around, advisory=True, vendors=claim.vendors)
    known = catalogue().products
    cards = claim.cards or frozenset(_narrowest({p for p in near if known[p].role == "card"}))
    series = claim.series_ids or _series_ids(around)
    if cards == claim.cards and series == claim.series_ids:
        return claim
    return msgspec.structs.replace(claim, cards=cards, series_ids=series)


def _series_ids(text: str) -> frozenset[str]:
    found = _SERIES.findall(folded(text))
    return frozenset(re.findall(r"\d+", " ".join(one or other for one, other in found)))


def _of_cpe(cpe: str) -> tuple[str, str]:
    """Vendor and product of a CPE 2.3 name, with spaces for its underscores."""
    fields = re.split(r"(?<!\\):", cpe)
    if len(fields) < 5:  # noqa: PLR2004 - cpe, 2.3, part, vendor, product
        return "", cpe
    vendor, product = (re.sub(r"\\(.)", r"\1", field).replace("_", " ") for field in fields[3:5])
    return vendor, product.removesuffix(" firmware")


def _required(need: str) -> str:
    if need.startswith("cpe:"):
        return " ".join(_of_cpe(need)[1:])
    return folded(need)


def _tail(full_name: str) -> str:
    """What a leaf's full name says after its product: ``NMC2 AOS v6.9.6 and prior``."""
    return full_name.split(":", 1)[1] if ":" in full_name else ""


def _narrowest(hosts: set[str]) -> set[str]:
    """Without the families of which a member is named as well."""
    above = {step for host in hosts for step in lineage(host)[1:]}
    return hosts - above


def _order_numbers(text: str, part_numbers: tuple[str, ...]) -> frozenset[str]:
    found = {compact(c) for number in part_numbers for c in chunks(number) if is_code(c)}
    for inside in _PARENTHESES.findall(text):
        found.update(compact(c) for c in chunks(inside) if is_order_number(c))
    found.update(compact(c) for c in chunks(text) if c[0].isdigit() and is_order_number(c))
    return frozenset(found)


@lru_cache(maxsize=65536)
def sequence(text: str) -> tuple[str, ...]:
    """A name's words in their order, without maker and noise: equal where the name is the same."""
    lead = leading_vendor(text)
    noise = word_lists().noise
    told = chunks(lead[1] if lead else text)
    kept = tuple(compact(c) for c in told if c not in noise) or tuple(map(compact, told))
    joined = "".join(kept)
    return (joined,) if joined else ()


@lru_cache(maxsize=65536)
def product_key(text: str) -> str:
    """One word for a product, whatever version line its name says; empty where it says none."""
    kept = " ".join(chunk for chunk in chunks(text) if not BRANCH.fullmatch(chunk))
    return "".join(sequence(kept))


def spans_lines(text: str) -> bool:
    """True where a product's name says several version lines: ``V7.1 and earlier``."""
    branches = [chunk for chunk in chunks(text) if BRANCH.fullmatch(chunk)]
    return len(branches) > 1 or (bool(branches) and _AND_EARLIER.search(folded(text)) is not None)


def _wanted(text: str, *, without: tuple[str, ...]) -> tuple[Wanted, ...]:
    """What a product text asks for, without the known products that are told from it already."""
    return wanted_in(_without_products(text, without) if without else text)


def _without_products(text: str, products: tuple[str, ...]) -> str:
    flat = plain(text)
    for key, says, _ in catalogue().advisory:
        if key in products:
            flat = says.sub(" ", flat)
    return flat


def named_by_code(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Known products that model codes stand for."""
    return tuple(dict.fromkeys(p for code in codes for p in products_of_code(code)))

"""The words of identity: what a register row and an advisory's product are read as, and more."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Answer(StrEnum):
    """Is it this product?"""

    SAME = "same"
    CANDIDATE = "candidate"
    OTHER = "other"


class Feature(msgspec.Struct, frozen=True):
    """One thing that was compared: its name, what it says in words, and for which answer."""

    name: str
    words: str
    supports: bool | None


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, with its confidence from 0 to 1 and the features that led to it.

    ``why`` is one sentence. ``specificity`` sorts leaves of one advisory: 5 the order number or
    the whole name, 4 a model code, 3 the product's name, 2 a family. ``is_series_open`` is true
    where the product is certain and only its series or variant is not known; ``is_partial`` where
    the advisory's name has a word that the register does not say.
    """

    answer: Answer
    confidence: float
    why: str
    features: tuple[Feature, ...] = ()
    specificity: int = 3
    is_series_open: bool = False
    is_partial: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One product that an advisory's text may mean: what a component has to show for it.

    ``codes`` and ``wildcards`` are model codes; ``words`` decide, ``generic`` words do not;
    ``details`` are short numbers and letters; ``line`` names a line of products. ``beside`` are
    the codes of what it is built upon, which no other product has for itself; ``aside`` the words
    in the name's brackets, which a row may have as well.
    """

    codes: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The product that an advisory statement speaks of, read once.

    ``vendors`` are makers' ids. ``hosts`` and ``cards`` are products of ``products.toml``: where
    both stand, the card in that host is meant. ``series_ids`` are firmware series (``ID=18``).
    ``branch`` is a version line named in the product text (``V5``), without its letter;
    ``is_generation`` is true where it may be the hardware's as well (``RS416 v2``).
    ``number_patterns`` are order numbers with an asterisk for what is free.
    ``short`` are abbreviations of the name that stand in brackets, ``variants`` the model codes
    there, ``unspaced`` the name as one word, where that is not its ``key``.
    """

    vendor_text: str
    text: str
    vendors: tuple[str, ...]
    key: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    hosts: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()
    series_ids: frozenset[str] = frozenset()
    order_numbers: frozenset[str] = frozenset()
    number_patterns: tuple[str, ...] = ()
    ratings: tuple[tuple[str, frozenset[str]], ...] = ()
    requires: tuple[Wanted, ...] = ()
    branch: str = ""
    is_generation: bool = False
    short: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    unspaced: tuple[str, ...] = ()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a register row shows of its identity, read once.

    ``vendors`` are makers' ids, empty where nobody is named; ``words`` tell products apart and
    ``generic`` ones say what kind of thing it is. ``hosts`` are known products with
    the families above them in ``lineage``; ``cards`` the network cards. ``is_card`` is true where
    the component is a network card itself, ``is_device`` where its firmware is the device's own,
    ``is_part`` for a battery, sensor or board in a device, ``is_thin`` where neither model nor
    part is filled. ``catalogued`` are the codes whose name ``numbers.toml`` knows, ``families`` the
    codes in those names, ``family_words`` the words that tell them apart. ``firmware_words`` stand
    before the versions of its firmware: ALEOS, CPCI85.
    """

    text: str
    vendors: tuple[str, ...]
    keys: frozenset[tuple[str, ...]]
    tokens: frozenset[str]
    codes: tuple[str, ...]
    words: tuple[str, ...]
    editions: tuple[str, ...]
    details: tuple[str, ...]
    generic: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    lineage: frozenset[str] = frozenset()
    cards: tuple[str, ...] = ()
    card_why: str = ""
    is_thin: bool = False
    is_card: bool = False
    is_device: bool = False
    is_part: bool = False
    series_ids: frozenset[str] = frozenset()
    order_numbers: frozenset[str] = frozenset()
    branches: tuple[str, ...] = ()
    catalogued: frozenset[str] = frozenset()
    families: tuple[str, ...] = ()
    family_words: frozenset[str] = frozenset()
    ratings: tuple[tuple[str, frozenset[str]], ...] = ()
    firmware_words: frozenset[str] = frozenset()

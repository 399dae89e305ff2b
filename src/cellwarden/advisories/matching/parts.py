"""Which of a component's firmware versions a statement speaks of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cellwarden.advisories.identity import Claim, Evidence, PartShown, catalogue
from cellwarden.advisories.identity.catalogue import named_in
from cellwarden.advisories.identity.words import LONGEST_TEXT, folded, word_lists
from cellwarden.advisories.matching.counted import lead_of
from cellwarden.advisories.matching.nouns import Chosen, Line
from cellwarden.advisories.versions import FirmwarePart, read_firmware
from cellwarden.model.matching import Component

_NAMES_NOTHING: Final = frozenset({"fw", "firmware", "version", "ver", "software", "sw"})
"""Words before a version that name no part."""
_IN_MODEL: Final = re.compile(
    r"\b(?:UPS|COM|FW|VER|VERSION|V)[ .:]{0,2}\d+(?:\.\d+)+\S*(?:\s*/\s*\S+\s+\S+)*", re.IGNORECASE
)


@lru_cache(maxsize=16384)
def firmware_parts(firmware: str, part: str) -> tuple[FirmwarePart, ...]:
    """The firmware parts of a row; a single version without a name takes the part column's."""
    found = read_firmware(firmware)
    if len(found) != 1:
        return found
    only = found[0]
    name = "" if folded(only.name) in _NAMES_NOTHING else only.name
    if not name and part:
        name = _part_of(part)
    if name == only.name:
        return found
    return (FirmwarePart(name=name, version=only.version, ids=only.ids),)


@lru_cache(maxsize=4096)
def _part_of(column: str) -> str:
    """The firmware part that a part column means: its known card, else its first word."""
    known = catalogue().products
    for card in named_in(column, advisory=False, vendors=()):
        if known[card].role != "card":
            continue
        own = known[card].parts
        return next(
            (p for p in own if card in named_in(p, advisory=False, vendors=())),
            own[0] if own else "",
        )
    first = re.split(r"[^a-z0-9]+", folded(column))[0]
    lists = word_lists()
    return first.upper() if first in lists.device_parts or first in lists.card_parts else ""


@lru_cache(maxsize=16384)
def shown(firmware: str, part: str) -> tuple[PartShown, ...]:
    """The firmware parts as far as identity looks at them."""
    return tuple(
        PartShown(
            name=one.name,
            version=one.version,
            series_id=one.ids.get("id", ""),
            lead="" if one.name else lead_of(one.version),
        )
        for one in firmware_parts(firmware, part)
    )


def firmware_in_model(component: Component) -> str:
    """A version that stands in the model or maker cell, where the firmware cell is blank."""
    return _version_in(component.model, component.manufacturer)


@lru_cache(maxsize=65536)
def _version_in(*texts: str) -> str:
    for text in texts:
        text = text[:LONGEST_TEXT]  # noqa: PLW2901 - a hostile cell is not searched to its end
        found = _IN_MODEL.search(text)
        if found:
            return found.group()
    return ""


def choose(line: Line, parts: tuple[FirmwarePart, ...], column: str, seen: Evidence) -> Chosen:
    """The versions that a statement speaks of.

    Words in the range decide, then what is known of the product; where the part cannot be told,
    all parts are given with a doubt, and only their agreement decides.
    """
    versions = tuple(one.version for one in parts)
    if not parts:
        return Chosen(column, ())
    is_card = _names_a_card(column, seen)
    if is_card and not line.claim.cards and line.claim.hosts:
        why = "the advisory does not say which firmware of the device it means"
        return Chosen(column, versions, why)
    if len(parts) == 1 and not parts[0].name:
        return Chosen(column, versions, _unnamed_doubt(line, column, seen))
    found = _named(line, parts, column)
    if found is not None:
        return Chosen(found.name, (found.version,))
    if len(parts) == 1:
        wanted, own = ", ".join(line.part_words), parts[0].name
        doubt = f"the advisory speaks of {wanted}, the register of {own}" if wanted else ""
        return Chosen(own, versions, doubt)
    names = ", ".join(one.name or "a part without a name" for one in parts)
    return Chosen(column, versions, f"which of {names} is meant is not said")


def _names_a_card(column: str, seen: Evidence) -> bool:
    """True where the part column says that this component is the network card of its device."""
    return (
        bool(seen.cards)
        and bool(column)
        and not _cards_in(column, seen.vendors).isdisjoint(seen.cards)
    )


@lru_cache(maxsize=4096)
def _cards_in(column: str, vendors: tuple[str, ...]) -> frozenset[str]:
    return frozenset(named_in(column, advisory=False, vendors=vendors))


def _named(line: Line, parts: tuple[FirmwarePart, ...], column: str) -> FirmwarePart | None:
    """The part that the range's words name, or that statements on this product speak of."""
    by_name = {one.name.upper(): one for one in reversed(parts)}
    for name in line.part_words:
        for key, one in by_name.items():
            if name in {key, key.split(" ")[0]}:
                return one
    wanted = (*_speaks_of(line.claim), column.upper())
    return next((by_name[name] for name in wanted if name and name in by_name), None)


def _speaks_of(claim: Claim) -> tuple[str, ...]:
    known = catalogue().products
    return tuple(
        part.upper() for key in sorted(claim.cards or claim.hosts) for part in known[key].parts
    )


def _unnamed_doubt(line: Line, column: str, seen: Evidence) -> str:
    """A lone version without a name fits unless the range names a part that counts otherwise."""
    if "AOS" not in line.part_words or not line.claim.cards or folded(column) == "aos":
        return ""
    known = catalogue().products
    held = set(seen.cards) & line.claim.cards
    if not any(held & set(known[host].own_count) for host in seen.lineage):
        return ""
    return "the advisory speaks of the card's AOS; of which part the version is, is not recorded"

"""Whether the four roles of a product are filled, by whom, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from cellwarden.vendors.parties.nouns import FOUR_ROLES, Entity, Filled, Link

_ONE_HOLDER: Final = frozenset({"manufacturer", "firmware_maintainer", "cloud_operator"})
"""Roles that one entity holds; partners may be several."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One role of a product: filled, disputed or unknown, with holders and sources."""

    role: str
    state: Filled
    holders: tuple[str, ...]
    sources: tuple[str, ...]
    facts: tuple[str, ...]


def roles_of(
    manufacturer: str, model: str | None, makers: Sequence[Entity], links: Iterable[Link]
) -> tuple[Role, ...]:
    """The four roles of one product.

    ``makers`` are the entities whom the name on the plate means. A relationship speaks for the
    product where it names it, or its maker; the maker's party row speaks where none does,
    and settles nothing where the maker itself is disputed.
    """
    relevant = [one for one in links if _speaks_for(one, manufacturer, model, makers)]
    return tuple(_role(role, makers, relevant) for role in FOUR_ROLES)


def _speaks_for(link: Link, manufacturer: str, model: str | None, makers: Sequence[Entity]) -> bool:
    if link.model and (model is None or link.model.casefold() != model.casefold()):
        return False
    if link.manufacturer:
        return link.manufacturer.casefold() == manufacturer.casefold()
    ids = {one.id for one in makers}
    return link.of_party in ids or (link.of_party is None and link.party in ids)


def _role(role: str, makers: Sequence[Entity], links: Sequence[Link]) -> Role:
    said = [one for one in links if one.role == role]
    is_open = not said and len(makers) > 1
    holders = {one.party for one in said}
    sources = {one.source or "the register, source not stated" for one in said}
    facts = {one.fact for one in said if one.fact}
    if not said:
        own = [one for one in makers if role in one.roles]
        holders = {one.id for one in own}
        sources = {"the party's own row" for _ in own}
        facts = {one.fact for one in own if one.fact}
    if not holders:
        state = Filled.UNKNOWN
    elif role in _ONE_HOLDER and (len(holders) > 1 or is_open):
        state = Filled.DISPUTED
    else:
        state = Filled.FILLED
    return Role(
        role=role,
        state=state,
        holders=tuple(sorted(holders)),
        sources=tuple(sorted(sources)),
        facts=tuple(sorted(facts)),
    )

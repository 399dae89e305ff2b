"""The values of this room: an entity, a link between entities, a stake in one."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

FOUR_ROLES: Final = ("manufacturer", "firmware_maintainer", "cloud_operator", "service_partner")
"""The entities that every connected battery product has, whoever's logo it carries."""


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One legal entity; ``country`` is None where nobody has said it, as for an owner by name."""

    id: str
    name: str
    country: str | None = None
    roles: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    lei: str | None = None
    aliases: tuple[str, ...] = ()
    fact: str | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One entity's part in a product or in another entity's business, while it lasts."""

    party: str
    role: str
    of_party: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    site: str | None = None
    flow_down: bool | None = None
    source: str | None = None
    fact: str | None = None


class Unnamed(msgspec.Struct, frozen=True, kw_only=True):
    """One parent that an entity did not name, with the reason's code as it was given."""

    owned: str
    kind: str
    reason: str
    source: str | None = None
    fact: str | None = None


class Stake(msgspec.Struct, frozen=True, kw_only=True):
    """One stake in an entity, in percent; a bound is None where nobody has said it.

    ``consolidates``: the owner consolidates it in its accounts, which proves control and no share.
    ``controls``: it is said to control, whatever its share.
    """

    owned: str
    owner: str
    kind: str
    low: Decimal | None = None
    high: Decimal | None = None
    consolidates: bool = False
    controls: bool = False
    since: str | None = None
    source: str | None = None
    fact: str | None = None


class Filled(StrEnum):
    """Whether a role has its entity."""

    FILLED = "filled"
    DISPUTED = "disputed"
    UNKNOWN = "unknown"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a path: how the entity is reached from the one before, and which it is."""

    how: str
    entity: str

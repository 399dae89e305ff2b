"""The values of this room: a file, a record of an entity, of a parent, of a parent not named."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

IN_FORCE: Final = frozenset({"ISSUED", "PENDING_TRANSFER", "PENDING_ARCHIVAL"})
"""Registration statuses of an LEI that its holder keeps up (LEI-CDF 3.1, RegistrationStatus)."""
NOT_LISTED: Final = "NOT_LISTED"
"""Our own status: the whole file was read, and no record in it carries this LEI."""

ADVICE: Final = "fetch the file anew from gleif.org, as the plain XML, CSV or .zip file"
CELLS: Final = {
    "LEI": "lei",
    "Entity.LegalName": "name",
    "Entity.LegalAddress.Country": "address_country",
    "Entity.LegalJurisdiction": "jurisdiction",
    "Entity.LegalForm.EntityLegalFormCode": "form_code",
    "Entity.LegalForm.OtherLegalForm": "form",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "registration",
    "Entity.EntityStatus": "entity_status",
    "Entity.SuccessorEntity.SuccessorLEI": "successor",
    "Registration.RegistrationStatus": "status",
    "Registration.NextRenewalDate": "renewal_on",
    "Relationship.StartNode.NodeID": "child",
    "Relationship.StartNode.NodeIDType": "child_type",
    "Relationship.EndNode.NodeID": "parent",
    "Relationship.EndNode.NodeIDType": "parent_type",
    "Relationship.RelationshipType": "type",
    "Relationship.RelationshipStatus": "state",
}
"""What XML and CSV call alike (LEI-CDF 3.1, RR-CDF 2.1), by our names."""


class Level(StrEnum):
    """What a file tells of: entities, their parents, or parents that they did not name."""

    ENTITIES = "level 1"
    PARENTS = "level 2"
    NOT_NAMED = "reporting exceptions"


class Raw(NamedTuple):
    """One record as XML and CSV both give it: the line, cells by our names, names, periods."""

    line: int
    cells: dict[str, str]
    names: list[str]
    periods: list[dict[str, str]]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself; None and False where it does not say."""

    level: Level
    dated_on: date | None
    is_whole: bool
    records: int | None


class LeiRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One legal entity as its record says; ``country`` is that of its jurisdiction."""

    lei: str
    name: str
    names: tuple[str, ...]
    country: str | None
    form: str | None
    registration: str | None
    entity_status: str | None
    status: str | None
    renewal_on: str | None
    successor: str | None = None


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """One entity that consolidates another one; ``kind`` is direct or ultimate."""

    child: str
    parent: str
    kind: str
    since_on: str | None
    until_on: str | None
    is_active: bool


class NotNamed(msgspec.Struct, frozen=True, kw_only=True):
    """One parent that an entity did not name, with the reason's code; direct or ultimate."""

    lei: str
    kind: str
    reason: str
    reference: str | None
    is_withdrawn: bool = False


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One record that cannot be used: where, why, and what stood there."""

    line: int
    reason: str
    text: str

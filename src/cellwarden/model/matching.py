"""Components, advisory statements, and what one says about the other."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class MatchState(StrEnum):
    """What is known of one component under one advisory. There is no row for another product."""

    AFFECTED = "affected"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"
    UNDETERMINED = "undetermined"


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an inventory, verbatim; an empty string is an unknown."""

    component_id: str
    manufacturer: str = ""
    model: str = ""
    part: str = ""
    firmware: str = ""
    role: str = ""
    hardware: str = ""
    part_number: str = ""
    serial: str = ""
    site_id: str = ""
    asset_id: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one advisory says about one product leaf; the columns of the kind ``statement``."""

    advisory_id: str
    leaf_id: str
    status: str
    vulnerabilities: tuple[str, ...]
    vendor: str = ""
    product: str = ""
    family: str = ""
    version_text: str = ""
    version_kind: str = "range"
    full_name: str = ""
    part_numbers: tuple[str, ...] = ()
    hardware: str = ""
    cpe: str = ""
    purl: str = ""
    requires: tuple[str, ...] = ()
    is_first_fixed: bool = False
    justification: str = ""


class Remedy(msgspec.Struct, frozen=True):
    """One way out that a document names: its text, and the leaves that it is for.

    Without leaves it is for whatever product the text speaks of.
    """

    text: str
    leaves: frozenset[str] = frozenset()


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One component x advisory x state, explained in words; a line of ``cellwarden match``.

    ``confidence`` is that of the identity, 0 to 1. ``candidate`` is true where the product is not
    certain; the state is then undetermined. ``range`` is the advisory's words, ``version`` the
    component's own, ``source`` the place of the statement (advisory and leaf ids).
    """

    component_id: str
    part: str
    advisory_id: str
    vulnerabilities: tuple[str, ...]
    state: MatchState
    confidence: float
    candidate: bool
    range: str
    version: str
    why: str
    fixed_in: str
    source: str

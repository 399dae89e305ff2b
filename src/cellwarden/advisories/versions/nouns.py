"""The words of version reading: firmware parts, comparators, ranges' quality, placements."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Quality(StrEnum):
    """How well the words of a range were understood."""

    READ = "read"
    LOSSY = "lossy"
    NOT_UNDERSTOOD = "not_understood"


class FirmwarePart(msgspec.Struct, frozen=True, kw_only=True):
    """One firmware-bearing part that a device or a person named in a version text.

    ``name`` is the part's own word (``AOS``, ``INV``), empty where none is given; ``version`` is
    verbatim; ``ids`` holds what else was said of the part, by lower-case word: ``id`` (a series
    id), ``date``, ``build``, ``sn``.
    """

    name: str
    version: str
    ids: dict[str, str] = msgspec.field(default_factory=dict)


class Comparator(msgspec.Struct, frozen=True, kw_only=True):
    """One bound: ``op`` is one of ``< <= = >= > !=``, or ``is`` for the very same text.

    ``bounds`` are the names of one and the same version, verbatim: more than one where a document
    gives two (``4.04E_v10.95.210.01``). ``prefix`` is true where a wildcard ends the bound, so
    that it stands for every version that begins with it.
    """

    op: str
    bounds: tuple[str, ...]
    prefix: bool = False


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """A conjunction of comparators; one of a range's alternatives has to hold.

    Where ``is_certain`` is false the words may mean it or may not: what lies in it is
    undetermined. ``conditions`` are those of this alternative alone.
    """

    comparators: tuple[Comparator, ...]
    is_certain: bool = True
    conditions: tuple[str, ...] = ()


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a version lies against a range, of the version part alone.

    ``inside`` is nothing where it cannot be told. ``conditions`` are the words of the range that
    have to hold as well before anybody may say affected (``NMC2``, ``BIOS``, ``with Ethernet
    interface``); outside needs none of them. ``scheme`` names what compared.
    """

    inside: bool | None
    why: str
    scheme: str = ""
    conditions: tuple[str, ...] = ()

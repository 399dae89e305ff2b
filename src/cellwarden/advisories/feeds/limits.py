"""How large, deep and many imported things may be before they are refused."""

from __future__ import annotations

import msgspec

MEBIBYTE = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on what comes from outside; sizes in bytes.

    ``depth`` counts nested JSON lists and objects, ``nodes`` all of them, ``values`` what stands
    between commas: each costs far more memory than its two characters. ``characters_per_byte`` and
    ``characters_floor`` bound the cells that one document may unfold into: a few references can
    name the same million products again and again. ``notes`` bounds the *unreadable* rows of one
    document. ``ratio`` is unpacked over packed size, looked at only above
    ``ratio_floor``, because small files of blanks pack well and harm nobody.
    """

    document_bytes: int = 64 * MEBIBYTE
    depth: int = 100
    nodes: int = 2_000_000
    values: int = 8_000_000
    cell_characters: int = 4_000
    id_characters: int = 500
    characters_per_byte: int = 4
    characters_floor: int = 16 * MEBIBYTE
    notes: int = 100
    members: int = 500_000
    total_bytes: int = 4096 * MEBIBYTE
    ratio: int = 200
    ratio_floor: int = 4 * MEBIBYTE


DEFAULT_LIMITS = Limits()

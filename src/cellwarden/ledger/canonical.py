"""Canonical JSON (RFC 8785) for the values that an entry may hold: text, nothing, whole numbers."""

from __future__ import annotations

import json
from typing import Final

Value = str | int | bool | None | list["Value"] | dict[str, "Value"]
"""What an entry may hold. There is no float: quantities are decimal text with a unit."""

_LARGEST_EXACT: Final = 2**53 - 1

_encode_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical_json(value: Value) -> bytes:
    """Encode a value as RFC 8785 demands: keys by UTF-16 code units, no blanks, UTF-8.

    Raises:
        ValueError: a float, a whole number beyond 2**53 - 1, or half a surrogate pair.
    """
    return _encode_text(_ordered(value)).encode("utf-8")


def _ordered(value: Value) -> Value:
    """The value with every object's keys in order, after refusing what has no canonical form."""
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return {key: _ordered(item) for key, item in pairs}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, float):
        raise ValueError(f"{value!r} is a float; write quantities as decimal text")  # noqa: TRY004 - callers catch one error
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        raise ValueError(f"{value} is beyond 2**53 - 1 and has no canonical form")
    return value

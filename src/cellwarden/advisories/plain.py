"""Plain versions: numbers with points, told apart by bytes that sort as they do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST_VERSION: Final = 120
"""Characters; nobody's version is longer, and hostile cells are."""
MOST_TAME: Final = 999
"""Above it, a number may be a build or a year."""
_PLAIN: Final = re.compile(r"[vV]?(\d{1,7}(?:\.\d{1,7})+)")
_PADDED_FRACTION: Final = re.compile(r"\d+\.0\d*[1-9]\d*")
_LIKE_A_DAY: Final = re.compile(r"(?:\d\d?\.\d\d?|0[1-9]|1[0-2])\.(?:199\d|20[0-4]\d)")
_TAME: Final = re.compile(r"[vV]?(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){1,2}")


class Plain(NamedTuple):
    """A plain version: its key, nothing where it may be a decimal fraction (1.07) or a day.

    Nothing either for noughts alone, which may stand for a version that nobody read.

    ``tame`` is how many numbers it has if it is tame, else 0: two or three numbers below 1000,
    none with a zero before it.
    """

    key: bytes | None
    tame: int


@lru_cache(maxsize=65536)
def read_plain(text: str) -> Plain | None:
    """Read what most devices say: two numbers or more with points; nothing for other texts."""
    if len(text) > LONGEST_VERSION:
        return None
    if _TAME.fullmatch(text):  # it is no day and no fraction, so that the rest need not be asked
        numbers = stripped(tuple(map(int, text.lstrip("vV").split("."))))
        return Plain(number_key(numbers), text.count(".") + 1) if numbers else Plain(None, 0)
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    if _PADDED_FRACTION.fullmatch(found[1]) or _LIKE_A_DAY.fullmatch(found[1]):
        return Plain(None, 0)
    numbers = stripped(tuple(map(int, found[1].split("."))))
    return Plain(number_key(numbers) if numbers else None, 0)


def stripped(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The same numbers without trailing zeros."""
    end = len(numbers)
    while end and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]


def number_key(numbers: tuple[int, ...]) -> bytes:
    """Bytes that sort as the numbers do: for each its length and value, then an end below all."""
    return b"".join([_KEYS[one] if one <= MOST_TAME else _key(one) for one in numbers]) + b"\0"


def _key(number: int) -> bytes:
    size = (number.bit_length() + 7) // 8
    return bytes((size + 1,)) + number.to_bytes(size, "big")


_KEYS: Final = tuple(map(_key, range(MOST_TAME + 1)))
"""The keys of nearly every number."""

"""Numbers with points: their values, and their exact order."""

from __future__ import annotations

from typing import Final

from cellwarden.advisories.plain import stripped
from cellwarden.advisories.versions.scheme import Parsed

LONGEST_NUMBER: Final = 40
"""Digits of one segment; longer runs are digests, not numbers."""


def numbers_of(segments: tuple[str, ...]) -> tuple[int, ...]:
    """The values of segments without trailing zeros, so that 1.0 and 1.0.0 are one."""
    return stripped(tuple(map(int, segments)))


def parsed_numbers(text: str, family: str = "") -> Parsed | None:
    """Read digits with points between them."""
    segments = tuple(text.split("."))
    if any(len(segment) > LONGEST_NUMBER for segment in segments):
        return None
    return Parsed(text, segments, numbers_of(segments), (), family)


def sign(a: object, b: object) -> int:
    """-1, 0 or 1 for two things that can be ordered."""
    below: bool = a < b  # type: ignore[operator] # callers pass two of one orderable type
    return 0 if a == b else -1 if below else 1


def order_numbers(a: Parsed, b: Parsed) -> int | None:
    """The order of the numbers; nothing where the point may be a decimal point.

    ``1.07`` lies below ``1.1`` if the point is decimal and above it if it parts two counts: two
    numbers, one of them padded with a zero, of different length. Then both readings must agree.
    """
    order = sign(a.numbers, b.numbers)
    if len(a.segments) == len(b.segments) == 2 and a.numbers[:1] == b.numbers[:1]:  # noqa: PLR2004 - a whole part and a fraction
        one, other = a.segments[1], b.segments[1]
        if len(one) != len(other) and (is_padded(one) or is_padded(other)):
            width = max(len(one), len(other))
            if sign(one.ljust(width, "0"), other.ljust(width, "0")) != order:
                return None
    return order


def is_padded(digits: str) -> bool:
    """Whether a zero stands before other digits: 07, not 0 and not 00."""
    return digits[0] == "0" and digits.strip("0") != ""


def extends(longer: tuple[int, ...], shorter: tuple[int, ...]) -> bool:
    """Whether one list of numbers is the other with more behind it."""
    return len(longer) > len(shorter) and longer[: len(shorter)] == shorter


def order_unless_extended(a: Parsed, b: Parsed) -> int | None:
    """The order of the numbers, where neither only adds numbers to the other's.

    As written: 2.0 lies below 2.1, but whether 2 does is another question.
    """
    one, other = written(a), written(b)
    if a.numbers != b.numbers and (extends(one, other) or extends(other, one)):
        return None
    return order_numbers(a, b)


def written(parsed: Parsed) -> tuple[int, ...]:
    """The values of the segments, zeros at the end included."""
    return tuple(map(int, parsed.segments))

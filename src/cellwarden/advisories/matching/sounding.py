"""Asking every statement about one version in each span, before any component is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

from cellwarden.advisories.identity import Answer, Evidence, Identity
from cellwarden.advisories.matching.nouns import Chosen
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.quick import Asked, oddly, say
from cellwarden.advisories.matching.ranged import Answers, Ranged, Said, Spans
from cellwarden.advisories.plain import read_plain
from cellwarden.advisories.versions.intervals import HIGHEST, LOWEST

_ANYBODY: Final = Evidence(
    text="", vendors=(), keys=frozenset(), tokens=frozenset(), codes=(), words=(), editions=(),
    details=(),
)  # fmt: skip
_CERTAIN: Final = Identity(answer=Answer.SAME, confidence=1.0, why="")
_FEWEST_NUMBERS: Final = 3
"""With fewer, a point may be a decimal point, and the version has no key."""


def sounded(prepared: Prepared, known: Mapping[int, Ranged]) -> list[Answers]:
    """All answers, filled where they depend on nothing but the version; alike spans are one.

    ``known`` are the lines that they are of, by number.
    """
    found = list(prepared.answers)
    asked: set[int] = set()
    for number, one in known.items():
        if one.answers is None or not one.is_shared or one.answers in asked:
            continue
        asked.add(one.answers)
        spans = found[one.answers].spans
        found[one.answers] = Answers(
            {count: _filled(prepared, number, one, (count, spans[count])) for count in spans}
        )
    return found


def _filled(prepared: Prepared, number: int, one: Ranged, counted: tuple[int, Spans]) -> Spans:
    count, spans = counted
    ends = pairwise(chain((LOWEST,), spans.cuts, (HIGHEST,)))
    said = [
        known_before if known_before is not None else _asked(prepared, number, one, (span, count))
        for span, known_before in zip(ends, spans.said, strict=True)
    ]
    return _joined(spans.cuts, said)


def _asked(
    prepared: Prepared, number: int, one: Ranged, place: tuple[tuple[bytes, bytes], int]
) -> Said | bool | None:
    odd = _odd_between(*place[0], place[1])
    if odd is None:
        return None
    return say(prepared.lines[number], one, _CERTAIN, odd, _ANYBODY)


@lru_cache(maxsize=65536)
def _odd_between(low: bytes, high: bytes, count: int) -> Chosen | None:
    """The first version between two keys that has an odd spelling, in it."""
    spelled = map(oddly, versions_between(low, high, count))
    return next((odd for odd in spelled if odd is not None), None)


@lru_cache(maxsize=65536)
def version_between(low: bytes, high: bytes, count: int) -> Asked | None:
    """The first of :func:`versions_between`, as the same keys part the spans of many statements."""
    return next(versions_between(low, high, count), None)


def versions_between(low: bytes, high: bytes, count: int) -> Iterator[Asked]:
    """Versions between two keys, to ask about in their stead: tame ones of so many numbers.

    Without a count any plain ones. None where the span is empty, or none was found.
    """
    for version in _versions(low, high, count):
        plain = read_plain(version)
        if plain is None or plain.key is None or not low <= plain.key < high:
            continue
        if not count or plain.tame == count:
            yield Asked(version, plain.key, Chosen("", (version,)), plain.tame)


def _joined(cuts: tuple[bytes, ...], said: list[Said | bool | None]) -> Spans:
    """The answers with one span where neighbours say the same."""
    kept, found = [], said[:1]
    for cut, before, after in zip(cuts, said, said[1:], strict=False):
        if after != before or after is None:
            kept.append(cut)
            found.append(after)
    return Spans(tuple(kept), found)


def _versions(low: bytes, high: bytes, count: int) -> Iterator[str]:
    """Versions that may lie between two keys; empty spans have none.

    Where versions have a fixed count of numbers, each span begins with one.
    """
    start, end = _numbers(low), _numbers(high)
    yield _text(start, count)
    if count:
        return
    for more in ((1,), (0, 1), (0, 0, 1)):
        yield _text((*start, *more), count)
    for numbers, step in ((start, 1), (end, -1)):
        for last in range(len(numbers), 0, -1):
            near = (*numbers[: last - 1], max(numbers[last - 1] + step, 0))
            yield _text(near, count)
            yield _text((*near, 1), count)


def _text(numbers: tuple[int, ...], count: int) -> str:
    """Numbers as a version of so many, or of enough to have a key."""
    padded = numbers + (0,) * ((count or _FEWEST_NUMBERS) - len(numbers))
    return ".".join(map(str, padded))


def _numbers(key: bytes) -> tuple[int, ...]:
    """The numbers at the start of a key; see :func:`plain.number_key`."""
    found, at = [], 0
    while at < len(key) and 0 < (size := key[at]) < HIGHEST[0]:
        found.append(int.from_bytes(key[at + 1 : at + size], "big"))
        at += size
    return tuple(found)

"""Ranges as intervals of ranks: what SQL compares in place of version texts and keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from cellwarden.advisories.versions import VersionRange, read_range
from cellwarden.advisories.versions.order import version_key


class Mode(StrEnum):
    """How the versions of one range text are decided."""

    ALL = "all"
    UNREAD = "unread"
    KEYED = "keyed"
    ASK = "ask"


class RangeText(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct range text. ``outside`` is the answer for keys in no span: False or nothing."""

    text_id: int
    range: VersionRange
    mode: Mode
    outside: bool | None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Ranks from ``low`` up to, not including, ``high``; inside, or open where a key cannot say."""

    text_id: int
    low: int
    high: int
    is_inside: bool


def read_text(text_id: int, text: str, kind: str) -> RangeText:
    """Read one range text and say how its versions are decided."""
    read = read_range(text, kind=kind)
    if read.is_all:
        mode = Mode.ALL
    elif read.plan is not None:
        mode = Mode.KEYED
    else:
        mode = Mode.ASK if read.alternatives else Mode.UNREAD
    return RangeText(text_id=text_id, range=read, mode=mode, outside=None if read.doubt else False)


def rank(
    versions: Iterable[str], texts: Iterable[RangeText]
) -> tuple[dict[str, int | None], list[Span]]:
    """Number every key of versions and bounds in one order, so that integers compare as keys do.

    Returns each version's rank, nothing where it has no key, and the spans of every keyed text.
    """
    keys = {version: version_key(version) for version in versions}
    intervals = [
        (text.text_id, low, high, is_inside)
        for text in texts
        if text.mode is Mode.KEYED and text.range.plan is not None
        for is_inside, group in (
            (True, text.range.plan.inside),
            (False, text.range.plan.open),
        )
        for low, high in group
    ]
    ends = {end for _, low, high, _ in intervals for end in (low, high)}
    ordered = sorted(ends | {key for key in keys.values() if key is not None})
    ranks = {key: place for place, key in enumerate(ordered)}
    spans = [
        Span(text_id=text_id, low=ranks[low], high=ranks[high], is_inside=is_inside)
        for text_id, low, high, is_inside in intervals
        if low < high
    ]
    return {text: None if key is None else ranks[key] for text, key in keys.items()}, spans

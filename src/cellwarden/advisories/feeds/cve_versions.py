"""What one ``affected`` entry of a CVE record says of which versions.

Source: CVE record format 5.1, ``affected.versions``: single versions, ranges from ``version`` to
``lessThan`` or ``lessThanOrEqual``, ``changes`` of status inside them, and ``defaultStatus`` for
every version that no entry names.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.cells import Tables
from cellwarden.advisories.feeds.statements import (
    AFFECTED,
    FIXED,
    NOT_AFFECTED,
    UNDER_INVESTIGATION,
)
from cellwarden.advisories.feeds.vers import (
    Dotted,
    Interval,
    is_dotted,
    only,
    write,
    write_all_but,
)

_STATUS: Final = {
    "affected": AFFECTED,
    "unaffected": NOT_AFFECTED,
    "unknown": UNDER_INVESTIGATION,
}
_FROM_THE_START: Final = {"", "0", "*", "-", "n/a", "unspecified", "unknown"}
_EVERY: Final = {"*", "all", "any"}
_ONE_VERSION: Final = re.compile(r"[A-Za-z]{0,12}[-._ ]?\d[\w.+~:()-]*|[0-9a-f]{7,64}")
_NOT_ONE: Final = re.compile(r"(?i)\.x\b|\bx\.|\*|<|>|\ball\b")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Some versions and what is said of them.

    ``interval`` is nothing where the words are prose. ``place`` ends the leaf id.
    """

    place: str
    status: str
    text: str
    kind: str
    interval: Interval | None
    is_first_fixed: bool = False


def spans_of(entry: dict[str, Any], tables: Tables) -> list[Span]:
    """Everything that one entry says, what its default says of the rest included."""
    listed: list[Span] = []
    versions = tables.items(entry, "versions")
    for number, version in enumerate(versions):
        listed += _listed(version, str(number), tables)
    default = tables.text(entry, "defaultStatus") or "unknown"
    if default not in _STATUS:
        tables.note("a default status that we do not know", column="defaultStatus", text=default)
        default = "unknown"
    rest = _rest(_STATUS[default], listed, _scheme(versions, tables))
    return _with_fixes(listed) + ([rest] if rest else [])


def _scheme(versions: list[dict[str, Any]], tables: Tables) -> str:
    """``git`` for commits, which have no order in their text; else ``generic``."""
    kinds = {tables.text(version, "versionType").lower() for version in versions}
    return "git" if "git" in kinds else "generic"


def _listed(version: dict[str, Any], place: str, tables: Tables) -> list[Span]:
    """The spans of one entry of ``versions``: one, or more where the status changes inside."""
    said = tables.text(version, "status")
    status = _STATUS.get(said)
    if status is None:
        tables.note("a status that we do not know", column="versions.status", text=said)
        status = UNDER_INVESTIGATION
    start = tables.version(version, "version").strip()
    before = tables.version(version, "lessThan").strip()
    last = tables.version(version, "lessThanOrEqual").strip()
    changes = tables.items(version, "changes")
    scheme = _scheme([version], tables)
    if not (before or last or changes):
        return [_single(start, status, place, scheme)]
    end = before or last
    whole = Interval(
        low=None if start.lower() in _FROM_THE_START else start,
        high=None if end in {"", "*"} else end,
        includes_high=not before,
    )
    if not changes:
        return [_span(whole, status, place, scheme)]
    return _changing(whole, status, _ordered(changes, tables), place, scheme)


def _single(version: str, status: str, place: str, scheme: str) -> Span:
    """One version, every version, or prose such as ``All versions < V3.0``: kept verbatim."""
    if version.lower() in _EVERY:
        return _span(Interval(), status, place, scheme)
    if _ONE_VERSION.fullmatch(version) and not _NOT_ONE.search(version):
        return Span(
            place=place, status=status, text=version, kind="version", interval=only(version)
        )
    return Span(
        place=place, status=status, text=version or "unspecified", kind="range", interval=None
    )


def _span(interval: Interval, status: str, place: str, scheme: str) -> Span:
    text = write([interval], scheme=scheme)
    return Span(place=place, status=status, text=text, kind="vers", interval=interval)


def _ordered(changes: list[dict[str, Any]], tables: Tables) -> list[tuple[str, str]]:
    """Changes as (version, status) in ascending order, as their readers have to sort them.

    Versions that only their own scheme can order stay as they are listed.
    """
    found = []
    for change in changes:
        said = tables.text(change, "status")
        status = _STATUS.get(said, UNDER_INVESTIGATION)
        found.append((tables.version(change, "at").strip(), status))
    if all(is_dotted(at) for at, _ in found):
        found.sort(key=lambda change: Dotted(change[0]))
    return found


def _changing(
    whole: Interval, status: str, changes: list[tuple[str, str]], place: str, scheme: str
) -> list[Span]:
    spans: list[Span] = []
    low, includes_low = whole.low, whole.includes_low
    for number, (at, following) in enumerate(changes):
        if at in {"", low}:
            status = following
            continue
        piece = Interval(low=low, high=at, includes_low=includes_low)
        spans.append(_span(piece, status, f"{place}.{number}", scheme))
        low, includes_low, status = at, True, following
    rest = Interval(
        low=low, high=whole.high, includes_low=includes_low, includes_high=whole.includes_high
    )
    return [*spans, _span(rest, status, f"{place}.{len(changes)}", scheme)]


def _with_fixes(spans: list[Span]) -> list[Span]:
    """Call *fixed* what is unaffected from just where something affected ends."""
    ends = {
        span.interval.high
        for span in spans
        if span.status == AFFECTED and span.interval and not span.interval.includes_high
    }
    return [
        msgspec.structs.replace(span, status=FIXED, is_first_fixed=True)
        if span.status == NOT_AFFECTED
        and span.interval
        and span.interval.low is not None
        and span.interval.low in ends
        else span
        for span in spans
    ]


def _rest(default: str, listed: list[Span], scheme: str) -> Span | None:
    """What the default says of the versions that nobody listed; nothing where that adds nothing.

    *Unaffected* by default adds nothing beside listed versions: they are outside every range.
    For the others the complement is written where it can be; else every version is meant, and
    what is listed stands beside it. Too much affected is the smaller mistake.
    """
    if default == NOT_AFFECTED and listed:
        return None
    place = "default"
    spoken_for = [span for span in listed if span.status != default]
    intervals = [span.interval for span in spoken_for if span.interval is not None]
    can_tell = len(intervals) == len(spoken_for) and (scheme != "git" or not intervals)
    text = write_all_but(intervals, scheme=scheme) if can_tell else None
    if text == "":
        return None
    if text is None or not spoken_for:
        return _span(Interval(), default, place, "generic")
    return Span(place=place, status=default, text=text, kind="vers", interval=None)

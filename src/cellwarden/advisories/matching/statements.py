"""Statements made ready: corrected where somebody said so, series spelled out, texts read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Claim, read_claim, series_notices
from cellwarden.advisories.matching.nouns import Correction, Line
from cellwarden.advisories.versions import VersionRange, read_range
from cellwarden.model.matching import Statement

_FIELDS: Final = frozenset({"vendor", "product", "version_text", "status"})
_SERIES_WORD: Final = re.compile(r"^\s*(SM[TCX]L?|SRTL?|SCL)\s+Series\s*$", re.IGNORECASE)
_EVERY_VERSION: Final = re.compile(r"^vers:[^/]*/<=?\s*all(?:%20|\s)versions$", re.IGNORECASE)
_SERIES_ID: Final = re.compile(r"^(?:.{0,40}?\bSeries\s+)?ID\s*=\s*\d+(?:\s*/\s*\d+)*\s*:\s*", re.IGNORECASE)
_UPS_VERSION: Final = re.compile(r"\bUPSa?\s*(?=\d)", re.IGNORECASE)
_PART_WORDS: Final = re.compile(
    r"\b(AOS|APP|UPS|INV|NET|NMC\d?|MCU|COM|BIOS|BMC|FP|RCT|DSP|Web firmware|Boot)(?=[a-z]?[\s:=v]*\d|\s+v?\d)",
    re.IGNORECASE,
)


def ready(
    statements: Iterable[Statement], corrections: Iterable[Correction] = ()
) -> tuple[Line, ...]:
    """All statements made ready, in an order that does not depend on how they came."""
    by_place: dict[tuple[str, str], list[Correction]] = {}
    for correction in corrections:
        by_place.setdefault((correction.advisory_id, correction.leaf_id), []).append(correction)
    lines = [line for said in statements for line in _lines(said, by_place)]
    return tuple(sorted(lines, key=_order))


def _order(line: Line) -> tuple[str, ...]:
    said = line.statement
    return (said.advisory_id, said.leaf_id, said.status, said.version_text, said.product, *said.vulnerabilities)


def _lines(
    said: Statement, corrections: Mapping[tuple[str, str], Sequence[Correction]]
) -> Iterator[Line]:
    notes: tuple[str, ...] = ()
    if corrections:
        said, notes = corrected(said, corrections)
    for one in _series_spelled_out(said):
        text = range_text(one.version_text)
        words = read(text, "all" if text == "*" else one.version_kind)
        if words.vulnerabilities:
            kept = tuple(v for v in one.vulnerabilities if v in words.vulnerabilities)
            if not kept:
                continue
            one = msgspec.structs.replace(one, vulnerabilities=kept)  # noqa: PLW2901 - narrowed
        yield Line(
            statement=one,
            claim=_claim(one),
            range=words,
            range_text=text,
            notes=notes,
            part_words=part_words(f"{one.version_text} {_tail(one.full_name)}"),
            lists_versions=lists_versions(words),
        )


def _claim(said: Statement) -> Claim:
    return read_claim(said)


@lru_cache(maxsize=65536)
def range_text(text: str) -> str:
    """A range's words without the series that they are for: ``ID=18: UPS 09.8 and prior``."""
    if _EVERY_VERSION.search(text):
        return "*"
    without = _SERIES_ID.sub("", text)
    return _UPS_VERSION.sub("", without) if without != text else text


@lru_cache(maxsize=65536)
def read(text: str, kind: str) -> VersionRange:
    """A range's words, read once for all statements that use them."""
    return read_range(text, kind=kind)


@lru_cache(maxsize=16384)
def part_words(text: str) -> tuple[str, ...]:
    """The firmware parts that a range's words name: ``AOS v6.9.6`` names AOS."""
    return tuple(dict.fromkeys(word.upper() for word in _PART_WORDS.findall(text)))


def lists_versions(words: VersionRange) -> bool:
    """True where the words list single versions, so that what lies below is not said to be safe."""
    return bool(words.alternatives) and all(
        comparator.op == "=" for one in words.alternatives for comparator in one.comparators
    )


def _tail(full_name: str) -> str:
    return full_name.split(":", 1)[1] if ":" in full_name else ""


def corrected(
    said: Statement, corrections: Mapping[tuple[str, str], Sequence[Correction]]
) -> tuple[Statement, tuple[str, ...]]:
    """A statement with what people put right, and a note of each correction."""
    notes: list[str] = []
    for leaf in ("*", said.leaf_id):
        for correction in corrections.get((said.advisory_id, leaf), ()):
            if correction.field not in _FIELDS:
                continue
            was = getattr(said, correction.field)
            said = msgspec.structs.replace(said, **{correction.field: correction.value})
            if correction.field == "version_text":
                said = msgspec.structs.replace(said, version_kind="range", full_name="")
            notes.append(
                f"{correction.author or 'somebody'} corrected {correction.field} from {was!r} to"
                f" {correction.value!r}" + (f" ({correction.reason})" if correction.reason else "")
            )
    return said, tuple(notes)


def _series_spelled_out(said: Statement) -> Iterator[Statement]:
    """A statement that names only ``SMT Series`` becomes one for each series id of the notice."""
    found = _SERIES_WORD.match(said.version_text)
    if found is None or "schneider" not in said.vendor.casefold():
        yield said
        return
    series = found.group(1).upper()
    text = said.product.casefold().replace("-", " ")
    spelled = False
    for notice in series_notices():
        known = set(notice.vulnerabilities) & set(said.vulnerabilities)
        if not known or notice.product not in text:
            continue
        for line in notice.lines:
            if line.series != series:
                continue
            spelled = True
            yield msgspec.structs.replace(
                said,
                vulnerabilities=tuple(v for v in said.vulnerabilities if v in known),
                product=f"{said.product} {series} Series ID={'/'.join(line.ids)}",
                version_text=f"<= {line.last}",
                version_kind="range",
                full_name=f"{series} Series ID={'/'.join(line.ids)}: UPS {line.last} and prior",
            )
    if not spelled:
        yield said

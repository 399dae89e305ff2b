"""Statements made ready: corrected where somebody said so, series spelled out, texts read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

import msgspec

from cellwarden.advisories.identity import (
    product_key,
    read_claim,
    series_notices,
    spans_lines,
)
from cellwarden.advisories.matching.nouns import GENERATION, Beside, Correction, Line, read
from cellwarden.advisories.matching.twice import said_besides
from cellwarden.advisories.versions import Quality
from cellwarden.model.matching import Statement

_FIELDS: Final = frozenset({"vendor", "product", "version_text", "status"})
_SERIES_WORD: Final = re.compile(r"^\s*(SM[TCX]L?|SRTL?|SCL)\s+Series\s*$", re.IGNORECASE)
_EVERY_VERSION: Final = re.compile(r"^vers:[^/]*/<=?\s*all(?:%20|\s)versions$", re.IGNORECASE)
_DOUBLE_COMPARATOR: Final = re.compile(r"[<>]=?([<>]=?[^<>=|]+)")
_REST: Final = "/default"
_MODEL_CODE: Final = re.compile(r"(?=(?:\D*\d){3})[A-Z]{2,}-?[A-Z0-9]*\d[A-Z0-9-]*")
_MOST_BESIDE: Final = 64
"""Ranges on one product that are compared with each other; a document with more names no fix."""
_SERIES_ID: Final = re.compile(
    r"^(?:.{0,40}?\bSeries\s+)?ID\s*=\s*\d+(?:\s*/\s*\d+)*\s*:\s*", re.IGNORECASE
)
_UPS_VERSION: Final = re.compile(r"\bUPSa?\s*(?=\d)", re.IGNORECASE)
_PART_WORDS: Final = re.compile(
    r"\b(AOS|APP|UPS|INV|NET|NMC\d?|MCU|COM|BIOS|BMC|FP|RCT|DSP|Web firmware|Boot)"
    r"(?=[a-z]?[\s:=v<>]*\d)",
    re.IGNORECASE,
)


def ready(
    statements: Iterable[Statement], corrections: Iterable[Correction] = ()
) -> tuple[Line, ...]:
    """All statements made ready, in an order that does not depend on how they came."""
    statements = _models_named(list(statements))
    by_place: dict[tuple[str, str], list[Correction]] = {}
    for correction in corrections:
        by_place.setdefault((correction.advisory_id, correction.leaf_id), []).append(correction)
    lines = [line for said in statements for line in _lines(said, by_place)]
    return tuple(sorted(_beside_each_other(list(_rests_judged(lines))), key=_order))


def _models_named(statements: list[Statement]) -> Iterator[Statement]:
    """The statements, those of a document that gives models for versions spelled out by model.

    *EY-modulo 5 Building Automation Station: EY-AS525F001* means that model, in all versions. Only
    where every affected leaf is written so: else the versions stand in another leaf.
    """
    mixed = {
        said.advisory_id
        for said in statements
        if said.status == "affected" and not _is_model(said.version_text)
    }
    for said in statements:
        if said.status != "affected" or said.advisory_id in mixed:
            yield said
        else:
            name = f"{said.product} ({said.version_text})"
            yield msgspec.structs.replace(
                said, product=name, version_text="*", version_kind="range"
            )


def _is_model(text: str) -> bool:
    """True for a model's code where a version should stand: letters, then digits and letters."""
    is_code = _MODEL_CODE.fullmatch(text) is not None
    return is_code and read(text, "range").quality is Quality.NOT_UNDERSTOOD


def _beside_each_other(lines: list[Line]) -> Iterator[Line]:
    """The lines, each with what its document says of the same product and vulnerabilities.

    A statement on some of the vulnerabilities alone leaves the fix of the others as it is.
    """
    products: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        said = line.statement
        key = (said.advisory_id, product_key(line.claim.text), said.hardware)
        products.setdefault(key, []).append(line)
    for group in products.values():
        if len(group) == 1:
            yield group[0]
            continue
        shared: dict[tuple[str, ...], Beside | None] = {}
        for line in group:
            names = line.statement.vulnerabilities
            if names not in shared:
                shared[names] = _beside(group, frozenset(names))
            beside = shared[names]
            yield line if beside is None else msgspec.structs.replace(line, beside=beside)


def _beside(group: list[Line], vulnerabilities: frozenset[str]) -> Beside | None:
    ranges: dict[tuple[str, str, str], None] = {}
    fixed: dict[str, None] = {}
    for line in group[: _MOST_BESIDE * 8]:
        said = line.statement
        if not vulnerabilities.issubset(said.vulnerabilities) or spans_lines(said.product):
            continue
        if said.status == "affected" and not line.contradicts:
            mark = GENERATION if line.claim.is_generation else ""
            ranges[line.range_text, line.range_kind, mark + line.claim.branch] = None
        elif said.status == "fixed" and (said.is_first_fixed or said.version_kind == "version"):
            fixed[said.version_text] = None
    if len(ranges) <= 1 and not fixed:
        return None
    is_cut = len(ranges) > _MOST_BESIDE or len(group) > _MOST_BESIDE * 8
    return Beside(tuple(ranges)[:_MOST_BESIDE], tuple(fixed)[:_MOST_BESIDE], is_cut)


def _rests_judged(lines: list[Line]) -> Iterator[Line]:
    """The lines without the rests that say nothing of their own.

    A CVE record's default status speaks of all versions that it does not list. *Unknown* by
    default adds something only where single versions are listed and nobody else says more;
    *affected* by default beside a listed range that ends contradicts that end, and leaves what
    lies behind it undetermined.
    """
    rests = [line for line in lines if line.statement.leaf_id.endswith(_REST)]
    if not rests:
        yield from lines
        return
    advisories = {line.statement.advisory_id for line in rests}
    listed: dict[tuple[str, str], list[Line]] = {}
    by_maker: set[str] = set()
    for line in lines:
        said = line.statement
        if said.advisory_id in advisories and not said.leaf_id.endswith(_REST):
            listed.setdefault((said.advisory_id, said.leaf_id.rpartition("/")[0]), []).append(line)
            if said.leaf_id.startswith("cna/"):
                by_maker.add(said.advisory_id)
    for line in lines:
        said = line.statement
        beside = listed.get((said.advisory_id, said.leaf_id.removesuffix(_REST)), [])
        affected = [one for one in beside if one.statement.status == "affected"]
        if not said.leaf_id.endswith(_REST) or not beside:
            yield line
        elif said.status == "under_investigation":
            second_hand = said.leaf_id.startswith("adp") and said.advisory_id in by_maker
            if not second_hand and affected and all(one.lists_versions for one in affected):
                yield line
        elif said.status == "affected" and affected:
            yield msgspec.structs.replace(line, contradicts=True)
        else:
            yield line


def _order(line: Line) -> tuple[str, ...]:
    said = line.statement
    return (
        said.advisory_id,
        said.leaf_id,
        said.status,
        said.version_text,
        said.product,
        *said.vulnerabilities,
    )


def _lines(
    said: Statement, corrections: Mapping[tuple[str, str], Sequence[Correction]]
) -> Iterator[Line]:
    notes: tuple[str, ...] = ()
    if corrections:
        said, notes = corrected(said, corrections)
    for one in _series_spelled_out(said):
        text = range_text(one.version_text)
        kind = "all" if text == "*" else one.version_kind
        if "CVE-" in text:
            named = read(text, kind).vulnerabilities
            kept = tuple(v for v in one.vulnerabilities if v in named)
            if named and not kept:
                continue
            if named:
                one = msgspec.structs.replace(one, vulnerabilities=kept)  # noqa: PLW2901 - narrowed
        yield Line(
            statement=one,
            claim=read_claim(one),
            range_text=text,
            range_kind=kind,
            notes=notes,
            part_words=part_words(f"{one.version_text} {_tail(one.full_name)}"),
            besides=said_besides(one.full_name, text, kind) if one.status == "affected" else "",
        )


@lru_cache(maxsize=65536)
def range_text(text: str) -> str:
    """A range's words as the version room can read them.

    Without the series that they are for (``ID=18: UPS 09.8 and prior``); with *all versions* as
    a bound taken at its word; and with a bound that brings its own comparator (``lessThan: "<=
    1.43"``) read as that comparator.
    """
    if text.startswith("vers:") and "%3" in text:
        text = _own_comparators(text)
    if _EVERY_VERSION.search(text):
        return "*"
    without = _SERIES_ID.sub("", text)
    return _UPS_VERSION.sub("", without) if without != text else text


def _own_comparators(text: str) -> str:
    scheme, _, constraints = text.partition("/")
    pieces = [unquote(piece).replace(" ", "") for piece in constraints.split("|")]
    inner = [m.group(1) for piece in pieces if (m := _DOUBLE_COMPARATOR.fullmatch(piece))]
    if not inner:
        return text
    versions = {piece.lstrip("<>=") for piece in inner}
    rest = [
        p for p in pieces if not _DOUBLE_COMPARATOR.fullmatch(p) and p.lstrip("<>=") not in versions
    ]
    return f"{scheme}/{'|'.join((*rest, *inner))}"


@lru_cache(maxsize=16384)
def part_words(text: str) -> tuple[str, ...]:
    """The firmware parts that a range's words name: ``AOS v6.9.6`` names AOS."""
    return tuple(dict.fromkeys(word.upper() for word in _PART_WORDS.findall(text)))


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

"""CPE names, and the AND/OR trees of them that say what a weakness applies to.

Sources: NISTIR 7695 (CPE 2.3 names), the NVD API 2.0 schema (``configurations``), CVE record
format 5.1 (``cpeApplicability``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.cells import Tables
from cellwarden.advisories.feeds.decoding import Unreadable
from cellwarden.advisories.feeds.statements import AFFECTED, Leaf, Statements
from cellwarden.advisories.feeds.vers import Interval, only, write, write_all_but

_BETWEEN_ATTRIBUTES: Final = re.compile(r"(?<!\\):")
_ESCAPED: Final = re.compile(r"\\(.)")
_ATTRIBUTES: Final = 13
_MOST_TOGETHER: Final = 300
_OPEN: Final = {"*", ""}
_NOT_GIVEN: Final = {"*", "-", ""}


class Cpe(msgspec.Struct, frozen=True, kw_only=True):
    """A CPE 2.3 name. ``part`` is a, o or h; the attributes are unescaped."""

    text: str
    part: str
    vendor: str
    product: str
    version: str
    update: str
    target_hw: str

    @property
    def version_text(self) -> str:
        """Version and update as one text; empty where the name leaves the version open."""
        if self.version in _NOT_GIVEN:
            return ""
        update = "" if self.update in _NOT_GIVEN else f" {self.update}"
        return f"{self.version}{update}"


_Node = tuple[dict[str, Any], str, tuple[str, ...], tuple[str, ...], bool]
"""A node that waits: itself, its place, what must be present, devices, whether it is negated."""


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerable CPE of a tree and what has to be present beside it.

    ``is_negated``: the tree says *not this*. ``place`` counts its way down the tree.
    """

    match: dict[str, Any]
    place: str
    requires: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    is_negated: bool = False


def read_cpe(text: str) -> Cpe | None:
    """Read a CPE 2.3 formatted string or a 2.2 URI; nothing where it is neither."""
    text = text.strip()
    if text.startswith("cpe:/"):
        parts = ["cpe", "2.3", *text[5:].replace("~", "*").split(":")]
        parts += ["*"] * (_ATTRIBUTES - len(parts))
    else:
        parts = _BETWEEN_ATTRIBUTES.split(text)
    if len(parts) < _ATTRIBUTES or parts[:2] != ["cpe", "2.3"]:
        return None
    plain = [_ESCAPED.sub(r"\1", part) for part in parts]
    return Cpe(
        text=text,
        part=plain[2],
        vendor=plain[3],
        product=plain[4],
        version=plain[5],
        update=plain[6],
        target_hw=plain[11],
    )


def say_configurations(
    configurations: list[dict[str, Any]],
    vulnerability: str,
    said: Statements,
    tables: Tables,
    *,
    prefix: str = "",
) -> None:
    """Add a statement for every vulnerable CPE of some AND/OR trees; note what is too large."""
    for number, configuration in enumerate(configurations):
        try:
            for branch in _branches(configuration, tables, f"{prefix}{number}"):
                leaf = _leaf(branch, tables)
                if leaf is not None:
                    said.say(leaf, AFFECTED, vulnerability)
        except Unreadable as error:
            tables.note(str(error), kind="statement", column="configurations", text=vulnerability)


def _branches(root: dict[str, Any], tables: Tables, place: str) -> Iterator[Branch]:
    """Walk a tree down to its vulnerable CPEs, negations pushed down by De Morgan's rules."""
    waiting: list[_Node] = [(root, place, (), (), False)]
    while waiting:
        node, here, requires, hardware, is_negated = waiting.pop()
        negated = is_negated != (node.get("negate") is True)
        # Not all of them means one of them is missing; not one of them means none of them.
        needs_all = (tables.text(node, "operator").upper() == "AND") != negated
        children = [*tables.items(node, "nodes"), *tables.items(node, "children")]
        matches = tables.items(node, "cpeMatch")
        parts = [*children, *matches]
        if needs_all and len(parts) > _MOST_TOGETHER:
            raise Unreadable(f"one AND joins {len(parts)} parts; at most {_MOST_TOGETHER} are read")
        words = [_described(part, tables, negated=negated) for part in parts] if needs_all else []
        for position, part in enumerate(parts):
            beside = [word for index, word in enumerate(words) if index != position]
            needs = (*requires, *(names for names, _ in beside))
            devices = (*hardware, *(names for _, names in beside if names))
            tables.spend(len(needs) + sum(len(names) for names, _ in beside))
            if position < len(children):
                waiting.append((part, f"{here}/{position}", needs, devices, negated))
            elif part.get("vulnerable") is not False:
                yield Branch(
                    match=part,
                    place=f"{here}/{position}",
                    requires=needs,
                    hardware=devices,
                    is_negated=negated,
                )


def _described(part: dict[str, Any], tables: Tables, *, negated: bool) -> tuple[str, str]:
    """The CPEs below one part of a tree, alternatives joined by *or*, and its devices' names."""
    is_absent = negated != (part.get("negate") is True)
    names: dict[str, None] = {}
    devices: dict[str, None] = {}
    waiting = [part]
    while waiting:
        node = waiting.pop()
        below = ("nodes", "children", "cpeMatch")
        waiting += [child for key in below for child in reversed(tables.items(node, key))]
        criteria = tables.name(node, "criteria")
        cpe = read_cpe(criteria)
        if criteria:
            span = _interval(node, tables)
            names[f"{criteria} {write([span])}" if span else criteria] = None
        if cpe and cpe.part == "h":
            devices[cpe.product] = None
    if is_absent:
        return "not " + " or ".join(names), ""
    return " or ".join(names), " or ".join(devices)


def _leaf(branch: Branch, tables: Tables) -> Leaf | None:
    criteria = tables.name(branch.match, "criteria")
    cpe = read_cpe(criteria)
    if cpe is None:
        tables.note("not a CPE 2.3 name", kind="statement", column="criteria", text=criteria)
        return None
    version, kind = _version(branch, cpe, tables)
    if branch.is_negated and not version:
        return None  # "not any version of this" names nothing that is affected
    target = () if cpe.target_hw in _NOT_GIVEN else (cpe.target_hw,)
    return Leaf(
        leaf_id=branch.place,
        vendor=cpe.vendor,
        product=cpe.product,
        version_text=version,
        version_kind=kind,
        full_name=criteria,
        hardware=", ".join((*branch.hardware, *target)),
        cpe=criteria,
        requires=branch.requires,
    )


def _version(branch: Branch, cpe: Cpe, tables: Tables) -> tuple[str, str]:
    """The version text and its kind for one CPE of a tree."""
    span = _interval(branch.match, tables)
    if branch.is_negated:
        listed = span or (only(cpe.version_text) if cpe.version_text else Interval())
        return write_all_but([listed]) or "", "vers"
    if span is not None:
        return write([span]), "vers"
    if cpe.version in _OPEN:
        return write([Interval()]), "vers"
    if not cpe.version_text:
        return "", "all"
    has_wildcard = "*" in cpe.version or "?" in cpe.version
    return cpe.version_text, "range" if has_wildcard else "version"


def _interval(match: dict[str, Any], tables: Tables) -> Interval | None:
    """The span that a match gives beside its CPE, or nothing where it gives none."""
    from_, after = (
        tables.version(match, f"versionStart{end}") for end in ("Including", "Excluding")
    )
    to, before = (tables.version(match, f"versionEnd{end}") for end in ("Including", "Excluding"))
    if not (from_ or after or to or before):
        return None
    return Interval(
        low=from_ or after or None,
        high=to or before or None,
        includes_low=not after or bool(from_),
        includes_high=bool(to),
    )

"""Parties on a terminal: who they are, the four roles, who stands behind, who is shared."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cellwarden.reports.text import plural, printable

_MARKS: Final = {"filled": "✓", "disputed": "!", "unknown": "?"}
_MOST: Final = 40
_FEW: Final = 4


def list_text(field: Any, *, width: int) -> str:
    """One line a party: id, country, roles, open questions. ``field``: workflows.parties.Field."""
    lines = [f"{'PARTY':<12} {'COUNTRY':<8} NAME AND ROLES"]
    for row in field.parties:
        roles = (row["role"] or "role not known").replace("_", " ").replace(";", ", ")
        text = f"{name_text(row['name'] or '?')}: {roles}"
        start = f"{printable(row['party_id'] or '?'):<12} {row['country'] or '?':<8} "
        lines += textwrap.wrap(
            start + text, width, subsequent_indent=" " * 22, drop_whitespace=True
        )
    lines += ["", f"{plural(len(field.parties), 'party', 'parties')}"]
    return "\n".join(lines)


def show_text(profile: Any, *, width: int) -> str:
    """One party, what is unknown last. ``profile`` is a workflows.parties.Profile."""
    row = profile.party
    lines = _wrap(f"{name_text(row['name'] or row['party_id'])} ({row['party_id']})", width)
    for title, column in (
        ("country", "country"),
        ("LEI", "lei"),
        ("registered as", "registration"),
        ("roles", "role"),
        ("also called", "aliases"),
        ("supports from", "support_locations"),
    ):
        value = (row[column] or "not known").replace("_", " ").replace(";", ", ")
        lines += _wrap(f"{title}: {value}", width, 2)
    lines += ["", "Owners, up to the last one known"]
    for level, stake in profile.owners:
        owner = name_text(profile.names.get(stake.owner, stake.owner))
        lines += _wrap(
            f"{share_text(stake)} by {owner}, {stake.kind}, since {stake.since or 'no date'},"
            f" from {stake.source or 'no source'}",
            width,
            2 * level,
        )
    if not profile.owners:
        lines.append("  ? nobody has said who owns it")
    lines += [f"  ! round in a circle: {', '.join(group)}" for group in profile.circles]
    lines += ["", "Behind it"]
    lines += [_path(one.path, profile.names, width) for one in profile.behind[:_MOST]]
    lines += ["", "What it touches here"]
    lines += _touches(profile.touches, width)
    lines += ["", "Not known"]
    lines += [line for one in profile.unknown for line in _wrap(f"? {one}", width, 2)] or [
        "  nothing of what is asked"
    ]
    return "\n".join(lines)


def roles_text(products: Sequence[Any], names: Mapping[str, str], *, width: int) -> str:
    """The four roles of each product, with who says so."""
    lines: list[str] = []
    for product in products:
        lines += _wrap(f"{product.manufacturer} {product.model}", width)
        for role in product.roles:
            holders = ", ".join(name_text(names.get(one, one)) for one in role.holders)
            text = f"{_MARKS[role.state.value]} {role.role.replace('_', ' ')}: {role.state.value}"
            if holders:
                text += f", {holders} ({'; '.join(role.sources)})"
            lines += _wrap(text, width, 2)
    full = sum(all(r.state.value == "filled" for r in p.roles) for p in products)
    lines += ["", f"all four roles filled: {full} of {plural(len(products), 'product')}"]
    return "\n".join(lines)


def exposure_text(found: Any, names: Mapping[str, str], *, width: int) -> str:
    """The bounds first, then the known paths, then what leaves it open."""
    low, high = len(found.sites_at_least), len(found.sites_at_most)
    lines = _wrap(
        f"{found.country}: {low} sites for sure ({', '.join(found.sites_at_least) or 'none'}),"
        f" {high} at most ({', '.join(found.sites_at_most) or 'none'})",
        width,
    )
    for title, ways in (("Known paths", found.sure), ("Not known, so possible", found.possible)):
        lines += ["", title]
        lines += [line for way in ways[:_MOST] for line in _way(way, names, width)]
        if len(ways) > _MOST:
            lines.append(f"  and {len(ways) - _MOST} more; --format json has them all")
    return "\n".join(lines)


def concentration_text(found: Sequence[Any], names: Mapping[str, str], *, width: int) -> str:
    """Who is shared: by which vendors and sites for sure, by which perhaps."""
    lines = ["Shared by several vendors or sites"]
    for one in found:
        lines += ["", *_wrap(f"{name_text(names.get(one.entity, one.entity))}, {one.role}", width)]
        lines += _wrap(f"vendors: {_known_and_maybe(one.vendors, one.maybe_vendors)}", width, 2)
        lines += _wrap(f"sites: {_known_and_maybe(one.sites, one.maybe_sites)}", width, 2)
    return "\n".join(lines)


def share_text(stake: Any) -> str:
    """A share between its bounds: ``60 %``, ``75 to 100 %``, ``? %``."""
    low = "?" if stake.low is None else str(stake.low)
    high = "?" if stake.high is None else str(stake.high)
    return f"{low} %" if low == high else f"{low} to {high} %"


def name_text(name: str) -> str:
    """A name that can be read: what is invisible as codes, mixed scripts told."""
    scripts = {
        unicodedata.name(sign, "UNNAMED").split()[0]
        for sign in name
        if sign.isalpha() and not sign.isascii()
    } - {"LATIN", "FULLWIDTH"}
    has_latin = any(sign.isascii() and sign.isalpha() for sign in name)
    note = f" [mixes Latin and {', '.join(sorted(scripts)).title()} letters]" if scripts else ""
    return printable(name) + (note if has_latin else "")


def _way(way: Any, names: Mapping[str, str], width: int) -> list[str]:
    things = ", ".join(way.things[:_FEW])
    if len(way.things) > _FEW:
        things += f" and {len(way.things) - _FEW} more"
    steps = " -> ".join(f"{s.how} {name_text(names.get(s.entity, s.entity))}" for s in way.path)
    return _wrap(
        f"{way.site} -> {things} -> {steps}: {way.why}; {plural(way.tiers, 'tier')}", width, 2
    )


def _path(path: Iterable[Any], names: Mapping[str, str], width: int) -> str:
    text = " -> ".join(f"{s.how} {name_text(names.get(s.entity, s.entity))}" for s in path)
    return "\n".join(_wrap(text, width, 2))


def _touches(touches: Sequence[Any], width: int) -> list[str]:
    if not touches:
        return ["  nothing that the register knows"]
    sites = sorted({one.site for one in touches})
    lines = []
    for site in sites:
        things = sorted({one.thing for one in touches if one.site == site})
        more = f" and {len(things) - _FEW} more" if len(things) > _FEW else ""
        lines += _wrap(f"{site}: {', '.join(things[:_FEW])}{more}", width, 2)
    return lines


def _known_and_maybe(known: Sequence[str], maybe: Sequence[str]) -> str:
    text = ", ".join(known) or "none"
    return text + (f"; possibly also {', '.join(maybe)}" if maybe else "")


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        printable(text), width, initial_indent=start, subsequent_indent=start + "    "
    )

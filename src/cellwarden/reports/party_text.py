"""Parties on a terminal: who they are, the four roles, who stands behind, who is shared."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cellwarden.reports.lei_text import reason_text, status_text
from cellwarden.reports.text import plural, printable

_MARKS: Final = {"filled": "✓", "disputed": "!", "unknown": "?"}
_MOST: Final = 40
_FEW: Final = 4


def list_text(rows: Sequence[Mapping[str, Any]], *, width: int) -> str:
    """One block a party: tier, country, roles, and why it has that tier.

    ``rows`` are of workflows.vendor.suppliers.
    """
    wide = max([12, *(len(printable(row["party_id"])) for row in rows)])
    wide = min(wide, 20)
    indent = wide + 11
    lines = [f"{'PARTY':<{wide}} {'TIER':<4} {'FROM':<4} NAME, ROLES, WHY"]
    for row in rows:
        roles = row["roles"] or "? role not known"
        tier = str(row["tier"] or ("?" if row["is_supplier"] else "-"))
        start = f"{printable(row['party_id']):<{wide}} {tier:<4} {row['country'] or '?':<4} "
        lines += textwrap.wrap(
            f"{start}{name_text(row['name'])}: {roles}",
            width,
            subsequent_indent=" " * indent,
            drop_whitespace=True,
        )
        if row["why"]:
            level = row["criticality"] or "not known"
            lines += _wrap(f"criticality {level}: {name_text(row['why'])}", width, indent)
    lines += [
        "",
        f"{plural(len(rows), 'party', 'parties')}; the tier is that of the most critical site that",
        "depends on it: 3 high, 2 medium, 1 low, ? not known, - none depends on it",
    ]
    return "\n".join(lines)


def show_text(profile: Any, *, width: int) -> str:
    """One party, what is unknown last. ``profile`` is a workflows.parties.Profile."""
    row = profile.party
    lines = _wrap(f"{name_text(row['name'] or row['party_id'])} ({row['party_id']})", width)
    for title, column in (
        ("country", "country"),
        ("registered as", "registration"),
        ("roles", "role"),
        ("also called", "aliases"),
        ("supports from", "support_locations"),
    ):
        value = (row[column] or "not known").replace("_", " ").replace(";", ", ")
        lines += _wrap(f"{title}: {value}", width, 2)
    lines += [line for text in _identifier(row) for line in _wrap(text, width, 2)]
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
    lines += [line for text in _not_named(profile) for line in _wrap(text, width, 2)]
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
    if stake.consolidates and stake.low is None and stake.high is None:
        return "consolidated, no share said,"
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


def _not_named(profile: Any) -> Iterator[str]:
    """The parents that somebody did not name, each reason once."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for one in profile.unnamed:
        told.setdefault((one.owned, one.reason, one.source or "no source"), []).append(one.kind)
    for (owned, reason, source), parents in told.items():
        name = name_text(profile.names.get(owned, owned))
        yield (
            f"? {' and '.join(sorted(parents))} parent of {name} not named:"
            f" {reason_text(reason)} ({reason}, {source})"
        )


def _identifier(row: Mapping[str, str | None]) -> Iterator[str]:
    """The LEI with its status and the day of it, and what its record says otherwise."""
    if not row["lei"]:
        yield "LEI: not known"
        return
    if not row["lei_status"]:
        yield f"LEI: {row['lei']}, never looked up in a file of GLEIF"
        return
    renewal = f", to be renewed by {row['lei_renewal_on']}" if row["lei_renewal_on"] else ""
    status = status_text(row["lei_status"]).removeprefix("LEI ")
    yield f"LEI: {row['lei']}, {status} by the file of {row['lei_checked_on']}{renewal}"
    if row["entity_status"] == "INACTIVE":
        yield f"! its record says INACTIVE; in its place: {row['lei_successor'] or 'nobody named'}"
    if row["registered_name"] and row["registered_name"] != row["name"]:
        yield f"its LEI record says: {name_text(row['registered_name'])}"
    if row["registered_country"] and row["registered_country"] != row["country"]:
        yield f"! its LEI record says country {row['registered_country']}"


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

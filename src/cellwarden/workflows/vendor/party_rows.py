"""From rows of facts to the values of parties, and which party a maker's name on a plate means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from cellwarden.advisories.identity.vendors import vendor_ids
from cellwarden.vendors.gleif.facts import CONSOLIDATION, names_in
from cellwarden.vendors.gleif.likeness import same_name
from cellwarden.vendors.parties.nouns import Entity, Link, Stake, Unnamed

Cells = Mapping[str, str | None]

_ROLE_OF: Final = {
    "cell": "cell_supplier",
    "board": "board_supplier",
    "network_module": "network_module_supplier",
}
"""The role in a maker's business of whoever makes a part of its products."""


def makers_index(
    entities: Iterable[Entity], links: Sequence[Link], plates: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """Which parties each maker's name means: its words begin a name or alias, or it is known."""
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    by_vendor: defaultdict[str, set[str]] = defaultdict(set)
    for one in entities:
        for name in (one.name, *one.aliases):
            words = name.casefold().split()
            for end in range(1, len(words) + 1):
                by_name[" ".join(words[:end])].add(one.id)
            for vendor in vendor_ids(name):
                by_vendor[vendor].add(one.id)
    for link in links:
        if link.manufacturer and link.role == "manufacturer":
            by_name[link.manufacturer.casefold()].add(link.party)
    return {
        plate.casefold(): tuple(
            sorted(
                by_name.get(" ".join(plate.casefold().split()), set()).union(
                    *(by_vendor.get(vendor, set()) for vendor in vendor_ids(plate))
                )
            )
        )
        for plate in plates
        if plate
    }


def origin_links(
    origins: Iterable[Cells],
    makers: Mapping[str, tuple[str, ...]],
    entities: Iterable[Entity],
    links: Iterable[Link],
) -> tuple[Link, ...]:
    """Who makes the cells, boards and network modules of whom, as origins say.

    What a relationship says already is not said twice; a maker that is no party has no link.
    """
    known = {one.id for one in entities}
    said = {(link.party, link.role, link.of_party) for link in links}
    found: dict[tuple[str, str, str | None], Link] = {}
    for origin in origins:
        role, party = _ROLE_OF.get(origin["part"] or ""), origin["made_by"] or ""
        if role is None or party not in known:
            continue
        for maker in makers.get((origin["manufacturer"] or "").casefold(), ()):
            key = (party, role, maker)
            if key not in said and maker != party:
                found.setdefault(
                    key,
                    Link(
                        party=party,
                        role=role,
                        of_party=maker,
                        source=origin["document_id"] or origin["known_from"],
                        fact=origin["fact_id"],
                    ),
                )
    return tuple(found.values())


def entity_of(row: Cells) -> Entity:
    """One legal entity, with every name that anybody gives it."""
    return Entity(
        id=row["party_id"] or "",
        name=row["name"] or row["party_id"] or "",
        country=row["country"],
        roles=_several(row["role"]),
        support=tuple(one.upper() for one in _several(row["support_locations"])),
        lei=row["lei"],
        aliases=(*_several(row["aliases"]), *_registered(row)),
        fact=row["fact_id"],
    )


def _registered(row: Cells) -> tuple[str, ...]:
    """The names on its LEI record, where it is of that name: an LEI may be wrong."""
    name = row["registered_name"]
    if not name or not same_name(names_in(row), name):
        return ()
    return (name, *_several(row["other_names"]))


def link_of(row: Cells) -> Link:
    """One part in a product or in another entity's business."""
    return Link(
        party=row["party_id"] or "",
        role=row["role"] or "part not said",
        of_party=row["of_party_id"],
        manufacturer=row["manufacturer"],
        model=row["model"],
        site=row["site_id"],
        flow_down={"yes": True, "no": False}.get(row["flow_down"] or ""),
        source=row["document_id"] or row["known_from"],
        fact=row["fact_id"],
    )


def stake_of(row: Cells) -> Stake:
    """One stake; a share that cannot be one counts as not known."""
    return Stake(
        owned=row["party_id"] or "",
        owner=row["owner_id"] or "",
        kind=row["kind"] or "direct",
        low=_percent(row["percent_low"]),
        high=_percent(row["percent_high"]),
        consolidates=row["basis"] == CONSOLIDATION,
        controls=(row["is_controlling"] or "").strip().lower() == "yes",
        since=row["since_on"],
        source=row["document_id"] or row["known_from"],
        fact=row["fact_id"],
    )


def _percent(text: str | None) -> Decimal | None:
    """The share; one that cannot be a share counts as not known."""
    try:
        share = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return share if share is not None and 0 <= share <= 100 else None  # noqa: PLR2004 - percent


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split(";") if one.strip())


def unnamed_of(row: Cells) -> Unnamed:
    """One parent that was not named."""
    return Unnamed(
        owned=row["party_id"] or "",
        kind=row["kind"] or "direct",
        reason=row["reason"] or "",
        source=row["known_from"],
        fact=row["fact_id"],
    )


def lasts(first: str | None, last: str | None, as_of: date) -> bool:
    """Whether something holds on a day; without dates it does."""
    begins, ends = _day(first), _day(last)
    return (begins is None or begins <= as_of) and (ends is None or ends >= as_of)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None

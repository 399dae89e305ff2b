"""Parties read from the ledger: the graph of one moment, the products and what sites rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.parties.exposure import (
    CountryExposure,
    Reliance,
    Shared,
    concentration,
    country_exposure,
    undisclosed,
)
from cellwarden.vendors.parties.graph import (
    Graph,
    Reached,
    behind,
    circular_ownership,
    circular_supply,
    graph_of,
    owners_up,
)
from cellwarden.vendors.parties.nouns import Entity, Link, Stake, Unnamed
from cellwarden.vendors.parties.roles import Role, roles_of
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of, party_among
from cellwarden.workflows.vendor.party_rows import (
    entity_of,
    lasts,
    link_of,
    makers_index,
    origin_links,
    stake_of,
    unnamed_of,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb


WITHOUT_ASKED_CELLS: Final = frozenset({None, "none", "lead_acid"})
"""Chemistries of things whose cell maker nobody asks for: a lead-acid block is its own cell."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about parties at one moment, read once."""

    graph: Graph
    links: tuple[Link, ...]
    stakes: tuple[Stake, ...]
    unnamed: tuple[Unnamed, ...]
    reliances: tuple[Reliance, ...]
    products: tuple[tuple[str, str], ...]
    makers: Mapping[str, tuple[str, ...]]
    parties: tuple[Cells, ...]

    def meant_by(self, maker: str) -> list[Entity]:
        """The entities that a maker's name on a plate means."""
        return [self.graph.entity(one) for one in self.makers.get(maker.casefold(), ())]


class ProductRoles(msgspec.Struct, frozen=True, kw_only=True):
    """One product with its four roles."""

    manufacturer: str
    model: str
    roles: tuple[Role, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One party: who it is, who owns and supplies it, what it touches, what nobody has said."""

    party: Cells
    owners: tuple[tuple[int, Stake], ...]
    behind: tuple[Reached, ...]
    touches: tuple[Reliance, ...]
    unnamed: tuple[Unnamed, ...]
    circles: tuple[tuple[str, ...], ...]
    unknown: tuple[str, ...]
    names: Mapping[str, str]


def read_field(workspace: Workspace, *, as_of: date, known_at: int | None = None) -> Field:
    """Read parties, links, stakes and what stands at the sites, each kind once."""
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        field = field_in(connection, as_of=as_of)
        connection.close()
    return field


def field_in(connection: duckdb.DuckDBPyConnection, *, as_of: date) -> Field:
    """As :func:`read_field`, from the views of one time."""
    assets = [a for a in facts_of(connection, "asset") if a["lifecycle"] != "retired"]
    site_of = {row["asset_id"]: row["site_id"] for row in assets}
    parts = [
        part | {"site_id": site_of[part["asset_id"]]}
        for part in facts_of(connection, "component")
        if part["asset_id"] in site_of
    ]
    return field_of(connection, assets, parts, as_of=as_of)


def field_of(
    connection: duckdb.DuckDBPyConnection,
    assets: Sequence[Cells],
    parts: Sequence[Cells],
    *,
    as_of: date,
) -> Field:
    """The parties behind these assets and parts, each of which names its site.

    One asset may stand for all that are alike: what a maker means, and who is behind it, is the
    same for them.
    """
    parties = facts_of(connection, "party")
    entities = [entity_of(row) for row in parties]
    links = tuple(
        link_of(row)
        for row in facts_of(connection, "relationship")
        if row["party_id"] and lasts(row["valid_from_on"], row["valid_to_on"], as_of)
    )
    stakes = tuple(
        stake_of(row)
        for row in facts_of(connection, "ownership")
        if row["party_id"] and row["owner_id"] and lasts(row["since_on"], row["until_on"], as_of)
    )
    unnamed = tuple(unnamed_of(row) for row in facts_of(connection, "unnamed_parent"))
    plates = {r["manufacturer"] or "" for r in (*assets, *parts)}
    makers = makers_index(entities, links, plates)
    links += origin_links(facts_of(connection, "origin"), makers, entities, links)
    return Field(
        graph=graph_of(entities, links, stakes),
        links=links,
        stakes=stakes,
        unnamed=unnamed,
        reliances=_reliances(connection, assets, parts, makers),
        products=_products(assets),
        makers=makers,
        parties=tuple(parties),
    )


def four_roles(field: Field, about: str | None) -> tuple[ProductRoles, ...]:
    """The four roles of each product in service, or of those of a maker, product or party.

    Raises:
        InputError: nothing in service is called that.
    """
    found = tuple(
        ProductRoles(
            manufacturer=maker,
            model=model,
            roles=roles_of(maker, model, field.meant_by(maker), field.links),
        )
        for maker, model in field.products
        if about is None or _is_about(field, maker, model, about)
    )
    if not found:
        raise InputError(
            f"no product in service is called {about!r}",
            advice="give a maker or model as on the plate, or a party; `cellwarden vendor roles`"
            " lists all",
        )
    return found


def party_in(field: Field, name: str) -> Cells:
    """The party with this short or legal name.

    Raises:
        InputError: there is none, or several share the name.
    """
    return party_among(field.parties, name)


def profiles_behind(field: Field, name: str) -> tuple[Profile, ...]:
    """Everyone whom a name on a logo, a product or a party's name means.

    Raises:
        InputError: nobody is known by that name.
    """
    wanted = " ".join(name.casefold().split())
    ids = set(field.makers.get(wanted, ()))
    for maker, model in field.products:
        if wanted in {model.casefold(), f"{maker} {model}".casefold()}:
            ids |= {one.id for one in field.meant_by(maker)}
            ids |= {h for r in roles_of(maker, model, (), field.links) for h in r.holders}
    found = [row for row in field.parties if row["party_id"] in ids]
    if not found:
        found = [party_in(field, name)]
    return tuple(profile_in(field, row) for row in found)


def profile_in(field: Field, party: Cells) -> Profile:
    """Everything about one party of a field that was read."""
    own = party["party_id"] or ""
    graph = field.graph
    circles = (*circular_ownership(field.stakes), *circular_supply(field.links))
    owners = owners_up(graph, own)
    above = {own, *(stake.owner for _, stake in owners)}
    return Profile(
        party=party,
        owners=owners,
        behind=behind(graph, own),
        touches=tuple(one for one in field.reliances if one.entity == own),
        unnamed=tuple(one for one in field.unnamed if one.owned in above),
        circles=tuple(group for group in circles if above & set(group)),
        unknown=_unknown(field, party),
        names={one.id: one.name for one in graph.entities.values()},
    )


def exposed_to(field: Field, country: str) -> CountryExposure:
    """Sites that depend on a country.

    Raises:
        InputError: it is no two-letter code.
    """
    code = country.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1
        raise InputError(f"{country!r} is no country code", advice="give two letters, such as CN")
    return country_exposure(field.graph, field.reliances, code)


def shared_in(field: Field) -> tuple[Shared, ...]:
    """Entities that several vendors or sites share."""
    return concentration(field.graph, field.reliances)


def _unknown(field: Field, party: Cells) -> tuple[str, ...]:
    own = party["party_id"] or ""
    open_share = field.graph.unaccounted(own)
    found = [
        ("country of incorporation", party["country"]),
        ("LEI", party["lei"]),
        ("from where it supports", party["support_locations"]),
        ("emergency contact", party["contact"]),
        ("second contact", party["second_contact"]),
    ]
    lines = [what for what, cell in found if not cell]
    if open_share:
        controls = open_share and not field.graph.uncontrolled(own)
        lines.append(
            f"who owns {open_share} %"
            + (": an owner consolidates it, which says control and no share" if controls else "")
        )
    if own in undisclosed(field.graph, field.reliances):
        lines.append("who makes its cells: counted as possibly shared with every known maker")
    return tuple(lines)


def _is_about(field: Field, maker: str, model: str, about: str) -> bool:
    wanted = " ".join(about.casefold().split())
    names = {maker.casefold(), model.casefold(), f"{maker} {model}".casefold()}
    for one in field.meant_by(maker):
        names |= {one.id.casefold(), one.name.casefold(), *(a.casefold() for a in one.aliases)}
    return wanted in names


def _products(assets: Sequence[Cells]) -> tuple[tuple[str, str], ...]:
    found = {
        ((row["manufacturer"] or "").casefold(), (row["model"] or "").casefold()): (
            row["manufacturer"] or "",
            row["model"] or "",
        )
        for row in assets
        if row["manufacturer"] and row["model"]
    }
    return tuple(found[key] for key in sorted(found))


def _reliances(
    connection: duckdb.DuckDBPyConnection,
    assets: Sequence[Cells],
    parts: Sequence[Cells],
    makers: Mapping[str, tuple[str, ...]],
) -> tuple[Reliance, ...]:
    found: list[Reliance] = []
    for row in assets:
        cells = row["chemistry"] not in WITHOUT_ASKED_CELLS
        found += _made(row["site_id"], row["asset_id"], "made by", row, makers, cells=cells)
    for row in parts:
        found += _made(
            row["site_id"], row["component_id"], "part made by", row, makers, cells=False
        )
    of_assets = {
        dependency: (site, lifecycle)
        for dependency, site, lifecycle in connection.execute(
            "select d.dependency_id, a.site_id, a.lifecycle from dependency as d"
            " inner join asset as a on a.asset_id = d.asset_id"
        ).fetchall()
    }
    for row in facts_of(connection, "dependency"):
        asset_site, lifecycle = of_assets.get(row["dependency_id"], (None, None))
        if lifecycle == "retired":
            continue
        site = row["site_id"] or asset_site
        found.append(
            Reliance(
                site=site or "?",
                thing=row["asset_id"] or row["dependency_id"] or "",
                how=f"{(row['kind'] or 'service').replace('_', ' ')} of",
                name=row["party_id"] or f"the operator of {row['name'] or row['dependency_id']}",
                entity=row["party_id"],
            )
        )
    return tuple(found)


def _made(
    site: str | None,
    thing: str | None,
    how: str,
    row: Cells,
    makers: Mapping[str, tuple[str, ...]],
    *,
    cells: bool,
) -> list[Reliance]:
    maker = row["manufacturer"] or "an unnamed maker"
    return [
        Reliance(
            site=site or "?", thing=thing or "", how=how, name=maker, entity=one, has_cells=cells
        )
        for one in makers.get(maker.casefold()) or (None,)
    ]

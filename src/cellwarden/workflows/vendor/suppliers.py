"""Suppliers: whom our sites depend on, through whom, how critical that is, and their roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cellwarden.vendors.parties.serving import TIERS, Served, Source, served, tier_of
from cellwarden.workflows.assemble import fetch
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of, query
from cellwarden.workflows.vendor.parties import Field, field_of
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

MOST_FACTS: Final = 20
EVERYWHERE: Final = "*"
PARTNERS: Final = frozenset({"service_partner", "subcontractor", "installer", "cloud_operator"})
"""Roles of those who work at our sites for somebody else, and are judged as partners."""


def suppliers(
    workspace: Workspace, *, as_of: date, known_at: int | None = None
) -> list[dict[str, Any]]:
    """The parties of the register with tier, reason and roles, the most critical first."""
    with (
        workspace.open_state() as state,
        closing(state.connect(as_of=end_of(as_of), known_at=known_at)) as connection,
    ):
        standing = products_standing(connection)
        field = standing_field(connection, standing, as_of=as_of)
        rows = supplier_rows(connection, field, standing, as_of=as_of)
    countries = {row["party_id"]: row["country"] for row in field.parties}
    return [
        row | {"country": countries.get(row["party_id"])}
        for row in sorted(
            rows, key=lambda r: (-(r["tier"] or 0), not r["is_supplier"], r["party_id"])
        )
    ]


def supplier_rows(
    connection: duckdb.DuckDBPyConnection,
    field: Field,
    standing: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
) -> list[dict[str, Any]]:
    """One row a party: whether a site depends on it, how critical that makes it, and its roles."""
    words = fresh_words(connection, as_of)
    suppliers = suppliers_in(connection, field, standing)
    levels = criticality_by_site(connection)
    roles = roles_by_party(field)
    batteries = _behind_batteries(connection, field, standing)
    controlled = {stake.owned for stake in field.stakes if stake.consolidates}
    found = []
    for row in field.parties:
        party = row["party_id"] or ""
        ways = suppliers.get(party, ())
        level, way = tier_of(ways, levels)
        sites = [one.site for one in ways]
        word = word_for(words, "relationship", sites)
        held = roles.get(party, ())
        found.append(
            {
                "party_id": party,
                "name": row["name"] or party,
                "is_supplier": bool(ways),
                "is_behind_batteries": party in batteries,
                "criticality": level,
                "tier": TIERS.get(level or ""),
                "why": f"{way.how} at {way.site}" if way else None,
                "roles": ", ".join(one.replace("_", " ") for one in held) or None,
                "has_role": True if held else (False if word else None),
                "tiers": way.tiers if way else None,
                "has_flow_down": _flow_down(field, party, word),
                "is_partner": not PARTNERS.isdisjoint(held),
                "is_consolidated": party in controlled,
                "relationship_fact": word,
                "ownership_fact": word_for(words, "ownership", sites),
                "evidence": some_facts(row["fact_id"], way.fact if way else None, word),
            }
        )
    return found


def _flow_down(field: Field, party: str, word: str | None) -> bool | None:
    """Whether our requirements bind a party in all that it does for others.

    What nobody wrote is no where somebody vouches that relationships are written down completely.
    """
    said = {link.flow_down for link in field.links if link.party == party and link.of_party}
    if False in said:
        return False
    if said == {True}:
        return True
    return False if word and said else None


def products_standing(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """One row for each product, site and chemistry that is not retired."""
    return list(fetch(connection, query("standing")))


def standing_field(
    connection: duckdb.DuckDBPyConnection, standing: Sequence[Mapping[str, Any]], *, as_of: date
) -> Field:
    """The parties behind what stands here; one asset stands for all that are alike."""
    parts = fetch(connection, query("parts_standing"))
    return field_of(connection, [dict(row) for row in standing], parts, as_of=as_of)


def suppliers_in(
    connection: duckdb.DuckDBPyConnection, field: Field, standing: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[Served, ...]]:
    """For each party on which a site depends, the sites and how; ourselves are no supplier."""
    ways = served(field.graph, field.reliances, _sources(connection, standing))
    return {party: told for party, told in ways.items() if not _is_us(field, party)}


def roles_by_party(field: Field) -> dict[str, tuple[str, ...]]:
    """The roles of each party: those of its own row, and those of its relationships."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in field.parties:
        for role in (row["role"] or "").split(";"):
            if role.strip():
                found[row["party_id"] or ""][role.strip()] = None
    for link in field.links:
        found[link.party][link.role] = None
    return {party: tuple(roles) for party, roles in found.items()}


def criticality_by_site(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """The criticality of each site in lower case, or nothing."""
    return {
        row["site_id"] or "": (row["criticality"] or "").lower() or None
        for row in facts_of(connection, "site")
    }


def fresh_words(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[tuple[str, str], str]:
    """The fresh declarations: what is listed completely, where, and the fact that says so."""
    found = {}
    for row in facts_of(connection, "declaration"):
        declared = day_of(row["declared_on"])
        days = row["valid_days"] or ""
        if declared and days.isdigit() and 0 <= (as_of - declared).days <= int(days):
            about = (row["about"] or "").strip().lower()
            found[about, (row["site_id"] or "").strip()] = row["fact_id"] or ""
    return found


def word_for(words: Mapping[tuple[str, str], str], about: str, sites: list[str]) -> str | None:
    """The declaration that speaks for one of these sites, or for all there are."""
    return next(
        (words[about, site] for site in (EVERYWHERE, *sorted(sites)) if (about, site) in words),
        None,
    )


def _sources(
    connection: duckdb.DuckDBPyConnection, standing: Sequence[Mapping[str, Any]]
) -> list[Source]:
    """Parties that make parts of what stands at a site, by the origins of its products."""
    parties = {row["party_id"] for row in facts_of(connection, "party")}
    return [
        Source(
            party=origin["made_by"] or "",
            part=f"{(origin['part'] or 'part').replace('_', ' ')}s",
            maker=f"{row['manufacturer']} {row['model'] or ''}".strip(),
            site=row["site_id"] or "?",
            fact=origin["fact_id"],
        )
        for origin in facts_of(connection, "origin")
        if origin["made_by"] in parties and origin["manufacturer"]
        for row in standing
        if _is_of(origin, row)
    ]


def _is_of(origin: Cells, product: Mapping[str, Any]) -> bool:
    """Whether an origin speaks of a product."""
    maker, model = origin["manufacturer"] or "", origin["model"]
    same = maker.casefold() == (product["manufacturer"] or "").casefold()
    return same and (not model or model.casefold() == (product["model"] or "").casefold())


def _behind_batteries(
    connection: duckdb.DuckDBPyConnection, field: Field, standing: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Makers of things with cells, who touches these from outside, and the suppliers behind."""
    with_cells = [row for row in standing if row["chemistry"] not in {None, "none"}]
    found = {one.id for row in with_cells for one in field.meant_by(row["manufacturer"] or "")}
    found |= {
        party
        for (party,) in connection.execute(
            "select distinct d.party_id from dependency as d"
            " inner join asset as a on a.asset_id = d.asset_id"
            " where d.party_id is not null and coalesce(a.lifecycle, '') <> 'retired'"
            " and coalesce(a.chemistry, 'none') <> 'none'"
        ).fetchall()
    }
    found |= {source.party for source in _sources(connection, with_cells)}
    waiting = list(found)
    while waiting:
        for link in field.graph.suppliers.get(waiting.pop(), ()):
            if link.party not in found:
                found.add(link.party)
                waiting.append(link.party)
    return {party for party in found if not _is_us(field, party)}


def _is_us(field: Field, party: str) -> bool:
    """Whether a party is the operator itself."""
    return "operator" in field.graph.entity(party).roles


def some_facts(*facts: str | None) -> list[str]:
    """The facts that there are, each once, and not too many."""
    return list(dict.fromkeys(fact for fact in facts if fact))[:MOST_FACTS]

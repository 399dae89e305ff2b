"""What the checks read of parties: plates, roles, suppliers, sources of a site, LEI records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cellwarden.vendors.gleif.agreement import Sides, agree, differences, is_in_force
from cellwarden.vendors.gleif.facts import names_in
from cellwarden.vendors.parties.groups import controls, groups_of, nobody_above
from cellwarden.vendors.parties.nouns import Filled
from cellwarden.vendors.parties.roles import Role, roles_of
from cellwarden.vendors.parties.serving import site_roles
from cellwarden.workflows.derived import fill
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import facts_of
from cellwarden.workflows.vendor.import_gleif import SOURCE, register_in
from cellwarden.workflows.vendor.notices import notice_rows
from cellwarden.workflows.vendor.parties import Field
from cellwarden.workflows.vendor.plates import register_plates
from cellwarden.workflows.vendor.suppliers import (
    criticality_by_site,
    fresh_words,
    products_standing,
    some_facts,
    standing_field,
    supplier_rows,
    word_for,
)

if TYPE_CHECKING:
    import duckdb

CLOUD: Final = "cloud_operator"
_MAJORITY: Final = 50


def register_parties(connection: duckdb.DuckDBPyConnection, *, as_of: date) -> None:
    """Fill the tables that the subjects about parties read."""
    standing = products_standing(connection)
    field = standing_field(connection, standing, as_of=as_of)
    words = fresh_words(connection, as_of)
    register_plates(connection)
    fill(connection, "supplier_row", supplier_rows(connection, field, standing, as_of=as_of))
    fill(
        connection,
        "product_role_row",
        list(_product_roles(field, _without_firmware(connection), standing, words)),
    )
    fill(connection, "site_role_row", list(_site_roles(connection, field, standing)))
    fill(connection, "lei_row", list(_lei_rows(connection, field, as_of)))
    fill(connection, "promised_notice_row", list(notice_rows(connection, as_of=as_of)))


def _product_roles(
    field: Field,
    bare: AbstractSet[tuple[str, str]],
    standing: Sequence[Mapping[str, Any]],
    words: Mapping[tuple[str, str], str],
) -> Iterator[dict[str, Any]]:
    """One row for each product and site: which of its four entities are missing."""
    listed = {site for about, site in words if about == "dependency"}
    complete = {site for about, site in words if about == "component"}
    groups: defaultdict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in standing:
        if row["manufacturer"] and row["model"]:
            groups[row["site_id"] or "", row["manufacturer"], row["model"]].append(row)
    for (site, maker, model), rows in sorted(groups.items()):
        roles = roles_of(maker, model, field.meant_by(maker), field.links)
        needs_cloud = True if any(r["needs_cloud"] for r in rows) else _no(site in listed)
        missing = [
            role.role
            for role in roles
            if role.state is Filled.UNKNOWN and not (role.role == CLOUD and needs_cloud is False)
        ]
        sure = [role for role in missing if role != CLOUD or needs_cloud]
        word = word_for(words, "relationship", [site])
        yield {
            "site_id": site or None,
            "manufacturer": maker,
            "model": model,
            "assets": sum(row["assets"] for row in rows),
            "has_cells": _has_cells({row["chemistry"] for row in rows}),
            "has_firmware": True
            if any(row["has_firmware"] for row in rows)
            else _no(site in complete or (maker.casefold(), model.casefold()) in bare),
            "missing": ", ".join(role.replace("_", " ") for role in missing) or None,
            "missing_roles": 0 if not missing else (len(sure) or None) if word else None,
            **_disputed(field, roles),
            "evidence": some_facts(
                *(fact for row in rows for fact in row["facts"]),
                *(fact for role in roles for fact in role.facts),
                word,
            ),
        }


def _without_firmware(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The products of which it is on record that no part of them holds firmware."""
    return {
        ((row["manufacturer"] or "").casefold(), (row["model"] or "").casefold())
        for row in facts_of(connection, "product")
        if row["firmware_parts"] == "0"
    }


def _disputed(field: Field, roles: Sequence[Role]) -> dict[str, Any]:
    found = [role for role in roles if role.state is Filled.DISPUTED]
    told = [
        f"{role.role.replace('_', ' ')} ({' or '.join(_names(field, role.holders))})"
        for role in found
    ]
    return {"disputed": ", ".join(told) or None, "disputed_roles": len(found)}


def _has_cells(chemistries: set[str | None]) -> bool | None:
    """Whether any of them holds cells; an unknown chemistry may."""
    if chemistries - {None, "none"}:
        return True
    return _no(None not in chemistries)


def _no(known: bool) -> bool | None:  # noqa: FBT001 - the one thing that it is about
    """No where that is known, else unknown."""
    return False if known else None


def _site_roles(
    connection: duckdb.DuckDBPyConnection, field: Field, standing: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    levels = criticality_by_site(connection)
    clouded = _clouded_makers(field, standing)
    site_facts = {row["site_id"]: row["fact_id"] for row in facts_of(connection, "site")}
    nobody = nobody_above(field.unnamed)
    stake_facts = {stake.owned: stake.fact for stake in field.stakes if controls(stake)}
    for one in site_roles(
        field.reliances,
        field.links,
        clouded,
        lambda holders: groups_of(field.graph, holders, nobody),
    ):
        names = ", ".join(_names(field, one.holders))
        yield {
            "site_id": one.site,
            "criticality": levels.get(one.site),
            "role": one.role.replace("_", " "),
            "holders": len(one.holders),
            "names": (f"one group ({names})" if one.is_one_group else names) or None,
            "groups_at_least": one.groups.fewest,
            "groups_at_most": one.groups.most,
            "open": ", ".join(_names(field, one.open)) or None,
            "is_single": one.is_single,
            "evidence": some_facts(
                site_facts.get(one.site),
                *(field.graph.entity(party).fact for party in one.holders),
                *one.facts,
                *(stake_facts.get(party) for party in one.holders),
            ),
        }


def _lei_rows(
    connection: duckdb.DuckDBPyConnection, field: Field, as_of: date
) -> Iterator[dict[str, Any]]:
    """One row for each party of the register that has an LEI: both sides, and the status."""
    register = register_in(connection)
    said = {row["party_id"] or "": row for row in field.parties}
    ours, theirs = _owners(connection, as_of, ours=True), _owners(connection, as_of, ours=False)
    for party in sorted(register.lei_of):
        row, own = said[party], register.parties[party]
        checked = day_of(row["lei_checked_on"])
        known = checked is not None and checked <= as_of
        sides = Sides(
            names=names_in(own),
            registered_name=row["registered_name"] if known else None,
            country=own["country"],
            registered_country=row["registered_country"] if known else None,
            owners=tuple(_names(field, ours.get(party, ()))),
            parents=tuple(_names(field, theirs.get(party, ()))) if known else (),
        )
        yield {
            "party_id": party,
            "name": own["name"] or party,
            "lei": register.lei_of[party],
            "lei_status": (row["lei_status"] or "").lower().replace("_", " ") or None
            if known
            else None,
            "is_in_force": is_in_force(
                row["lei_status"] if known else None,
                renewal_on=row["lei_renewal_on"],
                on=as_of.isoformat(),
            ),
            "is_active": {"ACTIVE": True, "INACTIVE": False}.get(row["entity_status"] or "")
            if known
            else None,
            "checked_on": checked if known else None,
            "renewal_on": day_of(row["lei_renewal_on"]),
            "agrees": agree(sides),
            "differences": "; ".join(map(str, differences(sides))) or None,
            "evidence": some_facts(row["fact_id"], *_said_of(connection, party)),
        }


def _owners(
    connection: duckdb.DuckDBPyConnection, as_of: date, *, ours: bool
) -> dict[str, tuple[str, ...]]:
    """Who controls each party: as the register says, or whom level 2 names as the direct parent."""
    compared = "<>" if ours else "="
    rows = connection.execute(
        f"select party_id, owner_id from ownership_all where source {compared} $source"
        " and lower(kind) = 'direct' and owner_id is not null"
        " and coalesce(left(since_on, 10) <= $day, true)"
        " and coalesce(left(until_on, 10) >= $day, true)"
        " and (lower(is_controlling) = 'yes' or try_cast(percent_low as double) > $majority)"
        " order by party_id, owner_id",
        {"source": SOURCE, "day": as_of.isoformat(), "majority": _MAJORITY},
    ).fetchall()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for party, owner in rows:
        found[party].append(owner)
    return {party: tuple(owners) for party, owners in found.items()}


def _said_of(connection: duckdb.DuckDBPyConnection, party: str) -> list[str]:
    """The facts of every source about a party and its owners."""
    rows = connection.execute(
        "select cast(entry as varchar) || '.' || cast(\"row\" as varchar) from party_all"
        " where party_id = $party union all"
        " select cast(entry as varchar) || '.' || cast(\"row\" as varchar) from ownership_all"
        " where party_id = $party order by 1",
        {"party": party},
    ).fetchall()
    return [fact for (fact,) in rows]


def _clouded_makers(
    field: Field, standing: Sequence[Mapping[str, Any]]
) -> dict[str, frozenset[str]]:
    """For each site the makers of whose things with cells there one needs a cloud."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in standing:
        if row["needs_cloud"] and row["chemistry"] not in {None, "none"}:
            found[row["site_id"] or "?"] |= {
                one.id for one in field.meant_by(row["manufacturer"] or "")
            }
    return {site: frozenset(makers) for site, makers in found.items()}


def _names(field: Field, parties: tuple[str, ...]) -> list[str]:
    return [field.graph.entity(party).name for party in parties]

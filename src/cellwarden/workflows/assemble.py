"""Wiring between rooms: facts as matching, triage and reports want them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cellwarden.advisories import triage, versions
from cellwarden.advisories.identity.vendors import relatives, vendor_ids, vendor_name
from cellwarden.model.matching import Component, Match, MatchState, Remedy, Statement
from cellwarden.model.report import FeedAge
from cellwarden.store.state import State

if TYPE_CHECKING:
    import duckdb


_ALL_DEPENDENCIES: Final = "dependency"

EXCEPTIONS: Final = (
    'select x.*, gone.asset_id as retired_asset from "exception" as x'
    " left join part_gone as gone on gone.component_id = trim(x.accepts) order by x.exception_id"
)
"""Exceptions as ``checks.accept`` wants them."""


def fetch(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, str | None]]:
    """The rows of a query as dictionaries by column name."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def fleet(connection: duckdb.DuckDBPyConnection) -> list[Component]:
    """The components in service that hold firmware, or may, as matching wants them."""
    rows = fetch(
        connection,
        """
        select c.component_id, coalesce(c.manufacturer, a.manufacturer) as manufacturer, c.model,
          c.part, c.firmware, c.role, c.hardware, c.part_number, c.serial, a.site_id, c.asset_id
        from component c left join asset a on a.asset_id = c.asset_id
        where coalesce(a.lifecycle, 'in_service') <> 'retired'
          and coalesce(c.has_firmware, 'yes') <> 'no'
        order by c.component_id
        """,
    )
    return [Component(**{name: value or "" for name, value in row.items()}) for row in rows]


def understood(components: Sequence[Component]) -> int:
    """How many components have a firmware text in which a version could be read."""
    texts = {component.firmware for component in components if component.firmware}
    readable = {text for text in texts if versions.read_firmware(text)}
    return sum(component.firmware in readable for component in components)


def statements(connection: duckdb.DuckDBPyConnection) -> list[Statement]:
    """Every statement of every imported advisory."""
    rows = fetch(connection, "select * from statement order by advisory_id, leaf_id, status")
    return [statement_of(row) for row in rows]


def statement_of(row: Mapping[str, str | None]) -> Statement:
    """One row of the kind ``statement`` as matching wants it."""
    return Statement(
        advisory_id=row["advisory_id"] or "",
        leaf_id=row["leaf_id"] or "",
        status=row["status"] or "",
        vulnerabilities=tuple((row["vulnerabilities"] or "").split()),
        vendor=row["vendor"] or "",
        product=row["product"] or "",
        family=row["family"] or "",
        version_text=row["version_text"] or "",
        version_kind=row["version_kind"] or "range",
        full_name=row["full_name"] or "",
        part_numbers=_barred(row["part_numbers"]),
        hardware=row["hardware"] or "",
        cpe=row["cpe"] or "",
        purl=row["purl"] or "",
        requires=_barred(row["requires"]),
        is_first_fixed=row["is_first_fixed"] == "yes",
        justification=row["justification"] or "",
    )


def identity_of(component: Component) -> str:
    """What a person looked at when they judged a component, in one text."""
    seen = (
        component.manufacturer,
        component.model,
        component.part,
        component.hardware,
        component.part_number,
    )
    return " | ".join(seen)


def products_by_advisory(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The products that each advisory names, in one text."""
    rows = connection.sql(
        "select advisory_id, string_agg(distinct product, '; ' order by product)"
        " from statement group by advisory_id"
    ).fetchall()
    return {advisory: products or "" for advisory, products in rows}


def decisions_in_force(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str | None]]:
    """What people decided about matches, as long as both sides are what they looked at.

    Where the component or the products of the advisory have changed since, the match waits for a
    person once more: a "no" must not outlive what it was said of.
    """
    rows = fetch(connection, "select * from match_decision")
    if not rows:
        return []
    components = {component.component_id: component for component in fleet(connection)}
    products = products_by_advisory(connection)
    return [
        row
        for row in rows
        if (row["product"] or "") == products.get(row["advisory_id"] or "", "")
        and (
            row["identity"] is None
            or (component := components.get(row["component_id"] or "")) is None
            or identity_of(component) == row["identity"]
        )
    ]


def remedies(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Remedy, ...]]:
    """The ways out that each advisory names, in order, each with the leaves that it is for."""
    found: defaultdict[str, list[Remedy]] = defaultdict(list)
    words = "select advisory_id, text, leaf_ids from remediation order by position"
    for row in fetch(connection, words):
        if row["text"]:
            found[row["advisory_id"] or ""].append(remedy_of(row["text"], row["leaf_ids"]))
    return {key: tuple(named) for key, named in found.items()}


def remedy_of(text: str, leaf_ids: str | None) -> Remedy:
    """One way out, of the cells of its row."""
    return Remedy(text, frozenset((leaf_ids or "").split()))


def triage_facts(
    connection: duckdb.DuckDBPyConnection,
    state: State,
    *,
    matches: Sequence[Match],
    feeds: Sequence[FeedAge],
    as_of: str,
) -> triage.TriageFacts:
    """Everything that triage may know, from the views of one time."""
    recorded = {index: entry.recorded_at for index, entry in state.entries()}
    advisories = _by(connection, "advisory", "advisory_id")
    ages = {age.feed: age for age in feeds}
    components = _by(connection, "component", "component_id")
    makers = {row["manufacturer"] for row in components.values()}
    publishers = {row["publisher"] for row in advisories.values()}
    return triage.TriageFacts(
        components=components,
        assets=_by(connection, "asset", "asset_id"),
        sites=_by(connection, "site", "site_id"),
        parties=_by(connection, "party", "party_id"),
        windows=_rows(connection, "window"),
        dependencies=_rows(connection, "dependency"),
        releases=_rows(connection, "release"),
        sites_with_all_dependencies=_declared_sites(connection, _ALL_DEPENDENCIES, as_of),
        advisories=advisories,
        vulnerabilities=_grouped(connection, "vulnerability", "vulnerability"),
        remediations=_grouped(connection, "remediation", "advisory_id"),
        exploited=_by(connection, "exploited", "vulnerability"),
        exploited_list_at=ages["exploited"].newest_at if "exploited" in ages else None,
        likelihoods=_by(connection, "likelihood", "vulnerability"),
        imported_at={
            key: recorded.get(int(row["fact_id"].partition(".")[0]), "")
            for key, row in advisories.items()
            if row["fact_id"]
        },
        justifications={
            (row["advisory_id"] or "", row["leaf_id"] or ""): row["justification"] or ""
            for row in fetch(
                connection,
                "select advisory_id, leaf_id, justification from statement"
                " where status = 'not_affected' and justification is not null",
            )
        },
        fixed_on=_fixed_on(connection, matches),
        vendor_names=makers_behind(name for name in makers | publishers if name),
    )


def _fixed_on(
    connection: duckdb.DuckDBPyConnection, matches: Sequence[Match]
) -> dict[tuple[str, str], str]:
    """When the register first showed a fixed version, where it had shown another one before.

    A part whose first reading is fixed already says nothing of when that happened.
    """
    fixed = [match for match in matches if match.state is MatchState.FIXED]
    if not fixed:
        return {}
    rows = connection.sql(
        """
        select latest.component_id,
          min(coalesce(past.read_at, past.valid_from))
            filter (where past.firmware = latest.firmware)
        from component as latest join component_history as past
          on past.component_id = latest.component_id
        where past.firmware is not null
        group by latest.component_id
        having count(distinct past.firmware) > 1
        """
    ).fetchall()
    changed = {component: day for component, day in rows if day}
    return {
        (match.component_id, vulnerability): changed[match.component_id]
        for match in fixed
        if match.component_id in changed
        for vulnerability in match.vulnerabilities or (match.advisory_id,)
    }


def makers_behind(names: Iterable[str]) -> dict[str, str]:
    """The maker behind each name in lower case; a name that names nobody is left out."""
    found = {name.strip().casefold(): vendor_ids(name) for name in names}
    return {name: ids[0] for name, ids in found.items() if ids}


def maker_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What people call the maker behind each name in the register, by the name in lower case.

    Brands of one group are one maker here: "APC" and "American Power Conversion" are not two.
    """
    rows = connection.sql(
        "select distinct manufacturer from component where manufacturer is not null"
    ).fetchall()
    found = {}
    for (name,) in rows:
        ids = vendor_ids(name, nicknames=True)
        if len(ids) == 1 and not ids[0].startswith("~"):
            found[name.strip().casefold()] = vendor_name(ids[0])
    return found


def advisories_by_maker(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """For each maker in the register, the imported advisories about it or its relatives."""
    spoken: defaultdict[str, set[str]] = defaultdict(set)
    for vendor, advisories in connection.sql(
        "select vendor, list(distinct advisory_id) from statement group by vendor"
    ).fetchall():
        for maker in vendor_ids(vendor or ""):
            spoken[maker].update(advisories)
    makers = connection.sql(
        "select distinct manufacturer from component where manufacturer is not null"
        " union select distinct manufacturer from asset where manufacturer is not null"
    ).fetchall()
    found = {}
    for (maker,) in sorted(makers):
        own = vendor_ids(maker, nicknames=True)
        related = {other for one in own for other in relatives(one)}
        found[maker] = frozenset().union(*(spoken.get(other, set()) for other in related))
    return found


def _rows(connection: duckdb.DuckDBPyConnection, kind: str) -> list[dict[str, str | None]]:
    return fetch(
        connection,
        "select *, cast(entry as varchar) || '.' || cast(row as varchar) as fact_id"
        f' from "{kind}" order by subject',
    )


def _by(
    connection: duckdb.DuckDBPyConnection, kind: str, key: str
) -> dict[str, dict[str, str | None]]:
    return {row[key] or "": row for row in _rows(connection, kind)}


def _grouped(
    connection: duckdb.DuckDBPyConnection, kind: str, key: str
) -> dict[str, list[dict[str, str | None]]]:
    found: defaultdict[str, list[dict[str, str | None]]] = defaultdict(list)
    for row in _rows(connection, kind):
        found[row[key] or ""].append(row)
    return dict(found)


def _declared_sites(
    connection: duckdb.DuckDBPyConnection, about: str, as_of: str
) -> frozenset[str]:
    rows = connection.execute(
        """
        select site_id from declaration
        where about = ? and try_cast(declared_on as date) <= cast(? as date)
          and try_cast(declared_on as date) + cast(try_cast(valid_days as integer) as integer)
            >= cast(? as date)
        """,
        [about, as_of[:10], as_of[:10]],
    ).fetchall()
    return frozenset(site for (site,) in rows if site)


def _barred(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("|") if part)

"""Whom to assess again and why: calendar, findings, owners, partners, parts, broken promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories.identity.vendors import vendor_ids
from cellwarden.model.errors import InputError
from cellwarden.model.moments import Moment
from cellwarden.model.report import Exposure
from cellwarden.vendors.reassessing import Due, Event, due
from cellwarden.workflows.fleet.runs import load_run
from cellwarden.workflows.vendor.assess import end_of, sites_served
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import (
    Cells,
    facts_of,
    latest_assessment,
    makers_of,
    shown_of,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

ASSESSED_ROLES: Final = frozenset(
    {
        "manufacturer",
        "firmware_maintainer",
        "cloud_operator",
        "service_partner",
        "recycler",
        "assembler",
        "white_label",
    }
)
"""Whoever has one of these roles is to be assessed, each for itself."""
_LEVELS: Final = ("high", "medium", "low")
_ASKED: Final = (
    *("party", "relationship", "ownership", "account", "contract", "clause", "assessment"),
    *("site", "asset", "component", "dependency", "substitution", "release", "advisory"),
)
"""The kinds that this asks about."""


class VendorDue(msgspec.Struct, frozen=True, kw_only=True):
    """One party and whether it is due."""

    party_id: str
    name: str
    criticality: str | None
    due: Due


def vendors_due(
    workspace: Workspace, *, as_of: date, known_at: int | None = None
) -> tuple[tuple[VendorDue, ...], str | None]:
    """Every party to be assessed, the due ones first; and which scan its findings come from."""
    try:
        report = load_run(workspace)
    except InputError:
        report = None
    with workspace.open_state() as state:
        moment = Moment(as_of=end_of(as_of), known_at=known_at)
        connection = state.connect_to_judge(moment, only=_ASKED)
        exposures = report.exposures if report else ()
        found = [
            judge_due(connection, workspace, party, exposures, as_of=as_of)
            for party in parties_to_assess(connection)
        ]
        connection.close()
    found.sort(key=lambda item: (not item.due.is_due, _rank(item.criticality), item.party_id))
    return tuple(found), report.run.id if report else None


def parties_to_assess(connection: duckdb.DuckDBPyConnection) -> Iterator[Cells]:
    """Parties with a role in which they can touch or make what stands here."""
    roles: dict[str, set[str]] = {}
    for row in facts_of(connection, "relationship"):
        roles.setdefault(row["party_id"] or "", set()).add(row["role"] or "")
    for party in facts_of(connection, "party"):
        own = set((party["role"] or "").split(";")) | roles.get(party["party_id"] or "", set())
        if own & ASSESSED_ROLES and "operator" not in own:
            yield party


def judge_due(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    party: Cells,
    exposures: Iterable[Exposure],
    *,
    as_of: date,
) -> VendorDue:
    """Whether one party is due, with what happened since it last answered."""
    row = latest_assessment(connection, party["party_id"] or "", as_of)
    criticality = criticality_of(connection, party)
    return VendorDue(
        party_id=party["party_id"] or "",
        name=party["name"] or party["party_id"] or "",
        criticality=criticality,
        due=due(
            day_of(row["answered_on"]) if row else None,
            criticality=criticality,
            periods=workspace.settings.vendors.reassess_days,
            events=events_of(connection, party, row, exposures, as_of=as_of) if row else (),
            as_of=as_of,
        ),
    )


def criticality_of(connection: duckdb.DuckDBPyConnection, party: Cells) -> str | None:
    """The criticality of the most critical site that a party serves, where that is known."""
    levels = {criticality for _, criticality in sites_served(connection, party)}
    return next((level for level in _LEVELS if level in levels), None)


def events_of(
    connection: duckdb.DuckDBPyConnection,
    party: Cells,
    row: Cells,
    exposures: Iterable[Exposure],
    *,
    as_of: date,
) -> list[Event]:
    """What happened to a vendor: changes, broken clauses, findings in its firmware."""
    events = [
        Event(kind=kind, on=on, says=f"{_WORDS[kind]}: {says}", facts=tuple(facts))
        for kind, changed_on, says, _, facts in shown_of(connection, "changes", row, as_of)
        if (on := day_of(changed_on))
    ]
    events += _breaches(connection, party["party_id"] or "")
    events += _findings(connection, makers_of(connection, party), exposures)
    return events


_WORDS: Final = {
    "firmware": "new firmware",
    "owner": "ownership changed",
    "partner": "partner changed",
    "component": "part replaced",
}


def _breaches(connection: duckdb.DuckDBPyConnection, party_id: str) -> Iterator[Event]:
    mine = {
        row["contract_id"]
        for row in facts_of(connection, "contract")
        if row["party_id"] == party_id
    }
    for row in facts_of(connection, "clause"):
        on = day_of(row["breached_on"])
        if row["contract_id"] in mine and on:
            says = f"clause broken: {(row['type'] or '').replace('_', ' ')}"
            yield Event(kind="clause", on=on, says=says, facts=(row["fact_id"] or "",))


def _findings(
    connection: duckdb.DuckDBPyConnection, makers: Sequence[str], exposures: Iterable[Exposure]
) -> Iterator[Event]:
    """One event for each weakness of which a part of this maker is surely affected."""
    ids = {one for maker in makers for one in vendor_ids(maker)}
    advisories = {row["advisory_id"]: row for row in facts_of(connection, "advisory")}
    told: set[str] = set()
    for exposure in exposures:
        is_theirs = exposure.vendor.casefold() in makers or ids & set(vendor_ids(exposure.vendor))
        row = advisories.get(exposure.advisory_id)
        on = day_of(row["released_at"]) if row else None
        if not is_theirs or exposure.state.value != "affected" or not on or not row:
            continue
        name = exposure.vulnerability or exposure.advisory_id
        if name not in told:
            told.add(name)
            says = f"firmware finding: {name} in {exposure.product}"
            yield Event(kind="finding", on=on, says=says, facts=(row["fact_id"] or "",))


def _rank(criticality: str | None) -> int:
    return _LEVELS.index(criticality) if criticality in _LEVELS else len(_LEVELS)

"""Contracts as clauses: write them down, say what was done or broken, list where each stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.vendors.contracts import WANTED, Clause, ClauseState, missing, state_of
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of, party_named
from cellwarden.workflows.vendor.notices import notice_rows
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "contracts"


class NoticeKept(msgspec.Struct, frozen=True, kw_only=True):
    """One incident held against a promise of notice: in how many hours, and how it was kept."""

    clause_id: str
    incident_id: str
    hours: int
    is_late: bool | None
    says: str


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One contract with its clauses, where each stands, and what it lacks."""

    id: str
    party_id: str
    party: str
    title: str
    signed_on: date | None
    effective_to: date | None
    document_id: str | None
    clauses: tuple[tuple[Clause, ClauseState], ...]
    notices: tuple[NoticeKept, ...]
    missing: tuple[str, ...]


def contracts(
    workspace: Workspace, vendor: str | None, *, as_of: date, known_at: int | None = None
) -> tuple[Contract, ...]:
    """The contracts of one vendor, or of all, with every clause.

    Raises:
        InputError: there is no such party.
    """
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        found = contracts_in(connection, vendor, as_of=as_of)
        connection.close()
    return found


def contracts_in(
    connection: duckdb.DuckDBPyConnection, vendor: str | None, *, as_of: date
) -> tuple[Contract, ...]:
    """As :func:`contracts`, from the views of one time."""
    only = party_named(connection, vendor)["party_id"] if vendor else None
    names = {row["party_id"]: row["name"] for row in facts_of(connection, "party")}
    clauses: dict[str, list[Clause]] = {}
    for row in facts_of(connection, "clause"):
        clauses.setdefault(row["contract_id"] or "", []).append(_clause(row))
    notices = list(notice_rows(connection, as_of=as_of))
    return tuple(
        Contract(
            id=row["contract_id"] or "",
            party_id=row["party_id"] or "",
            party=names.get(row["party_id"]) or row["party_id"] or "",
            title=row["title"] or "",
            signed_on=day_of(row["signed_on"]),
            effective_to=day_of(row["effective_to"]),
            document_id=row["document_id"],
            clauses=tuple((item, state_of(item, as_of)) for item in held),
            notices=tuple(
                NoticeKept(
                    clause_id=one["clause_id"],
                    incident_id=one["incident_id"],
                    hours=one["hours"],
                    is_late=one["is_late"],
                    says=one["says"],
                )
                for one in notices
                if one["contract_id"] == row["contract_id"]
            ),
            missing=missing(held),
        )
        for row in facts_of(connection, "contract")
        if only in {None, row["party_id"]}
        for held in [clauses.get(row["contract_id"] or "", [])]
    )


def add_contract(
    workspace: Workspace, cells: Cells, *, as_of: date, clock_at: str, actor: str
) -> int:
    """Record a contract, or what changed in one.

    Raises:
        InputError: there is no such party, or the id is missing.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        party = party_named(connection, cells.get("party_id") or "")
        known = _known(connection, "contract", cells.get("contract_id"))
        connection.close()
        row = {**known, **_given(cells), "party_id": party["party_id"]}
        return _record(state, "contract", row, as_of=as_of, clock_at=clock_at, actor=actor)


def add_clause(
    workspace: Workspace, cells: Cells, *, as_of: date, clock_at: str, actor: str
) -> int:
    """Record a clause, or that it was done or broken.

    Raises:
        InputError: no such contract, no such type of clause, a breach without evidence.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        known = _known(connection, "clause", cells.get("clause_id"))
        row = {**known, **_given(cells)}
        ids = {item["contract_id"] for item in facts_of(connection, "contract")}
        connection.close()
        if row.get("contract_id") not in ids:
            raise InputError(
                f"there is no contract {row.get('contract_id')!r}",
                advice="write it down first with `cellwarden vendor contract add`",
            )
        if row.get("type") not in WANTED:
            raise InputError(
                f"{row.get('type')!r} is no type of clause", advice=f"use {', '.join(WANTED)}"
            )
        if row.get("breached_on") and not row.get("document_id"):
            raise InputError(
                "a broken clause needs what shows it",
                advice="name the paper or ticket with --document",
            )
        return _record(state, "clause", row, as_of=as_of, clock_at=clock_at, actor=actor)


def _record(state: State, kind: str, row: Cells, *, as_of: date, clock_at: str, actor: str) -> int:
    key = kinds()[kind].key[0]
    if not row.get(key):
        raise InputError(f"the {kind} has no id", advice="give one, such as C-2026-014")
    fact = Fact(cells=kinds()[kind].row(row), valid_from=as_of.isoformat())
    draft = Draft(act="contract", actor=actor, source=SOURCE, clock_at=clock_at)
    return state.record(draft, {kind: [fact]})


def _known(connection: duckdb.DuckDBPyConnection, kind: str, key: str | None) -> Cells:
    shape = kinds()[kind]
    for row in facts_of(connection, kind):
        if row[shape.key[0]] == key:
            return {name: row[name] for name in shape.column_names}
    return {}


def _given(cells: Cells) -> Cells:
    return {name: text for name, text in cells.items() if text is not None}


def _clause(row: Cells) -> Clause:
    return Clause(
        id=row["clause_id"] or "",
        contract=row["contract_id"] or "",
        type=row["type"] or "",
        text=row["text"] or "",
        amount=row["amount"],
        unit=row["unit"],
        promised_on=day_of(row["promised_on"]),
        due_on=day_of(row["due_on"]),
        done_on=day_of(row["done_on"]),
        breached_on=day_of(row["breached_on"]),
        document_id=row["document_id"],
    )

"""Incidents held against the notice that vendors promised: who told us, and after how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from cellwarden.model.errors import InputError
from cellwarden.model.times import parse_time
from cellwarden.vendors.contracts import Notice, is_late, notice_says, took_hours
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of
from cellwarden.workflows.vendor.suppliers import fresh_words, some_facts, word_for

if TYPE_CHECKING:
    import duckdb

PROMISE: Final = "incident_notice"
MOST_HOURS: Final = 100_000
"""Hours of a promise that can be meant; more are a mistake of the one who wrote them down."""


def notice_rows(connection: duckdb.DuckDBPyConnection, *, as_of: date) -> Iterator[dict[str, Any]]:
    """One row for each incident and promise of notice that was in force when it began."""
    now = datetime.combine(as_of, time.max, UTC)
    names = {row["party_id"]: row["name"] for row in facts_of(connection, "party")}
    words = fresh_words(connection, as_of)
    for incident in facts_of(connection, "incident"):
        for clause, contract in _promises(connection, incident):
            party = contract["party_id"] or ""
            said = _told_by(connection, incident["incident_id"], party)
            first = min(said, key=lambda row: row["told_at"] or "", default=None)
            word = word_for(words, "incident", [incident["site_id"] or ""])
            notice = Notice(
                hours=int(float(clause["amount"] or 0)),
                began_at=_time(incident["started_at"]),
                knew_at=min(filter(None, (_time(row["knew_at"]) for row in said)), default=None),
                told_at=_time(first["told_at"]) if first else None,
                is_settled=bool(word or incident["closed_at"]),
            )
            facts = (
                incident["fact_id"],
                clause["fact_id"],
                contract["fact_id"],
                *(row["fact_id"] for row in said),
                word,
            )
            yield {
                "incident_id": incident["incident_id"],
                "site_id": incident["site_id"],
                "title": incident["title"],
                "party_id": party,
                "name": names.get(party) or party,
                "contract_id": contract["contract_id"],
                "clause_id": clause["clause_id"],
                "hours": notice.hours,
                "was_told": True if first else (False if notice.is_settled else None),
                "took_hours": took_hours(notice),
                "is_late": is_late(notice, now),
                "says": notice_says(notice, now),
                "evidence": some_facts(*facts),
            }


def _promises(
    connection: duckdb.DuckDBPyConnection, incident: Cells
) -> Iterator[tuple[Cells, Cells]]:
    """The promises of notice in hours by the parties of an incident, in force when it began."""
    parties = {one.strip() for one in (incident["party_ids"] or "").split(";")}
    day = day_of(incident["started_at"] or incident["noticed_at"])
    contracts = {
        row["contract_id"]: row
        for row in facts_of(connection, "contract")
        if row["party_id"] in parties and day is not None and _was_in_force(row, day)
    }
    for clause in facts_of(connection, "clause"):
        contract = contracts.get(clause["contract_id"])
        is_hours = clause["unit"] == "hours" and _is_number(clause["amount"])
        if contract and clause["type"] == PROMISE and is_hours:
            yield clause, contract


def _was_in_force(contract: Cells, day: date) -> bool:
    begins, ends = day_of(contract["effective_from"]), day_of(contract["effective_to"])
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _told_by(
    connection: duckdb.DuckDBPyConnection, incident: str | None, party: str
) -> list[Cells]:
    """What this vendor told us of an incident."""
    return [
        row
        for row in facts_of(connection, "incident_notice")
        if row["incident_id"] == incident and row["told_by_party"] == party and row["told_at"]
    ]


def _time(text: str | None) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except InputError:
        return None


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and 0 < float(text) < MOST_HOURS
    except ValueError:
        return False

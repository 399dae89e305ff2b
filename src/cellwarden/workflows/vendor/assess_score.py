"""Score, compare and ask: what vendors can prove, side by side, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.comparing import Comparison, Swing, compare, sensitivity
from cellwarden.vendors.assessment.deciding import NextQuestion, next_question
from cellwarden.vendors.assessment.questions import DOMAINS
from cellwarden.vendors.assessment.scoring import Interval, Score, total
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.dossier import (
    Cells,
    Dossier,
    dossier,
    facts_of,
    grade,
    latest_assessment,
    party_named,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

PARTNER_ROLES = frozenset({"service_partner", "subcontractor", "installer", "cloud_operator"})
"""Roles of those who touch our sites for somebody else; each is assessed by itself."""


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works for a vendor at our sites; ``low`` is nothing where it is unproven."""

    party_id: str
    name: str
    role: str
    low: float | None
    says: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's dossier with its place among the assessed ones, its partners, and its price."""

    dossier: Dossier
    others: Comparison
    swings: tuple[Swing, ...]
    partners: tuple[Partner, ...]
    price: str | None
    next: NextQuestion


class SideBySide(msgspec.Struct, frozen=True, kw_only=True):
    """Vendors side by side; ``unproven`` are those that were never assessed.

    ``by_domain`` is by vendor and domain, over the common questions alone.
    """

    dossiers: tuple[Dossier, ...]
    comparison: Comparison
    by_domain: dict[str, dict[str, Interval | None]]
    swings: tuple[Swing, ...]
    partners: dict[str, tuple[Partner, ...]]
    prices: dict[str, str | None]
    unproven: tuple[str, ...]


def standing_of(
    workspace: Workspace, vendor: str, *, as_of: date, known_at: int | None = None
) -> Standing:
    """One vendor's score with all that stands beside it.

    Raises:
        InputError: there is no such party, or it was never assessed: unproven.
    """
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        found = dossier(connection, workspace, vendor, as_of=as_of)
        rest = [
            other
            for other in assessed(connection, workspace, as_of=as_of)
            if other.row["party_id"] != found.row["party_id"]
        ]
        scores = [item.score for item in (found, *rest) if item.score.questions]
        standing = Standing(
            dossier=found,
            others=compare(scores),
            swings=sensitivity(scores),
            partners=partners_of(connection, workspace, found.party, as_of=as_of),
            price=price_of(connection, found.row["party_id"] or ""),
            next=next_question(
                found.score,
                found.gates,
                threshold=workspace.settings.vendors.threshold_fraction,
                waiting=tuple(one.question for one in found.open_follow_ups),
            ),
        )
        connection.close()
    return standing


def side_by_side(
    workspace: Workspace, vendors: Sequence[str], *, as_of: date, known_at: int | None = None
) -> SideBySide:
    """Vendors compared on the questions that count for every one of them.

    Raises:
        InputError: fewer than two are given, or there is no such party.
    """
    if len({name.casefold() for name in vendors}) < len(vendors) or len(vendors) < 2:  # noqa: PLR2004 - a pair
        raise InputError("give two or more different vendors", advice="vendor compare A B")
    with workspace.open_state() as state:
        connection = state.connect(as_of=end_of(as_of), known_at=known_at)
        found, unproven = [], []
        for name in vendors:
            party = party_named(connection, name)
            row = latest_assessment(connection, party["party_id"] or "", as_of)
            if row is None:
                unproven.append(party["name"] or name)
            else:
                found.append(grade(connection, workspace, party, row, as_of=as_of))
        scores = [item.score for item in found]
        comparison = compare(scores)
        result = SideBySide(
            dossiers=tuple(found),
            comparison=comparison,
            by_domain={item.vendor: _by_domain(item, comparison.common) for item in scores},
            swings=sensitivity(scores) if scores else (),
            partners={
                item.row["party_id"] or "": partners_of(
                    connection, workspace, item.party, as_of=as_of
                )
                for item in found
            },
            prices={
                item.row["party_id"] or "": price_of(connection, item.row["party_id"] or "")
                for item in found
            },
            unproven=tuple(unproven),
        )
        connection.close()
    return result


def _by_domain(score: Score, common: Sequence[str]) -> dict[str, Interval | None]:
    counting = [item for item in score.questions if item.question.id in set(common)]
    return {
        domain: total(item for item in counting if item.question.domain == domain)
        for domain in DOMAINS
    }


def assessed(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, *, as_of: date
) -> Iterator[Dossier]:
    """Every party that answered something, graded, by its short name."""
    for party in facts_of(connection, "party"):
        row = latest_assessment(connection, party["party_id"] or "", as_of)
        if row is not None and row["answered_on"]:
            yield grade(connection, workspace, party, row, as_of=as_of)


def partners_of(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, party: Cells, *, as_of: date
) -> tuple[Partner, ...]:
    """Who works for a vendor at our sites today, each with its own score or none at all."""
    day = as_of.isoformat()
    names = {row["party_id"]: row for row in facts_of(connection, "party")}
    found: dict[str, Partner] = {}
    for row in facts_of(connection, "relationship"):
        partner = row["party_id"] or ""
        is_over = row["valid_to_on"] and row["valid_to_on"][:10] < day
        if row["of_party_id"] != party["party_id"] or row["role"] not in PARTNER_ROLES or is_over:
            continue
        known = names.get(partner, {"party_id": partner, "name": partner})
        found[partner] = _partner(connection, workspace, known, row["role"] or "", as_of=as_of)
    return tuple(found[name] for name in sorted(found))


def _partner(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    party: Cells,
    role: str,
    *,
    as_of: date,
) -> Partner:
    row = latest_assessment(connection, party["party_id"] or "", as_of)
    low = None
    says = "unproven: no assessment of its own, and the prime's does not count for it"
    if row is not None and not row["answered_on"]:
        says = f"unproven: asked on {row['asked_on']}, no answer yet"
    elif row is not None:
        overall = grade(connection, workspace, party, row, as_of=as_of).score.overall
        low = float(overall.low) if overall else None
        says = f"proven {low:.2f} by itself" if low is not None else "unproven: nothing applies"
    return Partner(
        party_id=party["party_id"] or "",
        name=party["name"] or party["party_id"] or "",
        role=role,
        low=low,
        says=says,
    )


def price_of(connection: duckdb.DuckDBPyConnection, party_id: str) -> str | None:
    """The price a year as the offer says it; it stands beside the score and never enters it."""
    for row in facts_of(connection, "offer"):
        if row["party_id"] == party_id and row["input"] == "price" and row["likely"]:
            return f"{row['likely']} {row['unit'] or ''}".strip()
    return None

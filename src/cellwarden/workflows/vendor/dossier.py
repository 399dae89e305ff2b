"""Everything known of one vendor's assessment, graded: its answers, our evidence, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import Answer, Assessment, Evidence, EvidenceKind
from cellwarden.vendors.assessment.bank import bank_with
from cellwarden.vendors.assessment.changing import Change, ChangeKind, void
from cellwarden.vendors.assessment.claims import with_claims
from cellwarden.vendors.assessment.deciding import Decision, decide
from cellwarden.vendors.assessment.gates import GateResult, gates
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.receiving import from_vendor
from cellwarden.vendors.assessment.reviewing import apply_reviews
from cellwarden.vendors.assessment.rows import assessment_of
from cellwarden.vendors.assessment.scoring import Score, score
from cellwarden.vendors.assessment.vagueness.follow_ups import (
    FollowUp,
    still_open,
)
from cellwarden.workflows.assemble import fetch
from cellwarden.workflows.vendor.decided_rows import (
    day_of,
    exceptions_from,
    follow_ups_from,
    papers_from,
    reviews_from,
    with_replies,
)
from cellwarden.workflows.vendor.party_rows import entity_of, link_of, makers_index
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

Cells = dict[str, str | None]
Shown = dict[tuple[str, str], list[tuple[Any, ...]]]
"""Rows of a query by party and assessed product."""

_READ: Final[WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, list[Cells]]]] = (
    WeakKeyDictionary()
)
"""What was read by connection and kind; it goes with the connection."""


_PLATES: Final[WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, tuple[str, ...]]]] = (
    WeakKeyDictionary()
)
"""Which parties each plate means, by connection."""

_SHOWN: Final[WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[tuple[str, date], Shown]]] = (
    WeakKeyDictionary()
)
"""What a query shows of all assessed vendors as of a day, by connection."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor's latest assessment as of a day, graded with our own evidence joined.

    ``row`` is its fact, ``given`` what the vendor said, ``graded`` the same with our reviews,
    tests and readings and with what changes voided. ``own`` are the ids of our own evidence.
    """

    party: Cells
    row: Cells
    bank: Bank
    given: Assessment
    graded: Assessment
    score: Score
    gates: tuple[GateResult, ...]
    follow_ups: tuple[FollowUp, ...]
    decision: Decision
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    answered_on: date | None

    @property
    def name(self) -> str:
        """The legal name, or the short one where no name is known."""
        return self.party["name"] or self.party["party_id"] or ""

    @property
    def open_follow_ups(self) -> tuple[FollowUp, ...]:
        """Those that stand before a signature."""
        return still_open(self.follow_ups)


def bank_of(workspace: Workspace) -> Bank:
    """Our question bank with the workspace's own questions."""
    names = workspace.settings.vendors.banks
    return bank_with([workspace.folder / name for name in names])


def party_named(connection: duckdb.DuckDBPyConnection, name: str) -> Cells:
    """The party with this short or legal name.

    Raises:
        InputError: there is none, or several share the name.
    """
    return party_among(facts_of(connection, "party"), name)


def party_among(parties: Sequence[Cells], name: str) -> Cells:
    """As :func:`party_named`, among parties that were read."""
    wanted = name.strip().casefold()
    found = [
        row
        for row in parties
        if wanted in {(row["party_id"] or "").casefold(), (row["name"] or "").casefold()}
    ]
    if len(found) == 1:
        return found[0]
    known = sorted(row["party_id"] or "" for row in parties)
    near = [one for one in known if wanted in one.casefold()]
    raise InputError(
        f"{len(found) or 'no'} parties are called {name!r}",
        advice="give a party_id"
        + (f"; did you mean {', '.join(near[:3])}?" if near else " of the register's parties"),
    )


def makers_of(connection: duckdb.DuckDBPyConnection, party: Cells) -> list[str]:
    """The maker's names on plates that mean this party, in lower case.

    By its names and aliases, by those of its LEI record, by the vendors that we know under several
    names, and by what relationships say.
    """
    index = _PLATES.get(connection)
    if index is None:
        index = makers_index(
            [entity_of(row) for row in facts_of(connection, "party")],
            [link_of(row) for row in facts_of(connection, "relationship") if row["party_id"]],
            {
                (row["manufacturer"] or "").strip()
                for kind in ("component", "asset")
                for row in facts_of(connection, kind)
            },
        )
        _PLATES[connection] = index
    maintained = {
        (row["manufacturer"] or "").casefold()
        for row in facts_of(connection, "relationship")
        if row["party_id"] == party["party_id"] and row["role"] == "firmware_maintainer"
    }
    return sorted(
        plate
        for plate, parties in index.items()
        if party["party_id"] in parties or plate in maintained
    )


def dossier(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, name: str, *, as_of: date
) -> Dossier:
    """The latest assessment of one party, graded as of a day.

    Raises:
        InputError: there is no such party, or it was never asked.
    """
    party = party_named(connection, name)
    row = latest_assessment(connection, party["party_id"] or "", as_of)
    if row is None:
        raise InputError(
            f"{party['name'] or name} was never assessed: unproven",
            advice=f"ask with `cellwarden vendor questionnaire {party['party_id']}`",
        )
    return grade(connection, workspace, party, row, as_of=as_of)


def latest_assessment(
    connection: duckdb.DuckDBPyConnection, party_id: str, as_of: date
) -> Cells | None:
    """The row of a party's newest questionnaire that was sent by a day, or nothing."""
    rows = [
        row
        for row in facts_of(connection, "assessment")
        if row["party_id"] == party_id and (row["asked_on"] or "") <= as_of.isoformat()
    ]
    return max(
        rows, key=lambda row: (row["asked_on"] or "", row["assessment_id"] or ""), default=None
    )


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger says of one vendor's assessment: rows by kind, and nothing judged yet.

    ``own`` and ``changes`` are rows of the queries of these names.
    """

    party: Cells
    row: Cells
    answers: list[Cells]
    follow_ups: list[Cells]
    reviews: list[Cells]
    papers: list[Cells]
    exceptions: list[Cells]
    own: list[tuple[Any, ...]]
    changes: list[tuple[Any, ...]]


def record_of(
    connection: duckdb.DuckDBPyConnection, party: Cells, row: Cells, *, as_of: date
) -> Record:
    """Read what the ledger says of one assessment of a party."""
    assessment_id = row["assessment_id"]
    answers, follow_ups, reviews = (
        [told for told in facts_of(connection, kind) if told["assessment_id"] == assessment_id]
        for kind in ("answer", "follow_up", "review")
    )
    return Record(
        party=party,
        row=row,
        answers=answers,
        follow_ups=follow_ups,
        reviews=reviews,
        papers=facts_of(connection, "document"),
        exceptions=facts_of(connection, "exception"),
        own=shown_of(connection, "own_evidence", row, as_of),
        changes=shown_of(connection, "changes", row, as_of),
    )


def grade(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    party: Cells,
    row: Cells,
    *,
    as_of: date,
) -> Dossier:
    """Read what the ledger says of one assessment of a party, and grade it."""
    return graded(workspace, record_of(connection, party, row, as_of=as_of), as_of)


def graded(workspace: Workspace, record: Record, as_of: date) -> Dossier:
    """Join a vendor's words with our reviews and our own evidence, and score the whole."""
    bank = bank_of(workspace)
    row = record.row
    assessment_id = row["assessment_id"] or ""
    raw = assessment_of(row, record.answers)
    received = from_vendor(bank, raw)
    answered_on = day_of(row["answered_on"])
    dated = answered_on or as_of
    changes = _changes(record.changes)
    follow_ups = follow_ups_from(record.follow_ups, record.reviews, assessment_id)
    given = with_claims(bank, with_replies(received.assessment, follow_ups), dated)
    reviews = reviews_from(record.reviews, assessment_id)
    reviewed = apply_reviews(given, reviews, papers_from(record.papers))
    voided = void(bank, reviewed, changes, dated)
    joined = _with_own(voided, _own(record.own, raw.entity))
    exceptions, bad = exceptions_from(record.exceptions, record.party["party_id"] or "")
    scored = score(bank, joined, as_of)
    judged = gates(bank, joined, as_of, exceptions)
    return Dossier(
        party=record.party,
        row=row,
        bank=bank,
        given=given,
        graded=joined,
        score=scored,
        gates=judged,
        follow_ups=follow_ups,
        decision=decide(
            scored,
            judged,
            threshold=workspace.settings.vendors.threshold_fraction,
            open_follow_ups=len(still_open(follow_ups)),
        ),
        changes=changes,
        notes=(*received.notes, *bad),
        answered_on=answered_on,
    )


def follow_ups_of(
    connection: duckdb.DuckDBPyConnection, assessment_id: str
) -> tuple[FollowUp, ...]:
    """The follow-ups of one assessment, oldest first."""
    rows, reviews = facts_of(connection, "follow_up"), facts_of(connection, "review")
    return follow_ups_from(rows, reviews, assessment_id)


def _with_own(assessment: Assessment, own: Sequence[tuple[str, str, Evidence]]) -> Assessment:
    answers = dict(assessment.answers)
    for question, objective, item in own:
        answer = answers.get(question, Answer())
        held = (*answer.evidence.get(objective, ()), item)
        answers[question] = msgspec.structs.replace(
            answer, evidence={**answer.evidence, objective: held}
        )
    return msgspec.structs.replace(assessment, answers=answers)


def shown_of(
    connection: duckdb.DuckDBPyConnection, name: str, row: Cells, as_of: date
) -> list[tuple[Any, ...]]:
    """What a query of this room shows of the vendor and the product of one assessment.

    It asks about all assessed vendors at once, as planning it takes longer than its rows.
    """
    known = _SHOWN.setdefault(connection, {})
    if (name, as_of) not in known:
        known[name, as_of] = _shown(connection, name, as_of)
    return known[name, as_of][row["party_id"] or "", row["product"] or ""]


def _shown(connection: duckdb.DuckDBPyConnection, name: str, as_of: date) -> Shown:
    assessments = facts_of(connection, "assessment")
    found: Shown = {(row["party_id"] or "", row["product"] or ""): [] for row in assessments}
    owners = {row["party_id"]: row for row in assessments}.values()
    plates = [(row["party_id"], plate) for row in owners for plate in makers_of(connection, row)]
    values = {
        "parties": [party for party, _ in found],
        "products": [product for _, product in found],
        "owners": [party for party, _ in plates],
        "makers": [plate for _, plate in plates],
        "as_of": as_of.isoformat(),
    }
    for party, product, *cells in connection.execute(query(name), values).fetchall():
        found[party, product].append(tuple(cells))
    return found


def _own(rows: Sequence[tuple[Any, ...]], entity: str) -> list[tuple[str, str, Evidence]]:
    """What our own facts show: question, objective, evidence named after the fact behind it."""
    found = []
    for question, objective, shows, kind, product, version, dated, says, facts in rows:
        item = Evidence(
            id=f"{says} (fact {facts[0]})",
            kind=EvidenceKind(kind),
            shows_met=bool(shows),
            entity=entity if shows else None,
            product=product,
            version=version,
            issued_on=day_of(dated),
            quote=says,
        )
        found.append((question, objective, item))
    return found


def _changes(rows: Sequence[tuple[Any, ...]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            kind=ChangeKind(kind),
            on=on,
            says=f"{kind}: {says}",
            facts=tuple(facts),
            version=version,
        )
        for kind, changed_on, says, version, facts in rows
        if (on := day_of(changed_on)) is not None
    )


def facts_of(connection: duckdb.DuckDBPyConnection, kind: str) -> list[Cells]:
    """Every fact of a kind in force, with its id beside its columns.

    A connection shows the ledger of one moment, so each kind is read from it once.
    """
    known = _READ.setdefault(connection, {})
    if kind not in known:
        known[kind] = fetch(
            connection,
            "select *, cast(entry as varchar) || '.' || cast(\"row\" as varchar) as fact_id"
            f' from "{kind}" order by subject',
        )
    return known[kind]


@cache
def query(name: str) -> str:
    """The text of one query of this room."""
    folder = resources.files("cellwarden.workflows.vendor").joinpath("queries")
    return folder.joinpath(f"{name}.sql").read_text("utf-8")

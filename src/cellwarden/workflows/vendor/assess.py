"""Ask a vendor: write its questionnaire with what is known and open, as XLSX and JSON."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.vendors.assessment.answers import Assessment
from cellwarden.vendors.assessment.bank import bank_sha256
from cellwarden.vendors.assessment.form import write_form
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.rows import assessment_of
from cellwarden.vendors.assessment.workbook import write_workbook
from cellwarden.workflows.vendor.dossier import (
    Cells,
    bank_of,
    facts_of,
    follow_ups_of,
    latest_assessment,
    makers_of,
    party_named,
    query,
)
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

TIER_OF: Final = {"high": 3, "medium": 2, "low": 1}
"""How much is asked, by the criticality of the most critical site that is served."""
ANSWER_DAYS: Final = 28
SERVICE: Final = "service at our sites"
"""What is assessed of an entity that makes no product of ours."""

_Sites = list[tuple[str, str | None]]
_SERVED: Final[WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, _Sites]]] = (
    WeakKeyDictionary()
)
"""The sites that each party serves, by connection; it goes with the connection."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask; what is not given is told from the register."""

    vendor: str
    tier: int | None = None
    product: str | None = None
    version: str | None = None
    due_on: date | None = None
    is_new: bool = False


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True):
    """A written questionnaire: its files, how much it asks, and why that tier."""

    assessment_id: str
    party_id: str
    name: str
    tier: int
    because: str
    questions: int
    open_follow_ups: int
    due_on: str
    files: tuple[Path, ...]
    entry: int | None


def make_questionnaire(
    workspace: Workspace, request: Request, *, folder: Path, as_of: date, clock_at: str, actor: str
) -> Questionnaire:
    """Write the questionnaire of a vendor, and record that it was asked.

    An assessment that is under way goes out again, with the answers so far and what is open.

    Raises:
        InputError: no such party, a tier that no bank has, or the folder cannot be written.
    """
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of=end_of(as_of))
        party = party_named(connection, request.vendor)
        row = latest_assessment(connection, party["party_id"] or "", as_of)
        entry = None
        because = "as it was asked before"
        if row is None or request.is_new or not _is_same(row, request):
            row, because = _asked(connection, workspace, party, request, as_of=as_of, by=actor)
            draft = Draft(act="ask", actor=actor, source=source_of(row), clock_at=clock_at)
            fact = Fact(cells=kinds()["assessment"].row(row), valid_from=as_of.isoformat())
            entry = state.record(draft, {"assessment": [fact]})
        answers = [
            r for r in facts_of(connection, "answer") if r["assessment_id"] == row["assessment_id"]
        ]
        follow_ups = follow_ups_of(connection, row["assessment_id"] or "")
        connection.close()
    bank = bank_of(workspace)
    assessment = assessment_of(row, answers)
    about = _about(row, workspace)
    files = {
        ".xlsx": write_workbook(bank, _known(assessment, bank), follow_ups, about=about),
        ".json": write_form(bank, assessment, follow_ups, about=about),
    }
    return Questionnaire(
        assessment_id=row["assessment_id"] or "",
        party_id=party["party_id"] or "",
        name=party["name"] or "",
        tier=assessment.tier,
        because=because,
        questions=len(bank.of_tier(assessment.tier)),
        open_follow_ups=sum(item.state != "closed" for item in follow_ups),
        due_on=row["due_on"] or "",
        files=tuple(
            _written(folder / f"{row['assessment_id']}{suffix}", data)
            for suffix, data in files.items()
        ),
        entry=entry,
    )


def tier_of(connection: duckdb.DuckDBPyConnection, party: Cells) -> tuple[int, str]:
    """How much to ask a vendor, and why: by the most critical site at which its parts stand."""
    served = sites_served(connection, party)
    for level, tier in TIER_OF.items():
        sites = [site for site, criticality in served if criticality == level]
        if sites:
            return tier, f"tier {tier}: it serves {', '.join(sites)}, criticality {level}"
    return 1, "tier 1: no site that it serves is known with its criticality"


def sites_served(connection: duckdb.DuckDBPyConnection, party: Cells) -> _Sites:
    """Sites with parts, dependencies or work of a party, with their criticality.

    A connection shows the ledger of one moment, so it is asked once, for all parties.
    """
    if connection not in _SERVED:
        _SERVED[connection] = _served(connection)
    return _SERVED[connection].get(party["party_id"] or "", [])


def _served(connection: duckdb.DuckDBPyConnection) -> dict[str, _Sites]:
    plates = [
        (party["party_id"], maker)
        for party in facts_of(connection, "party")
        for maker in makers_of(connection, party)
    ]
    rows = connection.execute(
        query("sites_served"),
        {"parties": [party for party, _ in plates], "makers": [maker for _, maker in plates]},
    ).fetchall()
    found: dict[str, _Sites] = {}
    for party_id, site, criticality in rows:
        found.setdefault(party_id, []).append((site, criticality))
    return found


def _asked(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    party: Cells,
    request: Request,
    *,
    as_of: date,
    by: str,
) -> tuple[Cells, str]:
    tier, because = tier_of(connection, party)
    if request.tier is not None:
        if request.tier not in TIER_OF.values():
            raise InputError(f"tier {request.tier} is none of 1, 2, 3", advice="give 1, 2 or 3")
        tier, because = request.tier, f"tier {request.tier}, as given"
    product, version = _product(connection, party)
    taken = {row["assessment_id"] for row in facts_of(connection, "assessment")}
    plain = f"{party['party_id']}-{as_of.year}"
    name, count = plain, 1
    while name in taken:
        count += 1
        name = f"{plain}-{count}"
    due_on = request.due_on or as_of + timedelta(days=ANSWER_DAYS)
    row: Cells = dict.fromkeys(kinds()["assessment"].column_names)
    row |= {
        "assessment_id": name,
        "party_id": party["party_id"],
        "entity": party["name"] or party["party_id"],
        "product": request.product or product,
        "version": request.version or version,
        "tier": str(tier),
        "bank_sha256": bank_sha256(bank_of(workspace)),
        "asked_on": as_of.isoformat(),
        "due_on": due_on.isoformat(),
        "asked_by": by,
    }
    return row, because


def _is_same(row: Cells, request: Request) -> bool:
    """Whether what is under way is what is asked for."""
    return (
        request.tier in {None, int(row["tier"] or 1)}
        and request.product in {None, row["product"]}
        and request.version in {None, row["version"]}
    )


def _product(connection: duckdb.DuckDBPyConnection, party: Cells) -> tuple[str, str]:
    """The controller that stands here most often, with its commonest firmware; else any part."""
    rows = connection.execute(
        """
        select model, firmware, role, count(*) as parts
        from component
        where list_contains($makers, lower(trim(manufacturer)))
          and coalesce(has_firmware, 'yes') = 'yes' and model is not null and firmware is not null
        group by model, firmware, role
        order by role = 'controller' desc, parts desc, model, firmware
        limit 1
        """,
        {"makers": makers_of(connection, party)},
    ).fetchall()
    return (rows[0][0], rows[0][1]) if rows else (SERVICE, "")


def _known(assessment: Assessment, bank: Bank) -> Assessment:
    """The answers that the bank still asks for; the JSON file holds the others too."""
    kept = {name: a for name, a in assessment.answers.items() if name in bank.questions}
    return msgspec.structs.replace(assessment, answers=kept)


def _about(row: Cells, workspace: Workspace) -> dict[str, str]:
    about = {
        "assessment": row["assessment_id"] or "",
        "asked by": workspace.settings.workspace.operator,
        "asked on": row["asked_on"] or "",
        "answers due on": row["due_on"] or "",
        "bank": (row["bank_sha256"] or "")[:16],
    }
    return {key: text for key, text in about.items() if text}


def source_of(row: Cells) -> str:
    """The source that an assessment's facts come from; one, so that new rows replace old ones."""
    return f"questionnaire {row['assessment_id']}"


def _written(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}",
            advice="give --output a folder that you may write to",
        ) from error
    return path


def end_of(day: date) -> str:
    """The last second of a day, as facts are asked for."""
    return f"{day.isoformat()}T23:59:59.000000Z"

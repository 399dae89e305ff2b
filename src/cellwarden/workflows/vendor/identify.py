"""Say whether a party is an entity of the Global LEI System: candidates, and a person's word."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import InputError
from cellwarden.model.facts import END, Row, kinds
from cellwarden.model.moments import Moment
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.vendors.parties.lei import is_lei
from cellwarden.workflows.vendor.assess import end_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of, party_named
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "identifications"
ACT: Final = "identify"


def candidates(workspace: Workspace, moment: Moment, *, decided: bool = False) -> list[Cells]:
    """The entities that parties without an LEI may be, those that nobody decided or all of them.

    Each carries ``party`` (its name), ``state`` (open, confirmed or refused), who and why.
    """
    with (
        workspace.open_state() as state,
        closing(state.connect_at(moment)) as connection,
    ):
        names = {row["party_id"]: row["name"] for row in facts_of(connection, "party")}
        words = {(row["party_id"], row["lei"]): row for row in facts_of(connection, "lei_decision")}
        found = [
            _with_word(row, names, words.get((row["party_id"], row["lei"])))
            for row in facts_of(connection, "lei_candidate")
        ]
    return [row for row in found if decided or row["state"] == "open"]


def identify(
    workspace: Workspace,
    party: str,
    lei: str,
    *,
    is_same: bool,
    reason: str,
    on: date,
    clock_at: str,
    actor: str,
) -> int:
    """Record whether a party is the entity with this LEI; where it is, the party carries the LEI.

    Raises:
        InputError: there is no such party, it carries another LEI, this is no LEI, or no reason.
    """
    wanted = lei.strip().upper()
    if not is_lei(wanted):
        raise InputError(
            f"{lei!r} is no LEI: wrong length, letters or check digits",
            advice="copy it from `cellwarden vendor candidates`",
        )
    if not reason.strip():
        raise InputError("no reason is given", advice="say what you compared: --reason TEXT")
    with workspace.open_state() as state, state.alone():
        with closing(state.connect(as_of=end_of(on))) as connection:
            row = party_named(connection, party)
            carried = _carried(connection, row["party_id"] or "", wanted)
        known = (row["lei"] or "").strip().upper()
        if is_same and known and known != wanted:
            raise InputError(
                f"{row['party_id']} carries {known} already",
                advice="correct the LEI in the register first",
            )
        word = {
            "party_id": row["party_id"],
            "lei": wanted,
            "is_same": "yes" if is_same else "no",
            "decided_by": actor,
            "decided_on": on.isoformat(),
            "reason": reason.strip(),
        }
        tables = {"lei_decision": [Fact(cells=kinds()["lei_decision"].row(word))]}
        if is_same:
            said = kinds()["party"].row({"party_id": row["party_id"], "lei": wanted})
            tables["party"] = [Fact(cells=said)]
        elif carried:
            tables["party"] = [Fact(cells=cells, op=END) for cells in carried]
        draft = Draft(act=ACT, actor=actor, source=SOURCE, clock_at=clock_at)
        return state.record(draft, tables)


def _carried(connection: duckdb.DuckDBPyConnection, party: str, lei: str) -> list[Row]:
    """What an earlier yes made the party carry; a no takes it back."""
    columns = ", ".join(f'"{name}"' for name in kinds()["party"].column_names)
    return connection.execute(
        f"select {columns} from party_all where source = $source and party_id = $party"
        " and lei = $lei",
        {"source": SOURCE, "party": party, "lei": lei},
    ).fetchall()


def _with_word(row: Cells, names: dict[str | None, str | None], word: Cells | None) -> Cells:
    states = {"yes": "confirmed", "no": "refused"}
    return row | {
        "party": names.get(row["party_id"]),
        "state": states.get(word["is_same"] or "", "open") if word else "open",
        "decided_by": word["decided_by"] if word else None,
        "reason": word["reason"] if word else None,
    }

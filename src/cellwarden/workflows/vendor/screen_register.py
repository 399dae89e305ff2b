"""Screen the register: parties, owners and origins against the lists, recorded as one entry."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import Reading, Row, kinds
from cellwarden.model.moments import Moment
from cellwarden.store.state import Draft, State
from cellwarden.vendors.screening import (
    Decision,
    Entry,
    Index,
    Judged,
    OwnedHit,
    Party,
    entry_digest,
    list_day,
    name_digest,
    owned_hits,
    read_list,
    screen,
)
from cellwarden.workflows.fleet.differences import changed_facts
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of
from cellwarden.workflows.vendor.screen_names import Further, Inputs, inputs_of
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "screening"
ACT: Final = "screen"
OWNERSHIP: Final = "ownership"
"""The list of a hit that no list names: listed parties own the company."""
GOOD_FOR_DAYS: Final = 30
"""A scan screens anew when this many days have passed, even where nothing changed."""
_FOREVER: Final = "9999"
_KINDS: Final = ("screening_run", "screened_name", "screening_hit")
_ASKED: Final = (*_KINDS, "screening_decision", "party", "ownership", "origin")
"""The kinds that a screening asks about."""


class Screened(msgspec.Struct, frozen=True, kw_only=True):
    """One screening of the register: how much was held against what, and where it is recorded.

    ``unnamed`` are parties without a name: nobody can hold them against a list. ``entry`` is None
    where it came out as the last one did, on the same day.
    """

    names: int
    entries: int
    lists: tuple[str, ...]
    matches: int
    reviews: int
    unnamed: tuple[str, ...]
    entry: int | None


def screen_register(
    workspace: Workspace, lists: Sequence[Path], *, on: date, clock_at: str, actor: str
) -> Screened:
    """Screen the register's names against lists, or the lists of the settings, and record it.

    Raises:
        InputError: no list is given or set, or a file cannot be read.
        SourceError: a list is damaged, unknown or empty; nothing is recorded then.
    """
    files = tuple(lists) or list_files(workspace)
    if not files:
        raise InputError(
            "there is no list to screen against",
            advice="give --list FILE, or set lists = [...] under [vendors] in cellwarden.toml",
        )
    with (
        workspace.open_state() as state,
        state.alone(),
        closing(state.connect(as_of=_FOREVER, only=_ASKED)) as connection,
    ):
        inputs = inputs_of(connection, files)
        return _record(state, connection, inputs, on=on, clock_at=clock_at, actor=actor)


def screen_if_changed(
    workspace: Workspace,
    state: State,
    *,
    on: date,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> tuple[SourceError, ...]:
    """Screen where the settings name lists, and names, stakes, decisions or lists have changed.

    A list that cannot be read stops no scan; it comes back as an error to report at the end, and
    the last screening grows old where everybody sees it.
    """
    try:
        files = list_files(workspace)
        if not files:
            return ()
        with closing(state.connect(as_of=_FOREVER, only=_ASKED)) as connection:
            inputs = inputs_of(connection, files)
            if _is_fresh(connection, inputs, on):
                return ()
            progress("screening", 0, len(inputs.parties))
            _record(state, connection, inputs, on=on, clock_at=clock_at, actor=actor)
            progress("screening", len(inputs.parties), len(inputs.parties))
    except (SourceError, InputError) as error:
        return (SourceError(str(error), advice=error.advice),)
    return ()


def list_files(workspace: Workspace) -> tuple[Path, ...]:
    """The list files of the settings: files as named, folders with all that lies in them.

    Raises:
        InputError: one of them is not there.
    """
    found: list[Path] = []
    for name in workspace.settings.vendors.lists:
        path = workspace.folder / name
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if p.suffix.lower() in {".csv", ".xml"})
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(
                f"[vendors] lists: {name} is not there",
                advice="fetch the list anew, or take it out of cellwarden.toml",
            )
    return tuple(found)


def hits(workspace: Workspace, moment: Moment, *, decided: bool = False) -> list[Cells]:
    """The hits nobody has decided, or all of them; matches first, then by score.

    Each carries ``state``: open, confirmed or cleared, and ``decided_by`` and ``reason``.
    """
    with (
        workspace.open_state() as state,
        closing(state.connect_at(moment)) as connection,
    ):
        found = [_with_state(row, _decisions(connection)) for row in _hit_rows(connection)]
    chosen = [row for row in found if decided or row["state"] == "open"]
    return sorted(
        chosen,
        key=lambda r: (r["decision"] != "match", -float(r["score"] or 0), r["party_id"] or ""),
    )


def hit_named(connection: duckdb.DuckDBPyConnection, name: str, list_id: str) -> Cells:
    """The one hit of a name on an entry, by the entry's number or ``LIST/NUMBER``.

    Raises:
        InputError: there is none, or several lists have that number.
    """
    found = [
        row
        for row in _hit_rows(connection)
        if row["party_id"] == name
        and list_id in {row["list_id"], f"{row['list']}/{row['list_id']}"}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{row['list']}/{row['list_id']}" for row in found)
        raise InputError(
            f"{name} has a hit on {list_id} of several lists", advice=f"say which: {names}"
        )
    raise InputError(
        f"{name} has no hit on {list_id}", advice="`cellwarden vendor hits --all` shows them"
    )


def _with_state(row: Cells, decisions: Sequence[Cells]) -> Cells:
    word = next((d for d in decisions if _is_about(d, row)), None)
    return row | {
        "state": "open" if word is None else "confirmed" if word["is_same"] == "yes" else "cleared",
        "decided_by": word["decided_by"] if word else None,
        "reason": word["reason"] if word else None,
    }


def _is_about(decision: Cells, hit: Cells) -> bool:
    """Whether a decision was made of exactly these two sides, as they are."""
    names = ("party_id", "list", "list_id", "name_digest", "entry_digest")
    return all(decision[name] == hit[name] for name in names)


def _hit_rows(connection: duckdb.DuckDBPyConnection) -> list[Cells]:
    return facts_of(connection, "screening_hit")


def _decisions(connection: duckdb.DuckDBPyConnection) -> list[Cells]:
    return facts_of(connection, "screening_decision")


def _is_fresh(connection: duckdb.DuckDBPyConnection, inputs: Inputs, on: date) -> bool:
    runs = [r for r in facts_of(connection, "screening_run") if r["inputs_sha256"]]
    return bool(runs) and all(
        run["inputs_sha256"] == inputs.sha256
        and (done := day_of(run["done_on"])) is not None
        and (on - done).days < GOOD_FOR_DAYS
        for run in runs
    )


def _record(
    state: State,
    connection: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    *,
    on: date,
    clock_at: str,
    actor: str,
) -> Screened:
    entries = read_list(inputs.lists)
    found = _judged(inputs, entries, on)
    lists = Counter(entry.list_name for entry in entries)
    rows = {
        "screening_run": _runs(inputs, entries, lists, on),
        "screened_name": [
            _row("screened_name", name_id=p.id, name=p.name, country=p.country, done_on=str(on))
            for p in inputs.parties
        ],
        "screening_hit": [_row("screening_hit", **cells) for cells in found],
    }
    reading = Reading(source=SOURCE, document_sha256="", taken_at=None, tables=rows)
    tables = changed_facts(connection, reading, {SOURCE: set(_KINDS)})
    entry = None
    if tables:
        draft = Draft(act=ACT, actor=actor, source=SOURCE, clock_at=clock_at)
        entry = state.record(draft, tables)
    decided = Counter(cells["decision"] for cells in found)
    return Screened(
        names=len(inputs.parties),
        entries=len(entries),
        lists=tuple(sorted(lists)),
        matches=decided["match"],
        reviews=decided["review"],
        unnamed=inputs.unnamed,
        entry=entry,
    )


def _row(kind: str, **cells: str | None) -> Row:
    return kinds()[kind].row({name: cell or None for name, cell in cells.items()})


def _runs(inputs: Inputs, entries: Sequence[Entry], lists: Counter[str], on: date) -> list[Row]:
    said: dict[str, list[str]] = {name: [] for name in lists}
    for entry in entries:
        said[entry.list_name].append(entry_digest(entry))
    days = _list_days(inputs.lists)
    return [
        _row(
            "screening_run",
            list=name,
            sha256=hashlib.sha256("\n".join(sorted(said[name])).encode()).hexdigest(),
            listed_on=str(days[name]) if days.get(name) else None,
            entries=str(lists[name]),
            names=str(len(inputs.parties)),
            done_on=str(on),
            inputs_sha256=inputs.sha256,
        )
        for name in sorted(lists)
    ]


def _list_days(files: Sequence[Path]) -> dict[str, date | None]:
    """The oldest day that the files of each list tell; None where one of them tells none."""
    found: dict[str, date | None] = {}
    for path in files:
        day = list_day(path.name, path.read_bytes())
        try:
            names = {entry.list_name for entry in read_list([path])}
        except SourceError:
            continue  # aliases or addresses alone: the list's main file tells its day
        for name in names:
            known = found.get(name, day)
            found[name] = min(known, day) if known and day else None
    return found


def _judged(inputs: Inputs, entries: Sequence[Entry], on: date) -> list[dict[str, str | None]]:
    by_party = {party.id: party for party in inputs.parties}
    by_number = {(entry.list_name, entry.id): entry for entry in entries}
    found = []
    for judged in screen(inputs.parties, Index(list(entries))):
        if judged.decision is Decision.NONE:
            continue
        entry = by_number.get((judged.features.get("list", ""), judged.list_id or ""))
        found.append(_hit(judged, by_party[judged.id], entry, on, inputs.further.get(judged.id)))
    found = _best_of_each(found)
    states = [(cells, _with_state(cells, inputs.decisions)["state"]) for cells in found]
    listed = {
        str(cells["party_id"])
        for cells, state in states
        if state == "confirmed" or (state == "open" and cells["decision"] == "match")
    }
    maybe = {str(cells["party_id"]) for cells, state in states if state == "open"} - listed
    owned = owned_hits(inputs.holdings, listed=listed, maybe=maybe)
    return found + [
        _owned(hit, by_party.get(hit.company, Party(id=hit.company, name=hit.company)), on)
        for hit in owned
    ]


def _best_of_each(found: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """One hit of each party on each entry: that of the name that came nearest."""
    best: dict[tuple[str | None, ...], dict[str, str | None]] = {}
    for cells in found:
        key = (cells["party_id"], cells["list"], cells["list_id"])
        known = best.setdefault(key, cells)
        if _nearness(cells) > _nearness(known):
            best[key] = cells
    return list(best.values())


def _nearness(cells: dict[str, str | None]) -> tuple[bool, float]:
    return cells["decision"] == "match", float(cells["score"] or 0)


def _hit(
    judged: Judged, party: Party, entry: Entry | None, on: date, further: Further | None
) -> dict[str, str | None]:
    why = [
        *([further.says] if further else []),
        *judged.features.get("for", ()),
        *judged.features.get("against", ()),
    ]
    return {
        "party_id": further.party_id if further else party.id,
        "list": entry.list_name if entry else "no list",
        "list_id": entry.id if entry else "unread",
        "name": party.name,
        "list_name": judged.list_name,
        "score": f"{judged.score:.2f}",
        "features": "; ".join(why) or "the name cannot be read by rules",
        "decision": judged.decision.value,
        "reference": entry.reference if entry else None,
        "name_digest": name_digest(party),
        "entry_digest": entry_digest(entry) if entry else "unread",
        "found_on": str(on),
    }


def _owned(hit: OwnedHit, party: Party, on: date) -> dict[str, str | None]:
    owners = "; ".join(hit.owners)
    side = f"{hit.low} {hit.high} {owners}"
    return {
        "party_id": hit.company,
        "list": OWNERSHIP,
        "list_id": owners,
        "name": party.name,
        "list_name": None,
        "score": f"{hit.low / 100:.2f}",
        "features": hit.says,
        "decision": hit.decision.value,
        "low_percent": str(hit.low),
        "high_percent": str(hit.high),
        "reference": "OFAC 50 percent rule",
        "name_digest": name_digest(party),
        "entry_digest": hashlib.sha256(side.encode()).hexdigest(),
        "found_on": str(on),
    }

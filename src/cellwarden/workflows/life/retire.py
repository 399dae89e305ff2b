"""Retire: begin a retirement, record its steps, see what is missing, close its file."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from cellwarden import checks
from cellwarden.checks.exceptions import EVERY, IN_FORCE, is_same_person
from cellwarden.lifecycle.custody import hours_between
from cellwarden.lifecycle.retirement import Case, steps
from cellwarden.lifecycle.ruling import transport_rules
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.model.retirements import Standing
from cellwarden.workflows.life.lives import find_asset
from cellwarden.workflows.statements import Statement, record, rows, short_id, subjects_at
from cellwarden.workflows.workspace import Workspace

ACT: Final = "retirement"

RECORDS: Final = {
    "file": ("retirement", "", ()),
    "approval": ("approval", "APP", ("requester", "approver", "answer")),
    "data": ("data_return", "DTR", ()),
    "telemetry": ("telemetry_end", "TEL", ("ended_at",)),
    "wipe": (
        "sanitization",
        "SAN",
        (
            "component_id",
            "media",
            "method",
            "technique",
            "operator",
            "verifier",
            "done_on",
            "result",
        ),
    ),
    "access": ("removal", "REM", ("removed_at", "removed_by")),
    "transport": ("shipment", "SHP", ()),
    "handover": ("handover", "HND", ("from_holder", "to_holder", "handed_at", "received_at")),
    "disposal": ("disposal", "DSP", ("party_id",)),
}
"""Words of ``retire record``: the kind, the beginning of its ids, the columns that it needs."""

_FOUR_EYES: Final = {
    "approval": ("requester", "approver"),
    "wipe": ("operator", "verifier"),
    "access": ("removed_by", "verified_by"),
}
"""Steps of which one person does it and another one looks."""

_ONE_EACH: Final = frozenset({"data", "transport", "disposal"})
"""Steps of which an asset has one, that later words complete; the others add one more."""


def start(
    workspace: Workspace, wanted: str, cells: dict[str, str], *, actor: str, moment: Moment
) -> tuple[int, str]:
    """Begin the retirement of an asset; returns the entry and the id of its file.

    Raises:
        InputError: there is no such asset, its file is open already, or a cell does not fit.
    """
    clock_at = moment.as_of
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of="9999")
        asset_id = find_asset(connection, wanted)
        pending = connection.execute(
            "select retirement_id from retirement where trim(asset_id) = ? and closed_at is null",
            [asset_id],
        ).fetchall()
        connection.close()
        if pending:
            raise InputError(
                f"{asset_id} is being retired already: {pending[0][0]}",
                advice=f"`cellwarden retire status {asset_id}` shows what is missing",
            )
        made = {"asset_id": asset_id, "started_at": clock_at, "started_by": actor} | cells
        made["retirement_id"] = cells.get("retirement_id") or short_id("RET", made, clock_at)
        statement = Statement(kind="retirement", cells=made, actor=actor, act=ACT)
        return record(state, statement, clock_at=clock_at)


def put(
    workspace: Workspace,
    step: str,
    wanted: str,
    cells: dict[str, str],
    *,
    actor: str,
    clock_at: str,
) -> tuple[int, str]:
    """Record one step of a retirement; returns the entry and the subject.

    Raises:
        InputError: there is no such step or asset, or a cell is missing or does not fit.
        PermissionRefused: the verifier is the one who did it.
    """
    if step not in RECORDS:
        raise InputError(
            f"{step!r} is no step that can be recorded", advice=f"use one of {', '.join(RECORDS)}"
        )
    kind, prefix, needed = RECORDS[step]
    if not any(cells.values()):
        raise InputError(
            f"nothing is said of {step}",
            advice=f"give COLUMN=VALUE; {kind} has {', '.join(kinds()[kind].column_names)}",
        )
    _refuse_bad(step, cells)
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of="9999")
        asset_id = find_asset(connection, wanted)
        key = f"{kind}_id"
        at = "about_id" if step == "approval" else "asset_id"
        known = connection.execute(
            f'select "{key}" from "{kind}" where trim("{at}") = ? order by entry desc limit 1',
            [asset_id],
        ).fetchall()
        connection.close()
        if not known and step == "file":
            raise InputError(
                f"no retirement of {asset_id} was begun",
                advice=f"`cellwarden retire start {asset_id} --reason ...` begins one",
            )
        made = {at: asset_id} | cells
        if step == "approval":
            made = {"step": "retirement", "about_kind": "asset", "decided_at": clock_at} | made
        continues = bool(known) and (step == "file" or step in _ONE_EACH)
        if key not in made:
            made[key] = str(known[0][0]) if continues else short_id(prefix, made, clock_at)
        missing = [name for name in needed if not made.get(name) and not continues]
        if missing:
            raise InputError(
                f"{step} needs {', '.join(missing)}", advice="give each as COLUMN=VALUE"
            )
        statement = Statement(kind=kind, cells=made, actor=actor, act=ACT)
        return record(state, statement, clock_at=clock_at)


def status(workspace: Workspace, wanted: str | None, moment: Moment) -> tuple[Standing, ...]:
    """How far the retirement of one asset is, or of every asset that is retired or on its way.

    Raises:
        InputError: there is no such asset, or it is neither retired nor on its way.
    """
    with subjects_at(workspace, moment) as connection:
        asset_id = find_asset(connection, wanted) if wanted else None
        where, values = ("where asset_id = ?", [asset_id]) if asset_id else ("", [])
        found = rows(
            connection, f"select * from subject_retirement {where} order by asset_id", values
        )
        if asset_id and not found:
            raise InputError(
                f"{asset_id} is neither retired nor on its way out",
                advice=f"`cellwarden retire start {asset_id} --reason ...` begins its retirement",
            )
        weak = _weak_wipes(rows(connection, "select * from subject_sanitization"))
        loose = _unsigned(rows(connection, "select * from subject_handover"))
        accepted = _accepted(rows(connection, 'select * from "exception"'), moment.as_of)
    return tuple(_standing(row, weak, loose, accepted, moment.as_of) for row in found)


def close(workspace: Workspace, wanted: str, *, actor: str, moment: Moment) -> tuple[int, Standing]:
    """Close the file of a retirement; from then on what is not in it is missing.

    Raises:
        InputError: there is no open file of this asset.
        PermissionRefused: a step is open and no exception covers it, or who closes began it.
    """
    (standing,) = status(workspace, wanted, moment)
    asset_id = standing.asset_id
    if standing.retirement_id is None or standing.is_closed:
        word = "is closed already" if standing.is_closed else "was never begun"
        raise InputError(
            f"the retirement of {asset_id} {word}",
            advice=f"`cellwarden retire status {asset_id}` shows how it stands",
        )
    if standing.holes:
        told = "\n".join(f"  {one.title}: {one.because}" for one in standing.holes)
        raise PermissionRefused(
            f"the file of {asset_id} has {len(standing.holes)} holes:\n{told}",
            advice="record what is missing, or have each accepted: `cellwarden exception add`",
        )
    with workspace.open_state() as state, state.alone():
        connection = state.connect(as_of="9999")
        begun = connection.execute(
            "select started_by from retirement where retirement_id = ?", [standing.retirement_id]
        ).fetchall()
        connection.close()
        if begun and begun[0][0] and is_same_person(str(begun[0][0]), actor):
            raise PermissionRefused(
                f"{actor} began the retirement of {asset_id} and cannot close it",
                advice="let somebody else look through the file and close it",
            )
        cells = {
            "retirement_id": standing.retirement_id,
            "closed_at": moment.as_of,
            "closed_by": actor,
        }
        statement = Statement(kind="retirement", cells=cells, actor=actor, act=ACT)
        entry, _ = record(state, statement, clock_at=moment.as_of)
    return entry, standing


def _refuse_bad(step: str, cells: dict[str, str]) -> None:
    """Refuse what can be seen to be wrong before it is written down."""
    pair = _FOUR_EYES.get(step)
    if pair and all(cells.get(name) for name in pair):
        one, other = (cells[name] for name in pair)
        if is_same_person(one, other):
            raise PermissionRefused(
                f"{one} is both {pair[0]} and {pair[1]}",
                advice=f"let somebody else look, and name them in {pair[1]}",
            )
    if step == "handover":
        hours = hours_between(cells.get("handed_at"), cells.get("received_at"))
        if hours is not None and hours < 0:
            raise InputError(
                "it cannot be taken before it is given",
                advice="look at handed_at and received_at; both need their offset from UTC",
            )


def _standing(
    row: dict[str, Any],
    weak: dict[str, tuple[str, ...]],
    loose: dict[str, tuple[str, ...]],
    accepted: dict[str, frozenset[str]],
    as_of: str,
) -> Standing:
    asset_id = row["asset_id"]
    names = set(Case.__struct_fields__)
    known = {name: cell for name, cell in row.items() if name in names and cell is not None}
    known |= {"weak_wipes": weak.get(asset_id, ()), "unsigned": loose.get(asset_id, ())}
    case = msgspec.convert(known, Case)
    rule = transport_rules().get(row["chemistry"] or "")
    doubt = "" if rule is None or rule.verified else " (needs a second look)"
    return Standing(
        asset_id=asset_id,
        name=row["name"],
        serial=row["serial"],
        chemistry=row["chemistry"],
        retirement_id=row["retirement_id"],
        is_closed=row["is_closed"],
        as_of=as_of,
        steps=steps(case, accepted.get(asset_id, frozenset()) | accepted.get(EVERY, frozenset())),
        papers=rule.says if rule else "unknown: the chemistry is not on record",
        papers_source=f"{rule.source}, looked at on {rule.checked_on}{doubt}" if rule else "",
    )


def _weak_wipes(found: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The wipes of each asset that do not hold, each with its reason."""
    made: dict[str, list[str]] = {}
    for row in found:
        reasons = [
            words
            for is_so, words in (
                (row["has_passed"] is False, "did not pass"),
                (row["verifier_is_operator"], "verified by its operator"),
                (row["has_verifier"] is False, "verified by nobody"),
                (
                    row["method_rank"] is not None
                    and row["needed_rank"] is not None
                    and row["method_rank"] < row["needed_rank"],
                    f"{row['technique'] or row['method']} is too weak for {row['media']}",
                ),
            )
            if is_so
        ]
        if reasons and row["asset_id"]:
            told = f"{row['sanitization_id']} ({', '.join(reasons)})"
            made.setdefault(row["asset_id"], []).append(told)
    return {asset_id: tuple(words) for asset_id, words in made.items()}


def _unsigned(found: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The hand-overs of each asset that are not known to be signed by both sides."""
    made: dict[str, list[str]] = {}
    for row in found:
        if not (row["giver_signed"] and row["taker_signed"]) and row["asset_id"]:
            made.setdefault(row["asset_id"], []).append(row["handover_id"])
    return {asset_id: tuple(names) for asset_id, names in made.items()}


def _accepted(found: list[dict[str, Any]], as_of: str) -> dict[str, frozenset[str]]:
    """The checks that exceptions in force cover, by the asset that they accept."""
    _, judged = checks.accept((), found, as_of=as_of)
    made: dict[str, set[str]] = {}
    for one in judged:
        if one.state == IN_FORCE:
            made.setdefault(one.subject, set()).add(one.check)
    return {subject: frozenset(names) for subject, names in made.items()}

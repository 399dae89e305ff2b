"""Facts become a history: which line a fact makes, in which order, and what is not on record."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from cellwarden.lifecycle.custody import custody_gaps
from cellwarden.model.lives import Life, LifeEvent, LifeGap

Row = Mapping[str, str | None]
"""The cells of one fact by column, with ``entry``, ``row`` and ``source``."""

MISSING: Final = "missing"
UNKNOWN: Final = "unknown"

_PLACE: Final = re.compile(r"\{(\w+)\}")
_WORDY: Final = frozenset({"step", "answer", "authenticity", "stage", "outcome", "destination"})


class EventRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of fact becomes one line."""

    kind: str
    phase: str
    at: str
    who: tuple[str, ...]
    says: tuple[str, ...]
    needs: tuple[str, ...] = ()
    only: dict[str, str] = {}
    grade_column: str = "grade"


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a whole life holds."""

    phase: str
    says: str
    declared: str
    when: str
    only: dict[str, str] = {}


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of ``rules/history.toml``."""

    phases: tuple[str, ...]
    event: tuple[EventRule, ...]
    expected: tuple[Expected, ...]


@cache
def rules() -> Rules:
    """Which facts make which lines, and what a whole life holds."""
    path = resources.files("cellwarden.lifecycle").joinpath("rules", "history.toml")
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Rules)


def life_of(
    asset: Row,
    facts: Mapping[str, Sequence[Row]],
    *,
    grades: Mapping[str, str],
    declared: frozenset[str],
    as_of: str,
    ledger_size: int,
) -> Life:
    """The history of one asset.

    Args:
        asset: its row in the register.
        facts: the facts that speak of it, by kind, its components under ``component``.
        grades: the grade of each document, by its id.
        declared: the kinds that its site declares complete on that day.
        as_of: the time that the history speaks for; what lies after it is left out.
        ledger_size: how many entries were known.
    """
    events = [
        event
        for rule in rules().event
        for row in facts.get(rule.kind, ())
        if (event := _event(rule, row, grades)) is not None and event.at[:19] <= as_of[:19]
    ]
    events += _register_events(asset, facts, as_of)
    order = {phase: number for number, phase in enumerate(rules().phases)}
    # A bare date stands behind the times of its day: what was examined had arrived before.
    events.sort(
        key=lambda event: (
            event.at[:10] or "9",
            order.get(event.phase, 0),
            event.at if "T" in event.at else "~",
        )
    )
    return Life(
        asset_id=asset["asset_id"] or "",
        site_id=asset.get("site_id"),
        name=asset.get("name"),
        manufacturer=asset.get("manufacturer"),
        model=asset.get("model"),
        serial=asset.get("serial"),
        chemistry=asset.get("chemistry"),
        lifecycle=asset.get("lifecycle"),
        warranty_until=asset.get("warranty_until"),
        as_of=as_of,
        ledger_size=ledger_size,
        events=tuple(events),
        gaps=tuple(_gaps(asset, facts, declared)),
    )


def _event(rule: EventRule, row: Row, grades: Mapping[str, str]) -> LifeEvent | None:
    """One line, or nothing. What no paper stands behind is somebody's word: claimed."""
    if any(not row.get(name) for name in rule.needs):
        return None
    if any(row.get(name) != value for name, value in rule.only.items()):
        return None
    pieces = [piece for piece in rule.says if all(row.get(name) for name in _PLACE.findall(piece))]
    if not pieces:
        return None
    words = (_PLACE.sub(lambda found: _word(found[1], row), piece) for piece in pieces)
    return LifeEvent(
        at=row.get(rule.at) or "",
        phase=rule.phase,
        what="; ".join(words),
        who=next((row[name] for name in rule.who if row.get(name)), None),
        source=row.get("source") or "",
        grade=row.get(rule.grade_column) or grades.get(row.get("document_id") or "", "claimed"),
        fact=f"{row.get('entry')}.{row.get('row')}",
        kind=rule.kind,
        document_id=row.get("document_id"),
    )


def _word(column: str, row: Row) -> str:
    text = row[column] or ""
    if column.endswith("_at"):
        return text[:16].replace("T", " ")
    if column in _WORDY:
        return text.replace("_", " ")
    return text.replace("; ", ", ").replace(";", ", ")


def _register_events(asset: Row, facts: Mapping[str, Sequence[Row]], as_of: str) -> list[LifeEvent]:
    """What the register itself says: installed, warranty ended, last heard."""
    made: list[LifeEvent] = []
    day = asset.get("installed_on")
    if day and not facts.get("installation"):
        what = "in service since this day, by the register alone"
        made.append(_own("asset", asset, at=day, phase="installation", what=what, grade="claimed"))
    end = asset.get("warranty_until")
    if end and end < as_of[:10]:
        made.append(
            _own("asset", asset, at=end, phase="warranty", what="warranty ended", grade="claimed")
        )
    heard = [row for row in facts.get("component", ()) if row.get("read_at")]
    if heard:
        last = max(heard, key=lambda row: row["read_at"] or "")
        firmware = last.get("firmware") or "nothing that could be read"
        what = f"last reading of a part: {last['component_id']} says {firmware}"
        made.append(
            _own(
                "component",
                last,
                at=last["read_at"] or "",
                phase="firmware",
                what=what,
                grade="tested",
            )
        )
    return [event for event in made if event.at[:19] <= as_of[:19]]


def _own(kind: str, row: Row, *, at: str, phase: str, what: str, grade: str) -> LifeEvent:
    """A line that the register's own row makes."""
    return LifeEvent(
        at=at,
        phase=phase,
        what=what,
        who=None,
        source=row.get("source") or "",
        grade=grade,
        fact=f"{row.get('entry')}.{row.get('row')}",
        kind=kind,
    )


def _gaps(
    asset: Row, facts: Mapping[str, Sequence[Row]], declared: frozenset[str]
) -> Iterable[LifeGap]:
    """What is not on record, and the times in which nobody had custody."""
    conditions = _conditions(asset, facts)
    for expected in rules().expected:
        if expected.when in conditions and not _has(expected, facts):
            closed = any(row.get("closed_at") for row in facts.get("retirement", ()))
            is_missing = expected.declared in declared or (
                closed and expected.when.startswith("retired")
            )
            state = MISSING if is_missing else UNKNOWN
            yield LifeGap(
                phase=expected.phase,
                says=f"no {expected.says} on record",
                state=state,
            )
    if asset.get("warranty_until") is None:
        yield LifeGap(phase="warranty", says="no end of warranty on record", state=UNKNOWN)
    yield from custody_gaps(facts.get("handover", ()))
    yield from _silence(facts)


def _conditions(asset: Row, facts: Mapping[str, Sequence[Row]]) -> frozenset[str]:
    found = {"always"}
    parts = facts.get("component", ())
    if any(row.get("has_firmware") != "no" for row in parts):
        found.add("firmware")
    if asset.get("lifecycle") == "retired" or facts.get("retirement"):
        found.add("retired")
        files = facts.get("retirement", ())
        if not any(row.get("holds_memory") == "no" for row in files) and "firmware" in found:
            found.add("retired_memory")
        if asset.get("chemistry") != "none":
            found.add("retired_cells")
    return frozenset(found)


def _has(expected: Expected, facts: Mapping[str, Sequence[Row]]) -> bool:
    kind = expected.only.get("kind")
    wanted = {name: value for name, value in expected.only.items() if name != "kind"}
    for rule in rules().event:
        if rule.phase != expected.phase or (kind and rule.kind != kind):
            continue
        for row in facts.get(rule.kind, ()):
            if _event(rule, row, {}) is None:
                continue
            if all(_fits(row.get(name), value) for name, value in wanted.items()):
                return True
    return False


def _fits(cell: str | None, wanted: str) -> bool:
    if wanted == "*":
        return bool(cell) and cell != "not_checked"
    return cell == wanted


def _silence(facts: Mapping[str, Sequence[Row]]) -> Iterable[LifeGap]:
    """A retired asset whose parts answered afterwards still speaks."""
    ends = [row["retired_at"] for row in facts.get("retirement", ()) if row.get("retired_at")]
    reads = [row["read_at"] for row in facts.get("component", ()) if row.get("read_at")]
    if not ends or not reads:
        return
    end, last = max(ends, key=str), max(reads, key=str)
    if end and last and last[:19] > end[:19]:
        days = (datetime.fromisoformat(last[:10]) - datetime.fromisoformat(end[:10])) / timedelta(1)
        says = f"a part answered {int(days)} days after the retirement: it still speaks"
        yield LifeGap(phase="retirement", says=says, state=MISSING, at=last)

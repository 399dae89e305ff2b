"""The chain of custody: the order of hand-overs, and the times in which nobody had the asset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.model.lives import LifeGap
from cellwarden.model.times import parse_time

Row = Mapping[str, str | None]

TOLERATED_HOURS: Final = 4
"""Up to so many hours between giving and taking count as one moment: a gate, a queue, a scale."""


def in_order(handovers: Iterable[Row]) -> list[Row]:
    """Hand-overs by the time at which they began."""
    return sorted(
        handovers,
        key=lambda row: (
            row.get("handed_at") or row.get("received_at") or "9",
            row.get("handover_id") or "",
        ),
    )


def custody_gaps(handovers: Sequence[Row]) -> Iterator[LifeGap]:
    """The holes of a chain: times without a holder, holders that changed unseen, no signature."""
    last: Row | None = None
    for step in in_order(handovers):
        name = step.get("handover_id") or "a hand-over"
        if last is not None and not _same(last.get("to_holder"), step.get("from_holder")):
            yield _gap(
                step,
                f"{name} is given by {step.get('from_holder') or 'nobody named'}, and the last who"
                f" took it was {last.get('to_holder') or 'nobody named'}",
            )
        hours = hours_between(step.get("handed_at"), step.get("received_at"))
        if hours is None:
            yield _gap(step, f"{name}: when it was given or taken is not known", state="unknown")
        elif hours > TOLERATED_HOURS:
            days = max(1, round(hours / 24))
            word = "day" if days == 1 else "days"
            yield _gap(
                step,
                f"{name}: nobody had custody for {days} {word}, from"
                f" {(step.get('handed_at') or '')[:10]} to {(step.get('received_at') or '')[:10]}",
            )
        for column, side in (("from_signed", "giver"), ("to_signed", "taker")):
            if step.get(column) != "yes":
                state = "missing" if step.get(column) == "no" else "unknown"
                yield _gap(step, f"{name}: no signature of the {side}", state=state)
        last = step


def hours_between(first: str | None, second: str | None) -> float | None:
    """Hours from one time to another, or nothing where one is not known."""
    if not first or not second:
        return None
    try:
        return (parse_time(second) - parse_time(first)).total_seconds() / 3600
    except InputError:
        return None


def moment(text: str | None) -> datetime | None:
    """A recorded time as an aware one, or nothing where it is not known."""
    if not text:
        return None
    try:
        return parse_time(text)
    except InputError:
        return None


def _same(one: str | None, other: str | None) -> bool:
    return _plain(one) == _plain(other) and bool(_plain(one))


def _plain(name: str | None) -> str:
    return "".join(sign for sign in (name or "").casefold() if sign.isalnum())


def _gap(step: Row, says: str, *, state: str = "missing") -> LifeGap:
    return LifeGap(phase="custody", says=says, state=state, at=step.get("handed_at") or "")

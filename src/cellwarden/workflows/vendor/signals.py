"""Signals: the disruptions of a day, and which products in service each touches through what."""

from __future__ import annotations

from typing import Any

import msgspec

from cellwarden.model.moments import Moment
from cellwarden.workflows.statements import rows, subjects_at
from cellwarden.workflows.workspace import Workspace


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One disruption in force, with a row for each product that it touches; maybe none."""

    cells: dict[str, Any]
    touches: tuple[dict[str, Any], ...]


def signals_at(workspace: Workspace, moment: Moment) -> list[Signal]:
    """The disruptions in force at a moment, the worst first, then the oldest."""
    ranks = {"high": 0, "medium": 1, "low": 2}
    with subjects_at(workspace, moment) as connection:
        current = rows(
            connection,
            "select s.* from signal as s cross join run"
            " where coalesce(left(s.from_on, 10) <= strftime(run.as_of, '%Y-%m-%d'), true)"
            " and coalesce(left(s.to_on, 10) >= strftime(run.as_of, '%Y-%m-%d'), true)",
        )
        touched = rows(connection, "select * from subject_disruption order by manufacturer, model")
    found = [
        Signal(
            cells=one,
            touches=tuple(row for row in touched if row["signal_id"] == one["signal_id"].strip()),
        )
        for one in current
    ]
    return sorted(
        found,
        key=lambda s: (
            ranks.get(s.cells["severity"] or "", 1),
            s.cells["from_on"] or "",
            s.cells["signal_id"],
        ),
    )

"""A duty to tell somebody of an incident, and whether it was kept."""

from __future__ import annotations

import msgspec


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One notice that is owed: to whom, by which rule, until when, and whether it was given.

    ``due_at`` is nothing where it counts from a notice that was not given yet. ``is_verified`` is
    false where nobody confirmed the deadline. ``state`` is told, late, running or overdue.
    """

    audience: str
    stage: str
    rule: str
    source: str
    is_verified: bool
    due_at: str | None
    told_at: str | None
    state: str

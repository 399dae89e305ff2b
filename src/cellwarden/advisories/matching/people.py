"""What people decided about matches, remembered: yes makes certain, no takes the row away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from cellwarden.advisories.identity import Answer, Feature, Identity
from cellwarden.advisories.matching.nouns import Correction, Decision
from cellwarden.model.matching import Component

_T = TypeVar("_T", Decision, Correction)


def rows_as(kind: type[_T], rows: Iterable[Any]) -> tuple[_T, ...]:
    """Rows of a kind as structs; mappings may have more columns, and nothing for empty cells."""
    return tuple(_as(kind, row) for row in rows)


def corrections_of(rows: Iterable[Mapping[str, str | None]]) -> tuple[Correction, ...]:
    """Rows of the kind ``correction`` as structs."""
    return rows_as(Correction, rows)


def _as(kind: type[_T], row: Any) -> _T:
    if isinstance(row, kind):
        return row
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    return kind(**{key: value or "" for key, value in row.items() if key in names})


def by_subject(decisions: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """Decisions by component or by kind of component; the later one of two holds."""
    found: dict[str, dict[str, Decision]] = {}
    for decision in sorted(decisions, key=lambda one: one.decided_at):
        found.setdefault(decision.component_id, {})[decision.advisory_id] = decision
    return found


def subjects(component: Component) -> tuple[str, str]:
    """Under which names people may have decided on a component, the nearest first."""
    return component.component_id, f"{component.manufacturer}|{component.model}"


def is_yes(decision: Decision) -> bool:
    """True where the person said that it is the product."""
    return decision.answer.strip().casefold() == "yes"


def sure(decision: Decision) -> Identity:
    """The identity that a yes makes: certain, with the words of who said it."""
    why = _decision_words(decision, "confirmed that it is this product")
    feature = Feature("decision", why, supports=True)
    return Identity(answer=Answer.SAME, confidence=1.0, why=why, features=(feature,), specificity=5)


def refused(decision: Decision) -> Identity:
    """The identity that a no makes: another product, with the words of who said it."""
    why = _decision_words(decision, "said that it is another product")
    feature = Feature("decision", why, supports=False)
    return Identity(answer=Answer.OTHER, confidence=1.0, why=why, features=(feature,))


def _decision_words(decision: Decision, act: str) -> str:
    when = f" on {decision.decided_at[:10]}" if decision.decided_at else ""
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.decided_by or 'somebody'} {act}{when}{reason}"

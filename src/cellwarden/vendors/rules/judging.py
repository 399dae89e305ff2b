"""Judge a rule: whether it applies, is broken and is evidenced, in three values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import msgspec

from cellwarden.vendors.rules.rule import Condition, Rule

Value: TypeAlias = bool | str | Decimal | date | None
"""A fact; None, or no such fact, is unknown."""


class Answer(StrEnum):
    """Yes, no, or what nobody can tell without the missing facts."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of one battery or vendor on a day.

    ``why`` are the words of the conditions that decided; ``missing`` the facts without which it
    cannot be told. ``from_on`` is the day that was looked at: the step in force, else the next one.
    ``not_shown`` are the facts that the rule wants shown and that are not on record.
    """

    rule: str
    applies: Answer
    broken: Answer
    why: tuple[str, ...]
    missing: tuple[str, ...]
    from_on: date
    step: str
    is_in_force: bool
    not_shown: tuple[str, ...]


def judge(rule: Rule, facts: Mapping[str, Value], *, on: date) -> Judged:
    """Judge one rule on one day.

    Every condition follows three-valued logic, so forgetting a fact can turn an answer only into
    unknown, never into the other answer. A rule that applies applies from its first step: whether
    that day has come is said beside it and changes no answer.
    """
    applies, why, missing = _all(rule.applies, facts)
    broken = Answer.NO
    if rule.broken and applies is not Answer.NO:
        broken, broken_why, broken_missing = _all(rule.broken, facts)
        missing += broken_missing
        if broken is Answer.YES:
            why += broken_why
            broken = applies  # what may not apply can only perhaps be broken
    begun = [step for step in rule.steps if step.from_on <= on]
    step = begun[-1] if begun else rule.steps[0]
    shown = () if applies is Answer.NO else rule.evidence
    return Judged(
        rule=rule.id,
        applies=applies,
        broken=broken,
        why=tuple(why),
        missing=tuple(dict.fromkeys(missing)),
        from_on=step.from_on,
        step=step.says,
        is_in_force=bool(begun),
        not_shown=tuple(name for name in shown if facts.get(name) is None),
    )


def _all(
    conditions: Iterable[Condition], facts: Mapping[str, Value]
) -> tuple[Answer, list[str], list[str]]:
    """Kleene's and; with the words of what decided, and the facts that are missing."""
    met: list[str] = []
    failed: list[str] = []
    missing: list[str] = []
    for condition in conditions:
        answer = _any(condition, facts)
        if answer is None:
            missing += [name for name in condition.facts if facts.get(name) is None]
        elif answer:
            met.append(condition.says)
        else:
            failed.append(f"not: {condition.says}")
    if failed:
        return Answer.NO, failed, []
    return (Answer.UNKNOWN if missing else Answer.YES), met, missing


def _any(condition: Condition, facts: Mapping[str, Value]) -> bool | None:
    """Kleene's or over the facts that a condition names."""
    answers = [_test(condition, facts.get(name)) for name in condition.facts]
    if True in answers:
        return True
    return None if None in answers else False


def _test(condition: Condition, value: Value) -> bool | None:
    if value is None:
        return None
    if condition.is_true is not None:
        return value is condition.is_true if isinstance(value, bool) else None
    if condition.over is not None:
        return value > condition.over if isinstance(value, Decimal) else None
    if condition.from_on is not None:
        return value >= condition.from_on if isinstance(value, date) else None
    words = _words(str(value))
    if condition.among:
        return any(words == _words(one) for one in condition.among)
    return any(f" {_words(one)} " in f" {words} " for one in condition.named)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))

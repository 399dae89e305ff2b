"""A rule: one file with its source, its steps by date, whom it concerns and what it wants shown."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

import msgspec

OPERATOR: Final = "operator."
"""How a fact begins that the settings tell of the operator, under ``[rules]``."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that has to hold of at least one of ``facts``: exactly one test of the five.

    ``is_true`` compares a flag, ``among`` a word, ``over`` a number, ``from_on`` a day with a first
    day, ``named`` looks for one of these names in a name, word by word.
    """

    facts: tuple[str, ...]
    says: str
    is_true: bool | None = None
    among: tuple[str, ...] = ()
    over: Decimal | None = None
    from_on: date | None = None
    named: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a condition that tests nothing, or two things."""
        tests = (self.is_true, self.among or None, self.over, self.from_on, self.named or None)
        if not self.facts or sum(test is not None for test in tests) != 1:
            raise ValueError(f"a condition needs facts and exactly one test: {self.says}")


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What begins on a day."""

    from_on: date
    says: str


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the rule stands officially."""

    citation: str
    url: str


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule; ``about`` is ``battery`` or ``vendor``.

    It applies where all of ``applies`` hold; then it is broken where all of ``broken`` hold, if it
    has any. ``evidence`` are the facts that somebody has to be able to show. ``verified`` says
    whether a person compared it with the official text; ``checked_on`` and ``checked_by`` say when
    and how.
    """

    id: str
    title: str
    about: str
    source: Source
    steps: tuple[Step, ...]
    applies: tuple[Condition, ...]
    broken: tuple[Condition, ...] = ()
    evidence: tuple[str, ...] = ()
    verified: bool = False
    checked_on: date
    checked_by: str

    def __post_init__(self) -> None:
        """Refuse a rule without a day or a condition, or about something that we cannot judge."""
        days = [step.from_on for step in self.steps]
        if not days or days != sorted(set(days)):
            raise ValueError(f"{self.id}: its steps need days, each later than the one before")
        if not self.applies or self.about not in {"battery", "vendor"}:
            raise ValueError(f"{self.id}: it needs conditions, and battery or vendor as about")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Every rule that is shipped, by its first day."""
    folder = resources.files("cellwarden.vendors.rules")
    texts = [f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")]
    found = [msgspec.convert(tomllib.loads(text), Rule, strict=False) for text in texts]
    return tuple(sorted(found, key=lambda rule: (rule.steps[0].from_on, rule.id)))


@cache
def operator_facts() -> tuple[str, ...]:
    """What the settings may say of the operator under ``[rules]``."""
    named = {
        fact for rule in load_rules() for one in rule.applies + rule.broken for fact in one.facts
    }
    return tuple(sorted(f.removeprefix(OPERATOR) for f in named if f.startswith(OPERATOR)))

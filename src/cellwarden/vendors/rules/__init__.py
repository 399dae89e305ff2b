"""Rules with dates: laws as data, which of them speak to whom, and from when."""

from __future__ import annotations

from cellwarden.vendors.rules.category import category_of
from cellwarden.vendors.rules.judging import Answer, Judged, judge
from cellwarden.vendors.rules.rule import Condition, Rule, Step, load_rules, operator_facts

__all__ = [
    "Answer",
    "Condition",
    "Judged",
    "Rule",
    "Step",
    "category_of",
    "judge",
    "load_rules",
    "operator_facts",
]

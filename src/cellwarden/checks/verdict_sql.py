"""Compilation: all checks on one subject become one SELECT with a small number for each verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cellwarden.checks.check import Check, mentioned, predicates_of
from cellwarden.checks.predicates import blame_sql, leaves, sql_of, sql_over
from cellwarden.checks.subject import Subject

FAIL: Final = 1
PASS: Final = 0
NOT_APPLICABLE: Final = 2
"""Verdicts as numbers. Unknown is -n, where n is the place, from 1, of the column to blame among
those that the check mentions: one byte a verdict tells what is missing too."""

_FRAME: Final = ("subject", "site_id", "vendor")


def verdict_sql(check: Check, named: Mapping[str, str]) -> str:
    """One check as an expression over its subject's columns; see the numbers above.

    ``named`` are names for leaves that are worked out once a row (see ``verdicts_sql``). NULL in
    ``applies`` is unknown, whatever ``violates`` says: nobody can pass a check that may not be
    theirs to take.
    """
    places = {name: place for place, name in enumerate(mentioned(check), 1)}
    applies, violates = predicates_of(check)
    says = f"cast({sql_over(violates.tree, named)} as tinyint)"
    answer = f"coalesce({says}, {blame_sql(violates.tree, places, named)})"
    if applies is None:
        return answer
    condition = sql_over(applies.tree, named)
    return (
        f"case when {condition} then {answer} "
        f"when not {condition} then {NOT_APPLICABLE} "
        f"else {blame_sql(applies.tree, places, named)} end"
    )


def verdicts_sql(subject: Subject, checks: Sequence[Check]) -> str:
    """One row of the subject with a column ``c0``, ``c1`` ... for each check, in their order.

    What checks have in common is worked out once a row: each comparison that stands in several
    predicates is a column of the inner SELECT.
    """
    named = _shared(tree for check in checks for tree in _trees(check))
    columns = "".join(
        f',\n  cast({verdict_sql(check, named)} as tinyint) as "c{number}"'
        for number, check in enumerate(checks)
    )
    used = dict.fromkeys(name for check in checks for name in mentioned(check))
    inner = [*_FRAME, *(f'"{name}"' for name in used if name not in _FRAME)]
    inner += [f"{leaf} as {name}" for leaf, name in named.items()]
    return (
        f"select subject, site_id, vendor{columns}\n"
        f"from (select {', '.join(inner)}\nfrom {subject.view}) as seen"
    )


def _trees(check: Check) -> Iterable[Any]:
    return (predicate.tree for predicate in predicates_of(check) if predicate is not None)


def _shared(trees: Iterable[Any]) -> dict[str, str]:
    """Names for the comparisons that stand in more than one place, by their SQL."""
    from sqlglot import exp

    seen: dict[str, int] = {}
    for tree in trees:
        for leaf in leaves(tree):
            if not isinstance(leaf, exp.Column | exp.Boolean):
                text = sql_of(leaf)
                seen[text] = seen.get(text, 0) + 1
    shared = (text for text, times in seen.items() if times > 1)
    return {text: f'"p{number}"' for number, text in enumerate(shared)}


def counts_sql(table: str, checks: Sequence[Check]) -> str:
    """Per site: the rows, and for each check two sums over a table of verdicts.

    The first sum holds fails below 2^31 and passes above, the second what does not apply; what is
    left of the rows is unknown. (Sums, because filtered counts take twenty times as long.)
    """
    sums = "".join(
        f',\n  sum(case "c{n}" when {FAIL} then 1 when {PASS} then 2147483648 else 0 end),'
        f'\n  sum(case "c{n}" when {NOT_APPLICABLE} then 1 else 0 end)'
        for n in range(len(checks))
    )
    return f"select site_id, count(*){sums}\nfrom {table}\ngroup by site_id"

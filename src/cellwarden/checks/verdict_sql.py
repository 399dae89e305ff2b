"""Compilation: all checks on one subject become one SELECT with a small number for each verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cellwarden.checks.check import Check, mentioned, predicates_of
from cellwarden.checks.predicates import blame_sql
from cellwarden.checks.subject import Subject

FAIL: Final = 1
PASS: Final = 0
NOT_APPLICABLE: Final = 2
"""Verdicts as numbers. Unknown is -n, where n is the place, from 1, of the column to blame among
those that the check mentions: one byte a verdict tells what is missing too."""


def verdict_sql(check: Check) -> str:
    """One check as an expression over its subject's columns; see the numbers above.

    NULL in ``applies`` is unknown, whatever ``violates`` says: nobody can pass a check that may
    not be theirs to take.
    """
    places = {name: place for place, name in enumerate(mentioned(check), 1)}
    applies, violates = predicates_of(check)
    answer = f"coalesce(cast(({violates.sql}) as tinyint), {blame_sql(violates.tree, places)})"
    if applies is None:
        return answer
    return (
        f"case when {applies.sql} then {answer} "
        f"when not ({applies.sql}) then {NOT_APPLICABLE} "
        f"else {blame_sql(applies.tree, places)} end"
    )


def verdicts_sql(subject: Subject, checks: Sequence[Check]) -> str:
    """One row of the subject with a column ``c0``, ``c1`` ... for each check, in their order."""
    columns = "".join(
        f',\n  cast({verdict_sql(check)} as tinyint) as "c{number}"'
        for number, check in enumerate(checks)
    )
    return f"select subject, site_id, vendor{columns}\nfrom {subject.view}"


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

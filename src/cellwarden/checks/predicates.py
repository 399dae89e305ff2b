"""Predicates: the small part of SQL that a check may use, its types, and the blame for a NULL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_CHARACTERS: Final = 2_000
"""A predicate is read by people; what is longer belongs in a view."""

MOST_BRACKETS: Final = 40
"""Nesting is bounded, so that no file can exhaust the parser's stack."""

FLAG: Final = "flag"
NUMBER: Final = "number"
TEXT: Final = "text"
DATE: Final = "date"
TYPES: Final = (FLAG, NUMBER, TEXT, DATE)
"""What a column of a subject can hold: true or false, a number, words, a day."""

_IN_PARTS: Final = ("this", "expressions")

_WHY_NOT: Final = {
    "Is": "IS turns an unknown into an answer; give the subject a named column for it",
    "NullSafeEQ": "IS NOT DISTINCT FROM hides an unknown; give the subject a named column for it",
    "NullSafeNEQ": "IS DISTINCT FROM hides an unknown; give the subject a named column for it",
    "Coalesce": "COALESCE replaces an unknown; give the subject a named column for it",
    "Case": "CASE can turn an unknown into an answer; it belongs in the subject's view",
    "Null": "NULL is never written in a check: a missing value gives unknown by itself",
    "Div": "division by zero is NULL without anything missing; divide in the subject's view",
    "Mod": "division by zero is NULL without anything missing; divide in the subject's view",
    "Select": "joins and subqueries belong in the subject's view",
    "Subquery": "joins and subqueries belong in the subject's view",
}


class PredicateError(ValueError):
    """A predicate that is not in the allow-list, or that cannot be read; says the construct."""


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """One predicate: its text, its syntax tree, and its columns in the order of first mention.

    Every construct in it gives NULL only where a column is NULL, and follows three-valued logic:
    so learning more can change unknown into an answer, but never one answer into the other.
    """

    text: str
    tree: Any
    columns: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The predicate in DuckDB's dialect, its names quoted."""
        return sql_of(self.tree)


def parse_predicate(text: str, types: Mapping[str, str]) -> Predicate:
    """Read a predicate over columns of the given types (see ``TYPES``).

    Raises:
        PredicateError: it does not parse, leaves the allow-list, or compares unlike things.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if len(text) > MOST_CHARACTERS or text.count("(") > MOST_BRACKETS or "\0" in text:
        raise PredicateError(f"a predicate has at most {MOST_CHARACTERS} characters")
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except (SqlglotError, RecursionError) as error:
        first_line = str(error).splitlines()[0]
        raise PredicateError(f"cannot be read: {first_line}") from error
    if len(trees) != 1 or trees[0] is None:
        raise PredicateError("is not one expression")
    tree = trees[0]
    if _type_of(tree, types) != FLAG:
        raise PredicateError(f"{tree.sql('duckdb')} is neither true nor false")
    mentioned = dict.fromkeys(column.name for column in tree.find_all(exp.Column, bfs=False))
    return Predicate(text=text, tree=tree, columns=tuple(mentioned))


@cache
def _rules() -> dict[type, tuple[str | None, str]]:
    """What each allowed construct takes (nothing: operands of one type) and what it gives."""
    from sqlglot import exp

    rules: dict[type, tuple[str | None, str]] = {exp.Like: (TEXT, FLAG)}
    rules |= dict.fromkeys((exp.And, exp.Or, exp.Not), (FLAG, FLAG))
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
    rules |= dict.fromkeys(compared, (None, FLAG))
    rules |= dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Neg), (NUMBER, NUMBER))
    return rules


def _type_of(node: Any, types: Mapping[str, str]) -> str:
    """The type of an expression, by a walk that knows the allowed constructs and no others."""
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _type_of(node.this, types)
    if isinstance(node, exp.Column):
        return _column_type(node, types)
    if isinstance(node, exp.Literal):
        return TEXT if node.is_string else NUMBER
    if isinstance(node, exp.Boolean):
        return FLAG
    if type(node) not in _rules():
        raise PredicateError(_refusal(node))
    if isinstance(node, exp.In):
        _refuse_strange_list(node)
    wanted, gives = _rules()[type(node)]
    _operands_fit(node, wanted, types)
    return gives


def _refusal(node: Any) -> str:
    construct = type(node).__name__
    reason = _WHY_NOT.get(
        construct,
        "a check uses columns, literals, comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, + - *",
    )
    return f"may not use {construct} ({node.sql('duckdb')[:60]}): {reason}"


def _column_type(node: Any, types: Mapping[str, str]) -> str:
    if node.table:
        raise PredicateError(f"names a column of a table: {node.sql('duckdb')[:60]}")
    if node.name not in types:
        from difflib import get_close_matches

        near = get_close_matches(node.name, types, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise PredicateError(f"names {node.name!r}, which the subject does not have{hint}")
    return types[node.name]


def _refuse_strange_list(node: Any) -> None:
    from sqlglot import exp

    others = [name for name, value in node.args.items() if value and name not in _IN_PARTS]
    if others or not node.expressions:
        raise PredicateError(f"IN takes a list of literals, not {', '.join(others) or 'nothing'}")
    if not all(isinstance(item, exp.Literal) for item in node.expressions):
        raise PredicateError(f"IN takes literals only: {node.sql('duckdb')[:60]}")


def _operands_fit(node: Any, wanted: str | None, types: Mapping[str, str]) -> None:
    """Refuse operands of another type than wanted or, where none is, of more than one."""
    operands = list(node.iter_expressions())
    found = [_type_of(operand, types) for operand in operands]
    if wanted is None and len(set(found)) > 1:
        kinds = " with a ".join(sorted(set(found)))
        raise PredicateError(f"{node.sql('duckdb')[:60]} compares a {kinds}")
    for operand, kind in zip(operands, found, strict=True):
        if wanted not in (None, kind):
            shown = operand.sql("duckdb")[:60]
            raise PredicateError(f"{shown} is a {kind} where a {wanted} belongs")


def sql_of(tree: Any) -> str:
    """An expression as DuckDB text, every name quoted and every comment dropped."""
    return str(tree.sql("duckdb", identify=True, comments=False))


def shape_of(tree: Any) -> str:
    """An expression with its literals blanked: two checks of one shape differ in nothing else."""
    from sqlglot import exp

    blank = tree.copy()
    for literal in list(blank.find_all(exp.Literal)):
        literal.replace(exp.Placeholder())
    return sql_of(blank)


def is_leaf(node: Any) -> bool:
    """Whether a part of a predicate is a whole answer by itself: no AND, OR, NOT, bracket."""
    from sqlglot import exp

    return not isinstance(node, exp.And | exp.Or | exp.Not | exp.Paren)


def leaves(tree: Any) -> Iterator[Any]:
    """The smallest parts of a predicate that are true or false by themselves, left to right."""
    if is_leaf(tree):
        yield tree
        return
    for child in tree.iter_expressions():
        yield from leaves(child)


def sql_over(tree: Any, named: Mapping[str, str]) -> str:
    """A predicate as DuckDB text in which leaves are replaced by names that stand for them.

    ``named`` maps the SQL of a leaf to its name; a leaf that it doesn't know stays what it is.
    """
    from sqlglot import exp

    if is_leaf(tree):
        text = sql_of(tree)
        return named.get(text, text)
    if isinstance(tree, exp.Paren):
        return f"({sql_over(tree.this, named)})"
    if isinstance(tree, exp.Not):
        return f"(not {sql_over(tree.this, named)})"
    word = "and" if isinstance(tree, exp.And) else "or"
    return f"({sql_over(tree.left, named)} {word} {sql_over(tree.right, named)})"


def blame_sql(tree: Any, places: Mapping[str, int], named: Mapping[str, str]) -> str:
    """SQL that gives, where the predicate is NULL, minus the place of the column to blame.

    An AND or OR is unknown only if one side is, and the side that is known does not settle it: so
    the first unknown side leads to the column whose value would have to be learned first. Places
    count from 1. Where the predicate is not NULL the result means nothing.
    """
    from sqlglot import exp

    if isinstance(tree, exp.Paren | exp.Not):
        return blame_sql(tree.this, places, named)
    if isinstance(tree, exp.And | exp.Or):
        left, right = (blame_sql(side, places, named) for side in (tree.left, tree.right))
        if left == right:
            return left
        return f"case when {sql_over(tree.left, named)} is null then {left} else {right} end"
    names = list(dict.fromkeys(c.name for c in tree.find_all(exp.Column, bfs=False)))
    if not names:
        return "-1"
    *earlier, last = names
    arms = " ".join(f'when "{name}" is null then {-places[name]}' for name in earlier)
    return f"case {arms} else {-places[last]} end" if arms else str(-places[last])

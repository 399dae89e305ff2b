"""Predicates: what may be written, how it is refused, and who is to blame for an unknown."""

from __future__ import annotations

import itertools

import duckdb
import pytest

from cellwarden.checks.predicates import (
    MOST_BRACKETS,
    MOST_CHARACTERS,
    PredicateError,
    blame_sql,
    leaves,
    parse_predicate,
    shape_of,
    sql_of,
)

TYPES = {"n": "number", "m": "number", "yes": "flag", "no": "flag", "word": "text", "day": "date"}


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "not yes",
        "yes and not (no or n > 3)",
        "n + 1 <= m * 2 - 3",
        "n between 0 and 14",
        "n not between -1 and 1",
        "word in ('a', 'b')",
        "word not in ('a')",
        "word like 'a%'",
        "word <> 'x' or day < day",
        "yes = true",
    ],
)
def test_columns_literals_comparisons_and_logic_are_allowed(text: str) -> None:
    predicate = parse_predicate(text, TYPES)

    assert predicate.columns


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("yes is null", "IS turns"),
        ("yes is not true", "IS turns"),
        ("n is distinct from 3", "DISTINCT"),
        ("coalesce(yes, true)", "COALESCE"),
        ("ifnull(yes, true)", "COALESCE"),
        ("nullif(n, 3) > 1", "Nullif"),
        ("case when yes then true else false end", "CASE"),
        ("if(yes, no, yes)", "If"),
        ("n > (select 1)", "subqueries"),
        ("exists (select 1)", "Exists"),
        ("n in (select 1)", "IN takes"),
        ("n in (1, null)", "literals only"),
        ("n in (m)", "literals only"),
        ("n = null", "NULL"),
        ("n / m > 1", "zero"),
        ("n % 2 = 1", "zero"),
        ("word || 'x' = 'ax'", "DPipe"),
        ("concat(word, 'x') = 'ax'", "Concat"),
        ("greatest(n, m) > 1", "Greatest"),
        ("list_contains([1], n)", "ArrayContains"),
        ("[n] = [m]", "Array"),
        ("lower(word) = 'x'", "Lower"),
        ("word ilike 'x'", "ILike"),
        ("word similar to 'x'", "Similar"),
        ("cast(n as text) = '1'", "Cast"),
        ("n::boolean", "Cast"),
        ("other.yes", "column of a table"),
        ("read_text('/etc/passwd') = 'x'", "may not use"),
        ("yes; drop table asset", "not one expression"),
        ("n > $1", "may not use"),
        ("n > ?", "may not use"),
        ("*", "may not use"),
        ("yes and", "cannot be read"),
        ("", "not one expression"),
    ],
)
def test_whatever_could_turn_an_unknown_into_an_answer_is_refused(
    text: str, construct: str
) -> None:
    with pytest.raises(PredicateError, match=construct):
        parse_predicate(text, TYPES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n", "neither true nor false"),
        ("n and yes", "number where a flag"),
        ("n = 'x'", "compares"),
        ("day > 3", "compares"),
        ("word > 1 or yes", "compares"),
        ("n like 'x'", "number where a text"),
        ("yes + 1 > 2", "flag where a number"),
        ("wrod = 'x'", "did you mean word"),
    ],
)
def test_unlike_things_and_strange_names_are_refused_with_a_hint(text: str, words: str) -> None:
    with pytest.raises(PredicateError, match=words):
        parse_predicate(text, TYPES)


def test_size_and_depth_are_bounded() -> None:
    long = "yes or " * MOST_CHARACTERS + "yes"
    deep = "(" * (MOST_BRACKETS + 1) + "yes" + ")" * (MOST_BRACKETS + 1)

    for text in (long, deep):
        with pytest.raises(PredicateError, match="at most"):
            parse_predicate(text, TYPES)


def test_shapes_differ_in_nothing_but_literals() -> None:
    one, other = parse_predicate("n > 3", TYPES), parse_predicate("n > 90", TYPES)
    third = parse_predicate("n >= 3", TYPES)

    assert shape_of(one.tree) == shape_of(other.tree)
    assert shape_of(one.tree) != shape_of(third.tree)


def test_leaves_are_the_smallest_answers() -> None:
    tree = parse_predicate("not (yes and n > 3) or word in ('a')", TYPES).tree

    assert [sql_of(leaf) for leaf in leaves(tree)] == ['"yes"', '"n" > 3', "\"word\" IN ('a')"]


@pytest.mark.parametrize(
    "text",
    [
        "yes and no",
        "yes or no",
        "not (yes and no) or n > 3",
        "(yes or n > 3) and (no or m > 3)",
        "yes and (n > m or no)",
    ],
)
def test_the_blamed_column_is_unknown_and_learning_it_can_settle_the_answer(text: str) -> None:
    predicate = parse_predicate(text, TYPES)
    places = {name: place for place, name in enumerate(predicate.columns, 1)}
    flags, numbers = (True, False, None), (1, 5, None)
    connection = duckdb.connect()
    connection.execute("create table t (yes boolean, no boolean, n int, m int)")
    connection.executemany(
        "insert into t values (?, ?, ?, ?)",
        list(itertools.product(flags, flags, numbers, numbers)),
    )

    rows = connection.execute(
        f"select {blame_sql(predicate.tree, places, {})}, yes, no, n, m from t "
        f"where ({predicate.sql}) is null"
    ).fetchall()

    assert rows
    for blame, *cells in rows:
        row = dict(zip(("yes", "no", "n", "m"), cells, strict=True))
        assert row[predicate.columns[-blame - 1]] is None

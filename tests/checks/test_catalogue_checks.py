"""The tests that come free with every check file of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.checks.check import Check, load_catalogue, mentioned, predicates_of
from cellwarden.checks.predicates import leaves, shape_of, sql_of
from cellwarden.checks.subject import create_subjects, subject_named
from cellwarden.checks.tables import create_missing
from cellwarden.checks.verdict_sql import FAIL, NOT_APPLICABLE, PASS, verdict_sql
from cellwarden.model.findings import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE = load_catalogue()
CONNECTION = duckdb.connect()
create_missing(CONNECTION)
create_subjects(CONNECTION)

DUCKDB = {"number": "DOUBLE", "flag": "BOOLEAN", "text": "VARCHAR", "date": "DATE"}
NUMBERS = {FAIL: Verdict.FAIL, PASS: Verdict.PASS, NOT_APPLICABLE: Verdict.NOT_APPLICABLE}

every_check = pytest.mark.parametrize("check", CATALOGUE, ids=[c.id for c in CATALOGUE])


def code(check: Check, cells: Mapping[str, Any]) -> int:
    """The verdict of one row as its number; cells that are not given are unknown."""
    types = subject_named(check.subject).types
    row = ", ".join(
        f'cast(${name} as {DUCKDB[types[name]]}) as "{name}"' for name in mentioned(check)
    )
    found = CONNECTION.execute(
        f"select {verdict_sql(check, {})} from (select {row}) as row",
        {name: cells.get(name) for name in mentioned(check)},
    ).fetchone()
    assert found is not None
    return int(found[0])


def verdict(check: Check, cells: Mapping[str, Any]) -> Verdict:
    return NUMBERS.get(code(check, cells), Verdict.UNKNOWN)


@every_check
def test_its_examples_hold(check: Check) -> None:
    said = [verdict(check, example.given) for example in check.examples]

    assert said == [example.verdict for example in check.examples]


@every_check
def test_its_examples_show_a_pass_a_fail_an_unknown_and_where_possible_not_applicable(
    check: Check,
) -> None:
    shown = {example.verdict for example in check.examples}

    wanted = {Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN}
    assert shown >= (wanted | {Verdict.NOT_APPLICABLE} if check.applies else wanted)


@every_check
def test_knowing_nothing_is_unknown(check: Check) -> None:
    assert verdict(check, {}) is Verdict.UNKNOWN


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_forgetting_cells_turns_a_verdict_only_into_unknown(data: st.DataObject) -> None:
    check = data.draw(st.sampled_from(CATALOGUE))
    example = data.draw(st.sampled_from(check.examples))
    kept = data.draw(st.sets(st.sampled_from(mentioned(check))))
    fewer = {name: cell for name, cell in example.given.items() if name in kept}

    after = verdict(check, fewer)

    assert after in {verdict(check, example.given), Verdict.UNKNOWN}


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_an_unknown_names_a_column_that_is_not_known(data: st.DataObject) -> None:
    check = data.draw(st.sampled_from(CATALOGUE))
    example = data.draw(st.sampled_from(check.examples))
    kept = data.draw(st.sets(st.sampled_from(mentioned(check))))
    cells = {name: cell for name, cell in example.given.items() if name in kept}

    number = code(check, cells)

    if number < 0:
        assert mentioned(check)[-number - 1] not in cells


@every_check
def test_negating_any_part_of_its_predicates_breaks_an_example(check: Check) -> None:
    survivors = [
        getattr(wrong, key)
        for key in ("applies", "violates")
        for wrong in mutants(check, key)
        if all(verdict(wrong, e.given) is e.verdict for e in check.examples)
    ]

    assert survivors == []


def mutants(check: Check, key: str) -> list[Check]:
    """The check with each smallest part of one predicate negated in turn."""
    tree = dict(zip(("applies", "violates"), predicates_of(check), strict=True))[key]
    if tree is None:
        return []
    found = []
    for number in range(len(list(leaves(tree.tree)))):
        copy = tree.tree.copy()
        leaf = list(leaves(copy))[number]
        wrong = f"not ({sql_of(leaf)})"
        if leaf is copy:
            text = wrong
        else:
            leaf.replace(sqlglot.parse_one(f"({wrong})", read="duckdb"))
            text = sql_of(copy)
        found.append(msgspec.structs.replace(check, **{key: text}))
    return found


def test_no_two_checks_differ_only_in_a_literal() -> None:
    shapes: dict[tuple[str, ...], str] = {}

    for check in CATALOGUE:
        applies, violates = predicates_of(check)
        shape = (
            check.subject,
            shape_of(applies.tree) if applies else "",
            shape_of(violates.tree),
        )
        assert shape not in shapes, f"{check.id} and {shapes[shape]} ask the same"
        shapes[shape] = check.id


@every_check
def test_its_words_are_whole_sentences(check: Check) -> None:
    assert check.asks.endswith("?")
    assert check.why.endswith(".")
    assert check.says.endswith((".", "}"))
    assert check.remedy.endswith(".")
    assert not check.title.endswith(".")
    assert check.requirements


@every_check
def test_an_unknown_never_weighs_more_than_the_failure_that_it_may_hide(check: Check) -> None:
    assert check.unknown_severity.rank >= check.severity.rank


def test_an_exposed_card_without_a_version_outweighs_a_missing_sbom() -> None:
    known = {str(check.id): check for check in CATALOGUE}

    exposed = known["exposed-version-missing"].unknown_severity
    assert exposed is Severity.CRITICAL
    assert exposed.rank < known["firmware-version-missing"].unknown_severity.rank
    assert exposed.rank < known["sbom-missing"].severity.rank


def test_the_requirements_of_the_foundation_each_have_a_check() -> None:
    wanted = {"R13", "R14", "R15", "R16", "R18", "R19", "R20", "R21", "R22", "R23", "R33"}
    wanted |= {"R44", "R45", "R51", "R61", "R63", "R70"}

    served = {name for check in CATALOGUE for name in check.requirements}

    assert wanted <= served


def test_secure_boot_of_a_sensor_without_firmware_is_not_applicable() -> None:
    (check,) = (check for check in CATALOGUE if check.id == "secure-boot-off")

    assert verdict(check, {"holds_firmware": False, "role": "sensor"}) is Verdict.NOT_APPLICABLE

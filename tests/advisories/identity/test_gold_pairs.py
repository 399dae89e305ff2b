"""182 pairs of a register row and an advisory product, read twice by a person."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cellwarden.advisories.identity import (
    ClaimIndex,
    columns_of,
    judge,
    read_claim,
    read_columns,
    with_firmware,
)
from cellwarden.advisories.matching.parts import shown
from cellwarden.model.matching import Component, Statement

GOLD = Path(__file__).with_name("gold.tsv")


def _pairs() -> list[dict[str, str]]:
    with GOLD.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def _component(row: dict[str, str]) -> Component:
    columns = ("manufacturer", "model", "part", "part_number", "firmware")
    return Component(component_id="c", **{name: row[name] for name in columns})


def _statement(row: dict[str, str]) -> Statement:
    return Statement(
        advisory_id="A",
        leaf_id="1",
        status="affected",
        vulnerabilities=("V",),
        vendor=row["vendor"],
        product=row["product"],
        version_text=row["range"],
        version_kind="vers" if row["range"].startswith("vers:generic") else "range",
    )


@pytest.mark.parametrize("row", _pairs(), ids=lambda row: f"{row['model']}~{row['product'][:40]}")
def test_pair_is_judged_as_a_person_judged_it(row: dict[str, str]) -> None:
    component, claim = _component(row), read_claim(_statement(row))
    seen = with_firmware(
        read_columns(columns_of(component)), shown(component.firmware, component.part)
    )

    found = judge(seen, claim)

    assert found.answer == row["answer"], found.why
    assert found.answer == "other" or ClaimIndex([claim]).near(seen) == [0]


def test_gold_file_holds_every_answer_and_at_least_180_pairs() -> None:
    answers = [row["answer"] for row in _pairs()]

    assert len(answers) >= 180
    assert {answers.count(one) >= 10 for one in ("same", "candidate", "other")} == {True}

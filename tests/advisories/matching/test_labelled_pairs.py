"""Pairs of a register row and a real advisory, labelled by people who did not build the matcher."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwarden.advisories.matching import Matcher
from cellwarden.model.matching import Component

PAIRS = Path(__file__).with_name("labelled_pairs.tsv")
COLUMNS = ("manufacturer", "model", "part", "firmware", "hardware", "part_number")


def _pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def matcher_of(advised: Callable[..., Matcher]) -> Callable[[str], Matcher]:
    """One matcher for each advisory, made once."""
    made: dict[str, Matcher] = {}

    def of(advisory: str) -> Matcher:
        if advisory not in made:
            made[advisory] = advised(advisory)
        return made[advisory]

    return of


@pytest.mark.parametrize(
    "row", _pairs(), ids=lambda row: f"{row['model']}~{row['firmware']}~{row['advisory']}"
)
def test_pair_ends_in_one_of_the_states_that_people_found_right(
    row: dict[str, str], matcher_of: Callable[[str], Matcher]
) -> None:
    component = Component(component_id="C", **{name: row[name] for name in COLUMNS})

    found = list(matcher_of(row["advisory"]).match([component]))

    states = {"candidate" if one.candidate else one.state.value for one in found} or {"none"}
    assert states <= set(row["expected"].split("|")), [one.why for one in found]

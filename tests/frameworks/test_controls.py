"""Controls: the shipped mapping is the verified one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cellwarden.frameworks import controls, controls_for


def test_the_shipped_mapping_is_the_verified_rows_and_no_others(shared: Path) -> None:
    with (shared / "frameworks" / "control_map.csv").open(encoding="utf-8", newline="") as file:
        verified = {
            (row["requirement_id"], row["framework"], row["control_id"])
            for row in csv.DictReader(file)
            if row["verified"] == "yes"
        }

    shipped = {
        (name, control.framework, control.control_id)
        for name, those in controls().items()
        for control in those
    }

    assert shipped == verified


def test_a_finding_cites_framework_and_id() -> None:
    assert "NIST CSF 2.0 ID.AM-08" in controls_for(["R13"])


@pytest.mark.parametrize("number", range(1, 73))
def test_every_requirement_serves_something(number: int) -> None:
    assert controls_for([f"R{number:02}"])


def test_controls_stand_once_and_in_reading_order() -> None:
    both = controls_for(["R18", "R19", "R18"])

    assert len(both) == len(set(both))
    assert set(both) == set(controls_for(["R18"])) | set(controls_for(["R19"]))
    assert both == controls_for(["R18", "R19"])


def test_a_requirement_that_is_not_mapped_serves_nothing() -> None:
    assert controls_for(["R99"]) == ()


def test_no_identifier_is_split_or_blank() -> None:
    for those in controls().values():
        for control in those:
            assert control.control_id.strip() == control.control_id != ""

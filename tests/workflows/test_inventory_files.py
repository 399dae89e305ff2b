"""One CSV file as an inventory: blank cells, ids, parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.model.errors import InputError
from cellwarden.workflows.fleet.inventory import read_inventory


def test_short_line_of_an_inventory_has_blank_cells(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text(
        "component_id,manufacturer,model,part,firmware,serial\nC1,APC,AP7902B\n\nC2,,,,1.0\n",
        "utf-8",
    )

    found = read_inventory(path)

    assert [(one.component_id, one.model, one.firmware) for one in found] == [
        ("C1", "AP7902B", ""),
        ("C2", "", "1.0"),
    ]


def test_inventory_without_ids_of_its_own_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("component_id,manufacturer,model,part,firmware\nC1,,,,\nC1,,,,\n", "utf-8")

    with pytest.raises(InputError, match=r"line 3: component_id 'C1' is there twice"):
        read_inventory(path)


def test_parts_of_one_component_may_share_its_id(tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    path.write_text(
        "component_id,manufacturer,model,part,firmware\nC1,APC,AP9630,AOS,6.4.0\nC1,APC,AP9630,APP,6.4.1\n",
        "utf-8",
    )

    found = read_inventory(path)

    assert [(one.component_id, one.part, one.firmware) for one in found] == [
        ("C1", "AOS", "6.4.0"),
        ("C1", "APP", "6.4.1"),
    ]

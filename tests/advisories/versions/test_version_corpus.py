from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.advisories.versions import Quality
from cellwarden.advisories.versions.__main__ import main
from cellwarden.advisories.versions.measure import measure, read_leaves, table


def test_at_least_97_percent_of_the_leaves_are_read(shared: Path) -> None:
    shares = measure(read_leaves(shared / "data" / "csaf_products.csv"))
    leaves = sum(share.leaves for share in shares)
    understood = sum(s.leaves for s in shares if s.quality is not Quality.NOT_UNDERSTOOD)

    assert leaves == 15_889
    assert understood / leaves >= 0.97


def test_the_document_carries_the_measured_table(shared: Path, root: Path) -> None:
    expected = table(measure(read_leaves(shared / "data" / "csaf_products.csv")))

    assert expected in (root / "docs" / "versions.md").read_text("utf-8")


def test_the_measure_is_a_command(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([str(shared / "data" / "csaf_products.csv")])

    assert status == 0
    assert "| not understood |" in capsys.readouterr().out


def test_the_command_refuses_what_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["nowhere.csv"])

    assert status == 2
    assert "give one CSV" in capsys.readouterr().err

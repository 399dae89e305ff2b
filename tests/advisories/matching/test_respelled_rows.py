"""However a row is spelled, a product in an affected version keeps its row and is never safe."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.advisories.matching.test_own_names import SAFE, leaves_inside
from tests.matched import matched

from cellwarden.model.matching import MatchState

YEARS = ("ICSA-23-", "ICSA-24-")
FEWEST = 300
NAMES_EVERY = 5
"""Every distinct name is read anew, so that fewer leaves are respelled."""
Row = tuple[str, str, str]
"""Manufacturer, model, firmware."""

NAMES: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "upper case": lambda maker, name: (maker.upper(), name.upper()),
    "two spaces": lambda maker, name: (maker, name.replace(" ", "  ")),
    "underscores": lambda maker, name: (maker, name.replace(" ", "_")),
    "odd dashes": lambda maker, name: (maker, name.replace("-", "\u2013").replace(" ", "\u00a0")),
    "trade mark sign": lambda maker, name: (maker, f"{name}\u2122"),
    "trade mark in letters": lambda maker, name: (maker, f"{name} (R)"),
    "maker twice": lambda maker, name: (maker, f"{maker} {name}"),
    "legal form": lambda maker, name: (f"{maker} GmbH", name),
    "other legal form": lambda maker, name: (f"{maker}, Inc.", name),
    "label": lambda maker, name: (maker, f"Model: {name}"),
    "quotes": lambda maker, name: (maker, f'"{name}"'),
    "serial": lambda maker, name: (maker, f"{name} S/N A123456"),
    "firmware word": lambda maker, name: (maker, f"{name} Firmware"),
    "series word": lambda maker, name: (maker, f"{name} Series"),
}
VERSIONS = (
    "V{}", "v.{}", "V {}", "Ver. {}", "FW {}", "FW: v{}", "Firmware {}", "Firmware Version: {}",
    "Rev. {}", "Version: {} (build 1234)", "{}-r1234", "{} 2019-03-04", "{}, 2019-03-04",
    "Release {}", "({})", "[{}]", "{}.0", "{} GA", "\u00a0{}\u200b", "Boot 1.0 / FW {}", "{} SP1",
    "{}-rc1", "{}a", "SW={}",
)  # fmt: skip
NAMED = {("ICSA-24-163-02", "2023 SP1")}
"""A spelling that is another version here: the fix that the advisory itself names."""
NO_VERSIONS = (
    "", " ", "-", "--", "?", "n/a", "N/A", "#N/A", "none", "null", "tbd", "unknown", "not read",
    "latest", "latest version", "see label", "no access", "various", "FW", "0", "0.0", "0.0.0",
)  # fmt: skip


@pytest.fixture(scope="module")
def leaves(shared: Path) -> list[tuple[str, str, str, str]]:
    """Advisory, maker, product, version inside: two leaves of each advisory at most."""
    found: defaultdict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for leaf in leaves_inside(shared, YEARS):
        found[leaf[0]].append(leaf)
    return [leaf for some in found.values() for leaf in (some[0], some[-1])]


def _states(rows: list[tuple[str, Row]], shared: Path, folder: Path) -> list[set[MatchState]]:
    """What each row's own advisory says of it."""
    inventory = folder / "inventory.csv"
    with inventory.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["component_id", "manufacturer", "model", "part", "firmware"])
        writer.writerows([at, *row[:2], "", row[2]] for at, (_, row) in enumerate(rows))
    corpus = shared / "data" / "csaf-cisa"
    documents = sorted(path for year in YEARS for path in corpus.glob(f"{year.lower()}*.json"))
    found: defaultdict[tuple[str, str], set[MatchState]] = defaultdict(set)
    for one in matched(inventory, documents):
        found[one.component_id, one.advisory_id].add(one.state)
    return [found[str(at), advisory] for at, (advisory, _) in enumerate(rows)]


def test_name_that_is_spelled_otherwise_keeps_its_row_and_is_never_safe(
    leaves: list[tuple[str, str, str, str]], shared: Path, tmp_path: Path
) -> None:
    rows = [
        (advisory, (*spell(maker, name), version))
        for advisory, maker, name, version in leaves[::NAMES_EVERY]
        for spell in NAMES.values()
    ]

    found = _states(rows, shared, tmp_path)

    assert len(leaves) >= FEWEST
    assert [row for row, states in zip(rows, found, strict=True) if not states] == []
    assert [row for row, states in zip(rows, found, strict=True) if states and states <= SAFE] == []


def test_version_that_is_spelled_otherwise_is_never_safe(
    leaves: list[tuple[str, str, str, str]], shared: Path, tmp_path: Path
) -> None:
    rows = [
        (advisory, (maker, name, spelling.format(version)))
        for advisory, maker, name, version in leaves[::2]
        for spelling in VERSIONS
        if (advisory, spelling.format(version)) not in NAMED
    ]

    found = _states(rows, shared, tmp_path)

    assert [row for row, states in zip(rows, found, strict=True) if not states] == []
    assert [row for row, states in zip(rows, found, strict=True) if states and states <= SAFE] == []


def test_cell_that_holds_no_version_makes_nothing_safe(
    leaves: list[tuple[str, str, str, str]], shared: Path, tmp_path: Path
) -> None:
    rows = [
        (advisory, (maker, name, text))
        for advisory, maker, name, _ in leaves
        for text in NO_VERSIONS
    ]

    found = _states(rows, shared, tmp_path)

    assert [row for row, states in zip(rows, found, strict=True) if not states] == []
    assert [row for row, states in zip(rows, found, strict=True) if states & SAFE] == []

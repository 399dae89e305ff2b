"""An advisory says the same of a component whether it is read alone or with many others."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from tests.matched import matched

from cellwarden.model.matching import Match

PAIRS = Path(__file__).with_name("exam_pairs.tsv")
COLUMNS = ("manufacturer", "model", "part", "firmware", "hardware", "part_number", "role")
YEAR = "icsa-23-*.json"
EVERY = 5
FEWEST = 8


def _inventory(folder: Path) -> Path:
    """A register as people keep it: other order, other case, columns that say nothing here."""
    file = folder / "inventory.csv"
    with PAIRS.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["Rack", *(name.upper() for name in reversed(COLUMNS)), "Component_ID"])
        for at, row in enumerate(rows):
            writer.writerow(["R1", *(row[name] for name in reversed(COLUMNS)), at])
    return file


def _said(inventory: Path, documents: list[Path]) -> dict[str, set[Match]]:
    found: defaultdict[str, set[Match]] = defaultdict(set)
    for one in matched(inventory, documents):
        found[one.advisory_id.casefold()].add(one)
    return found


def test_advisory_gives_the_same_rows_alone_as_with_all_of_its_year(
    shared: Path, tmp_path: Path
) -> None:
    inventory = _inventory(tmp_path)
    documents = sorted((shared / "data" / "csaf-cisa").glob(YEAR))

    together = _said(inventory, documents)

    sample = [path for path in documents if path.stem in together][::EVERY]
    assert len(sample) >= FEWEST
    for document in sample:
        assert _said(inventory, [document]) == {document.stem: together[document.stem]}

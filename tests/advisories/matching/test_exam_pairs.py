"""An exam set from real advisories before anybody looked at the code, sat through the door."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from cellwarden.workflows.advisory.match import match_inventory

PAIRS = Path(__file__).with_name("exam_pairs.tsv")
COLUMNS = ("manufacturer", "model", "part", "firmware", "hardware", "part_number", "role")
FEWEST = 350


def _pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def _document(shared: Path, advisory: str) -> Path:
    is_record = advisory.startswith("CVE-")
    folder = shared / "data" / ("cve-vulnrichment" if is_record else "csaf-cisa")
    return folder / f"{advisory if is_record else advisory.lower()}.json"


def test_every_pair_of_the_exam_ends_in_a_state_that_its_label_allows(
    shared: Path, tmp_path: Path
) -> None:
    pairs = _pairs()
    inventory = tmp_path / "inventory.csv"
    with inventory.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["component_id", *COLUMNS])
        writer.writerows([at, *(row[name] for name in COLUMNS)] for at, row in enumerate(pairs))
    documents = sorted({_document(shared, row["advisory"]) for row in pairs})
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    for one in match_inventory(inventory, documents, progress=lambda *_: None):
        state = "candidate" if one.candidate else one.state.value
        found[one.component_id, one.advisory_id.upper()].add(state)

    wrong = [
        f"{row['model']} {row['firmware']} ~ {row['advisory']}: {states}, not {row['expected']}"
        for at, row in enumerate(pairs)
        if not (states := found[str(at), row["advisory"]] or {"none"})
        <= set(row["expected"].split("|"))
    ]
    assert wrong == []


def test_exam_is_large_and_asks_for_every_answer() -> None:
    pairs = _pairs()

    asked = {answer for row in pairs for answer in row["expected"].split("|")}

    assert len(pairs) >= FEWEST
    assert asked == {"affected", "fixed", "not_affected", "undetermined", "candidate", "none"}

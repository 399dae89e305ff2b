"""An exam set from real advisories before anybody looked at the code, sat through the door."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from tests.matched import matched

PAIRS = Path(__file__).with_name("exam_pairs.tsv")
OPEN = Path(__file__).with_name("open_pairs.tsv")
"""Pairs of the same exam whose answer is still another than their label; none of them safe."""
COLUMNS = ("manufacturer", "model", "part", "firmware", "hardware", "part_number", "role")
SAFE = {"fixed", "not_affected"}
FEWEST = 1000


def _pairs(file: Path = PAIRS) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def _document(shared: Path, advisory: str) -> Path:
    is_record = advisory.startswith("CVE-")
    folder = shared / "data" / ("cve-vulnrichment" if is_record else "csaf-cisa")
    return folder / f"{advisory if is_record else advisory.lower()}.json"


def _sat(pairs: list[dict[str, str]], shared: Path, folder: Path) -> list[set[str]]:
    """The states that each pair ends in, all sat together."""
    inventory = folder / "inventory.csv"
    with inventory.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["component_id", *COLUMNS])
        writer.writerows([at, *(row[name] for name in COLUMNS)] for at, row in enumerate(pairs))
    documents = sorted({_document(shared, row["advisory"]) for row in pairs})
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    for one in matched(inventory, documents):
        state = "candidate" if one.candidate else one.state.value
        found[one.component_id, one.advisory_id.upper()].add(state)
    return [found[str(at), row["advisory"]] or {"none"} for at, row in enumerate(pairs)]


def test_every_pair_of_the_exam_ends_in_a_state_that_its_label_allows(
    shared: Path, tmp_path: Path
) -> None:
    pairs = _pairs()
    found = _sat(pairs, shared, tmp_path)
    wrong = [
        f"{row['model']} {row['firmware']} ~ {row['advisory']}: {states}, not {row['expected']}"
        for row, states in zip(pairs, found, strict=True)
        if not states <= set(row["expected"].split("|"))
    ]
    assert wrong == []


def test_pairs_that_are_still_open_are_wrong_but_never_wrongly_safe(
    shared: Path, tmp_path: Path
) -> None:
    pairs = _pairs(OPEN)

    found = _sat(pairs, shared, tmp_path)

    expected = [set(row["expected"].split("|")) for row in pairs]
    settled = [r["model"] for r, s, e in zip(pairs, found, expected, strict=True) if s <= e]
    assert settled == []  # who mends one moves it to the exam
    assert all(not states & SAFE for states in found)


def test_exam_is_large_and_asks_for_every_answer() -> None:
    pairs = _pairs()

    asked = {answer for row in pairs for answer in row["expected"].split("|")}

    assert len(pairs) >= FEWEST
    assert asked == {"affected", "fixed", "not_affected", "undetermined", "candidate", "none"}

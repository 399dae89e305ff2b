from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from cellwarden.advisories.versions import read_range
from cellwarden.advisories.versions.measure import shape_of

TRAITS = {
    "alias": 10,
    "and-comma": 20,
    "blank": 5,
    "branches": 10,
    "build": 40,
    "condition": 30,
    "cve-restriction": 5,
    "date": 25,
    "date-inside": 15,
    "decimal": 10,
    "dotted": 25,
    "exclusion": 4,
    "huawei": 5,
    "hyphen-range": 15,
    "hyphenated": 10,
    "identity": 10,
    "ios": 8,
    "label": 10,
    "letters": 50,
    "multi-part": 8,
    "no-version": 7,
    "pipe-and": 20,
    "pipe-list": 20,
    "pipe-mixed": 20,
    "pipe-or": 15,
    "prefix": 40,
    "prerelease": 6,
    "product-id": 15,
    "prose": 25,
    "service-pack": 80,
    "suffix": 15,
    "underscore": 20,
    "vers-all": 10,
    "vers-illegal": 30,
    "vers-legal": 20,
    "wildcard": 50,
    "words": 20,
    "year-style": 5,
    "zero-padding": 15,
}
PLAIN = {sign + form for sign in ("", "<", "<=", "< ", "<= ") for form in ("0", "0.0", "0.0.0")}
FEWEST_IN_EXAM = 1124
ANSWERS = {True: "inside", False: "outside", None: "undetermined"}


def gold() -> list[dict[str, str]]:
    path = Path(__file__).with_name("gold.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_label_of_the_gold_file_is_met() -> None:
    wrong = []

    for row in gold():
        placement = read_range(row["range_text"], kind=row["kind"]).place(row["version"])
        if ANSWERS[placement.inside] != row["expected"]:
            wrong.append(f"{row['range_text']!r} {row['version']!r}: {placement.why}")

    assert wrong == []


def test_gold_file_holds_enough_rows_of_every_trait() -> None:
    counts = Counter(row["trait"] for row in gold())

    assert counts.keys() == TRAITS.keys()
    assert {trait for trait, least in TRAITS.items() if counts[trait] < least} == set()


def test_gold_file_holds_three_hundred_shapes_two_hundred_of_them_not_plain() -> None:
    shapes = {shape_of(row["range_text"]) for row in gold()}
    unusual = {shape for shape in shapes if shape not in PLAIN and shape != "vers:all/*"}

    assert len(shapes) >= 300
    assert len(unusual) >= 200


def test_no_two_labels_of_the_gold_file_disagree() -> None:
    labels = defaultdict(set)

    for row in gold():
        labels[row["range_text"], row["kind"], row["version"]].add(row["expected"])

    assert {key: found for key, found in labels.items() if len(found) > 1} == {}


@pytest.mark.parametrize("expected", ["inside", "outside", "undetermined"])
def test_gold_file_tests_every_answer(expected: str) -> None:
    rows = [row for row in gold() if row["expected"] == expected]

    assert len(rows) >= 80


def exam() -> list[dict[str, str]]:
    path = Path(__file__).with_name("exam_texts.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_label_of_the_exam_is_met() -> None:
    """Texts that the gold file does not hold, labelled before the code was asked."""
    wrong = []

    for row in exam():
        placement = read_range(row["range_text"], kind=row["kind"]).place(row["version"])
        if ANSWERS[placement.inside] not in row["expected"].split("|"):
            wrong.append(f"{row['range_text']!r} {row['version']!r}: {placement.why}")

    assert wrong == []
    assert len(exam()) >= FEWEST_IN_EXAM

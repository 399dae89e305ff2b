"""The whole CISA corpus, read into rows."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cellwarden.advisories.feeds.decoding import decode
from cellwarden.advisories.feeds.formats.csaf import leaves
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS
from cellwarden.advisories.feeds.reading import understand
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[Document]:
    folder = shared / "data" / "csaf-cisa"
    return [
        Document(name=path.name, data=path.read_bytes()) for path in sorted(folder.glob("*.json"))
    ]


@pytest.fixture(scope="module")
def understood(corpus: list[Document]) -> list[Understood]:
    return [understand(document) for document in corpus]


def rows(understood: list[Understood], kind: str) -> list[dict[str, str | None]]:
    names = kinds()[kind].column_names
    return [
        dict(zip(names, row, strict=True))
        for each in understood
        for row in each.tables.get(kind, [])
    ]


def test_every_product_leaf_of_the_corpus_comes_out_as_listed(
    shared: Path, corpus: list[Document]
) -> None:
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as file:
        listed = {tuple(line.values()) for line in csv.DictReader(file)}

    found = set()
    for document in corpus:
        source = decode(document, DEFAULT_LIMITS)
        advisory_id = source.content["document"]["tracking"]["id"]
        for each in leaves(source):
            if each.category in {"", "installed_on", "external_component_of"}:
                continue
            leaf = each.leaf
            cells = (leaf.vendor, leaf.product, each.category, leaf.version_text)
            found.add((advisory_id, *cells, leaf.full_name, leaf.leaf_id))

    assert len(listed) == 15_889
    assert found == listed


def test_every_document_of_the_corpus_is_read_and_nothing_in_it_is_unreadable(
    corpus: list[Document], understood: list[Understood]
) -> None:
    advisories = rows(understood, "advisory")

    assert len(advisories) == len(corpus) == 2_383
    assert rows(understood, "unreadable") == []
    assert {each.format for each in understood} == {"csaf 2.0"}


def test_every_status_of_the_corpus_becomes_a_statement(understood: list[Understood]) -> None:
    keys = [
        (row["advisory_id"], row["leaf_id"], row["status"]) for row in rows(understood, "statement")
    ]
    statuses = {status for _, _, status in keys}

    assert len(keys) == len(set(keys))
    assert statuses == {"affected", "not_affected", "fixed", "under_investigation"}


def test_products_of_the_corpus_without_any_status_are_said_to_be_open(
    understood: list[Understood],
) -> None:
    silent = [
        row for row in rows(understood, "statement") if row["status"] == "under_investigation"
    ]

    assert len(silent) == 181
    assert len({row["advisory_id"] for row in silent}) == 11
    assert all("gives no status" in (row["justification"] or "") for row in silent)


def test_every_vulnerability_of_the_corpus_has_a_vector_where_the_document_gives_one(
    understood: list[Understood],
) -> None:
    found = rows(understood, "vulnerability")
    without = [row["vulnerability"] for row in found if not row["cvss_vector"]]

    assert len(found) == 7_916
    assert without == ["CVE-2017-13077"]


def test_vectors_in_references_serve_where_the_scores_list_is_missing(
    understood: list[Understood],
) -> None:
    found = {row["vulnerability"]: row for row in rows(understood, "vulnerability")}

    vector = "CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"
    assert found["CVE-2017-5706"]["cvss_vector"] == vector
    assert found["CVE-2017-5706"]["cvss_score"] is None


def test_the_rack_pdu_advisory_says_what_its_document_says(understood: list[Understood]) -> None:
    ours = [row for row in rows(understood, "statement") if row["advisory_id"] == "ICSA-21-348-02"]

    first = next(row for row in ours if row["leaf_id"] == "CSAFPID-0001")

    assert first["vendor"] == "Schneider Electric Software, LLC"
    assert first["product"] == "AP7xxxx and AP8xxx with NMC2"
    assert first["version_text"] == "<= 6.9.6"
    assert first["version_kind"] == "range"
    assert first["status"] == "affected"
    assert "CVE-2021-22825" in (first["vulnerabilities"] or "").split()


def test_firmware_installed_on_a_device_names_the_device(understood: list[Understood]) -> None:
    ours = [row for row in rows(understood, "statement") if row["advisory_id"] == "ICSA-24-235-03"]

    first = next(row for row in ours if row["leaf_id"] == "CSAFPID-0109")

    assert first["hardware"] == "D24M"
    assert first["requires"] == "Mobotix P3 D24M"
    assert "MX-V4.0.1.15" in (first["version_text"] or "") + (first["full_name"] or "")


def test_the_same_remedy_under_several_weaknesses_is_one_row(
    understood: list[Understood],
) -> None:
    ours = [
        row for row in rows(understood, "remediation") if row["advisory_id"] == "ICSA-19-211-01"
    ]

    texts = [(row["category"], row["text"], row["leaf_ids"]) for row in ours]

    assert len(texts) == len(set(texts))
    assert any((row["vulnerabilities"] or "").count(" ") > 0 for row in ours)


def test_model_numbers_become_part_numbers(understood: list[Understood]) -> None:
    ours = [row for row in rows(understood, "statement") if row["advisory_id"] == "ICSA-17-129-02"]

    assert any(row["part_numbers"] == "6ES7145-6HD00-0AB0" for row in ours)


def test_every_published_validator_example_is_read_without_failing(shared: Path) -> None:
    folder = shared / "suites" / "csaf-2.0-validator"
    paths = [path for path in sorted(folder.glob("*/*.json")) if path.parent.name != "."]

    understood = {
        path.name: understand(Document(name=path.name, data=path.read_bytes())) for path in paths
    }

    failed = [
        (name, row)
        for name, each in understood.items()
        for row in each.tables.get("unreadable", [])
        if "our reader failed" in str(row)
    ]
    formats = {each.format for each in understood.values()}
    assert failed == []
    assert len(understood) > 200
    assert formats == {"csaf 2.0"}


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ("6-1-01-01", "a group names a product that is not in the product tree"),
        ("6-1-02-01", "two products have this id"),
        ("6-1-06-01", "the document calls it affected and"),
    ],
)
def test_examples_that_contradict_themselves_are_noted(
    shared: Path, example: str, reason: str
) -> None:
    name = f"oasis_csaf_tc-csaf_2_0-2021-{example}.json"
    path = shared / "suites" / "csaf-2.0-validator" / "mandatory" / name

    found = understand(Document(name=name, data=path.read_bytes()))

    notes = rows([found], "unreadable")
    assert any((note["reason"] or "").startswith(reason) for note in notes)

"""The example's advisories: valid CSAF 2.0 by the standard's mandatory tests, and real facts."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from cvss import CVSS2, CVSS3

Document = dict[str, Any]
Rule = Callable[[Document], list[str]]

ADVISORIES = Path(__file__).parents[2] / "examples" / "northgate" / "advisories"
FILES = sorted((ADVISORIES / "csaf").glob("*.json"))
RECORDS = sorted((ADVISORIES / "cve").glob("*.json"))
FICTIONAL = "CW-EX-"

AFFECTED = {"first_affected", "known_affected", "last_affected"}
FIXED = {"first_fixed", "fixed"}
STATUS_GROUPS = (AFFECTED, FIXED, {"known_not_affected"}, {"under_investigation"})
INTEGER = re.compile(r"(0|[1-9]\d*)$")
SEMANTIC = re.compile(r"(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")
RANGE_SIGNS = re.compile(r"[<>]")
RANGE_WORDS = frozenset({"after", "all", "before", "earlier", "later", "prior", "versions"})


def load(path: Path) -> Document:
    loaded: Document = json.loads(path.read_text("utf-8"))
    return loaded


def branches(document: Document) -> Iterator[Document]:
    waiting = list(document.get("product_tree", {}).get("branches", []))
    while waiting:
        branch = waiting.pop()
        yield branch
        waiting += branch.get("branches", [])


def defined(document: Document) -> list[str]:
    tree = document.get("product_tree", {})
    ids = [branch["product"]["product_id"] for branch in branches(document) if "product" in branch]
    ids += [product["product_id"] for product in tree.get("full_product_names", [])]
    ids += [
        relation["full_product_name"]["product_id"] for relation in tree.get("relationships", [])
    ]
    return ids


def weaknesses(document: Document) -> list[Document]:
    found: list[Document] = document.get("vulnerabilities", [])
    return found


def named_products(weakness: Document) -> set[str]:
    lists = list(weakness.get("product_status", {}).values())
    lists += [score["products"] for score in weakness.get("scores", [])]
    for part in ("remediations", "threats", "flags"):
        lists += [entry.get("product_ids", []) for entry in weakness.get(part, [])]
    return {name for names in lists for name in names}


def revisions(document: Document) -> list[Document]:
    history: list[Document] = document["document"]["tracking"]["revision_history"]
    return sorted(history, key=lambda item: (datetime.fromisoformat(item["date"]), order(item)))


def order(revision: Document) -> tuple[int, ...]:
    number = revision["number"]
    if INTEGER.match(number):
        return (int(number),)
    found = SEMANTIC.match(number)
    return tuple(int(part) for part in found.groups()[:3]) if found else (-1,)


def products_are_defined(document: Document) -> list[str]:
    """6.1.1, for the parts that the example uses."""
    used = {name for weakness in weaknesses(document) for name in named_products(weakness)}
    for relation in document.get("product_tree", {}).get("relationships", []):
        used |= {relation["product_reference"], relation["relates_to_product_reference"]}
    return sorted(used - set(defined(document)))


def products_are_defined_once(document: Document) -> list[str]:
    """6.1.2."""
    return [name for name, count in Counter(defined(document)).items() if count > 1]


def statuses_agree(document: Document) -> list[str]:
    """6.1.6."""
    faults = []
    for weakness in weaknesses(document):
        said = weakness.get("product_status", {})
        groups = [
            {name for status in group for name in said.get(status, [])} for group in STATUS_GROUPS
        ]
        counts = Counter(name for group in groups for name in group)
        faults += [name for name, count in counts.items() if count > 1]
    return faults


def scores_are_single(document: Document) -> list[str]:
    """6.1.7."""
    faults = []
    for weakness in weaknesses(document):
        counts = Counter(
            (name, key, score[key]["version"])
            for score in weakness.get("scores", [])
            for key in ("cvss_v2", "cvss_v3")
            if key in score
            for name in score["products"]
        )
        faults += [name for (name, _, _), count in counts.items() if count > 1]
    return faults


def scores_are_computed(document: Document) -> list[str]:
    """6.1.9."""
    faults = []
    for weakness in weaknesses(document):
        for score in weakness.get("scores", []):
            for key, calculator in (("cvss_v2", CVSS2), ("cvss_v3", CVSS3)):
                if key not in score:
                    continue
                given = score[key]
                computed = calculator(given["vectorString"])
                if float(computed.scores()[0]) != given["baseScore"]:
                    faults.append(given["vectorString"])
                severity = given.get("baseSeverity")
                if severity and computed.severities()[0].upper() != severity:
                    faults.append(severity)
    return faults


def history_is_in_order(document: Document) -> list[str]:
    """6.1.14."""
    numbers = [order(revision) for revision in revisions(document)]
    return [] if numbers == sorted(numbers) else ["revision history"]


def version_is_the_latest(document: Document) -> list[str]:
    """6.1.16."""
    last = revisions(document)[-1]["number"]
    version = document["document"]["tracking"]["version"]
    return [] if version.split("+")[0].split("-")[0] == last.split("+")[0].split("-")[0] else [last]


def released_history_starts_at_one(document: Document) -> list[str]:
    """6.1.18."""
    tracking = document["document"]["tracking"]
    unreleased = [item["number"] for item in revisions(document) if order(item)[0] == 0]
    return unreleased if tracking["status"] in {"final", "interim"} else []


def revisions_are_numbered_once(document: Document) -> list[str]:
    """6.1.22."""
    counts = Counter(item["number"] for item in revisions(document))
    return [number for number, count in counts.items() if count > 1]


def weaknesses_are_named_once(document: Document) -> list[str]:
    """6.1.23."""
    counts = Counter(weakness["cve"] for weakness in weaknesses(document) if "cve" in weakness)
    return [name for name, count in counts.items() if count > 1]


def profile_is_kept(document: Document) -> list[str]:
    """6.1.27.4 to 6.1.27.9, for the two profiles that the example uses."""
    faults = [] if "product_tree" in document else ["product_tree"]
    faults += [] if weaknesses(document) else ["vulnerabilities"]
    category = document["document"]["category"]
    for weakness in weaknesses(document):
        faults += [] if weakness.get("notes") else ["notes"]
        status = weakness.get("product_status", {})
        faults += [] if status else ["product_status"]
        if category == "csaf_vex":
            faults += [] if {"cve", "ids"} & set(weakness) else ["cve or ids"]
            told = {
                name
                for part in ("flags", "threats")
                for entry in weakness.get(part, [])
                for name in entry.get("product_ids", [])
            }
            faults += [name for name in status.get("known_not_affected", []) if name not in told]
    return faults


def remediations_name_products(document: Document) -> list[str]:
    """6.1.29."""
    return [
        entry["details"]
        for weakness in weaknesses(document)
        for entry in weakness.get("remediations", [])
        if not ({"product_ids", "group_ids"} & set(entry))
    ]


def versioning_is_of_one_kind(document: Document) -> list[str]:
    """6.1.30."""
    numbers = [item["number"] for item in revisions(document)]
    numbers.append(document["document"]["tracking"]["version"])
    kinds = {bool(INTEGER.match(number)) for number in numbers}
    return numbers if len(kinds) > 1 else []


def versions_are_no_ranges(document: Document) -> list[str]:
    """6.1.31."""
    return [
        branch["name"]
        for branch in branches(document)
        if branch["category"] == "product_version"
        if RANGE_SIGNS.search(branch["name"]) or RANGE_WORDS & set(branch["name"].lower().split())
    ]


def flags_name_products(document: Document) -> list[str]:
    """6.1.32."""
    return [
        flag["label"]
        for weakness in weaknesses(document)
        for flag in weakness.get("flags", [])
        if not ({"product_ids", "group_ids"} & set(flag))
    ]


RULES: dict[str, Rule] = {
    "6.1.2": products_are_defined_once,
    "6.1.7": scores_are_single,
    "6.1.9": scores_are_computed,
    "6.1.14": history_is_in_order,
    "6.1.18": released_history_starts_at_one,
    "6.1.22": revisions_are_numbered_once,
    "6.1.23": weaknesses_are_named_once,
    "6.1.29": remediations_name_products,
    "6.1.30": versioning_is_of_one_kind,
    "6.1.31": versions_are_no_ranges,
    "6.1.32": flags_name_products,
}
"""Rules that are tried on the standard's own examples."""

MORE_RULES: tuple[Rule, ...] = (
    products_are_defined,
    statuses_agree,
    version_is_the_latest,
    profile_is_kept,
)


@pytest.mark.parametrize("rule", [*RULES.values(), *MORE_RULES], ids=lambda rule: rule.__name__)
def test_every_advisory_passes_the_mandatory_tests(rule: Rule) -> None:
    complaints = {path.name: rule(load(path)) for path in FILES}

    assert {name: found for name, found in complaints.items() if found} == {}


@pytest.mark.parametrize("number", RULES)
def test_each_rule_finds_the_fault_in_the_standards_own_examples(number: str, shared: Path) -> None:
    folder = shared / "suites" / "csaf-2.0-validator"
    case = next(one for one in load(folder / "testcases.json")["tests"] if one["id"] == number)

    for example in case["failures"]:
        assert RULES[number](load(folder / example["name"])), example["name"]
    for example in case.get("valid", []):
        assert RULES[number](load(folder / example["name"])) == [], example["name"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_mandatory_fields_are_there(path: Path) -> None:
    head = load(path)["document"]

    assert head["csaf_version"] == "2.0"
    assert head["category"] in {"csaf_security_advisory", "csaf_vex"}
    assert set(head["publisher"]) >= {"category", "name", "namespace"}
    assert head["title"]
    assert {note["category"] for note in head["notes"]} >= {"summary", "general"}
    assert head["tracking"]["status"] == "final"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_tracking_id(path: Path) -> None:
    tracking_id = load(path)["document"]["tracking"]["id"]

    assert path.stem == re.sub(r"[^+\-a-z0-9]+", "_", tracking_id.lower())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dates_follow_one_another_and_none_lies_after_the_example(path: Path) -> None:
    document = load(path)
    tracking = document["document"]["tracking"]

    first = datetime.fromisoformat(tracking["initial_release_date"])
    current = datetime.fromisoformat(tracking["current_release_date"])
    history = [datetime.fromisoformat(item["date"]) for item in tracking["revision_history"]]

    assert first <= current < datetime.fromisoformat("2026-11-16T00:00:00+00:00")
    assert (min(history), max(history)) == (first, current)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_reference_is_a_web_address(path: Path) -> None:
    document = load(path)
    addresses = [one["url"] for one in document["document"]["references"]]
    for weakness in weaknesses(document):
        addresses += [one["url"] for one in weakness.get("references", [])]
        addresses += [one["url"] for one in weakness.get("remediations", []) if "url" in one]

    assert addresses
    assert all(address.startswith("https://") for address in addresses)


def test_at_least_thirty_advisories_are_real() -> None:
    real = [path for path in FILES if not path.stem.startswith(FICTIONAL.lower())]

    assert len(real) >= 30


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.stem.startswith(FICTIONAL.lower())],
    ids=lambda p: p.stem,
)
def test_fictional_advisories_say_so_and_invent_no_cve(path: Path) -> None:
    document = load(path)

    assert "fictional" in document["document"]["notes"][1]["text"]
    for weakness in weaknesses(document):
        assert "ids" in weakness or weakness["cve"] == "CVE-2023-46604"


def test_real_advisories_state_the_facts_of_their_publisher(shared: Path) -> None:
    compared = 0
    for path in FILES:
        original = shared / "data" / "csaf-cisa" / path.name
        if not path.stem.startswith("icsa"):
            continue

        ours, theirs = load(path), load(original)

        assert _ranges(theirs) <= _ranges(ours), path.name
        assert _facts(ours) == _facts(theirs), path.name
        compared += 1
    assert compared >= 30


def test_real_advisories_copy_no_sentence_of_their_publisher(shared: Path) -> None:
    for path in FILES:
        original = shared / "data" / "csaf-cisa" / path.name
        if not original.exists():
            continue

        foreign = set(_sentences(load(original)))

        assert not foreign & set(_sentences(load(path))), path.name


def _ranges(document: Document) -> set[str]:
    return {
        branch["name"]
        for branch in branches(document)
        if branch["category"] in {"product_version", "product_version_range"}
    }


def _facts(document: Document) -> set[tuple[str, str, str]]:
    return {
        (one["cve"], one["cwe"]["id"], score["cvss_v3"]["vectorString"])
        for one in weaknesses(document)
        for score in one["scores"][:1]
    }


def _sentences(document: Document) -> Iterator[str]:
    notes = [*document["document"].get("notes", [])]
    texts = [document["document"]["title"]]
    for weakness in weaknesses(document):
        notes += weakness.get("notes", [])
        texts += [entry["details"] for entry in weakness.get("remediations", [])]
    for text in [*texts, *(note["text"] for note in notes)]:
        yield from (part.strip() for part in re.split(r"[.\n]\s", text) if len(part.split()) > 6)


def test_pattern_one_has_sixty_one_days_between_publication_and_fix() -> None:
    document = load(ADVISORIES / "csaf" / "cw-ex-2026-0003.json")
    (weakness,) = weaknesses(document)
    fix = next(one for one in weakness["remediations"] if one["category"] == "vendor_fix")

    published = datetime.fromisoformat(weakness["release_date"]).date()
    available = datetime.fromisoformat(fix["date"]).date()

    assert (available - published).days == 61
    assert (date(2026, 11, 4) - available).days == 47
    assert (date(2026, 11, 16) - date(2026, 11, 4)).days == 12


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_cve_records_carry_the_facts_of_the_public_record(path: Path, shared: Path) -> None:
    ours = load(path)
    theirs = load(shared / "data" / "cve-vulnrichment" / path.name)

    assert ours["cveMetadata"]["cveId"] == path.stem
    assert [one["versions"] for one in ours["containers"]["cna"]["affected"]] == [
        one["versions"] for one in theirs["containers"]["cna"]["affected"]
    ]
    assert (
        ours["containers"]["cna"]["descriptions"][0]["value"]
        != theirs["containers"]["cna"]["descriptions"][0]["value"]
    )


def test_the_list_of_exploited_weaknesses_is_a_true_subset(shared: Path) -> None:
    ours = load(ADVISORIES / "kev.json")
    theirs = load(shared / "data" / "kev" / "known_exploited_vulnerabilities.json")
    facts = ("cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded", "dueDate")
    public = {tuple(one[name] for name in facts) for one in theirs["vulnerabilities"]}

    assert ours["count"] == len(ours["vulnerabilities"])
    assert {tuple(one[name] for name in facts) for one in ours["vulnerabilities"]} <= public


def test_likelihoods_are_marked_as_example_values() -> None:
    first, *rest = (ADVISORIES / "epss.csv").read_text("utf-8").splitlines()
    scores = list(csv.DictReader(rest))

    assert "example-values" in first
    assert all(0 < float(one["epss"]) < float(one["percentile"]) < 1 for one in scores)

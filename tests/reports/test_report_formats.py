"""The formats for machines: JSON and its schema, SARIF, CSV, CycloneDX, OpenVEX, Markdown."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.model.errors import InputError
from cellwarden.model.report import Report
from cellwarden.reports.formats import formats, render
from cellwarden.reports.schema import schema_text
from cellwarden.reports.sheet import cell

NAMES = {"csv", "cyclonedx", "exposures-csv", "html", "json", "markdown", "openvex", "sarif"}


def test_every_format_is_found_by_listing_its_folder() -> None:
    found = formats()

    assert set(found) == NAMES
    assert len({one.SUFFIX for one in found.values()}) == len(NAMES)


def test_an_unknown_format_names_those_that_exist(report: Report) -> None:
    with pytest.raises(InputError) as caught:
        render("pdf", report)

    assert "markdown" in caught.value.advice


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_format_carries_the_age_of_the_data_and_the_coverage(
    name: str, report: Report
) -> None:
    text = render(name, report).replace("\\-", "-").replace("\\u00a0", "\u00a0")

    assert "2026-09-28" in text
    assert "STALE" in text or "stale" in text
    assert "of 418" in text or '"components": 418' in text


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_same_report_renders_to_the_same_text(name: str, report: Report) -> None:
    again = msgspec.json.decode(msgspec.json.encode(report), type=Report)

    assert render(name, again) == render(name, report)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_format_lets_a_terminal_escape_through(name: str, report: Report) -> None:
    text = render(name, report)

    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_json_decodes_to_the_report_that_was_written(report: Report) -> None:
    text = render("json", report)

    assert msgspec.json.decode(text, type=Report) == report


def test_the_published_schema_is_the_one_that_the_model_makes(root: Path) -> None:
    published = root / "docs" / "schema" / "cellwarden-report-1.schema.json"

    assert published.read_text("utf-8") == schema_text(), (
        "the report changed: write the schema again with "
        "python -m cellwarden.reports.schema, and give it a new number if a reader could notice"
    )


def test_a_report_is_valid_under_the_published_schema(
    report: Report, empty: Report, root: Path
) -> None:
    path = root / "docs" / "schema" / "cellwarden-report-1.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))

    for one in (report, empty):
        assert list(validator.iter_errors(json.loads(render("json", one)))) == []


def test_the_schema_refuses_a_report_of_another_version(report: Report) -> None:
    document = {**json.loads(render("json", report)), "schema": "cellwarden-report/0"}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(schema_text()))


def _sarif(report: Report) -> dict[str, Any]:
    document = json.loads(render("sarif", report))
    assert document["version"] == "2.1.0"
    run: dict[str, Any] = document["runs"][0]
    return run


def test_every_sarif_result_names_a_rule_and_a_place(report: Report) -> None:
    run = _sarif(report)
    rules = run["tool"]["driver"]["rules"]

    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["logicalLocations"][0]
        assert place["name"]
        assert place["kind"]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_only_a_failure_has_a_sarif_level(report: Report) -> None:
    results = _sarif(report)["results"]

    assert {one["level"] for one in results if one["kind"] != "fail"} == {"none"}
    assert {one["level"] for one in results if one["kind"] == "fail"} <= {
        "error", "warning", "note",
    }  # fmt: skip


def test_unknown_is_open_and_a_candidate_is_for_review_in_sarif(report: Report) -> None:
    results = _sarif(report)["results"]
    kinds = {one["kind"] for one in results}

    assert kinds == {"fail", "open", "review"}
    unknown = [one for one in results if one["properties"].get("verdict") == "unknown"]
    assert {one["kind"] for one in unknown} == {"open"}


def test_sarif_fingerprints_are_the_finding_ids_and_distinct(report: Report) -> None:
    results = _sarif(report)["results"]
    prints = [one["fingerprints"]["cellwarden/v1"] for one in results]

    assert {one.id for one in report.findings} <= set(prints)
    assert len(set(prints)) == len(prints)


def test_an_accepted_finding_is_suppressed_in_sarif(report: Report) -> None:
    suppressed = [one for one in _sarif(report)["results"] if "suppressions" in one]

    assert len(suppressed) == 1
    (suppression,) = suppressed[0]["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert "2027-01-31" in suppression["justification"]


def test_sarif_says_stale_data_and_coverage_in_the_run(report: Report, empty: Report) -> None:
    run = _sarif(report)

    notes = run["invocations"][0]["toolConfigurationNotifications"]
    assert [one["level"] for one in notes] == ["warning", "warning"]
    assert "377 of 418" in run["properties"]["cellwarden/coverage"]
    assert "Nothing was looked at" in _sarif(empty)["properties"]["cellwarden/standing"]


def _strings(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (f"{key}={value}" for _ in "x" if isinstance(value, str))
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


@pytest.mark.parametrize("name", ["sarif", "cyclonedx"])
def test_no_link_has_a_scheme_other_than_the_web(name: str, report: Report) -> None:
    document = json.loads(render(name, report))

    links = [
        text.partition("=")[2]
        for text in _strings(document)
        if text.startswith(("helpUri=", "url=", "uri="))
    ]
    assert links
    assert all(link.startswith("https://") for link in links)


def _csv(name: str, report: Report) -> tuple[list[str], list[dict[str, str]]]:
    lines = render(name, report).splitlines()
    comments = [line for line in lines if line.startswith("#")]
    return comments, list(csv.DictReader(lines[len(comments) :]))


@pytest.mark.parametrize("name", ["csv", "exposures-csv"])
def test_csv_begins_with_comments_and_has_one_line_for_each(name: str, report: Report) -> None:
    comments, rows = _csv(name, report)

    whole = report.findings if name == "csv" else report.exposures
    assert any(line.startswith("# data_age: csaf") for line in comments)
    assert any(line.startswith("# coverage: ") for line in comments)
    assert len(rows) == len(whole)
    assert {row["as_of"] for row in rows} == {"2026-11-16"}


def test_the_exposure_clock_in_csv_sums_to_its_total(report: Report) -> None:
    _, rows = _csv("exposures-csv", report)
    with_clock = [row for row in rows if row["total_days"]]

    assert with_clock
    for row in with_clock:
        parts = sum(int(row[f"{part}_days"]) for part in ("vendor", "window", "operator"))
        assert parts == int(row["total_days"])


@given(st.text())
def test_no_csv_cell_begins_as_a_formula(text: str) -> None:
    shown = cell(text)

    assert not shown.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_formula_in_a_vendor_name_gets_an_apostrophe(report: Report, sample: ModuleType) -> None:
    _, rows = _csv("csv", report)

    assert f"'{sample.HOSTILE_FORMULA}" in {row["vendor"] for row in rows}


def test_cyclonedx_is_valid_under_the_strict_schema(
    report: Report, empty: Report, clear: Report
) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    for one in (report, empty, clear):
        assert validator.validate_str(render("cyclonedx", one)) is None


def test_cyclonedx_states_follow_the_match_states(report: Report) -> None:
    document = json.loads(render("cyclonedx", report))
    states = {
        (one["id"], ref["ref"]): one["analysis"]["state"]
        for one in document["vulnerabilities"]
        for ref in one["affects"]
    }

    words = {
        "affected": "exploitable", "undetermined": "in_triage", "fixed": "resolved",
        "not_affected": "not_affected",
    }  # fmt: skip
    for one in report.exposures:
        reference = f"component:{one.component_id.replace('/', '%2F')}"
        assert states[one.vulnerability, reference] == words[one.state.value]


def test_cyclonedx_references_resolve_and_the_bill_says_that_it_is_incomplete(
    report: Report,
) -> None:
    document = json.loads(render("cyclonedx", report))
    inner = [part for device in document["components"] for part in device["components"]]
    references = {part["bom-ref"] for part in inner}

    assert {device["type"] for device in document["components"]} == {"device"}
    assert {part["type"] for part in inner} == {"firmware"}
    assert all(
        ref["ref"] in references for one in document["vulnerabilities"] for ref in one["affects"]
    )
    assert document["compositions"][0]["aggregate"] == "incomplete"


def test_openvex_states_one_statement_for_each_exposure(report: Report) -> None:
    document = json.loads(render("openvex", report))

    assert document["@context"] == "https://openvex.dev/ns/v0.2.0"
    assert len(document["statements"]) == len(report.exposures)
    for statement in document["statements"]:
        assert statement["products"][0]["@id"].startswith("urn:cellwarden:component:")
        assert (statement["status"] == "affected") == ("action_statement" in statement)
        assert (statement["status"] == "not_affected") == ("impact_statement" in statement)


def test_undetermined_is_under_investigation_in_openvex(report: Report) -> None:
    statements = json.loads(render("openvex", report))["statements"]

    states = [
        one["status"] for one in statements if one["vulnerability"]["name"] == "CVE-2024-8877"
    ]
    assert states == ["under_investigation"]


def test_openvex_refuses_to_say_nothing(empty: Report) -> None:
    with pytest.raises(InputError, match="one statement at least"):
        render("openvex", empty)


def test_markdown_holds_no_live_html_link_or_mention(report: Report) -> None:
    text = render("markdown", report)

    assert "<script" not in text
    assert re.search(r"(?<!\\)\]\(", text) is None
    assert "@" not in text


def test_markdown_tables_have_as_many_cells_as_columns(report: Report) -> None:
    tables = [line for line in render("markdown", report).splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in tables]

    assert len(tables) > len(report.findings)
    assert set(widths) <= {7, 8}


def test_markdown_of_an_empty_run_says_that_nothing_was_looked_at(empty: Report) -> None:
    text = render("markdown", empty)

    assert "Nothing was looked at" in text
    assert "not a clean result" in text

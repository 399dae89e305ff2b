"""OSCAL documents are read by compliance-trestle, refer to what is in them, and stay equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.poam import PlanOfActionAndMilestones

from cellwarden.entry.cli import run
from cellwarden.frameworks import catalogues, coverage, requirements_of
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Verdict
from cellwarden.reports.oscal import assessment_results, control_token, plan_of_action
from cellwarden.workflows.evidence.comply import write_oscal
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.workspace import Workspace

FRAMEWORK = "nerc-cip"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def write(workspace: Workspace, target: Path, framework: str, site: str | None = None) -> Path:
    write_oscal(
        workspace,
        framework,
        target,
        moment=workspace.moment(NOW),
        site_id=site,
        started_at="2026-11-23T09:30:00.000000Z",
        progress=quiet,
    )
    return target


@pytest.fixture(scope="module")
def folder(
    northgate: Workspace, scanned: ScanOutcome, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    assert scanned.report.findings
    return write(northgate, tmp_path_factory.mktemp("oscal"), FRAMEWORK)


def served(framework: str) -> set[str]:
    label = catalogues()[framework].label
    return {name for those in requirements_of(label).values() for name in those}


def failures(scanned: ScanOutcome, framework: str) -> list[Finding]:
    asked = served(framework)
    return [
        one
        for one in scanned.report.findings
        if one.verdict is Verdict.FAIL and asked.intersection(one.requirements)
    ]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_trestle_reads_both_documents(folder: Path, scanned: ScanOutcome) -> None:
    results = AssessmentResults.oscal_read(folder / "assessment-results.json")
    plan = PlanOfActionAndMilestones.oscal_read(folder / "poam.json")

    assert isinstance(results, AssessmentResults)
    assert isinstance(plan, PlanOfActionAndMilestones)
    assert len(results.results[0].findings or []) == 65
    assert len(plan.poam_items) == len(failures(scanned, FRAMEWORK))


def test_whatever_is_referred_to_is_in_the_document_and_no_uuid_stands_twice(
    folder: Path,
) -> None:
    for name in ("assessment-results.json", "poam.json"):
        every = list(nodes(json.loads((folder / name).read_text("utf-8"))))
        own = [node["uuid"] for node in every if "uuid" in node]
        referred = {
            value
            for node in every
            for key, value in node.items()
            if key in {"observation-uuid", "risk-uuid", "subject-uuid"}
        }
        linked = {node["href"][1:] for node in every if str(node.get("href", "")).startswith("#")}

        assert len(own) == len(set(own)), name
        assert referred | linked <= set(own), name
        assert not any(value == [] for node in every for value in node.values()), name


def test_only_what_is_evidenced_is_satisfied_and_unknown_says_so(folder: Path) -> None:
    document = json.loads((folder / "assessment-results.json").read_text("utf-8"))
    found = document["assessment-results"]["results"][0]["findings"]
    states = {
        next(prop["value"] for prop in one["props"] if prop["name"] == "state"): one["target"]
        for one in found
    }

    for state, target in states.items():
        assert (target["status"]["state"] == "satisfied") == (state == "evidenced")
        assert target["status"]["remarks"]
    assert states["no evidence"]["status"]["reason"] == "other"
    assert states["contradicted"]["status"]["reason"] == "fail"


def test_a_failure_is_a_risk_with_its_deadline_and_an_exception_a_deviation(
    folder: Path, scanned: ScanOutcome
) -> None:
    document = json.loads((folder / "poam.json").read_text("utf-8"))
    risks = {
        next(prop["value"] for prop in one["props"] if prop["name"] == "finding"): one
        for one in document["plan-of-action-and-milestones"]["risks"]
    }
    failing = failures(scanned, FRAMEWORK)

    assert risks.keys() == {one.id for one in failing}
    for one in failing:
        assert (risks[one.id]["status"] == "deviation-approved") == bool(one.exception_id)
        assert risks[one.id].get("deadline", "")[:10] == (one.deadline_on or "")[:10]
    accepted = next(one for one in failing if one.exception_id)
    assert "approved by" in risks[accepted.id]["mitigating-factors"][0]["description"]


def test_every_observation_links_the_facts_behind_it(folder: Path, scanned: ScanOutcome) -> None:
    document = json.loads((folder / "poam.json").read_text("utf-8"))
    linked = {
        next(prop["value"] for prop in one["props"] if prop["name"] == "finding"): [
            prop["value"] for prop in one["relevant-evidence"][0]["props"]
        ]
        for one in document["plan-of-action-and-milestones"]["observations"]
    }

    for one in failures(scanned, FRAMEWORK):
        assert linked[one.id] == list(dict.fromkeys(one.evidence))


def test_equal_judgements_give_equal_documents(
    northgate: Workspace, folder: Path, tmp_path: Path
) -> None:
    again = write(northgate, tmp_path, FRAMEWORK)

    for name in ("assessment-results.json", "poam.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_where_nothing_failed_the_plan_says_what_that_is_worth(
    scanned: ScanOutcome, tmp_path: Path
) -> None:
    report = msgspec.structs.replace(scanned.report, findings=())
    found = coverage(catalogues()[FRAMEWORK], [], as_of=report.run.as_of, site_id=None)
    for name, value in (
        ("results.json", assessment_results(report, found)),
        ("poam.json", plan_of_action(report, found)),
    ):
        (tmp_path / name).write_text(json.dumps(value), "utf-8")

    plan = PlanOfActionAndMilestones.oscal_read(tmp_path / "poam.json")

    assert isinstance(plan, PlanOfActionAndMilestones)
    assert [one.title for one in plan.poam_items] == ["No failure"]
    assert AssessmentResults.oscal_read(tmp_path / "results.json") is not None


def test_a_framework_that_nothing_is_mapped_to_is_refused(
    northgate: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="nothing to assess"):
        write(northgate, tmp_path, "sp-800-171")


def test_every_control_has_a_token_of_its_own() -> None:
    for catalogue in catalogues().values():
        tokens = [control_token(key) for key in catalogue.controls]
        assert len(tokens) == len(set(tokens)), catalogue.id
    assert control_token("AC-2(3)") == "ac-2.3"
    assert control_token("5.1.4.h") == "c_5.1.4.h"
    assert control_token("Art. 21(2)(d)") == "Art._21_2_d"


def test_the_command_names_what_it_wrote(
    northgate: Workspace,
    scanned: ScanOutcome,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert scanned.report.findings
    words = ["comply", "oscal", "--framework", "nis2", "-o", str(tmp_path / "out")]

    assert run([*words, "-w", str(northgate.folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / "out" / "assessment-results.json"),
        str(tmp_path / "out" / "poam.json"),
    ]

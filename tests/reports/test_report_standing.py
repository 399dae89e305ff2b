"""The head of every report: how the run came out, and how much was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports.standing import (
    coverage,
    data_age,
    fails_by_severity,
    standing,
    unknowns,
    worst_first,
)

if TYPE_CHECKING:
    from cellwarden.model.report import Report


def test_an_empty_run_says_that_nothing_was_looked_at(empty: Report) -> None:
    state = standing(empty)

    assert state.kind == "unseen"
    assert "not a clean result" in state.caution
    assert "No advisory" in state.caution


def test_a_run_with_full_coverage_and_no_finding_is_clear(clear: Report) -> None:
    state = standing(clear)

    assert state.kind == "clear"
    assert state.caution == ""


def test_unknown_verdicts_without_a_finding_still_prevent_a_clear_run(clear: Report) -> None:
    seen = msgspec.structs.replace(clear.coverage, verdicts={"pass": 10, "unknown": 1})

    state = standing(msgspec.structs.replace(clear, coverage=seen))

    assert state.kind == "undecided"
    assert "1 judgement could not be made" in state.caution


def test_a_failing_run_names_its_worst_severities(report: Report) -> None:
    state = standing(report)

    assert state.kind == "failing"
    assert state.sentence.startswith("17 open failures, 2 critical and 7 high")
    assert "Stale data: cve, epss." in state.caution


def test_accepted_failures_are_not_counted_as_open(report: Report) -> None:
    counts = fails_by_severity(report.findings)
    fails = [one for one in report.findings if one.verdict is Verdict.FAIL]

    assert sum(counts.values()) == len(fails) - 1
    assert list(counts) == list(Severity)


def test_grouped_unknowns_are_counted_one_by_one(report: Report) -> None:
    assert unknowns(report.findings) == report.coverage.verdicts["unknown"]


def test_open_failures_come_before_unknowns_and_accepted_ones_last(report: Report) -> None:
    ordered = worst_first(report.findings)

    assert ordered[0].severity is Severity.CRITICAL
    assert ordered[-1].exception_id == "EX-2026-004"
    verdicts = [one.verdict for one in ordered[:-1]]
    assert verdicts == sorted(verdicts, key=lambda one: one is Verdict.UNKNOWN)


def test_every_share_of_the_coverage_names_its_denominator(report: Report) -> None:
    assert all(" of " in measure.words for measure in coverage(report))


def test_an_unknown_age_is_said_to_be_unknown(report: Report, empty: Report) -> None:
    lines = data_age(report)

    assert any("of unknown age, STALE" in line for line in lines)
    assert data_age(empty) == ("No feed has been imported.",)

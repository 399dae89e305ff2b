"""The head of every report: how the run came out, and how much was looked at."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports.parts import weak
from cellwarden.reports.standing import (
    coverage,
    data_age,
    data_age_line,
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


def test_a_run_without_advisories_is_never_clear(clear: Report) -> None:
    without = msgspec.structs.replace(
        clear, coverage=msgspec.structs.replace(clear.coverage, advisories=0)
    )

    assert standing(clear).kind == "clear"
    assert standing(without).kind == "undecided"
    assert "was not looked at" in standing(without).sentence


def test_a_feed_that_never_came_is_no_stale_one(clear: Report) -> None:
    never = msgspec.structs.replace(
        clear.feeds[0], feed="exploited", documents=0, newest_at=None, age_days=None, is_stale=True
    )
    report = msgspec.structs.replace(clear, feeds=(*clear.feeds, never))

    assert "Never imported: exploited." in standing(report).caution
    assert "Stale data" not in standing(report).caution
    assert "NEVER IMPORTED: exploited" in data_age_line(report)
    assert "exploited: NEVER IMPORTED" in data_age(report)


def test_unknown_verdicts_without_a_finding_still_prevent_a_clear_run(clear: Report) -> None:
    seen = msgspec.structs.replace(clear.coverage, verdicts={"pass": 10, "unknown": 1})

    state = standing(msgspec.structs.replace(clear, coverage=seen))

    assert state.kind == "undecided"
    assert "1 judgement could not be made" in state.caution


def test_a_failing_run_says_how_many_parts_are_weak_and_how_often_checks_failed(
    report: Report,
) -> None:
    state = standing(report)

    assert state.kind == "failing"
    assert state.sentence == (
        "8 of 418 parts have open weaknesses; attackers already use 1 of them. "
        "Checks failed 17 times, 2 of them critical."
    )
    assert "Of 2 more parts it cannot be told" in state.caution
    assert "Stale data: cve, epss." in state.caution


def test_several_weaknesses_of_one_part_make_one_weak_part(
    clear: Report, sample: ModuleType
) -> None:
    touched = tuple(
        sample.exposure("NG1-PDU-03/nmc", f"CVE-2021-2281{place}") for place in range(5)
    )

    state = standing(msgspec.structs.replace(clear, exposures=touched))

    assert state.kind == "failing"
    assert state.sentence.startswith("1 of 418 parts has open weaknesses; none of them is on")


def test_a_weakness_that_was_accepted_is_not_open(clear: Report, sample: ModuleType) -> None:
    one = sample.exposure("NG1-PDU-03/nmc", "CVE-2021-22810")
    accepted = sample.finding(
        "vulnerability-past-deadline", "NG1-PDU-03/nmc/CVE-2021-22810/ICSA-21-348-02",
        Verdict.FAIL, exception_id="EX-1",
    )  # fmt: skip
    with_exposure = msgspec.structs.replace(clear, exposures=(one,))

    before = weak(with_exposure)
    after = weak(msgspec.structs.replace(with_exposure, findings=(accepted,)))

    assert before.parts == {"NG1-PDU-03/nmc"}
    assert after.parts == set()


def test_nobody_says_that_attackers_use_none_where_it_is_not_known(
    clear: Report, sample: ModuleType
) -> None:
    one = sample.exposure("NG1-PDU-03/nmc", "CVE-2021-22810", is_known_exploited=None)

    state = standing(msgspec.structs.replace(clear, exposures=(one,)))

    assert "whether attackers use them is not known" in state.sentence


def test_the_age_of_the_data_fits_one_line(report: Report, empty: Report) -> None:
    assert data_age_line(report) == (
        "newest 2026-11-14, oldest 2026-09-28 (cve, 49 days old); STALE: cve, epss"
    )
    assert data_age_line(empty) == "no feed with a date has been imported"


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


def test_a_part_of_which_nobody_says_what_it_holds_is_not_said_to_hold_firmware(
    report: Report,
) -> None:
    (first, *_) = coverage(report)

    assert first.label == "components that hold firmware, or may"
    assert first.gap == "said to hold none"


def test_every_share_of_the_coverage_names_its_denominator(report: Report) -> None:
    assert all(" of " in measure.words for measure in coverage(report))


def test_an_unknown_age_is_said_to_be_unknown(report: Report, empty: Report) -> None:
    lines = data_age(report)

    assert any("of unknown age, STALE" in line for line in lines)
    assert data_age(empty) == ("No feed has been imported.",)

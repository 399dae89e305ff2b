"""Deadlines: counted from the first sighting, and never bought by looking again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from cellwarden.checks import compile_checks, judge, load_catalogue, set_deadlines
from cellwarden.model.findings import Finding, Verdict

if TYPE_CHECKING:
    from tests.checks.conftest import Fleet

CATALOGUE = load_catalogue()


@pytest.fixture
def finding(fleet: Fleet) -> Finding:
    fleet.fact("component", component_id="X", exposure="internet")
    checks = [check for check in CATALOGUE if check.id == "internet-exposed"]
    (found,) = judge(fleet.connection, compile_checks(checks)).findings
    return found


def test_a_finding_is_due_so_many_days_after_it_was_first_seen(finding: Finding) -> None:
    seen = msgspec.structs.replace(finding, first_seen_on="2026-11-10")

    (due,) = set_deadlines([seen], CATALOGUE)

    assert due.deadline_on == "2026-11-12"
    assert due.deadline_reason == "2 days from the first sighting, as the check asks"


def test_where_the_check_is_silent_severity_decides(finding: Finding) -> None:
    seen = msgspec.structs.replace(
        finding, first_seen_on="2026-11-10", check="secure-boot-off", severity="high"
    )
    seen = msgspec.structs.replace(seen, severity=finding.severity)

    (due,) = set_deadlines([seen], CATALOGUE)

    assert due.deadline_on == "2026-11-24"
    assert due.deadline_reason == "14 days from the first sighting, as for severity critical"


def test_a_deadline_that_came_with_the_row_stays(finding: Finding) -> None:
    brought = msgspec.structs.replace(finding, first_seen_on="2026-11-10", deadline_on="2026-11-30")

    assert set_deadlines([brought], CATALOGUE) == [brought]


def test_without_a_first_sighting_there_is_no_deadline(finding: Finding) -> None:
    assert set_deadlines([finding], CATALOGUE) == [finding]
    assert finding.verdict is Verdict.FAIL

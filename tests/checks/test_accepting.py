"""Exceptions: who may accept what, for how long, and what comes back by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.checks.exceptions import EXPIRED, IN_FORCE, REFUSED, accept, is_same_person
from cellwarden.model.findings import Finding, Severity, Verdict, finding_id
from cellwarden.model.ids import CheckId, FactId, SubjectId

AS_OF = datetime(2026, 11, 16, 23, 59, 59, tzinfo=UTC)


def a_finding(
    check: str = "no-fix", subject: str = "A/1/CVE-1/ADV-1", kind: str = "exposure"
) -> Finding:
    return Finding(
        id=finding_id(check, subject),
        check=CheckId(check),
        topic="vulnerabilities",
        title="t",
        subject_kind=kind,
        subject=SubjectId(subject),
        verdict=Verdict.FAIL,
        severity=Severity.HIGH,
        because="b",
        why_it_matters="w",
        remedy="r",
        site_id="NG1",
        vendor="APC",
        evidence=(FactId("1.0"),),
        witness={"component_id": "A/1", "vulnerability": "CVE-1"} if kind == "exposure" else {},
    )


def an_exception(**cells: str | None) -> dict[str, str | None]:
    whole: dict[str, str | None] = {
        "exception_id": "E1",
        "check": "no-fix",
        "accepts": "A/1/CVE-1/ADV-1",
        "reason": "replacement is ordered",
        "requester": "Ann Lee",
        "approver": "Bo Chen",
        "measure": "port closed",
        "approved_on": "2026-10-01",
        "expires_on": "2026-12-31",
    }
    return whole | cells


def state_of(**cells: str | None) -> str:
    (_, (outcome,)) = accept([], [an_exception(**cells)], as_of=AS_OF)
    return outcome.state


def test_a_whole_exception_in_force_marks_its_finding() -> None:
    findings, outcomes = accept([a_finding()], [an_exception()], as_of=AS_OF)

    assert [finding.exception_id for finding in findings] == ["E1"]
    assert outcomes[0].state == IN_FORCE
    assert outcomes[0].because == "in force to 2026-12-31, 45 more days"


@pytest.mark.parametrize("column", ["check", "accepts", "reason", "requester", "approver"])
@pytest.mark.parametrize("cell", ["", "   ", None])
def test_an_exception_without_a_needed_cell_is_refused(column: str, cell: str | None) -> None:
    findings, outcomes = accept([a_finding()], [an_exception(**{column: cell})], as_of=AS_OF)

    assert findings[0].exception_id is None
    assert outcomes[0].state == REFUSED


@pytest.mark.parametrize("expires_on", ["", None, "when it is done", "2026-02-30"])
def test_an_exception_without_a_last_day_is_refused(expires_on: str | None) -> None:
    assert state_of(expires_on=expires_on) == REFUSED


@pytest.mark.parametrize(
    ("requester", "approver"),
    [
        ("Ann Lee", "Ann Lee"),
        ("Ann Lee", "  ann   LEE "),
        ("Ann Lee", "Lee, Ann"),
        ("ann.lee@northgate.example", "Ann Lee <ANN.LEE@northgate.example>"),
        ("Ann Lee <ann@northgate.example>", "Ann Lee <a.lee@partner.example>"),
        ("Ann Lee", "Ann\u200b Lee"),
        ("Ann Lee", "\uff21nn Lee"),
        ("security team", "Security-Team"),
    ],
)
def test_nobody_approves_their_own_request_however_it_is_written(
    requester: str, approver: str
) -> None:
    assert state_of(requester=requester, approver=approver) == REFUSED


def test_two_people_are_two_people() -> None:
    assert not is_same_person("Ann Lee", "Anna Lee")
    assert not is_same_person("ann@northgate.example", "bo@northgate.example")


def test_the_last_day_still_holds_and_the_day_after_the_finding_is_back() -> None:
    on_the_day, _ = accept([a_finding()], [an_exception(expires_on="2026-11-16")], as_of=AS_OF)
    after, outcomes = accept([a_finding()], [an_exception(expires_on="2026-11-15")], as_of=AS_OF)

    assert on_the_day[0].exception_id == "E1"
    assert after[0].exception_id is None
    assert outcomes[0].state == EXPIRED


def test_an_approval_that_lies_ahead_is_not_one_yet() -> None:
    assert state_of(approved_on="2026-11-17") == REFUSED


@pytest.mark.parametrize(
    ("check", "subject", "holds"),
    [
        ("no-fix", "*", True),
        ("no-fix", "A/1", True),
        ("CVE-1", "A/1", True),
        ("CVE-1", "*", True),
        ("CVE-1", "A/1/CVE-1/ADV-1", True),
        ("CVE-2", "*", False),
        ("no-fix", "A", False),
        ("no-fix", "A/10", False),
        ("known-exploited", "*", False),
        ("*", "*", False),
    ],
)
def test_an_exception_covers_its_check_or_vulnerability_on_its_subject(
    check: str, subject: str, *, holds: bool
) -> None:
    findings, _ = accept([a_finding()], [an_exception(check=check, accepts=subject)], as_of=AS_OF)

    assert (findings[0].exception_id == "E1") is holds


def test_no_exception_silences_what_is_wrong_with_exceptions() -> None:
    finding = a_finding("no-expiry", "E1", "exception")

    findings, _ = accept([finding], [an_exception(check="no-expiry", accepts="*")], as_of=AS_OF)

    assert findings == [finding]


def test_of_two_the_one_that_holds_longest_is_named() -> None:
    rows = [
        an_exception(exception_id="E1", expires_on="2026-11-30"),
        an_exception(exception_id="E2", expires_on="2027-03-31"),
    ]

    findings, _ = accept([a_finding()], rows, as_of=AS_OF)

    assert findings[0].exception_id == "E2"


@given(
    expires=st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)),
    days=st.integers(min_value=0, max_value=500),
)
def test_what_has_expired_never_comes_into_force_again(expires: date, days: int) -> None:
    row = an_exception(expires_on=expires.isoformat())
    now, later = AS_OF, AS_OF + timedelta(days=days)

    _, (first,) = accept([], [row], as_of=now)
    _, (second,) = accept([], [row], as_of=later)

    assert not (first.state == EXPIRED and second.state == IN_FORCE)
    assert (second.state == IN_FORCE) == (later.date() <= expires)


def test_findings_keep_their_order_and_number() -> None:
    findings = [a_finding(subject=f"A/{n}/CVE-1/ADV-1") for n in range(5)]

    marked, _ = accept(findings, [an_exception(accepts="A/3/CVE-1/ADV-1")], as_of="2026-11-16")

    assert [f.subject for f in marked] == [f.subject for f in findings]
    assert [f.exception_id for f in marked] == [None, None, None, "E1", None]


def test_an_exception_about_a_part_of_what_is_retired_says_that_nothing_comes_back() -> None:
    ended = an_exception(expires_on="2026-10-31", retired_asset="A")
    running = an_exception(retired_asset="A")

    (_, (over,)) = accept([], [ended], as_of=AS_OF)
    (_, (still,)) = accept([], [running], as_of=AS_OF)

    assert over.state == EXPIRED
    assert "A, which is retired: nothing of it is judged any more" in over.because
    assert "stands again" not in over.because
    assert still.state == IN_FORCE
    assert "A is retired, so it can be ended" in still.because

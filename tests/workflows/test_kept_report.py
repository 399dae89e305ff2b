"""A report is kept smaller than it is published, and comes back the same."""

from __future__ import annotations

import msgspec

from cellwarden.workflows.fleet.kept_report import packed, unpacked
from cellwarden.workflows.fleet.scan import ScanOutcome


def test_a_kept_report_comes_back_the_same_and_takes_half_the_room(scanned: ScanOutcome) -> None:
    report = scanned.report

    kept = packed(report)

    assert len(report.findings) > 1000
    assert unpacked(kept) == report
    assert len(kept) * 2 < len(msgspec.json.encode(report)) * 1.1


def test_what_findings_say_alike_is_one_object_when_it_comes_back(scanned: ScanOutcome) -> None:
    report = unpacked(packed(scanned.report))

    told = {id(finding.controls) for finding in report.findings if finding.controls}
    lines = [line for exposure in report.exposures for line in exposure.arithmetic]

    assert len(told) < len(report.findings) / 5
    assert len({id(line) for line in lines}) == len(set(lines)) < len(lines)


def test_a_report_without_findings_is_kept_too(scanned: ScanOutcome) -> None:
    empty = msgspec.structs.replace(scanned.report, findings=(), exposures=())

    assert unpacked(packed(empty)) == empty

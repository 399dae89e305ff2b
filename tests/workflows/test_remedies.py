from __future__ import annotations

from cellwarden.workflows.fleet.scan import ScanOutcome


def test_no_remedy_is_printed_with_a_hole(scanned: ScanOutcome) -> None:
    for finding in scanned.report.findings:
        assert "{" not in finding.remedy, finding.check
        assert "{" not in finding.because, finding.check

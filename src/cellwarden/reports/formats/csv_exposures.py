"""CSV of the exposures, one line for each component and vulnerability, clock included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.reports.sheet import table

if TYPE_CHECKING:
    from cellwarden.model.report import Exposure, Report

NAME: Final = "exposures-csv"
SUFFIX: Final = ".exposures.csv"

COLUMNS: Final = (
    "component", "asset", "site", "vendor", "product", "part", "firmware", "advisory",
    "vulnerability", "title", "state", "candidate", "confidence", "range", "why", "fixed_in",
    "cvss_score", "cvss_vector", "known_exploited", "exploited_due_on", "epss_score",
    "epss_percentile", "ssvc_decision", "patch_timeline", "deadline_on", "deadline_assumed",
    "next_window_on", "total_days", "vendor_days", "window_days", "operator_days", "open_part",
    "published_on", "fix_available_on", "window_closed_on", "fixed_on", "sites_sharing_path",
    "shared_path", "url", "evidence",
)  # fmt: skip


def render(report: Report) -> str:
    """The exposures in the report's order, under comment lines with data age and coverage."""
    return table(report, COLUMNS, (_row(one) for one in report.exposures))


def _row(one: Exposure) -> tuple[str, ...]:
    return (
        one.component_id, one.asset_id, one.site_id, one.vendor, one.product, one.part,
        one.firmware, one.advisory_id, one.vulnerability, one.title, one.state.value,
        _word(one.candidate), _word(one.confidence), one.range, one.why, one.fixed_in,
        _word(one.cvss_score), one.cvss_vector or "", _word(one.is_known_exploited),
        one.exploited_due_on or "", _word(one.epss_score), _word(one.epss_percentile),
        one.ssvc_decision, one.patch_timeline, one.deadline_on or "",
        _word(one.is_deadline_assumed), one.next_window_on or "", *_clock(one),
        _word(one.sites_sharing_path), one.shared_path or "", one.url or "",
        " ".join(one.evidence),
    )  # fmt: skip


def _clock(one: Exposure) -> tuple[str, ...]:
    clock = one.clock
    if clock is None:
        return ("",) * 9
    return (
        str(clock.total_days), str(clock.vendor_days), str(clock.window_days),
        str(clock.operator_days), clock.open_part or "", clock.published_on,
        clock.fix_available_on or "", clock.window_closed_on or "", clock.fixed_on or "",
    )  # fmt: skip


def _word(value: bool | float | None) -> str:  # noqa: FBT001 - a cell's value, not a switch
    """An empty cell is an unknown, as in the register."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

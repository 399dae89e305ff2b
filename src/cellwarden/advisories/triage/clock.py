"""The exposure clock: whose days an open weakness took, the vendor's, the window's, the operator's.

Rules, in days of UTC:

1. An exposure starts when the weakness is published and ends when the part is fixed, else it runs
   to as_of.
2. Vendor: from publication until a fix can be had. A fix that was there before leaves no such day.
3. Window: from the fix to the end of the first approved window that could have taken it: one for
   this asset or its whole site, that takes firmware, that closes at or after the fix was there,
   and that was approved before it closed.
4. Operator: the rest.
5. A part that has not ended runs to the end of the exposure; the three always sum to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from cellwarden.advisories.triage.days import end_of, iso, start_of
from cellwarden.model.report import ExposureClock


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """One approved maintenance window in which firmware may change."""

    window_id: str
    closes_at: datetime
    approved_at: datetime | None


def usable_windows(
    rows: Iterable[Mapping[str, str | None]], *, asset_id: str, site_id: str
) -> tuple[Window, ...]:
    """The windows that can take firmware for one asset, first to close first.

    Rows are of the kind ``window``. One without an approval, one that was approved only after it
    closed, and one whose word on firmware is not a plain yes are left out.
    """
    found = []
    for row in rows:
        closes_at, approved_at = end_of(row.get("closes_at")), start_of(row.get("approved_at"))
        about = row.get("asset_id") or ""
        concerns_it = (
            about == asset_id if about else bool(site_id) and row.get("site_id") == site_id
        )
        is_approved = bool(row.get("approved_by")) and (
            approved_at is None or closes_at is None or approved_at <= closes_at
        )
        if concerns_it and is_approved and row.get("takes_firmware") == "yes" and closes_at:
            window_id = row.get("window_id") or ""
            found.append(Window(window_id=window_id, closes_at=closes_at, approved_at=approved_at))
    return tuple(sorted(found, key=lambda window: (window.closes_at, window.window_id)))


def next_window(windows: Sequence[Window], *, as_of: datetime) -> Window | None:
    """The first window that is approved by now and not yet closed."""
    for window in windows:
        if window.closes_at >= as_of and (
            window.approved_at is None or window.approved_at <= as_of
        ):
            return window
    return None


def first_window_for(windows: Sequence[Window], fix_at: datetime) -> Window | None:
    """The first window that could have taken a fix that was there at ``fix_at``."""
    return next((window for window in windows if window.closes_at >= fix_at), None)


def split_exposure(
    *,
    published_at: datetime,
    fix_at: datetime | None,
    windows: Sequence[Window],
    fixed_at: datetime | None,
    as_of: datetime,
) -> ExposureClock:
    """Split one exposure by the rules above.

    ``windows`` come from ``usable_windows``. What lies after ``as_of`` has not happened: a fix or
    window announced for later leaves its part open.
    """
    is_fixed = fixed_at is not None and fixed_at <= as_of
    start = published_at.date()
    end = max(start, (fixed_at if is_fixed and fixed_at else as_of).date())
    window = first_window_for(windows, max(fix_at, published_at)) if fix_at else None
    fix_on = _between(start, fix_at, end)
    window_on = _between(fix_on, window.closes_at if window else None, end)
    has_fix = fix_at is not None and fix_at <= as_of
    has_closed = has_fix and window is not None and window.closes_at <= as_of
    open_part = (
        None if is_fixed else "operator" if has_closed else "window" if has_fix else "vendor"
    )
    parts = ((fix_on - start).days, (window_on - fix_on).days, (end - window_on).days)
    return ExposureClock(
        total_days=(end - start).days,
        vendor_days=parts[0],
        window_days=parts[1],
        operator_days=parts[2],
        open_part=open_part,
        published_on=start.isoformat(),
        fix_available_on=iso(fix_at.date() if fix_at else None),
        window_closed_on=iso(window.closes_at.date() if window and has_closed else None),
        fixed_on=iso(fixed_at.date() if is_fixed and fixed_at else None),
        reason=_reason(parts, open_part, window, has_fix=has_fix, has_closed=has_closed),
    )


def _between(low: date, moment: datetime | None, high: date) -> date:
    """The day of a moment, kept between two days; what never came lies at the end."""
    return high if moment is None else min(max(moment.date(), low), high)


def _reason(
    parts: tuple[int, int, int],
    open_part: str | None,
    window: Window | None,
    *,
    has_fix: bool,
    has_closed: bool,
) -> str:
    vendor, waited, operator = (f"{days} day{'' if days == 1 else 's'}" for days in parts)
    if not has_fix:
        if open_part is None:
            return f"{vendor} open, then ended without a fix from the vendor"
        return f"{vendor} without a fix from the vendor, and counting"
    words = [f"{vendor} until the vendor had a fix"]
    if window is None:
        words.append(f"{waited} without an approved window that could have taken it")
    elif has_closed:
        closed = window.closes_at.date().isoformat()
        words.append(f"{waited} until window {window.window_id} closed on {closed}")
    else:
        words.append(f"{waited} before window {window.window_id}")
    words.append(f"{operator} left to the operator")
    words.append("fixed" if open_part is None else f"the {open_part} part still runs")
    return "; ".join(words)

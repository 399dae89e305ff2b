"""Notice of incidents held against what a contract promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.contracts import Notice, is_late, notice_says, took_hours

BEGAN = datetime(2026, 10, 6, 23, 50, tzinfo=UTC)
NOW = datetime(2026, 11, 16, tzinfo=UTC)
Late = bool | None
PROMISE = Notice(hours=72, began_at=BEGAN, knew_at=None, told_at=None, is_settled=True)


def after(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("knew", "told", "late", "took"),
    [
        (6.0, 70.0, False, 64),
        (6.0, 78.0, False, 72),
        (6.0, 78.5, True, 73),
        (None, 72.0, False, None),
        (None, 73.0, None, None),
        (6.0, None, True, None),
        (None, None, None, None),
    ],
)
def test_the_time_counts_from_when_the_vendor_knew(
    knew: float | None, told: float | None, late: Late, took: int | None
) -> None:
    notice = msgspec.structs.replace(
        PROMISE,
        knew_at=None if knew is None else after(knew),
        told_at=None if told is None else after(told),
    )

    assert is_late(notice, NOW) is late
    assert took_hours(notice) == took


def test_silence_counts_only_where_all_incidents_are_listed_and_its_time_has_passed() -> None:
    silent = msgspec.structs.replace(PROMISE, knew_at=after(6))

    assert is_late(silent, NOW) is True
    assert is_late(msgspec.structs.replace(silent, is_settled=False), NOW) is None
    assert is_late(silent, after(70)) is None
    assert notice_says(silent, NOW) == "no notice, and its time has passed"


times = st.none() | st.floats(0, 500).map(after)


@given(times, times, times, st.sampled_from(["began_at", "knew_at", "told_at"]), st.booleans())
def test_forgetting_a_time_never_turns_one_verdict_into_the_other(
    began: datetime | None,
    knew: datetime | None,
    told: datetime | None,
    name: str,
    settled: Late,
) -> None:
    whole = Notice(hours=72, began_at=began, knew_at=knew, told_at=told, is_settled=bool(settled))
    if knew and began and knew < began:
        return
    less = msgspec.structs.replace(whole, **{name: None})
    if name == "told_at" and told is not None:
        less = msgspec.structs.replace(less, is_settled=False)

    before, now = is_late(whole, NOW), is_late(less, NOW)

    assert now in {before, None} or before is None

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.triage.clock import (
    Window,
    next_window,
    split_exposure,
    usable_windows,
)
from cellwarden.model.report import ExposureClock

START = datetime(2026, 1, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def window(closes: int, *, approved: int | None = None) -> Window:
    approved_at = None if approved is None else on(approved)
    return Window(window_id=f"W{closes}", closes_at=on(closes), approved_at=approved_at)


def split(
    *, fix: int | None, windows: tuple[int, ...] = (), fixed: int | None = None, as_of: int
) -> ExposureClock:
    return split_exposure(
        published_at=START,
        fix_at=None if fix is None else on(fix),
        windows=tuple(window(day) for day in windows),
        fixed_at=None if fixed is None else on(fixed),
        as_of=on(as_of),
    )


def parts(clock: ExposureClock) -> tuple[int, int, int]:
    return (clock.vendor_days, clock.window_days, clock.operator_days)


def test_failure_pattern_one_is_split_by_who_it_belongs_to() -> None:
    clock = split(fix=61, windows=(40, 108, 200), as_of=120)

    assert parts(clock) == (61, 47, 12)
    assert (clock.total_days, clock.open_part) == (120, "operator")
    assert (clock.fix_available_on, clock.window_closed_on) == ("2026-03-03", "2026-04-19")


def test_without_a_fix_the_vendors_part_runs() -> None:
    clock = split(fix=None, windows=(10,), as_of=30)

    assert parts(clock) == (30, 0, 0)
    assert clock.open_part == "vendor"


def test_fix_announced_for_later_leaves_the_vendors_part_open() -> None:
    clock = split(fix=50, as_of=30)

    assert parts(clock) == (30, 0, 0)
    assert clock.open_part == "vendor"


def test_without_a_window_the_windows_part_runs() -> None:
    clock = split(fix=10, windows=(5,), as_of=30)

    assert parts(clock) == (10, 20, 0)
    assert clock.open_part == "window"
    assert clock.window_closed_on is None


def test_window_that_has_not_closed_yet_still_runs() -> None:
    clock = split(fix=10, windows=(40,), as_of=30)

    assert parts(clock) == (10, 20, 0)
    assert clock.open_part == "window"


def test_fix_before_publication_leaves_the_vendor_no_day() -> None:
    clock = split(fix=-20, windows=(-10, 7), as_of=30)

    assert parts(clock) == (0, 7, 23)


def test_fixed_part_has_no_open_part_and_stops_the_clock() -> None:
    clock = split(fix=10, windows=(20,), fixed=25, as_of=300)

    assert parts(clock) == (10, 10, 5)
    assert (clock.open_part, clock.fixed_on) == (None, "2026-01-26")


def test_part_replaced_before_any_fix_ends_the_vendors_part() -> None:
    clock = split(fix=None, fixed=12, as_of=30)

    assert parts(clock) == (12, 0, 0)
    assert clock.open_part is None


def test_weakness_published_after_as_of_has_no_day_yet() -> None:
    assert parts(split(fix=None, as_of=-5)) == (0, 0, 0)


optional_day = st.none() | st.integers(-50, 400)
closes = st.lists(st.integers(-50, 400), max_size=5).map(lambda days: tuple(sorted(days)))


@given(fix=optional_day, windows=closes, fixed=optional_day, as_of=st.integers(-10, 400))
def test_parts_are_never_negative_and_sum_to_the_exposure(
    fix: int | None, windows: tuple[int, ...], fixed: int | None, as_of: int
) -> None:
    clock = split(fix=fix, windows=windows, fixed=fixed, as_of=as_of)

    assert min(parts(clock)) >= 0
    assert sum(parts(clock)) == clock.total_days


@given(
    fix=optional_day,
    windows=closes,
    fixed=optional_day,
    as_of=st.integers(-10, 400),
    later=st.integers(0, 200),
)
def test_moving_as_of_later_never_shrinks_a_part(
    fix: int | None, windows: tuple[int, ...], fixed: int | None, as_of: int, later: int
) -> None:
    before = split(fix=fix, windows=windows, fixed=fixed, as_of=as_of)
    after = split(fix=fix, windows=windows, fixed=fixed, as_of=as_of + later)

    assert all(b <= a for b, a in zip(parts(before), parts(after), strict=True))


def row(**cells: str | None) -> dict[str, str | None]:
    plain: dict[str, str | None] = {
        "window_id": "W",
        "site_id": "S1",
        "asset_id": None,
        "closes_at": "2026-03-01T04:00:00Z",
        "approved_by": "change board",
        "approved_at": "2026-02-01",
        "takes_firmware": "yes",
    }
    return plain | cells


def test_windows_that_cannot_take_firmware_here_are_left_out() -> None:
    rows = [
        row(window_id="site"),
        row(window_id="asset", asset_id="A1", closes_at="2026-02-20"),
        row(window_id="other asset", asset_id="A2"),
        row(window_id="other site", site_id="S2"),
        row(window_id="no firmware", takes_firmware="no"),
        row(window_id="firmware unknown", takes_firmware=None),
        row(window_id="not approved", approved_by=None),
        row(window_id="approved afterwards", approved_at="2026-03-02"),
        row(window_id="no end", closes_at="soon"),
    ]

    found = usable_windows(rows, asset_id="A1", site_id="S1")

    assert [one.window_id for one in found] == ["asset", "site"]


def test_windows_of_unknown_sites_are_not_everybodys() -> None:
    assert usable_windows([row(site_id="")], asset_id="A1", site_id="") == ()


def test_next_window_is_approved_by_now_and_not_yet_closed() -> None:
    windows = (window(5), window(20, approved=15), window(30, approved=1))

    coming = next_window(windows, as_of=on(10))

    assert coming is not None
    assert coming.window_id == "W30"

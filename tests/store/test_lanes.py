"""Statements side by side: every result in its place, every table seen, no failure swallowed."""

import threading

import duckdb
import pytest

from cellwarden.store.lanes import side_by_side


def database(threads: int = 2) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": threads})
    connection.execute("set global timezone = 'UTC'")
    return connection


def number(lane: duckdb.DuckDBPyConnection, asked: int) -> int:
    [(found,)] = lane.execute("select ?::integer", [asked]).fetchall()
    return int(found)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_stand_in_the_order_of_their_items(threads: int) -> None:
    assert side_by_side(database(threads), number, range(50)) == list(range(50))


def test_nothing_to_do_is_done_at_once() -> None:
    assert side_by_side(database(), number, ()) == []


def test_two_works_are_under_way_at_once_where_the_database_has_two_threads() -> None:
    both = threading.Barrier(2, timeout=30)
    assert side_by_side(database(2), lambda _, item: both.wait() >= 0 and item, (1, 2)) == [1, 2]


def test_a_database_of_one_thread_is_asked_by_its_own_connection() -> None:
    connection = database(1)
    assert side_by_side(connection, lambda lane, _: lane is connection, (1, 2)) == [True, True]


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_lane_makes_is_seen_by_all_even_by_one_with_an_answer_half_read(
    threads: int,
) -> None:
    connection = database(threads)
    connection.execute("select * from range(10)").fetchone()

    def make(lane: duckdb.DuckDBPyConnection, item: int) -> None:
        lane.execute(f"create or replace table made_{item} as select {item} as x")
        lane.execute(f"create or replace view seen_{item} as select * from made_{item}")

    side_by_side(connection, make, range(20))
    total = " union all ".join(f"select x from seen_{item}" for item in range(20))
    assert connection.sql(f"select sum(x) from ({total})").fetchall() == [(190,)]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_first_failure_comes_out_as_it_was_raised(threads: int) -> None:
    connection = database(threads)
    queries = ["select 1", "select no_such_column", "select * from no_such_table"]
    with pytest.raises(duckdb.BinderException, match="no_such_column"):
        side_by_side(connection, lambda lane, query: lane.execute(query).fetchall(), queries)
    assert connection.sql("select 1").fetchall() == [(1,)]


def test_lanes_speak_of_the_same_time_zone() -> None:
    zones = side_by_side(
        database(), lambda lane, _: lane.sql("select current_setting('timezone')").fetchall(), "ab"
    )
    assert zones == [[("UTC",)], [("UTC",)]]

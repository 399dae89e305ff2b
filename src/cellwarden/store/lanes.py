"""Lanes: statements about one database side by side, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from duckdb import DuckDBPyConnection

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    connection: DuckDBPyConnection,
    work: Callable[[DuckDBPyConnection, Item], Result],
    items: Collection[Item],
) -> list[Result]:
    """What ``work`` makes of each item, in the order of the items.

    DuckDB plans a statement on one thread, which takes longer than running it where tables are
    small: here as many are under way as the database has threads. They share its tables and its
    global settings; what is temporary belongs to one connection, and no other sees it. No work
    may wait for another one.

    Raises:
        Exception: what the first of the works that failed raised.
    """
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    # All of the answer is taken: one left open would hold on to the tables as they are now.
    [(threads,)] = connection.execute("select current_setting('threads')").fetchall()
    lanes = min(threads, len(items))
    if lanes <= 1:
        return [work(connection, item) for item in items]
    free: SimpleQueue[DuckDBPyConnection] = SimpleQueue()

    def on_a_lane(item: Item) -> Result:
        lane = free.get()
        try:
            return work(lane, item)
        finally:
            free.put(lane)

    with ExitStack() as stack:
        for _ in range(lanes):
            lane = connection.cursor()
            stack.callback(lane.close)
            free.put(lane)
        pool = stack.enter_context(ThreadPoolExecutor(lanes))
        return list(pool.map(on_a_lane, items))


@contextmanager
def aside(
    connection: DuckDBPyConnection, work: Callable[[DuckDBPyConnection], Result]
) -> Iterator[Future[Result]]:
    """Have something done on a lane while the block goes on; leaving the block waits for it."""
    from concurrent.futures import ThreadPoolExecutor

    lane = connection.cursor()
    try:
        with ThreadPoolExecutor(1) as thread:
            yield thread.submit(work, lane)
    finally:
        lane.close()

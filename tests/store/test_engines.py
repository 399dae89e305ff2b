from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwarden.ledger import merkle
from cellwarden.model.errors import InputError, StoreError
from cellwarden.store.engines import open_engine
from cellwarden.store.state import Draft, State

Opening = Any
"""What the fixture gives: call it to open the ledger again; it has a folder, a URL, a schema."""


def test_a_new_ledger_is_empty(open_again: Opening) -> None:
    engine = open_again()

    assert engine.size() == 0
    assert list(engine.read()) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.binary(max_size=60), min_size=1, max_size=5), max_size=5))
def test_what_was_appended_is_read_back_byte_for_byte(
    open_again: Opening, batches: list[list[bytes]]
) -> None:
    engine = open_again()
    before = engine.size()

    firsts = [engine.append_many(batch) for batch in batches]

    entries = [data for batch in batches for data in batch]
    read = list(open_again().read(before))
    assert [one.data for one in read] == entries
    assert [one.index for one in read] == list(range(before, before + len(entries)))
    assert all(one.leaf == merkle.leaf_hash(one.data) for one in read)
    assert firsts == [before + sum(map(len, batches[:n])) for n in range(len(batches))]


def test_a_range_is_read_without_its_end_and_pages_have_no_seam(open_again: Opening) -> None:
    engine = open_again()
    engine.append_many(str(n).encode() for n in range(4_500))

    assert [int(one.data) for one in engine.read(1_990, 4_010)] == list(range(1_990, 4_010))
    assert list(engine.read(5_000)) == []


def test_what_fails_inside_writing_leaves_nothing(open_again: Opening) -> None:
    engine = open_again()

    def fail() -> None:
        with engine.writing():
            engine.append(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with engine.writing() as index:
        engine.append(b"whole")

    assert index == 0
    assert [one.data for one in engine.read()] == [b"whole"]


def test_nobody_reads_what_is_not_committed(open_again: Opening) -> None:
    engine, other = open_again(), open_again()

    with engine.writing():
        engine.append(b"soon")
        seen = other.size()

    assert seen == 0
    assert other.size() == 1


def test_two_writers_wait_for_each_other_and_double_nothing(open_again: Opening) -> None:
    open_again()

    def work(name: bytes) -> None:
        engine = open_again()
        for number in range(25):
            with engine.writing():
                engine.append(name + str(number).encode())
        open_again.opened.remove(engine)
        engine.close()

    threads = [_Careful(work, bytes([65 + n])) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = list(open_again().read())
    assert not [thread.error for thread in threads if thread.error]
    assert [one.index for one in entries] == list(range(75))
    assert len({one.data for one in entries}) == 75


class _Careful(threading.Thread):
    """A thread whose error is not lost. Its engine is its own."""

    def __init__(self, work: Callable[[bytes], None], name: bytes) -> None:
        super().__init__()
        self._work, self._name_of_work = work, name
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work(self._name_of_work)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error


def test_only_one_scan_at_a_time_is_let_in(open_again: Opening) -> None:
    first, second = open_again(), open_again()

    refused = pytest.raises(StoreError, match="another process is writing")
    with first.alone(wait_s=1), refused, second.alone(wait_s=0.1):
        pass
    with second.alone(wait_s=0.1):
        pass


@pytest.mark.parametrize(
    "statement",
    ["update {t} set data = leaf", "delete from {t}", "delete from {t} where seq = 1"],
)
def test_an_entry_is_never_changed_or_removed(open_again: Opening, statement: str) -> None:
    engine: Any = open_again()
    engine.append_many([b"a", b"b"])
    table = f"{open_again.schema}.entry" if open_again.url else "entry"
    database = engine._db

    with pytest.raises(Exception, match="never"):
        database.execute(statement.format(t=table))

    assert [one.data for one in engine.read()] == [b"a", b"b"]


def test_the_same_drafts_give_the_same_root_on_every_engine(postgres: Any, tmp_path: Path) -> None:
    drafts = [
        Draft(act="register", actor="a", source=f"s{n}", clock_at=f"2026-11-0{n}T00:00:00Z")
        for n in range(1, 6)
    ]
    roots = []
    for name, url in (("one", ""), ("two", postgres.url)):
        with State(
            tmp_path / name, open_engine(tmp_path / name, url=url, schema="same_root")
        ) as state:
            for draft in drafts:
                state.record(draft, {})
            assert list(state.problems()) == []
            roots.append(state.root())

    assert roots[0] == roots[1]


def test_a_server_that_goes_away_is_told_and_loses_nothing(postgres: Any, tmp_path: Path) -> None:
    engine = open_engine(tmp_path, url=postgres.url, schema="goes_away")
    engine.append(b"kept")

    postgres.stop()
    try:
        with pytest.raises(StoreError) as caught:
            engine.append(b"lost")
        with pytest.raises(StoreError, match="PostgreSQL"):
            open_engine(tmp_path, url=postgres.url, schema="goes_away")
    finally:
        postgres.start()
        engine.close()

    again = open_engine(tmp_path, url=postgres.url, schema="goes_away")
    assert [one.data for one in again.read()] == [b"kept"]
    assert "what was recorded before is safe" in caught.value.advice
    again.close()


def test_a_password_in_a_url_is_never_shown(tmp_path: Path) -> None:
    url = "postgresql://someone:hunter2@/nowhere?host=/nowhere-at-all"

    with pytest.raises(StoreError) as caught:
        open_engine(tmp_path, url=url)

    assert "hunter2" not in str(caught.value) + caught.value.advice


@pytest.mark.parametrize(
    ("url", "schema"),
    [("mysql://host/db", "x"), ("postgresql:///x", "x; drop"), ("postgresql:///x", "")],
)
def test_an_engine_that_cannot_be_is_refused(tmp_path: Path, url: str, schema: str) -> None:
    with pytest.raises(InputError):
        open_engine(tmp_path, url=url, schema=schema)


def test_a_writer_that_waits_too_long_is_told_who_writes(postgres: Any) -> None:
    from cellwarden.store.postgres_log import PostgresLog

    first = PostgresLog(postgres.url, schema="waits")
    second = PostgresLog(postgres.url, schema="waits", lock_timeout_s=0.1)
    started = time.monotonic()

    refused = pytest.raises(StoreError, match="another process is writing")
    with first.writing(), refused, second.writing():
        pass

    assert time.monotonic() - started < 8
    first.close()
    second.close()


def test_a_missing_driver_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError) as caught:
        open_engine(tmp_path, url="postgresql:///x")

    assert "cellwarden[postgres]" in caught.value.advice
    assert os.environ.get("PGPASSWORD") is None

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.ledger.entries import TableCommitment
from cellwarden.ledger.rows import rows_root
from cellwarden.model.errors import IntegrityError, StoreError
from cellwarden.model.facts import END, kinds
from cellwarden.model.moments import Moment
from cellwarden.store.facts import Fact, read_committed, table_problem
from cellwarden.store.state import Draft, State

COMPONENT = kinds()["component"]
FOREVER = "9999"


def draft(source: str = "register/components.csv", clock_at: str = "2026-11-01T00:00:00Z") -> Draft:
    return Draft(act="register", actor="tester", source=source, clock_at=clock_at)


def component(name: str, **cells: str) -> Fact:
    return Fact(cells=COMPONENT.row({"component_id": name, **cells}))


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str | None, ...]]:
    return connection.execute(query).fetchall()


def test_a_recorded_row_is_seen_and_absent_kinds_are_empty(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        index = state.record(draft(), {"component": [component("a", firmware="1.0")]})

        found = rows(state.connect(as_of=FOREVER), "select subject, firmware from component")
        empty = rows(state.connect(as_of=FOREVER), 'select * from "window"')

    assert index == 0
    assert found == [("a", "1.0")]
    assert empty == []


def test_tables_of_a_moment_follow_the_ledger_and_leave_alone_what_got_nothing_new(
    tmp_path: Path,
) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a", firmware="1")]})
        tables = state.tables_to_judge(Moment(as_of=FOREVER))
        tables.bring_to(state.log.size())
        tables.connection.execute("insert into component (subject) values ('mark')")
        site = Fact(cells=kinds()["site"].row({"site_id": "NG1"}))
        state.record(draft("register/sites.csv"), {"site": [site]})

        tables.bring_to(state.log.size())

        sites = rows(tables.connection, "select subject from site")
        untouched = rows(tables.connection, "select subject from component order by subject")
        state.record(draft(), {"component": [component("a", firmware="2")]})
        tables.bring_to(state.log.size())
        anew = rows(tables.connection, "select subject, firmware from component")
        ever = rows(tables.connection, "select firmware from component_history order by firmware")

    assert sites == [("NG1",)]
    assert untouched == [("a",), ("mark",)]
    assert anew == [("a", "2")]
    assert ever == [("1",), ("2",)]


def test_the_newest_word_of_one_source_replaces_its_older_one(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a", firmware="1"), component("b")]})
        gone = Fact(cells=COMPONENT.row({"component_id": "b"}), op=END)
        state.record(draft(), {"component": [component("a", firmware="2"), gone]})

        now = rows(state.connect(as_of=FOREVER), "select subject, firmware from component")
        then = rows(
            state.connect(as_of=FOREVER, known_at=1),
            "select subject, firmware from component order by subject",
        )

    assert now == [("a", "2")]
    assert then == [("a", "1"), ("b", None)]


def test_sources_are_merged_column_by_column_and_the_last_observation_wins(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(
            draft("walks/a.snmprec"),
            {"component": [component("a", firmware="2", read_at="2026-10-10")]},
        )
        state.record(
            draft(),
            {"component": [component("a", firmware="1", owner="ops", read_at="2026-01-01")]},
        )

        found = rows(state.connect(as_of=FOREVER), "select firmware, owner, source from component")

    assert found == [("2", "ops", "walks/a.snmprec")]


def test_a_fact_holds_from_its_day_and_not_before(tmp_path: Path) -> None:
    later = Fact(cells=COMPONENT.row({"component_id": "a"}), valid_from="2026-10-10T12:00:00Z")
    with State(tmp_path) as state:
        state.record(draft(), {"component": [later]})

        before = rows(state.connect(as_of="2026-10-10T11:59:59Z"), "select subject from component")
        after = rows(state.connect(as_of="2026-10-10T12:00:00Z"), "select subject from component")

    assert before == []
    assert after == [("a",)]


def test_recorded_time_never_decreases_though_the_clock_jumps_back(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(clock_at="2026-11-02T00:00:00Z"), {"component": [component("a")]})
        state.record(draft(clock_at="2026-11-01T00:00:00Z"), {"component": [component("b")]})
        entries = [entry for _, entry in state.entries()]

    assert [entry.recorded_at for entry in entries] == ["2026-11-02T00:00:00Z"] * 2
    assert entries[1].clock_at == "2026-11-01T00:00:00Z"


CELL = st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=25)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=70))
def test_rows_come_back_from_disk_as_the_entry_commits_to_them(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str | None, ...]]
) -> None:
    facts = [
        Fact(cells=COMPONENT.row({"component_id": str(n), "model": a, "firmware": b, "owner": c}))
        for n, (a, b, c) in enumerate(cells)
    ]
    with State(tmp_path_factory.mktemp("state")) as state:
        state.record(draft(), {"component": facts})
        table = next(entry for _, entry in state.entries()).tables[0]
        stored = read_committed(state.partitions.path("component", 0), table.columns)
        complaints = list(state.problems())

    assert stored == [fact.committed for fact in facts]
    assert rows_root(stored).hex() == table.root
    assert complaints == []


def test_an_edited_entry_is_named(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")]})
    database = sqlite3.connect(tmp_path / "ledger.sqlite")
    database.execute("drop trigger entry_is_never_changed")
    database.execute("update entry set data = cast(replace(data, 'tester', 'nobody') as blob)")
    database.commit()
    database.close()

    with State(tmp_path) as state:
        complaints = list(state.problems())

    assert complaints == ["entry 0 was edited: its bytes don't have the recorded leaf hash"]


def test_an_entry_is_never_changed_or_removed_by_us(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")]})
    database = sqlite3.connect(tmp_path / "ledger.sqlite")

    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        database.execute("update entry set data = x'00'")
    with pytest.raises(sqlite3.IntegrityError, match="never removed"):
        database.execute("delete from entry")
    database.close()


def test_changed_and_missing_rows_are_named_with_their_file(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a", firmware="1")]})
        state.record(draft(), {"component": [component("a", firmware="2")]})
        first, second = (state.partitions.path("component", entry) for entry in (0, 1))
        first.write_bytes(second.read_bytes())
        second.unlink()

        complaints = list(state.problems())

    assert f"the component rows of entry 0 are not those that it commits to: {first}" in complaints
    assert f"the component rows of entry 1 are missing: {second}" in complaints


def test_a_damaged_database_stops_with_an_integrity_error(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no database, whatever its name says" * 40)

    with pytest.raises(IntegrityError) as caught:
        State(tmp_path)

    assert "ledger.sqlite" in str(caught.value)


def test_an_object_with_other_bytes_is_refused(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        digest = state.objects.put(b"contract")
        state.objects.path(digest).write_bytes(b"another contract")

        with pytest.raises(IntegrityError, match=digest):
            state.objects.get(digest)


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with State(tmp_path) as first, first.log.writing():
        from cellwarden.store.sqlite_log import SqliteLog

        second = SqliteLog(tmp_path / "ledger.sqlite", lock_timeout_s=0.05)

        with pytest.raises(StoreError, match="another process is writing"), second.writing():
            pass
        second.close()


def test_a_full_disk_is_an_error_with_advice_and_records_nothing(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import resource, sys, signal
        from pathlib import Path
        from cellwarden.model.errors import StoreError
        from cellwarden.model.facts import kinds
        from cellwarden.store.facts import Fact
        from cellwarden.store.state import Draft, State
        shape = kinds()["component"]
        draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
        with State(Path(sys.argv[1])) as state:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
            import os
            facts = [Fact(cells=shape.row({"component_id": str(n), "serial": os.urandom(40).hex()}))
                     for n in range(5000)]
            try:
                state.record(draft, {"component": facts})
            except StoreError as error:
                print("refused:", error, "|", error.advice)
            print("entries", state.log.size())
    """)

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert "refused: cannot write" in done.stdout
    assert "free some space" in done.stdout
    assert "entries 0" in done.stdout
    with State(tmp_path) as state:
        assert list(state.problems()) == []


def test_killing_the_process_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from cellwarden.model.facts import kinds
        from cellwarden.store.facts import Fact
        from cellwarden.store.state import Draft, State
        shape = kinds()["component"]
        draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
        with State(Path(sys.argv[1])) as state:
            for n in range(10_000):
                index = state.record(draft, {"component": [
                    Fact(cells=shape.row({"component_id": str(state.log.size())}))]})
                print(index, flush=True)
    """)
    acknowledged = -1
    for wait in (3, 11, 6):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(wait):
            acknowledged = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        process.stdout.close()
        process.wait()

    with State(tmp_path) as state:
        size = state.log.size()
        complaints = list(state.problems())
        subjects = rows(state.connect(as_of=FOREVER), "select subject from component")
        pending = list(state.partitions.pending())

    assert size >= acknowledged + 1
    assert complaints == []
    assert sorted(int(row[0] or "") for row in subjects) == list(range(size))
    assert pending == []


def test_rows_of_a_process_that_died_before_its_commit_are_thrown_away(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.partitions.write_pending("component", 0, "s", [component("ghost")])

    with State(tmp_path) as state:
        found = rows(state.connect(as_of=FOREVER), "select subject from component")
        pending = list(state.partitions.pending())

    assert found == []
    assert pending == []


def test_rows_of_a_process_that_died_after_its_commit_are_settled(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")]})
        settled = state.partitions.path("component", 0)
        settled.rename(settled.with_name(f".{0:012d}.pending"))

    with State(tmp_path) as state:
        found = rows(state.connect(as_of=FOREVER), "select subject from component")
        complaints = list(state.problems())

    assert found == [("a",)]
    assert complaints == []


def test_a_partition_from_before_a_column_was_added_reads_as_unknown_there(
    tmp_path: Path,
) -> None:
    import pyarrow.parquet as pq

    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a", firmware="1.0")]})
        path = state.partitions.path("component", 0)
        table = pq.read_table(path)
        older = table.drop_columns(["validated_firmware", "grade"])
        pq.write_table(older.replace_schema_metadata(table.schema.metadata), path)

        found = rows(state.connect(as_of=FOREVER), "select firmware, grade from component")

    assert found == [("1.0", None)]


def test_damage_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")], "asset": []})
        state.refuse_damage()
        path = state.partitions.path("component", 0)
        whole = path.read_bytes()
        path.write_bytes(whole[:-30] + bytes(30))
        for _ in range(2):  # having been refused makes nothing whole
            with pytest.raises(IntegrityError, match=path.name):
                state.refuse_damage()
        path.unlink()
        with pytest.raises(IntegrityError, match="missing"):
            state.refuse_damage()
        path.write_bytes(whole)
        state.refuse_damage()

        assert list(state.problems()) == []


def test_what_was_found_whole_is_not_read_again_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def reading(path: Path, index: int, table: TableCommitment) -> Iterator[str]:
        read.append(path)
        return table_problem(path, index, table)

    monkeypatch.setattr("cellwarden.store.state.table_problem", reading)
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")]})
        state.record(draft(), {"component": [component("b")]})
        state.refuse_damage()
    assert read == []

    (tmp_path / "whole.json").unlink()  # it is derived: its loss costs a reading
    for _ in range(2):
        with State(tmp_path) as state:
            state.refuse_damage()
    assert read == [state.partitions.path("component", index) for index in (0, 1)]


def test_rows_without_their_entry_are_refused(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.record(draft(), {"component": [component("a")]})
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)

    with State(tmp_path) as state:
        with pytest.raises(IntegrityError, match="does not have"):
            state.refuse_damage()
        complaints = list(state.problems())

    assert len(complaints) == 1
    assert "000000000000.parquet" in complaints[0]


def test_a_changed_document_is_found_though_its_name_is_right(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        digest = state.objects.put(b"advisory")
        kept = Draft(
            act="feeds",
            actor="tester",
            source="feeds",
            clock_at="2026-11-01T00:00:00Z",
            document_sha256=digest,
        )
        state.record(kept, {"component": [component("a")]})
        state.objects.path(digest).write_bytes(b"advisory!")

        complaints = list(state.problems())

    assert len(complaints) == 1
    assert digest in complaints[0]

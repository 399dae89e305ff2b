"""That the names of new files and folders outlive a power cut, at no more fsyncs than needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cellwarden.model.errors import StoreError
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact
from cellwarden.store.objects import Objects, make_durably, write_durably
from cellwarden.store.sqlite_log import SqliteLog
from cellwarden.store.state import Draft, State
from cellwarden.store.transfer import export_ledger, import_ledger

Synced = Callable[[], list[str]]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Synced:
    """What was made durable since the last look, in its order, as paths below the test's folder."""
    paths: list[str] = []
    really = os.fsync

    def record(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        paths.append(path.relative_to(tmp_path).as_posix())
        really(handle)

    def look() -> list[str]:
        seen = list(paths)
        paths.clear()
        return seen

    monkeypatch.setattr(os, "fsync", record)
    return look


def test_a_new_folder_is_made_durable_in_the_one_above_it(tmp_path: Path, synced: Synced) -> None:
    write_durably(tmp_path / "a" / "b" / "file", b"x")

    [first, second, content, folder] = synced()
    assert (first, second, folder) == (".", "a", "a/b")
    assert content.startswith("a/b/.file.")


def test_a_second_file_costs_its_content_and_its_folder_alone(
    tmp_path: Path, synced: Synced
) -> None:
    write_durably(tmp_path / "a" / "one", b"x")
    synced()

    write_durably(tmp_path / "a" / "two", b"x")

    [content, folder] = synced()
    assert content.startswith("a/.two.")
    assert folder == "a"


def test_objects_make_each_shard_durable_once(tmp_path: Path, synced: Synced) -> None:
    objects = Objects(tmp_path / "objects")
    digests = [objects.put(bytes([place])) for place in range(60)]
    shards = {digest[:2] for digest in digests}

    seen = synced()

    assert seen.count("objects") == len(shards)
    assert seen.count(".") == 1
    assert len(seen) == 1 + len(shards) + 2 * len(digests)


def test_what_is_there_already_is_not_synced_again(tmp_path: Path, synced: Synced) -> None:
    objects = Objects(tmp_path / "objects")
    objects.put(b"x")
    synced()

    objects.put(b"x")
    make_durably(tmp_path / "objects")

    assert synced() == []


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(StoreError, match="cannot write"):
        write_durably(tmp_path / "a" / "b", b"x")


def test_a_recorded_fact_lies_below_names_that_are_all_durable(
    tmp_path: Path, synced: Synced
) -> None:
    row = kinds()["site"].row({"site_id": "NG1"})
    draft = Draft(act="test", actor="tester", source="s", clock_at="2026-11-16T06:00:00.000000Z")

    with State(tmp_path / "new" / "state") as state:
        state.record(draft, {"site": [Fact(cells=row)]})

    made = {path.parent for path in tmp_path.rglob("*.parquet")}
    above = {
        folder.relative_to(tmp_path).as_posix()
        for each in made
        for folder in (each, *each.parents)
        if folder.is_relative_to(tmp_path)
    }
    assert made
    assert above <= set(synced())


def recorded_together(state: State, count: int, *, fails_at: int | None = None) -> None:
    draft = Draft(act="test", actor="tester", source="s", clock_at="2026-11-16T06:00:00.000000Z")
    with state.together():
        for number in range(count):
            state.sealed.put(f"document {number}".encode())
            row = kinds()["site"].row({"site_id": f"NG{number}"})
            assert state.record(draft, {"site": [Fact(cells=row)]}) == number
            if number == fails_at:
                raise ZeroDivisionError


def test_what_becomes_durable_together_costs_each_file_and_each_folder_once(
    tmp_path: Path, synced: Synced
) -> None:
    with State(tmp_path / "state") as state:
        synced()
        recorded_together(state, 20)

        seen = synced()
        files = {path for path in (tmp_path / "state").rglob("*") if path.is_file()}
        kept = {path.relative_to(tmp_path).as_posix() for path in files if path.suffix == ""}

    assert len(seen) == len(set(seen))
    folders = {one for one in seen if (tmp_path / one).is_dir()}
    assert len([one for one in seen if one.endswith(".pending")]) == 20
    assert {one for one in kept if "/keys/" in one or "/objects/" in one} <= set(seen)
    assert {"state/facts", "state/facts/site", "state/keys", "state/objects"} <= folders


def test_nothing_of_a_block_that_fails_is_recorded_and_files_are_durable_at_once_again(
    tmp_path: Path, synced: Synced
) -> None:
    with State(tmp_path / "state") as state:
        with pytest.raises(ZeroDivisionError):
            recorded_together(state, 3, fails_at=2)
        assert state.log.size() == 0
        synced()

        write_durably(tmp_path / "state" / "file", b"x")
        recorded_together(state, 1)
        sites = state.connect(as_of="9999").execute("select subject from site").fetchall()

    assert len(synced()) > 3
    assert sites == [("NG0",)]


def test_a_full_disk_at_the_end_of_a_block_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with State(tmp_path / "state") as state:

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(StoreError, match="No space left on device"):
                recorded_together(state, 2)
        assert state.log.size() == 0
        recorded_together(state, 2)
        complaints = list(state.problems())

    assert complaints == []


def test_an_object_that_was_cut_is_written_anew(tmp_path: Path) -> None:
    objects = Objects(tmp_path / "objects")
    digest = objects.put(b"whole")
    objects.path(digest).write_bytes(b"")

    objects.put(b"whole")

    assert objects.get(digest) == b"whole"


def test_an_imported_ledger_rests_on_durable_names_before_and_after_its_entries(
    tmp_path: Path, synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    with State(tmp_path / "old") as state:
        recorded_together(state, 3)
        export_ledger(state, tmp_path / "ledger.zip", with_private=True)
    synced()
    before_entries: list[str] = []
    append = SqliteLog.append_many

    def appended(log: SqliteLog, batch: list[bytes]) -> None:
        before_entries.extend(synced())
        append(log, batch)

    monkeypatch.setattr(SqliteLog, "append_many", appended)
    with State(tmp_path / "new") as state:
        import_ledger(state, tmp_path / "ledger.zip")

        after = set(synced())
        files = [path.relative_to(tmp_path / "new") for path in (tmp_path / "new").rglob("*")]
        folders = {path.parent for path in files if path.parts[0] in {"facts", "objects", "keys"}}

    assert len(folders) > 5
    assert {f"new/.import/{folder}" for folder in folders - {Path()}} <= set(before_entries)
    assert {f"new/{folder}".removesuffix("/.") for folder in folders} <= after


def test_a_file_written_in_pieces_is_whole_or_not_there(tmp_path: Path) -> None:
    def pieces(*, whole: bool) -> Iterator[bytes]:
        yield b"one, "
        if not whole:
            raise ZeroDivisionError
        yield b"two"

    write_durably(tmp_path / "whole", pieces(whole=True))
    with pytest.raises(ZeroDivisionError):
        write_durably(tmp_path / "cut", pieces(whole=False))

    assert (tmp_path / "whole").read_bytes() == b"one, two"
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]

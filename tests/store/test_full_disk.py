from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from cellwarden.store.sqlite_log import SqliteLog
from cellwarden.store.state import State


def run(script: str, folder: Path) -> list[str]:
    """Run a script in a process whose files may grow to 400,000 bytes, and return its lines."""
    head = """
        import resource, signal, sys
        from pathlib import Path
        from cellwarden.model.errors import CellwardenError
        from cellwarden.store.sqlite_log import SqliteLog
        from cellwarden.store.state import Draft, State
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
        folder = Path(sys.argv[1])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(script), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_ledger_that_cannot_grow_says_so_and_keeps_every_acknowledged_entry(
    tmp_path: Path,
) -> None:
    said = run(
        """
        log = SqliteLog(folder / "ledger.sqlite")
        try:
            for number in range(10_000):
                print(log.append(b"%06d" % number * 50), flush=True)
        except CellwardenError as error:
            print(type(error).__name__, error, "|", error.advice)
        print("size", log.size())
        """,
        tmp_path,
    )

    told = [int(line) for line in said if line.isdigit()]
    log = SqliteLog(tmp_path / "ledger.sqlite")
    stored = [one.data for one in log.read()]
    room_again = log.append(b"room again")
    log.close()
    assert said[-2].startswith("StoreError")
    assert "ledger.sqlite" in said[-2]
    assert "free space" in said[-2]
    assert len(told) > 20
    assert stored == [b"%06d" % number * 50 for number in told]
    assert room_again == len(told)


def test_a_document_that_has_no_room_is_not_half_kept(tmp_path: Path) -> None:
    said = run(
        """
        with State(folder) as state:
            state.objects.put(b"small")
            try:
                state.objects.put(b"x" * 500_000)
            except CellwardenError as error:
                print(type(error).__name__, error)
        """,
        tmp_path,
    )

    files = [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert said[-1].startswith("StoreError cannot write")
    with State(tmp_path) as state:
        assert list(state.problems()) == []

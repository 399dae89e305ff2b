"""A writer that is killed at random points, on each engine, until 1,000 entries are told."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from cellwarden.ledger.entries import decode
from cellwarden.ledger.merkle import inclusion_proofs, leaf_hash, root, root_from_proof
from cellwarden.model.facts import kinds
from cellwarden.store.engines import open_engine
from cellwarden.store.state import State

APPENDS = 1_000
RECORDS = 60

_APPENDING = """
    from cellwarden.ledger.entries import Entry, encode
    from cellwarden.ledger.merkle import leaf_hash
    for number in range(1_000):
        data = encode(Entry(act="decision", actor="t", source="s", clock_at="2026-11-01T00:00:00Z",
            recorded_at="2026-11-01T00:00:00Z", tables=(), note=f"{os.getpid()}.{number}"))
        print(engine.append(data), leaf_hash(data).hex(), flush=True)
"""
_RECORDING = """
    from cellwarden.model.facts import kinds
    from cellwarden.store.facts import Fact
    from cellwarden.store.state import Draft, State
    shape = kinds()["component"]
    draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
    with State(folder, engine) as state:
        for number in range(1_000):
            row = Fact(cells=shape.row({"component_id": str(state.log.size())}))
            index = state.record(draft, {"component": [row]})
            print(index, state.partitions.path("component", index).stat().st_size, flush=True)
"""

_RECORDING_TOGETHER = """
    from cellwarden.model.facts import kinds
    from cellwarden.store.facts import Fact
    from cellwarden.store.state import Draft, State
    shape = kinds()["party"]
    draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
    with State(folder, engine) as state:
        for number in range(1_000):
            made = []
            with state.together():
                for _ in range(5):
                    kept = state.sealed.put(os.urandom(20))
                    name = str(state.log.size())
                    row = Fact(cells=shape.row({"party_id": name, "contact": f"x{name}@y"}))
                    made.append(state.record(draft, {"party": [row]}))
            for index in made:
                print(index, kept.sha256, flush=True)
"""


def told_until_killed(
    ledger: Any, work: str, most: int, source: random.Random
) -> list[tuple[int, str]]:
    """Run a writer, kill it at a random point, and return what it had acknowledged by then."""
    opening = f"""
    import os
    from pathlib import Path
    from cellwarden.store.engines import open_engine
    folder = Path({str(ledger.folder)!r})
    engine = open_engine(folder, url={ledger.url!r}, schema={ledger.schema!r})
"""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(opening) + textwrap.dedent(work)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(source.randrange(1, most))]
    time.sleep(source.uniform(0, 0.004))  # so that it is not always just behind a commit
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.readlines()
    child.stdout.close()
    child.wait()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(int(index), word) for index, word in whole]


def size_if_whole(ledger: Any, kind: str) -> int:
    """How many entries the next process finds, after looking that each has its row, and is whole.

    The row of an entry is about a subject that is named by the entry's index.
    """
    folder: Path = ledger.folder
    engine = open_engine(folder, url=ledger.url, schema=ledger.schema)
    with State(folder, engine) as state:
        size = state.log.size()
        complaints = list(state.problems())
        subjects = state.connect(as_of="9999").execute(f"select subject from {kind}").fetchall()
        pending = list(state.partitions.pending())

    assert complaints == []
    assert pending == []
    assert sorted(int(subject) for (subject,) in subjects) == list(range(size))
    return size


@pytest.mark.slow
def test_every_acknowledged_entry_of_a_thousand_is_there_and_verifies(open_again: Any) -> None:
    engine = open_again()
    source = random.Random(11)  # noqa: S311 - when to kill, nothing secret
    told: dict[int, str] = {}
    kills = 0
    while len(told) < APPENDS:
        told.update(told_until_killed(open_again, _APPENDING, 400, source))
        kills += 1

    stored = list(engine.read())
    leaves = [one.leaf for one in stored]
    head = root(leaves)

    assert kills > 2
    assert [one.index for one in stored] == list(range(len(stored)))
    assert all(leaf_hash(one.data) == one.leaf for one in stored)
    assert {index: leaves[index].hex() for index in told} == told
    assert len(stored) - len(told) <= kills
    assert len({decode(one.data).note for one in stored}) == len(stored)
    for index, path in zip(sorted(told), inclusion_proofs(leaves, sorted(told)), strict=True):
        assert root_from_proof(leaves[index], index, len(leaves), path) == head


@pytest.mark.slow
def test_rows_of_killed_writers_are_whole_or_not_there(open_again: Any) -> None:
    open_again()
    source = random.Random(13)  # noqa: S311 - when to kill, nothing secret
    told: dict[int, str] = {}
    while len(told) < RECORDS:
        told.update(told_until_killed(open_again, _RECORDING, 30, source))

    assert set(told) <= set(range(size_if_whole(open_again, "component")))


@pytest.mark.slow
def test_entries_that_become_durable_together_are_all_there_or_none_of_them(
    open_again: Any,
) -> None:
    assert "contact" in kinds()["party"].personal
    open_again()
    source = random.Random(17)  # noqa: S311 - when to kill, nothing secret
    told: dict[int, str] = {}
    while len(told) < RECORDS:
        told.update(told_until_killed(open_again, _RECORDING_TOGETHER, 60, source))

    size = size_if_whole(open_again, "party")
    assert size % 5 == 0
    assert set(told) <= set(range(size))

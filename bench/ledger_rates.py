"""How fast entries are appended and proofs verified, against a bare insert of the same bytes."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from cellwarden.ledger import merkle
from cellwarden.ledger.checkpoints import Checkpoint, sign_checkpoint
from cellwarden.ledger.entries import Entry, TableCommitment, encode
from cellwarden.ledger.keys import KeyType, generate_key
from cellwarden.ledger.proofs import (
    InclusionProof,
    check_inclusion,
    decode_inclusion,
    encode_inclusion,
)
from cellwarden.store.postgres_log import PostgresLog
from cellwarden.store.sqlite_log import SqliteLog
from environments import scratch
from measure import RUNS
from outcome import Outcome
from postgres_server import running

SINGLES, ENTRIES, BATCH = 2_000, 50_000, 1_000
LEAVES, FILES = 100_000, 5_000
PROMISED = {
    "SQLite, one by one": 1_000,
    "SQLite, batches of 1,000": 20_000,
    "PostgreSQL, batches of 1,000": 40_000,
    "proofs": 50_000,
}
NOTE = (
    "An entry has some 520 bytes and is encoded beforehand. Ours takes the lock, counts on, hashes"
    " the leaf and keeps it beside the bytes; the bare insert puts the same bytes into a table with"
    " a key that counts by itself. Both sides commit at the same places with the same settings:"
    " SQLite in WAL mode with synchronous = FULL, PostgreSQL with synchronous_commit and fsync on,"
    " as Debian's package comes, over a local socket, by COPY. A rate is by the wall clock; behind"
    " it stands the rate by the processor time of our process alone, which a busy machine lowers"
    " less. Ours and the bare insert take turns; the ratio is the median of the ratios by wall"
    " clock."
)
PROOF_NOTE = (
    "A proof in memory is an index, a path of 16 or 17 digests and a leaf's digest, of a tree with"
    " 100,000 leaves. A proof as a file is a C2SP tlog-proof with the entry inside: text is"
    " parsed, the entry hashed, and the checkpoint's signature checked once for all files that"
    " end in the same one."
)


class Rate(NamedTuple):
    """How many a second, by the wall clock and by our own processor time."""

    wall: float
    cpu: float


def bench() -> Outcome:
    """Measure both engines and the verifier in this process, each five times."""
    folder = scratch("ledger_rates")
    data = [encode(_entry(number)) for number in range(ENTRIES)]
    lines: list[tuple[str, str]] = []
    rates: dict[str, float] = {}

    def compared(name: str, ours: Callable[[], Rate], bare: Callable[[], Rate]) -> None:
        pairs = [(ours(), bare()) for _ in range(RUNS)]
        rates[name] = statistics.median(mine.wall for mine, _ in pairs)
        ratio = statistics.median(other.wall / mine.wall for mine, other in pairs)
        lines.append((name, _told([mine for mine, _ in pairs])))
        lines.append((f"bare insert: {name}", _told([other for _, other in pairs])))
        lines.append((f"time of ours to the bare insert: {name}", f"{ratio:.2f} times"))

    compared(
        "SQLite, one by one",
        lambda: _sqlite(folder, data[:SINGLES], 1),
        lambda: _bare_sqlite(folder, data[:SINGLES], 1),
    )
    compared(
        "SQLite, batches of 1,000",
        lambda: _sqlite(folder, data, BATCH),
        lambda: _bare_sqlite(folder, data, BATCH),
    )
    with running() as url:
        compared(
            "PostgreSQL, one by one",
            lambda: _postgres(url, data[:SINGLES], 1),
            lambda: _bare_postgres(url, data[:SINGLES], 1),
        )
        compared(
            "PostgreSQL, batches of 1,000",
            lambda: _postgres(url, data, BATCH),
            lambda: _bare_postgres(url, data, BATCH),
        )
    proofs = [_proofs() for _ in range(RUNS)]
    rates["proofs"] = statistics.median(one.wall for one in proofs)
    lines.append(("proofs in memory", _told(proofs)))
    lines.append(("proofs as files", _told([_proof_files(data) for _ in range(RUNS)])))
    return Outcome(
        name="ledger_rates",
        title="Appending to the ledger, checking proofs",
        target="; ".join(f"{name}: {rate:,}/s" for name, rate in PROMISED.items()) + " at least",
        verdict="; ".join(f"{rates[name]:,.0f}/s" for name in PROMISED),
        met=all(rates[name] >= rate for name, rate in PROMISED.items()),
        lines=lines,
        notes=[NOTE, PROOF_NOTE],
    )


def _entry(number: int) -> Entry:
    columns = ("component_id", "asset_id", "role", "manufacturer", "model", "firmware")
    table = TableCommitment(kind="component", columns=columns, rows=5, root="cd" * 32)
    return Entry(
        act="register",
        actor="bench",
        source=f"register/components-{number}.csv",
        recorded_at="2026-11-16T08:30:00.000000Z",
        clock_at="2026-11-16T08:30:00.000000Z",
        document_sha256="ab" * 32,
        taken_at="2026-11-16T08:00:00Z",
        tables=(table,),
    )


def _timed(work: Callable[[], object], count: int) -> Rate:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Rate(count / (time.perf_counter() - wall), count / max(time.process_time() - cpu, 1e-9))


def _told(rates: Sequence[Rate]) -> str:
    wall = statistics.median(one.wall for one in rates)
    cpu = statistics.median(one.cpu for one in rates)
    return f"{wall:,.0f}/s ({cpu:,.0f}/s of our processor time)"


def _batches(data: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    inside = folder / "ledger"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir()
    yield inside / "ledger.sqlite"
    shutil.rmtree(inside)


def _sqlite(folder: Path, data: Sequence[bytes], size: int) -> Rate:
    with _emptied(folder) as path, closing(SqliteLog(path)) as log:
        return _timed(lambda: _append(log, data, size), len(data))


def _postgres(url: str, data: Sequence[bytes], size: int) -> Rate:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("drop schema if exists bench cascade")
    with closing(PostgresLog(url, schema="bench")) as log:
        return _timed(lambda: _append(log, data, size), len(data))


def _append(log: SqliteLog | PostgresLog, data: Sequence[bytes], size: int) -> None:
    for batch in _batches(data, size):
        if size == 1:
            log.append(batch[0])
        else:
            log.append_many(batch)


def _bare_sqlite(folder: Path, data: Sequence[bytes], size: int) -> Rate:
    with _emptied(folder) as path, closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute("create table bare (seq integer primary key, data blob)")

        def work() -> None:
            for batch in _batches(data, size):
                database.execute("begin")
                database.executemany(
                    "insert into bare (data) values (?)", [(one,) for one in batch]
                )
                database.execute("commit")

        return _timed(work, len(data))


def _bare_postgres(url: str, data: Sequence[bytes], size: int) -> Rate:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("drop table if exists bare")
        database.execute("create table bare (seq bigserial primary key, data bytea)")

        def work() -> None:
            for batch in _batches(data, size):
                if size == 1:
                    database.execute("insert into bare (data) values (%s)", [batch[0]])
                    continue
                with (
                    database.cursor() as cursor,
                    cursor.copy("copy bare (data) from stdin (format binary)") as copy,
                ):
                    copy.set_types(["bytea"])
                    for one in batch:
                        copy.write_row((one,))

        return _timed(work, len(data))


def _proofs() -> Rate:
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(LEAVES)]
    root = merkle.root(leaves)
    paths = list(merkle.inclusion_proofs(leaves, range(LEAVES)))

    def work() -> None:
        for index, path in enumerate(paths):
            if merkle.root_from_proof(leaves[index], index, LEAVES, path) != root:
                raise RuntimeError(f"the proof of leaf {index} does not hold")

    return _timed(work, LEAVES)


def _proof_files(data: Sequence[bytes]) -> Rate:
    leaves = [merkle.leaf_hash(one) for one in data]
    key = generate_key("bench.example/ledger", KeyType.LOG)
    head = Checkpoint(origin=key.name, size=len(leaves), root=merkle.root(leaves))
    note = sign_checkpoint(head, key)
    indexes = range(0, len(data), len(data) // FILES)
    files = [
        encode_inclusion(
            InclusionProof(index=index, path=tuple(path), note=note, extra=data[index])
        )
        for index, path in zip(indexes, merkle.inclusion_proofs(leaves, indexes), strict=True)
    ]
    keys = [key.verifier]

    def work() -> None:
        for file in files:
            proof = decode_inclusion(file)
            check_inclusion(proof, proof.extra or b"", keys)

    return _timed(work, len(files))

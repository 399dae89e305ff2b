"""Ten million rows as one entry with a proof for each, against writing their Parquet file alone."""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from cellwarden.model.facts import kinds
from cellwarden.store import bulk
from cellwarden.store.state import Draft, State
from environments import OURS, scratch
from measure import RUNS, run
from outcome import Outcome

ROWS, STEP, SEED = 10_000_000, 250_000, 20_261_116
MOST = 2.3
COMPONENT = kinds()["component"]
NOTE = (
    "The rows are components with ten filled columns out of 23, read from an uncompressed Arrow"
    " file in both cases. Both sides write the same Parquet file and sync it; ours makes the"
    " committed bytes of each row, its digest, leaves of 64 and the root besides, and appends the"
    " entry to a SQLite ledger."
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the measured process says."""

    seconds: float


def bench() -> Outcome:
    """Measure each side in a process of its own, in turn, five times."""
    folder = scratch("bulk_rows")
    rows = folder / "rows.arrow"
    if not rows.is_file():
        _make(rows)
    times: dict[str, list[float]] = {"write": [], "record": []}
    peaks = {"write": 0.0, "record": 0.0}
    for _ in range(RUNS):
        for side, taken in times.items():
            out = folder / f"{side}.out"
            done = run([OURS, __file__, side, folder], stdout=out)
            taken.append(msgspec.json.decode(out.read_bytes(), type=Said).seconds)
            peaks[side] = max(peaks[side], done.peak_mib)
    ratio = statistics.median(
        ours / bare for ours, bare in zip(times["record"], times["write"], strict=True)
    )
    return Outcome(
        name="bulk_rows",
        title="Ten million rows as one entry",
        target=f"at most {MOST} times the time of writing their Parquet file, a proof for each row",
        verdict=f"{ratio:.2f} times",
        met=ratio <= MOST,
        lines=[
            ("rows", f"{ROWS:,}"),
            ("Parquet alone", f"{statistics.median(times['write']):.2f} s"),
            ("recorded", f"{statistics.median(times['record']):.2f} s"),
            ("peak of Parquet alone", f"{peaks['write']:.0f} MiB"),
            ("peak while recording", f"{peaks['record']:.0f} MiB"),
        ],
        notes=[NOTE],
    )


def _make(path: Path) -> None:
    source = random.Random(SEED)  # noqa: S311 - made-up inventory, nothing secret

    def some(words: list[str | None]) -> pa.Array:
        places = pa.array(source.choices(range(len(words)), k=STEP))
        return pa.array(words, pa.string()).take(places)

    def table(first: int) -> pa.Table:
        return pa.table(
            {
                "component_id": pa.array([f"C{n:08d}" for n in range(first, first + STEP)]),
                "asset_id": pa.array([f"A{n // 5:07d}" for n in range(first, first + STEP)]),
                "role": some(["gateway", "controller", "network_card", "sensor", None]),
                "manufacturer": some([f"Maker {n}" for n in range(300)]),
                "model": some([f"Model {n} S" for n in range(7000)]),
                "part": some(["AOS", "NMC2", None]),
                "part_number": some([f"PN{n}" for n in range(5000)]),
                "serial": pa.array([f"SN{source.randrange(10**9):09d}" for _ in range(STEP)]),
                "firmware": some([f"v{n % 9}.{n % 13}.{n % 17}" for n in range(1500)]),
                "read_at": some(["2026-10-01", "2026-11-02", None]),
            }
        )

    first = table(0)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, first.schema) as writer:
        writer.write_table(first)
        for start in range(STEP, ROWS, STEP):
            writer.write_table(table(start))


def _tables(folder: Path) -> Iterator[pa.Table]:
    with pa.memory_map(str(folder / "rows.arrow")) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(number)])


def _write(folder: Path) -> None:
    target = folder / "alone.parquet"
    with target.open("wb") as file:
        schema = bulk.partition_schema(COMPONENT, "bench")
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for framed in bulk.framed_chunks(
                _tables(folder), COMPONENT, entry=0, source="bench", valid_from=None
            ):
                writer.write_table(framed)
    target.unlink()


def _record(folder: Path) -> None:
    state_folder = folder / "state"
    shutil.rmtree(state_folder, ignore_errors=True)
    draft = Draft(act="register", actor="bench", source="bench", clock_at="2026-11-16T00:00:00Z")
    with State(state_folder) as state:
        state.record_bulk(draft, "component", _tables(folder))


def main() -> None:
    """``bulk_rows.py write|record FOLDER``: one side, once."""
    side, folder = sys.argv[1], Path(sys.argv[2])
    start = time.perf_counter()
    (_record if side == "record" else _write)(folder)
    said = Said(seconds=time.perf_counter() - start)
    sys.stdout.write(msgspec.json.encode(said).decode())


if __name__ == "__main__":
    main()

"""Ten million components against 300,000 ranges, and how long decoding their columns takes."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import duckdb
import msgspec

from cellwarden.advisories.bulk import FleetVerdicts, fleet
from environments import OURS, SHARED, scratch
from measure import RUNS, run
from outcome import Outcome
from synthetic_fleet import Made, make_fleet

COMPONENTS = 10_000_000
RANGES = 300_000
MOST = 3.0
THREADS = 2
MOST_MIB = 1024
COLUMNS = ("manufacturer", "model", "firmware")
NOTE = (
    "The ranges are read and interned beforehand, as advisories are imported beforehand; the"
    " versions of the fleet are read and keyed within the time. Decoding is pyarrow's, with two"
    " threads, into plain text columns; the bare scan beside it never makes them, as it only adds"
    " up lengths in dictionaries. What lies outside every range has no row."
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one part's process says on its last line."""

    seconds: float
    scan_s: float = 0.0
    verdicts: FleetVerdicts = FleetVerdicts(pairs=0, cells=0, compared_exactly=0, inside=0, open=0)


def bench() -> Outcome:
    """Measure both in processes of their own, five times in turn."""
    folder = scratch("bulk_fleet")
    run([OURS, __file__, "make", folder], stdout=folder / "make.out")
    rounds = [(_part(folder, "decode"), _part(folder, "match")) for _ in range(RUNS)]
    decoded = statistics.median(one.seconds for (one, _), _ in rounds)
    matched = statistics.median(two.seconds for _, (two, _) in rounds)
    scanned = statistics.median(one.scan_s for (one, _), _ in rounds)
    peak = max(mib for _, (_, mib) in rounds)
    came = rounds[-1][1][0].verdicts
    ratio = matched / decoded
    return Outcome(
        name="bulk_fleet",
        title="Ten million components",
        target=(
            f"{COMPONENTS:,} components x {RANGES:,} ranges in at most {MOST:.0f} times the time to"
            f" decode the needed Parquet columns, peak below 1 GiB"
        ),
        verdict=f"{ratio:.1f} times, {peak:.0f} MiB",
        met=ratio <= MOST and peak < MOST_MIB,
        lines=[
            (f"decode {', '.join(COLUMNS)} to Arrow", f"{decoded:.2f} s"),
            ("bare scan of them by DuckDB, lengths summed", f"{scanned:.2f} s"),
            ("match: distinct pairs, keys, verdicts", f"{matched:.2f} s, {peak:.0f} MiB"),
            ("distinct (manufacturer, model, version)", f"{came.pairs:,}"),
            ("distinct (version, range text) cells", f"{came.cells:,}"),
            ("of these compared exactly, as the key cannot say", f"{came.compared_exactly:,}"),
            ("components x ranges inside; open", f"{came.inside:,}; {came.open:,}"),
        ],
        notes=[NOTE],
    )


def _part(folder: Path, part: str) -> tuple[Said, float]:
    """One part in a process of its own: what it said, and its peak memory."""
    out = folder / f"{part}.out"
    done = run([OURS, __file__, part, folder], stdout=out)
    return msgspec.json.decode(out.read_bytes(), type=Said), done.peak_mib


def decode(folder: Path) -> Said:
    """Decode the columns to Arrow, a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(THREADS)
    start = time.perf_counter()
    file = pq.ParquetFile(_path(folder))
    for group in range(file.num_row_groups):
        file.read_row_group(group, columns=list(COLUMNS), use_threads=True)
    decoded = time.perf_counter() - start
    start = time.perf_counter()
    lengths = ", ".join(f"sum(strlen({column}))" for column in COLUMNS)
    connection = _connect()
    connection.execute(f"select {lengths} from read_parquet(?)", [str(_path(folder))]).fetchall()
    return Said(seconds=decoded, scan_s=time.perf_counter() - start)


def match(folder: Path) -> Said:
    """Match the fleet, with the ranges loaded beforehand."""
    made, connection = _made(folder), _connect()
    texts = fleet.load_ranges(connection, made.products, made.ranges)
    start = time.perf_counter()
    verdicts = fleet.match_loaded(connection, fleet=made.fleet, range_texts=texts)
    return Said(seconds=time.perf_counter() - start, verdicts=verdicts)


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"set threads = {THREADS}")
    connection.execute("set memory_limit = '600MB'")
    connection.execute("set preserve_insertion_order = false")
    return connection


def _path(folder: Path) -> Path:
    return folder / f"fleet-{COMPONENTS}.parquet"


def _made(folder: Path) -> Made:
    leaves = SHARED / "data" / "csaf_products.csv"
    return make_fleet(leaves, folder, components=COMPONENTS, ranges=RANGES)


def main() -> None:
    """Do one part and say what came of it, as JSON on stdout."""
    part, folder = sys.argv[1], Path(sys.argv[2])
    if part == "make":
        _made(folder)
        return
    said = decode(folder) if part == "decode" else match(folder)
    sys.stdout.write(msgspec.json.encode(said).decode())


if __name__ == "__main__":
    main()

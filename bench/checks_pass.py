"""120 checks over a million components in one pass: verdict columns and counts."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import msgspec

from cellwarden.checks import Check, load_catalogue
from cellwarden.checks.predicates import DATE, FLAG, NUMBER, TEXT
from cellwarden.checks.subject import subject_named
from cellwarden.checks.verdict_sql import counts_sql, verdicts_sql
from cellwarden.model.ids import CheckId
from environments import OURS, scratch
from measure import RUNS, run
from outcome import Outcome

CHECKS, COMPONENTS = 120, 1_000_000
MOST_S, MOST_MIB, THREADS = 3.0, 1024, 2
FURTHER = (
    "",
    "is_reachable",
    "site_criticality = 'high'",
    "asset_is_listed",
    "firmware_readings >= 1",
    "read_age_days < 400",
    "holds_firmware",
)
CELLS = {
    FLAG: "hash(i, {n}) % 2 = 0",
    NUMBER: "cast(hash(i, {n}) % 500 as bigint)",
    TEXT: "'word ' || (hash(i, {n}) % 40)",
    DATE: "date '2026-01-01' + cast(hash(i, {n}) % 300 as integer)",
}
NOTE = (
    "The checks are those of the catalogue that ask about components, as they are and narrowed by"
    " one further column, until there are 120. The rows of the subject lie in a table; one cell in"
    " eight is unknown. Verdict columns are kept, counts are by site."
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the measured process says."""

    verdicts_s: float
    counts_s: float
    sites: int


def bench() -> Outcome:
    """Measure in a process of its own, five times."""
    folder = scratch("checks_pass")
    out = folder / "judge.out"
    rounds, peaks = [], []
    for _ in range(RUNS):
        done = run([OURS, __file__, folder], stdout=out)
        rounds.append(msgspec.json.decode(out.read_bytes(), type=Said))
        peaks.append(done.peak_mib)
    total = statistics.median(one.verdicts_s + one.counts_s for one in rounds)
    return Outcome(
        name="checks_pass",
        title="120 checks over a million components",
        target=f"at most {MOST_S:.0f} s on two cores, peak below 1 GiB",
        verdict=f"{total:.2f} s, {max(peaks):.0f} MiB",
        met=total <= MOST_S and max(peaks) < MOST_MIB,
        lines=[
            ("verdict columns", f"{statistics.median(one.verdicts_s for one in rounds):.2f} s"),
            ("counts by site", f"{statistics.median(one.counts_s for one in rounds):.2f} s"),
            ("verdicts", f"{CHECKS * COMPONENTS:,}"),
        ],
        notes=[NOTE],
    )


def many_checks() -> list[Check]:
    """120 checks about components, each with a predicate of its own."""
    asked = [check for check in load_catalogue() if check.subject == "component"]
    found = []
    for place, further in enumerate(FURTHER):
        for check in asked:
            parts = [part for part in (check.applies, further) if part]
            applies = " and ".join(f"({part})" for part in parts)
            name = CheckId(f"{check.id}-{place}")
            found.append(msgspec.structs.replace(check, id=name, applies=applies))
    return found[:CHECKS]


def main() -> None:
    """Judge once and say how long it took, as JSON on stdout."""
    import duckdb

    subject, checks = subject_named("component"), many_checks()
    connection = duckdb.connect(str(Path(sys.argv[1]) / "rows.duckdb"))
    connection.execute(f"set threads = {THREADS}")
    connection.execute("set memory_limit = '800MB'")
    connection.execute("set preserve_insertion_order = false")
    columns = ", ".join(
        f"case when hash(i, {-n}) % 8 > 0 then {CELLS[column.type].format(n=n)} end"
        f' as "{column.name}"'
        for n, column in enumerate(subject.columns, 1)
        if column.name not in {"site_id", "vendor"}
    )
    connection.execute(
        f"create table if not exists {subject.view} as select 'C' || i as subject,"
        " 'S' || (i % 90) as site_id, 'V' || (hash(i) % 40) as vendor,"
        f" {columns} from range({COMPONENTS}) r(i)"
    )
    start = time.perf_counter()
    connection.execute(f"create temp table judged as {verdicts_sql(subject, checks)}")
    middle = time.perf_counter()
    sites = connection.execute(counts_sql("judged", checks)).fetchall()
    end = time.perf_counter()
    said = Said(verdicts_s=middle - start, counts_s=end - middle, sites=len(sites))
    sys.stdout.write(msgspec.json.encode(said).decode())


if __name__ == "__main__":
    main()

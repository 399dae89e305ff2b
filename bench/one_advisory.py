"""One advisory changed against the full match, in one process with the index open."""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import msgspec

import corpus
from cellwarden.advisories.matching import FleetIndex
from cellwarden.model.matching import Match, Statement
from cellwarden.workflows import assemble
from cellwarden.workflows.advisory.match import matcher_for
from cellwarden.workflows.fleet.inventory import read_inventory
from cellwarden.workflows.workspace import open_workspace
from environments import OURS, scratch
from measure import run
from outcome import Outcome

COMPONENTS, EVERY = 100_000, 40
TIMES = 200.0
NOTE = (
    "Each of the sampled advisories (every fortieth of the corpus) is matched as if it had just"
    " changed, and its rows are compared with those of the full match. The full match starts from"
    " an open matcher that has seen no component yet; the index is made before both."
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the measured process says."""

    full_s: float
    index_s: float
    changed_s: list[float]
    matches: int
    differing: list[str]


def bench() -> Outcome:
    """Measure both in one process."""
    folder = scratch("match_corpus")
    workspace = corpus.imported(folder)
    inventory = folder / "inventory.csv"
    corpus.write_inventory(inventory, COMPONENTS)
    out = folder / "one_advisory.out"
    done = run([OURS, __file__, workspace, inventory], stdout=out)
    said = msgspec.json.decode(out.read_bytes(), type=Said)
    each = statistics.median(said.changed_s)
    mean = statistics.fmean(said.changed_s)
    ratio = said.full_s / mean
    return Outcome(
        name="one_advisory",
        title="One advisory changed",
        target=f"at least {TIMES:.0f} times cheaper than the full match, with the same result",
        verdict=f"{ratio:,.0f} times; {len(said.differing)} of {len(said.changed_s)} differ",
        met=ratio >= TIMES and not said.differing,
        lines=[
            (f"full match of {COMPONENTS:,} components", f"{said.full_s:.2f} s"),
            ("index of the fleet, made once", f"{said.index_s:.2f} s"),
            ("one advisory, mean", f"{mean * 1000:.2f} ms"),
            ("one advisory, median", f"{each * 1000:.2f} ms"),
            ("one advisory, slowest", f"{max(said.changed_s) * 1000:.2f} ms"),
            ("advisories sampled", str(len(said.changed_s))),
            ("whole process", f"{done.seconds:.1f} s, {done.peak_mib:.0f} MiB"),
        ],
        notes=[NOTE, *(f"Differs: {name}" for name in said.differing[:5])],
    )


def main() -> None:
    """Match all, then one advisory after the other; say how long each took."""
    workspace, inventory = Path(sys.argv[1]), Path(sys.argv[2])
    components = read_inventory(inventory)
    with open_workspace(workspace).open_state() as state:
        connection = state.connect(as_of=corpus.AS_OF)
        statements = assemble.statements(connection)
        fixes = assemble.remedies(connection)
        matcher = matcher_for(connection)
        connection.close()
    of_advisory: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        of_advisory[statement.advisory_id].append(statement)
    start = time.perf_counter()
    matches = list(matcher.match(components))
    full = time.perf_counter() - start
    before: defaultdict[str, list[Match]] = defaultdict(list)
    for match in matches:
        before[match.advisory_id].append(match)
    start = time.perf_counter()
    index = FleetIndex(matcher, components)
    made = time.perf_counter() - start
    took, differing = [], []
    for name in sorted(of_advisory)[::EVERY]:
        start = time.perf_counter()
        after = list(index.changed(name, of_advisory[name], fixes=fixes.get(name, ())))
        took.append(time.perf_counter() - start)
        if after != before[name]:
            differing.append(name)
    said = Said(
        full_s=full, index_s=made, changed_s=took, matches=len(matches), differing=differing
    )
    sys.stdout.write(msgspec.json.encode(said).decode())


if __name__ == "__main__":
    main()

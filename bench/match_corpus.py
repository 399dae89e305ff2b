"""A CSV of 100,000 distinct components against the CISA corpus, beside two other tools."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import msgspec

import corpus
from environments import CELLWARDEN, peer, scratch
from measure import RUNS, Measured, median, run, several
from outcome import Outcome

COMPONENTS, FEWER = 100_000, 10_000
AS_OF = "2026-11-16"
OTHER_SEED = 20261128
TIMES_VDB, TIMES_CVE_BIN_TOOL, MOST_MIB = 30.0, 100.0, 512
DRIVERS = Path(__file__).resolve().parent / "drivers"
SHOWN = 3
NOTES = [
    (
        "Ours is the median of runs with an inventory that was matched before: the first run after"
        " an import works out what depends on no inventory; what a run met is known to the next."
    ),
    (
        "Both sides start with the corpus imported; what is timed is the whole process, for us"
        " `cellwarden match`, from the inventory to the last line. Ours reads words and answers"
        " each pair in words, with every state; the others get products resolved to ids and"
        " versions spelled plainly beforehand, and answer with the affected pairs alone."
    ),
    (
        "`vdb --bom` is appthreat-vulnerability-db as its command line is used; `search_packages`"
        " is the fastest call that its library has, without any data about what it found."
    ),
]

Pair = tuple[str, str]


def bench() -> Outcome:
    """Measure ours and both peers, and compare the pairs that they find."""
    folder = scratch("match_corpus")
    workspace = corpus.imported(folder)
    ranges = folder / "ranges.json"
    ranges.write_bytes(msgspec.json.encode(corpus.plain_ranges(workspace)))
    many, few = folder / "inventory.csv", folder / "inventory-10000.csv"
    for path, count in ((many, COMPONENTS), (few, FEWER)):
        corpus.write_inventory(path, count)
        corpus.write_plain(path, _plain(path))
    shutil.rmtree(workspace / ".state" / "derived", ignore_errors=True)
    first = _ours(workspace, many, 1)  # prepares the advisories, as the peers' filling does
    other_fleet = folder / "inventory-other.csv"
    corpus.write_inventory(other_fleet, COMPONENTS, seed=OTHER_SEED)
    unseen = _ours(workspace, other_fleet, 1)
    # Each of ours right before its peer: a machine has better and worse minutes.
    ours = _ours(workspace, many, RUNS)
    library, command_line = _vdb(folder, ranges, many)
    _ours(workspace, few, 1)
    ours_few = _ours(workspace, few, RUNS)
    other = _cve_bin_tool(folder, ranges, few)
    ratios = (command_line.seconds / ours.seconds, other.seconds / ours_few.seconds)
    found, theirs = _our_pairs(many.with_suffix(".ours")), _their_pairs(many.with_suffix(".vdb"))
    peak = max(ours.peak_mib, ours_few.peak_mib, first.peak_mib)
    return Outcome(
        name="match_corpus",
        title="100,000 components against the CISA corpus",
        target=(
            f"{TIMES_VDB:.0f} times as fast as appthreat-vulnerability-db 7.0.3; at {FEWER:,}"
            f" components {TIMES_CVE_BIN_TOOL:.0f} times as fast as cve-bin-tool 3.4; peak below"
            f" {MOST_MIB} MiB"
        ),
        verdict=f"{ratios[0]:.1f} times; {ratios[1]:.0f} times; {peak:.0f} MiB",
        met=ratios[0] >= TIMES_VDB and ratios[1] >= TIMES_CVE_BIN_TOOL and peak < MOST_MIB,
        lines=[
            (f"ours, {COMPONENTS:,} components", _words(ours)),
            (f"ours, {FEWER:,} components", _words(ours_few)),
            (f"ours, {COMPONENTS:,} components, first run after the import", _words(first)),
            (f"ours, {COMPONENTS:,} components of another draw, first time", _words(unseen)),
            (f"`vdb --bom`, {COMPONENTS:,} components (one run)", _words(command_line)),
            (f"`search_packages` of vdb, {COMPONENTS:,} components", _words(library)),
            (f"`cve-bin-tool`, {FEWER:,} components (one run)", _words(other)),
            ("ranges in the index of both", f"{len(json.loads(ranges.read_bytes())):,}"),
            *_differences(found, theirs),
        ],
        notes=NOTES,
    )


def _words(measured: Measured) -> str:
    return f"{measured.seconds:.2f} s, {measured.peak_mib:.0f} MiB"


def _plain(inventory: Path) -> Path:
    return inventory.with_suffix(".plain.csv")


def _ours(workspace: Path, inventory: Path, runs: int) -> Measured:
    command: list[str | Path] = [CELLWARDEN, "match", "--inventory", inventory]
    command += ["--workspace", workspace, "--as-of", AS_OF]
    return several(command, stdout=inventory.with_suffix(".ours"), runs=runs)


def _vdb(folder: Path, ranges: Path, inventory: Path) -> tuple[Measured, Measured]:
    """The library's batched search, median of five, and the command line, once."""
    python, home = peer("vdb"), folder / "vdb"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    own = {"VDB_HOME": str(home), "VDB_CACHE": str(home)}
    run([python, DRIVERS / "vdb_fill.py", ranges], stdout=folder / "vdb.fill", environment=own)
    command: list[str | Path] = [python, DRIVERS / "vdb_match.py", _plain(inventory)]
    library = median(
        [run(command, stdout=inventory.with_suffix(".vdb"), environment=own) for _ in range(RUNS)]
    )
    bom = folder / "bom.json"
    bom.write_text(json.dumps({"components": _bom_components(_plain(inventory))}), "utf-8")
    words: list[str | Path] = [python.with_name("vdb"), "--quiet", "--bom", bom]
    return library, run(words, stdout=folder / "vdb.bom", environment=own)


def _bom_components(plain: Path) -> list[dict[str, str]]:
    with plain.open(encoding="utf-8", newline="") as file:
        return [
            {
                "name": row["product"],
                "version": row["version"],
                "purl": f"pkg:generic/{row['vendor']}/{row['product']}@{row['version']}",
            }
            for row in csv.DictReader(file)
        ]


def _cve_bin_tool(folder: Path, ranges: Path, inventory: Path) -> Measured:
    python, home = peer("cve-bin-tool"), folder / "cve-bin-tool"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    own = {"HOME": str(home)}
    fill: list[str | Path] = [python, DRIVERS / "cve_bin_tool_fill.py", ranges]
    run(fill, stdout=folder / "cve-bin-tool.fill", environment=own)
    words: list[str | Path] = [
        python.with_name("cve-bin-tool"),
        "--offline",
        "--format",
        "json",
        "--input-file",
    ]
    out = folder / "cve-bin-tool.json"
    out.unlink(missing_ok=True)
    return run(
        [*words, _plain(inventory), "--output-file", out],
        stdout=folder / "cve-bin-tool.out",
        environment=own,
        allowed=range(256),  # its exit code counts what it found
    )


def _our_pairs(path: Path) -> tuple[set[Pair], set[Pair]]:
    """What we call affected, and every pair that we say anything about."""
    affected, all_pairs = set(), set()
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            pair = (row["component_id"], row["advisory_id"])
            all_pairs.add(pair)
            if row["state"] == "affected":
                affected.add(pair)
    return affected, all_pairs


def _their_pairs(path: Path) -> set[Pair]:
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {(row["component_id"], row["advisory_id"]) for row in rows}


def _differences(ours: tuple[set[Pair], set[Pair]], theirs: set[Pair]) -> list[tuple[str, str]]:
    affected, all_pairs = ours
    undecided = (theirs - affected) & all_pairs
    missing = theirs - all_pairs
    return [
        ("affected pairs that both find", f"{len(affected & theirs):,}"),
        ("affected for us alone (aliases, families, words)", f"{len(affected - theirs):,}"),
        ("affected for vdb, another state for us", _sample(undecided)),
        ("affected for vdb, no row for us", _sample(missing)),
    ]


def _sample(pairs: set[Pair]) -> str:
    shown = ", ".join(" ".join(pair) for pair in sorted(pairs)[:SHOWN])
    return f"{len(pairs):,}" + (f" (such as {shown})" if pairs else "")

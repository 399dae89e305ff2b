"""How long a person waits: for the version, and for the first report of the example."""

from __future__ import annotations

import shutil
from pathlib import Path

from environments import CELLWARDEN, ROOT, scratch
from measure import RUNS, Measured, median, run, several
from outcome import Outcome

VERSION_S = 0.35
SCAN_S = 5.0


def bench() -> Outcome:
    """Measure ``cellwarden --version`` and the example scan from an empty state."""
    folder = scratch("startup")
    asked = several([CELLWARDEN, "--version"], stdout=folder / "version.out")
    scanned = median([_scan(folder) for _ in range(RUNS)])
    met = asked.seconds <= VERSION_S and scanned.seconds <= SCAN_S
    return Outcome(
        name="startup",
        title="Start-up and first scan",
        target=(
            f"`--version` within {VERSION_S} s; the example scan, from an empty state,"
            f" within {SCAN_S:.0f} s"
        ),
        verdict=f"{asked.seconds:.2f} s; {scanned.seconds:.2f} s",
        met=met,
        lines=[
            ("`cellwarden --version`", f"{asked.seconds:.3f} s, {asked.peak_mib:.0f} MiB"),
            (
                "`cellwarden scan`, empty state",
                f"{scanned.seconds:.2f} s, {scanned.peak_mib:.0f} MiB",
            ),
        ],
    )


def _scan(folder: Path) -> Measured:
    workspace = folder / "northgate"
    shutil.rmtree(workspace, ignore_errors=True)
    ignored = shutil.ignore_patterns(".state", "reports")
    shutil.copytree(ROOT / "examples" / "northgate", workspace, ignore=ignored)
    return run([CELLWARDEN, "scan", workspace], stdout=folder / "scan.out")

"""Importing the CISA corpus, raw copies and ledger included, against decoding its JSON alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from environments import CELLWARDEN, OURS, SHARED, scratch
from measure import RUNS, Measured, median, run, several
from outcome import Outcome

MOST = 10.0
DECODE = (
    "import json, pathlib, sys\n"
    "for path in sorted(pathlib.Path(sys.argv[1]).glob('*.json')):\n"
    "    json.loads(path.read_bytes())\n"
)


def bench() -> Outcome:
    """Measure ``cellwarden feeds import`` into a new workspace against ``json.loads`` of it all."""
    folder, corpus = scratch("feed_import"), SHARED / "data" / "csaf-cisa"
    script = folder / "decode.py"
    script.write_text(DECODE, "utf-8")
    decoded = several([OURS, script, corpus], stdout=folder / "decode.out")
    imports: list[Measured] = []
    for _ in range(RUNS):
        workspace = folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        run([CELLWARDEN, "init", workspace], stdout=folder / "init.out")
        command: list[str | Path] = [
            CELLWARDEN,
            "feeds",
            "import",
            corpus,
            "--workspace",
            workspace,
        ]
        imports.append(run(command, stdout=folder / "import.out"))
    imported = median(imports)
    ratio = imported.seconds / decoded.seconds
    return Outcome(
        name="feed_import",
        title="Import of the CISA corpus",
        target=f"at most {MOST:.0f} times the time in which `json` decodes it",
        verdict=f"{ratio:.1f} times",
        met=ratio <= MOST,
        lines=[
            ("documents", str(len(list(corpus.glob("*.json"))))),
            ("`json.loads` of each, whole process", f"{decoded.seconds:.2f} s"),
            (
                "`cellwarden feeds import`, whole process",
                f"{imported.seconds:.2f} s, {imported.peak_mib:.0f} MiB",
            ),
        ],
    )

"""Run every benchmark, or those that are named, and write docs/benchmarks.md.

``python bench/run.py [NAME ...]``; the names are the files beside this one.
"""

from __future__ import annotations

import importlib
import sys
import traceback

from environments import ROOT, WORK
from measure import machine
from outcome import keep, write_page

NAMES = [
    "startup",
    "feed_import",
    "match_corpus",
    "one_advisory",
    "bulk_fleet",
    "checks_pass",
    "bulk_rows",
    "ledger_rates",
    "pack_verify",
    "screening",
]


def main() -> int:
    """Run them in order; one that cannot be run is named and leaves the others alone."""
    asked = sys.argv[1:] or NAMES
    strange = [name for name in asked if name not in NAMES]
    if strange:
        print(f"no benchmark {', '.join(strange)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    described = machine()
    print("\n".join(described))
    failed = []
    for name in asked:
        print(f"\n{name} ...", flush=True)
        try:
            outcome = importlib.import_module(name).bench()
        except Exception:  # noqa: BLE001 - one broken benchmark must not hide the others
            traceback.print_exc()
            failed.append(name)
            continue
        keep(outcome, WORK / "results", described)
        print(f"{outcome.title}: {outcome.verdict} (promise: {outcome.target})")
        for what, value in outcome.lines:
            print(f"  {what}: {value}")
        write_page(WORK / "results", ROOT / "docs" / "benchmarks.md", NAMES)
    if failed:
        print(f"\ncould not be run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

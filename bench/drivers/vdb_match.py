"""The inventory against appthreat-vulnerability-db, by its batched search, as JSON lines."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """``vdb_match.py INVENTORY.csv``; the database lies where VDB_HOME says."""
    search: Any = importlib.import_module("vdb.lib.search")
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    packages = [
        {"purl": f"pkg:generic/{row['vendor']}/{row['product']}@{row['version']}", "ref": row}
        for row in rows
    ]
    write = sys.stdout.write
    found = search.search_packages(packages, with_data=False, include_results=True)
    for row, answer in zip(rows, found, strict=True):
        for hit in answer["results"]:
            line = {
                "component_id": row["component_id"],
                "advisory_id": hit["cve_id"],
                "range": hit["vers"],
                "version": row["version"],
            }
            write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()

"""Fill the database of cve-bin-tool with plain ranges. Runs in its environment, with its HOME."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

COLUMNS = {">=": 0, ">": 1, "<=": 2, "<": 3}


def main() -> None:
    """``cve_bin_tool_fill.py RANGES.json``."""
    cvedb: Any = importlib.import_module("cve_bin_tool.cvedb")
    database = cvedb.CVEDB(version_check=False)
    database.dbpath.parent.mkdir(parents=True, exist_ok=True)
    database.init_database()
    ranges, advisories = [], {}
    for one in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        advisories[one["advisory_id"]] = (
            one["advisory_id"],
            "HIGH",
            "a weakness",
            7,
            3,
            "",
            "NVD",
            "2024-01-01",
        )
        exact = [version for operator, version in one["bounds"] if operator == "="]
        ends = ["", "", "", ""]
        for operator, version in one["bounds"]:
            if operator in COLUMNS:
                ends[COLUMNS[operator]] = version
        version = exact[0] if exact else "*"
        ranges.append((one["advisory_id"], "corpus", one["product"], version, *ends, "NVD"))
    connection = database.db_open_and_get_cursor().connection
    connection.executemany(
        "insert or replace into cve_severity values (?, ?, ?, ?, ?, ?, ?, ?)", advisories.values()
    )
    connection.executemany("insert into cve_range values (?, ?, ?, ?, ?, ?, ?, ?, ?)", ranges)
    connection.commit()
    database.db_close()


if __name__ == "__main__":
    main()

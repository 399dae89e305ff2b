"""Fill the tables of appthreat-vulnerability-db with plain ranges. Runs in its environment."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

PREFIX = "pkg:generic/corpus/"


def main() -> None:
    """``vdb_fill.py RANGES.json``; the database lies where VDB_HOME says."""
    db: Any = importlib.import_module("vdb.lib.db")
    utils: Any = importlib.import_module("vdb.lib.utils")
    apsw: Any = importlib.import_module("apsw")
    data, index = db.get()
    rows, records = [], {}
    for one in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        name = one["advisory_id"]
        said = "|".join(
            version if operator == "=" else f"{operator}{version}"
            for operator, version in one["bounds"]
        )
        row = (name, "generic", "corpus", one["product"], f"vers:generic/{said or '*'}")
        rows.append((*row, f"{PREFIX}{one['product']}"))
        records[name] = {"cveMetadata": {"cveId": name}, "containers": {"cna": {"affected": []}}}
    digests = {name: utils.calculate_hash(json.dumps(one)) for name, one in records.items()}
    with data, index:
        for name, record in records.items():
            db.store_source_data(digests[name], apsw.jsonb_encode(record))
        index.executemany("insert into cve_index values (?, ?, ?, ?, ?, ?)", rows)
        data.executemany(
            "insert into cve_data values (?, ?, ?, ?, null, ?, ?, ?)",
            [(*row[:4], digests[row[0]], *row[4:]) for row in rows],
        )
    db.optimize_and_close_all()


if __name__ == "__main__":
    main()

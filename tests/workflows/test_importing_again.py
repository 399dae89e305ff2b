"""What is on record when documents are imported: nothing is asked that nobody recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import anyone_may_act

from cellwarden.workflows.advisory.feeds import import_feeds
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.workspace import open_workspace

AT = "2026-03-01T00:00:00Z"
WITHOUT_A_DATABASE = """
import pathlib, sys
from cellwarden.workflows.advisory.feeds import import_feeds
from cellwarden.workflows.workspace import open_workspace

with open_workspace(pathlib.Path(sys.argv[1])).open_state() as state, state.alone():
    outcome = import_feeds(
        state, [pathlib.Path(sys.argv[2])], clock_at=sys.argv[3], actor=sys.argv[4],
        progress=lambda *_: None,
    )
print(outcome.entry, outcome.documents, "duckdb" in sys.modules)
"""
ANY = "a person"


def workspace_in(folder: Path) -> Path:
    init_workspace(folder, operator="Northgate")
    anyone_may_act(folder)
    return folder


def advisory(revision: int, products: list[str]) -> bytes:
    """A small CSAF document of one advisory about some products."""
    names = [{"product_id": name, "name": name} for name in products]
    said = {"cve": "CVE-2026-1", "product_status": {"known_affected": products}}
    document = {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "title": f"revision {revision}",
        "publisher": {"category": "vendor", "name": "A", "namespace": "https://a.example"},
        "tracking": {
            "id": "A-1",
            "version": str(revision),
            "status": "final",
            "initial_release_date": "2026-01-01T00:00:00Z",
            "current_release_date": f"2026-02-0{revision}T00:00:00Z",
            "revision_history": [],
        },
    }
    tree = {"full_product_names": names}
    return json.dumps(
        {"document": document, "product_tree": tree, "vulnerabilities": [said]}
    ).encode()


def take(workspace: Path, document: Path) -> tuple[str, ...]:
    """Import a document and return the roots that its entry commits to."""
    with open_workspace(workspace).open_state() as state, state.alone():
        import_feeds(state, [document], clock_at=AT, actor=ANY, progress=lambda *_: None)
        return tuple(table.root for _, entry in state.entries() for table in entry.tables)


def test_a_first_import_opens_no_database(tmp_path: Path) -> None:
    workspace, document = workspace_in(tmp_path / "fleet"), tmp_path / "a.json"
    document.write_bytes(advisory(1, ["one"]))

    words = [sys.executable, "-c", WITHOUT_A_DATABASE, str(workspace), str(document), AT, ANY]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert told.split() == ["0", "1", "False"]


def test_the_same_imports_leave_the_same_roots(tmp_path: Path) -> None:
    many = [f"product {number}" for number in range(300)]
    document = tmp_path / "a.json"

    found = []
    for name in ("here", "there"):
        workspace = workspace_in(tmp_path / name)
        document.write_bytes(advisory(1, many))
        take(workspace, document)
        document.write_bytes(advisory(2, many[:1]))  # 299 statements end, in one order
        found.append(take(workspace, document))

    assert found[0] == found[1]

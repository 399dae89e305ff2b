"""Our side: an inventory against the advisories that a workspace has imported, as JSON lines."""

from __future__ import annotations

import sys
from pathlib import Path

from cellwarden.reports.lines import match_line
from cellwarden.workflows.match import matcher_for, read_inventory
from cellwarden.workflows.workspace import open_workspace

AS_OF = "2026-11-16T00:00:00.000000Z"


def main() -> None:
    """``ours_match.py WORKSPACE INVENTORY.csv``."""
    workspace, inventory = Path(sys.argv[1]), Path(sys.argv[2])
    components = read_inventory(inventory)
    with open_workspace(workspace).open_state() as state:
        connection = state.connect(as_of=AS_OF)
        matcher = matcher_for(connection)
        connection.close()
    write = sys.stdout.write
    for match in matcher.match(components):
        write(match_line(match))


if __name__ == "__main__":
    main()

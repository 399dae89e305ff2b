"""Our side: an inventory against the advisories that a workspace has imported, as JSON lines."""

from __future__ import annotations

import sys
from pathlib import Path

from cellwarden.model.moments import Moment
from cellwarden.workflows.advisory.match_many import match_lines
from cellwarden.workflows.workspace import open_workspace

AS_OF = "2026-11-16T00:00:00.000000Z"


def main() -> None:
    """``ours_match.py WORKSPACE INVENTORY.csv``; as ``cellwarden match`` does it."""
    workspace = open_workspace(Path(sys.argv[1]))
    write = sys.stdout.buffer.write
    found = match_lines(
        Path(sys.argv[2]), workspace, moment=Moment(as_of=AS_OF), progress=lambda *_: None
    )
    for lines in found:
        write(lines)


if __name__ == "__main__":
    main()

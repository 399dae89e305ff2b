"""``python -m cellwarden.advisories.versions CSV``: print how well a corpus's versions are read."""

from __future__ import annotations

import sys
from pathlib import Path

from cellwarden.advisories.versions.measure import measure, read_leaves, table


def main(arguments: list[str]) -> int:
    """Print the table of shares for one CSV; 2 where the call is wrong."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        sys.stderr.write("give one CSV file with the columns leaf_category and version_text\n")
        return 2
    sys.stdout.write(table(measure(read_leaves(Path(arguments[0])))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

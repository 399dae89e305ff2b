"""The command ``cellwarden``: from the words of a shell to an exit code."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from typing import Final

from cellwarden import __version__

GARBAGE: Final = (50_000, 20, 100)
"""How much is made before anybody looks for garbage: a command keeps what it makes till it ends."""

HELD: Final[list[object]] = []
"""What is big and done with: the process ends before anybody takes it apart."""


def main() -> None:
    """Run the command line and end the process with its exit code.

    ``--version`` answers before anything heavy is loaded: monitoring asks it often.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"cellwarden {__version__}\n")
        return
    from cellwarden.entry.cli import run

    gc.set_threshold(*GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack our signs
    code = run(sys.argv[1:])
    with contextlib.suppress(OSError):  # a run that went well has flushed, and was told if not
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # all is written and closed; taking apart what is held would take a while


if __name__ == "__main__":
    main()

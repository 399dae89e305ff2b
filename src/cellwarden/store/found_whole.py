"""Which partitions were found whole, by size and time of change: they are not read again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

_NAME: Final = "whole.json"


class FoundWhole:
    """What is remembered of a state folder's partitions, in a note beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._new: dict[str, str] = {}

    def noted(self) -> dict[str, str]:
        """Everything that is remembered, by path below the folder."""
        try:
            noted = msgspec.json.decode((self._folder / _NAME).read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError):
            noted = {}
        return noted | self._new

    def is_as_noted(self, path: Path, noted: dict[str, str]) -> bool:
        """Whether a partition has the size and time that were noted."""
        return noted.get(self._below(path)) == _stamp(path)

    def remember(self, paths: Iterable[Path]) -> None:
        """Remember partitions that were just written or found whole."""
        self._new |= {self._below(path): _stamp(path) for path in paths}

    def write(self) -> None:
        """Write down what is remembered, once: a long ledger's note is long."""
        if not self._new:
            return
        noted = self.noted()
        with contextlib.suppress(OSError):  # a note that is lost only costs a reading
            pending = self._folder / f".{_NAME}.{os.getpid()}"
            pending.write_bytes(msgspec.json.encode(noted))
            pending.replace(self._folder / _NAME)

    def _below(self, path: Path) -> str:
        return str(path.relative_to(self._folder))


def _stamp(path: Path) -> str:
    """Size and time of change of a file, or nothing where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"

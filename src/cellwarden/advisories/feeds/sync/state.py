"""What a sync remembers from run to run: per document what the server said of its version."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from cellwarden.model.errors import InputError, StoreError


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document as we have it: the server's validators, its digest, its listed change time.

    ``beside`` are the endings of the files beside it that agreed, ``keys`` the mark of the keys
    that its signature was held against.
    """

    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    changed: str = ""
    beside: tuple[str, ...] = ()
    keys: str = ""


class SourceState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of one source: documents by address, and how far a paged feed was read."""

    documents: dict[str, Known] = msgspec.field(default_factory=dict)
    progress: dict[str, str] = msgspec.field(default_factory=dict)


class State(msgspec.Struct, kw_only=True):
    """What is known of all sources, by their names.

    It changes in memory while a run is read. Save it once what the run gave has been recorded:
    saved earlier, a crash in between would lose documents that the server then calls unchanged.
    """

    version: int = 1
    sources: dict[str, SourceState] = msgspec.field(default_factory=dict)

    def of(self, name: str) -> SourceState:
        """The state of one source; a new one starts empty."""
        return self.sources.setdefault(name, SourceState())


def load_state(path: Path) -> State:
    """Read a state file; one that does not exist yet is empty.

    Raises:
        InputError: the file is no state file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return State()
    try:
        return msgspec.json.decode(data, type=State)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InputError(
            f"{path} is no sync state: {error}",
            advice="delete it; the next sync fetches everything once more",
        ) from error


def save_state(path: Path, state: State) -> None:
    """Write the state file in one step: whole, or not at all.

    Raises:
        StoreError: the disk does not take it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(state), indent=1))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}",
            advice="make room or give access; the next sync only fetches again",
        ) from error

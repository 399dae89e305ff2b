"""Raw documents by digest: a content-addressed folder, written once and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cellwarden.model.errors import IntegrityError, StoreError


class Objects:
    """A folder of objects named by the SHA-256 of their bytes, in hex."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where an object lies; two levels, so that no folder grows too large."""
        return self._folder / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Keep bytes durably and return their digest; what is there already stays.

        Raises:
            StoreError: the disk refused.
        """
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        write_durably(target, data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of an object, checked against their name.

        Raises:
            StoreError: there is no such object.
            IntegrityError: the bytes are not those that were kept.
        """
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise StoreError(
                f"object {digest} is not in {self._folder}: {error.strerror}",
                advice="restore the folder `objects` of the workspace's state from a backup",
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise IntegrityError(
                f"object {digest} has other bytes than were kept",
                advice="restore it from a backup and find out who changed it",
            )
        return data


def write_durably(target: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file so that it is either there whole or not at all: write, fsync, rename.

    Where its folder is new, the name of that is made durable too. ``mode`` are its permissions;
    without it, those that the process gives.

    Raises:
        StoreError: the disk refused.
    """
    pending = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        make_durably(target.parent)
        with open(pending, "wb", opener=_opener(mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            pending.unlink()
        raise disk_refused(target, error) from error


def make_durably(folder: Path) -> None:
    """Make a folder, and those above it that are missing, so that their names outlive a power cut.

    A file in a folder whose own name is lost is lost with it. One that is there costs nothing: it
    was made durable by who made it.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync_folder(each.parent)


def name_durably(pending: Path, target: Path) -> None:
    """Give a file that was written under another name its own, in the same folder.

    Raises:
        StoreError: the disk refused.
    """
    try:
        pending.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise disk_refused(target, error) from error


def _opener(mode: int | None) -> Callable[[str, int], int]:
    """Opens a file that has its permissions before it holds a byte."""

    def open_with(name: str, flags: int) -> int:
        handle = os.open(name, flags, 0o666 if mode is None else mode)
        if mode is not None:
            os.fchmod(handle, mode)  # one that a stopped process left behind has its old ones
        return handle

    return open_with


def shred(path: Path) -> None:
    """Overwrite a file with zeros, then remove it; what a disk keeps elsewhere is out of reach."""
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_refused(target: Path, error: OSError) -> StoreError:
    """The error for a disk that is full or not ours to write."""
    return StoreError(
        f"cannot write {target}: {error.strerror}",
        advice="free some space or mend the permissions, then run the same command again;"
        " what was recorded before is safe",
    )

"""Raw documents by digest: a content-addressed folder, written once and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from cellwarden.model.errors import IntegrityError, StoreError

AT_ONCE: Final = 8
"""Syncs under way at a time: a journal takes what waits for it in one go."""


class _PutOff:
    """Files and folders that are to be made durable later, each once, files first."""

    def __init__(self) -> None:
        self.files: dict[Path, None] = {}
        self.folders: dict[Path, None] = {}

    def sync(self) -> None:
        """Make all of them durable.

        Raises:
            StoreError: the disk refused.
        """
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(AT_ONCE) as threads:
            for paths in (self.files, self.folders):
                for path, error in zip(paths, threads.map(_refusal, paths), strict=True):
                    if error is not None:
                        raise disk_refused(path, error) from error


_PUT_OFF: Final[ContextVar[_PutOff | None]] = ContextVar("put off", default=None)


@contextlib.contextmanager
def durable_together() -> Iterator[None]:
    """Make new files durable at the end of the block, all together, instead of one by one.

    Nothing may rest on them before; where the block fails, they may be there or not, or be cut.
    A file that takes the place of another is made durable at once all the same.

    Raises:
        StoreError: the disk refused.
    """
    put_off = _PutOff()
    token = _PUT_OFF.set(put_off)
    try:
        yield
    finally:
        _PUT_OFF.reset(token)
    put_off.sync()


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
        if not _holds(target, data):
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


def _holds(target: Path, data: bytes) -> bool:
    """Whether a file is there whole: a power cut may have cut what nothing rested on yet."""
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False


def write_durably(target: Path, data: bytes | Iterable[bytes], *, mode: int | None = None) -> None:
    """Write a file so that it is either there whole or not at all: write, fsync, rename.

    ``data`` may come in pieces. Where the folder is new, the name of that is made durable too.
    ``mode`` are the permissions; without it, those that the process gives.

    Raises:
        StoreError: the disk refused.
    """
    pending = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        make_durably(target.parent)
        with open(pending, "wb", opener=_opener(mode)) as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            file.flush()
            if not is_put_off(target):
                os.fsync(file.fileno())
        pending.replace(target)
        sync_folder(target.parent)
    except BaseException as error:  # making a piece may fail too, or be stopped
        with contextlib.suppress(OSError):
            pending.unlink()
        if isinstance(error, OSError):
            raise disk_refused(target, error) from error
        raise


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


def is_put_off(file: Path) -> bool:
    """Whether a file that will have this name, and has none yet, is made durable with others."""
    put_off = _PUT_OFF.get()
    if put_off is None or file.exists():
        return False
    put_off.files[file] = None
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, or put it off to the end of a block."""
    put_off = _PUT_OFF.get()
    if put_off is None:
        _sync(folder)
    else:
        put_off.folders[folder] = None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(path: Path) -> OSError | None:
    """Make a file or folder durable; what the disk has against it."""
    try:
        _sync(path)
    except OSError as error:
        return error
    return None


def disk_refused(target: Path, error: OSError) -> StoreError:
    """The error for a disk that is full or not ours to write."""
    return StoreError(
        f"cannot write {target}: {error.strerror}",
        advice="free some space or mend the permissions, then run the same command again;"
        " what was recorded before is safe",
    )

"""Moving a ledger whole: entries, rows, objects and checkpoints in one archive, byte for byte.

The archive is a ZIP without compression. ``manifest.json`` stands first and lists every other
member with its size and SHA-256; ``entries.ndjson`` holds the stored bytes of each entry, a line
each, which canonical JSON never breaks. An import goes into an empty ledger: everything is
checked while it is read and laid beside, the entries are committed, then the files get their
names. A process that dies before the commit leaves nothing; after it, the next one finishes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Final

import msgspec

from cellwarden.ledger import merkle
from cellwarden.model.errors import InputError, IntegrityError, StoreError
from cellwarden.store.closed import OPEN, Closed, closed_in, note_closed
from cellwarden.store.objects import disk_refused, sync_folder
from cellwarden.store.staging import (
    ENTRIES,
    STAGED,
    make_staged_durable,
    settle_staged,
)
from cellwarden.store.state import State

FORMAT: Final = "cellwarden-ledger/1"
_MANIFEST: Final = "manifest.json"
_PARTS: Final = {
    "facts": re.compile(r"facts/[a-z_]{1,40}/\d{12}\.parquet"),
    "personal": re.compile(r"personal/[a-z_]{1,40}/\d{12}\.parquet"),
    "objects": re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{64}"),
    "keys": re.compile(r"keys/[0-9a-f]{64}"),
    "checkpoints": re.compile(r"checkpoints/[\w.-]{1,80}"),
}
_PRIVATE: Final = ("personal", "keys")
_LARGEST_MANIFEST: Final = 512 << 20
_LONGEST_ENTRY: Final = 64 << 20
_PIECE: Final = 1 << 20
_BATCH: Final = 1_000


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the archive: its name below the state folder, its size in bytes, its digest."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds. ``is_private`` tells whether personal values and keys are in it.

    ``closed`` tells of how many entries, from the first on, they are in no case: those came
    without them before.
    """

    format: str
    entries: int
    root: str
    is_private: bool
    members: tuple[Member, ...]
    closed: Closed = OPEN

    @property
    def cannot_open(self) -> Closed:
        """What whoever imports this cannot open."""
        return self.closed if self.is_private else Closed(entries=self.entries, root=self.root)


def export_ledger(state: State, target: Path, *, with_private: bool) -> Manifest:
    """Write the whole ledger to one archive.

    ``with_private`` takes personal values and the keys of sealed documents along: whoever gets
    the archive can read them. Keys that sign never leave.

    Raises:
        InputError: the target is there already.
        IntegrityError: the ledger is not what was recorded.
        StoreError: the disk refused.
    """
    if target.exists():
        raise InputError(f"{target} is there already", advice="choose a name that is free")
    found = list(state.problems())
    if found:
        raise IntegrityError(
            f"the ledger is not what was recorded: {found[0]}",
            advice="`cellwarden ledger verify` lists everything; restore a backup first",
        )
    pending = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        manifest = _write(state, pending, with_private=with_private)
        pending.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        pending.unlink(missing_ok=True)
        raise disk_refused(target, error) from error
    return manifest


def _write(state: State, pending: Path, *, with_private: bool) -> Manifest:
    size = state.log.size()
    entries = state.folder / f".{ENTRIES}.{os.getpid()}"
    try:
        with entries.open("wb") as file:
            for stored in state.log.read(0, size):
                file.write(stored.data + b"\n")
        paths = [(ENTRIES, entries), *_files(state.folder, with_private=with_private)]
        manifest = Manifest(
            format=FORMAT,
            entries=size,
            root=state.root(size),
            is_private=with_private,
            members=tuple(_member(name, path) for name, path in paths),
            closed=closed_in(state.folder),
        )
        with zipfile.ZipFile(pending, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo(_MANIFEST), msgspec.json.encode(manifest))
            for name, path in paths:
                packed = archive.open(zipfile.ZipInfo(name), "w", force_zip64=True)
                with path.open("rb") as file, packed as out:
                    shutil.copyfileobj(file, out, _PIECE)
        with pending.open("rb+") as written:
            os.fsync(written.fileno())
    finally:
        entries.unlink(missing_ok=True)
    return manifest


def _files(folder: Path, *, with_private: bool) -> Iterator[tuple[str, Path]]:
    for part, form in _PARTS.items():
        if part in _PRIVATE and not with_private:
            continue
        for path in sorted((folder / part).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and form.fullmatch(name):
                yield name, path


def _member(name: str, path: Path) -> Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(name=name, size=path.stat().st_size, sha256=digest)


def import_ledger(
    state: State, source: Path, *, also: Callable[[State], Iterable[str]] = lambda _: ()
) -> Manifest:
    """Fill an empty ledger from an archive.

    Before anything is committed, the whole ledger is verified as it lies beside: every row,
    document and personal value against its entry; and whatever ``also`` finds wrong, a sentence
    each.

    Raises:
        InputError: the ledger is not empty, or the file is no such archive.
        IntegrityError: a member is not what the manifest says, the entries are not the root's, or
            the ledger in the archive does not verify.
        StoreError: the disk or the engine refused; nothing was imported then.
    """
    if state.log.size():
        raise InputError(
            f"the ledger holds {state.log.size()} entries already",
            advice="import into a new workspace: `cellwarden init DIR`",
        )
    staged = state.folder / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, source)
            for member in manifest.members:
                _unpack(archive, member, staged, source)
        make_staged_durable(state.folder)
        with state.log.writing() as size:
            if size:
                raise StoreError(
                    "somebody wrote to this ledger meanwhile", advice="use a new workspace"
                )
            _append(state, staged / ENTRIES, manifest, source)
            note_closed(staged, manifest.cannot_open)
            beside = State(staged, state.log)
            wrong = next(chain(beside.problems(), also(beside)), None)
            if wrong:
                raise IntegrityError(
                    f"{source}: {wrong}",
                    advice="nothing was imported; ask whoever made it, somebody changed it there",
                )
    except zipfile.BadZipFile as error:
        raise InputError(
            f"{source} is no ledger archive, or it was cut: {error}",
            advice="take what `cellwarden ledger export` wrote, whole",
        ) from error
    except OSError as error:
        raise disk_refused(staged, error) from error
    finally:
        settle_staged(state.folder, entries=state.log.size())
    return manifest


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    names = archive.namelist()
    if not names or names[0] != _MANIFEST:
        raise InputError(
            f"{source} does not begin with {_MANIFEST}",
            advice="take what `cellwarden ledger export` wrote",
        )
    if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise InputError(f"{source}: its manifest is too large", advice="ask for a whole archive")
    try:
        manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    except msgspec.MsgspecError as error:
        raise InputError(
            f"{source}, {_MANIFEST}: {error}", advice="take what `cellwarden ledger export` wrote"
        ) from error
    if manifest.format != FORMAT:
        raise InputError(
            f"{source} has the format {manifest.format!r}; we read {FORMAT}",
            advice="export it with this version",
        )
    listed = [_MANIFEST, *(member.name for member in manifest.members)]
    if names != listed:
        odd = sorted(set(names) ^ set(listed)) or ["their order, or a name that stands twice"]
        raise IntegrityError(
            f"{source} holds other files than its manifest lists: {', '.join(odd[:5])}",
            advice="ask for the archive once more; somebody changed this one",
        )
    for member in manifest.members:
        part = member.name.partition("/")[0]
        if member.name != ENTRIES and not (part in _PARTS and _PARTS[part].fullmatch(member.name)):
            raise InputError(
                f"{source}: {member.name!r} is no name of a ledger's file",
                advice="don't import this archive; ask who made it",
            )
    return manifest


def _unpack(archive: zipfile.ZipFile, member: Member, staged: Path, source: Path) -> None:
    """Lay one member beside, never more than its manifest says, and check its digest."""
    target = staged / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), member.size
    mode = 0o600 if member.name.startswith(_PRIVATE) else 0o644
    with archive.open(member.name) as packed, target.open("wb") as file:
        target.chmod(mode)
        while piece := packed.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if left or digest.hexdigest() != member.sha256:
        raise IntegrityError(
            f"{source}: {member.name} is not what the manifest says",
            advice="ask for the archive once more; this one was damaged or changed",
        )


def _append(state: State, path: Path, manifest: Manifest, source: Path) -> None:
    leaves: list[bytes] = []
    batch: list[bytes] = []
    with path.open("rb") as file:
        for line in _lines(file, source):
            leaves.append(merkle.leaf_hash(line))
            batch.append(line)
            if len(batch) == _BATCH:
                state.log.append_many(batch)
                batch = []
        state.log.append_many(batch)
    if len(leaves) != manifest.entries or merkle.root(leaves).hex() != manifest.root:
        raise IntegrityError(
            f"{source}: the entries are not those of the root in its manifest",
            advice="ask for the archive once more; somebody changed this one",
        )


def _lines(file: IO[bytes], source: Path) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_ENTRY + 1):
        if not line.endswith(b"\n"):
            raise IntegrityError(
                f"{source}: {ENTRIES} ends in the middle of an entry, or one is too long",
                advice="ask for the archive once more",
            )
        yield line[:-1]

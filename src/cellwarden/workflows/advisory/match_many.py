"""Matching an inventory as lines of JSON: two processes where there is much to do, one order."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import struct
import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from cellwarden.advisories.answered import Seen
from cellwarden.model.matching import Component
from cellwarden.model.moments import Moment
from cellwarden.workflows.advisory.match_index import (
    Index,
    index_of_paths,
    index_of_workspace,
)
from cellwarden.workflows.fleet.inventory import read_inventory
from cellwarden.workflows.workspace import Progress, Telling, Workspace, unheard

FEWEST_FOR_TWO: Final = 4_000
"""Below so many components a second process costs more than it brings."""
_BLOCK: Final = 256
_PIPE_BYTES: Final = 1 << 20
"""What the second process may be ahead; Linux grants so much to everybody."""
_SIZE: Final = struct.Struct("<Q")
_met: Final = msgspec.msgpack.Decoder(tuple[dict[str, Seen], list[bytes]]).decode
_HEAVY: Final = frozenset({"duckdb", "pyarrow"})


def match_lines(
    inventory: Path,
    source: Workspace | Sequence[Path],
    *,
    moment: Moment | None,
    progress: Progress,
    tell: Telling = unheard,
    hold: Callable[[object], None] = lambda _: None,
) -> Iterator[bytes]:
    """Match the lines of a CSV inventory, as lines of JSON in chunks.

    ``source`` is a workspace with imported advisories, or advisory files, folders and archives;
    ``moment`` belongs to a workspace; what could not be read is told. ``hold`` may keep what was
    made for it: who ends soon need not wait until it is taken apart.

    Raises:
        InputError: the inventory cannot be used; says the line.
        SourceError: there is no advisory in the source.
    """
    with _without_collection():
        components = read_inventory(inventory)
        count = len(components)
        if isinstance(source, Workspace):
            if moment is None:
                raise ValueError("a workspace is asked about a moment")
            index = index_of_workspace(source, moment=moment, count=count, progress=progress)
        else:
            index = index_of_paths(source, count=count, progress=progress, tell=tell)
        hold((index, components))
        yield from lines_of(index, components)


def lines_of(index: Index, components: Sequence[Component]) -> Iterator[bytes]:
    """What an index says, as lines of JSON in chunks, components in their order."""
    if len(components) >= FEWEST_FOR_TWO and _can_fork():
        is_known = index.settle(components)
        yield from _by_two(index, components, by_block=is_known)
    else:
        yield from _by_one(index, components)
    index.remember()


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """No search for circles meanwhile: what is made here is kept or freed by its counts."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _by_one(index: Index, components: Sequence[Component]) -> Iterator[bytes]:
    lines = map(index.lines, components)
    while block := list(islice(lines, _BLOCK)):
        yield b"".join(block)


def _can_fork() -> bool:
    """True where a second processor may be used and nothing with threads of its own is loaded."""
    if not hasattr(os, "fork") or threading.active_count() > 1 or _HEAVY & sys.modules.keys():
        return False
    return len(os.sched_getaffinity(0)) > 1


def _by_two(index: Index, components: Sequence[Component], *, by_block: bool) -> Iterator[bytes]:
    """The lines by two processes: each takes every second identity, so that none is judged twice.

    Where nothing is left to judge, each takes every second block, which is less to sort out. The
    other process's blocks come through a pipe. Where it dies, its part is done here.
    """
    is_ours = _in_blocks(len(components)) if by_block else _shares(components)
    theirs = [one for one, ours in zip(components, is_ours, strict=True) if not ours]
    mine = [one for one, ours in zip(components, is_ours, strict=True) if ours]
    pipe_in, pipe_out = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe_out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    child = os.fork()
    if not child:
        os.close(pipe_in)
        _serve(index, theirs, is_ours, pipe_out)
    os.close(pipe_out)
    try:
        with os.fdopen(pipe_in, "rb", buffering=1 << 20) as pipe:
            yield from _merged(index, (mine, theirs), is_ours, pipe)
    finally:
        os.waitpid(child, 0)


def _shares(components: Sequence[Component]) -> bytearray:
    """One byte for each component: 1 where it is ours, 0 where the other process takes it."""
    seen: dict[tuple[str, str], int] = {}
    found = bytearray()
    for one in components:
        found.append(seen.setdefault((one.manufacturer, one.model), len(seen) % 2))
    return found


def _in_blocks(count: int) -> bytearray:
    """As :func:`_shares`, whole blocks in turn, the first one ours."""
    pair = b"\1" * _BLOCK + b"\0" * _BLOCK
    return bytearray(pair * (count // len(pair) + 1))[:count]


def _serve(
    index: Index, components: Sequence[Component], is_ours: bytearray, pipe_out: int
) -> None:
    """The second process: write its part of every block, then end without any cleaning up."""
    code = 1
    try:
        lines = map(index.lines, components)
        with os.fdopen(pipe_out, "wb", buffering=1 << 20) as pipe:
            for start in range(0, len(is_ours), _BLOCK):
                block = list(islice(lines, is_ours.count(0, start, start + _BLOCK)))
                if not block:
                    continue
                sizes = array("I", map(len, block))
                pipe.write(_SIZE.pack(len(sizes)) + sizes.tobytes())
                pipe.writelines(block)
            pipe.write(msgspec.msgpack.encode((index.met.pages, index.met.texts)))
        code = 0
    except BrokenPipeError:
        code = 0
    finally:
        os._exit(code)


def _merged(
    index: Index,
    components: tuple[Sequence[Component], Sequence[Component]],
    is_ours: bytearray,
    pipe: BinaryIO,
) -> Iterator[bytes]:
    mine, theirs = components
    ours, taken = map(index.lines, mine), 0
    for start in range(0, len(is_ours), _BLOCK):
        shares = is_ours[start : start + _BLOCK]
        own = list(islice(ours, shares.count(1)))
        count = len(shares) - len(own)
        if not count:
            yield b"".join(own)
            continue
        other = _block(pipe, count, whole=not own)
        if other is None:
            other = list(map(index.lines, theirs[taken : taken + count]))
        taken += count
        if not own:
            yield b"".join(other)
            continue
        sides = (iter(other), iter(own))
        yield b"".join([next(sides[share]) for share in shares])
    with contextlib.suppress(msgspec.DecodeError):
        index.met.learn(*_met(pipe.read()))


def _block(pipe: BinaryIO, count: int, *, whole: bool) -> list[bytes] | None:
    """The lines of one block from the other process; nothing where it has died.

    They are those of each component, or the whole block as one, where nothing goes between them.
    """
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size or _SIZE.unpack(head)[0] != count:
        return None
    sizes = array("I")
    raw = pipe.read(count * sizes.itemsize)
    if len(raw) < count * sizes.itemsize:
        return None
    sizes.frombytes(raw)
    data = pipe.read(sum(sizes))
    if len(data) < sum(sizes):
        return None
    if whole:
        return [data]
    found, at = [], 0
    for size in sizes:
        found.append(data[at : at + size])
        at += size
    return found

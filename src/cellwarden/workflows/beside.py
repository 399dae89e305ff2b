"""Beside: one process that computes while this one goes on, where there is a core for it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Result = TypeVar("Result")


class Later(Generic[Result]):
    """What a work comes to: done beside, or here, by whoever first asks for it."""

    def __init__(self, beside: Beside, work: Callable[..., Result], values: tuple[object, ...]):
        self._beside = beside
        self._work = work
        self._values = values
        self._result: tuple[Result] | None = None

    def value(self) -> Result:
        """Wait for the result.

        Where the work failed beside, or its process is gone, it is done here: what is wrong is
        then met where it can be told.

        Raises:
            Exception: what the work raises.
        """
        self._beside.wait_for(self)
        if self._result is None:
            self._result = (self._work(*self._values),)
        return self._result[0]

    def arrived(self, result: tuple[Result] | None) -> None:
        """Take what was worked out beside; nothing where it failed."""
        self._result = result


class Beside:
    """Works for the process beside, done one after another in the order they were asked for.

    A work is a function of a module and its values are small: both go through a pipe. It must
    only compute, as it may be done twice.
    """

    def __init__(self, pipe: Connection | None = None) -> None:
        self._pipe = pipe
        self._waiting: deque[Later[Any]] = deque()

    def start(self, work: Callable[..., Result], *values: object) -> Later[Result]:
        """Have something worked out; returns at once."""
        later = Later(self, work, values)
        if self._pipe is not None:
            try:
                self._pipe.send((work, values))
            except OSError:
                self._lose()
            else:
                self._waiting.append(later)
        return later

    def wait_for(self, later: Later[Any]) -> None:
        """Wait until a work was done beside, or cannot be."""
        while self._pipe is not None and later in self._waiting:
            try:
                received = self._pipe.recv()
            except (EOFError, OSError):
                self._lose()
            else:
                self._waiting.popleft().arrived(received)

    def _lose(self) -> None:
        """The process is gone: what it was asked for is done here."""
        self._pipe = None
        self._waiting.clear()


@contextmanager
def beside() -> Iterator[Beside]:
    """A process beside this one until the block ends; without one, works are done when asked for.

    It is a fork, which is only safe while this process has a single thread and holds no file that
    the fork must not have: a door opens it before anything else. Where there is one core, or no
    Linux, there is none.
    """
    if not _is_wise():
        yield Beside()
        return
    forks = multiprocessing.get_context("fork")
    ours, theirs = forks.Pipe()
    process = forks.Process(target=_serve, args=(theirs, ours), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Beside(ours)
    finally:
        ours.close()
        process.kill()
        process.join()


def _is_wise() -> bool:
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) <= 1:
        return False
    return len(list(Path("/proc/self/task").iterdir())) == 1


def _serve(pipe: Connection, other_end: Connection) -> None:
    """Do what comes through the pipe until its other end is closed, by a kill too."""
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops a scan stops the one beside it
    while True:
        try:
            work, values = pipe.recv()
        except EOFError:
            return
        try:
            reply = pickle.dumps((work(*values),))
        except Exception:  # noqa: BLE001 - the work is done again where errors are told
            reply = pickle.dumps(None)
        try:
            pipe.send_bytes(reply)
        except OSError:
            return

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
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Result = TypeVar("Result")

LARGEST: Final = 1 << 20
"""Bytes of a work's values up to which it is worth sending them."""
AT_ONCE: Final = 4
"""Works sent before results are taken: what was not sent yet can be done here meanwhile."""
UNDER_WAY: Final = 32 << 10
"""Bytes sent before results are taken: a pipe holds twice as much, so that nobody waits for room
in it while the process beside waits for room for its results."""


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

    A work is a function of a module; it and its values go through a pipe, its result comes back.
    It must only compute, as it may be done twice. One whose values are large is done here, where
    nobody has to copy them.
    """

    def __init__(self, pipe: Connection | None = None) -> None:
        self._pipe = pipe
        self._asked: deque[tuple[Later[Any], bytes]] = deque()
        self._sent: deque[tuple[Later[Any], int]] = deque()

    def start(self, work: Callable[..., Result], *values: object) -> Later[Result]:
        """Have something worked out; returns at once."""
        later = Later(self, work, values)
        if self._pipe is not None:
            message = pickle.dumps((work, values))
            if len(message) <= LARGEST:
                self._asked.append((later, message))
                self._take_what_is_there()
                self._send()
        return later

    def wait_for(self, later: Later[Any]) -> None:
        """Wait until a work was done beside, or has to be done here as it was never sent."""
        self._take_what_is_there()
        for asked in self._asked:
            if asked[0] is later:
                self._asked.remove(asked)
                return
        while any(sent[0] is later for sent in self._sent):
            self._take()

    def _take_what_is_there(self) -> None:
        """Take results that nobody has to wait for, so that there is room for further works."""
        try:
            while self._pipe is not None and self._sent and self._pipe.poll():
                self._take()
        except OSError:
            self._lose()

    def _take(self) -> None:
        """Wait for the next result."""
        if self._pipe is None:
            return
        try:
            received = self._pipe.recv()
        except (EOFError, OSError):
            self._lose()
        else:
            self._sent.popleft()[0].arrived(received)
            self._send()

    def _send(self) -> None:
        """Send what was asked for, as far as the pipe takes it though nobody reads."""
        while self._pipe is not None and self._asked:
            later, message = self._asked[0]
            under_way = sum(size for _, size in self._sent)
            is_full = len(self._sent) == AT_ONCE or under_way + len(message) > UNDER_WAY
            if self._sent and is_full:
                return
            try:
                self._pipe.send_bytes(message)
            except OSError:
                self._lose()
            else:
                self._asked.popleft()
                self._sent.append((later, len(message)))

    def _lose(self) -> None:
        """The process is gone: what it was asked for is done here."""
        self._pipe = None
        self._asked.clear()
        self._sent.clear()


ALONE: Final = Beside()
"""Nobody beside: works are done here, when their results are asked for."""


@contextmanager
def beside() -> Iterator[Beside]:
    """A process beside this one until the block ends; without one, works are done when asked for.

    It is a fork, which is only safe while this process has a single thread and holds no file that
    the fork must not have: a door opens it before anything else. Where there is one core, or no
    Linux, there is none.
    """
    if not _is_wise():
        yield ALONE
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

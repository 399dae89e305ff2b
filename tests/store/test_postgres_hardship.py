from __future__ import annotations

import contextlib
import copy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cellwarden.ledger.merkle import leaf_hash
from cellwarden.model.errors import StoreError
from cellwarden.store.engines import open_engine
from cellwarden.store.postgres_log import PostgresLog

_NUMBERS = count()


@pytest.fixture
def schema() -> str:
    """A name that no other test uses."""
    return f"hard_{next(_NUMBERS)}"


class Wire:
    """A socket between us and the server that breaks when a commit comes by.

    ``forward`` tells whether the server still gets the commit whose answer we never see.
    ``is_open`` tells whether whoever connects afterwards is let through.
    """

    def __init__(self, server: Path, *, forward: bool, is_open: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cw-wire-"))
        self._server, self._forward, self._is_open = server, forward, is_open
        self._broke = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._broke and not self._is_open:
                near.close()
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._server / ".s.PGSQL.5432"))
            for one, other, ours in ((near, far, True), (far, near, False)):
                thread = threading.Thread(target=self._pump, args=(one, other, ours), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, one: socket.socket, other: socket.socket, ours: bool) -> None:  # noqa: FBT001 - a thread's argument
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                if ours and not self._broke and b"commit\0" in data:
                    self._broke = True
                    one.shutdown(socket.SHUT_RDWR)  # nobody will hear the answer
                    if self._forward:
                        other.sendall(data)
                        other.recv(65_536)
                    break
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def wire(postgres: Any) -> Iterator[Callable[..., tuple[Wire, str]]]:
    """Makes a wire and the URL that leads through it."""
    made: list[Wire] = []

    def make(**how: bool) -> tuple[Wire, str]:
        made.append(Wire(postgres.folder, **how))
        return made[-1], postgres.url.replace(str(postgres.folder), str(made[-1].folder))

    yield make
    for one in made:
        one.close()


def entries(url: str, schema: str) -> list[bytes]:
    """What is stored, read on a connection of its own."""
    with contextlib.closing(PostgresLog(url, schema=schema)) as log:
        return [one.data for one in log.read()]


def test_a_commit_whose_answer_is_lost_is_looked_up_and_told_as_recorded(
    postgres: Any, wire: Callable[..., tuple[Wire, str]], schema: str
) -> None:
    _, url = wire(forward=True)
    refused = pytest.raises(StoreError, match=r"broke while entry 0 .* it is there and durable")
    with contextlib.closing(PostgresLog(url, schema=schema)) as log, refused:
        log.append(b"once")

    assert entries(postgres.url, schema) == [b"once"]


def test_a_commit_that_never_arrived_is_told_as_not_recorded(
    postgres: Any, wire: Callable[..., tuple[Wire, str]], schema: str
) -> None:
    with contextlib.closing(PostgresLog(postgres.url, schema=schema)) as direct:
        direct.append(b"before")
    _, url = wire(forward=False)
    refused = pytest.raises(StoreError, match=r"broke while entry 1 .* it is not there")
    with contextlib.closing(PostgresLog(url, schema=schema)) as log, refused:
        log.append(b"never")

    assert entries(postgres.url, schema) == [b"before"]


def test_a_commit_that_nobody_can_ask_about_is_told_as_in_doubt(
    postgres: Any, wire: Callable[..., tuple[Wire, str]], schema: str
) -> None:
    broken, url = wire(forward=True, is_open=False)
    refused = pytest.raises(StoreError, match="nobody knows yet")
    with contextlib.closing(PostgresLog(url, schema=schema)) as log, refused as told:
        log.append(b"perhaps")
    broken.close()  # the server has answered by then

    assert "`cellwarden ledger list` shows whether entry 0 is there" in told.value.advice
    assert entries(postgres.url, schema) == [b"perhaps"]


def test_a_connection_that_ends_while_scanning_alone_is_no_second_error(
    postgres: Any, tmp_path: Path, schema: str
) -> None:
    engine: Any = open_engine(tmp_path, url=postgres.url, schema=schema)
    with contextlib.closing(engine), psycopg.connect(postgres.url, autocommit=True) as admin:
        with engine.alone(wait_s=1):
            backend = engine._db.info.backend_pid
            admin.execute("select pg_terminate_backend(%s, 5000)", [backend])

        with pytest.raises(StoreError, match="PostgreSQL database"):
            engine.size()

    again = open_engine(tmp_path, url=postgres.url, schema=schema)
    with contextlib.closing(again), again.alone(wait_s=1):
        assert again.size() == 0


def test_a_role_that_may_only_read_and_insert_is_enough_and_can_change_nothing(
    postgres: Any, schema: str
) -> None:
    with contextlib.closing(PostgresLog(postgres.url, schema=schema)) as owner:
        owner.append(b"first")
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute(f"create role {schema}_writer login".encode())
        admin.execute(f"grant usage on schema {schema} to {schema}_writer".encode())
        admin.execute(f"grant select, insert on {schema}.entry to {schema}_writer".encode())
    url = re.sub("//[a-z]+@", f"//{schema}_writer@", postgres.url)

    with contextlib.closing(PostgresLog(url, schema=schema)) as log:
        log.append_many([b"second", b"third"])
        for statement in (
            "delete from {t}",
            "update {t} set data = leaf",
            "truncate {t}",
            "alter table {t} disable trigger all",
            "drop table {t}",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                log._db.execute(statement.format(t=f"{schema}.entry"))

    assert entries(postgres.url, schema) == [b"first", b"second", b"third"]


def test_two_that_open_a_new_ledger_at_once_both_get_it(postgres: Any) -> None:
    for _ in range(5):
        name = f"hard_{next(_NUMBERS)}"
        errors: list[BaseException] = []
        barrier = threading.Barrier(4)

        def work(
            name: str = name,
            errors: list[BaseException] = errors,
            barrier: threading.Barrier = barrier,
        ) -> None:
            try:
                barrier.wait(10)
                with contextlib.closing(PostgresLog(postgres.url, schema=name)) as log:
                    log.append(b"one")
            except BaseException as error:  # noqa: BLE001 - the test looks at it
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert entries(postgres.url, name) == [b"one"] * 4


@pytest.fixture(scope="module")
def breakable(postgres: Any) -> Iterator[Any]:
    """A server that tests may break, made once."""
    folder = Path(tempfile.mkdtemp(prefix="cw-pg-"))
    server = type(postgres)(postgres._binaries, folder)
    server.stop()
    yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_server(breakable: Any) -> Iterator[Any]:
    """A server of the test's own, not started yet and stopped at its end."""
    yield breakable
    with contextlib.suppress(subprocess.CalledProcessError):
        breakable.stop()


def limited(server: Any, size: int) -> Any:
    """The same server, under a limit on the size of any file it writes."""
    other = copy.copy(server)
    other._as = [*server._as, "prlimit", f"--fsize={size}", "--"]
    return other


def test_a_full_disk_under_the_server_loses_nothing_and_goes_on_when_there_is_room(
    own_server: Any, schema: str
) -> None:
    small = limited(own_server, 18_000_000)  # a segment of its journal has 16 MiB
    small.start()
    kept = []
    with contextlib.closing(PostgresLog(small.url, schema=schema)) as log:

        def fill() -> None:
            for _ in range(40):
                data = os.urandom(1_000_000)
                log.append(data)
                kept.append(data)

        with pytest.raises(StoreError, match="could not extend file") as refused:
            fill()
        assert "what was recorded before is safe" in refused.value.advice
        assert log.size() == len(kept) > 5
    small.stop()
    own_server.start()

    with contextlib.closing(PostgresLog(own_server.url, schema=schema)) as log:
        next_index = log.append(b"room again")
        stored = list(log.read())

    assert next_index == len(kept)
    assert [one.data for one in stored] == [*kept, b"room again"]


def test_a_server_without_fsync_is_refused(own_server: Any, schema: str) -> None:
    own_server.start()
    with psycopg.connect(own_server.url, autocommit=True) as admin:
        admin.execute("alter system set fsync = off")
    own_server.stop()
    own_server.start()

    with pytest.raises(StoreError, match="fsync = off: a power cut"):
        PostgresLog(own_server.url, schema=schema)
    with psycopg.connect(own_server.url, autocommit=True) as admin:
        admin.execute("alter system reset fsync")


def test_a_server_that_is_killed_under_a_writer_keeps_every_entry_that_it_acknowledged(
    own_server: Any, schema: str
) -> None:
    own_server.start()
    script = f"""
        import sys
        from cellwarden.model.errors import StoreError
        from cellwarden.store.postgres_log import PostgresLog
        log = PostgresLog({own_server.url!r}, schema={schema!r})
        try:
            for number in range(100_000):
                print(log.append(b"entry %d" % number), flush=True)
        except StoreError as error:
            print("refused:", error, flush=True)
            sys.exit(3)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(50)]
    postmaster = int((own_server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGQUIT)  # all its processes end at once, nothing is written back
    told += child.stdout.readlines()
    child.stdout.close()
    code = child.wait()
    own_server.start()

    acknowledged = [int(line) for line in told if line.strip().isdigit()]
    with contextlib.closing(PostgresLog(own_server.url, schema=schema)) as log:
        stored = list(log.read())

    assert code == 3
    assert told[-1].startswith("refused:")
    assert acknowledged == list(range(len(acknowledged)))
    assert len(acknowledged) <= len(stored) <= len(acknowledged) + 1
    assert [one.data for one in stored] == [b"entry %d" % n for n in range(len(stored))]
    assert all(one.leaf == leaf_hash(one.data) for one in stored)

"""A real PostgreSQL server of our own, and both engines behind one name."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cellwarden.store.engines import Engine, open_engine

_NUMBERS = count()


class Server:
    """A cluster in a folder of its own that listens on a local socket only."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        # The server refuses to run as root; the package brings a user for it.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        user = "postgres" if self._as else pwd.getpwuid(os.geteuid()).pw_name
        self.url = f"postgresql://{user}@/postgres?host={folder}"
        self._run("initdb", "--auth=trust", "--no-sync", "-D", f"{folder}/data")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        log = f"{self.folder}/log"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def _run(self, name: str, *words: str) -> None:
        subprocess.run(
            [*self._as, str(self._binaries / name), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server; skipped where the package is missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or (os.geteuid() == 0 and shutil.which("runuser") is None):
        pytest.skip("needs Debian's package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="cw-pg-"))
    server = Server(found[-1].parent, folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Ledger:
    """One ledger on one engine; calling it opens it once more, as another process would."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.schema = folder, url, f"ledger_{next(_NUMBERS)}"
        self.opened: list[Engine] = []

    def __call__(self) -> Engine:
        self.opened.append(open_engine(self.folder, url=self.url, schema=self.schema))
        return self.opened[-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger on each engine in turn."""
    url = request.getfixturevalue("postgres").url if request.param == "postgresql" else ""
    ledger = Ledger(tmp_path, url)
    yield ledger
    for one in ledger.opened:
        one.close()

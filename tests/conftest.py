"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Machines are noisy, so no example has a deadline. The suite draws the same examples every time;
# `HYPOTHESIS_PROFILE=explore make test` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and suites that lies beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the shared data beside the checkout, at {folder.name}/")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Derived files of the tests lie apart from those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


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


def anyone_may_act(folder: Path) -> None:
    """Let entries of a workspace that `init` made name whoever acts, not only the operator."""
    settings = folder / "cellwarden.toml"
    before, ledger, after = settings.read_text("utf-8").partition("[ledger]")
    assert 'actors = ["operator"]' in after
    settings.write_text(before + after[after.index("[gate]") :], "utf-8")
    assert ledger


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


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """Where the running server can be reached."""
    return postgres.url

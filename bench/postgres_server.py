"""A PostgreSQL server of its own for a benchmark: Debian's package, a local socket, durable."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running() -> Iterator[str]:
    """Yield the URL of a fresh cluster with the settings that the package comes with.

    Raises:
        RuntimeError: the package is missing; says which.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("needs Debian's package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="cw-bench-pg-"))
    # The server refuses to run as root; the package brings a user for it.
    words = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if words:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    user = "postgres" if words else pwd.getpwuid(os.geteuid()).pw_name
    control = [*words, str(found[-1].with_name("pg_ctl")), "-D", f"{folder}/data", "-w"]
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"

    def call(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    try:
        call(*words, str(found[-1]), "--auth=trust", "-D", f"{folder}/data")
        call(*control, "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql://{user}@/postgres?host={folder}"
        finally:
            call(*control, "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""Measuring a process: wall time, peak memory, medians of several runs; and what the machine is."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

RUNS = 5


class Measured(NamedTuple):
    """One run: seconds of wall time, peak memory in MiB, exit code."""

    seconds: float
    peak_mib: float
    code: int


_INHERITED: Final = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
"""Nobody who uses a tool compiles it anew at each start."""


def run(
    command: Sequence[str | Path],
    *,
    stdout: Path,
    environment: Mapping[str, str] | None = None,
    allowed: Sequence[int] = (0,),
) -> Measured:
    """Run a command to its end; its output goes to a file, so that nobody's terminal is timed.

    What the run before left to be written reaches the disk first: it is not this one's to wait for.

    Raises:
        RuntimeError: it ended with a code that is not allowed; says its last words.
    """
    errors = stdout.with_suffix(".stderr")
    with stdout.open("wb") as out, errors.open("wb") as err:
        os.sync()
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
            env={**_INHERITED, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        words = errors.read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {code}:\n{words}")
    return Measured(seconds, usage.ru_maxrss / 1024, code)


def median(runs: Sequence[Measured]) -> Measured:
    """The median time, and the highest peak."""
    return Measured(
        statistics.median(one.seconds for one in runs),
        max(one.peak_mib for one in runs),
        runs[-1].code,
    )


def several(
    command: Sequence[str | Path],
    *,
    stdout: Path,
    environment: Mapping[str, str] | None = None,
    runs: int = RUNS,
) -> Measured:
    """The median of several runs of one command."""
    return median([run(command, stdout=stdout, environment=environment) for _ in range(runs)])


def machine() -> list[str]:
    """What the numbers were measured on, a line each."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    cores = len(os.sched_getaffinity(0))
    names = ("cellwarden", "duckdb", "pyarrow", "msgspec")
    return [
        f"{model}, {cores} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} at the start",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        ", ".join(f"{name} {version(name)}" for name in names),
    ]

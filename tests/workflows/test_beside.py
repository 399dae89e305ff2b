"""A process beside: it computes the same, and whatever becomes of it, the result is there."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cellwarden.workflows.beside import Beside, beside

HERE = """\
import os
from cellwarden.workflows import beside as room
from cellwarden.workflows.beside import beside
room._is_wise = lambda: len(os.listdir("/proc/self/task")) == 1  # right on one core too
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process says, which has a single thread as the command has."""
    return subprocess.run(
        [sys.executable, "-c", HERE + script],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def said(script: str) -> str:
    done = run(script)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_a_work_is_done_by_another_process() -> None:
    assert said("with beside() as b: print(b.start(os.getpid).value() != os.getpid())") == "True"


def test_without_a_process_a_work_is_done_here_when_its_result_is_asked_for() -> None:
    later = Beside().start(os.getpid)
    assert later.value() == os.getpid()


def test_a_process_with_threads_is_never_forked() -> None:
    script = (
        "import threading; stop = threading.Event(); t = threading.Thread(target=stop.wait);"
        " t.start()\n"
        "with beside() as b: print(b.start(os.getpid).value() == os.getpid())\n"
        "stop.set()"
    )
    assert said(script) == "True"


def test_results_belong_to_their_works_whatever_their_size_and_order_of_asking() -> None:
    script = (
        "from operator import mul\n"
        "with beside() as b:\n"
        "  all = [b.start(mul, 'x', n) for n in (3, 3_000_000, 0, 5)]\n"
        "  print([len(one.value()) for one in reversed(all)], len(all[1].value()))"
    )
    assert said(script) == "[5, 0, 3000000, 3] 3000000"


@pytest.mark.parametrize("size", [10, 10_000, 100_000, 2_000_000])
def test_many_large_works_never_wait_for_each_other_for_ever(size: int) -> None:
    script = (
        "from operator import mul\n"
        "with beside() as b:\n"
        f"  all = [b.start(mul, bytes({size}), n % 3) for n in range(40)]\n"
        "  print(sum(len(one.value()) for one in all))"
    )
    assert said(script) == str(39 * size)


def test_an_error_is_raised_by_who_asks_and_the_next_work_goes_on() -> None:
    script = (
        "with beside() as b:\n"
        "  bad, good = b.start(int, 'x'), b.start(len, 'abc')\n"
        "  print(good.value())\n"
        "  bad.value()"
    )
    done = run(script)
    assert done.stdout.strip() == "3"
    assert done.stderr.count("Traceback") == 1
    assert "ValueError: invalid literal for int() with base 10: 'x'" in done.stderr


def test_a_result_that_cannot_be_sent_is_worked_out_here() -> None:
    script = (
        "from threading import Lock\nwith beside() as b: print(repr(b.start(Lock).value())[:9])"
    )
    assert said(script) == "<unlocked"


def test_where_the_process_dies_its_works_are_done_here() -> None:
    script = (
        "with beside() as b:\n"
        "  b.start(os._exit, 1)\n"
        "  asked_before = b.start(len, 'ab')\n"
        "  print(asked_before.value(), b.start(len, 'abc').value())"
    )
    assert said(script) == "2 3"


@pytest.mark.parametrize("is_busy", [False, True])
def test_it_ends_with_the_one_it_stands_beside_even_by_a_kill(*, is_busy: bool) -> None:
    script = (
        "import sys, time\n"
        "with beside() as b:\n"
        "  print(b.start(os.getpid).value(), flush=True)\n"
        f"  b.start(time.sleep, {0.5 if is_busy else 0})\n"
        "  sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", HERE + script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        other = int(process.stdout.readline())
        assert other != process.pid
        process.kill()
    deadline = time.monotonic() + 30
    while _runs(other):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_block_ends_at_once_though_a_work_is_under_way() -> None:
    script = (
        "import time; start = time.monotonic()\n"
        "with beside() as b: b.start(time.sleep, 60)\n"
        "print(time.monotonic() - start < 30)"
    )
    assert said(script) == "True"


def test_here_too_the_block_can_be_used_as_the_door_does() -> None:
    with beside() as hand:
        assert hand.start(len, "abcd").value() == 4


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

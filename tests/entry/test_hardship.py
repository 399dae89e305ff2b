"""What happens to the real command when the machine is unkind."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cellwarden.entry import exits
from cellwarden.store.state import State

COMMAND = (sys.executable, "-m", "cellwarden")


@pytest.fixture
def fleet(tmp_path: Path, root: Path) -> Path:
    """A copy of the example workspace that was never scanned."""
    folder = tmp_path / "fleet"
    shutil.copytree(
        root / "examples" / "northgate", folder, ignore=shutil.ignore_patterns(".state", "reports")
    )
    return folder


def run(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env=os.environ | extra,
    )


def documents(folder: Path, count: int) -> Path:
    """Many small advisories, so that an import takes a while."""
    folder.mkdir()
    for number in range(count):
        document = {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": f"https://corvane.example/vex/{number}",
            "author": "Corvane Energy",
            "timestamp": "2026-10-01T00:00:00Z",
            "version": 1,
            "statements": [
                {
                    "vulnerability": {"name": f"CV-{number}"},
                    "products": [{"@id": f"pkg:generic/corvane/cv-{number}@1.0"}],
                    "status": "affected",
                }
            ],
        }
        (folder / f"{number:05d}.json").write_text(json.dumps(document))
    return folder


def counted(fleet: Path, kind: str) -> tuple[int, int]:
    with State(fleet / ".state") as state:
        connection = state.connect(as_of="9999")
        found = connection.execute(
            f'select count(*), count(distinct subject) from "{kind}_history"'
        ).fetchall()
        connection.close()
        assert list(state.problems()) == []
        assert list(state.partitions.pending()) == []
    return int(found[0][0]), int(found[0][1])


@pytest.mark.slow
def test_an_import_that_is_killed_at_any_moment_loses_nothing_and_doubles_nothing(
    fleet: Path, tmp_path: Path
) -> None:
    folder = documents(tmp_path / "vex", 1500)
    words = [*COMMAND, "feeds", "import", str(folder), "-w", str(fleet)]

    for wait in (0.3, 0.6, 0.9, 1.2, 1.6, 2.0):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    finished = run("feeds", "import", str(folder), "-w", str(fleet))
    again = run("feeds", "import", str(folder), "-w", str(fleet))

    assert finished.returncode == 0, finished.stderr
    assert "nothing new" in again.stdout
    assert counted(fleet, "advisory") == (1500, 1500)
    assert counted(fleet, "feed_document") == (1500, 1500)


@pytest.mark.slow
def test_two_scans_at_once_both_end_well_and_record_once(fleet: Path) -> None:
    words = [*COMMAND, "scan", str(fleet)]

    both = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outcomes = [(*process.communicate(timeout=180), process.returncode) for process in both]

    assert {code for _, _, code in outcomes} <= {0, exits.SOURCE_OR_STORE}
    assert 0 in {code for _, _, code in outcomes}
    for _, complaint, code in outcomes:
        assert "Traceback" not in complaint
        assert code == 0 or "another process is writing" in complaint
    after = run("scan", str(fleet))
    assert after.returncode == 0, after.stderr
    with State(fleet / ".state") as state:
        register = [entry.source for _, entry in state.entries() if entry.act == "register"]
        assert list(state.problems()) == []
    assert len(register) == len(set(register))


@pytest.mark.slow
def test_a_full_disk_ends_with_3_and_the_next_scan_goes_on(fleet: Path) -> None:
    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    full = subprocess.run(
        [*COMMAND, "scan", str(fleet)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        preexec_fn=small_files,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    after = run("scan", str(fleet))
    whole = run("ledger", "verify", "-w", str(fleet))

    assert full.returncode == exits.SOURCE_OR_STORE, full.stderr
    assert "Traceback" not in full.stderr
    assert "next:" in full.stderr
    assert after.returncode == 0, after.stderr
    assert whole.returncode == 0
    assert "whole:" in whole.stdout


@pytest.mark.slow
def test_a_tampered_ledger_ends_with_4_and_says_where(fleet: Path) -> None:
    assert run("scan", str(fleet)).returncode == 0
    partition = min((fleet / ".state" / "facts" / "component").glob("*.parquet"))
    partition.write_bytes(partition.read_bytes()[:-20] + b"x" * 20)

    done = run("ledger", "verify", "-w", str(fleet))

    assert done.returncode == exits.INTEGRITY
    assert partition.name in done.stderr
    assert "component" in done.stderr


@pytest.mark.slow
def test_results_go_to_stdout_without_colour_and_messages_to_stderr(fleet: Path) -> None:
    done = run("scan", str(fleet), "--fail-on", "critical", FORCE_COLOR="1")

    assert done.returncode == exits.GATE_FAILED
    assert "\x1b[" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "report:" not in line) <= 80
    assert done.stderr.startswith("gate: --fail-on critical:")


@pytest.mark.slow
def test_every_format_is_written_and_names_the_age_of_the_data(fleet: Path) -> None:
    formats = ("sarif", "csv", "exposures-csv", "markdown", "cyclonedx", "openvex")
    words = [word for name in formats for word in ("--format", name)]

    done = run("scan", str(fleet), *words)

    written = [line.partition(": ")[2] for line in done.stdout.splitlines() if "report:" in line]
    assert done.returncode == 0, done.stderr
    assert len(written) == len(formats) + 2
    for name in written:
        assert "2024-10-09" in Path(name).read_text("utf-8"), name


@pytest.mark.slow
def test_today_explain_diff_blast_and_report_speak_of_the_kept_run(fleet: Path) -> None:
    assert run("scan", str(fleet)).returncode == 0
    report = json.loads(run("report", str(fleet), "--format", "json").stdout)
    first = report["findings"][0]

    today = run("today", str(fleet))
    explained = run("explain", first["id"], "-w", str(fleet))
    blast = run("blast", "CVE-2023-46604", "-w", str(fleet))
    same = run("diff", report["run"]["id"], report["run"]["id"], "-w", str(fleet))
    nobody = run("explain", "ffffffffffff", "-w", str(fleet))

    for role in ("Security", "Facilities", "Procurement", "Auditor"):
        assert role in today.stdout
    assert first["evidence"][0] in explained.stdout
    assert "NG1" in blast.stdout
    assert "Nothing changed" in same.stdout
    assert nobody.returncode == exits.CANNOT_USE
    assert "no finding" in nobody.stderr


@pytest.mark.slow
def test_a_policy_that_names_what_does_not_exist_is_refused(fleet: Path, tmp_path: Path) -> None:
    policy = tmp_path / "gate.toml"
    policy.write_text('[[rule]]\nbecause = "typing error"\nchecks = ["deadline-pased"]\n')

    done = run("scan", str(fleet), "--policy", str(policy))

    assert done.returncode == exits.CANNOT_USE
    assert "deadline-pased" in done.stderr


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error(fleet: Path) -> None:
    line = f"set -o pipefail; {' '.join(COMMAND)} scan {fleet} | head -1"

    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=False, timeout=180
    )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_lost_partition_stops_the_next_scan_with_4(fleet: Path) -> None:
    assert run("scan", str(fleet)).returncode == 0
    for path in (fleet / ".state" / "facts" / "window").glob("*.parquet"):
        path.unlink()

    done = run("scan", str(fleet))

    assert done.returncode == exits.INTEGRITY
    assert "window rows of entry" in done.stderr
    assert "\\n" not in done.stderr


@pytest.mark.slow
def test_the_readme_shows_what_the_example_says(fleet: Path, root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    sample = readme.partition("<!-- sample -->")[2].split("```")[1].strip().splitlines()

    shown = run("scan", str(fleet)).stdout.splitlines()

    assert len(sample) > 20
    for line in sample[1:17]:
        assert line in shown, line

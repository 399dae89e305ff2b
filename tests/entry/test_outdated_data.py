"""What the real command ends with where its data is older than policy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "cellwarden")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A small workspace whose one advisory is old on the day that scans speak for."""
    folder = tmp_path / "fleet"
    subprocess.run([*COMMAND, "init", str(folder), "--operator", "Northgate"], check=True)
    settings = (folder / "cellwarden.toml").read_text()
    dated = settings.replace('# as_of = "2026-11-16" ', 'as_of = "2026-11-16" ')
    (folder / "cellwarden.toml").write_text(dated)
    (folder / "register" / "components.csv").write_text(
        "component_id,manufacturer,model,firmware\nC1,Corvane,CV-1,1.0\n"
    )
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://corvane.example/vex/1",
        "author": "Corvane Energy",
        "timestamp": "2026-08-01T00:00:00Z",
        "version": 1,
        "statements": [
            {
                "vulnerability": {"name": "CV-1"},
                "products": [{"@id": "pkg:generic/other/product@1.0"}],
                "status": "affected",
            }
        ],
    }
    (folder / "advisories" / "1.json").write_text(json.dumps(document))
    return folder


def scan(fleet: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "scan", str(fleet), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_a_scan_on_advisories_older_than_policy_ends_with_3_and_writes_its_report(
    fleet: Path,
) -> None:
    done = scan(fleet)

    assert done.returncode == 3
    assert "advisories data is 107 days old" in done.stderr
    assert "feeds.required" in done.stderr
    assert "report: " in done.stdout


def test_a_failed_gate_on_old_advisories_ends_with_3_and_tells_both_once(fleet: Path) -> None:
    done = scan(fleet, "--fail-on", "unknown", "--fail-on", "high")

    assert done.returncode == 3
    assert "gate: --fail-on unknown" in done.stderr
    assert done.stderr.count("107 days old") == 1


def test_what_is_not_required_may_be_old(fleet: Path) -> None:
    settings = fleet / "cellwarden.toml"
    settings.write_text(settings.read_text().replace('required = ["advisories"]', "required = []"))

    done = scan(fleet)

    assert done.returncode == 0
    assert "STALE" in done.stdout

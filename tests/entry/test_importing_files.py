"""Several files for `register import`, a folder, and a rule about a site that nobody named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cellwarden", *words],
        capture_output=True, text=True, check=False, timeout=120, cwd=folder,
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with two lists and a workspace."""
    run(tmp_path, "init", "fleet", "--operator", "Northgate")
    for name, asset in (("harrow", "U1"), ("leiden", "U2")):
        (tmp_path / f"{name}.csv").write_text(
            f"Asset,Vendor,Model,Serial no.,FW\n{asset},APC,AP7902B,0{asset},v6.7.2\n", "utf-8"
        )
    return tmp_path


def test_several_files_come_into_the_register_at_once(desk: Path) -> None:
    dry = run(desk, "register", "import", "harrow.csv", "leiden.csv", "--dry-run", "-w", "fleet")
    done = run(desk, "register", "import", "harrow.csv", "leiden.csv", "-w", "fleet")

    assert dry.returncode == done.returncode == 0
    assert "the files go into the register" in dry.stderr
    assert dry.stdout.count("1 component") == 2
    register = desk / "fleet" / "register"
    assert (register / "harrow.csv").exists()
    assert (register / "leiden.csv").exists()


def test_one_mapping_for_several_files_is_refused_before_anything_is_written(desk: Path) -> None:
    run(desk, "register", "import", "harrow.csv", "-w", "fleet")
    mapping = "fleet/register/harrow.csv.mapping.toml"

    done = run(
        desk, "register", "import", "leiden.csv", "harrow.csv", "--mapping", mapping, "-w", "fleet"
    )

    assert done.returncode == 2
    assert "is the mapping of one file, and 2 are named" in done.stderr
    assert not (desk / "fleet" / "register" / "leiden.csv").exists()


def test_a_folder_is_told_to_be_one(desk: Path) -> None:
    done = run(desk, "register", "import", "fleet", "-w", "fleet")

    assert done.returncode == 2
    assert "fleet is a folder" in done.stderr
    assert "name the files in it" in done.stderr


def test_a_rule_about_a_site_of_a_register_without_sites_is_told_so(desk: Path) -> None:
    run(desk, "register", "import", "harrow.csv", "-w", "fleet")
    rule = '[[rule]]\nbecause = "calm"\nseverity = "high"\nsites = ["NG9"]\n'
    (desk / "gate.toml").write_text(rule, "utf-8")

    done = run(desk, "scan", "fleet", "--policy", "gate.toml")

    assert "names the site 'NG9', which does not exist" in done.stderr
    assert "correct the name; the register names no site" in done.stderr

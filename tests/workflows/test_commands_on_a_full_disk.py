"""Commands that record, erase or hand out on a disk that fills up: it is said, nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workflows import test_retention_runs
from tests.workflows.test_retention_runs import NAME

from cellwarden.entry import exits
from cellwarden.entry.cli import run

prepared = test_retention_runs.prepared
FREE_KIB = (0, 16, 56, 72, 96, 160)
"""From nothing left to nearly enough: the ledger's own file, its journal, a pack, a register."""


class Disk:
    """A small disk of its own in memory, whose size can be set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount("-t", "tmpfs", "-o", "size=64m", "tmpfs")

    def fill(self, free_kib: int) -> None:
        """Leave so much free, and no more."""
        used = shutil.disk_usage(self.folder).used // 1024
        # Sizes are counted in pages; none at all would mean half of the memory.
        self._mount("-o", f"remount,size={used + free_kib}k")

    def make_room(self) -> None:
        self._mount("-o", "remount,size=64m")

    def remove(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def _mount(self, *words: str) -> None:
        done = subprocess.run(
            ["mount", *words, str(self.folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"needs the right to mount a small disk: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs the right to mount a small disk")
    made = Disk(tmp_path / "small")
    yield made
    made.remove()


@pytest.fixture(scope="module")
def signed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet of retention's tests with a key, and an auditor's key beside it."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("signed") / "fleet"))
    words = ["-w", str(folder)]
    register = folder / "register"
    (register / "sites.csv").write_text("site_id,name\nS1,One\n", "utf-8")
    (register / "assets.csv").write_text("asset_id,site_id,name,kind\nU1,S1,One,ups\n", "utf-8")
    test_retention_runs.scan(folder)
    assert run(["ledger", "init", "--origin", "t.example/l", *words]) == 0
    assert run(["ledger", "checkpoint", "--out", str(folder / "one.checkpoint"), *words]) == 0
    assert run(["ledger", "key", str(folder / "auditor.key"), "--name", "auditor.example"]) == 0
    (folder / "paper.txt").write_text("a paper", "utf-8")
    (register / "tickets.csv").unlink()
    return folder


def command(name: str, folder: Path) -> list[str]:
    """A command by its name, as somebody types it."""
    words = ["-w", str(folder)]
    about = ["--about-kind", "site", "--about", "S1", "--retention", "report", "--id", "ADDED"]
    kept = ["--type", "report", "--grade", "documented", "--from", "mail", *about]
    wiped = ["component_id=U1/card", "media=flash", "method=destroy", "technique=shredded"]
    wiped += ["tool=mill", "done_on=2026-11-09", "result=passed", "operator=A", "verifier=B"]
    log = next(iter((folder / "keys").read_text("utf-8").splitlines()))
    cosigned = ["--key", str(folder / "auditor.key"), "--log", log]
    cosigned += ["--out", str(folder / "two.checkpoint")]
    asked = ["--value", NAME, "--reason", "left", "--approver", "legal"]
    return {
        "document": ["document", "add", str(folder / "paper.txt"), *kept, *words],
        "retire": ["retire", "record", "wipe", "U1", *wiped, *words],
        "redact": ["ledger", "redact", *asked, *words],
        "retention": ["retention", "run", "--approver", "legal", *words],
        "pack": ["evidence", "pack", str(folder / "out.zip"), *words],
        "export": ["ledger", "export", str(folder / "ledger.zip"), *words],
        "cosign": ["ledger", "cosign", str(folder / "one.checkpoint"), *cosigned],
    }[name]


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(".pending")]


@pytest.mark.parametrize(
    "name", ["document", "retire", "redact", "retention", "pack", "export", "cosign"]
)
def test_a_full_disk_is_said_with_its_place_loses_nothing_and_can_be_run_again(
    name: str, signed: Path, disk: Disk, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = []
    for free in FREE_KIB:
        folder = Path(shutil.copytree(signed, disk.folder / f"fleet-{free}"))
        keys = run(["ledger", "verify", "-w", str(folder)])
        told = capsys.readouterr().out
        line = next(one for one in told.splitlines() if one.startswith("key:"))
        (folder / "keys").write_text(line.split()[-1] + "\n", "utf-8")
        words = command(name, folder)

        disk.fill(free)
        codes.append(run(words))
        said = capsys.readouterr().err
        disk.make_room()

        assert keys == 0
        assert codes[-1] in {exits.COMPLETE, exits.SOURCE_OR_STORE}, said
        if codes[-1]:
            assert str(folder) in said
            assert "next: " in said
            assert "Traceback" not in said
            checked = run(["ledger", "verify", "-w", str(folder)])
            complaint = capsys.readouterr().err
            assert checked == 0 or "--resume" in complaint, complaint
            again = run(words)
            assert again == 0, capsys.readouterr().err
        assert run(["ledger", "verify", "-w", str(folder)]) == 0
        capsys.readouterr()
        assert not leftovers(folder)
        if name == "redact":
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert not [path for path in files if NAME.encode() in path.read_bytes()]
        shutil.rmtree(folder)
    assert codes[0] == exits.SOURCE_OR_STORE, "no room at all"

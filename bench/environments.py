"""Environments of their own for the tools that we compare ourselves with."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
SHARED = ROOT.parent / "shared"
OURS = Path(sys.executable)
CELLWARDEN = OURS.with_name("cellwarden")


def peer(name: str) -> Path:
    """The Python of a peer's environment, made from its hash-locked requirements if need be."""
    locked = ROOT / "requirements" / f"bench-{name}.txt"
    folder = WORK / name
    python = folder / "bin" / "python"
    stamp = folder / "locked.sha256"
    digest = hashlib.sha256(locked.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text("utf-8") == digest:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = ["-m", "pip", "install", "-qqq", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([python, *install, "-r", locked], check=True)
    stamp.write_text(digest, "utf-8")
    return python


def scratch(name: str) -> Path:
    """A folder for what one benchmark makes."""
    folder = WORK / "work" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder

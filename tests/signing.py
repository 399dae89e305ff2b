"""Providers who sign with the real GnuPG, in a home of their own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


class Signer:
    """A provider's key, and one that nobody was told about."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def gpg(self, *words: str, data: bytes = b"") -> bytes:
        command = ("gpg", "--homedir", str(self._home), "--batch", "--quiet", "--pinentry-mode")
        return subprocess.run(
            (*command, "loopback", "--passphrase", "", *words),
            input=data,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout

    def make(self, name: str, expires: str = "never") -> None:
        self.gpg("--quick-generate-key", name, "ed25519", "sign", expires)

    def sign(self, name: str, data: bytes) -> bytes:
        return self.gpg("--local-user", name, "--armor", "--detach-sign", data=data)

    def key(self, name: str) -> bytes:
        return self.gpg("--armor", "--export", name)


@contextlib.contextmanager
def signing() -> Iterator[Signer]:
    """Two providers who can sign; the test is skipped where there is no GnuPG."""
    if shutil.which("gpg") is None or shutil.which("gpgv") is None:
        pytest.skip("needs the Debian package gnupg")
    # A socket of the agent lies in the home, and its path may have no more than 107 characters.
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        made = Signer(Path(home))
        made.make("psirt@corvane.example")
        made.make("stranger@corvane.example")
        yield made
        if shutil.which("gpgconf"):
            subprocess.run(("gpgconf", "--homedir", home, "--kill", "all"), check=False, timeout=60)

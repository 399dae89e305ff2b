"""RFC 3161 tokens travel in a pack: named as not checked, with the command that checks them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from tests.conftest import anyone_may_act
from tests.evidence.conftest import complaint, export, files_of, resealed
from tests.workflows.test_timestamps import Tsa

from cellwarden.entry.cli import run
from cellwarden.reports.evidence import verify
from cellwarden.workflows.evidence.evidence_pack import Wanted
from cellwarden.workflows.ledger import timestamps
from cellwarden.workflows.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    if shutil.which("openssl") is None:
        pytest.skip("needs Debian's package openssl")
    return Tsa(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def stamped(authority: Tsa, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A ledger whose newest checkpoint carries a token of a real authority."""
    folder = tmp_path_factory.mktemp("stamped") / "fleet"
    words = ["-w", str(folder)]
    assert run(["init", str(folder), "--operator", "T"]) == 0
    anyone_may_act(folder)
    assert run(["ledger", "init", "--origin", "t.example/l", *words]) == 0
    assert run(["ledger", "checkpoint", *words]) == 0
    workspace = open_workspace(folder)
    request, _ = timestamps.make_request(workspace)
    timestamps.keep_response(workspace, authority.answer(request))
    return workspace


def test_a_token_goes_along_and_the_printed_command_checks_it(
    stamped: Workspace, authority: Tsa, tmp_path: Path
) -> None:
    target = tmp_path / "stamped.zip"
    done = export(stamped, target, Wanted())
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(target) as opened:
        opened.extractall(folder)

    verdict, report = verify.verify(str(target), [done.keys[0].fingerprint])
    told = [words for label, words in report if label == "NOT CHECKED"]
    command = shlex.split(told[0].removeprefix("RFC 3161: "))
    command[command.index("ROOT.pem")] = str(authority.folder / "root.pem")
    checked = subprocess.run(
        [*command, "-untrusted", str(authority.folder / "tsa.pem")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert verdict == "verified"
    assert len(told) == 1
    assert checked.returncode == 0, checked.stderr
    assert "Verification: OK" in checked.stdout + checked.stderr


def test_a_text_beside_the_token_that_is_not_the_checkpoints_is_refused(
    stamped: Workspace, tmp_path: Path
) -> None:
    target = tmp_path / "again.zip"
    export(stamped, target, Wanted())
    files = files_of(target.read_bytes())

    said = complaint(resealed(files | {"checkpoint.txt": b"another\n"}), tmp_path)

    assert "checkpoint.txt: is not the text of checkpoint.note" in said


def test_a_pack_made_after_the_stamp_was_outgrown_carries_no_token(
    stamped: Workspace, tmp_path: Path
) -> None:
    export(stamped, tmp_path / "first.zip", Wanted())
    export(stamped, tmp_path / "second.zip", Wanted())

    names = files_of((tmp_path / "second.zip").read_bytes())

    assert not any(name.startswith("timestamps/") for name in names)

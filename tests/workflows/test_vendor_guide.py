"""The guide for buyers shows what the example says, line by line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from cellwarden.entry.cli import whole_app
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.workspace import Workspace

GUIDE: Final = Path(__file__).parents[2] / "docs" / "vendors.md"


def shown() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commands of the guide that are followed by what they print, with these lines."""
    for block in re.findall(r"```\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        for told in re.split(r"^ *\$ cellwarden ", block, flags=re.MULTILINE)[1:]:
            command, *lines = told.splitlines()
            kept = tuple(line.strip() for line in lines if line.strip() not in {"", "..."})
            if kept:
                yield command, kept


@pytest.mark.parametrize(("command", "lines"), list(shown()), ids=[one for one, _ in shown()])
def test_what_the_guide_shows_is_what_the_example_prints(
    northgate: Workspace,
    scanned: ScanOutcome,
    command: str,
    lines: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert scanned.report.findings
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(northgate.folder)
    words = [
        name
        for word in shlex.split(command)
        for name in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
    ]

    done = CliRunner().invoke(whole_app(), words)

    assert done.exit_code == 0, done.output
    printed = {line.strip() for line in done.stdout.splitlines()}
    assert [line for line in lines if line not in printed] == []


def test_the_guide_quotes_findings_of_the_example(scanned: ScanOutcome) -> None:
    text = " ".join(GUIDE.read_text("utf-8").split())
    quoted = {"lei-record-differs", "lei-not-in-force"}

    said = {
        finding.check: finding.because
        for finding in scanned.report.findings
        if finding.check in quoted and finding.because in text
    }

    assert said.keys() == quoted

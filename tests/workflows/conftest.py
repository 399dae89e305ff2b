"""The example fleet, scanned once for all tests that look at it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cellwarden.workflows.fleet.scan import ScanOutcome, scan
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def northgate(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the example workspace, without anything derived."""
    folder = tmp_path_factory.mktemp("example") / "northgate"
    shutil.copytree(
        root / "examples" / "northgate", folder, ignore=shutil.ignore_patterns(".state", "reports")
    )
    return open_workspace(folder)


@pytest.fixture(scope="session")
def scanned(northgate: Workspace) -> ScanOutcome:
    """The first scan of the example."""
    return scan(northgate, now=NOW, actor="tester", asked_as_of=None, progress=quiet)

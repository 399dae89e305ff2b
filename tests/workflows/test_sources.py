"""Configured feeds that are absent, empty, unreadable or older than policy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.report import FeedAge
from cellwarden.workflows.advisory.feeds import import_feeds
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.fleet.sources import import_configured, outdated
from cellwarden.workflows.workspace import Workspace, open_workspace

AT = "2026-11-16T06:00:00.000000Z"


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def advisory(folder: Path, name: str = "1.json", at: str = "2026-11-10T00:00:00Z") -> Path:
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"https://corvane.example/vex/{folder.name}/{name}",
        "author": "Corvane Energy",
        "timestamp": at,
        "version": 1,
        "statements": [
            {
                "vulnerability": {"name": "CV-1"},
                "products": [{"@id": "pkg:generic/corvane/cv-1@1.0"}],
                "status": "affected",
            }
        ],
    }
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace with two configured feed folders, both empty."""
    folder = tmp_path / "fleet"
    init_workspace(folder, operator="Northgate")
    settings = folder / "cellwarden.toml"
    text = settings.read_text().replace('["advisories"]', '["advisories", "more"]', 1)
    settings.write_text(text)
    (folder / "more").mkdir()
    return open_workspace(folder)


def taken_in(workspace: Workspace) -> list[str]:
    with workspace.open_state() as state:
        problems = import_configured(workspace, state, clock_at=AT, actor="tester", progress=quiet)
    return [str(problem) for problem in problems]


def test_empty_folders_and_no_advisory_anywhere_is_an_error(workspace: Workspace) -> None:
    with pytest.raises(SourceError, match="no advisory has ever been imported"):
        taken_in(workspace)


def test_a_folder_that_was_always_empty_is_fine_where_advisories_came_otherwise(
    workspace: Workspace, tmp_path: Path
) -> None:
    with workspace.open_state() as state:
        import_feeds(
            state, [advisory(tmp_path / "usb")], clock_at=AT, actor="tester", progress=quiet
        )

    assert taken_in(workspace) == []


def test_a_folder_that_gave_advisories_and_is_empty_now_is_told(workspace: Workspace) -> None:
    document = advisory(workspace.folder / "more")
    assert taken_in(workspace) == []
    document.unlink()

    [problem] = taken_in(workspace)

    assert "gave advisories before and is empty now" in problem


def test_a_folder_that_is_gone_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    advisory(workspace.folder / "more")
    shutil.rmtree(workspace.folder / "advisories")

    [problem] = taken_in(workspace)

    assert "advisories is configured under feeds.paths and does not exist" in problem


def test_a_wholly_unreadable_folder_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    advisory(workspace.folder / "more")
    (workspace.folder / "advisories" / "broken.json").write_text("{")

    [problem] = taken_in(workspace)

    assert "nothing in advisories could be read as an advisory" in problem
    with workspace.open_state() as state:
        assert any(entry.act == "feeds" for _, entry in state.entries())


def age(feed: str, *, documents: int = 1, days: int | None = 3, is_stale: bool = False) -> FeedAge:
    return FeedAge(
        feed=feed,
        documents=documents,
        newest_at=AT,
        imported_at=AT,
        age_days=days,
        is_stale=is_stale,
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (age("advisories", documents=0, days=None, is_stale=True), "never imported"),
        (age("advisories", days=31, is_stale=True), "31 days old"),
        (age("advisories", days=None, is_stale=True), "of unknown age"),
    ],
)
def test_a_required_feed_that_is_absent_or_too_old_is_told(found: FeedAge, words: str) -> None:
    [problem] = outdated(["advisories"], [found, age("ssvc", days=768, is_stale=True)])

    assert words in str(problem)
    assert "feeds.required" in problem.advice


def test_a_fresh_required_feed_and_a_stale_optional_one_end_nothing() -> None:
    assert outdated(["advisories"], [age("advisories"), age("ssvc", is_stale=True)]) == ()


def test_a_required_feed_without_a_limit_is_refused(workspace: Workspace) -> None:
    settings = workspace.folder / "cellwarden.toml"
    settings.write_text(settings.read_text().replace('required = ["adv', 'required = ["adz", "adv'))

    with pytest.raises(InputError, match="names 'adz'"):
        open_workspace(workspace.folder)

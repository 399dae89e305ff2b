"""Configured feeds that are absent, empty, unreadable or older than policy."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import msgspec
import pytest
from tests.conftest import anyone_may_act

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError, IntegrityError
from cellwarden.model.report import Coverage, FeedAge
from cellwarden.workflows.advisory.feeds import import_feeds
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.fleet.sources import import_configured, nothing_registered, outdated
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
    anyone_may_act(folder)
    settings = folder / "cellwarden.toml"
    text = settings.read_text().replace('["advisories"]', '["advisories", "more"]', 1)
    settings.write_text(text)
    (folder / "more").mkdir()
    return open_workspace(folder)


def taken_in(workspace: Workspace) -> list[str]:
    with workspace.open_state() as state:
        problems = import_configured(workspace, state, clock_at=AT, actor="tester", progress=quiet)
    return [str(problem) for problem in problems]


def test_empty_folders_and_no_advisory_anywhere_is_told(workspace: Workspace) -> None:
    [problem] = taken_in(workspace)

    assert "no advisory has ever been imported" in problem


def test_a_folder_that_is_gone_is_told_instead_where_it_is_why_nothing_is_known(
    workspace: Workspace,
) -> None:
    shutil.rmtree(workspace.folder / "more")

    [problem] = taken_in(workspace)

    assert "more is configured under feeds.paths and does not exist" in problem


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


def test_a_folder_of_the_same_name_that_somebody_imports_by_hand_is_no_folder_of_ours(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "usb").mkdir()
    with workspace.open_state() as state:
        import_feeds(
            state,
            [advisory(tmp_path / "usb" / "advisories").parent],
            clock_at=AT,
            actor="tester",
            progress=quiet,
        )

    assert taken_in(workspace) == []


@pytest.mark.parametrize(
    ("assets", "components", "words"),
    [(0, 0, "no asset and no component"), (3, 0, "3 assets and not one component"), (3, 1, "")],
)
def test_a_register_without_parts_is_told(assets: int, components: int, words: str) -> None:
    measured: dict[str, object] = dict(dict.fromkeys(Coverage.__struct_fields__, 0))
    measured |= {"assets": assets, "components": components, "verdicts": {}, "match_states": {}}
    coverage = msgspec.convert(measured, Coverage)

    told = nothing_registered(coverage)

    assert (words in str(told)) if words else told is None


def test_a_folder_that_is_gone_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    advisory(workspace.folder / "more")
    shutil.rmtree(workspace.folder / "advisories")

    [problem] = taken_in(workspace)

    assert "advisories is configured under feeds.paths and does not exist" in problem


def test_a_wholly_unreadable_folder_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    advisory(workspace.folder / "more")
    (workspace.folder / "advisories" / "broken.json").write_text("{")

    [problem] = taken_in(workspace)

    assert "nothing in advisories (feeds.paths) could be read as an advisory" in problem
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


def with_digest(document: Path, digest: str = "") -> Path:
    stated = digest or hashlib.sha256(document.read_bytes()).hexdigest()
    document.with_name(f"{document.name}.sha256").write_text(f"{stated}  {document.name}\n")
    return document


def test_a_document_that_its_digest_contradicts_ends_with_4_and_the_others_are_read(
    workspace: Workspace,
) -> None:
    folder = workspace.folder / "advisories"
    with_digest(advisory(folder, "good.json"))
    with_digest(advisory(folder, "bad.json"), "0" * 64)

    with workspace.open_state() as state:
        [problem] = import_configured(workspace, state, clock_at=AT, actor="tester", progress=quiet)
        connection = state.connect(as_of=AT)
        checks = connection.sql("select name, digests, signature from feed_check").fetchall()
        unread = connection.sql("select file, reason from unreadable").fetchall()
        connection.close()

    assert isinstance(problem, IntegrityError)
    assert "advisories/bad.json" in str(problem)
    assert "fetch the document" in problem.advice
    assert checks == [("advisories/good.json", "sha256", None)]
    assert [file for file, _ in unread] == ["advisories/bad.json"]


def test_a_contradicted_document_of_a_feed_that_is_not_required_ends_nothing(
    workspace: Workspace,
) -> None:
    folder = workspace.folder / "advisories"
    advisory(folder, "good.json")
    listing = folder / "kev.json"
    listing.write_text('{"catalogVersion": "2026.01.02", "count": 0, "vulnerabilities": []}')
    with_digest(listing, "0" * 64)

    assert taken_in(workspace) == []


def test_import_says_what_is_confirmed_what_is_unchecked_and_what_is_refused(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "usb"
    with_digest(advisory(folder, "good.json"))
    with_digest(advisory(folder, "bad.json"), "0" * 64)
    (folder / "good.json.asc").write_text("-----BEGIN PGP SIGNATURE-----")

    code = run(["feeds", "import", str(folder), "--workspace", str(workspace.folder)])

    said = capsys.readouterr()
    assert code == 4
    assert "1 documents imported" in said.out
    assert "1 document agreed with the digest files beside them" in said.err
    assert "signed, not checked" in said.err
    assert "usb/bad.json was not imported" in said.err

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from tests.conftest import anyone_may_act

from cellwarden.entry.cli import run, whole_app
from cellwarden.model.errors import InputError
from cellwarden.workflows.workspace import open_workspace

NOW = datetime(2026, 11, 20, tzinfo=UTC)

SPEAKS_OF_NO_MOMENT = {
    "init": "makes a workspace",
    "scan": "records what is new, so it knows all of it; it takes --as-of",
    "diff": "names two kept runs",
    "register import": "records",
    "retire start": "records",
    "retire record": "records",
    "retire close": "records",
    "exception add": "records",
    "exception review": "records",
    "risk add": "records",
    "incident open": "records",
    "incident notice": "records",
    "incident close": "records",
    "register kinds": "reads no ledger",
    "feeds import": "records",
    "feeds sync": "records",
    "feeds correct": "records",
    "match confirm": "records",
    "vendor identify": "records",
    "vendor import-gleif": "records",
    "register template": "writes a file",
    "match reject": "records",
    "match withdraw": "records",
    "checks list": "reads check files",
    "checks show": "reads check files",
    "checks pages": "reads check files",
    "ledger init": "makes a key",
    "ledger rotate": "records",
    "ledger checkpoint": "signs the whole ledger",
    "ledger export": "moves the whole ledger",
    "ledger import": "records",
    "ledger keep": "keeps a file",
    "ledger key": "makes a key",
    "ledger cosign": "reads files of others",
    "ledger check": "reads files of others",
    "ledger redact": "erases",
    "document add": "records",
    "document replace": "records",
    "retention hold": "records",
    "retention lift": "records",
    "ledger timestamp": "stamps the newest checkpoint",
    "ledger verify": "recomputes everything",
    "ledger prove": "proves against the newest checkpoint",
    "ledger growth": "takes the checkpoint to start from",
    "comply list": "reads what is shipped",
    "comply show": "reads what is shipped",
    "vendor contract breach": "records",
    "vendor contract done": "records",
    "vendor contract clause": "records",
    "vendor contract add": "records",
    "vendor review": "records",
    "vendor receive": "records",
    "vendor questionnaire": "records",
    "evidence pack": "records; it takes --as-of, and knows what its checkpoint covers",
    "evidence verify": "reads files of others",
    "vendor screen": "reads the files that are given, or records",
    "vendor clear": "records",
    "vendor confirm": "records",
}
"""Why a command takes no moment; every other one does."""

SPEAKS_OF_ENTRIES = {"ledger list", "ledger show"}
"""What was recorded has a time of recording only: they take --known-at alone."""


def commands() -> Iterator[tuple[str, set[str]]]:
    """Every command by its words, with its long options."""
    root = typer.main.get_command(whole_app())
    pending = [("", root)]
    while pending:
        words, command = pending.pop()
        inner = getattr(command, "commands", None)
        if inner:
            pending += [(f"{words} {name}".strip(), one) for name, one in inner.items()]
            if not getattr(command, "invoke_without_command", False) or not words:
                continue
        yield words, {option for one in command.params for option in one.opts}


def test_every_reading_command_can_be_asked_about_another_moment() -> None:
    for words, options in commands():
        if words in SPEAKS_OF_ENTRIES:
            assert "--known-at" in options, words
        elif words not in SPEAKS_OF_NO_MOMENT:
            assert {"--as-of", "--known-at"} <= options, words


def test_no_command_is_excused_that_does_not_exist() -> None:
    known = {words for words, _ in commands()}

    assert known >= (SPEAKS_OF_NO_MOMENT.keys() | SPEAKS_OF_ENTRIES)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose UPS was installed in January and entered in the register after a first scan."""
    folder = tmp_path_factory.mktemp("moments") / "fleet"
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    anyone_may_act(folder)
    for template in (folder / "register").iterdir():
        template.unlink()
    (folder / "register/sites.csv").write_text("site_id,name\nS1,One\n", "utf-8")
    (folder / "register/declarations.csv").write_text(
        "about,site_id,declared_by,declared_on,valid_days\nasset,S1,tester,2026-11-01,90\n", "utf-8"
    )
    advisory = '{"vulnerabilities": [], "title": "x", "catalogVersion": "1", "count": 0, '
    advisory += '"dateReleased": "2026-11-01T00:00:00Z"}'
    (folder / "advisories/kev.json").write_text(advisory, "utf-8")
    assert run(["scan", str(folder), "--as-of", "2026-11-10"]) in {0, 3}
    (folder / "register/assets.csv").write_text(
        "asset_id,site_id,manufacturer,model,installed_on\nU1,S1,Maker,M1,2026-01-05\n", "utf-8"
    )
    assert run(["scan", str(folder), "--as-of", "2026-11-10"]) in {0, 3}
    return folder


def test_what_was_known_then_leaves_out_what_was_recorded_later(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = open_workspace(fleet)
    with opened.open_state() as state:
        size = state.log.size()
    capsys.readouterr()

    assert run(["report", str(fleet), "--format", "markdown", "--as-of", "2026-11-10"]) == 0
    now_known = capsys.readouterr().out
    words = ["report", str(fleet), "--format", "markdown", "--as-of", "2026-11-10", "--known-at"]
    assert run([*words, str(size - 1)]) == 0
    known_before = capsys.readouterr().out

    assert "1 asset" in now_known
    assert "0 assets" in known_before


def test_a_look_at_another_moment_records_and_keeps_nothing(fleet: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (fleet / ".state").rglob("*.json")}
    with open_workspace(fleet).open_state() as state:
        root = state.root()

    assert run(["today", str(fleet), "--as-of", "2026-02-01", "--known-at", "1"]) == 0

    with open_workspace(fleet).open_state() as state:
        assert state.root() == root
    assert {p: p.stat().st_mtime_ns for p in (fleet / ".state").rglob("*.json")} == before


def test_a_size_in_words_of_time_counts_what_was_recorded_by_then(fleet: Path) -> None:
    opened = open_workspace(fleet)
    with opened.open_state() as state:
        times = [entry.recorded_at for _, entry in state.entries()]
        size = state.log.size()

    assert opened.moment(NOW, known_at=times[0]).known_at == times.count(times[0]) < size
    assert opened.moment(NOW, known_at="2001-01-01").known_at == 0
    assert opened.moment(NOW, known_at="2999-01-01").known_at == size
    assert opened.moment(NOW).known_at is None


@pytest.mark.parametrize("word", ["yesterday", "-1", "2026-13-01", "99999"])
def test_a_moment_that_cannot_be_is_refused_with_the_next_step(fleet: Path, word: str) -> None:
    with pytest.raises(InputError) as caught:
        open_workspace(fleet).moment(NOW, known_at=word)

    assert caught.value.advice


def test_before_anything_was_known_nothing_is_green(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert run(["report", str(fleet), "--format", "json", "--known-at", "0"]) == 0

    text = capsys.readouterr().out
    assert '"pass":0' in text.replace(" ", "")


def test_a_kept_run_and_another_moment_exclude_each_other(fleet: Path) -> None:
    assert run(["report", str(fleet), "--run", "2026", "--as-of", "2026-11-10"]) == 2

"""Entries that name pseudonyms alone, and the names behind them, which can be erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.entry.cli import run
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

NAME = "Wilhelmina Oduya-Strand"


@pytest.fixture
def house(tmp_path: Path) -> Workspace:
    """A workspace whose ledger may name two pseudonyms, one of them of a person on record."""
    folder = tmp_path / "fleet"
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    settings = folder / "cellwarden.toml"
    text = settings.read_text("utf-8") + '\n[ledger]\nactors = ["op-7", "scanner"]\n'
    settings.write_text(text, "utf-8")
    register = folder / "register"
    for template in register.iterdir():
        template.unlink()
    (register / "sites.csv").write_text("site_id,name\nS1,One\n", "utf-8")
    (register / "actors.csv").write_text(f"actor_id,name,role\nop-7,{NAME},shift lead\n", "utf-8")
    kev = '{"title": "x", "catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z",'
    (folder / "advisories" / "kev.json").write_text(
        kev + ' "count": 0, "vulnerabilities": []}', "utf-8"
    )
    return open_workspace(folder)


def test_who_is_no_pseudonym_records_nothing(
    house: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", str(house.folder), "--actor", NAME]) == 2

    told = capsys.readouterr().err
    assert "none of the pseudonyms" in told
    assert "op-7, scanner" in told
    with house.open_state() as state:
        assert state.log.size() == 0
        assert not list((house.state_folder / "personal").rglob("*.parquet"))


def test_a_name_behind_a_pseudonym_is_shown_until_it_is_redacted(
    house: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["-w", str(house.folder)]
    run(["scan", str(house.folder), "--actor", "op-7", "--as-of", "2026-11-10"])
    capsys.readouterr()
    assert run(["ledger", "list", *words]) == 0
    before = capsys.readouterr().out
    asked = ["--value", NAME, "--reason", "left the company", "--approver", "legal"]

    assert run(["ledger", "redact", *asked, "--actor", "scanner", "--in-register", *words]) == 0

    capsys.readouterr()
    assert run(["ledger", "list", *words]) == 0
    after = capsys.readouterr().out
    assert f"op-7 ({NAME})" in before
    assert "op-7" in after
    assert NAME not in after
    files = [path for path in house.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if NAME.encode() in path.read_bytes()]
    verify_ledger(house)

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
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('["operator"]', '["op-7", "scanner"]'), "utf-8")
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


def named_files() -> dict[str, list[str]]:
    """Register files, each naming the person in the columns that are meant for people."""
    return {
        "sites.csv": ["site_id,name", "S1,One"],
        "assets.csv": ["asset_id,site_id,name,kind,chemistry", "U1,S1,One,ups,lead_acid"],
        "approvals.csv": [
            "approval_id,about_kind,about_id,purpose,answer,requester,approver,decided_at",
            f"A1,asset,U1,purchase,approved,{NAME},Somebody Else,2026-01-05",
        ],
        "handovers.csv": [
            "handover_id,asset_id,at,from_holder,from_person,to_holder,to_person",
            f"H1,U1,2026-06-01T08:00:00Z,stores,{NAME},carrier,A Driver",
        ],
        "exceptions.csv": [
            "exception_id,check,accepts,reason,requester,approver,measure,expires_on,reviewer",
            f"E1,patch-late,U1,no window,{NAME},Chief,watched,2026-12-31,{NAME}",
            f"E2,patch-late,U1,no window,Chief,{NAME},watched,2026-12-31,Chief",
        ],
    }


def test_a_workspace_as_init_makes_it_holds_a_name_nowhere_once_it_is_redacted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", NAME)
    monkeypatch.setenv("USER", NAME)
    folder = tmp_path / "fleet"
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    for template in (folder / "register").iterdir():
        template.unlink()
    for name, lines in named_files().items():
        (folder / "register" / name).write_text("\n".join([*lines, ""]), "utf-8")
    kev = '{"title": "x", "catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z",'
    (folder / "advisories" / "kev.json").write_text(
        kev + ' "count": 0, "vulnerabilities": []}', "utf-8"
    )
    words = ["-w", str(folder)]
    on = ["--as-of", "2026-11-10"]
    paper = tmp_path / "contract.txt"
    paper.write_text(f"Signed by {NAME}.", "utf-8")
    about = ["--about-kind", "site", "--about", "S1", "--retention", "contract", "--id", "DOC-1"]
    wiped = [f"operator={NAME}", "verifier=Chief", "component_id=U1/card", "media=flash"]
    wiped += ["method=destroy", "technique=shredded", "tool=mill", "done_on=2026-11-09"]
    asked = ["--requester", NAME, "--approver", "Chief", "--expires", "2027-03-01"]
    asked += ["--reason", "no window", "--measure", "watched"]
    kept = ["--type", "contract", "--grade", "documented", "--from", "mail", *about]
    done = [
        ["ledger", "init", "--origin", "t.example/l"],
        ["exception", "add", "known-exploited", "U1", *asked],
        ["exception", "review", "E1"],
        ["document", "add", str(paper), *kept],
        ["retire", "start", "U1", "--reason", "old"],
        ["retire", "record", "wipe", "U1", "result=passed", *wiped],
        ["incident", "open", "incident_id=I1", "title=Odd", "site_id=S1", f"lead={NAME}"],
        ["ledger", "checkpoint"],
        ["evidence", "pack", str(folder / "pack.zip"), "--to", NAME, *on],
    ]
    run(["scan", str(folder), *on])
    codes = [run([*one, *words]) for one in done]
    run(["scan", str(folder), *on])
    told = capsys.readouterr()
    (folder / "pack.zip").unlink()
    refused = run(["incident", "open", "incident_id=I2", "title=Odd", "--actor", NAME, *words])
    run(["scan", str(folder), "--actor", NAME])
    capsys.readouterr()

    asked = ["--value", NAME, "--reason", "left the company", "--approver", "legal"]
    erased = run(["ledger", "redact", *asked, "--in-register", *words])

    assert not any(codes), told.err
    assert (refused, erased) == (2, 0)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"Wilhelmina" in path.read_bytes()]
    verify_ledger(open_workspace(folder))

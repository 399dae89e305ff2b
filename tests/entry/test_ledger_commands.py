from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwarden.entry import exits
from cellwarden.entry.cli import run

Said = tuple[int, str, str]
Command = Callable[..., Said]
LOG = "northgate.example/ledger"


@pytest.fixture
def ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """``cellwarden ledger ...`` in a folder with a fresh workspace ``northgate``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CELLWARDEN_LEDGER_KEY", raising=False)
    run(["init", "northgate", "--operator", "Northgate"])
    capsys.readouterr()

    def command(*words: str) -> Said:
        code = run(["ledger", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def key_of(ledger: Command) -> str:
    """The verifier key that ``ledger verify`` shows last."""
    _, out, _ = ledger("verify", "-w", "northgate")
    shown = [line for line in out.splitlines() if line.startswith("key:")]
    return shown[-1].removeprefix("key:").strip()


def test_an_auditor_follows_a_ledger_by_files_alone(ledger: Command) -> None:
    ledger("init", "-w", "northgate", "--origin", LOG)
    log = key_of(ledger)
    _, anna, _ = ledger("key", "anna.key", "--name", "auditor.example/anna")
    ledger("checkpoint", "-w", "northgate", "-o", "first")

    cosigned = ledger("cosign", "first", "--key", "anna.key", "--log", log, "-o", "cosigned")
    kept = ledger("keep", "cosigned", "-w", "northgate")
    ledger("rotate", "-w", "northgate")
    ledger("checkpoint", "-w", "northgate", "-o", "second")
    grown = ledger("growth", "cosigned", "-w", "northgate", "-o", "growth")
    again = ledger("cosign", "growth", "--key", "anna.key", "--log", log, "-o", "cosigned-2")
    retired = ledger("rotate", "--finish", "-w", "northgate")
    agrees = ledger(
        "verify", "-w", "northgate", "--against", "cosigned-2", "--key", anna.strip(), "--key", log
    )

    assert "the first of this log" in cosigned[2]
    assert "2 signatures over 1 entries" in kept[1]
    assert grown[0] == 0
    assert "cosigned: 2 entries, grown from 1" in again[2]
    assert retired[1].count(LOG) == 1
    assert agrees[0] == 0
    assert "agrees with cosigned-2: 2 of 3 entries" in agrees[1]
    assert "signed by auditor.example/anna" in agrees[1]


def test_a_proof_is_checked_away_from_the_workspace(ledger: Command) -> None:
    ledger("init", "-w", "northgate", "--origin", LOG)
    log = key_of(ledger)
    ledger("checkpoint", "-w", "northgate", "-o", "checkpoint")
    made = ledger("prove", "0", "-w", "northgate", "-o", "entry.tlog-proof")
    shutil.rmtree("northgate")

    code, out, err = ledger("check", "entry.tlog-proof", "--log", log)

    assert made[0] == 0
    assert code == 0
    assert '"act":"key"' in out
    assert f"holds: entry 0 of 1 in {LOG}" in err


def test_a_ledger_made_anew_ends_with_4_and_says_by_what_it_was_caught(ledger: Command) -> None:
    ledger("init", "-w", "northgate", "--origin", LOG)
    log = key_of(ledger)
    ledger("checkpoint", "-w", "northgate", "-o", "outside")
    shutil.rmtree("northgate/.state")
    ledger("init", "-w", "northgate", "--origin", LOG)

    missed = ledger("verify", "-w", "northgate")
    caught = ledger("verify", "-w", "northgate", "--against", "outside", "--key", log)

    assert missed[0] == 0
    assert "not shown by this: a history rewritten" in missed[2]
    assert caught[0] == exits.INTEGRITY
    assert caught[1] == ""
    assert "caught by the checkpoint from elsewhere" in caught[2]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("init", "-w", "northgate"), "cannot be the origin"),
        (("checkpoint", "-w", "northgate"), "no key to sign with"),
        (("prove", "7", "-w", "northgate"), "no entry 7"),
        (("growth", "missing", "-w", "northgate"), "No such file"),
        (("verify", "-w", "northgate", "--key", "x+1+2"), "--key says who signed"),
        (("key", "northgate/cellwarden.toml", "--name", "a.example"), "is there already"),
        (("key", "new.key", "--name", "a b"), "no blanks"),
        (("check", "northgate/cellwarden.toml", "--log", "nothing"), "is no verifier key"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_next_step(
    ledger: Command, words: tuple[str, ...], wrong: str
) -> None:
    code, out, err = ledger(*words)

    assert code == exits.CANNOT_USE
    assert out == ""
    assert wrong in err
    assert "  next: " in err


def test_a_checkpoint_goes_to_the_terminal_where_no_file_is_named(ledger: Command) -> None:
    ledger("init", "-w", "northgate", "--origin", LOG)

    code, out, err = ledger("checkpoint", "-w", "northgate")

    assert code == 0
    assert out.startswith(f"{LOG}\n1\n")
    assert "signed: 1 entries; kept as" in err


def test_a_clock_that_jumped_back_is_told_with_its_entries(ledger: Command) -> None:
    from cellwarden.store.state import Draft
    from cellwarden.workflows.workspace import open_workspace

    with open_workspace(Path("northgate")).open_state() as state:
        for clock_at in ("2026-11-02T09:00:00Z", "2026-11-01T09:00:00Z", "2026-11-02T10:00:00Z"):
            draft = Draft(act="decision", actor="operator", source="s", clock_at=clock_at)
            state.record(draft, {})

    code, out, err = ledger("verify", "-w", "northgate")

    assert code == 0
    told = [line for line in out.splitlines() if line.startswith("clock:")]
    assert len(told) == 1
    assert "at entry 1 it had jumped back to 2026-11-01T09:00:00Z" in told[0]
    assert "stands at 2026-11-02T09:00:00Z" in told[0]
    assert "set the clock right" in err

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cellwarden.entry import exits
from cellwarden.entry.cli import run


@pytest.mark.slow
def test_the_example_is_scanned_signed_and_verified_on_postgresql(
    postgres: Any, tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = tmp_path / "fleet"
    shutil.copytree(
        root / "examples" / "northgate", fleet, ignore=shutil.ignore_patterns(".state", "reports")
    )
    with (fleet / "cellwarden.toml").open("a") as settings:
        settings.write(f'\n[store]\nledger = "{postgres.url}"\nschema = "northgate"\n')
    here = ["-w", str(fleet)]

    scanned = run(["scan", str(fleet)])
    signed = [
        run(["ledger", "init", "--origin", "northgate.example/ledger", *here]),
        run(["ledger", "checkpoint", *here]),
    ]
    again = run(["today", str(fleet)])
    capsys.readouterr()
    whole = run(["ledger", "verify", *here])
    out, _ = capsys.readouterr()

    assert scanned in {exits.COMPLETE, exits.SOURCE_OR_STORE}  # a feed of the example is stale
    assert signed == [exits.COMPLETE, exits.COMPLETE]
    assert again == exits.COMPLETE
    assert whole == exits.COMPLETE
    assert "by 1 checkpoints kept here" in out
    assert not (fleet / ".state" / "ledger.sqlite").exists()

    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(fleet, elsewhere, ignore=shutil.ignore_patterns(".state", "reports"))
    assert run(["scan", str(elsewhere)]) == exits.SOURCE_OR_STORE
    assert "share the state folder too" in capsys.readouterr().err

    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute("alter table northgate.entry disable trigger all")
        admin.execute("update northgate.entry set data = data || ' '::bytea where seq = 3")

    for words in (["ledger", "verify", *here], ["ledger", "list", *here]):
        assert run(words) == exits.INTEGRITY
        assert "entry 3 was edited" in capsys.readouterr().err

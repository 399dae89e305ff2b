"""Signals, dated rules and screening as the example shows them, and at its edges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError
from cellwarden.model.moments import Moment
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.vendor.dated_rules import rules_at
from cellwarden.workflows.vendor.screen_register import hits
from cellwarden.workflows.vendor.signals import signals_at
from cellwarden.workflows.workspace import Workspace, open_workspace

AS_OF = "2026-11-16T23:59:59.000000Z"


def told(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(words) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    return out


def test_a_disruption_touches_products_through_their_cells(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert scanned.report.findings

    found = {one.cells["signal_id"]: one for one in signals_at(northgate, Moment(as_of=AS_OF))}

    assert "SIG-LITHIUM" not in found, "it ended in June"
    touched = {row["model"]: row["has_spare"] for row in found["SIG-HOLLIN-FLOOD"].touches}
    assert touched["AM-C4 Cabinet"] is True
    assert touched["BC-300 Rack"] is False


def test_a_disruption_counts_only_while_it_lasts(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert scanned.report.findings

    in_may = signals_at(northgate, Moment(as_of="2026-05-01T00:00:00.000000Z"))

    assert [one.cells["signal_id"] for one in in_may] == ["SIG-LITHIUM"]


def test_the_rules_command_says_day_source_and_doubt(
    scanned: ScanOutcome, northgate: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scanned.report.findings
    folder = str(northgate.folder)

    out = told(["vendor", "rules", "-w", folder, "--rule", "eu-2023-1542-passport"], capsys)

    assert "looked at: 2027-02-18 (in 94 days, not in force on 2026-11-16)" in out
    assert "to be verified before use" in out
    assert "ORD-COR-2027-1" in out
    assert "not on record: passport_id" in out


def test_the_rules_command_as_json_has_everybody(
    scanned: ScanOutcome, northgate: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scanned.report.findings

    assert run(["vendor", "rules", "-w", str(northgate.folder), "--format", "json"]) == 0

    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert {row["id"] for row in found["eu-2023-1542-passport"]["yes"]} == {
        "ORD-ALD-2027-1",
        "ORD-COR-2027-1",
    }
    assert not found["ndaa-2024-154"]["yes"]
    assert found["ndaa-2024-154"]["no"][0]["why"]


def test_what_nobody_said_of_the_operator_cannot_be_told(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    assert scanned.report.findings
    bare = _with_settings(northgate, tmp_path, "eu_market = true\ndod_contractor = false\n", "")

    (ruled,) = rules_at(bare, Moment(as_of=AS_OF), "ndaa-2024-154")

    answers = {judged.applies.value for _, judged in ruled.judged}
    assert answers == {"unknown"}
    assert all("operator.dod_contractor" in judged.missing for _, judged in ruled.judged)


def test_an_unknown_setting_or_rule_is_told_with_what_there_is(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    assert scanned.report.findings
    odd = _with_settings(northgate, tmp_path, "eu_market", "eu_markt")

    with pytest.raises(InputError, match="eu_markt"):
        rules_at(odd, Moment(as_of=AS_OF))
    with pytest.raises(InputError, match="there is no rule"):
        rules_at(northgate, Moment(as_of=AS_OF), "no-such-rule")


def test_the_example_has_open_confirmed_and_cleared_hits(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert scanned.report.findings

    found = hits(northgate, Moment(as_of=AS_OF), decided=True)

    assert {row["state"] for row in found} == {"open", "confirmed", "cleared"}
    bounds = next(row for row in found if row["party_id"] == "OSTRAVA")
    assert (bounds["low_percent"], bounds["high_percent"]) == ("30", "70")


def test_signals_on_the_terminal_fit(
    scanned: ScanOutcome, northgate: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scanned.report.findings

    out = told(["vendor", "signals", "-w", str(northgate.folder)], capsys)

    assert "Dock strike at Port Selwyn" in out
    assert "no spare" in out


def _with_settings(workspace: Workspace, folder: Path, old: str, new: str) -> Workspace:
    """The same workspace with other settings; its state is shared and only read."""
    made = folder / "other"
    made.mkdir()
    text = (workspace.folder / "cellwarden.toml").read_text("utf-8")
    assert old in text
    (made / "cellwarden.toml").write_text(text.replace(old, new), "utf-8")
    (made / ".state").symlink_to(workspace.folder / ".state")
    return open_workspace(made)

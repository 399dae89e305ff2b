from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cellwarden import checks
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.findings import Finding, Verdict
from cellwarden.model.matching import Match, MatchState
from cellwarden.model.moments import Moment
from cellwarden.model.report import Exposure, Report
from cellwarden.reports.standing import standing
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feeds import import_feeds
from cellwarden.workflows.advisory.match import (
    Decision,
    explain_match,
    record_decision,
    waiting_matches,
    withdraw_decision,
)
from cellwarden.workflows.fleet.runs import changes_between, kept_runs, load_run
from cellwarden.workflows.fleet.scan import ScanOutcome, scan
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AS_OF = "2026-11-16T23:59:59.000000Z"


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def exposures(report: Report, **wanted: str) -> list[Exposure]:
    return [
        exposure
        for exposure in report.exposures
        if all(getattr(exposure, name) == value for name, value in wanted.items())
    ]


def findings(report: Report, check: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.check == check]


def copy_of(workspace: Workspace, folder: Path) -> Workspace:
    shutil.copytree(workspace.folder, folder)
    return open_workspace(folder)


def test_the_example_shows_every_verdict_and_every_match_state(scanned: ScanOutcome) -> None:
    coverage = scanned.report.coverage

    assert all(coverage.verdicts[verdict.value] for verdict in Verdict)
    assert all(coverage.match_states[state.value] for state in MatchState)
    assert coverage.match_states["candidate"]
    assert scanned.source_errors == ()


def test_the_example_is_as_large_as_promised(scanned: ScanOutcome) -> None:
    assert scanned.report.coverage.assets >= 60
    assert scanned.report.coverage.components >= 400
    assert scanned.report.coverage.checks >= 45


@pytest.mark.parametrize(
    ("vulnerability", "product", "state"),
    [
        ("CVE-2021-22825", "AP7902B", MatchState.AFFECTED),
        ("CVE-2022-47891", "Netman 204", MatchState.AFFECTED),
        ("CVE-2024-8877", "Netman 204", MatchState.UNDETERMINED),
        ("CVE-2023-46604", "InfraSuite Device Master", MatchState.AFFECTED),
    ],
)
def test_a_match_story_of_the_example_comes_out(
    scanned: ScanOutcome, vulnerability: str, product: str, state: MatchState
) -> None:
    found = [
        exposure
        for exposure in exposures(scanned.report, vulnerability=vulnerability)
        if product.casefold() in f"{exposure.product} {exposure.part}".casefold()
    ]

    assert found, f"no exposure of {product} to {vulnerability}"
    assert {exposure.state for exposure in found} == {state}
    assert all(exposure.why for exposure in found)


def test_the_weakness_that_attackers_use_is_the_worst_finding(scanned: ScanOutcome) -> None:
    first = scanned.report.findings[0]

    assert first.check == "known-exploited"
    assert "CVE-2023-46604" in first.subject
    assert first.evidence


def test_every_failure_cites_facts_that_the_ledger_holds(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    with northgate.open_state() as state:
        sizes = {
            index: {table.kind: table.rows for table in entry.tables}
            for index, entry in state.entries()
        }

    for finding in scanned.report.findings:
        for fact in finding.evidence:
            entry, _, row = fact.partition(".")
            assert int(row) < max(sizes[int(entry)].values()), (finding.check, fact)


def test_scanning_again_records_nothing_and_gives_the_same_run(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "again")

    again = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    assert again.run.ledger_size == scanned.report.run.ledger_size
    assert again.run.id == scanned.report.run.id
    assert again.findings == scanned.report.findings
    assert again.changes == ()


def test_a_scan_of_what_was_known_then_gives_what_was_said_then(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "earlier")

    earlier = scan(
        workspace, now=NOW, actor="tester", asked_as_of="2024-01-01", progress=quiet
    ).report

    assert earlier.run.as_of.startswith("2024-01-01")
    assert earlier.run.id != scanned.report.run.id


def decided(workspace: Workspace, *, is_same: bool, reason: str) -> Match:
    """A match that waited for a person, and what one said of it."""
    waiting = waiting_matches(workspace, moment=Moment(as_of=AS_OF))
    one = next(match for match in waiting if match.advisory_id == "ICSA-23-024-02")
    record_decision(
        workspace,
        Decision(
            component_id=one.component_id,
            advisory_id=one.advisory_id,
            is_same_product=is_same,
            reason=reason,
            decided_by="C. Lindqvist",
        ),
        clock_at="2026-11-16T10:00:00.000000Z",
    )
    return one


def test_a_confirmed_candidate_becomes_certain_and_the_change_is_told(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "confirmed")
    waiting = waiting_matches(workspace, moment=Moment(as_of=AS_OF))
    one = decided(workspace, is_same=True, reason="the label on the card says so")
    after = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    found = exposures(after, component_id=one.component_id, advisory_id=one.advisory_id)
    assert {exposure.state for exposure in found} == {MatchState.AFFECTED}
    assert all("C. Lindqvist" in exposure.why for exposure in found)
    assert changes_between(scanned.report, after)
    assert len(waiting_matches(workspace, moment=Moment(as_of=AS_OF))) == len(waiting) - 1


def test_a_rejected_candidate_has_no_row_and_the_reason_is_explained(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    assert scanned.report.exposures
    workspace = copy_of(northgate, tmp_path / "rejected")
    one = decided(workspace, is_same=False, reason="another product line")
    after = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report
    explanation = explain_match(
        workspace, one.component_id, one.advisory_id, moment=Moment(as_of=AS_OF)
    )

    assert exposures(after, component_id=one.component_id, advisory_id=one.advisory_id) == []
    assert "another product line" in " ".join(explanation.lines)


@pytest.mark.parametrize("is_same", [True, False])
def test_a_decision_that_is_taken_back_leaves_the_match_waiting_and_stays_known(
    northgate: Workspace, scanned: ScanOutcome, tmp_path: Path, *, is_same: bool
) -> None:
    assert scanned.report.exposures
    workspace = copy_of(northgate, tmp_path / "withdrawn")
    waiting = waiting_matches(workspace, moment=Moment(as_of=AS_OF))
    one = decided(workspace, is_same=is_same, reason="a wrong label")
    with workspace.open_state() as state:
        known_at = state.log.size()
    back = {
        "reason": "the label was another one's",
        "actor": "C. Lindqvist",
        "clock_at": "2026-11-16T11:00:00.000000Z",
    }

    withdraw_decision(workspace, one.component_id, one.advisory_id, **back)

    after = waiting_matches(workspace, moment=Moment(as_of=AS_OF))
    then = waiting_matches(workspace, moment=Moment(as_of=AS_OF, known_at=known_at))
    assert after == waiting
    assert len(then) == len(waiting) - 1
    with pytest.raises(InputError, match="nobody has decided"):
        withdraw_decision(workspace, one.component_id, one.advisory_id, **back)
    with pytest.raises(InputError, match="needs a reason"):
        withdraw_decision(workspace, one.component_id, one.advisory_id, **back | {"reason": " "})


def test_the_ledger_of_the_example_is_whole_and_a_changed_byte_is_found(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "tampered")

    whole = verify_ledger(workspace)
    with workspace.open_state() as state:
        complaint_free = list(state.problems())
        document = next(
            state.objects.path(entry.document_sha256)
            for _, entry in state.entries()
            if entry.document_sha256
        )
    document.unlink()
    with workspace.open_state() as state:
        complaints = list(state.problems())

    assert whole.root == scanned.report.run.ledger_root
    assert complaint_free == []
    assert len(complaints) == 1


def test_everything_derived_can_be_thrown_away(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "rebuilt")
    shutil.rmtree(workspace.state_folder / "runs")

    rebuilt = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    assert rebuilt.run == scanned.report.run
    assert rebuilt.findings == scanned.report.findings
    assert rebuilt.exposures == scanned.report.exposures


def test_a_kept_run_is_found_by_the_beginning_of_its_id(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    assert kept_runs(northgate) == [scanned.report.run.id]
    assert load_run(northgate, scanned.report.run.id[:14]).run == scanned.report.run


def test_the_report_survives_its_json(scanned: ScanOutcome) -> None:
    text = msgspec.json.encode(scanned.report)

    assert msgspec.json.decode(text, type=Report) == scanned.report
    assert json.loads(text)["schema"] == "cellwarden-report/1"


def test_an_advisory_that_shrinks_takes_its_statements_back(tmp_path: Path, root: Path) -> None:
    source = root / "examples/northgate/advisories/csaf/icsa-21-348-02.json"
    document = json.loads(source.read_text("utf-8"))
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(json.dumps(document))
    document["document"]["tracking"]["current_release_date"] = "2026-11-01T00:00:00Z"
    vendor = document["product_tree"]["branches"][0]
    dropped = vendor["branches"].pop()
    gone = json.dumps(dropped)
    text = json.dumps(document)
    for leaf in gone.split('"product_id": "')[1:]:
        name = leaf.split('"', 1)[0]
        text = text.replace(f'"{name}", ', "").replace(f', "{name}"', "").replace(f'"{name}"', "")
    second.write_text(text)

    with State(tmp_path / "state") as state:
        import_feeds(state, [first], clock_at=AS_OF, actor="t", progress=quiet)
        before = _count(state)
        import_feeds(state, [second], clock_at=AS_OF, actor="t", progress=quiet)
        after = _count(state)
        older = import_feeds(state, [first], clock_at=AS_OF, actor="t", progress=quiet)

    assert 0 < after < before
    assert older.entry is None


def _count(state: State) -> int:
    connection = state.connect(as_of="9999")
    rows = connection.execute("select count(*) from statement").fetchall()
    connection.close()
    return int(rows[0][0])


def test_an_empty_feed_folder_ends_with_an_error_and_a_report_that_matched_nothing(
    northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "bare")
    shutil.rmtree(workspace.folder / "advisories")
    (workspace.folder / "advisories").mkdir()
    shutil.rmtree(workspace.state_folder, ignore_errors=True)

    outcome = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet)

    told = [str(error) for error in outcome.source_errors if isinstance(error, SourceError)]
    assert "no advisory has ever been imported, so nothing could be matched" in told
    seen = outcome.report.coverage
    assert (seen.advisories, seen.components_named_by_an_advisory) == (0, 0)
    assert seen.components > 400
    assert outcome.report.exposures == ()
    assert "was not looked at" in standing(outcome.report).sentence
    assert not any(outcome.report.coverage.match_states.values())


ONE_SIDED = {
    "firmware-changed-outside-a-window": "needs two readings by one source, so two scans",
    "firmware-went-back": "needs two readings by one source, so two scans",
    "import-forgotten": "needs an import that lies back",
    "never-imported": "needs a feed that never came",
    "no-firmware-window": "needs a site that declares its windows and has none",
    "not-published": "needs a maker that declares all its releases",
}
"""Checks that one first scan of a living fleet cannot both fail and pass; others test them."""


def test_every_check_fails_for_one_part_of_the_example_and_passes_for_another(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scanned.report.findings
    kept: list[checks.Judgement] = []
    judge = checks.judge

    def judge_and_keep(*words: Any, **named: Any) -> checks.Judgement:
        kept.append(judge(*words, **named))
        return kept[-1]

    monkeypatch.setattr(checks, "judge", judge_and_keep)
    workspace = copy_of(northgate, tmp_path / "covered")

    scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet)

    assert set(checks.uncovered(kept[0])) == set(ONE_SIDED)


def test_firmware_that_goes_back_is_found_by_the_second_scan(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    assert not findings(scanned.report, "firmware-went-back")
    workspace = copy_of(northgate, tmp_path / "back")
    path = workspace.folder / "register" / "components-ng1.csv"
    text = path.read_text("utf-8")
    assert "NMC V6.00 JI" in text or "v6.7.2" in text
    path.write_text(text.replace("v6.7.2", "v6.4.0"), "utf-8")

    after = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    back = findings(after, "firmware-went-back")
    assert back
    assert all(len(set(finding.evidence)) > 1 for finding in back)
    assert "new" in {change.what for change in after.changes}


def test_a_part_that_was_patched_between_two_scans_has_a_closed_clock(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(northgate, tmp_path / "patched")
    path = workspace.folder / "register" / "components-ng1.csv"
    lines = path.read_text("utf-8").splitlines()
    header = lines[0].split(",")
    before = exposures(scanned.report, vulnerability="CVE-2023-46604")[0]
    assert before.state is MatchState.AFFECTED
    assert before.clock
    assert before.clock.fixed_on is None
    for number, line in enumerate(lines):
        if line.startswith(f"{before.component_id},"):
            cells = next(csv.reader([line]))
            cells[header.index("firmware")] = "1.0.11"
            cells[header.index("read_at")] = "2026-11-15"
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="").writerow(cells)
            lines[number] = buffer.getvalue()
    path.write_text("\n".join(lines) + "\n", "utf-8")

    after = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    now = exposures(after, vulnerability="CVE-2023-46604", component_id=before.component_id)[0]
    assert now.state is MatchState.FIXED
    assert now.clock
    assert now.clock.fixed_on == "2026-11-15"
    assert now.clock.open_part is None
    assert now.deadline_on is None
    gone = [change for change in after.changes if change.what == "gone"]
    assert any("CVE-2023-46604" in change.subject for change in gone)


def test_a_rejection_does_not_outlive_what_it_was_said_of(
    scanned: ScanOutcome, northgate: Workspace, tmp_path: Path
) -> None:
    assert scanned.report.exposures
    workspace = copy_of(northgate, tmp_path / "changed")
    one = decided(workspace, is_same=False, reason="a MASTERYS is no MODULYS")
    for path in (workspace.folder / "register").glob("components-*.csv"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("MASTERYS", "MODULYS GP"), "utf-8")

    after = scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet).report

    again = exposures(after, component_id=one.component_id, advisory_id=one.advisory_id)
    assert again
    assert {exposure.state for exposure in again} <= {
        MatchState.AFFECTED,
        MatchState.UNDETERMINED,
    }

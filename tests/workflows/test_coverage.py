"""Coverage of the example: the counts are the run's, per site they add up, and nothing is green."""

from __future__ import annotations

import csv
import html
import io
import json
from datetime import UTC, datetime

import pytest

from cellwarden.entry.cli import run
from cellwarden.model.coverage import ControlState, FrameworkCoverage, Grade
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Verdict
from cellwarden.model.moments import Moment
from cellwarden.reports.coverage_formats import render
from cellwarden.workflows.evidence.comply import coverage_of, standings_of
from cellwarden.workflows.fleet.scan import ScanOutcome, judged_fleet
from cellwarden.workflows.workspace import Workspace

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def ask(
    workspace: Workspace, framework: str, *, site: str | None = None, known_at: int | None = None
) -> FrameworkCoverage:
    moment = Moment(as_of=workspace.moment(NOW).as_of, known_at=known_at)
    return coverage_of(
        workspace,
        framework,
        moment=moment,
        site_id=site,
        started_at="2026-11-23T09:30:00.000000Z",
        progress=quiet,
    )


@pytest.fixture(scope="module")
def nis2(northgate: Workspace, scanned: ScanOutcome) -> FrameworkCoverage:
    assert scanned.report.findings
    return ask(northgate, "nis2-implementing")


def test_the_counts_of_all_checks_are_those_of_the_run(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    moment = northgate.moment(NOW)
    with (
        northgate.open_state() as state,
        judged_fleet(
            northgate, state, moment=moment, started_at=moment.as_of, progress=quiet
        ) as judged,
    ):
        found = standings_of(judged, state, None)
        sites = [standings_of(judged, state, site.site_id) for site in judged.report.sites]

    verdicts = scanned.report.coverage.verdicts
    assert sum(one.fails for one in found) == verdicts[Verdict.FAIL]
    assert sum(one.passes for one in found) == verdicts[Verdict.PASS]
    assert sum(one.unknowns for one in found) == verdicts[Verdict.UNKNOWN]
    assert sum(sum(one.grades.values()) for one in found) == verdicts[Verdict.PASS]
    assert sum(one.accepted for one in found) == sum(
        one.count for one in scanned.report.findings if one.exception_id
    )
    for number, one in enumerate(found):
        assert sum(those[number].fails for those in sites) <= one.fails


def test_every_verdict_that_was_given_names_facts(nis2: FrameworkCoverage) -> None:
    for one in nis2.checks:
        if one.fails:
            assert one.sample["fail"], one.check
        if one.passes:
            assert one.sample["pass"], one.check


def test_protections_are_graded_by_how_they_are_known(nis2: FrameworkCoverage) -> None:
    graded = {str(one.check): one.grades for one in nis2.checks}

    assert set(graded["updates-unsigned"]) >= {Grade.CLAIMED, Grade.DOCUMENTED}
    assert set(graded["firmware-version-missing"]) == {Grade.DOCUMENTED}


def test_a_control_that_no_check_speaks_to_says_which_requirement_is_missing(
    nis2: FrameworkCoverage,
) -> None:
    silent = [one for one in nis2.controls if not one.checks]

    for one in silent:
        assert one.state is ControlState.NO_EVIDENCE
        assert one.missing == (f"no check speaks to {', '.join(one.requirements)}",)


def test_before_anything_was_known_no_control_is_evidenced(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    assert scanned.report.run.ledger_size
    found = ask(northgate, "sp-800-53", known_at=0)

    assert found.states[ControlState.EVIDENCED] == 0
    assert all(one.oldest_at is None for one in found.controls)


def test_a_site_that_does_not_exist_is_refused_with_those_that_do(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    assert scanned.report.sites
    with pytest.raises(InputError) as caught:
        ask(northgate, "nis2", site="NG9")

    assert "NG1" in caught.value.advice


def test_a_site_has_fewer_judgements_than_all(
    northgate: Workspace, nis2: FrameworkCoverage
) -> None:
    here = ask(northgate, "nis2-implementing", site="NG3")

    assert here.site_id == "NG3"
    assert 0 < sum(one.fails for one in here.checks) < sum(one.fails for one in nis2.checks)
    assert "site NG3" in render("table", here, width=80)


def test_every_format_says_scope_denominators_and_whose_mapping_it_is(
    nis2: FrameworkCoverage,
) -> None:
    for name in ("table", "markdown", "csv", "html"):
        text = " ".join(render(name, nis2, width=80).split())
        assert "as of 2026-11-16" in text, name
        assert "94 controls that our mapping names" in text, name
        assert "our own judgement" in text, name
    for name in ("table", "markdown", "html"):
        assert f"of {len(nis2.controls)} (" in render(name, nis2, width=80), name


def test_a_share_never_stands_without_its_whole(nis2: FrameworkCoverage) -> None:
    for name in ("table", "markdown", "html"):
        for line in render(name, nis2, width=80).splitlines():
            if " %)" in line:
                assert " of " in line, (name, line)


def test_the_table_fits_eighty_columns(nis2: FrameworkCoverage) -> None:
    assert max(map(len, render("table", nis2, width=80).splitlines())) <= 80


def test_json_holds_every_control_and_csv_one_row_for_each(nis2: FrameworkCoverage) -> None:
    value = json.loads(render("json", nis2, width=80))
    text = render("csv", nis2, width=80)
    rows = list(
        csv.DictReader(
            io.StringIO(
                "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
            )
        )
    )

    assert len(value["controls"]) == len(rows) == len(nis2.controls)
    assert sum(value["states"].values()) == value["mapped"]
    assert {row["state"] for row in rows} <= {state.value for state in ControlState}


def test_the_page_loads_nothing_and_runs_nothing(nis2: FrameworkCoverage) -> None:
    page = html.unescape(render("html", nis2, width=80))

    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_the_commands_answer(
    northgate: Workspace, scanned: ScanOutcome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scanned.report.findings
    folder = str(northgate.folder)

    assert run(["comply", "list"]) == 0
    assert "nis2-implementing" in capsys.readouterr().out
    assert run(["comply", "show", "sp-800-53", "si-7"]) == 0
    shown = capsys.readouterr().out
    assert "Software, Firmware, and Information Integrity" in shown
    assert "updates-unsigned" in shown
    assert run(["comply", "show", "nerc"]) == 0
    assert "CIP-013-2 R1.1" in capsys.readouterr().out
    assert run(["comply", "show", "sp-800-171", "03.01.01"]) == 0
    assert "Mapped to none" in capsys.readouterr().out
    assert run(["comply", "coverage", "--framework", "nis2", "-w", folder]) == 0
    told = capsys.readouterr()
    assert "Art. 21(2)(d)" in told.out
    assert "cellwarden evidence pack" in told.err
    assert run(["comply", "coverage", "--framework", "nis3", "-w", folder]) == 2
    assert run(["comply", "show", "dora", "Art. 99"]) == 2

"""A fleet for which no advisory was ever imported: judged, told as unmatched, never fine."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest

from cellwarden.entry.cli import run
from cellwarden.workflows.fleet.init import init_workspace

NOTHING = "No advisory has been imported, so no known weakness could be found."


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A new workspace with two cards and an empty folder of advisories."""
    folder = tmp_path / "fleet"
    init_workspace(folder, operator="Northgate")
    (folder / "register" / "components.csv").write_text(
        "component_id,asset_id,role,manufacturer,model,part,firmware\n"
        "A/NMC,A,network_card,APC,AP9631,AOS,6.4.0\n"
        "B/NMC,B,network_card,Eaton,Network-M2,,1.7.5\n"
    )
    (folder / "register" / "assets.csv").write_text(
        "asset_id,site_id,manufacturer,model\nA,NG1,APC,Smart-UPS 3000\nB,NG1,Eaton,9PX\n"
    )
    return folder


def report_of(folder: Path, form: str) -> str:
    target = folder / f"again.{form}"
    assert run(["report", str(folder), "--format", form, "--output", str(target)]) == 0
    return target.read_text()


def test_a_scan_without_advisories_writes_its_report_and_ends_with_3(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["scan", str(fleet)])

    said = capsys.readouterr()
    shown = " ".join(said.out.split())
    assert code == 3
    assert said.err.count("no advisory has ever been imported") == 1
    assert "cellwarden feeds import PATH" in said.err
    assert "advisories data was never imported" not in said.err
    assert "Whether any of 2 components at" in shown
    assert NOTHING in shown
    assert "advisories: NEVER IMPORTED" in shown
    assert shown.index(NOTHING) < shown.index("Severity Count What")
    assert len(list((fleet / "reports").glob("*.html"))) == 1


@pytest.mark.parametrize("form", ["json", "markdown", "csv", "cyclonedx", "sarif", "html"])
def test_every_format_says_at_its_head_that_nothing_was_matched(fleet: Path, form: str) -> None:
    run(["scan", str(fleet)])

    text = report_of(fleet, form)

    if form == "json":
        told = json.loads(text)
        assert told["coverage"]["advisories"] == 0
        assert {feed["documents"] for feed in told["feeds"]} == {0}
        assert told["exposures"] == []
    elif form == "sarif":
        [one] = json.loads(text)["runs"]
        notes = one["invocations"][0]["toolConfigurationNotifications"]
        assert ("error", "The feed advisories was never imported: nothing here rests on it.") in [
            (note["level"], note["message"]["text"]) for note in notes
        ]
    elif form == "csv":
        head = [row[0] for row in csv.reader(io.StringIO(text)) if row and row[0].startswith("#")]
        assert any("NEVER IMPORTED" in line for line in head)
    else:
        assert NOTHING in html.unescape(text)


def test_the_page_draws_no_part_as_matched(fleet: Path) -> None:
    run(["scan", str(fleet)])

    words = html.unescape(re.sub(r"<[^>]+>", " ", report_of(fleet, "html")))
    words = re.sub(r"\s+", " ", words)

    assert "not matched: no advisory was imported" in words
    assert "with no open match" not in words
    assert "Unknown: no component was matched with an advisory." in words
    assert "Unknown: nothing was matched." in words
    assert "No weakness touches this fleet" not in words


def test_a_feed_that_never_came_is_a_finding(fleet: Path) -> None:
    run(["scan", str(fleet)])

    told = json.loads(report_of(fleet, "json"))

    absent = [one for one in told["findings"] if one["check"] == "never-imported"]
    assert {one["verdict"] for one in absent} == {"fail"}
    assert "advisories" in {one["subject"] for one in absent}


def test_a_setting_that_requires_nothing_does_not_make_it_fine(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = fleet / "cellwarden.toml"
    text = re.sub(r"(?m)^required = .*$", "required = []", settings.read_text())
    settings.write_text(text)

    code = run(["scan", str(fleet)])

    assert "required = []" in text
    assert code == 3
    assert "no advisory has ever been imported" in capsys.readouterr().err

"""A run is written in every format that was asked for, its page as the report's own."""

import shutil

import pytest

from cellwarden.model.errors import InputError
from cellwarden.reports.formats import render
from cellwarden.workflows.beside import Beside
from cellwarden.workflows.fleet.publish import start_page, write_reports
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.workspace import Workspace


def test_the_page_of_a_kept_run_is_the_page_of_its_report(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    page = start_page(Beside(), northgate, scanned.report.run)
    written = write_reports(northgate, scanned.report, ["csv", "html"], page=page)
    assert [path.suffix for path in written] == [".html", ".json", ".csv"]
    assert [path.read_bytes().decode() for path in written] == [
        render(name, scanned.report) for name in ("html", "json", "csv")
    ]


def test_an_unknown_format_stops_before_anything_is_written(
    northgate: Workspace, scanned: ScanOutcome
) -> None:
    shutil.rmtree(northgate.reports_folder, ignore_errors=True)
    page = start_page(Beside(), northgate, scanned.report.run)
    with pytest.raises(InputError, match="no report format 'docx'"):
        write_reports(northgate, scanned.report, ["docx"], page=page)
    assert not northgate.reports_folder.exists()

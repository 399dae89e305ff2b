"""The HTML report in a real browser: it runs, obeys its own policy, filters, and prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from cellwarden.model.report import Place, Report
from cellwarden.reports.formats import render

pytestmark = pytest.mark.slow

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=3000",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser's path."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs a browser: install the Debian package chromium")
    return found


def _run(chromium: str, folder: Path, text: str, *flags: str) -> tuple[str, str]:
    """What the browser wrote to stdout and to its log about one page."""
    file = folder / "report.html"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", *flags, file.as_uri()],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.decode(), done.stderr.decode()


def _with_script(text: str, script: str) -> str:
    """The page with its policy taken off and one more script, which plays the reader."""
    open_text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    return open_text.replace("</body>", f"<script>{script}</script></body>")


def test_the_page_runs_under_its_own_policy(chromium: str, report: Report, tmp_path: Path) -> None:
    dom, log = _run(chromium, tmp_path, render("html", report), "--dump-dom")

    assert "CONSOLE" not in log
    assert "Content Security Policy" not in log
    form = re.search(r'<form id="filters"[^>]*>', dom)
    assert form is not None
    assert "hidden" not in form[0]


def test_a_script_that_is_not_ours_is_refused(
    chromium: str, report: Report, tmp_path: Path
) -> None:
    text = render("html", report).replace("</body>", "<script>document.title='x'</script></body>")

    dom, log = _run(chromium, tmp_path, text, "--dump-dom")

    assert "Content Security Policy" in log
    assert "<title>x</title>" not in dom


def test_the_filters_hide_what_was_not_asked_for(
    chromium: str, report: Report, tmp_path: Path
) -> None:
    ask = (
        "const f = document.getElementById('filters');"
        "f.elements.site.value = 'NG3'; f.elements.verdict.value = 'fail';"
        "f.dispatchEvent(new Event('input', {bubbles: true}));"
        "document.title = document.getElementById('shown').textContent;"
    )

    dom, _ = _run(chromium, tmp_path, _with_script(render("html", report), ask), "--dump-dom")

    expected = [one for one in report.findings if one.site_id == "NG3" and one.verdict == "fail"]
    assert f"<title>{len(expected)} shown</title>" in dom


@pytest.mark.parametrize("width", [390, 1600])
def test_nothing_runs_out_of_the_page_sideways(
    width: int, chromium: str, sample: ModuleType, tmp_path: Path
) -> None:
    measure = (
        "document.querySelectorAll('details').forEach((d) => { d.open = true; });"
        "parent.postMessage(document.documentElement.scrollWidth, '*');"
    )
    inner = tmp_path / "inner.html"
    inner.write_text(_with_script(render("html", sample.sample_report()), measure), "utf-8")
    frame = (
        "<script>addEventListener('message', (e) => { document.title = 'wide ' + e.data; });"
        f"</script><iframe src='inner.html' width='{width}' height='900' frameborder='0'></iframe>"
    )

    dom, _ = _run(chromium, tmp_path, frame, "--dump-dom", "--window-size=1700,1000")

    found = re.search(r"<title>wide (\d+)</title>", dom)
    assert found is not None
    assert int(found[1]) <= width


def test_on_paper_everything_is_open(chromium: str, report: Report, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"

    _run(
        chromium, tmp_path, render("html", report), "--no-pdf-header-footer",
        f"--print-to-pdf={paper}",
    )  # fmt: skip

    pages = len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))
    assert pages > len(report.blast_radii) + 3
    assert pages < 40


def _crowded(report: Report) -> Report:
    """The report with as much beside its versions as a real fleet has."""
    place = Place(
        site="NG1",
        asset_id="NG1-CON-1",
        location="Virtual machine, cluster NG1-M, third rack of the second hall",
        serial="IDM-NG1-01",
        owner_facility="Harrow facilities",
        owner_security="OT security",
    )
    places = {one.component_id: place for one in report.exposures}
    feeds = tuple(
        msgspec.structs.replace(feed, feed="advisories", age_days=768, documents=54)
        for feed in report.feeds
    )
    exposures = tuple(
        msgspec.structs.replace(one, firmware="1.0.10", product="InfraSuite Device Master")
        for one in report.exposures
    )
    return msgspec.structs.replace(report, places=places, feeds=feeds, exposures=exposures)


def test_on_paper_no_version_and_no_date_is_cut_in_two(
    chromium: str, sample: ModuleType, tmp_path: Path
) -> None:
    report = _crowded(sample.sample_report())
    paper = tmp_path / "report.pdf"
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("needs pdftotext: install the Debian package poppler-utils")

    _run(
        chromium, tmp_path, render("html", report), "--no-pdf-header-footer",
        f"--print-to-pdf={paper}",
    )  # fmt: skip
    text = subprocess.run([pdftotext, "-layout", paper, "-"], capture_output=True, check=True)

    words = text.stdout.decode()
    ages = words[words.index("Age of the data") : words.index("What needs doing")]
    assert report.feeds[0].imported_at[:10] in ages
    assert not re.search(r"\d{4}-(\d\d-)?(?!\d)", ages)
    assert "1.0.10" in words
    assert not re.search(r"1\.0\.1?\s", words)

"""Write a run's report in the formats asked for, and find what people point at in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cellwarden.checks import load_catalogue
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.report import Report
from cellwarden.reports.formats import formats, render
from cellwarden.reports.formats.html_page import compile_templates
from cellwarden.store.objects import write_durably
from cellwarden.workflows.workspace import Workspace

ALWAYS: Final = ("html", "json")
"""What every scan writes."""


def get_ready() -> None:
    """Read the catalogue and compile the page, which no fact changes.

    For a thread beside a scan: it runs while the scan waits for the disk and for queries.
    """
    load_catalogue()
    compile_templates()


def write_reports(workspace: Workspace, report: Report, also: Sequence[str]) -> tuple[Path, ...]:
    """Write the report as HTML and JSON, and as asked, and return the files, HTML first.

    Raises:
        InputError: there is no such format; nothing was written then.
        StoreError: the disk refused.
    """
    names = list(dict.fromkeys([*ALWAYS, *also]))
    texts = {name: render(name, report) for name in names}
    written = []
    for name, text in texts.items():
        path = workspace.reports_folder / f"{report.run.id}{formats()[name].SUFFIX}"
        write_durably(path, text.encode("utf-8"))
        written.append(path)
    return tuple(written)


def find_finding(report: Report, wanted: str) -> Finding:
    """The finding with this id, or the only one whose id begins so or whose subject it is.

    Raises:
        InputError: there is none, or there are several; names some of them.
    """
    exact = [finding for finding in report.findings if finding.id == wanted]
    close = exact or [
        finding
        for finding in report.findings
        if finding.id.startswith(wanted) or finding.subject == wanted
    ]
    if len(close) == 1:
        return close[0]
    if not close:
        raise InputError(
            f"run {report.run.id} has no finding {wanted!r}",
            advice="`cellwarden scan` and the report show the ids of findings",
        )
    shown = "; ".join(f"{finding.id} {finding.title}" for finding in close[:8])
    raise InputError(f"{wanted!r} means {len(close)} findings", advice=f"choose one: {shown}")

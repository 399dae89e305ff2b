"""Write a run's report in the formats asked for, and find what people point at in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.report import Report, Run
from cellwarden.reports.formats import formats, render
from cellwarden.reports.formats.html_page import compile_templates
from cellwarden.store.objects import write_durably
from cellwarden.workflows.beside import Beside, Later
from cellwarden.workflows.fleet.runs import kept_path
from cellwarden.workflows.workspace import Workspace

PAGE: Final = "html"
ALWAYS: Final = (PAGE, "json")
"""What every scan writes."""


def get_ready(beside: Beside) -> None:
    """Have the page's templates compiled, which no fact changes, before there is a run to show."""
    beside.start(compile_templates)


def start_page(beside: Beside, workspace: Workspace, run: Run) -> Later[str]:
    """Have the page of a kept run made, which takes the longest of all formats."""
    return beside.start(_render_kept, PAGE, kept_path(workspace, run))


def write_reports(
    workspace: Workspace, report: Report, also: Sequence[str], *, page: Later[str]
) -> tuple[Path, ...]:
    """Write the report as HTML and JSON, and as asked, and return the files, HTML first.

    Raises:
        InputError: there is no such format; nothing was written then.
        StoreError: the disk refused.
    """
    names = list(dict.fromkeys([*ALWAYS, *also]))
    texts = {name: render(name, report) for name in names if name != PAGE}
    texts[PAGE] = page.value()
    written = []
    for name in names:
        path = workspace.reports_folder / f"{report.run.id}{formats()[name].SUFFIX}"
        write_durably(path, texts[name].encode("utf-8"))
        written.append(path)
    return tuple(written)


def _render_kept(name: str, path: Path) -> str:
    return render(name, msgspec.json.decode(path.read_bytes(), type=Report))


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

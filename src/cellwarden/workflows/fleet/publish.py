"""Write a run's report in the formats asked for, and find what people point at in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.report import Report, Run
from cellwarden.reports.formats import format_named, in_pieces, render
from cellwarden.reports.formats.html_page import compile_templates
from cellwarden.store.objects import write_durably
from cellwarden.workflows.beside import Beside, Later
from cellwarden.workflows.fleet.kept_report import unpacked
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
    paths = {
        name: workspace.reports_folder / f"{report.run.id}{format_named(name).SUFFIX}"
        for name in (*ALWAYS, *also)
    }
    for name, path in paths.items():
        if name != PAGE:
            write_durably(path, (piece.encode() for piece in in_pieces(name, report)))
    write_durably(paths[PAGE], page.value().encode())
    return tuple(paths.values())


def _render_kept(name: str, path: Path) -> str:
    return render(name, unpacked(path.read_bytes()))


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

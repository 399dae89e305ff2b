"""Finished runs: kept beside the ledger as derived files, found again by id or by order."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.ids import RunId
from cellwarden.model.report import REPORT_SCHEMA, Change, Report, Run
from cellwarden.store.objects import write_durably
from cellwarden.workflows.fleet.kept_report import packed, unpacked
from cellwarden.workflows.workspace import Workspace


def run_id(*, ledger_root: str, catalogue_sha256: str, as_of: str) -> RunId:
    """The id of a run: the same facts, checks and time give the same run."""
    digest = hashlib.sha256(f"{ledger_root}\0{catalogue_sha256}\0{as_of}".encode()).hexdigest()
    return RunId(f"{as_of[:10]}-{digest[:8]}")


def keep_run(workspace: Workspace, report: Report) -> None:
    """Keep the report of a run, so that later runs can be compared with it."""
    write_durably(kept_path(workspace, report.run), packed(report))


def kept_path(workspace: Workspace, run: Run) -> Path:
    """Where the report of one run is kept."""
    name = f"{run.started_at.replace(':', '')}_{run.id}.json"
    return workspace.state_folder / "runs" / name


def kept_runs(workspace: Workspace) -> list[RunId]:
    """The ids of the runs that were kept, oldest first, each once."""
    folder = workspace.state_folder / "runs"
    names = [path.stem.partition("_")[2] for path in sorted(folder.glob("*.json"))]
    return [RunId(name) for name in dict.fromkeys(names)]


def load_run(workspace: Workspace, wanted: str | None = None) -> Report:
    """The report of the last run, or of the run with this id or the only id that begins so.

    Raises:
        InputError: there is no such run, or several, or it is of another version.
    """
    folder = workspace.state_folder / "runs"
    paths = sorted(folder.glob(f"*_{wanted or ''}*.json"))
    names = {path.stem.partition("_")[2] for path in paths}
    if not paths or (wanted and len(names) > 1):
        found = ", ".join(kept_runs(workspace)[-5:]) or "none yet"
        raise InputError(
            f"there is no single run {wanted!r}" if wanted else "no run was kept yet",
            advice=f"run `cellwarden scan {workspace.folder}` first; kept runs: {found}",
        )
    try:
        report = unpacked(paths[-1].read_bytes())
    except msgspec.ValidationError as error:
        raise InputError(
            f"{f'run {wanted}' if wanted else 'the last run'} was written by another version:"
            f" {error}",
            advice="scan again with this version, then compare",
        ) from error
    if report.schema != REPORT_SCHEMA:
        raise InputError(
            f"run {report.run.id} has the schema {report.schema}; we read {REPORT_SCHEMA}",
            advice="scan again with this version, then compare",
        )
    return report


def last_run_before(workspace: Workspace, *, as_of: str, ledger_size: int) -> Report | None:
    """The newest kept run that spoke for no later time and knew no more; nothing where none did."""
    for wanted in reversed(kept_runs(workspace)):
        try:
            report = load_run(workspace, wanted)
        except InputError:  # of another version: there is nothing to compare with
            continue
        if report.run.as_of <= as_of and report.run.ledger_size <= ledger_size:
            return report
    return None


def changes_between(before: Report, after: Report) -> tuple[Change, ...]:
    """What differs between two runs, finding by finding: new, gone, worse, better, accepted ..."""
    old = {finding.id: finding for finding in before.findings}
    new = {finding.id: finding for finding in after.findings}
    found: list[Change] = []
    for key, finding in new.items():
        past = old.get(key)
        if past is None:
            what = "new"
        elif finding.exception_id and not past.exception_id:
            what = "accepted"
        elif past.exception_id and not finding.exception_id:
            what = "returned"
        elif finding.severity.rank < past.severity.rank or finding.count > past.count:
            what = "worse"
        elif finding.severity.rank > past.severity.rank or finding.count < past.count:
            what = "better"
        else:
            continue
        found.append(_change(what, finding))
    found += [_change("gone", finding) for key, finding in old.items() if key not in new]
    return tuple(found)


def _change(what: str, finding: Finding) -> Change:
    return Change(
        what=what,
        finding=finding.id,
        subject=finding.subject,
        title=finding.title,
        severity=finding.severity.value,
        because=finding.because,
        verdict=finding.verdict.value,
    )

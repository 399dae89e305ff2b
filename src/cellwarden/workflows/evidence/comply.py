"""Frameworks for people: what they ask, and how far the evidence of a moment reaches."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cellwarden import checks, frameworks
from cellwarden.model.coverage import CheckStanding, FrameworkCoverage
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Verdict
from cellwarden.model.frameworks import ControlWords, FrameworkWords
from cellwarden.model.moments import Moment
from cellwarden.model.report import Report
from cellwarden.reports import oscal
from cellwarden.store.objects import write_durably
from cellwarden.workflows.fleet.catalogue import all_checks
from cellwarden.workflows.fleet.scan import JudgedFleet, judged_fleet
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cellwarden.store.state import State


def listed() -> tuple[FrameworkWords, ...]:
    """Every framework."""
    return tuple(_listed(one) for one in frameworks.catalogues().values())


def listed_one(wanted: str) -> FrameworkWords:
    """One framework.

    Raises:
        InputError: there is none of that name.
    """
    return _listed(frameworks.catalogue_named(wanted))


def explained(wanted: str, control_id: str, folder: Path) -> ControlWords:
    """One control with the checks that speak to it, a workspace's own among them.

    Raises:
        InputError: there is no such framework or control.
    """
    catalogue = frameworks.catalogue_named(wanted)
    worded = frameworks.wording(catalogue, control_id)
    key = next(name for name, words in catalogue.controls.items() if words is worded)
    requirements = frameworks.requirements_of(catalogue.label).get(key, ())
    asked = set(requirements)
    return ControlWords(
        framework=_listed(catalogue),
        control_id=key,
        title=worded.title,
        body=worded.text,
        requirements=requirements,
        sources=tuple(
            dict.fromkeys(
                row.source
                for row in frameworks.mapping()
                if (row.control.framework, row.control.control_id) == (catalogue.label, key)
            )
        ),
        checks=tuple(
            (str(check.id), check.asks)
            for check in all_checks(folder)
            if asked.intersection(check.requirements)
        ),
    )


def _listed(one: frameworks.Catalogue) -> FrameworkWords:
    return FrameworkWords(
        id=one.id,
        name=one.name,
        about=one.about,
        publisher=one.publisher,
        version=one.version,
        date=one.date,
        source=one.source,
        text=one.text,
        titles={key: words.title for key, words in one.controls.items()},
        mapped=tuple(frameworks.requirements_of(one.label)),
        is_whole=one.is_whole,
    )


def coverage_of(
    workspace: Workspace,
    wanted: str,
    *,
    moment: Moment,
    site_id: str | None,
    started_at: str,
    progress: Progress,
) -> FrameworkCoverage:
    """How far the evidence of a moment reaches into one framework, everywhere or at one site.

    Raises:
        InputError: there is no such framework or site.
    """
    catalogue = frameworks.catalogue_named(wanted)
    with (
        workspace.open_state() as state,
        judged_fleet(
            workspace, state, moment=moment, started_at=started_at, progress=progress
        ) as judged,
    ):
        refuse_unknown_site(judged, site_id)
        found = standings_of(judged, state, site_id)
        return frameworks.coverage(catalogue, found, as_of=judged.report.run.as_of, site_id=site_id)


def write_oscal(
    workspace: Workspace,
    wanted: str,
    target: Path,
    *,
    moment: Moment,
    site_id: str | None,
    started_at: str,
    progress: Progress,
) -> tuple[Path, ...]:
    """Write OSCAL assessment results and a plan of action for one framework into a folder.

    Raises:
        InputError: there is no such framework or site, or nothing is mapped to it.
        StoreError: the disk refused.
    """
    catalogue = frameworks.catalogue_named(wanted)
    if not frameworks.requirements_of(catalogue.label):
        raise InputError(
            f"nothing is mapped to {catalogue.name}, so there is nothing to assess",
            advice="`cellwarden comply list` says how much of each framework is mapped",
        )
    with (
        workspace.open_state() as state,
        judged_fleet(
            workspace, state, moment=moment, started_at=started_at, progress=progress
        ) as judged,
    ):
        refuse_unknown_site(judged, site_id)
        found = frameworks.coverage(
            catalogue,
            standings_of(judged, state, site_id),
            as_of=judged.report.run.as_of,
            site_id=site_id,
        )
        report = narrowed(judged.report, speaking(judged.compiled.checks, catalogue), site_id)
    made = {
        "assessment-results.json": oscal.assessment_results(report, found),
        "poam.json": oscal.plan_of_action(report, found),
    }
    for name, value in made.items():
        text = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
        write_durably(target / name, text)
    return tuple(target / name for name in made)


def speaking(
    catalogue: tuple[checks.Check, ...], chosen: frameworks.Catalogue | None
) -> tuple[checks.Check, ...]:
    """The checks that speak to a framework; all where none is chosen."""
    if chosen is None:
        return catalogue
    served = {name for those in frameworks.requirements_of(chosen.label).values() for name in those}
    return tuple(check for check in catalogue if served.intersection(check.requirements))


def narrowed(report: Report, asked: Sequence[checks.Check], site_id: str | None) -> Report:
    """A report with the findings of these checks alone, and what stands at a site alone."""
    names = {check.id for check in asked}
    return msgspec.structs.replace(
        report,
        findings=tuple(
            one for one in report.findings if one.check in names and site_id in {None, one.site_id}
        ),
        changes=(),
        previous_run=None,
        lives=tuple(one for one in report.lives if site_id in {None, one.site_id}),
    )


def standings_of(
    judged: JudgedFleet, state: State, site_id: str | None
) -> tuple[CheckStanding, ...]:
    """What each check said, at one site or everywhere, with what exceptions accept."""
    times = {index: entry.taken_at or entry.recorded_at for index, entry in state.entries()}
    found = checks.standings(judged.connection, judged.compiled, entry_times=times, site_id=site_id)
    return checks.with_accepted(found, _accepted(judged.report.findings, site_id))


def refuse_unknown_site(judged: JudgedFleet, site_id: str | None) -> None:
    """Stop where a site is asked for that the register doesn't have: it would look empty.

    Raises:
        InputError: names the sites that there are.
    """
    known = [site.site_id for site in judged.report.sites]
    if site_id is not None and site_id not in known:
        raise InputError(
            f"the register has no site {site_id!r} as of {judged.report.run.as_of[:10]}",
            advice=f"choose one of {', '.join(known[:12])}" if known else "import a register first",
        )


def _accepted(findings: Iterable[Finding], site_id: str | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for finding in findings:
        if finding.exception_id and finding.verdict is Verdict.FAIL:
            found[finding.check] += finding.count if site_id in {None, finding.site_id} else 0
    return found

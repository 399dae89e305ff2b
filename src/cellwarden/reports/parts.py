"""Parts: which one a finding is about, where it stands, what is open on it, what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cellwarden.model.findings import Verdict
from cellwarden.model.matching import MatchState
from cellwarden.model.report import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Action, Exposure, Report

NOWHERE: Final = Place()
"""The place of what the register doesn't know."""

NAMED_PARTS: Final = 3
"""Parts that an action names; the rest is counted."""

_OPEN: Final = {MatchState.AFFECTED: 0, MatchState.UNDETERMINED: 1}


def part_of(finding: Finding) -> str | None:
    """The id of the component that a finding is about; None for groups and for other things."""
    named = finding.witness.get("component_id")
    if named:
        return named
    return finding.subject if finding.subject_kind == "component" and finding.count == 1 else None


def place_of(report: Report, finding: Finding) -> Place:
    """Where the thing that a finding is about stands; an empty place where that is not known."""
    words = finding.subject.split("/")
    for end in range(len(words), 0, -1):
        known = report.places.get("/".join(words[:end]))
        if known is not None:
            return known
    return NOWHERE


def where(place: Place, site_id: str | None) -> str:
    """Site, asset, room and serials in one line."""
    site = " ".join(filter(None, (site_id, place.site if place.site != site_id else None)))
    words = [
        site,
        place.location or "",
        f"{place.asset} ({place.asset_id})" if place.asset else place.asset_id or "",
        f"serial {place.serial}" if place.serial else "",
    ]
    if place.part_serial and place.part_serial != place.serial:
        words.append(f"serial of the part {place.part_serial}")
    return "; ".join(word for word in words if word)


def standing_at(place: Place) -> str:
    """Room, serial and owners in one short line for a table; empty where the place is not known."""
    if place is NOWHERE or not place.asset_id:
        return ""
    serial = place.part_serial or place.serial
    names = list(dict.fromkeys(filter(None, (place.owner_facility, place.owner_security))))
    return "; ".join(
        (
            place.location or "place unknown",
            f"serial {serial}" if serial else "serial unknown",
            " / ".join(names) or "owner unknown",
        )
    )


def owners(place: Place) -> str:
    """Who answers for it on both sides; nobody on record is said to be unknown."""
    return (
        f"facilities: {place.owner_facility or 'unknown'}; "
        f"security: {place.owner_security or 'unknown'}"
    )


class Weak(NamedTuple):
    """Components with an open weakness, and the open weaknesses that attackers use.

    ``is_told`` is false where of some open weakness nobody can say whether attackers use it.
    """

    parts: set[str]
    exploited: set[str]
    is_told: bool


def weak(report: Report) -> Weak:
    """What is open on which parts; a weakness whose findings are all accepted doesn't count."""
    accepted = _accepted_subjects(report.findings)
    exposed = [
        one
        for one in report.exposures
        if one.state is MatchState.AFFECTED and not _subjects(one) & accepted
    ]
    return Weak(
        parts={one.component_id for one in exposed},
        exploited={one.vulnerability for one in exposed if one.is_known_exploited},
        is_told=all(one.is_known_exploited is not None for one in exposed),
    )


def doubtful_parts(report: Report) -> set[str]:
    """Components of which it cannot be told whether a weakness is theirs, and none is open."""
    sure = weak(report).parts
    doubtful = (one for one in report.exposures if one.state is MatchState.UNDETERMINED)
    return {one.component_id for one in doubtful} - sure


def _subjects(one: Exposure) -> set[str]:
    """The subject ids by which findings name an exposure."""
    short = f"{one.component_id}/{one.vulnerability}"
    return {short, f"{short}/{one.advisory_id}"}


def _accepted_subjects(findings: Iterable[Finding]) -> set[str]:
    """Subjects of which every failure is accepted."""
    fails = [one for one in findings if one.verdict is Verdict.FAIL]
    stands = {one.subject for one in fails if one.exception_id is None}
    return {str(one.subject) for one in fails} - stands


def open_on(report: Report, component: str) -> list[Exposure]:
    """What is open on a part: affected before undetermined, exploited and urgent ones first."""
    found = [
        one for one in report.exposures if one.component_id == component and one.state in _OPEN
    ]
    return sorted(
        found,
        key=lambda one: (
            _OPEN[one.state],
            not one.is_known_exploited,
            one.deadline_on or "9999",
            -(one.cvss_score or 0.0),
            one.vulnerability,
        ),
    )


def asked_about(report: Report, finding: Finding) -> tuple[Exposure | None, list[Exposure]]:
    """The exposure that a finding is about, if it is about one, and the others of its part."""
    component = part_of(finding)
    if component is None:
        return None, []
    found = open_on(report, component)
    asked = [one for one in found if finding.subject in _subjects(one)]
    named = finding.witness.get("vulnerability")
    if not asked and named:
        asked = [one for one in found if one.vulnerability == named]
    if not asked and finding.topic == "vulnerabilities":
        asked = found[:1]
    if not asked:
        return None, found
    return asked[0], [one for one in found if one is not asked[0]]


def what_to_do(one: Exposure) -> str:
    """Which version to install, and in which window; empty where no fix is named."""
    has_fix = one.clock is not None and one.clock.fix_available_on is not None
    if one.state is not MatchState.AFFECTED or not (one.fixed_in or has_fix):
        return ""
    act = f"Install {one.fixed_in}"
    if not one.fixed_in:
        act = f"Ask {one.vendor or 'the maker'} which version has the fix, and install it"
    if one.next_window_on is None:
        return f"{act}. No window is planned for it: agree on one."
    if one.is_known_exploited:
        return f"{act}, in the window of {one.next_window_on} at the latest."
    return f"{act} in the window of {one.next_window_on}."


def failing_checks(findings: Iterable[Finding]) -> dict[str, int]:
    """In how many checks each part fails, accepted failures aside."""
    found: dict[str, set[str]] = {}
    for one in findings:
        part = part_of(one)
        if part and one.verdict is Verdict.FAIL and one.exception_id is None:
            found.setdefault(part, set()).add(one.check)
    return {part: len(checks) for part, checks in found.items()}


def parts_of(action: Action, findings: Mapping[str, Finding]) -> list[str]:
    """The parts that an action is about, worst finding first; ``findings`` by id."""
    known = (findings[name] for name in action.findings if name in findings)
    return list(dict.fromkeys(part for one in known if (part := part_of(one))))

"""Triage: from matches and facts to one exposure for each component and vulnerability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from cellwarden.advisories.triage.cases import OPEN, WORST_FIRST, Case, merge_matches
from cellwarden.advisories.triage.clock import next_window, split_exposure
from cellwarden.advisories.triage.days import iso, start_of
from cellwarden.advisories.triage.deadlines import deadline_for, patch_start
from cellwarden.advisories.triage.facts import Cells, TriageFacts, TriagePolicy
from cellwarden.advisories.triage.fixes import Fix, fix_for
from cellwarden.advisories.triage.places import (
    Place,
    SitesByPath,
    places_of,
    shared_path,
    sites_by_path,
)
from cellwarden.advisories.triage.ssvc import Decision, deployer
from cellwarden.advisories.triage.weakness import Weakness, weakness
from cellwarden.model.matching import Match
from cellwarden.model.report import Exposure, ExposureClock


def triage(
    matches: Iterable[Match],
    facts: TriageFacts,
    *,
    as_of: datetime,
    policy: TriagePolicy | None = None,
) -> tuple[Exposure, ...]:
    """One exposure for each component and vulnerability that a match speaks of, worst first.

    Affected and undetermined parts get a deadline, undetermined ones an assumed one; fixed and
    not affected ones get none. ``arithmetic`` says every step in words.
    """
    cases = merge_matches(matches, facts)
    places = places_of(cases, facts)
    weaknesses = {
        name: weakness(name, facts, as_of=as_of, policy=policy or TriagePolicy())
        for name in sorted({case.vulnerability for case in cases})
    }
    releases: defaultdict[str, list[Cells]] = defaultdict(list)
    for row in facts.releases:
        for name in (row.get("fixes") or "").split():
            releases[name].append(row)
    sharing = sites_by_path(cases, places)
    exposures = []
    for case in cases:
        place = places[case.component_id]
        fix = fix_for(
            case.vulnerability, case.matches, place.component, facts, releases[case.vulnerability]
        )
        found = weaknesses[case.vulnerability]
        exposures.append(
            _exposure(case, place, found, fix, facts=facts, sharing=sharing, as_of=as_of)
        )
    return tuple(sorted(exposures, key=_worst_first))


def _exposure(
    case: Case,
    place: Place,
    found: Weakness,
    fix: Fix,
    *,
    facts: TriageFacts,
    sharing: SitesByPath,
    as_of: datetime,
) -> Exposure:
    match = case.match
    advisories = [facts.advisories.get(m.advisory_id, {}) for m in case.matches]
    published_at = min(
        filter(None, [found.published_at, *(start_of(a.get("released_at")) for a in advisories)]),
        default=None,
    )
    decision = _decision(found, place)
    start = patch_start(case, facts, published_at)
    deadline = deadline_for(match.state, place, found, fix, start=start, as_of=as_of)
    clock = _clock(case, place, fix, facts, published_at=published_at, as_of=as_of)
    coming = next_window(place.windows, as_of=as_of)
    shared, shared_words, shared_says = shared_path(case, place, facts, sharing)
    steps = [case.merged, *found.says, *place.around.says, _decision_says(decision)]
    steps += [*deadline.says, fix.says, clock.reason if clock else "", shared_says]
    advisory = facts.advisories.get(match.advisory_id, {})
    return Exposure(
        component_id=case.component_id,
        asset_id=place.asset_id,
        site_id=place.site_id,
        vendor=place.component.get("manufacturer") or "",
        product=place.component.get("model") or "",
        part=match.part,
        firmware=place.component.get("firmware") or "",
        advisory_id=match.advisory_id,
        vulnerability=case.vulnerability,
        title=_title(found, match.advisory_id) or advisory.get("title") or "",
        state=match.state,
        candidate=match.candidate,
        confidence=match.confidence,
        range=match.range,
        why=match.why,
        fixed_in=match.fixed_in or fix.version,
        cvss_score=found.score.score if found.score else None,
        cvss_vector=(found.score.vector or None) if found.score else None,
        is_known_exploited=found.is_known_exploited,
        exploited_due_on=found.due_on,
        epss_score=found.epss_score,
        epss_percentile=found.epss_percentile,
        ssvc_decision=decision.strictest if match.state in OPEN else "",
        patch_timeline=deadline.timeline,
        deadline_on=iso(deadline.on),
        is_deadline_assumed=deadline.is_assumed,
        arithmetic=tuple(step for step in steps if step),
        clock=clock,
        next_window_on=iso(coming.closes_at.date() if coming else None),
        sites_sharing_path=shared,
        shared_path=shared_words,
        url=_web_address(advisory.get("url")),
        evidence=_evidence(place, found, fix, advisories),
    )


def _title(found: Weakness, advisory_id: str) -> str:
    """The weakness as the advisory that counts names it, else as any does."""
    return found.titles.get(advisory_id) or next(iter(found.titles.values()), "")


def _decision(found: Weakness, place: Place) -> Decision:
    return deployer(
        exploitation=found.exploitation,
        exposure=place.around.system_exposure,
        automatable=found.automatable,
        human_impact=place.around.human_impact,
    )


def _decision_says(decision: Decision) -> str:
    if not decision.is_assumed:
        return f"SSVC deployer tree: {decision.strictest}"
    possible = ", ".join(decision.possible)
    return f"SSVC deployer tree: {decision.strictest} (assumed; possible: {possible})"


def _clock(
    case: Case,
    place: Place,
    fix: Fix,
    facts: TriageFacts,
    *,
    published_at: datetime | None,
    as_of: datetime,
) -> ExposureClock | None:
    fixed_at = start_of(facts.fixed_on.get((case.component_id, case.vulnerability)))
    if published_at is None or (case.match.state not in OPEN and fixed_at is None):
        return None
    if case.match.state in OPEN:
        fixed_at = None  # it was fixed once and is open again, or another part of it is
    return split_exposure(
        published_at=published_at,
        fix_at=fix.available_at,
        windows=place.windows,
        fixed_at=fixed_at,
        as_of=as_of,
    )


def _web_address(url: str | None) -> str | None:
    """Documents are hostile: only an address of the web is handed on."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def _evidence(place: Place, found: Weakness, fix: Fix, advisories: list[Cells]) -> tuple[str, ...]:
    rows = [place.component, place.asset, place.site, *advisories]
    cited = [fact for row in rows if (fact := row.get("fact_id"))]
    return tuple(dict.fromkeys([*cited, *found.evidence, *fix.evidence]))


def _worst_first(exposure: Exposure) -> tuple[int, str, float, str, str]:
    return (
        WORST_FIRST.index(exposure.state),
        exposure.deadline_on or "9999",
        -(exposure.cvss_score or 0.0),
        exposure.component_id,
        exposure.vulnerability,
    )

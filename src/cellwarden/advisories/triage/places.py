"""Places: where a part stands, who depends on it, which windows and paths it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from cellwarden.advisories.triage.cases import OPEN, Case
from cellwarden.advisories.triage.clock import Window, usable_windows
from cellwarden.advisories.triage.facts import Cells, TriageFacts
from cellwarden.advisories.triage.paths import Path, Paths, paths
from cellwarden.advisories.triage.surroundings import Surroundings, surroundings

SitesByPath = dict[tuple[str, Path], frozenset[str]]
"""The sites with an open part behind one path, by vulnerability and path."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a component stands, and what the register says of that."""

    component: Cells
    asset: Cells
    site: Cells
    asset_id: str
    site_id: str
    windows: tuple[Window, ...]
    paths: tuple[Path, ...]
    around: Surroundings


def places_of(cases: Iterable[Case], facts: TriageFacts) -> dict[str, Place]:
    """The place of every component that a case is about."""
    behind = paths(facts.dependencies)
    windows: dict[tuple[str, str], tuple[Window, ...]] = {}
    return {
        component_id: _place(component_id, facts, behind, windows)
        for component_id in {case.component_id for case in cases}
    }


def _place(
    component_id: str,
    facts: TriageFacts,
    behind: Paths,
    windows: dict[tuple[str, str], tuple[Window, ...]],
) -> Place:
    component = facts.components.get(component_id, {})
    asset_id = component.get("asset_id") or ""
    asset = facts.assets.get(asset_id, {})
    site_id = asset.get("site_id") or component.get("site_id") or ""
    site = facts.sites.get(site_id, {})
    key = (asset_id, site_id)
    if key not in windows:
        windows[key] = usable_windows(facts.windows, asset_id=asset_id, site_id=site_id)
    return Place(
        component=component,
        asset=asset,
        site=site,
        asset_id=asset_id,
        site_id=site_id,
        windows=windows[key],
        paths=behind.behind(asset_id, site_id),
        around=surroundings(
            component.get("exposure"), asset.get("criticality"), site.get("criticality")
        ),
    )


def sites_by_path(cases: Iterable[Case], places: dict[str, Place]) -> SitesByPath:
    """The sites with an open part behind one path, by vulnerability and path."""
    found: defaultdict[tuple[str, Path], set[str]] = defaultdict(set)
    for case in cases:
        place = places[case.component_id]
        if case.match.state in OPEN and place.site_id:
            for path in place.paths:
                found[case.vulnerability, path].add(place.site_id)
    return {key: frozenset(sites) for key, sites in found.items()}


def shared_path(
    case: Case,
    place: Place,
    facts: TriageFacts,
    sharing: SitesByPath,
) -> tuple[int | None, str | None, str]:
    """How many sites share this weakness through one path, that path, and both in words."""
    if not place.paths:
        if place.site_id in facts.sites_with_all_dependencies:
            return 0, None, "no cloud or remote-support path leads to it"
        return None, None, "whether a cloud or remote-support path leads to it is not recorded"
    counted = [(len(sharing.get((case.vulnerability, path), ())), path) for path in place.paths]
    count, path = max(counted, key=lambda pair: (pair[0], pair[1].words))
    words = f"{count} site{'' if count == 1 else 's'} with an open part behind {path.words}"
    return count, path.words, words

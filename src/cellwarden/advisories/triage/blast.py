"""Blast radius: one vulnerability on one page, for a Friday evening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cellwarden.advisories.triage.cases import OPEN
from cellwarden.advisories.triage.facts import Cells, TriageFacts
from cellwarden.advisories.triage.paths import Path, Paths, paths
from cellwarden.model.report import BlastRadius, Exposure


def blast_radii(exposures: Iterable[Exposure], facts: TriageFacts) -> tuple[BlastRadius, ...]:
    """One page for each vulnerability with an affected or undetermined part, worst first.

    Worst: exploited before unknown before not, then the most affected parts, then the score.
    ``components`` holds the open parts only; ``states`` counts all of them.
    """
    groups: defaultdict[str, list[Exposure]] = defaultdict(list)
    for exposure in exposures:
        groups[exposure.vulnerability].append(exposure)
    behind = paths(facts.dependencies)
    pages = [
        _page(name, group, facts, behind)
        for name, group in groups.items()
        if any(exposure.state in OPEN for exposure in group)
    ]
    return tuple(sorted(pages, key=_worst_first))


def _page(name: str, group: list[Exposure], facts: TriageFacts, behind: Paths) -> BlastRadius:
    still_open = [exposure for exposure in group if exposure.state in OPEN]
    states: defaultdict[str, int] = defaultdict(int)
    for exposure in group:
        states[exposure.state.value] += 1
    first = still_open[0]
    reached = _reached(still_open, behind)
    deadlines = [exposure.deadline_on for exposure in still_open if exposure.deadline_on]
    return BlastRadius(
        vulnerability=name,
        title=first.title,
        advisory_ids=tuple(sorted({exposure.advisory_id for exposure in group})),
        cvss_score=first.cvss_score,
        is_known_exploited=first.is_known_exploited,
        states=dict(sorted(states.items())),
        components=tuple(exposure.component_id for exposure in still_open),
        sites=tuple(sorted({exposure.site_id for exposure in still_open if exposure.site_id})),
        paths=tuple(f"{path.words}: {', '.join(sorted(sites))}" for path, sites in reached.items()),
        fix=_fix(still_open),
        next_window=_next_window(still_open),
        deadline_on=min(deadlines, default=None),
        who_must_know=_who_must_know(still_open, facts, reached),
    )


def _reached(still_open: list[Exposure], behind: Paths) -> dict[Path, set[str]]:
    """The sites with an open part behind each path, most sites first."""
    found: defaultdict[Path, set[str]] = defaultdict(set)
    for exposure in still_open:
        for path in behind.behind(exposure.asset_id, exposure.site_id):
            found[path].add(exposure.site_id or "an unknown site")
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0].words)))


def _fix(still_open: list[Exposure]) -> str:
    """What closes it, for each product."""
    fixes: dict[str, str] = {}
    for exposure in still_open:
        product = f"{exposure.vendor} {exposure.product}".strip() or exposure.component_id
        has_fix = exposure.clock is not None and exposure.clock.fix_available_on is not None
        named = exposure.fixed_in or ("a fix is named, its version is not" if has_fix else "")
        fixes[product] = fixes.get(product) or named
    return "; ".join(f"{product}: {fix or 'no fix named'}" for product, fix in fixes.items())


def _next_window(still_open: list[Exposure]) -> str:
    """The next window at each site."""
    windows: defaultdict[str, list[str]] = defaultdict(list)
    for exposure in still_open:
        days = windows[exposure.site_id or "unknown site"]
        if exposure.next_window_on:
            days.append(exposure.next_window_on)
    return "; ".join(
        f"{site}: {min(days, default='none planned')}" for site, days in sorted(windows.items())
    )


def _who_must_know(
    still_open: list[Exposure], facts: TriageFacts, reached: dict[Path, set[str]]
) -> tuple[str, ...]:
    """Owners of the parts, assets and sites, then who operates the paths; each once."""
    names: list[str] = []
    unowned: list[str] = []
    for exposure in still_open:
        rows: list[tuple[Cells, tuple[str, ...]]] = [
            (facts.components.get(exposure.component_id, {}), ("owner",)),
            (facts.assets.get(exposure.asset_id, {}), ("owner_facility", "owner_security")),
            (facts.sites.get(exposure.site_id, {}), ("owner_facility", "owner_security")),
        ]
        found = [name for row, keys in rows for key in keys if (name := row.get(key))]
        names += found
        if not found:
            unowned.append(exposure.component_id)
    for path in reached:
        party = facts.parties.get(path.party_id, {})
        name, contact = party.get("name") or path.party_id, party.get("contact")
        if name:
            names.append(f"{name} ({contact})" if contact else name)
    if unowned:
        names.append(f"nobody is recorded for {', '.join(dict.fromkeys(unowned))}")
    return tuple(dict.fromkeys(names))


def _worst_first(page: BlastRadius) -> tuple[int, int, float, int, str]:
    exploited = {True: 0, None: 1, False: 2}[page.is_known_exploited]
    score = -(page.cvss_score or 0.0)
    affected = -page.states.get("affected", 0)
    return (exploited, affected, score, -len(page.components), page.vulnerability)

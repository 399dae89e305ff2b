"""What a run says in numbers: coverage with its denominators, one line a site, one a vendor."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cellwarden.model.findings import Finding, Severity, Verdict
from cellwarden.model.matching import Match, MatchState
from cellwarden.model.report import Coverage, Exposure, Place, SiteSummary, VendorSummary
from cellwarden.workflows.disputes import disputes

if TYPE_CHECKING:
    import duckdb


def coverage(
    connection: duckdb.DuckDBPyConnection,
    *,
    matches: Sequence[Match],
    advisories_of: Mapping[str, frozenset[str]],
    checks: int,
    verdicts: Mapping[Verdict, int],
    understood: int,
) -> Coverage:
    """What was looked at. ``advisories_of`` names the imported advisories by maker in the fleet."""
    return Coverage(
        sites=_count(connection, "site"),
        assets=_count(connection, "asset"),
        components=_count(connection, "component"),
        components_with_firmware=_count(
            connection, "component", "has_firmware is distinct from 'no'"
        ),
        components_read=_count(
            connection, "component", "has_firmware is distinct from 'no' and firmware is not null"
        ),
        components_understood=understood,
        components_named_by_an_advisory=len({match.component_id for match in matches}),
        unreadable_rows=_count(connection, "unreadable"),
        advisories=_count(connection, "advisory"),
        advisories_of_fleet_vendors=len(frozenset[str]().union(*advisories_of.values())),
        statements=_count(connection, "statement"),
        checks=checks,
        verdicts={verdict.value: verdicts.get(verdict, 0) for verdict in Verdict},
        match_states=_states(matches),
    )


def site_summaries(
    connection: duckdb.DuckDBPyConnection,
    findings: Iterable[Finding],
    passes: Mapping[str | None, int],
) -> tuple[SiteSummary, ...]:
    """One line for each site of the register, and one for what stands at no known site."""
    fails: defaultdict[str, Counter[str]] = defaultdict(Counter)
    unknowns: Counter[str] = Counter()
    for finding in findings:
        site = finding.site_id or ""
        if finding.verdict is Verdict.FAIL and not finding.exception_id:
            fails[site][finding.severity.value] += finding.count
        elif finding.verdict is Verdict.UNKNOWN:
            unknowns[site] += finding.count
    rows = connection.sql(
        """
        select s.site_id, coalesce(s.name, s.site_id), s.criticality,
          (select count(*) from asset a where a.site_id = s.site_id),
          (select count(*) from component c join asset a on a.asset_id = c.asset_id
             where a.site_id = s.site_id)
        from site s order by s.site_id
        """
    ).fetchall()
    return tuple(
        SiteSummary(
            site_id=site,
            name=name,
            criticality=criticality,
            assets=assets,
            components=components,
            fails=dict(fails[site]),
            unknowns=unknowns[site],
            passes=passes.get(site, 0),
            worst=_worst(fails[site]),
        )
        for site, name, criticality, assets, components in rows
    )


def vendor_summaries(
    connection: duckdb.DuckDBPyConnection,
    findings: Iterable[Finding],
    exposures: Iterable[Exposure],
    maker_of: Mapping[str, str],
) -> tuple[VendorSummary, ...]:
    """One line for each maker in the register, whatever its devices call it, worst first.

    ``maker_of`` leads from a name in lower case to what people call the maker. ``affected`` and
    ``undetermined`` count components, each once and by its worst state.
    """

    def maker(name: str | None) -> str:
        return maker_of.get((name or "").strip().casefold()) or name or "(not named)"

    fails: defaultdict[str, Counter[str]] = defaultdict(Counter)
    unknowns: Counter[str] = Counter()
    for finding in findings:
        if finding.verdict is Verdict.FAIL and not finding.exception_id:
            fails[maker(finding.vendor)][finding.severity.value] += finding.count
        elif finding.verdict is Verdict.UNKNOWN:
            unknowns[maker(finding.vendor)] += finding.count
    touched: defaultdict[tuple[str, MatchState], set[str]] = defaultdict(set)
    exploited: defaultdict[str, set[str]] = defaultdict(set)
    for exposure in exposures:
        vendor = maker(exposure.vendor)
        touched[vendor, exposure.state].add(exposure.component_id)
        if exposure.is_known_exploited and exposure.state is MatchState.AFFECTED:
            exploited[vendor].add(exposure.component_id)
    components: Counter[str] = Counter()
    for name, count in connection.sql(
        "select manufacturer, count(*) from component group by manufacturer"
    ).fetchall():
        components[maker(name)] += count
    summaries = []
    for vendor, count in components.items():
        affected = touched[vendor, MatchState.AFFECTED]
        summaries.append(
            VendorSummary(
                vendor=vendor,
                components=count,
                affected=len(affected),
                undetermined=len(touched[vendor, MatchState.UNDETERMINED] - affected),
                known_exploited=len(exploited[vendor]),
                fails=dict(fails[vendor]),
                unknowns=unknowns[vendor],
            )
        )
    return tuple(
        sorted(
            summaries, key=lambda s: (-s.known_exploited, -s.affected, -_weight(s.fails), s.vendor)
        )
    )


def places(
    connection: duckdb.DuckDBPyConnection,
    findings: Iterable[Finding],
    exposures: Iterable[Exposure],
) -> dict[str, Place]:
    """Where each component and asset stands that a finding or an exposure names, by its id."""
    named = {exposure.component_id for exposure in exposures}
    for finding in findings:
        words = finding.subject.split("/")
        named |= {"/".join(words[:end]) for end in range(1, len(words) + 1)}
    rows = connection.execute(
        """
        with thing as (
          select component_id as id, asset_id, serial as part_serial from component
          union all
          select asset_id, asset_id, null from asset
        )
        select t.id, coalesce(s.name, s.site_id), t.asset_id, a.name, a.location, a.serial,
          t.part_serial, coalesce(a.owner_facility, s.owner_facility),
          coalesce(a.owner_security, s.owner_security)
        from thing t left join asset a on a.asset_id = t.asset_id
          left join site s on s.site_id = a.site_id
        where t.id in (select unnest(?)) order by t.id
        """,
        [sorted(named)],
    ).fetchall()
    names = [name for name in Place.__struct_fields__ if name != "disputes"]
    disputed = disputes(connection, (row[0] for row in rows))
    return {
        key: Place(**dict(zip(names, cells, strict=True)), disputes=disputed.get(key, ()))
        for key, *cells in rows
    }


def _count(connection: duckdb.DuckDBPyConnection, table: str, where: str = "true") -> int:
    rows = connection.execute(f'select count(*) from "{table}" where {where}').fetchall()
    return int(rows[0][0])


def _states(matches: Iterable[Match]) -> dict[str, int]:
    counts = Counter("candidate" if match.candidate else match.state.value for match in matches)
    return {name: counts.get(name, 0) for name in [*(s.value for s in MatchState), "candidate"]}


def _worst(fails: Mapping[str, int]) -> str | None:
    return next((severity.value for severity in Severity if fails.get(severity.value)), None)


def _weight(fails: Mapping[str, int]) -> int:
    return sum(count * 10 ** (len(Severity) - Severity(name).rank) for name, count in fails.items())
